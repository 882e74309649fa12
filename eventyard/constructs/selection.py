"""What a subscriber wants to hear of a topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from aws_cdk import aws_sns

if TYPE_CHECKING:
    from collections.abc import Iterator

FilterScope: TypeAlias = Literal["MessageAttributes", "MessageBody"]


@dataclass(frozen=True)
class Selection:
    """A topic, and the filter policy that a message must match. `Topic.only` makes one; native topics take this.

    Args:
        topic: The topic, ours or native.
        policy: The filter policy as SNS knows it, None for all messages.
        scope: What the policy looks at: the message's attributes, or its body (which must then be JSON).
    """

    topic: aws_sns.ITopic
    policy: Mapping[str, Any] | None = None
    scope: FilterScope = "MessageBody"


Source: TypeAlias = Selection | aws_sns.ITopic
Sources: TypeAlias = Source | Sequence[Source]


def selections(sources: Sources) -> Iterator[Selection]:
    """Each of the sources as a selection; a bare topic selects all of its messages."""
    for source in sources if isinstance(sources, Sequence) else (sources,):
        yield source if isinstance(source, Selection) else Selection(source)
