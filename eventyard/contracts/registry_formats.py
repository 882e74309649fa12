"""An event type in the two formats that the EventBridge schema registry takes, and its name there.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-schema-create.html. The shape of the OpenAPI document is
that of the schemas that EventBridge itself discovers: a component `AWSEvent` for the envelope, whose `detail` refers to
another. Of JSON Schema both formats take an older dialect than Pydantic writes:
https://json-schema.org/draft-04/draft-fge-json-schema-validation-00 and https://spec.openapis.org/oas/v3.0.3#schema-object.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from eventyard.contracts.schema import DEFINITIONS, Schema, detail_schema, rewritten

if TYPE_CHECKING:
    from eventyard.contracts.event_type import EventType

_ENVELOPE = ("detail-type", "resources", "detail", "id", "source", "time", "region", "version", "account")
_NOT_IN_OPENAPI = ("patternProperties", "propertyNames", "contains", "prefixItems", "discriminator")


def schema_name(event: type[EventType]) -> str:
    """The name of its schema: the detail type, with its source before it if it has one source only.

    Discovered schemas are named `source@DetailType`. A name may hold letters, digits, `.`, `-`, `_` and `@`.
    """
    contract = event.contract
    own = f"{contract.sources[0]}@{contract.detail_type}" if len(contract.sources) == 1 else contract.detail_type
    return re.sub(r"[^.\-_A-Za-z0-9@]", "", own)


def openapi3(event: type[EventType]) -> Schema:
    """The OpenAPI 3.0 document of an event type (`OpenApi3` in the registry)."""
    contract = event.contract
    schema = rewritten(detail_schema(event), _for_openapi)
    nested = {_component(name): one for name, one in schema.pop(DEFINITIONS, {}).items()}
    source: Schema = {"type": "string", "enum": list(contract.sources)}
    envelope: Schema = {
        "type": "object",
        "required": list(_ENVELOPE),
        "x-amazon-events-detail-type": contract.detail_type,
        "properties": {
            "version": {"type": "string"},
            "id": {"type": "string"},
            "detail-type": {"type": "string", "enum": [contract.detail_type]},
            "source": source,
            "account": {"type": "string"},
            "time": {"type": "string", "format": "date-time"},
            "region": {"type": "string"},
            "resources": {"type": "array", "items": {"type": "string"}},
            "detail": {"$ref": f"#/components/schemas/{_component(event.__name__)}"},
        },
    }
    if len(contract.sources) == 1:  # the extension holds one; several are told by the enumeration
        envelope["x-amazon-events-source"] = contract.sources[0]
    return {
        "openapi": "3.0.0",
        "info": {"version": f"{contract.version}.0.0", "title": contract.name},
        "paths": {},
        "components": {"schemas": {"AWSEvent": envelope, _component(event.__name__): schema, **nested}},
    }


def json_schema_draft4(event: type[EventType]) -> Schema:
    """The envelope and detail of an event type as JSON Schema draft 4 (`JSONSchemaDraft4` in the registry)."""
    contract = event.contract
    schema = rewritten(detail_schema(event), _for_draft4)
    definitions = schema.pop(DEFINITIONS, {})
    return {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "title": contract.name,
        "type": "object",
        "required": ["detail-type", "source", "detail"],
        "properties": {
            "detail-type": {"type": "string", "enum": [contract.detail_type]},
            "source": {"type": "string", "enum": list(contract.sources)},
            "detail": schema,
        },
        "definitions": definitions,
    }


def _for_draft4(schema: Schema) -> Schema:
    made = _older(schema, "#/definitions/")
    made.pop("examples", None)
    made.pop("discriminator", None)
    if "prefixItems" in made:
        made["additionalItems"] = made.pop("items", True)
        made["items"] = made.pop("prefixItems")
    return made


def _for_openapi(schema: Schema) -> Schema:
    made = _older(schema, "#/components/schemas/")
    if examples := made.pop("examples", None):
        made["example"] = examples[0]
    if "prefixItems" in made:
        made["items"] = {"anyOf": made["prefixItems"]}
    if made.get("type") == "array":
        made.setdefault("items", {})
    if made.get("type") == "null":
        del made["type"]
        made |= {"nullable": True, "enum": [None]}
    for keyword in ("anyOf", "oneOf"):
        _nullable(made, keyword)
    return {keyword: value for keyword, value in made.items() if keyword not in _NOT_IN_OPENAPI}


def _nullable(schema: Schema, keyword: str) -> None:
    """`X or null` as OpenAPI 3.0 says it."""
    null = {"nullable": True, "enum": [None]}
    if null not in schema.get(keyword, ()):
        return
    others = [one for one in schema.pop(keyword) if one != null]
    schema["nullable"] = True
    if len(others) == 1 and "$ref" not in others[0]:
        schema |= {**others[0], **schema}
    else:
        schema["allOf" if len(others) == 1 else keyword] = others


def _older(schema: Schema, references: str) -> Schema:
    """What both dialects say differently from draft 2020-12."""
    made = dict(schema)
    if "const" in made:
        made["enum"] = [made.pop("const")]
    for bound, flag in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if flag in made:
            made |= {bound: made[flag], flag: True}
    if "$ref" in made:
        name = made.pop("$ref").rsplit("/", 1)[-1]
        reference = {"$ref": references + (_component(name) if "components" in references else name)}
        made = {**made, "allOf": [reference]} if made else reference  # both ignore what stands beside a $ref
    return made


def _component(name: str) -> str:
    """A name that OpenAPI takes for a component, and that is not the envelope's."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    return f"{plain}Detail" if plain == "AWSEvent" else plain
