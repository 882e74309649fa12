"""A parsed pattern: fields that are all required, values of which one suffices, `$or` of which one branch suffices.

The tree is frozen and keeps the document's order. Matching does not walk it: `alternatives` unfolds it once into
the plain conjunctions that AWS's engine compiles a pattern to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from eventyard.patterns.operators.exact import Exact
from eventyard.patterns.operators.exists import Exists

if TYPE_CHECKING:
    from eventyard.patterns.document import Scalar
    from eventyard.patterns.operators import Operator


@dataclass(frozen=True, slots=True)
class Field:
    """One field that a pattern asks for.

    Attributes:
        path: Its name from the top, joined by dots. A dot within a key counts the same: AWS does not tell them apart.
        values: What it may be; one suffices.
        key: The top-level key of the document that it stands under (SNS counts those).
        level: How many keys deep it stands in the document (SNS weighs values by it).
        where: Its place in the document, for messages.
    """

    path: str
    values: tuple[Operator, ...]
    key: str
    level: int
    where: str
    steps: tuple[str, ...] = field(init=False, repr=False, compare=False)
    may_be_absent: bool = field(init=False, repr=False, compare=False)
    _texts: frozenset[str] = field(init=False, repr=False, compare=False)
    _others: tuple[Operator, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Derive what matching needs, once."""
        plain = {value.value for value in self.values if isinstance(value, Exact) and isinstance(value.value, str)}
        rest = (
            value
            for value in self.values
            if not (isinstance(value, Exact) and isinstance(value.value, str)) and value != Exists(present=False)
        )
        object.__setattr__(self, "steps", tuple(self.path.split(".")))
        object.__setattr__(self, "may_be_absent", Exists(present=False) in self.values)
        object.__setattr__(self, "_texts", frozenset(plain))
        object.__setattr__(self, "_others", tuple(rest))

    def accepts(self, value: Scalar) -> bool:
        """Whether this leaf of an event is one of the wanted values."""
        if value.__class__ is str and value in self._texts:
            return True
        return any(operator.matches(value) for operator in self._others)


@dataclass(frozen=True, slots=True)
class Either:
    """`$or`: one of the branches suffices."""

    branches: tuple[Conjunction, ...]
    where: str


@dataclass(frozen=True, slots=True)
class Conjunction:
    """What one object of a pattern asks for, nested objects flattened into it: all of it, in the document's order."""

    terms: tuple[Field | Either, ...]


def alternatives(pattern: Conjunction) -> list[dict[str, Field]]:
    """The conjunctions that a pattern stands for: path -> field, one dict a combination of `$or` branches.

    A path named twice on the way keeps its last field, in the document's order: that is how AWS's engine compiles it.
    """
    return _unfold(pattern, [{}])


def _unfold(conjunction: Conjunction, so_far: list[dict[str, Field]]) -> list[dict[str, Field]]:
    for term in conjunction.terms:
        if isinstance(term, Field):
            for alternative in so_far:
                alternative[term.path] = term
        else:
            so_far = [
                unfolded
                for branch in term.branches
                for unfolded in _unfold(branch, [dict(alternative) for alternative in so_far])
            ]
    return so_far
