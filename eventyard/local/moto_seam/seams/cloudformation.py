"""CloudFormation, resource by resource: our types, failures with a name, and updates that reach what they concern."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

import moto.cloudformation.parsing as moto_parsing
from moto.cloudformation.models import Stack
from moto.cloudformation.parsing import Export, OutputMap, ResourceMap

from eventyard.errors import EventyardError
from eventyard.local._template import dependents, imports, in_order
from eventyard.local.moto_seam._models import SILENT, Failed, SkippedError, Unmade
from eventyard.local.moto_seam._stacks import failures, note
from eventyard.local.moto_seam.seams._seam import Moto, Seam

if TYPE_CHECKING:
    from eventyard.local.moto_seam.seams._seam import Listener

_RETAINED = frozenset({"Retain", "RetainExceptOnCreate"})
_CREATE = ("logical_id", "resource_json", "resources_map", "account_id", "region_name")


def emulated(type_: str) -> bool:
    """Whether moto's CloudFormation makes resources of this type (rightly or not: see `local/resources`)."""
    return type_ in moto_parsing.get_model_map()


def _resource_class(original: Moto, listener: Listener) -> Moto:
    def resource_class(resource_type: str) -> Moto:
        return listener.model(resource_type) or (original(resource_type) if emulated(resource_type) else Unmade)

    return resource_class


def _name_property(original: Moto, listener: Listener) -> Moto:
    def name_property(resource_type: str) -> str | None:
        ours = listener.model(resource_type)
        return str(ours.cloudformation_name_type()) if ours else original(resource_type)

    return name_property


def _create(original: Moto, listener: Listener) -> Moto:
    def create(logical_id: str, resource_json: Moto, resources_map: Moto, account_id: str, region_name: str) -> Moto:
        type_, condition = resource_json["Type"], resource_json.get("Condition")
        if condition and not resources_map.lazy_condition_map[condition]:
            return None
        note(resources_map, logical_id, type_, "CREATE_IN_PROGRESS")
        try:
            made = original(logical_id, resource_json, resources_map, account_id, region_name)
        except Exception as error:  # noqa: BLE001  # whatever moto or boto3 raises, the rest may be deployed
            _failed(listener, resources_map, logical_id, type_, error, "created")
            return Failed(logical_id, type_)
        unmade = isinstance(made, Unmade) and type_ not in SILENT
        reason = f"{type_} is not emulated: nothing was made." if unmade else ""
        note(resources_map, logical_id, type_, "CREATE_COMPLETE", made=made, reason=reason)
        return made

    return create


_STATUS = {"created": "CREATE_FAILED", "updated": "UPDATE_FAILED", "deleted": "DELETE_FAILED"}


def _failed(
    listener: Listener, resources: Moto, logical_id: str, type_: str, error: Exception, done: str, made: Moto = None
) -> None:
    reason = listener.problem(str(resources["AWS::StackName"]), logical_id, type_, error, done)
    failures(resources)[logical_id] = reason
    note(resources, logical_id, type_, _STATUS[done], reason=reason, made=made)


def _update(original: Moto, listener: Listener) -> Moto:
    def update(logical_id: str, resource_json: Moto, resources_map: Moto, account_id: str, region_name: str) -> Moto:
        type_, condition = resource_json["Type"], resource_json.get("Condition")
        before = resources_map._parsed_resources.get(logical_id)
        try:
            if condition and not resources_map.lazy_condition_map[condition]:
                if before is not None:
                    resources_map._delete_resource(before, resource_json)
                return None
            if before is None:
                # Through moto's own name, where the seam above stands.
                create = moto_parsing.parse_and_create_resource
                return create(logical_id, resource_json, resources_map, account_id, region_name)
            _check_type(before, type_)
            changed = original(logical_id, resource_json, resources_map, account_id, region_name)
        except Exception as error:  # noqa: BLE001  # as above
            _failed(listener, resources_map, logical_id, type_, error, "updated", before)
            return before
        if changed is None:
            # moto has no update for many of its types: such a resource stays as it was.
            return before
        if changed is not before:
            note(resources_map, logical_id, type_, "UPDATE_IN_PROGRESS", made=before)
            note(resources_map, logical_id, type_, "UPDATE_COMPLETE", made=changed)
        return changed

    return update


