"""The box "authorize" of an event's path: every edge's question, as AWS's services ask it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.local.authority import _calls
from eventyard.local.authority._asking import READ, WRITE, Asking, Party
from eventyard.local.authority._refusal import DELIVERY, EVENTS, Codes, Refusal
from eventyard.local.moto_seam import Arn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.moto_seam import ApiCall, MotoState

_EVENTS, _SNS, _LAMBDA = "events.amazonaws.com", "sns.amazonaws.com", "lambda.amazonaws.com"
# Alarms to topics: https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
_ALARMS = "cloudwatch.amazonaws.com"
# What a service does to a target, by the target's service.
_ACTIONS = {
    "events": "events:PutEvents",
    "firehose": "firehose:PutRecord",
    "lambda": "lambda:InvokeFunction",
    "sns": "sns:Publish",
    "sqs": "sqs:SendMessage",
}
_API_DESTINATION = "api-destination/"
# https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html, "Execution role permissions"
_POLL = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-event-bus-cmkey.html, its key policy
_BUS_KEY = ("kms:DescribeKey", "kms:GenerateDataKey", "kms:Decrypt")
_BUS_CONTEXT = "kms:EncryptionContext:aws:events:event-bus:arn"
# https://docs.aws.amazon.com/eventbridge/latest/userguide/encryption-archives.html; ReEncrypt is two actions of KMS.
_ARCHIVE_KEY = (*_BUS_KEY, "kms:ReEncryptFrom", "kms:ReEncryptTo")


class Authority:
    """Says of every hand-over and every API call whether AWS would let it. None means that it would.

    Args:
        state: moto's state, with the policies as they are now: a policy that changes counts from the next question on.
        enforce: Whether what is refused is not done. The answers are the same; whoever asks acts on it.
    """

    def __init__(self, state: MotoState, *, enforce: bool = True) -> None:
        self.enforce = enforce
        self._state = state
        self._asking = Asking(state)

    # Edges

    def send(
        self,
        *,
        service: str,
        source: str,
        target: str,
        role: str = "",
        context: Mapping[str, str] | None = None,
        dead_letters: bool = False,
    ) -> Refusal | None:
        """A rule, a topic or an alarm hands over to a target, or to a dead-letter queue.

        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html and
        https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html: the service itself asks, in
        the name of `source`, unless the rule's target has a role.

        Args:
            service: `events.amazonaws.com`, `sns.amazonaws.com`, or one of CloudWatch's alarms.
            source: The ARN of the rule, topic, alarm, or (for its own dead-letter queue) bus.
            target: The ARN of a queue, topic, function, log group, bus, API destination or Firehose stream.
            role: The RoleArn of the rule's target, or the SubscriptionRoleArn.
            context: What a bus's policy may ask about the event: `events:source`, `events:detail-type`.
            dead_letters: Whether the target is a dead-letter queue, which no rule needs a role for.
        """
        codes = EVENTS if service == _EVENTS else DELIVERY
        from_account, to = Arn.parse(source).account, Arn.parse(target)
        to_bus = to.service == "events" and not to.resource.startswith(_API_DESTINATION)
        origin = {"aws:SourceArn": source, "aws:SourceAccount": from_account}
        if role:
            party = self._assumed(role, service, origin, codes)
            if isinstance(party, Refusal):
                return party
            if to_bus:
                # eb-event-bus-example-policy-restrict-rule.html: a bus's policy knows the rule by aws:SourceArn.
                context = {**origin, **(context or {})}
        elif to_bus:
            # eb-event-bus-perms.html: "We recommend always using IAM roles when the target of a rule is an event bus"
            # leaves open who asks without one; here it is the account of the rule.
            party, context = _calls.root(from_account, codes), {**origin, **(context or {})}
        else:
            if service == _EVENTS and to.account != from_account and not dead_letters:
                return _needs_role(source, target)
            if service == _ALARMS:
                # SNS's own policy of a topic admits whoever comes in the name of its owner, and alarms do.
                origin["aws:SourceOwner"] = from_account
            party = Party(service, codes, context=_context(origin if _known(service, to) else {}))
        return self._hand_over(party, to, target, context or {})

    def role_send(self, *, role: str, action: str, target: str) -> Refusal | None:
        """A function's role writes a dead letter or a record to a destination.

        https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html, "Permissions"

        Args:
            role: The function's role, an ARN.
            action: `sqs:SendMessage`, `sns:Publish`, `lambda:InvokeFunction` or `events:PutEvents`.
            target: The ARN of the queue, topic, function or bus.
        """
        party = self._assumed(role, _LAMBDA, {}, DELIVERY)
        if isinstance(party, Refusal):
            return party
        return self._asking.may(party, action, target) or self._asking.may_use_key_of(party, target, WRITE)

    def as_role(
        self,
        *,
        role: str,
        service: str,
        source: str,
        action: str,
        resource: str,
        context: Mapping[str, str] | None = None,
    ) -> Refusal | None:
        """A service does something as a role that it assumes, and uses the resource's key for it.

        https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html

        Args:
            role: An ARN.
            service: The one that assumes it, such as `firehose.amazonaws.com`.
            source: In whose name: the ARN of a Firehose stream, say.
            action: Such as `s3:PutObject`.
            resource: An ARN.
            context: What the resource's policy may ask about.
        """
        party = self._assumed(role, service, _origin(source), DELIVERY)
        if isinstance(party, Refusal):
            return party
        return self._asking.may(party, action, resource, context) or self._asking.may_use_key_of(party, resource)

    def poll(self, *, role: str, queue: str, service: str = _LAMBDA, source: str = "") -> Refusal | None:
        """An event source mapping reads a queue (an ARN) as its function's role, or a pipe (`source`) as its own.

        https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html, "execution role permissions", and
        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html#pipes-perms-sqs
        """
        party = self._assumed(role, service, _origin(source) if source else {}, DELIVERY)
        if isinstance(party, Refusal):
            return party
        for action in _POLL:
            if refusal := self._asking.may(party, action, queue):
                return refusal
        return self._asking.may_use_key_of(party, queue, READ)

    def map(self, *, role: str, queue: str) -> Refusal | None:
        """CreateEventSourceMapping: Lambda asks beforehand whether the function's role may poll the queue (an ARN).

        It names the call that the role may not make; the code is that of the API. Whether it asks for the queue's key
        as well is uncertain: here only whoever polls does.
        """
        party = self._assumed(role, _LAMBDA, {}, DELIVERY)
        for action in _POLL:
            refusal = party if isinstance(party, Refusal) else self._asking.may(party, action, queue)
            if refusal is not None:
                words = "The function execution role does not have permissions to call"
                return Refusal(
                    "InvalidParameterValueException",
                    f"{words} {action.removeprefix('sqs:')} on SQS ({refusal.reason.removesuffix('.')})",
                )
        return None

    def log(self, *, role: str, group: str) -> Refusal | None:
        """Lambda writes what a function printed to its log group (an ARN), as the function's role.

        https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
        """
        party = self._role(role, DELIVERY)
        if isinstance(party, Refusal):
            return party
        stream = f"{group.removesuffix(':*')}:log-stream:"
        return self._asking.may(party, "logs:CreateLogStream", stream) or self._asking.may(
            party, "logs:PutLogEvents", f"{stream}*"
        )

    def run(self, *, role: str) -> Refusal | None:
        """Lambda runs a function as its role.

        https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html. AWS refuses to create such a
        function ("The role defined for the function cannot be assumed by Lambda"); a trust policy can change later.
        """
        found = self._assumed(role, _LAMBDA, {}, DELIVERY)
        return found if isinstance(found, Refusal) else None

    def visit(self, *, function: str, auth: str) -> Refusal | None:
        """Somebody without credentials calls a function's URL, whose AuthType is `auth`.

        https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html: "Starting in October 2025, new function URLs will
        require both lambda:InvokeFunctionUrl and lambda:InvokeFunction permissions."
        """
        party = Party("*", DELIVERY, context=_context({}))
        asked = {
            "lambda:InvokeFunctionUrl": {"lambda:FunctionUrlAuthType": auth},
            "lambda:InvokeFunction": {"lambda:InvokedViaFunctionUrl": "true"},
        }
        if auth != "NONE":
            return Refusal("AccessDenied", f"{function} has a URL with {auth}, and the caller did not sign.")
        refusals = (self._asking.may(party, action, function, context) for action, context in asked.items())
        return next((refusal for refusal in refusals if refusal is not None), None)

    # Keys of buses and archives

    def bus_key(self, bus: str) -> Refusal | None:
        """EventBridge uses the key of a bus (an ARN) for the events on it, if it has one."""
        return self._events_key(bus, bus, _BUS_KEY)

    def archive_key(self, archive: str) -> Refusal | None:
        """EventBridge uses the key of an archive (an ARN), if it has one; in the name of the archive's bus.

        https://docs.aws.amazon.com/eventbridge/latest/userguide/encryption-archives.html: its encryption context is
        the bus's there, though the text beside it says the archive's.
        """
        return self._events_key(archive, self._state.archive_source(archive), _ARCHIVE_KEY)

    # Calls

    def call(self, call: ApiCall) -> Refusal | None:
        """Somebody calls an API: through boto3, in a test or in a function's code."""
        return _calls.refusal(call, self._state, self._asking)

    def _hand_over(self, party: Party, to: Arn, target: str, context: Mapping[str, str]) -> Refusal | None:
        asking = self._asking
        if to.service == "logs":
            # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html, "CloudWatch Logs
            # permissions": only PutLogEvents is told the rule. The stream is the event's own, and none is asked for by
            # name.
            group = target.removesuffix(":*")
            bare = Party(party.principal, party.codes, party.identity, _context({}))
            return asking.may(bare, "logs:CreateLogStream", f"{group}:log-stream:") or asking.may(
                party, "logs:PutLogEvents", f"{group}:log-stream:*", context
            )
        if to.resource.startswith(_API_DESTINATION):
            return self._invoke(party, target)
        action = _ACTIONS.get(to.service)
        if action is None:
            return None  # no target that is delivered to here: that is said elsewhere
        return asking.may(party, action, target, context) or asking.may_use_key_of(party, target)

    def _invoke(self, party: Party, target: str) -> Refusal | None:
        """An API destination is invoked; policies name it with its id at the end, or without (`ArnForPolicy`).

        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html, "API destinations", and
        the return values of AWS::Events::ApiDestination
        """
        asking, action = self._asking, "events:InvokeApiDestination"
        refusal = asking.may(party, action, target)
        return None if refusal is None else asking.may(party, action, target.rpartition("/")[0]) and refusal

    def _events_key(self, resource: str, bus: str, actions: tuple[str, ...]) -> Refusal | None:
        named = self._state.encryption_key(resource)
        if not named:
            return None
        origin = {"aws:SourceArn": bus, "aws:SourceAccount": Arn.parse(bus).account}
        party = Party(_EVENTS, EVENTS, context=_context(origin))
        return self._asking.may_use_key(party, named, resource, actions, {_BUS_CONTEXT: bus})

    def _role(self, role: str, codes: Codes) -> Party | Refusal:
        identity = self._state.identity_policies(role)
        if identity is None:
            return Refusal(codes.denied, f"the role {role} does not exist: create it, or name another.")
        return Party(role, codes, identity, _context({}))

    def _assumed(self, role: str, service: str, origin: Mapping[str, str], codes: Codes) -> Party | Refusal:
        code = "FAILED_TO_ASSUME_ROLE" if codes is EVENTS else codes.denied
        party = self._role(role, codes)
        if isinstance(party, Refusal):
            return Refusal(code, party.reason)
        trust = (self._state.trust_policy(role) or "",)
        asker = Party(service, codes, context=_context(origin))
        if against := self._asking.why_not(asker, "sts:AssumeRole", role, {}, trust):
            return Refusal(code, f"{service} may not assume {role}: {against.reason}.")
        return party


def _origin(source: str) -> dict[str, str]:
    account = Arn.parse(source).account
    return {"aws:SourceArn": source, "aws:SourceAccount": account, "sts:ExternalId": account}


def _context(more: Mapping[str, str]) -> dict[str, str]:
    # Services and SDKs come by TLS, though nothing here does.
    return {"aws:SecureTransport": "true", **more}


def _known(service: str, to: Arn) -> bool:
    """Whether a target and its key are told the source.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html: "You can't use Condition blocks
    in Amazon SNS topic policies for EventBridge"; https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html:
    "Adding the aws:SourceAccount, aws:SourceArn, and aws:SourceOrgID to a AWS KMS policy is not supported for
    EventBridge-to-encrypted topics".
    """
    return not (service == _EVENTS and to.service == "sns")


def _needs_role(source: str, target: str) -> Refusal:
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-cross-account.html
    return Refusal(
        EVENTS.denied,
        f"{source} has a target in another account and no role to send with: give the target ({target}) a RoleArn of "
        "the rule's account, and let the target's policy admit that role.",
    )
