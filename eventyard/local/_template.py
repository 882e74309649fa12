"""CloudFormation templates as data: what refers to what, in which order, and what cannot be evaluated.

Intrinsic functions: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# What moto's CloudFormation evaluates.
INTRINSICS = frozenset(
    f"Fn::{name}"
    for name in (
        "And",
        "Base64",
        "Equals",
        "FindInMap",
        "GetAZs",
        "GetAtt",
        "If",
        "ImportValue",
        "Join",
        "Not",
        "Or",
        "Select",
        "Split",
        "Sub",
        "ToJsonString",
    )
)
_VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a part of a template cannot be deployed; `logical_id` is that of the resource, output or condition."""

    logical_id: str
    message: str
    remedy: str


def flaws(template: Mapping[str, Any], section: str) -> Iterator[Flaw]:
    """The first flaw of each entry of a section: a function that nobody knows, a reference to what is not there."""
    defined = set(template.get("Resources", {})) | set(template.get("Parameters", {}))
    for logical_id, entry in template.get(section, {}).items():
        flaw = next((flaw for path, node in _walk(entry, "") if (flaw := _flaw(path, node, defined))), None)
        if flaw:
            yield Flaw(logical_id, *flaw)


def references(node: object) -> set[str]:
    """The logical ids (and pseudo parameters) that something refers to: Ref, Fn::GetAtt, Fn::Sub, DependsOn."""
    return {name for _, found in _walk(node, "") for name in _named(found)}


def imports(node: object) -> bool:
    """Whether something takes its value from another stack's export."""
    return any("Fn::ImportValue" in found for _, found in _walk(node, ""))


def dependents(resources: Mapping[str, Any], names: set[str]) -> set[str]:
    """What refers to one of these resources, however indirectly; they themselves are not among it."""
    needs = {logical_id: references(resource) for logical_id, resource in resources.items()}
    found: set[str] = set()
    fresh = set(names)
    while fresh:
        fresh = {logical_id for logical_id, needed in needs.items() if needed & fresh} - found - names
        found |= fresh
    return found


def in_order(resources: Mapping[str, Any]) -> list[str]:
    """The logical ids, each after what it refers to; in a circle, in the template's order."""
    needs = {logical_id: references(resource) for logical_id, resource in resources.items()}
    done: dict[str, None] = {}
    entered: set[str] = set()

    def visit(logical_id: str) -> None:
        if logical_id in entered or logical_id not in needs:
            return
        entered.add(logical_id)
        for needed in sorted(needs[logical_id]):
            visit(needed)
        done[logical_id] = None

    for logical_id in resources:
        visit(logical_id)
    return list(done)


def without(template: Mapping[str, Any], left_out: set[str], outputs: set[str]) -> dict[str, Any]:
    """The template without some resources and outputs, and without what refers to them, however indirectly."""
    gone = left_out | dependents(template["Resources"], left_out)
    return {
        **template,
        "Resources": {name: one for name, one in template["Resources"].items() if name not in gone},
        "Outputs": {
            name: one
            for name, one in template.get("Outputs", {}).items()
            if name not in outputs and not references(one) & gone
        },
    }


def _flaw(path: str, node: Mapping[str, Any], defined: set[str]) -> tuple[str, str] | None:
    unknown = next((key for key in node if key.startswith("Fn::") and key not in INTRINSICS), None)
    if unknown:
        return (
            f"{path} uses {unknown}, which is no function that eventyard evaluates.",
            f"It knows {', '.join(sorted(INTRINSICS))} and Ref.",
        )
    missing = next((n for n in sorted(_named(node)) if not n.startswith("AWS::") and n not in defined), None)
    if missing:
        return (
            f"{path} refers to {missing!r}, which the template does not define.",
            "Is it spelled as in Resources? Synthesize again if a resource was renamed.",
        )
    return None


def _named(node: Mapping[str, Any]) -> set[str]:
    found: set[str] = set()
    if "DependsOn" in node:
        depends = node["DependsOn"]
        found |= {depends} if isinstance(depends, str) else {name for name in depends if isinstance(name, str)}
    # A function stands alone in its object; anything else with such a key is somebody's data.
    if len(node) != 1:
        return found
    if isinstance(node.get("Ref"), str):
        found.add(node["Ref"])
    if "Fn::GetAtt" in node:
        got = node["Fn::GetAtt"]
        name = got.split(".")[0] if isinstance(got, str) else (got or [""])[0]
        found |= {name} if isinstance(name, str) else set()
    if "Fn::Sub" in node:
        text, own = node["Fn::Sub"] if isinstance(node["Fn::Sub"], list) else (node["Fn::Sub"], {})
        found |= {name.split(".")[0] for name in _VARIABLE.findall(str(text))} - set(own)
    return found


def _walk(node: object, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        yield path or "the resource", node
        for key, value in node.items():
            yield from _walk(value, f"{path}.{key}" if path else key)
    elif isinstance(node, list):
        for position, value in enumerate(node):
            yield from _walk(value, f"{path}[{position}]")
