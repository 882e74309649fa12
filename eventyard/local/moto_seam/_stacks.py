"""A stack of moto's as CloudFormation has it: its events, what failed in it, and what of it stands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from moto.cloudformation.models import Event, Stack, cloudformation_backends
from moto.cloudformation.utils import generate_stack_id

from eventyard.local._template import in_order
from eventyard.local.moto_seam._models import SILENT, Failed, Unmade

# moto's own objects: untyped, and ours to handle with care.
Moto = Any


def empty_stack(backend: Moto, name: str, parameters: dict[str, Any], **given: Moto) -> Moto:
    """A stack with nothing in it, on the books of an account and Region."""
    stack_id = generate_stack_id(name, backend.region_name, backend.account_id)
    make: Moto = Stack
    stack = make(stack_id, name, {}, parameters, backend.account_id, backend.region_name, **given)
    backend.stacks[stack_id] = stack
    return stack


def stack_of(resources: Moto) -> Moto | None:
    """The stack that a resource map belongs to; None for those of stack sets, which moto hides."""
    backend = cloudformation_backends[resources._account_id][resources._region_name]
    return backend.stacks.get(resources.stack_id)


def failures(resources: Moto) -> dict[str, str]:
    """Logical id → why it failed, of what is under way now."""
    found: dict[str, str] = resources.__dict__.setdefault("eventyard_failures", {})
    return found


def note(resources: Moto, logical_id: str, type_: str, status: str, *, reason: str = "", made: Moto = None) -> None:
    """One stack event of a resource.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackEvent.html
    """
    stack = stack_of(resources)
    if stack is None:
        return
    _add(stack, logical_id, physical_id(made), type_, status, reason)


def end(stack: Moto, status: str, reason: str = "") -> None:
    """Give a stack another status, and say so in an event."""
    stack.status, stack.stack_status_reason = status, reason or None
    _add(stack, stack.name, stack.stack_id, "AWS::CloudFormation::Stack", status, reason)


def _add(stack: Moto, logical_id: str, physical: str, type_: str, status: str, reason: str) -> None:
    event = Event(stack.stack_id, stack.name, logical_id, physical, type_, status, reason or None, None)
    if stack.events:
        # In milliseconds, as the API has it: who sorts by time gets them in order.
        event.timestamp = max(event.timestamp, stack.events[-1].timestamp + timedelta(milliseconds=1))
    event.sendToSns(stack.account_id, stack.region_name, stack.notification_arns)
    stack.events.append(event)


def physical_id(made: Moto) -> str:
    """What `Ref` gives of a resource; empty where there is none."""
    return "" if made is None or isinstance(made, Failed) else str(getattr(made, "physical_resource_id", ""))


def standing(stack: Moto) -> list[Moto]:
    """The resources that were made, or stand for what nobody emulates."""
    made = (stack.resource_map._parsed_resources.get(name) for name in stack.resource_map._resource_json_map)
    return [one for one in made if one is not None and not isinstance(one, Failed)]


def not_emulated(stack: Moto) -> list[str]:
    """What stands for nothing: `AWS::X::Y (LogicalId)`."""
    unmade: list[Moto] = [one for one in standing(stack) if isinstance(one, Unmade) and one.type not in SILENT]
    return [f"{one.type} ({one.logical_resource_id})" for one in unmade]


def listed(failed: dict[str, str]) -> str:
    """As CloudFormation names them in its reasons."""
    return f"[{', '.join(sorted(failed))}]"


def delete_resources(stack: Moto) -> None:
    """All of them, each before what it depends on. What could not be deleted stays in the stack."""
    resources = stack.resource_map
    for name in reversed(in_order(resources._resource_json_map)):
        made = resources._parsed_resources.get(name)
        if made is not None:
            resources._delete_resource(made, resources._resource_json_map[name])
        if name not in failures(resources):
            resources._parsed_resources.pop(name, None)
    left = {name: resources._resource_json_map[name] for name in failures(resources)}
    resources._resource_json_map = left
    stack.template_dict = {"Resources": left}
    stack.output_map = stack._create_output_map()


def withdraw_exports(backend: Moto, stack: Moto) -> None:
    """What a stack exports is there no longer."""
    for name in [one for one, export in backend.exports.items() if export.exporting_stack_id == stack.stack_id]:
        del backend.exports[name]
