"""The schema registries of a local cloud. They inform; nothing that is published is held against them.

https://docs.aws.amazon.com/eventbridge/latest/schema-reference/what-is-eventbridge-schemas.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from eventyard.local.door import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from eventyard.local._clock import Clock

# CreateSchema in the service's model
_TYPES = frozenset({"OpenApi3", "JSONSchemaDraft4"})
_MOST_CHARACTERS = 100_000
_PAGE = 100


@dataclass(slots=True)
class _Schema:
    arn: str
    name: str
    description: str
    tags: Mapping[str, str]
    # Content, type and time of each version, the first of them is "1".
    versions: list[tuple[str, str, str]]


@dataclass(slots=True)
class _Registry:
    arn: str
    name: str
    description: str
    tags: Mapping[str, str]
    schemas: dict[str, _Schema] = field(default_factory=dict)


class Registries:
    """Every account's registries. `call` answers an operation of the API."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._places: dict[tuple[str, str], dict[str, _Registry]] = {}

    def call(self, account: str, region: str, operation: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """The result of an operation, by the API's names.

        Raises:
            ApiError: NotFoundException, ConflictException or BadRequestException; or it is not emulated.
        """
        one = _Place(self._places.setdefault((account, region), {}), f"arn:aws:schemas:{region}:{account}", self._now())
        operations: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "CreateRegistry": one.create_registry,
            "CreateSchema": one.create_schema,
            "DeleteRegistry": one.delete_registry,
            "DeleteSchema": one.delete_schema,
            "DescribeRegistry": lambda named: _registry(one.registry(named)),
            "DescribeSchema": one.describe_schema,
            "ListRegistries": one.list_registries,
            "ListSchemaVersions": one.list_versions,
            "ListSchemas": one.list_schemas,
            "UpdateRegistry": one.update_registry,
            "UpdateSchema": one.update_schema,
        }
        if operation not in operations:
            raise ApiError("NotFoundException", f"eventyard does not emulate {operation} of the schema registry.")
        return operations[operation](given)

    def _now(self) -> str:
        return datetime.fromtimestamp(self._clock.now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class _Place:
    """The registries of one account and Region, at one moment."""

    registries: dict[str, _Registry]
    arn: str
    now: str

    def registry(self, given: Mapping[str, Any]) -> _Registry:
        name = given["RegistryName"]
        if name not in self.registries:
            raise ApiError("NotFoundException", f"Registry with name {name} does not exist.")
        return self.registries[name]

    def schema(self, given: Mapping[str, Any]) -> _Schema:
        registry, name = self.registry(given), given["SchemaName"]
        if name not in registry.schemas:
            raise ApiError("NotFoundException", f"Schema with name {name} does not exist.")
        return registry.schemas[name]

    def create_registry(self, given: Mapping[str, Any]) -> dict[str, Any]:
        name = given["RegistryName"]
        if name in self.registries:
            raise ApiError("ConflictException", f"Registry with name {name} already exists.")
        made = _Registry(f"{self.arn}:registry/{name}", name, given.get("Description", ""), given.get("Tags", {}))
        self.registries[name] = made
        return _registry(made)

    def update_registry(self, given: Mapping[str, Any]) -> dict[str, Any]:
        found = self.registry(given)
        found.description = given.get("Description", "")
        return _registry(found)

    def delete_registry(self, given: Mapping[str, Any]) -> dict[str, Any]:
        if self.registry(given).schemas:
            raise ApiError("BadRequestException", f"Registry {given['RegistryName']} still has schemas.")
        del self.registries[given["RegistryName"]]
        return {}

    def list_registries(self, given: Mapping[str, Any]) -> dict[str, Any]:
        prefix = given.get("RegistryNamePrefix", "")
        names = [name for name in sorted(self.registries) if name.startswith(prefix)]
        shown, more = _page(names, given)
        wanted = ("RegistryArn", "RegistryName", "Tags")
        listed = [{key: _registry(self.registries[name])[key] for key in wanted} for name in shown]
        return {"Registries": listed, **more}

    def create_schema(self, given: Mapping[str, Any]) -> dict[str, Any]:
        registry, name = self.registry(given), given["SchemaName"]
        if name in registry.schemas:
            raise ApiError("ConflictException", f"Schema with name {name} already exists.")
        version = self._version(given, given.get("Type", ""))
        arn = f"{self.arn}:schema/{registry.name}/{name}"
        made = _Schema(arn, name, given.get("Description", ""), given.get("Tags", {}), [version])
        registry.schemas[name] = made
        return _schema(made, len(made.versions))

    def update_schema(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Other content is another version."""
        found = self.schema(given)
        content, kind, _ = found.versions[-1]
        found.description = given.get("Description", found.description)
        if given.get("Content", content) != content or given.get("Type", kind) != kind:
            found.versions.append(self._version({"Content": content, **given}, given.get("Type", kind)))
        return _schema(found, len(found.versions))

    def describe_schema(self, given: Mapping[str, Any]) -> dict[str, Any]:
        found = self.schema(given)
        number = int(given.get("SchemaVersion") or len(found.versions))
        if not 0 < number <= len(found.versions):
            raise ApiError("NotFoundException", f"Schema version {number} of {found.name} does not exist.")
        return {**_schema(found, number), "Content": found.versions[number - 1][0]}

    def delete_schema(self, given: Mapping[str, Any]) -> dict[str, Any]:
        del self.registry(given).schemas[self.schema(given).name]
        return {}

    def list_schemas(self, given: Mapping[str, Any]) -> dict[str, Any]:
        registry, prefix = self.registry(given), given.get("SchemaNamePrefix", "")
        shown, more = _page([name for name in sorted(registry.schemas) if name.startswith(prefix)], given)
        listed = [
            {
                "LastModified": schema.versions[-1][2],
                "SchemaArn": schema.arn,
                "SchemaName": schema.name,
                "VersionCount": len(schema.versions),
                "tags": schema.tags,
            }
            for schema in map(registry.schemas.__getitem__, shown)
        ]
        return {"Schemas": listed, **more}

    def list_versions(self, given: Mapping[str, Any]) -> dict[str, Any]:
        found = self.schema(given)
        shown, more = _page([str(number) for number in range(len(found.versions), 0, -1)], given)
        listed = [
            {
                "SchemaArn": found.arn,
                "SchemaName": found.name,
                "SchemaVersion": number,
                "Type": found.versions[int(number) - 1][1],
            }
            for number in shown
        ]
        return {"SchemaVersions": listed, **more}

    def _version(self, given: Mapping[str, Any], kind: str) -> tuple[str, str, str]:
        content = given.get("Content", "")
        if kind not in _TYPES:
            raise ApiError("BadRequestException", f"Type must be one of {', '.join(sorted(_TYPES))}.")
        if not 0 < len(content) <= _MOST_CHARACTERS:
            raise ApiError("BadRequestException", f"Content must have 1 to {_MOST_CHARACTERS:,} characters.")
        try:
            json.loads(content)
        except ValueError as error:
            raise ApiError("BadRequestException", f"Content is no JSON: {error}") from None
        return content, kind, self.now


def _registry(found: _Registry) -> dict[str, Any]:
    return {
        "Description": found.description,
        "RegistryArn": found.arn,
        "RegistryName": found.name,
        "Tags": found.tags,
    }


def _schema(found: _Schema, number: int) -> dict[str, Any]:
    _, kind, created = found.versions[number - 1]
    return {
        "Description": found.description,
        "LastModified": found.versions[-1][2],
        "SchemaArn": found.arn,
        "SchemaName": found.name,
        "SchemaVersion": str(number),
        "Tags": found.tags,
        "Type": kind,
        "VersionCreatedDate": created,
    }


def _page(names: Sequence[str], given: Mapping[str, Any]) -> tuple[Sequence[str], dict[str, str]]:
    """A page of names, and the token of the next one."""
    begins, most = int(given.get("NextToken") or 0), int(given.get("Limit") or _PAGE)
    ends = begins + most
    return names[begins:ends], {"NextToken": str(ends)} if ends < len(names) else {}
