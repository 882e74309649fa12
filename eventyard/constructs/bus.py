"""A bus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Names, Stack, aws_events
from constructs import Construct

from eventyard.constructs.admission import admit_to_queue
from eventyard.constructs.callers import EVENTS, Caller, arn_of_bus
from eventyard.constructs.dead_letters import DeadLetterQueue
from eventyard.constructs.route import Route
from eventyard.constructs.targets.remote import Elsewhere

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from eventyard.constructs.route import Target
    from eventyard.contracts import EventType


class Bus(aws_events.EventBus):
    """An event bus, and the place where its routes begin.

    Minimal use: `Bus(self, "Commerce")`.

    Args:
        name: The bus's name; by default one made of the construct's path. It is fixed at synth in both cases, so
            that a policy anywhere can name the bus's rules without referring to them.
        events: The event types that are published on it; every route's pattern is then held to them.
        props: Anything else that `aws_events.EventBus` takes.

    Events at rest are encrypted with an AWS owned key. With a `kms_key` of your own, events that EventBridge cannot
    encrypt go to a dead-letter queue, `dead_letters`
    (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-event-bus-cmkey.html).
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str | None = None,
        events: Iterable[type[EventType]] = (),
        **props: Any,  # noqa: ANN401 (aws-cdk-lib's own properties)
    ) -> None:
        self.events = tuple(events)
        name = name or f"{Names.unique_resource_name(scope, max_length=200)}{construct_id}"
        self.dead_letters: DeadLetterQueue | None = None
        if "kms_key" in props and "dead_letter_queue" not in props:
            self.dead_letters = DeadLetterQueue(scope, f"{construct_id}DeadLetters", of=f"bus {name}")
            props["dead_letter_queue"] = self.dead_letters
        super().__init__(scope, construct_id, **({"event_bus_name": name} | props))
        if self.dead_letters is not None:
            itself = arn_of_bus(self, name)
            admit_to_queue(self.dead_letters, Caller(EVENTS, Stack.of(self).account, itself, itself))

    def route(
        self,
        construct_id: str,
        pattern: Mapping[str, Any],
        *,
        to: Target,
        scope: Construct | None = None,
        **options: Any,  # noqa: ANN401 (Route's own arguments)
    ) -> Route:
        """Hand the events that match a pattern to a target.

        Args:
            construct_id: The route's name among the routes of this bus.
            pattern: The event pattern.
            to: A queue, topic, function, log group, bus, API destination, Firehose stream or worker, ours or native; of
                another account a `RemoteQueue`, `RemoteTopic`, `RemoteFunction` or `RemoteBus`.
            scope: Where the rule lives. By default in the target's stack, because the team that owns the target owns
                the rule; that stack then depends on the bus's. If the bus's stack depends on the target's by
                `add_dependency`, the rule stays with the bus; if it does by references, say `scope=bus`.
            options: What else `Route` takes.

        Raises:
            PatternError: If AWS would refuse the pattern, or it names what none of the bus's `events` has.
            EventyardError: If the target could never receive the events.
        """
        return Route(scope or self._beside(to), construct_id, bus=self, pattern=pattern, to=to, **options)

    def _beside(self, to: Target) -> Construct:
        """A place in the target's stack that is named after the bus; the bus itself if the target's is its own stack.

        A bus as target stays where it is: between accounts and Regions, the rule belongs to the sender.
        """
        if isinstance(to, Elsewhere):
            return self
        mine, stack = Stack.of(self), Stack.of(to)
        if stack is mine or stack in mine.dependencies or hasattr(to, "event_bus_arn"):
            return self
        place = f"{self.node.id}Routes"
        found = stack.node.try_find_child(place)
        return found if isinstance(found, Construct) else Construct(stack, place)
