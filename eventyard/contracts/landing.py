"""Where a field's path leads in an event type: the schemas that may stand there.

A pattern does not see lists: `detail.lines.sku` is the `sku` of every line. Nor does it tell a dot in a name from a
step, so both are followed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from eventyard.contracts.schema import DEFINITIONS, Schema, choices, values_of

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Landing:
    """One schema that may stand at the end of a path; `certain` if some value always does."""

    schema: Schema
    certain: bool

    @property
    def is_leaf(self) -> bool:
        """Whether a value stands there, and not an object whose fields would have to be named."""
        return self.schema.get("type") != "object"


def landings(schema: Schema, steps: tuple[str, ...]) -> list[Landing]:
    """Every schema at the end of a path, empty if no event can have the field.

    Args:
        schema: A schema with its `$defs`.
        steps: The path in it.
    """
    return list(_walk(schema, steps, schema.get(DEFINITIONS, {}), certain=True))


def names_at(schema: Schema, steps: tuple[str, ...]) -> list[str]:
    """The names of the fields at the end of a path, sorted: what could have been meant there."""
    found = landings(schema, steps)
    return sorted({name for landing in found for name in landing.schema.get("properties", {})})


def _walk(schema: Schema, steps: tuple[str, ...], definitions: Schema, *, certain: bool) -> Iterator[Landing]:
    possible = choices(schema, definitions)
    for one in possible:
        alone = certain and len(possible) == 1
        if one.get("type") == "array":
            filled = alone and one.get("minItems", 0) > 0
            for items in (*one.get("prefixItems", ()), one.get("items", {})):
                if isinstance(items, dict):
                    yield from _walk(items, steps, definitions, certain=filled)
        elif not steps:
            yield Landing(one, certain)
        else:
            yield from _step(one, steps, definitions, certain=alone)


def _step(schema: Schema, steps: tuple[str, ...], definitions: Schema, *, certain: bool) -> Iterator[Landing]:
    properties, free = schema.get("properties", {}), schema.get("additionalProperties")
    for taken in range(1, len(steps) + 1):
        name, rest = ".".join(steps[:taken]), steps[taken:]
        if name in properties:
            there = certain and name in schema.get("required", ())
            yield from _walk(properties[name], rest, definitions, certain=there)
        elif isinstance(free, dict):
            yield from _walk(free, rest, definitions, certain=False)
    anything = "type" not in schema and values_of(schema) is None
    if anything or free is True or (schema.get("type") == "object" and not properties and free is None):
        yield Landing({}, certain=False)