def _check_type(before: Moto, type_: str) -> None:
    if before.cf_resource_type != type_:
        raise EventyardError(
            f"it is of type {before.cf_resource_type}, and a resource's type cannot change.",
            remedy="Give it another logical id.",
        )


def _diff(original: Moto, _listener: Listener) -> Moto:
    def build(
        self: Moto, other_template: dict[str, Any], parameters: dict[str, Any] | None = None
    ) -> dict[str, list[str]]:
        """Moto's, with what depends on a changed resource or on another stack, each after what it depends on."""
        new, old = other_template["Resources"], self._resource_json_map
        found: dict[str, list[str]] = original(self, other_template, parameters)
        failed = {name for name, made in self._parsed_resources.items() if isinstance(made, Failed)}
        for name in failed:
            del self._parsed_resources[name]
        added = {*found["Add"], *(failed & set(new))}
        changed = {*found["Modify"], *(name for name in new if name in old and imports(new[name]))}
        changed |= {name for name in dependents(new, changed | added) if name in old}
        order = in_order(new)
        return {
            "Add": [name for name in order if name in added],
            "Modify": [name for name in order if name in changed - added],
            "Remove": [name for name in reversed(in_order(old)) if name in found["Remove"] and name not in failed],
        }

    return build


def _delete(original: Moto, listener: Listener) -> Moto:
    def delete(self: Moto, parsed_resource: Moto, resource_json: dict[str, Any]) -> None:
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
        logical_id, type_ = parsed_resource.logical_resource_id, resource_json["Type"]
        if isinstance(parsed_resource, Failed):
            return
        if resource_json.get("DeletionPolicy") in _RETAINED:
            note(self, logical_id, type_, "DELETE_SKIPPED", made=parsed_resource)
            return
        note(self, logical_id, type_, "DELETE_IN_PROGRESS", made=parsed_resource)
        try:
            original(self, parsed_resource, resource_json)
        except Exception as error:  # noqa: BLE001  # as above
            _failed(listener, self, logical_id, type_, error, "deleted", parsed_resource)
            return
        note(self, logical_id, type_, "DELETE_COMPLETE", made=parsed_resource)

    return delete


def _output(original: Moto, _listener: Listener) -> Moto:
    def output(output_logical_id: str, output_json: Moto, resources_map: Moto) -> Moto:
        try:
            return original(output_logical_id, output_json, resources_map)
        except SkippedError:
            return None

    return output


def _exports(_original: Moto, _listener: Listener) -> Moto:
    def exports(self: Moto) -> list[Moto]:
        found = []
        for value in (self._output_json_map or {}).values():
            if value.get("Export"):
                with contextlib.suppress(SkippedError):
                    name = moto_parsing.clean_json(value["Export"].get("Name"), self._resource_map)
                    made = moto_parsing.clean_json(value.get("Value"), self._resource_map)
                    found.append(Export(self._stack_id, name, made))
        return found

    return property(exports)


def _parse_template(original: Moto, _listener: Listener) -> Moto:
    def parse_template(template: str) -> dict[str, Any]:
        try:
            parsed: dict[str, Any] = json.loads(template)
        except ValueError:
            return original.__func__(template)  # type: ignore[no-any-return]  # moto's own
        return parsed

    return staticmethod(parse_template)


SEAMS = (
    Seam(moto_parsing, "resource_class_from_type", ("resource_type",), "our types", _resource_class),
    Seam(moto_parsing, "resource_name_property_from_type", ("resource_type",), "their names", _name_property),
    Seam(moto_parsing, "parse_and_create_resource", _CREATE, "a failure has a name, the rest is deployed", _create),
    Seam(moto_parsing, "parse_and_update_resource", _CREATE, "the same, and nothing is lost", _update),
    Seam(
        ResourceMap,
        "build_resource_diff",
        ("self", "other_template", "parameters"),
        "a change reaches what depends on it",
        _diff,
    ),
    Seam(
        ResourceMap,
        "_delete_resource",
        ("self", "parsed_resource", "resource_json"),
        "what is to be retained is",
        _delete,
    ),
    Seam(
        moto_parsing,
        "parse_output",
        ("output_logical_id", "output_json", "resources_map"),
        "an output of a failed resource is left out",
        _output,
    ),
    Seam(OutputMap, "exports", ("self",), "and so is its export", _exports),
    Seam(Stack, "parse_template", ("template",), "JSON is read as JSON, not as YAML", _parse_template),
)
