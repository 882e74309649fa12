"""An event type's detail as JSON Schema, as Pydantic writes it (draft 2020-12), and the walk over such a schema.

Everything else here (the registry's formats, samples, compatibility, patterns) reads this one schema.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from eventyard.contracts.event_type import EventType

Schema = dict[str, Any]

DEFINITIONS = "$defs"
_REFERENCE = f"#/{DEFINITIONS}/"

# Keywords that hold schemas, by how they hold them.
_MAPS = ("properties", "patternProperties", DEFINITIONS)
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_SINGLE = ("items", "additionalProperties", "contains", "not")


def detail_schema(event: type[EventType]) -> Schema:
    """The schema of an event type's detail, with its nested models under `$defs`.

    It says what a consumer may rely on, as it is on the wire; fields that it does not name may be there too.
    """
    schema = event.model_json_schema(mode="serialization")  # as it is on the wire: a Decimal is text
    reference = schema.pop("$ref", None)
    if reference is not None:  # a type that contains itself
        schema = {**schema[DEFINITIONS][reference.removeprefix(_REFERENCE)], DEFINITIONS: schema[DEFINITIONS]}
    schema.pop("additionalProperties", None)
    return rewritten(schema, _without_title)


def rewritten(schema: Schema, change: Callable[[Schema], Schema]) -> Schema:
    """A copy in which every schema within, the innermost first, is what `change` makes of it."""
    copy: Schema = {}
    for keyword, value in schema.items():
        if keyword in _MAPS:
            copy[keyword] = {name: _inner(one, change) for name, one in value.items()}
        elif keyword in _LISTS:
            copy[keyword] = [_inner(one, change) for one in value]
        elif keyword in _SINGLE:
            copy[keyword] = _inner(value, change)
        else:
            copy[keyword] = value
    return change(copy)


def resolved(schema: Schema, definitions: Schema) -> Schema:
    """The schema that a reference stands for, with what is said beside the reference; any other one as it is."""
    while "$ref" in schema:
        beside = {keyword: value for keyword, value in schema.items() if keyword != "$ref"}
        schema = {**definitions[schema["$ref"].removeprefix(_REFERENCE)], **beside}
    return schema


def choices(schema: Schema, definitions: Schema) -> list[Schema]:
    """What a value may be: each alternative of `anyOf` and `oneOf`, references resolved; one schema if it has none."""
    schema = resolved(schema, definitions)
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            return [choice for one in schema[keyword] for choice in choices(one, definitions)]
    if isinstance(schema.get("type"), list):
        return [{**schema, "type": one} for one in schema["type"]]
    return [schema]


def values_of(schema: Schema) -> list[Any] | None:
    """The only values it allows (`enum`, `const`); None where it lists none."""
    if "const" in schema:
        return [schema["const"]]
    values: list[Any] | None = schema.get("enum")
    return values


def _inner(value: Any, change: Callable[[Schema], Schema]) -> Any:  # noqa: ANN401  # a schema, or true or false
    return rewritten(value, change) if isinstance(value, dict) else value


def _without_title(schema: Schema) -> Schema:
    """Pydantic makes a title of every field's name: it says nothing, and a renamed class would change it."""
    return {keyword: value for keyword, value in schema.items() if keyword != "title"}
