"""An operator as keys: what a value, cut to size, must equal if the operator is to match it.

A `Kind` is one way of cutting: at the beginning, at the end, to the bits of an address, to a cell of a ruler. It cuts
a value once for each level in use (a length, a number of bits), so the number of different levels bounds the work for
one value, however many operators there are.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Protocol

from eventyard.patterns.document import Scalar
from eventyard.patterns.operators.cidr import Cidr, address
from eventyard.patterns.operators.equals_ignore_case import EqualsIgnoreCase
from eventyard.patterns.operators.exact import Exact
from eventyard.patterns.operators.exists import Exists
from eventyard.patterns.operators.numeric import Numeric
from eventyard.patterns.operators.prefix import Prefix
from eventyard.patterns.operators.suffix import Suffix
from eventyard.patterns.operators.wildcard import Wildcard

if TYPE_CHECKING:
    from eventyard.patterns.index.mark import Mark
    from eventyard.patterns.operators import Operator

Leaves = Sequence[Scalar]
# Level -> value so cut -> its mark.
Levels = dict[Any, dict[Hashable, "Mark"]]


class Kind(Protocol):
    """One way of cutting values."""

    def __call__(self, leaves: Leaves, levels: Levels, found: set[Mark], /) -> None:
        """Add to `found` the marks of the leaves, cut to each of the levels in use."""
        ...


class Rank(IntEnum):
    """How much a key narrows the search: one value, a family of values, hardly at all."""

    VALUE = 0
    FAMILY = 1
    LOOSE = 2


@dataclass(frozen=True, slots=True)
class Key:
    """One place where an operator's values are found.

    Attributes:
        kind: How values are cut; None for values as they are, by far the most frequent.
        level: How far they are cut.
        value: What the cut equals.
        rank: How much that narrows the search.
        decides: Whether a value so cut matches the operator for sure.
    """

    kind: Kind | None
    level: Hashable
    value: Hashable
    rank: Rank
    decides: bool


# In a hash table true is 1 and false 0; to a pattern they are not.
TRUE, FALSE = object(), object()


def keys(operator: Operator) -> tuple[Key, ...]:  # noqa: PLR0911  # one return an operator
    """Where the operator's values are found: every value that it matches has one of these keys."""
    match operator:
        case Exact(value):
            return (_value(value),)
        case Cidr(version, first, last):
            bits = (last - first).bit_length()
            rank = Rank.FAMILY if bits else Rank.VALUE
            return (Key(_blocks, (version, bits), first >> bits, rank, decides=True),)
        case EqualsIgnoreCase(text) if text.isascii():
            return (Key(_any_case, 0, text.lower(), Rank.VALUE, decides=True),)
        case Prefix(text, ignore_case):
            return (_affix(text, _beginning, _beginning_any_case, ignore_case=ignore_case),)
        case Suffix(text, ignore_case):
            return (_affix(text, _ending, _ending_any_case, ignore_case=ignore_case),)
        case Wildcard(parts):
            return (_wildcard(parts),)
        case Numeric():
            return _numeric(operator)
        case Exists(True):
            return (Key(_present, 0, None, Rank.LOOSE, decides=True),)
        case _:
            return (_UNKNOWN,)  # anything-but, letters whose case is a matter of more than one letter


def _value(value: Scalar) -> Key:
    if isinstance(value, bool):
        return Key(None, None, TRUE if value else FALSE, Rank.VALUE, decides=True)
    return Key(None, None, value, Rank.VALUE, decides=True)


def _affix(text: str, kind: Kind, any_case: Kind, *, ignore_case: bool) -> Key:
    rank = Rank.FAMILY if text else Rank.LOOSE
    if not ignore_case:
        return Key(kind, len(text), text, rank, decides=True)
    if text.isascii():
        # Lowering makes an ASCII letter of some that are none (the Kelvin sign), so the operator has the last word.
        return Key(any_case, len(text), text.lower(), rank, decides=False)
    return _UNKNOWN


def _wildcard(parts: tuple[str, ...]) -> Key:
    first, last = parts[0], parts[-1]
    if len(parts) == 1:
        return _value(first)
    if not first and not last:
        return _UNKNOWN
    alone = len(parts) == 2 and not (first and last)  # noqa: PLR2004  # one star
    if len(first) >= len(last):
        return Key(_beginning, len(first), first, Rank.FAMILY, decides=alone)
    return Key(_ending, len(last), last, Rank.FAMILY, decides=alone)


def _numeric(bounds: Numeric) -> tuple[Key, ...]:
    """Cells on a ruler whose unit is the power of two that just exceeds the range: it lies in two of them at most."""
    if bounds.low == bounds.high:
        return (_value(bounds.low),)
    width = 2.0 ** math.ceil(math.log2(bounds.high - bounds.low))
    rank = Rank.FAMILY if width < _OPEN else Rank.LOOSE
    first, last = bounds.low // width, bounds.high // width
    return tuple(Key(_cells, width, first + at, rank, decides=False) for at in range(int(last - first) + 1))


# Loops, where comprehensions would be shorter: one value is by far the most frequent, and not worth a frame.


def _beginning(leaves: Leaves, levels: Levels, found: set[Mark]) -> None:
    for length, cut in levels.items():
        for leaf in leaves:
            if isinstance(leaf, str) and (key := leaf[:length]) in cut:
                found.add(cut[key])


def _ending(leaves: Leaves, levels: Levels, found: set[Mark]) -> None:
    for length, cut in levels.items():
        for leaf in leaves:
            if isinstance(leaf, str) and (key := leaf[-length:] if length else "") in cut:
                found.add(cut[key])


def _beginning_any_case(leaves: Leaves, levels: Levels, found: set[Mark]) -> None:
    _beginning(_lowered(leaves), levels, found)


def _ending_any_case(leaves: Leaves, levels: Levels, found: set[Mark]) -> None:
    _ending(_lowered(leaves), levels, found)


def _any_case(leaves: Leaves, levels: Levels, found: set[Mark]) -> None:
    cut = levels[0]
    for leaf in leaves:
        if isinstance(leaf, str) and leaf.isascii() and (key := leaf.lower()) in cut:
            found.add(cut[key])


def _lowered(leaves: Leaves) -> Leaves:
    return [leaf.lower() for leaf in leaves if isinstance(leaf, str)]


def _cells(leaves: Leaves, levels: Levels, found: set[Mark]) -> None:
    for leaf in leaves:
        if isinstance(leaf, (int, float)) and not isinstance(leaf, bool) and -_LARGEST <= leaf <= _LARGEST:
            for width, cut in levels.items():
                if (cell := leaf // width) in cut:
                    found.add(cut[cell])


def _blocks(leaves: Leaves, levels: Levels, found: set[Mark]) -> None:
    for leaf in leaves:
        read = address(leaf) if isinstance(leaf, str) else None
        if read is not None:
            number = int(read)
            for (version, bits), cut in levels.items():
                if version == read.version and (block := number >> bits) in cut:
                    found.add(cut[block])


def _present(leaves: Leaves, levels: Levels, found: set[Mark]) -> None:
    if leaves:
        found.add(levels[0][None])


_LARGEST = 5e9  # beyond any bound of a numeric comparison
_OPEN = 2.0**32  # ranges this wide are the open ones, `> 100`, which most numbers are in

_UNKNOWN = Key(_present, 0, None, Rank.LOOSE, decides=False)
