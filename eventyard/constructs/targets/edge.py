"""The hand-over that a target is connected for, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from aws_cdk import aws_events, aws_iam
    from constructs import Construct, IDependable


@dataclass(frozen=True)
class Edge:
    """From a bus's rule to a target.

    Args:
        scope: The route: the place for whatever the edge needs of its own.
        bus: The bus whose rules are to be let in.
        message_group_id: The group in a FIFO queue, None for other targets.
    """

    scope: Construct
    bus: aws_events.IEventBus
    message_group_id: str | None = None

    def refuse_group(self, kind: str) -> None:
        """Raise EventyardError if a message group was given to a target that knows none."""
        if self.message_group_id is not None:
            raise EventyardError(
                f"message_group_id is for FIFO queues; the target is a {kind}.",
                where=self.scope.node.path,
                remedy="Leave it out.",
            )


@dataclass(frozen=True)
class Connection:
    """A target as a rule refers to it.

    Args:
        arn: The target's ARN.
        after: What has to exist before the rule, so that the first event is not turned away.
        role: The role that the rule delivers with; None where the target's own policy decides.
        sqs_parameters: The message group of a FIFO queue.
    """

    arn: str
    after: IDependable | None = None
    role: aws_iam.IRole | None = None
    sqs_parameters: aws_events.CfnRule.SqsParametersProperty | None = None


class Kind(Protocol):
    """What each module of this package is."""

    def accepts(self, to: object) -> bool:
        """Whether a value is a target of this kind."""

    def connect(self, to: Any, edge: Edge) -> Connection:  # noqa: ANN401 (each kind takes its own)
        """Open the target to the rules of the bus."""
