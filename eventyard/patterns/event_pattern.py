"""EventBridge event patterns."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from eventyard.errors import EventyardError
from eventyard.patterns.dialect import EVENTBRIDGE, PATTERN_CHARACTERS
from eventyard.patterns.document import read
from eventyard.patterns.matcher import Branch, branch, satisfies
from eventyard.patterns.parser import parse
from eventyard.patterns.tree import Conjunction, alternatives

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class EventPattern:
    """An event pattern, parsed once; make one with `EventPattern.parse`.

    Follows https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern.html and its sibling pages.

    Attributes:
        tree: What it asks for.
    """

    tree: Conjunction
    _alternatives: tuple[Branch, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Unfold the tree for matching, once."""
        unfolded = tuple(branch(fields.values()) for fields in alternatives(self.tree))
        object.__setattr__(self, "_alternatives", unfolded)

    @classmethod
    def parse(cls, pattern: str | Mapping[str, Any], *, max_characters: int = PATTERN_CHARACTERS) -> Self:
        """A pattern from JSON text or from the dict that such text makes.

        Args:
            pattern: The pattern as PutRule takes it.
            max_characters: The account's quota for a pattern's length; AWS raises it to 4,096 on request.

        Raises:
            PatternError: What PutRule refuses; `where` is the path, such as `detail.price[0]`.
        """
        return cls(parse(read(pattern, EVENTBRIDGE, max_characters), EVENTBRIDGE))

    def matches(self, event: str | Mapping[str, Any]) -> bool:
        """Whether an event matches.

        Args:
            event: The full envelope (`source`, `detail-type`, `detail`, ...), as JSON text or parsed.

        Raises:
            EventyardError: The event is no JSON object, or nested beyond what can be walked.
        """
        try:
            parsed = json.loads(event, parse_constant=_refuse) if isinstance(event, str) else event
            if isinstance(parsed, dict):
                return any(satisfies(alternative, parsed) for alternative in self._alternatives)
        except RecursionError:
            raise EventyardError(
                "The event is nested too deeply to be matched.", where="event", remedy="Flatten its detail."
            ) from None
        except ValueError as error:
            raise EventyardError(
                f"The event is not valid JSON: {error}.", where="event", remedy="Correct the text there."
            ) from None
        raise EventyardError(
            "The event is not a JSON object.",
            where="event",
            remedy='Pass the whole envelope: {"source": ..., "detail-type": ..., "detail": {...}}.',
        )


def _refuse(token: str) -> None:
    raise ValueError(f"{token} is no JSON")  # the JSON parser's own kind of error
