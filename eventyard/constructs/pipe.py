"""A pipe."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from aws_cdk import Names, Stack, aws_events, aws_iam, aws_lambda, aws_pipes, aws_sqs
from constructs import Construct

from eventyard.constructs.checked import check_filters
from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from collections.abc import Mapping

PipeTarget: TypeAlias = aws_events.IEventBus | aws_sqs.IQueue | aws_lambda.IFunction
PipeTargets: TypeAlias = "PipeTarget | Sequence[PipeTarget]"

_SERVICE = "pipes.amazonaws.com"
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html#pipes-perms-sqs
_READ = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_LONGEST_NAME = 64


class Pipe(Construct):
    """A queue's messages, filtered, enriched by a function, to one target: point to point, with no code between.

    Minimal use::

        Pipe(self, "Sales", reads=tills, enrich=translate, to=bus,
             event={"source": "shop.pos", "detail-type": "OrderPlaced"})

    Args:
        reads: The queue, ours or native. What fails is visible there again, and goes to its dead-letter queue after
            its `maxReceiveCount`: a queue without one tries for ever.
        to: A bus, a queue or a function, ours or native, or several queues and functions: the first is the target, and
            the role may hand over to the others as well, so that UpdatePipe can choose.
        only: Filters; a message that matches none is deleted.
        enrich: A function that is given a list of messages and answers the list of what is to go on; nothing, and the
            messages end there.
        event: What events on a bus are called: `source` and `detail-type`, each a text or a path (`$.body.kind`).
        template: What the target receives of a message, or of what the enrichment answered, with `<$.body.id>` for
            what is found there (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-input-transformation.html).
        batch_size: Messages for one invocation at most. A pipe fails a batch as a whole, so that one bad message drags
            the others of its batch along: by default each goes alone.
        running: Whether it is started when it is made.
        pipe_props: Anything else that `aws_pipes.CfnPipe` takes.

    `pipe` is the native `CfnPipe`, `role` what it does everything as, `name` what StartPipe and StopPipe take.

    Raises:
        PatternError: If AWS would refuse a filter.
        EventyardError: If there is no target, or `event` is given for another target than a bus.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        reads: aws_sqs.IQueue,
        to: PipeTargets,
        only: Sequence[Mapping[str, Any]] = (),
        enrich: aws_lambda.IFunction | None = None,
        event: Mapping[str, str] | None = None,
        template: str | None = None,
        batch_size: int = 1,
        running: bool = True,
        **pipe_props: Any,  # noqa: ANN401 (aws-cdk-lib's own properties)
    ) -> None:
        super().__init__(scope, construct_id)
        check_filters(self, only)
        targets = _listed(to)
        if not targets:
            raise EventyardError("a pipe has a target.", where=self.node.path, remedy="Give one, as to=.")
        arn, _ = _end(targets[0])
        if event is not None and not hasattr(targets[0], "event_bus_arn"):
            raise EventyardError(
                "event is for a bus.", where=self.node.path, remedy="Say what the target receives by template=."
            )
        # Fixed at synth, so that the role's trust can name it.
        self.name: str = pipe_props.pop("name", None) or Names.unique_resource_name(self, max_length=_LONGEST_NAME)
        self.role = self._role(reads, targets, enrich)
        safe: dict[str, Any] = {
            "name": self.name,
            "role_arn": self.role.role_arn,
            "source": reads.queue_arn,
            "source_parameters": aws_pipes.CfnPipe.PipeSourceParametersProperty(
                filter_criteria=_criteria(only),
                sqs_queue_parameters=aws_pipes.CfnPipe.PipeSourceSqsQueueParametersProperty(batch_size=batch_size),
            ),
            "enrichment": enrich.function_arn if enrich is not None else None,
            "target": arn,
            "target_parameters": _parameters(event, template),
            "desired_state": "RUNNING" if running else "STOPPED",
        }
        self.pipe = aws_pipes.CfnPipe(self, "Resource", **(safe | pipe_props))

    def _role(
        self, reads: aws_sqs.IQueue, targets: Sequence[PipeTarget], enrich: aws_lambda.IFunction | None
    ) -> aws_iam.Role:
        statements = [aws_iam.PolicyStatement(actions=list(_READ), resources=[reads.queue_arn])]
        if reads.encryption_master_key is not None:
            key = reads.encryption_master_key.key_arn
            statements.append(aws_iam.PolicyStatement(actions=["kms:Decrypt"], resources=[key]))
        if enrich is not None:
            statements.append(
                aws_iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[enrich.function_arn])
            )
        for target in targets:
            arn, action = _end(target)
            statements.append(aws_iam.PolicyStatement(actions=[action], resources=[arn]))
        stack = Stack.of(self)
        itself = stack.format_arn(service="pipes", resource="pipe", resource_name=self.name)
        return aws_iam.Role(
            self,
            "Role",
            description="Carries a queue's messages through a pipe",
            assumed_by=aws_iam.ServicePrincipal(
                _SERVICE,
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnEquals": {"aws:SourceArn": itself},
                },
            ),
            inline_policies={"Pipe": aws_iam.PolicyDocument(statements=statements)},
        )


def _end(target: PipeTarget) -> tuple[str, str]:
    """A target's ARN, and what the pipe does there."""
    if isinstance(target, aws_sqs.QueueBase):
        return target.queue_arn, "sqs:SendMessage"
    if isinstance(target, aws_lambda.FunctionBase):
        return target.function_arn, "lambda:InvokeFunction"
    return cast("aws_events.IEventBus", target).event_bus_arn, "events:PutEvents"


def _listed(to: PipeTargets) -> list[PipeTarget]:
    return list(to) if isinstance(to, Sequence) else [to]


def _criteria(only: Sequence[Mapping[str, Any]]) -> Any:  # noqa: ANN401 (jsii's own)
    if not only:
        return None
    filters = [aws_pipes.CfnPipe.FilterProperty(pattern=json.dumps(one)) for one in only]
    return aws_pipes.CfnPipe.FilterCriteriaProperty(filters=filters)


def _parameters(event: Mapping[str, str] | None, template: str | None) -> Any:  # noqa: ANN401 (the same)
    named = None
    if event is not None:
        named = aws_pipes.CfnPipe.PipeTargetEventBridgeEventBusParametersProperty(
            source=event.get("source"), detail_type=event.get("detail-type")
        )
    if named is None and template is None:
        return None
    return aws_pipes.CfnPipe.PipeTargetParametersProperty(
        event_bridge_event_bus_parameters=named, input_template=template
    )
