"""`BinaryEquals`: byte for byte, both sides base64."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eventyard.policies.conditions.operator import Operator, refused
from eventyard.policies.context import text_of

if TYPE_CHECKING:
    from eventyard.policies.context import Context, Value


@dataclass(frozen=True, slots=True)
class Bytes:
    """Some bytes."""

    data: bytes

    def matches(self, value: Value, _: Context) -> bool | None:
        """Whether the request's value is the base64 of the same bytes."""
        return _decoded(text_of(value)) == self.data

    def remark(self, value: Value, _: Context) -> str:
        """That the request has no base64."""
        return "what the request has is no base64" if _decoded(text_of(value)) is None else ""


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _bytes(text: str, _: bool, where: str) -> Bytes:  # noqa: FBT001  # the operators' one shape
    data = _decoded(text)
    if data is None:
        raise refused(text, "base64 text", where)
    return Bytes(data)


OPERATORS = (Operator("BinaryEquals", "is", _bytes),)
