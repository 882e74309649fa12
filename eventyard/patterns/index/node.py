"""Alternatives in tables by one of their fields; where too many meet under one value, by another field below it.

Which field an alternative is found by is its own affair: the one that narrows the search most. Adding one touches the
way to its places and splits at most the nodes there; removing one goes the same way. Nothing else moves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.patterns.index.keys import FALSE, TRUE, Key, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from eventyard.patterns.document import Scalar
    from eventyard.patterns.index.alternative import Alternative, Condition
    from eventyard.patterns.index.path import Path
    from eventyard.patterns.index.view import View

# How many alternatives are asked one by one before a table pays.
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
    """The alternatives that have one key in common; at the top, all of them.

    Attributes:
        entries: Those that are asked one by one.
        tables: Those that are found by a field, by that field.
    """

    __slots__ = ("_crowded", "_routes", "entries", "tables")

    def __init__(self) -> None:
        self._crowded = False
        self.entries: list[Entry] = []
        # None while empty, as in most of the many small nodes.
        self.tables: dict[Path, _Table] | None = None
        self._routes: dict[Alternative, Condition] | None = None

    def __bool__(self) -> bool:
        """Whether it holds any."""
        return bool(self.entries or self._routes)

    def add(self, entry: Entry) -> None:
        """Put an alternative in."""
        if self._crowded and self._route(entry, {path: len(one) for path, one in (self.tables or {}).items()}):
            return
        self.entries.append(entry)
        if not self._crowded and len(self.entries) > _CROWD:
            self._crowded = True
            self._split()

    def remove(self, alternative: Alternative) -> None:
        """Take an alternative out."""
        if self._routes is None or self.tables is None or alternative not in self._routes:
            self.entries = [entry for entry in self.entries if entry.alternative is not alternative]
            return
        condition = self._routes.pop(alternative)
        table = self.tables[condition.path]
        for key in condition.keys:
            table.remove(key, alternative)
        if not table:
            del self.tables[condition.path]

    def find(self, view: View, found: set[str]) -> None:  # noqa: C901, PLR0912  # one loop: a call costs what it does
        """Add to `found` the names of those that the event satisfies."""
        known = view.leaves
        todo = [self]
        for node in todo:
            for entry in node.entries:
                name = entry.name
                if name not in found and entry.holds(view):
                    found.add(name)
            if node.tables is None:
                continue
            for path, table in node.tables.items():
                leaves = known.get(path)
                if leaves is None:
                    leaves = view.read(path)
                if not leaves:
                    continue
                first = len(todo)
                values = table.values
                if values:
                    for leaf in leaves:
                        key: Hashable = leaf
                        if leaf is True or leaf is False:
                            key = TRUE if leaf else FALSE
                        if key in values:
                            todo.append(values[key])
                for kind, levels in table.cuts.items():
                    kind(leaves, levels, todo)
                if len(todo) > first + 1:
                    # A thousand leaves may lead to one node; visiting it for each would multiply at every level.
                    todo[first:] = dict.fromkeys(todo[first:])

    def _split(self) -> None:
        entries, self.entries = self.entries, []
        values: dict[Path, set[Hashable]] = {}
        for entry in entries:
            for condition in entry.free:
                values.setdefault(condition.path, set()).update(condition.keys)
        spread = {path: len(distinct) for path, distinct in values.items()}
        for entry in entries:
            if not self._route(entry, spread):
                self.entries.append(entry)

    def _route(self, entry: Entry, spread: dict[Path, int]) -> bool:
        """Put the entry under the keys of one of its conditions, if one can still be a key.

        The best narrows most; among equals, the field that most values tell apart already (`spread`), so that an event
        is asked for few fields.
        """
        free = [one for one in entry.free if entry.places == 1 or entry.places * len(one.keys) <= _PLACES]
        if not free:
            return False
        best = min(free, key=lambda one: (one.rank, -spread.get(one.path, 0)))
        below = entry.below(best)
        if self.tables is None or self._routes is None:
            self.tables, self._routes = {}, {}
        table = self.tables.get(best.path)
        if table is None:
            table = self.tables[best.path] = _Table()
        self._routes[entry.alternative] = best
        for key in best.keys:
            table.node(key).add(below)
        return True


class _Table:
    """The nodes under one field, by what its values are or, cut to size, begin with, end with, lie in."""

    __slots__ = ("_size", "cuts", "values")

    def __init__(self) -> None:
        self.values: dict[Hashable, Node] = {}
        self.cuts: dict[Kind, dict[Hashable, dict[Hashable, Node]]] = {}
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def node(self, key: Key) -> Node:
        """The node of a key, made if there is none."""
        nodes = self.values if key.kind is None else self.cuts.setdefault(key.kind, {}).setdefault(key.level, {})
        node = nodes.get(key.value)
        if node is None:
            node = nodes[key.value] = Node()
            self._size += 1
        return node

    def remove(self, key: Key, alternative: Alternative) -> None:
        """Take an alternative out from under a key, and out with what is empty then."""
        levels = None if key.kind is None else self.cuts.get(key.kind, {})
        nodes = self.values if levels is None else levels.get(key.level, {})
        node = nodes.get(key.value)
        if node is None:
            return
        node.remove(alternative)
        if not node:
            del nodes[key.value]
            self._size -= 1
            if levels is not None and not nodes:
                del levels[key.level]
                if not levels:
                    del self.cuts[key.kind]  # type: ignore[arg-type]  # a key of no kind has no levels
