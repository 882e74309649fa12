"""Whether everything that one schema allows can be read by another: where it cannot, and why.

One direction is all there is: what consumers of an old version lose is `misfits(new, old)`, what a consumer of the new
version cannot read of old events is `misfits(old, new)`. What cannot be proved to fit does not: two different regular
expressions, two different formats.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eventyard.contracts.schema import DEFINITIONS, Schema, choices, values_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Keyword, and whether a larger value allows more.
_BOUNDS = (
    ("minimum", False),
    ("exclusiveMinimum", False),
    ("minLength", False),
    ("minItems", False),
    ("minProperties", False),
    ("maximum", True),
    ("exclusiveMaximum", True),
    ("maxLength", True),
    ("maxItems", True),
    ("maxProperties", True),
)
_EQUAL = ("pattern", "format", "multipleOf", "uniqueItems")
_NUMBERS = ("integer", "number")
_ANYTHING = ("any value",)


@dataclass(frozen=True, slots=True)
class Misfit:
    """A place where something is written that is not read.

    Attributes:
        code: `absent` (a field that is needed), `lost` (one that is read where it is there), `unsure` (one that is
            needed and may be missing), `type`, `value`, `bound` or `text`.
        field: The field's path within the detail, `lines.price`.
        why: What is written and what is read, in words: "is written as text and read as a whole number".
    """

    code: str
    field: str
    why: str


def misfits(written: Schema, read: Schema) -> list[Misfit]:
    """Every place where the schema `written` allows what the schema `read` does not.

    Args:
        written: The schema of what producers write, with its `$defs`.
        read: The schema of what a consumer reads. Fields that it does not name are ignored.
    """
    return list(_Comparison(written.get(DEFINITIONS, {}), read.get(DEFINITIONS, {})).fit(written, read, ""))


class _Comparison:
    def __init__(self, written: Schema, read: Schema) -> None:
        self._written = written
        self._read = read
        self._under_way: set[tuple[str, str]] = set()

    def fit(self, written: Schema, read: Schema, field: str) -> Iterator[Misfit]:
        pair = (written.get("$ref", ""), read.get("$ref", ""))
        if all(pair):
            if pair in self._under_way:  # types that contain themselves
                return
            self._under_way.add(pair)
        possible, wanted = choices(written, self._written), choices(read, self._read)
        for one in possible:
            alike = [other for other in wanted if _same_kind(one, other)]
            if not alike:
                listed = " or ".join(sorted({_kind(other) for other in wanted}))
                yield Misfit("type", field, f"is written as {_kind(one)} and read as {listed}")
                continue
            tried = [list(self._fit_one(one, other, field)) for other in alike]
            if all(tried):  # none of them is without a misfit
                yield from min(tried, key=len)
        self._under_way.discard(pair)

    def _fit_one(self, written: Schema, read: Schema, field: str) -> Iterator[Misfit]:
        yield from _fit_leaf(written, read, field)
        yield from self._fit_object(written, read, field)
        for held in ("items", "additionalProperties"):
            inner_written, inner_read = written.get(held), read.get(held)
            if isinstance(inner_read, dict):
                inner = inner_written if isinstance(inner_written, dict) else {}
                if held in written or held == "items":
                    yield from self.fit(inner, inner_read, f"{field}.*" if held != "items" and field else field)
        yield from self._fit_tuple(written, read, field)

    def _fit_object(self, written: Schema, read: Schema, field: str) -> Iterator[Misfit]:
        has, always = written.get("properties", {}), written.get("required", ())
        for name, wanted in read.get("properties", {}).items():
            path = f"{field}.{name}" if field else name
            needed = name in read.get("required", ())
            if name not in has:
                code, missed = ("absent", "needed") if needed else ("lost", "read where it is there")
                yield Misfit(code, path, f"is not written and {missed}")
                continue
            if needed and name not in always:
                yield Misfit("unsure", path, "may be missing and is needed")
            yield from self.fit(has[name], wanted, path)

    def _fit_tuple(self, written: Schema, read: Schema, field: str) -> Iterator[Misfit]:
        has, wanted = written.get("prefixItems"), read.get("prefixItems")
        if has is not None and wanted is not None and len(has) == len(wanted):
            for at, (one, other) in enumerate(zip(has, wanted, strict=True)):
                yield from self.fit(one, other, f"{field}.{at}")
        elif wanted is not None or (has is not None and "items" in read):
            yield Misfit("type", field, "is a list of another shape")


def _fit_leaf(written: Schema, read: Schema, field: str) -> Iterator[Misfit]:
    possible, wanted = values_of(written), values_of(read)
    if wanted is not None:
        extra = [value for value in possible or () if value not in wanted]
        if possible is None:
            yield Misfit("value", field, f"may be anything and is read as one of {_listed(wanted)}")
        elif extra:
            yield Misfit("value", field, f"may be {_listed(extra)} and is read as one of {_listed(wanted)}")
        return
    if possible is not None:
        return  # listed values of a type that fits; whether each is within bounds, their author has seen
    for keyword, more in _BOUNDS:
        if keyword in read and not _within(written, read, keyword, more=more):
            has = f"has {keyword} {written[keyword]}" if keyword in written else f"has no {keyword}"
            yield Misfit("bound", field, f"{has} and is read with {keyword} {read[keyword]}")
    for keyword in _EQUAL:
        if keyword in read and written.get(keyword) != read[keyword]:
            has = f"has {keyword} {written[keyword]}" if keyword in written else f"has no {keyword}"
            yield Misfit("text", field, f"{has} and is read with {keyword} {read[keyword]}")


def _within(written: Schema, read: Schema, keyword: str, *, more: bool) -> bool:
    """Whether what is written keeps a bound of what is read; one that excludes its value keeps one that does not."""
    strict = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}
    loose = {exclusive: plain for plain, exclusive in strict.items()}
    keeps: Callable[[Any, Any], bool] = (lambda one, other: one <= other) if more else (lambda one, other: one >= other)
    if keyword in written and keeps(written[keyword], read[keyword]):
        return True
    if keyword in strict and strict[keyword] in written:
        return keeps(written[strict[keyword]], read[keyword])
    if keyword in loose and loose[keyword] in written:
        beyond = written[loose[keyword]]
        return keeps(beyond, read[keyword]) and beyond != read[keyword]
    return keyword in ("minLength", "minItems", "minProperties") and read[keyword] == 0


def _same_kind(written: Schema, read: Schema) -> bool:
    one, other = _types(written), _types(read)
    if other is _ANYTHING:
        return True
    return all(kind in other or (kind == "integer" and "number" in other) for kind in one)


def _types(schema: Schema) -> tuple[str, ...]:
    """Its type; where it only lists values, theirs."""
    if "type" in schema:
        return (schema["type"],)
    values = values_of(schema)
    if values is None:
        return _ANYTHING
    return tuple({_NAMES.get(type(value), "string") for value in values})


_NAMES: dict[type, str] = {bool: "boolean", int: "integer", float: "number", type(None): "null", str: "string"}
_WORDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
    "array": "a list",
    "object": "an object",
}


def _kind(schema: Schema) -> str:
    return " or ".join(_WORDS.get(name, name) for name in _types(schema))


def _listed(values: list[Any]) -> str:
    return ", ".join(json.dumps(value) for value in values)
