"""A plain value: equal by JSON type and value. `["OrderPlaced"]`, `[300]`, `[true]`, `[null]`, `[""]`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eventyard.errors import PatternError
from eventyard.patterns.document import NotJson, describe
from eventyard.patterns.operators import cidr
from eventyard.patterns.words import FAR, TYPE, Miss, kind, number_distance, shown, text_missed

if TYPE_CHECKING:
    from eventyard.patterns.dialect import Dialect
    from eventyard.patterns.document import Scalar


@dataclass(frozen=True, slots=True)
class Exact:
    """Equal to one value. Numbers compare by value: 300, 300.0 and 3.0e2 are one."""

    value: Scalar

    def matches(self, value: Scalar) -> bool:
        """Whether the leaf equals it; `true` is no 1 and "1" is no number."""
        wanted = self.value
        if isinstance(wanted, bool) or wanted is None:
            return value is wanted
        return not isinstance(value, bool) and value == wanted

    def wanted(self) -> str:
        """What it asks for, in words."""
        return shown(self.value)

    def missed(self, value: Scalar) -> Miss:
        """Why the leaf is not that."""
        wanted = self.value
        if isinstance(value, str) and isinstance(wanted, str):
            return text_missed(value, wanted)
        if kind(value) == kind(wanted):
            return Miss(number_distance(value, wanted), f"{shown(value)} is not {shown(wanted)}")
        same = str(value if isinstance(value, str) else shown(value)).strip() == str(
            wanted if isinstance(wanted, str) else shown(wanted)
        )
        return Miss(
            TYPE if same else FAR,
            f"{shown(value)} is {kind(value)}, not {kind(wanted)} (wanted {shown(wanted)})"
            if kind(value) != shown(value)
            else f"{shown(value)} is not {shown(wanted)}",
        )


def parse(value: Any, dialect: Dialect, where: str) -> Exact | cidr.Cidr:  # noqa: ANN401  # any JSON value
    """A plain entry of a value list.

    A string that is an IP address is compared as an address, as AWS's engine does: `"::1"` also matches
    `"0:0:0:0:0:0:0:1"`.

    Raises:
        PatternError: A list, or a token that is no JSON.
    """
    if isinstance(value, list):
        raise PatternError(
            "A value must be a string, a number, true, false, null or an operator, not a list.",
            where=where,
            remedy="Put its entries into the field's own list: any of them suffices.",
        )
    if isinstance(value, NotJson) or value in (float("inf"), float("-inf")):
        raise PatternError(
            f"{describe(value)} cannot be matched: {dialect.service} reads no such number.",
            where=where,
            remedy="Write a finite number.",
        )
    if isinstance(value, str) and (address := cidr.address(value)) is not None:
        return cidr.Cidr(address.version, int(address), int(address))
    return Exact(value)
