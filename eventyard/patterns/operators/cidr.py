"""`{"cidr": "10.0.0.0/24"}`: a string that is an IPv4 or IPv6 address within the block."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eventyard.errors import PatternError
from eventyard.patterns.document import wrong_operand
from eventyard.patterns.words import BLANKS, FAR, NEAR, Miss, not_a_string, shown

if TYPE_CHECKING:
    from eventyard.patterns.dialect import Dialect
    from eventyard.patterns.document import Scalar

_EXAMPLE = '{"cidr": "10.0.0.0/24"}'
_V4 = re.compile(r"0*([0-9]{1,3})\.0*([0-9]{1,3})\.0*([0-9]{1,3})\.0*([0-9]{1,3})", re.ASCII)
_V6 = re.compile(r"[0-9a-fA-F:]{2,39}", re.ASCII)
_V4_VERSION = 4
_OCTET = 255
_BITS = re.compile(r"[0-9]{1,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cidr:
    """A block of addresses of one version, from the first to the last."""

    version: int
    first: int
    last: int

    def matches(self, value: Scalar) -> bool:
        """Whether the leaf is a string, an address of that version, and within the block."""
        if not isinstance(value, str):
            return False
        found = address(value)
        return found is not None and found.version == self.version and self.first <= int(found) <= self.last

    def wanted(self) -> str:
        """What it asks for, in words."""
        first = (ipaddress.IPv4Address if self.version == _V4_VERSION else ipaddress.IPv6Address)(self.first)
        if self.first == self.last:
            return f"the address {first}"
        return f"an address in {first}/{first.max_prefixlen - (self.last - self.first).bit_length()}"

    def missed(self, value: Scalar) -> Miss:
        """Why the leaf is not that."""
        if not isinstance(value, str):
            return not_a_string(value, self.wanted())
        if address(value) is not None:
            return Miss(NEAR, f"{shown(value)} is not {self.wanted()}")
        blank = " with blanks around it" if address(value.strip()) is not None else ""
        return Miss(BLANKS if blank else FAR, f"{shown(value)} is no IP address{blank} (wanted {self.wanted()})")


def address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a text spells, or None.

    As Java reads addresses: octets are decimal with any number of leading zeros, and an IPv6 address that maps an
    IPv4 one is that IPv4 address. Zone ids and mixed notation (`::ffff:10.0.0.1`) are none.
    """
    if (octets := _V4.fullmatch(text)) is not None:
        one, two, three, four = map(int, octets.groups())
        if max(one, two, three, four) > _OCTET:
            return None
        return ipaddress.IPv4Address(one << 24 | two << 16 | three << 8 | four)
    if ":" not in text or _V6.fullmatch(text) is None:
        return None
    try:
        found = ipaddress.IPv6Address(text)
    except ValueError:
        return None
    return found.ipv4_mapped or found


def parse(operand: Any, _: Dialect, where: str) -> Cidr:  # noqa: ANN401  # any JSON value
    """The block. Host bits are dropped: 10.0.0.5/24 is 10.0.0.0/24.

    Raises:
        PatternError: No string, no address, or a mask that does not leave at least one bit.
    """
    if not isinstance(operand, str):
        raise wrong_operand("cidr", "a string", operand, where, _EXAMPLE)
    text, slash, bits = operand.partition("/")
    base = address(text)
    if not slash or base is None:
        raise PatternError(f'"{operand}" is no block of addresses.', where=where, remedy=f"Write {_EXAMPLE}.")
    if _BITS.fullmatch(bits) is None or int(bits) >= base.max_prefixlen:
        raise PatternError(
            f'The mask "{bits}" must be a number from 0 to {base.max_prefixlen - 1}.',
            where=where,
            remedy=f'For one address list it plainly: "{base}".',
        )
    hosts = (1 << (base.max_prefixlen - int(bits))) - 1
    return Cidr(base.version, int(base) & ~hosts, int(base) | hosts)
