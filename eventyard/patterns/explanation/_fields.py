"""One field of a pattern beside what the event has there."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from eventyard.patterns.explanation._leaves import Leaf, instead, leaves
from eventyard.patterns.operators.exact import Exact
from eventyard.patterns.operators.exists import Exists
from eventyard.patterns.words import FAR, NEAR, shown

if TYPE_CHECKING:
    from eventyard.patterns.document import Scalar
    from eventyard.patterns.explanation._elements import Scattered
    from eventyard.patterns.operators import Operator
    from eventyard.patterns.tree import Field

_LEAVES = 20  # leaves of a field that are compared in words
_VALUES = 100  # values of a field that they are compared with
_WANTED = 5  # values that are listed as wanted

_ABSENT = Exists(present=False)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was wanted of a field, what there is, and why it is not that.

    Attributes:
        path: The field's name in the pattern: `detail.total`. Of an array as a whole: its place in the event.
        wanted: What the field asks for: `> 100 or null`.
        found: The first leaves that the event has there.
        met: Whether one of all its leaves is wanted.
        words: The sentence: `detail.total: 80 is not > 100`.
        distance: How near the nearest leaf is, from 0 (all but wanted) to 1; 0 where it is met.
    """

    path: str
    wanted: str
    found: tuple[Scalar, ...]
    met: bool
    words: str
    distance: float


def described(field: Field, value: Any, depth: int = 0, place: str = "") -> Finding:  # noqa: ANN401  # any JSON value
    """The field beside a value: the event, or the part at `place` that the first `depth` steps lead to."""
    steps = field.steps[depth:]
    every = leaves(value, steps, place)
    first = list(islice(every, _LEAVES))
    met = next((leaf for leaf in first if field.accepts(leaf.value)), None)
    others = 0
    if met is None:
        for leaf in every:
            others += 1
            if field.accepts(leaf.value):
                met = leaf
                break
    if met is not None:
        words, distance = f"{met.place}: {_accepted(field, met.value)}", 0.0
    elif not first and field.may_be_absent:
        words, distance = f"{field.path} is absent", 0.0
    elif first:
        words, distance = _missed(field, first, len(first) + others)
    else:
        words, distance = _missing(field, instead(value, steps, place))
    return Finding(
        path=field.path,
        wanted=_wanted(field.values),
        found=tuple(leaf.value for leaf in first),
        met=met is not None or (not first and field.may_be_absent),
        words=words,
        distance=distance,
    )


def scattered_fields(one: Scattered) -> Finding:
    """An array whose elements meet all fields only between them."""
    names = " and ".join(".".join(field.steps[one.depth :]) or field.path for field in one.fields)
    missing = [described(field, one.value, one.depth, one.closest).words for field in one.missing]
    nearest = f"the closest is {one.closest}: {'; '.join(missing)}"
    if not missing:
        nearest = f'{one.closest} would by itself, but "exists": false looks at other elements too'
    return Finding(
        path=one.place,
        wanted=f"one element with {names}",
        found=(),
        met=False,
        words=f"{one.place}: each field matches somewhere, but no single element matches all ({names}); {nearest}",
        distance=0.0,
    )


def _accepted(field: Field, value: Scalar) -> str:
    operator = next(one for one in field.values if one != _ABSENT and one.matches(value))
    return shown(value) if isinstance(operator, Exact) else f"{shown(value)} (wanted {operator.wanted()})"


def _missed(field: Field, first: list[Leaf], count: int) -> tuple[str, float]:
    """The nearest of all pairs of a leaf and a wanted value."""
    wanted = [one for one in field.values if one != _ABSENT] or list(field.values)
    nearest, place = min(
        ((one.missed(leaf.value), leaf.place) for leaf in first for one in wanted[:_VALUES]),
        key=lambda pair: pair[0].distance,
    )
    words = f"{place}: {nearest.words}"
    if len(wanted) > 1:
        words += f"; nor is it {_others(len(wanted) - 1, 'other')} wanted"
    if count > 1:
        words += f"; nor is {_others(count - 1, 'other value')} there"
    return words, nearest.distance


def _others(count: int, name: str) -> str:
    return f"the {name}" if count == 1 else f"one of the {count:,} {name}s"


def _missing(field: Field, hint: str) -> tuple[str, float]:
    if not hint:
        return f"{field.path} is missing (wanted {_wanted(field.values)})", FAR
    if hint.startswith("the event has"):
        return f"{field.path}? {hint}", NEAR
    return f"{field.path}: {hint} (wanted {_wanted(field.values)})", NEAR


def _wanted(values: tuple[Operator, ...]) -> str:
    listed = " or ".join(one.wanted() for one in values[:_WANTED])
    return f"{listed} or {len(values) - _WANTED:,} more" if len(values) > _WANTED else listed
