"""One conjunction of a pattern, and whether an event satisfies what of it is not decided yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from eventyard.patterns.index.keys import keys
from eventyard.patterns.index.path import Paths
from eventyard.patterns.index.view import crush
from eventyard.patterns.matcher import Branch, branch, satisfies
from eventyard.patterns.operators.exact import Exact

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Mapping

    from eventyard.patterns.document import Scalar
    from eventyard.patterns.index.keys import Key
    from eventyard.patterns.index.path import Path
    from eventyard.patterns.index.view import View
    from eventyard.patterns.tree import Field


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Condition:
    """One field of an alternative; alternatives that ask the same of a field have it in common.

    Attributes:
        path: Its name.
        accepts: Whether a leaf is one of the wanted values.
        check: Both, as they are needed most often.
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
    check: tuple[Path, Callable[[Any], bool]] = field(init=False)

    def __post_init__(self) -> None:
        """Pair what is needed most often, once."""
        object.__setattr__(self, "check", (self.path, self.accepts))

    @classmethod
    def of(cls, field_: Field, path: Path) -> Condition:
        """The condition that a field is."""
        found = [] if field_.may_be_absent else list(chain.from_iterable(keys(value) for value in field_.values))
        return cls(
            path=path,
            accepts=_accepts(field_),
            may_be_absent=field_.may_be_absent,
            # One for each mark: a wildcard `x*` and a prefix `x` have one, though only one of them decides.
            keys=tuple({(key.kind, key.level, key.value): key for key in found}.values()),
            rank=max((key.rank for key in found), default=0),
            decided=all(key.decides for key in found),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Alternative:
    """One conjunction of the pattern of that name.

    Attributes:
        name: The pattern's.
        conditions: Its fields.
        meeting: The paths that two or more of the fields lie at or below: where one is an array, elements must agree.
        lenient: Those of the conditions that may be absent.
    """

    name: str
    conditions: tuple[Condition, ...]
    meeting: frozenset[Path]
    _branch: Branch
    lenient: tuple[Condition, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Pick out what is asked apart, once."""
        object.__setattr__(self, "lenient", tuple(one for one in self.conditions if one.may_be_absent))

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


class Conditions:
    """All that the patterns of a set ask of fields, each once, as long as one asks it.

    Thousands of rules ask the same of most fields. What they share is small and stays near the processor.

    Attributes:
        paths: The names of the fields.
    """

    def __init__(self) -> None:
        self.paths = Paths()
        self._conditions: WeakValueDictionary[Hashable, Condition] = WeakValueDictionary()
        self._meetings: WeakValueDictionary[tuple[str, ...], frozenset[Path]] = WeakValueDictionary()

    def alternative(self, name: str, fields: Collection[Field]) -> Alternative:
        """An alternative of the pattern of that name, with these fields."""
        conditions = tuple(self._condition(one) for one in fields)
        seen: set[Path] = set()
        meeting: set[Path] = set()
        for condition in conditions:
            for path in condition.path.upwards():
                (meeting if path in seen else seen).add(path)
        texts = tuple(sorted(path.text for path in meeting))
        return Alternative(name, conditions, self._meetings.setdefault(texts, frozenset(meeting)), branch(fields))

    def _condition(self, field_: Field) -> Condition:
        path = self.paths.path(field_.steps)
        # To Python 1 is True; to a pattern it is not.
        key = (path.text, tuple((one, isinstance(one, Exact) and one.value.__class__) for one in field_.values))
        known = self._conditions.get(key)
        if known is None:
            known = self._conditions[key] = Condition.of(field_, path)
        return known


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
