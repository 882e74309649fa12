"""Valid events out of nothing, the same ones for the same seed.

They are made of the type's schema. What a schema cannot tell (the words that a regular expression means, rules between
fields) a field's `examples` or the caller says.
"""

from __future__ import annotations

import string
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from pydantic import ValidationError

from eventyard.contracts.schema import DEFINITIONS, Schema, choices, detail_schema, values_of
from eventyard.contracts.wire import faults
from eventyard.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

    from eventyard.contracts.event_type import EventType

One = TypeVar("One", bound="EventType")

_LARGEST = 10_000
_LONGEST = 12
_MOST_ITEMS = 3
_DEEPEST = 8
_YEAR = 365
_DAY = 24 * 60 * 60
_SPAN = datetime(2026, 1, 1, tzinfo=UTC)

_FORMATS: dict[str, Callable[[Random], str]] = {
    "date-time": lambda random: (_SPAN + timedelta(seconds=random.randrange(_YEAR * _DAY))).isoformat(),
    "date": lambda random: (date(2026, 1, 1) + timedelta(days=random.randrange(_YEAR))).isoformat(),
    "time": lambda random: (_SPAN + timedelta(seconds=random.randrange(_DAY))).time().isoformat() + "Z",
    "duration": lambda random: f"PT{random.randint(1, _DAY)}S",
    "uuid": lambda random: str(UUID(int=random.getrandbits(128), version=4)),
    "email": lambda random: f"{_letters(random, 8)}@example.com",
    "uri": lambda random: f"https://example.com/{_letters(random, 8)}",
    "ipv4": lambda random: f"192.0.2.{random.randint(1, 254)}",
}


def sample(event: type[One], *, seed: int = 0, **changes: Any) -> One:  # noqa: ANN401  # any field's value
    """One valid event.

    Args:
        event: Its type.
        seed: Which of them; the same seed makes the same event.
        changes: Fields that are given instead of made.

    Raises:
        ContractError: The schema does not say enough, or the fields given make no valid event; `where` is the field.
    """
    return _made(event, detail_schema(event), Random(seed), changes)  # noqa: S311  # not for secrets


def strategy(event: type[One]) -> SearchStrategy[One]:
    """A Hypothesis strategy for valid events; needs Hypothesis, which the kit itself does not."""
    from hypothesis import strategies  # noqa: PLC0415  # for tests only

    schema = detail_schema(event)
    return strategies.randoms(use_true_random=False).map(lambda random: _made(event, schema, random, {}))


def _made(event: type[One], schema: Schema, random: Random, changes: dict[str, Any]) -> One:
    given = {(event.model_fields[name].alias or name if name in event.model_fields else name) for name in changes}
    left = {name: one for name, one in schema.get("properties", {}).items() if name not in given}
    made = _object({**schema, "properties": left}, _Maker(random, schema.get(DEFINITIONS, {})), (event.__name__,))
    try:
        return event.model_validate({**made, **changes})
    except ValidationError as error:
        where, said = faults(error)
        raise ContractError(
            f"the sample is not valid: {said}.",
            where=f"{event.__name__}.{where}",
            remedy="Give the field, or examples.",
        ) from None


class _Maker:
    """Makes JSON values that a schema allows."""

    def __init__(self, random: Random, definitions: Schema) -> None:
        self.random = random
        self._definitions = definitions

    def value(self, schema: Schema, path: tuple[str, ...]) -> Any:  # noqa: ANN401  # any JSON value
        if "examples" in schema:
            return self.random.choice(schema["examples"])
        possible = choices(schema, self._definitions)
        if len(path) > _DEEPEST:  # a type that contains itself ends where it may
            possible = [one for one in possible if one.get("type") == "null"] or possible
        chosen = self.random.choice(possible)
        if "examples" in chosen:
            return self.random.choice(chosen["examples"])
        values = values_of(chosen)
        if values is not None:
            return self.random.choice(values)
        make = _TYPES.get(chosen.get("type", ""))
        if make is None:
            return _letters(self.random, _LONGEST)  # a field that may be anything
        return make(chosen, self, path)


def _object(schema: Schema, maker: _Maker, path: tuple[str, ...]) -> dict[str, Any]:
    required = set(schema.get("required", ()))
    made = {
        name: maker.value(one, (*path, name))
        for name, one in schema.get("properties", {}).items()
        if name in required or (len(path) <= _DEEPEST and maker.random.random() < 0.5)  # noqa: PLR2004  # a coin
    }
    free = schema.get("additionalProperties")
    if isinstance(free, dict) and len(path) <= _DEEPEST:
        for _ in range(max(maker.random.randint(0, _MOST_ITEMS), schema.get("minProperties", 0))):
            key = _letters(maker.random, _LONGEST)
            made[key] = maker.value(free, (*path, key))
    return made


def _array(schema: Schema, maker: _Maker, path: tuple[str, ...]) -> list[Any]:
    if "prefixItems" in schema:
        return [maker.value(one, (*path, str(at))) for at, one in enumerate(schema["prefixItems"])]
    fewest = schema.get("minItems", 0)
    most = min(schema.get("maxItems", fewest + _MOST_ITEMS), fewest + _MOST_ITEMS)
    count = fewest if len(path) > _DEEPEST else maker.random.randint(fewest, most)
    items = schema.get("items", {})
    made = [maker.value(items if isinstance(items, dict) else {}, (*path, str(at))) for at in range(count)]
    return [one for at, one in enumerate(made) if one not in made[:at]] if schema.get("uniqueItems") else made


def _number(schema: Schema, maker: _Maker, _: tuple[str, ...]) -> int | float:
    step = schema.get("multipleOf", 1 if schema["type"] == "integer" else 0.01)
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    if low is None:
        low = 0 if high is None or high > 0 else high - _LARGEST
    if high is None:
        high = low + _LARGEST
    first = -(-low // step) + (schema.get("exclusiveMinimum") is not None and low % step == 0)
    last = high // step - (schema.get("exclusiveMaximum") is not None and high % step == 0)
    drawn = maker.random.randint(int(first), max(int(first), int(last))) * step
    return int(drawn) if schema["type"] == "integer" else round(drawn, 6)


def _text(schema: Schema, maker: _Maker, path: tuple[str, ...]) -> str:
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]](maker.random)
    if "pattern" in schema or "format" in schema:
        raise ContractError(
            f"no sample can be made of {schema.get('pattern') or schema['format']}.",
            where=".".join(path),
            remedy="Give the field examples: Field(..., examples=[...]).",
        )
    shortest = schema.get("minLength", 1)
    most = min(schema.get("maxLength", max(shortest, _LONGEST)), max(shortest, _LONGEST))
    return _letters(maker.random, maker.random.randint(min(shortest, most), most))


def _letters(random: Random, count: int) -> str:
    return "".join(random.choice(string.ascii_lowercase) for _ in range(count))


_TYPES: dict[str, Callable[[Schema, _Maker, tuple[str, ...]], Any]] = {
    "object": _object,
    "array": _array,
    "integer": _number,
    "number": _number,
    "string": _text,
    "boolean": lambda _, maker, __: maker.random.random() < 0.5,  # noqa: PLR2004  # a coin
    "null": lambda *_: None,
}
