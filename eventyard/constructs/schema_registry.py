"""Event types in EventBridge's schema registry."""

from __future__ import annotations

import json
import re
from inspect import cleandoc
from typing import TYPE_CHECKING

from aws_cdk import Names, aws_eventschemas
from constructs import Construct

from eventyard.contracts.registry_formats import openapi3, schema_name
from eventyard.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eventyard.contracts import EventType

# CreateRegistry and CreateSchema in boto3's service model; the names as the console takes them.
_LONGEST_CONTENT = 100_000
_LONGEST_DESCRIPTION = 256
_LONGEST_NAME = 64
_NAME = re.compile(r"(?!aws\.)[.\-_A-Za-z0-9]+")


class SchemaRegistry(Construct):
    """A registry with one schema for each version of each event type, for people to search and code to bind to.

    Minimal use: `SchemaRegistry(self, "Contracts", events=[OrderPlaced, PaymentTaken])`.

    The registry informs; it stops nobody from publishing anything else. That is what the classes are for.

    Args:
        events: The event types; each becomes an `OpenApi3` schema, named as EventBridge names those it discovers.
        name: The registry's name; by default one made of the construct's path.
        description: What it holds.

    `registry` is the native `CfnRegistry`, `schemas` the native schemas by name.

    Raises:
        ContractError: A name or a schema that the registry would refuse, or two event types of one name.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        events: Iterable[type[EventType]],
        name: str | None = None,
        description: str = "",
    ) -> None:
        super().__init__(scope, construct_id)
        name = name or Names.unique_resource_name(self, max_length=_LONGEST_NAME)
        if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
            raise ContractError(
                f'"{name}" cannot name a registry.',
                where=self.node.path,
                remedy=f"Up to {_LONGEST_NAME} letters, digits, dots, dashes and underscores, not beginning with aws.",
            )
        self.registry = aws_eventschemas.CfnRegistry(
            self, "Resource", registry_name=name, description=description[:_LONGEST_DESCRIPTION] or None
        )
        self.schemas: dict[str, aws_eventschemas.CfnSchema] = {}
        for event in events:
            self._add(event, name)

    def _add(self, event: type[EventType], registry: str) -> None:
        name, content = schema_name(event), json.dumps(openapi3(event), separators=(",", ":"))
        if name in self.schemas:
            raise ContractError("two event types have this name.", where=f"{self.node.path}: {name}")
        if len(content) > _LONGEST_CONTENT:
            raise ContractError(
                f"a schema has at most {_LONGEST_CONTENT:,} characters, this one {len(content):,}.",
                where=f"{self.node.path}: {name}",
            )
        said = cleandoc(event.__doc__ or "").partition("\n\n")[0].replace("\n", " ")
        schema = aws_eventschemas.CfnSchema(
            self,
            name,
            registry_name=registry,
            schema_name=name,
            type="OpenApi3",
            content=content,
            description=said[:_LONGEST_DESCRIPTION] or None,
        )
        schema.add_resource_dependency(self.registry)  # named, not referred to: its Ref is an ARN
        self.schemas[name] = schema
