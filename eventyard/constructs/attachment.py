"""How a pipeline is attached to a bus or a topic, as one more listener that nobody else notices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, cast

from eventyard.constructs.route import Route
from eventyard.constructs.subscription import Subscription
from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_events, aws_sns, aws_sqs
    from constructs import Construct

    from eventyard.constructs.delivery_stream import DeliveryStream
    from eventyard.constructs.selection import Selection

Origin: TypeAlias = "aws_events.IEventBus | aws_sns.ITopic | Selection"

# Whatever is on the bus: every event has a source.
EVERYTHING: Mapping[str, Any] = {"source": [{"prefix": ""}]}


def attach(
    scope: Construct, of: Origin, to: DeliveryStream | aws_sqs.IQueue, pattern: Mapping[str, Any] | None
) -> Route | Subscription:
    """A route of a bus, or a subscription of a topic, with raw messages: both hand over the event itself.

    Args:
        scope: Where it lives.
        of: A bus, a topic, or a selection of one.
        to: What the events go to.
        pattern: Which events of a bus; all of them without it.

    Raises:
        EventyardError: If a pattern is given for a topic.
    """
    if hasattr(of, "event_bus_arn"):
        bus = cast("aws_events.IEventBus", of)
        return Route(scope, "Route", bus=bus, pattern=EVERYTHING if pattern is None else pattern, to=to)
    if pattern is not None:
        raise EventyardError(
            "a pattern is for a bus.", where=scope.node.path, remedy="Write of=topic.only({...}) for some of a topic."
        )
    return Subscription(scope, "Subscription", listens_to=of, to=to, raw=True)
