"""What the values of one field lead to: each value, or what it is once cut to size, to a mark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.patterns.index.keys import FALSE, TRUE

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from eventyard.patterns.document import Scalar
    from eventyard.patterns.index.keys import Key, Kind


class Mark:
    """That a field has a value of one key, as an object: an event has it or has not.

    Attributes:
        uses: How many nodes are found by it.
    """

    __slots__ = ("uses",)

    def __init__(self) -> None:
        self.uses = 0


class Marks:
    """The marks of one field that some node is found by, by what its values equal, begin with, end with, lie in."""

    __slots__ = ("_cuts", "_values")

    def __init__(self) -> None:
        self._values: dict[Hashable, Mark] = {}
        self._cuts: dict[Kind, dict[Hashable, dict[Hashable, Mark]]] = {}

    def of(self, key: Key) -> Mark:
        """The mark of a key, made if there is none."""
        marks = self._values if key.kind is None else self._cuts.setdefault(key.kind, {}).setdefault(key.level, {})
        mark = marks.get(key.value)
        if mark is None:
            mark = marks[key.value] = Mark()
        return mark

    def drop(self, key: Key) -> None:
        """Forget the mark of a key, and with it what is empty then."""
        if key.kind is None:
            del self._values[key.value]
            return
        levels = self._cuts[key.kind]
        del levels[key.level][key.value]
        if not levels[key.level]:
            del levels[key.level]
            if not levels:
                del self._cuts[key.kind]

    def collect(self, leaves: Sequence[Scalar], found: set[Mark]) -> None:
        """Add to `found` the marks that these values of the field have."""
        values = self._values
        if values:
            for leaf in leaves:
                key: Hashable = leaf
                if leaf is True or leaf is False:
                    key = TRUE if leaf else FALSE
                if key in values:
                    found.add(values[key])
        for kind, levels in self._cuts.items():
            kind(leaves, levels, found)
