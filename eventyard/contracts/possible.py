"""Whether what a pattern wants of a field is something that the field can be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from eventyard.contracts.schema import values_of
from eventyard.patterns.operators.anything_but import AnythingBut
from eventyard.patterns.operators.exact import Exact
from eventyard.patterns.operators.exists import Exists
from eventyard.patterns.operators.numeric import Numeric

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eventyard.contracts.landing import Landing
    from eventyard.contracts.schema import Schema
    from eventyard.patterns.operators import Operator


def is_possible(wanted: Operator, at: Sequence[Landing]) -> bool:
    """Whether some event has at one of these places what the operator asks for."""
    if isinstance(wanted, Exists) and not wanted.present:
        return not any(landing.certain for landing in at)
    return any(landing.is_leaf and _may_be(wanted, landing.schema) for landing in at)


def _may_be(wanted: Operator, schema: Schema) -> bool:
    values = values_of(schema)
    if values is not None:
        return any(wanted.matches(value) for value in values)
    kind = schema.get("type")
    if kind is None or isinstance(wanted, Exists | AnythingBut):
        return True
    if isinstance(wanted, Exact):
        return _is_valid(wanted.value, schema, kind)
    if isinstance(wanted, Numeric):
        return kind in ("integer", "number") and _overlaps(wanted, schema)
    return bool(kind == "string")  # prefix, suffix, wildcard, letters in any case, addresses


def _is_valid(value: Any, schema: Schema, kind: str) -> bool:  # noqa: ANN401  # any leaf of JSON
    match value:
        case None:
            return kind == "null"
        case bool():
            return kind == "boolean"
        case str():
            return (
                kind == "string"
                and schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
                and ("pattern" not in schema or re.search(schema["pattern"], value) is not None)
            )
        case _:
            whole = kind == "integer" and value == int(value)
            return (whole or kind == "number") and _within(value, schema)


def _within(value: float, schema: Schema) -> bool:
    return (
        value >= schema.get("minimum", value)
        and value <= schema.get("maximum", value)
        and ("exclusiveMinimum" not in schema or value > schema["exclusiveMinimum"])
        and ("exclusiveMaximum" not in schema or value < schema["exclusiveMaximum"])
    )


def _overlaps(wanted: Numeric, schema: Schema) -> bool:
    """Whether the two ranges share a number."""
    low, high = (
        schema.get("minimum", schema.get("exclusiveMinimum")),
        schema.get("maximum", schema.get("exclusiveMaximum")),
    )
    if low is not None and (
        low > wanted.high or (low == wanted.high and not (wanted.with_high and "minimum" in schema))
    ):
        return False
    return high is None or high > wanted.low or (high == wanted.low and wanted.with_low and "maximum" in schema)
