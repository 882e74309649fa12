"""EventBridge event patterns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from eventyard.patterns.dialect import EVENTBRIDGE, PATTERN_CHARACTERS
from eventyard.patterns.document import read
from eventyard.patterns.event import read_event, too_deep
from eventyard.patterns.explanation import Explanation, explain
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
        envelope = read_event(event)
        try:
            return any(satisfies(alternative, envelope) for alternative in self._alternatives)
        except RecursionError:
            raise too_deep() from None

    def explain(self, event: str | Mapping[str, Any]) -> Explanation:
        """Why an event matches or does not: per field what was wanted and what there is, the nearest miss first.

        Args:
            event: The full envelope, as JSON text or parsed.

        Raises:
            EventyardError: As in `matches`, with which it always agrees.
        """
        envelope = read_event(event)
        try:
            return explain(self._alternatives, envelope)
        except RecursionError:
            raise too_deep() from None
