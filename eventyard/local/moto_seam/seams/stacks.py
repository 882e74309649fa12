"""CloudFormation, stack by stack: all of it or nothing of it, and what became of it in its events.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html: a resource that fails ends
the deployment, and what was changed is changed back. Who asks for it (DisableRollback) keeps what could be made: so do
deployments by `LocalCloud.deploy`, and what does not depend on the failure is made then too.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import moto.cloudformation.parsing as moto_parsing
from moto.cloudformation.exceptions import AlreadyExistsException, ValidationError
from moto.cloudformation.models import CloudFormationBackend, Stack
from moto.cloudformation.parsing import ResourceMap
from moto.cloudformation.responses import CloudFormationResponse

from eventyard.local._template import flaws, in_order
from eventyard.local.moto_seam._stacks import (
    delete_resources,
    empty_stack,
    end,
    failures,
    listed,
    not_emulated,
    standing,
    withdraw_exports,
)
from eventyard.local.moto_seam.seams._seam import Moto, Seam

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eventyard.local.moto_seam.seams._seam import Listener

# Whether what could be made stays when something fails: as the outermost request says, for nested stacks too.
_keeps: ContextVar[bool] = ContextVar("keeps", default=False)


@contextmanager
def _as_asked(request: Moto) -> Iterator[None]:
    disabled = str(request._get_param("DisableRollback")).lower() == "true"
    token = _keeps.set(_keeps.get() or disabled or request._get_param("OnFailure") == "DO_NOTHING")
    try:
        yield
    finally:
        _keeps.reset(token)


def keeping(original: Moto, _listener: Listener) -> Moto:
    """A request that says what is to become of a stack that fails."""

    def asked(self: Moto) -> Moto:
        with _as_asked(self):
            return original(self)

    return asked


def check(backend: Moto, name: str, template: dict[str, Any], parameters: dict[str, Any]) -> None:
    """What CloudFormation refuses before it begins.

    Raises:
        ValidationError: a function that nobody evaluates, a reference to what is not there.
        MissingParameterError: a parameter has neither a value nor a default.
    """
    for section in ("Conditions", "Resources", "Outputs"):
        for flaw in flaws(template, section):
            raise ValidationError(name, message=f"Template error: {flaw.logical_id}: {flaw.message}")
    where = {"region_name": backend.region_name, "account_id": backend.account_id}
    # Made for its checks alone, over a copy: moto writes into templates.
    probe = ResourceMap("", name, parameters, {}, **where, template=deepcopy(template), cross_stack_resources={})
    probe.load()


def carry_out(
    backend: Moto, stack: Moto, template: str, parameters: dict[str, Any], listener: Listener, *, verb: str
) -> None:
    """Bring a stack to a template: `verb` is CREATE or UPDATE. Its status and events say what came of it."""
    resources = stack.resource_map
    old = stack.template_dict if verb == "UPDATE" else {"Resources": {}}
    before = stack.template, stack.parameters
    stack.cross_stack_resources = resources.cross_stack_resources = backend.exports
    end(stack, f"{verb}_IN_PROGRESS", "User Initiated")
    failures(resources).clear()

    stack.template = template
    stack._parse_template()
    _bring(stack, parameters)
    _export(backend, stack)
    failed = dict(failures(resources))
    if not failed:
        end(stack, f"{verb}_COMPLETE")
    elif _keeps.get():
        end(stack, f"{verb}_FAILED", f"The following resource(s) failed to {verb.lower()}: {listed(failed)}. ")
    else:
        stack.template, stack.parameters = before
        _take_back(backend, stack, old, failed, verb)
    listener.deployed(stack.account_id, stack.region_name, stack.name, stack.template_dict or {"Resources": {}})


def _bring(stack: Moto, parameters: dict[str, Any]) -> None:
    """Add, change, and take away, each resource after what it depends on; up to the first failure."""
    resources, template = stack.resource_map, stack.template_dict
    all_parameters = {name: parameters.get(name) for name in (*resources.input_parameters, *parameters)}
    diff = resources.build_resource_diff(template, all_parameters)
    old = resources._resource_json_map
    resources._template, resources.input_parameters, stack.parameters = template, parameters, parameters
    resources.resolved_parameters.clear()
    resources.load_mapping()
    resources.load_parameters()
    resources.load_conditions()
    resources._resource_json_map = template["Resources"]
    for name in in_order(template["Resources"]):
        if name in diff["Add"]:
            resources[name]
        elif name in diff["Modify"]:
            # Through moto's own name, where the seam stands.
            update = moto_parsing.parse_and_update_resource
            where = resources._account_id, resources._region_name
            resources._parsed_resources[name] = update(name, template["Resources"][name], resources, *where)
        if failures(resources) and not _keeps.get():
            return
    for name in diff["Remove"]:
        made = resources._parsed_resources.pop(name, None)
        if made is not None:
            resources._delete_resource(made, old[name])


def _export(backend: Moto, stack: Moto) -> None:
    """What a stack exports now; a name that another one has fails it.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
    """
    stack.output_map = stack._create_output_map()
    if failures(stack.resource_map) and not _keeps.get():
        return
    withdraw_exports(backend, stack)
    for export in stack.exports:
        if export.name in backend.exports:
            failures(stack.resource_map)[stack.name] = (
                f"Export with name {export.name} is already exported by stack "
                f"{backend.exports[export.name].exporting_stack_id.split('/')[1]}."
            )
        else:
            backend.exports[export.name] = export


def _take_back(backend: Moto, stack: Moto, old: dict[str, Any], failed: dict[str, str], verb: str) -> None:
    """As it was before: nothing of a stack that is new, the old template of any other."""
    resources, prefix = stack.resource_map, "" if verb == "CREATE" else "UPDATE_"
    reason = f"The following resource(s) failed to {verb.lower()}: {listed(failed)}. Rollback requested by user."
    if stack.name in failed:
        reason = f"{failed[stack.name]} Rollback requested by user."
    end(stack, f"{prefix}ROLLBACK_IN_PROGRESS", reason)
    failures(resources).clear()
    if verb == "CREATE":
        delete_resources(stack)
    else:
        token = _keeps.set(True)  # what cannot be changed back is left, the rest is changed back all the same
        try:
            stack.template_dict = old
            _bring(stack, stack.parameters)
        finally:
            _keeps.reset(token)
    left = failures(resources)
    why = f"The following resource(s) failed to be taken back: {listed(left)}. " if left else ""
    end(stack, f"{prefix}ROLLBACK_{'FAILED' if left else 'COMPLETE'}", why)
    stack.stack_status_reason = why or reason
    if verb == "UPDATE":
        failures(resources).clear()
        _export(backend, stack)
    else:
        withdraw_exports(backend, stack)


def _create_stack(_original: Moto, listener: Listener) -> Moto:
    def create_stack(
        self: Moto, name: str, template: str, parameters: dict[str, Any], *more: Moto, **named: Moto
    ) -> Moto:
        if any(stack.name == name for stack in self.stacks.values()):
            raise AlreadyExistsException(f"Stack [{name}] already exists")
        names = ("notification_arns", "tags", "role_arn", "enable_termination_protection", "timeout_in_mins")
        given = dict(zip((*names, "stack_policy_body"), more, strict=False)) | named
        check(self, name, Stack.parse_template(template), parameters)
        stack = empty_stack(self, name, parameters, **given)
        carry_out(self, stack, template, parameters, listener, verb="CREATE")
        return stack

    return create_stack


def _update_stack(_original: Moto, listener: Listener) -> Moto:
    def update_stack(
        self: Moto,
        name: str,
        template: str,
        role_arn: str | None,
        parameters: list[dict[str, Any]],
        tags: dict[str, str] | None,
    ) -> Moto:
        stack = self.get_stack(name)
        given = self._resolve_update_parameters(instance=stack, incoming_params=parameters)
        check(self, name, Stack.parse_template(template), given)
        carry_out(self, stack, template, given, listener, verb="UPDATE")
        stack.role_arn = role_arn
        stack.tags = stack.tags if tags is None else tags
        return stack

    return update_stack


def _stack_resources(_original: Moto, _listener: Listener) -> Moto:
    def stack_resources(self: Moto) -> list[Moto]:
        return standing(self)

    return property(stack_resources)


def _outputs(original: Moto, _listener: Listener) -> Moto:
    def outputs(self: Moto) -> list[dict[str, Any]] | None:
        """The template's own and, as the CDK CLI prints all of them, what was not made."""
        found: list[dict[str, Any]] = original.fget(self) or []
        if missing := not_emulated(self):
            found.append({"OutputKey": "NotEmulated", "OutputValue": ", ".join(missing)})
        return found or None

    return property(outputs)


SEAMS = (
    Seam(
        CloudFormationBackend,
        "create_stack",
        (
            *("self", "name", "template", "parameters", "notification_arns", "tags", "role_arn"),
            *("enable_termination_protection", "timeout_in_mins", "stack_policy_body"),
        ),
        "all of a stack or nothing of it",
        _create_stack,
    ),
    Seam(
        CloudFormationBackend,
        "update_stack",
        ("self", "name", "template", "role_arn", "parameters", "tags"),
        "the same, and exports follow",
        _update_stack,
    ),
    Seam(Stack, "stack_resources", ("self",), "what was made, and nothing is made by looking", _stack_resources),
    Seam(Stack, "outputs", ("self",), "what is not emulated is named where the CLI shows it", _outputs),
    Seam(CloudFormationResponse, "create_stack", ("self",), "who wants to keep what could be made", keeping),
    Seam(CloudFormationResponse, "update_stack", ("self",), "the same", keeping),
)
