"""IP operators: an address, or a range in CIDR notation, of version 4 or 6."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eventyard.policies.conditions.operator import Operator, refused
from eventyard.policies.context import text_of

if TYPE_CHECKING:
    from eventyard.policies.context import Context, Value


@dataclass(frozen=True, slots=True)
class Range:
    """A range of addresses; one address is a range of one."""

    network: ipaddress.IPv4Network | ipaddress.IPv6Network

    def matches(self, value: Value, _: Context) -> bool | None:
        """Whether the request's address lies in the range."""
        address = _address(text_of(value))
        return address is not None and address in self.network

    def remark(self, value: Value, _: Context) -> str:
        """That the request has no address."""
        return "what the request has is no IP address" if _address(text_of(value)) is None else ""


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _range(text: str, _: bool, where: str) -> Range:  # noqa: FBT001  # the operators' one shape
    try:
        return Range(ipaddress.ip_network(text, strict=False))
    except ValueError:
        raise refused(text, "IP address or CIDR range", where) from None


OPERATORS = (
    Operator("IpAddress", "is in", _range),
    Operator("NotIpAddress", "is not in", _range, negated=True),
)
