"""One conjunction of a pattern, and whether an event satisfies what of it is not decided yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any

from eventyard.patterns.index.keys import keys
from eventyard.patterns.index.view import crush
from eventyard.patterns.matcher import Branch, branch, satisfies
from eventyard.patterns.operators.exact import Exact

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from eventyard.patterns.document import Scalar
    from eventyard.patterns.index.keys import Key
    from eventyard.patterns.index.path import Path, Paths
    from eventyard.patterns.index.view import View
    from eventyard.patterns.tree import Field


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """One field of an alternative.

    Attributes:
        path: Its name.
        accepts: Whether a leaf is one of the wanted values.
        may_be_absent: Whether no leaf at all will do.
        keys: Where its values are found; none if it may be absent, as then no value leads to it.
        rank: How much its keys narrow the search.
        decided: Whether a value found under one of its keys is accepted for sure.
    """

    path: Path
    accepts: Callable[[Any], bool]
    may_be_absent: bool
    keys: tuple[Key, ...]
    rank: int
    decided: bool

    @classmethod
    def of(cls, field_: Field, paths: Paths) -> Condition:
        """The condition that a field is."""
        found = (
            ()
            if field_.may_be_absent
            else tuple(dict.fromkeys(chain.from_iterable(keys(value) for value in field_.values)))
        )
        return cls(
            path=paths.path(field_.steps),
            accepts=_accepts(field_),
            may_be_absent=field_.may_be_absent,
            keys=found,
            rank=max((key.rank for key in found), default=0),
            decided=all(key.decides for key in found),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Alternative:
    """One conjunction of the pattern of that name.

    Attributes:
        name: The pattern's.
        conditions: Its fields.
        lenient: Those of them that may be absent.
        meeting: The paths that two or more of the fields lie at or below: where one is an array, elements must agree.
    """

    name: str
    conditions: tuple[Condition, ...]
    lenient: tuple[Condition, ...] = field(init=False)
    meeting: frozenset[Path] = field(init=False)
    _branch: Branch

    def __post_init__(self) -> None:
        """Derive what matching needs, once."""
        seen: set[Path] = set()
        meeting: set[Path] = set()
        for condition in self.conditions:
            for path in condition.path.upwards():
                (meeting if path in seen else seen).add(path)
        object.__setattr__(self, "lenient", tuple(one for one in self.conditions if one.may_be_absent))
        object.__setattr__(self, "meeting", frozenset(meeting))

    @classmethod
    def of(cls, name: str, fields: Collection[Field], paths: Paths) -> Alternative:
        """The alternative of these fields."""
        return cls(name, tuple(Condition.of(one, paths) for one in fields), branch(fields))

    def confirmed(self, view: View) -> bool:
        """Whether the event satisfies it, given that every field that may not be absent has an accepted leaf."""
        if view.regular:
            # Reading is what tells the view of arrays.
            found = [
                leaves if (leaves := view.leaves.get(one.path)) is not None else view.read(one.path)
                for one in self.lenient
            ]
            if self.meeting.isdisjoint(view.many):
                return all(
                    not leaves or any(map(one.accepts, leaves)) for one, leaves in zip(self.lenient, found, strict=True)
                )
            if not self.lenient:
                inside = [one for one in self.conditions if one.path.parent in view.many or one.path in view.many]
                parents = {one.path.parent for one in inside}
                if len(parents) == 1:
                    # Siblings agree where they lie in one object, and only there.
                    return any(_has(element, inside) for element in view.objects[parents.pop()])
        return satisfies(self._branch, view.event)


def _has(element: Mapping[str, Any], conditions: Iterable[Condition]) -> bool:
    for one in conditions:
        if one.path.step not in element:
            return False
        value = element[one.path.step]
        if isinstance(value, list):
            leaves: list[Scalar] = []
            crush(value, leaves, [])
            if not any(map(one.accepts, leaves)):
                return False
        elif isinstance(value, dict) or not one.accepts(value):
            return False
    return True


def _accepts(field_: Field) -> Callable[[Any], bool]:
    """The shortest way to ask the field: most list texts, or hold one operator."""
    if all(isinstance(value, Exact) and isinstance(value.value, str) for value in field_.values):
        return frozenset(value.value for value in field_.values if isinstance(value, Exact)).__contains__
    return field_.values[0].matches if len(field_.values) == 1 else field_.accepts
