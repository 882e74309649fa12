"""A rule and its one target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from aws_cdk import Duration, Stack, Token, aws_events, aws_kinesisfirehose, aws_lambda, aws_logs, aws_sns, aws_sqs
from constructs import Construct

from eventyard.constructs.admission import admit_to_queue
from eventyard.constructs.callers import rules_of
from eventyard.constructs.checked import check_fields, check_pattern, keep_nulls
from eventyard.constructs.dead_letters import DeadLetterQueue
from eventyard.constructs.delivery_stream import DeliveryStream
from eventyard.constructs.targets import (
    api_destination,
    delivery_stream,
    function,
    log_group,
    queue,
    remote,
    topic,
    worker,
)
from eventyard.constructs.targets import bus as bus_target
from eventyard.constructs.targets.edge import Connection, Edge, Kind
from eventyard.constructs.targets.remote import Elsewhere
from eventyard.constructs.worker import Worker
from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from collections.abc import Mapping

Target: TypeAlias = (
    Worker
    | aws_sqs.IQueue
    | aws_sns.ITopic
    | aws_lambda.IFunction
    | aws_events.IEventBus
    | aws_events.IApiDestination
    | aws_logs.ILogGroup
    | aws_kinesisfirehose.IDeliveryStream
    | DeliveryStream
    | Elsewhere
)

_KINDS: tuple[Kind, ...] = (
    remote,
    worker,
    queue,
    topic,
    function,
    log_group,
    bus_target,
    api_destination,
    delivery_stream,
)


class Route(Construct):
    """A rule on a bus that hands matching events to one target.

    Minimal use: `Route(self, "PlacedOrders", bus=bus, pattern={"source": ["shop.web"]}, to=orders)`,
    or `bus.route("PlacedOrders", {"source": ["shop.web"]}, to=orders)`.

    Args:
        scope: Where the rule lives. Its stack may be the bus's, the target's or a third one: the target's policy names
            rules by the bus's name and never refers to them, so neither choice closes a cycle.
        bus: The bus, ours or native.
        pattern: The event pattern; checked now, except for tokens.
        to: A queue, topic, function, log group, bus, API destination, Firehose stream or worker, ours or native; of
            another account a `RemoteQueue`, `RemoteTopic`, `RemoteFunction` or `RemoteBus`.
        input: What the target receives in place of the event.
        message_group_id: The group of the messages, for a FIFO queue.
        retry_attempts: How often a failed delivery is tried again, 0 to 185.
        max_event_age: How long it is tried, 60 s to 24 h.
        dead_letter_queue: A standard queue in place of the one made here.
        rule_props: Anything else that `aws_events.CfnRule` takes: `name`, `description`, `state`.

    `rule` is the native `CfnRule`; `dead_letters` the queue made for dead letters, None if one was given.

    Raises:
        PatternError: If AWS would refuse the pattern, or it names what none of the bus's `events` has.
        EventyardError: If the target is of no kind that is known, or could never receive the events.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        bus: aws_events.IEventBus,
        pattern: Mapping[str, Any],
        to: Target,
        input: aws_events.RuleTargetInput | None = None,  # noqa: A002 (EventBridge's own word for it)
        message_group_id: str | None = None,
        retry_attempts: int = 185,
        max_event_age: Duration | None = None,
        dead_letter_queue: aws_sqs.IQueue | None = None,
        **rule_props: Any,  # noqa: ANN401 (aws-cdk-lib's own properties)
    ) -> None:
        super().__init__(scope, construct_id)
        check_pattern(self, pattern)
        check_fields(self, pattern, getattr(bus, "events", ()))
        connection = _connect(to, Edge(self, bus, message_group_id))
        self.dead_letters: DeadLetterQueue | None = None
        if dead_letter_queue is None:
            self.dead_letters = DeadLetterQueue(self, "DeadLetters", of=f"rule {self.node.path}")
            dead_letter_queue = self.dead_letters
        safe: dict[str, Any] = {"event_bus_name": bus.event_bus_name, "event_pattern": pattern}
        self.rule = aws_events.CfnRule(self, "Resource", **(safe | rule_props))
        keep_nulls(self.rule, "EventPattern", pattern)
        self.rule.targets = [
            aws_events.CfnRule.TargetProperty(
                id="Target",
                arn=connection.arn,
                role_arn=connection.role.role_arn if connection.role else None,
                sqs_parameters=connection.sqs_parameters,
                retry_policy=aws_events.CfnRule.RetryPolicyProperty(
                    maximum_retry_attempts=retry_attempts,
                    maximum_event_age_in_seconds=(max_event_age or Duration.hours(24)).to_seconds(),
                ),
                dead_letter_config=aws_events.CfnRule.DeadLetterConfigProperty(arn=dead_letter_queue.queue_arn),
                **_input(self.rule, input),
            )
        ]
        self.rule.node.add_dependency(admit_to_queue(dead_letter_queue, rules_of(bus, at=self)))
        if connection.after is not None:
            self.rule.node.add_dependency(connection.after)


def _connect(to: Target, edge: Edge) -> Connection:
    for kind in _KINDS:
        if kind.accepts(to):
            if not isinstance(to, Elsewhere) and kind is not bus_target:
                _refuse_elsewhere(to.queue if isinstance(to, Worker) else to, edge)
            return kind.connect(to, edge)
    raise EventyardError(
        f"a rule cannot hand events to a {type(to).__name__}.",
        where=edge.scope.node.path,
        remedy="Give a queue, topic, function, log group, bus, API destination, Firehose stream or worker.",
    )


def _refuse_elsewhere(
    to: aws_sqs.IQueue
    | aws_sns.ITopic
    | aws_lambda.IFunction
    | aws_events.IEventBus
    | aws_events.IApiDestination
    | aws_logs.ILogGroup
    | aws_kinesisfirehose.IDeliveryStream
    | DeliveryStream,
    edge: Edge,
) -> None:
    """Raise if the target is known to be in another account or Region: whatever is there is a `Remote...`."""
    here = Stack.of(edge.scope)
    for what, mine, its in (
        ("account", here.account, to.env.account),
        ("Region", here.region, to.env.region),
    ):
        if not Token.is_unresolved(mine) and not Token.is_unresolved(its) and mine != its:
            raise EventyardError(
                f"the rule is in {what} {mine}, its target {to.node.path} in {its}.",
                where=edge.scope.node.path,
                remedy=f"Route to a RemoteBus in {its} and from there to the target; in the same Region a RemoteQueue, "
                "RemoteTopic or RemoteFunction will do, too.",
            )


def _input(rule: aws_events.CfnRule, given: aws_events.RuleTargetInput | None) -> dict[str, Any]:
    """The target's input properties; at most one of the three is ever set."""
    if given is None:
        return {}
    properties = given.bind(rule)
    transformer = None
    if properties.input_template is not None:
        transformer = aws_events.CfnRule.InputTransformerProperty(
            input_template=properties.input_template, input_paths_map=properties.input_paths_map
        )
    return {
        "input": properties.input,
        "input_path": properties.input_path,
        "input_transformer": transformer,
    }
