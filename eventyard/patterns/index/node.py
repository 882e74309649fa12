"""Alternatives by a mark of one of their fields; where too many have one mark in common, by another mark below it.

Which field an alternative is found by is its own affair: the one that narrows the search most. Adding one touches the
way to its places and splits at most the nodes there; removing one goes the same way. Nothing else moves. No two ways
lead to one node, so that an event visits a node once, however many of its values have the mark.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from eventyard.patterns.document import Scalar
    from eventyard.patterns.index.alternative import Alternative, Condition
    from eventyard.patterns.index.mark import Mark
    from eventyard.patterns.index.path import Path
    from eventyard.patterns.index.view import View

# How many alternatives are asked one by one before marks pay.
_CROWD = 6

# In how many places an alternative may stand below its first key: what keeps memory linear where every one of its
# fields lists many values.
_PLACES = 32


class Entry:
    """An alternative at one place: what of it the way there has left open.

    Attributes:
        alternative: The alternative; `name` and `meeting` are its own, at hand.
        unproven: The conditions still to be checked there.
        free: Those that could still be a key.
        places: In how many places it stands by now.
        surely: Whether it is satisfied when these conditions are, unless elements of arrays must agree.
    """

    __slots__ = ("alternative", "checks", "free", "meeting", "name", "places", "surely", "unproven")

    def __init__(
        self,
        alternative: Alternative,
        unproven: tuple[Condition, ...],
        free: tuple[Condition, ...],
        places: int,
    ) -> None:
        self.alternative = alternative
        self.name = alternative.name
        self.meeting = alternative.meeting
        self.unproven = unproven
        self.free = free
        self.places = places
        self.surely = not alternative.lenient
        self.checks: tuple[tuple[Path, Callable[[Scalar], bool]], ...] = tuple(
            one.check for one in unproven if not one.may_be_absent
        )

    @classmethod
    def of(cls, alternative: Alternative) -> Entry:
        """The entry at the top, with everything open."""
        conditions = alternative.conditions
        return cls(alternative, conditions, tuple(one for one in conditions if one.keys), 1)

    def below(self, condition: Condition) -> Entry:
        """The entry under the keys of that condition."""
        unproven = tuple(one for one in self.unproven if one is not condition or not one.decided)
        free = tuple(one for one in self.free if one is not condition)
        return Entry(self.alternative, unproven, free, self.places * len(condition.keys))

    def holds(self, view: View) -> bool:
        """Whether the event satisfies the alternative."""
        known = view.leaves
        for path, accepts in self.checks:
            leaves = known.get(path)
            if leaves is None:
                leaves = view.read(path)
            for leaf in leaves:
                if accepts(leaf):
                    break
            else:
                return False
        if self.surely and view.regular and self.meeting.isdisjoint(view.many):
            return True
        return self.alternative.confirmed(view)


class Node:
    """The alternatives that have one mark in common; at the top, all of them.

    Attributes:
        entries: Those that are asked one by one.
        below: Those that are found by a mark of theirs, by that mark.
    """

    __slots__ = ("_crowded", "_routes", "below", "entries")

    def __init__(self) -> None:
        self._crowded = False
        self.entries: list[Entry] = []
        # None while empty, as in most of the many small nodes.
        self.below: dict[Mark, Node] | None = None
        self._routes: dict[Alternative, Condition] | None = None

    def __bool__(self) -> bool:
        """Whether it holds any."""
        return bool(self.entries or self._routes)

    def add(self, entry: Entry) -> None:
        """Put an alternative in."""
        if self._crowded and self._route(entry):
            return
        self.entries.append(entry)
        if not self._crowded and len(self.entries) > _CROWD:
            self._crowded = True
            self._split()

    def remove(self, alternative: Alternative) -> None:
        """Take an alternative out."""
        condition = self._routes.pop(alternative, None) if self._routes else None
        if condition is None or self.below is None:
            self.entries = [entry for entry in self.entries if entry.alternative is not alternative]
            return
        for key in condition.keys:
            mark = condition.path.marks.of(key)
            node = self.below[mark]
            node.remove(alternative)
            if not node:
                del self.below[mark]
                condition.path.leave(key)

    def find(self, view: View, found: set[str]) -> None:
        """Add to `found` the names of those that the event satisfies."""
        marks = view.marks
        todo = [self]
        for node in todo:
            for entry in node.entries:
                name = entry.name
                if name not in found and entry.holds(view):
                    found.add(name)
            if node.below:
                # Looks at the fewer of the two, so that a node costs no more than the event has marks.
                todo += map(node.below.__getitem__, node.below.keys() & marks)

    def _split(self) -> None:
        entries, self.entries = self.entries, []
        for entry in entries:
            if not self._route(entry):
                self.entries.append(entry)

    def _route(self, entry: Entry) -> bool:
        """Put the entry under the marks of one of its conditions, if one can still lead to it.

        The best narrows most; among equals, the one that the pattern names first, as others of the bus do.
        """
        free = [one for one in entry.free if entry.places == 1 or entry.places * len(one.keys) <= _PLACES]
        if not free:
            return False
        best = min(free, key=lambda one: one.rank)
        below = entry.below(best)
        if self.below is None or self._routes is None:
            self.below, self._routes = {}, {}
        self._routes[entry.alternative] = best
        for key in best.keys:
            mark = best.path.marks.of(key)
            node = self.below.get(mark)
            if node is None:
                node = self.below[mark] = Node()
                best.path.use(key)
            node.add(below)
        return True
