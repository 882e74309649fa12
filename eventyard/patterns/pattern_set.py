"""Many event patterns matched at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.errors import EventyardError
from eventyard.patterns.event import read_event, too_deep
from eventyard.patterns.event_pattern import EventPattern
from eventyard.patterns.index import Alternative, Conditions, Entry, Node, view
from eventyard.patterns.tree import alternatives

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from eventyard.patterns.explanation import Explanation


class PatternSet:
    """The event patterns of a bus by name, with one index over all of them.

    An event is parsed once and only those patterns are touched that it can match, so that ten thousand patterns cost
    little more than a hundred. Adding and removing a pattern leaves the rest of the index alone. Each pattern matches
    exactly when `EventPattern.matches` says so.

    ::

        patterns = PatternSet({"big": {"detail": {"total": [{"numeric": [">", 100]}]}}})
        patterns.match({"detail": {"total": 120}})  # {"big"}

    Args:
        patterns: Name -> pattern: a dict, JSON text or an `EventPattern`.

    Raises:
        PatternError: What PutRule refuses; `where` is the path in the pattern.
    """

    def __init__(self, patterns: Mapping[str, str | Mapping[str, Any] | EventPattern] | None = None) -> None:
        self._conditions = Conditions()
        self._top = Node()
        self._patterns: dict[str, tuple[EventPattern, tuple[Alternative, ...]]] = {}
        for name, pattern in (patterns or {}).items():
            self.add(name, pattern)

    def add(self, name: str, pattern: str | Mapping[str, Any] | EventPattern) -> None:
        """Put a pattern in; one that had the name is replaced.

        Raises:
            PatternError: What PutRule refuses; the set is then as it was.
        """
        parsed = pattern if isinstance(pattern, EventPattern) else EventPattern.parse(pattern)
        if name in self._patterns:
            self.remove(name)
        made = tuple(self._conditions.alternative(name, tuple(fields.values())) for fields in alternatives(parsed.tree))
        for alternative in made:
            self._top.add(Entry.of(alternative))
        self._patterns[name] = (parsed, made)

    def remove(self, name: str) -> None:
        """Take a pattern out.

        Raises:
            EventyardError: There is none of that name.
        """
        self[name]  # refuses an unknown name
        for alternative in self._patterns.pop(name)[1]:
            self._top.remove(alternative)

    def match(self, event: str | Mapping[str, Any]) -> set[str]:
        """The names of the patterns that an event matches.

        Args:
            event: The full envelope (`source`, `detail-type`, `detail`, ...), as JSON text or parsed.

        Raises:
            EventyardError: The event is no JSON object, or nested beyond what can be walked.
        """
        found: set[str] = set()
        parsed = read_event(event)
        try:
            self._top.find(view(parsed, event if isinstance(event, str) else None, self._conditions.paths), found)
        except RecursionError:
            raise too_deep() from None
        return found

    def why(self, name: str, event: str | Mapping[str, Any]) -> Explanation:
        """Why the pattern of that name matches an event or does not.

        Raises:
            EventyardError: There is none of that name, or the event is no JSON object.
        """
        return self[name].explain(event)

    def __getitem__(self, name: str) -> EventPattern:
        """The pattern of that name."""
        if name not in self._patterns:
            raise EventyardError(f'There is no pattern named "{name}".', where=name, remedy="Add it first.")
        return self._patterns[name][0]

    def __len__(self) -> int:
        """How many patterns there are."""
        return len(self._patterns)

    def __iter__(self) -> Iterator[str]:
        """The names, in the order in which they were added."""
        return iter(self._patterns)

    def __contains__(self, name: object) -> bool:
        """Whether there is a pattern of that name."""
        return name in self._patterns
