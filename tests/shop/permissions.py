"""Every permission of a synthesized template, each of which can be taken out of it, alone.

Permissions are found by the shape of a policy, wherever it stands, and not by a list of resource types: what a
construct grants tomorrow is in here by itself.
"""

from __future__ import annotations

import copy
import json
import re
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]
_Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Permission:
    """One action, for one principal, on one resource.

    Attributes:
        stack: The stack that it is in.
        logical_id: The resource that it is in: a policy, a role, a key, a function's permission.
        path: Where in the resource's properties its policy document stands.
        number: Which of the document's statements it is, with one action, principal and resource in each; None where
            the resource itself is the permission.
        statement: That statement.
        label: What of the statement it is, as its place in the document and its action; and more where that is not one.
    """

    stack: str
    logical_id: str
    type: str
    path: _Path
    number: int | None
    statement: Json
    label: str

    @property
    def id(self) -> str:
        """`stack/LogicalId/statement/action`."""
        return f"{self.stack}/{self.logical_id}/{self.label}"

    @property
    def action(self) -> str:
        """`sqs:SendMessage`, or as wide as the policy has it."""
        return str(self.statement["Action"])

    @property
    def principal(self) -> str:
        """A service, an ARN or `*`; empty in a role's policy."""
        found = self.statement.get("Principal", "")
        return str(next(iter(found.values()))) if isinstance(found, dict) else str(found)

    @property
    def refuses(self) -> bool:
        """Whether it is a Deny."""
        return bool(self.statement["Effect"] == "Deny")


def permissions(stack: str, template: Json) -> Iterator[Permission]:
    """All of a template, in its order."""
    for logical_id, resource in template["Resources"].items():
        type_, properties = resource["Type"], resource.get("Properties", {})
        found = list(_in_documents(stack, logical_id, type_, properties))
        if type_ == "AWS::Lambda::Permission":
            whole = {"Effect": "Allow", "Principal": properties["Principal"], "Resource": properties["FunctionName"]}
            statement = {**whole, "Action": properties["Action"]}
            found.append(Permission(stack, logical_id, type_, (), None, statement, properties["Action"]))
        # A grant in a shape that is not known here must not be passed over.
        assert found or not type_.endswith(("Policy", "Permission", "::Role")), (
            f"{stack}/{logical_id}: which permission?"
        )
        assert not properties.get("ManagedPolicyArns"), f"{stack}/{logical_id}: who knows what is in a managed policy?"
        yield from found


def without(template: Json, *unwanted: Permission) -> Json:
    """The template without some of its permissions; a policy that is empty then is gone altogether."""
    made = copy.deepcopy(template)
    gone: dict[tuple[str, _Path], set[int | None]] = {}
    for permission in unwanted:
        gone.setdefault((permission.logical_id, permission.path), set()).add(permission.number)
    for (logical_id, path), numbers in gone.items():
        properties = made["Resources"][logical_id]["Properties"]
        if None in numbers:
            _remove(made, logical_id)
            continue
        document = _document(_at(properties, path))
        kept = [one for number, (_, one) in enumerate(_singles(document)) if number not in numbers]
        if not kept and made["Resources"][logical_id]["Type"].endswith("Policy"):
            _remove(made, logical_id)
        elif not kept and path[0] == "Policies":
            properties["Policies"] = [one for one in properties["Policies"] if one["PolicyDocument"] is not document]
        else:
            _put(properties, path, {**document, "Statement": kept})
    return made


def named(value: object) -> list[str]:
    """The logical ids (or names of exports) that a value refers to, in its order."""
    if isinstance(value, list):
        return [name for each in value for name in named(each)]
    if not isinstance(value, dict):
        return []
    for function, argument in value.items():
        if function in {"Ref", "Fn::ImportValue"}:
            return [] if argument.startswith("AWS::") else [argument]
        if function == "Fn::GetAtt":
            return [argument[0]]
    return [name for each in value.values() for name in named(each)]


def _in_documents(stack: str, logical_id: str, type_: str, properties: Json) -> Iterator[Permission]:
    for path in _paths(properties, ()):
        singles = list(_singles(_document(_at(properties, path))))
        for number, (place, statement) in enumerate(singles):
            label = "/".join([str(place), str(statement.get("Action", "?"))])
            alike = [one for other, one in singles if (other, one.get("Action")) == (place, statement.get("Action"))]
            if len(alike) > 1:
                distinct = next(key for key in ("Principal", "Resource") if alike[0].get(key) != alike[1].get(key))
                label += "/" + ("".join(named(statement[distinct])) or str(next(iter(statement[distinct].values()))))
            yield Permission(stack, logical_id, type_, path, number, statement, label)


def _paths(value: object, path: _Path) -> Iterator[_Path]:
    """Where policy documents stand, as objects or as text."""
    if isinstance(value, dict):
        if "Statement" in value or _is_text_of_document(value):
            yield path
            return
        for key, each in value.items():
            yield from _paths(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _paths(each, (*path, index))


def _is_text_of_document(value: Json) -> bool:
    return "Fn::Join" in value and '"Statement"' in "".join(filter(_is_text, value["Fn::Join"][1]))


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _document(value: Json) -> Json:
    """A policy document; one that is text has its references as the objects that they are."""
    if "Statement" in value:
        return value
    parts = value["Fn::Join"][1]
    text = "".join(part if isinstance(part, str) else f"<{index}>" for index, part in enumerate(parts))

    def back(read: Json) -> Json:
        return {key: _referred(each, parts) for key, each in read.items()}

    document: Json = json.loads(text, object_hook=back)
    return document


def _referred(value: object, parts: list[Any]) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, str) and value.startswith("<") and value.endswith(">"):
        return parts[int(value[1:-1])]
    return value


def _singles(document: Json) -> Iterator[tuple[int, Json]]:
    """Each statement as several, with one action, one principal and one resource; and its place in the document."""
    for place, statement in enumerate(_listed(document["Statement"])):
        actions = _listed(statement.get("Action"))
        resources = _listed(statement.get("Resource"))
        for action, principal, resource in product(actions, _principals(statement), resources):
            given = {"Action": action, "Principal": principal, "Resource": resource}
            yield place, {**statement, **{key: value for key, value in given.items() if value is not None}}


def _principals(statement: Json) -> list[Any]:
    found = statement.get("Principal")
    if not isinstance(found, dict):
        return [found]
    return [{kind: each} for kind, names in found.items() for each in _listed(names)]


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _at(properties: Json, path: _Path) -> Any:  # noqa: ANN401 - any JSON value
    found: Any = properties
    for step in path:
        found = found[step]
    return found


def _put(properties: Json, path: _Path, document: Json) -> None:
    found = _at(properties, path)
    if "Fn::Join" in found:
        # References inside a text stand between quotation marks.
        references = {json.dumps(part): part for part in found["Fn::Join"][1] if not isinstance(part, str)}
        pieces = re.split(f"({'|'.join(map(re.escape, references))})", json.dumps(document))
        parts = [['"', references[piece], '"'] if piece in references else [piece] for piece in pieces]
        found["Fn::Join"][1] = [part for some in parts for part in some]
        return
    found.update(document)


def _remove(template: Json, logical_id: str) -> None:
    del template["Resources"][logical_id]
    for resource in template["Resources"].values():
        needed = _listed(resource.get("DependsOn", []))
        resource["DependsOn"] = [name for name in needed if name != logical_id]
