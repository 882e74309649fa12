"""What each of the shop's permissions is for, read from the templates that it stands in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from eventyard.assembly import read, synthesize
from tests.shop.parts import FANOUT
from tests.shop.permissions import named, permissions

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.shop.permissions import Permission

ROOT = Path(__file__).parents[2]
TEMPLATES = {stack.name: stack.template for stack in read(synthesize(ROOT)).stacks if stack.name in FANOUT}
ALL = [permission for stack, template in TEMPLATES.items() for permission in permissions(stack, template)]

# What nothing here depends on, and why it is granted all the same: by principal and action.
UNFELT = {
    ("", "xray:PutTraceSegments"): "X-Ray is not emulated; AWS traces nothing without it, and runs the function.",
    ("", "xray:PutTelemetryRecords"): "The same.",
    ("", "dynamodb:GetItem"): "Powertools' documents ask for it; it reads only what no refused write showed it.",
    ("delivery.logs.amazonaws.com", "logs:CreateLogStream"): "The second name under which EventBridge writes to log "
    "groups, says its user guide; here it writes under the first.",
    ("delivery.logs.amazonaws.com", "logs:PutLogEvents"): "The same.",
}
POLLING = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
SERVICES = {"events.amazonaws.com", "sns.amazonaws.com"}


def kind(permission: Permission) -> str:
    """The group of permissions that fail alike: the first of `KINDS` that it is one of."""
    return next(name for name, is_one in KINDS.items() if is_one(permission))


def dead_letters_of(permission: Permission) -> tuple[str, str]:
    """Whose dead letters a queue keeps, and which target has to fail for them: logical ids, empty for another queue."""
    queue = named(permission.statement["Resource"])[:1]
    for logical_id, resource in TEMPLATES[permission.stack]["Resources"].items():
        given = resource.get("Properties", {})
        match resource["Type"]:
            case "AWS::Events::Rule":
                edges = [(target.get("DeadLetterConfig"), target["Arn"]) for target in given["Targets"]]
            case "AWS::SNS::Subscription":
                edges = [(given.get("RedrivePolicy"), given["Endpoint"])]
            case "AWS::Lambda::Function":
                edges = [(given.get("DeadLetterConfig"), {"Ref": logical_id})]
            case _:
                edges = []
        for letters, target in edges:
            if named(letters) == queue:
                return logical_id, named(target)[0]
    return "", ""


def mapping_of(permission: Permission) -> str:
    """The event source mapping of the function whose role has a permission; empty where nothing is polled for it."""
    function = function_of(permission)
    for logical_id, resource in TEMPLATES[permission.stack]["Resources"].items():
        polls = resource["Type"] == "AWS::Lambda::EventSourceMapping"
        if polls and named(resource["Properties"]["FunctionName"]) == [function]:
            return str(logical_id)
    return ""


def function_of(permission: Permission) -> str:
    """The function whose role has a permission, by its logical id; empty where it is no function's."""
    role = [role_of(permission)]
    found = (
        str(logical_id)
        for logical_id, resource in TEMPLATES[permission.stack]["Resources"].items()
        if resource["Type"] == "AWS::Lambda::Function" and named(resource["Properties"]["Role"]) == role
    )
    return next(found, "")


def role_of(permission: Permission) -> str:
    """The role that a policy is attached to, or that has the permission itself."""
    given = TEMPLATES[permission.stack]["Resources"][permission.logical_id]["Properties"]
    return (named(given.get("Roles")) or [permission.logical_id])[0]


KINDS: dict[str, Callable[[Permission], bool]] = {
    "refusal": lambda permission: permission.refuses,
    "unfelt": lambda permission: (permission.principal, permission.action) in UNFELT,
    "polling": lambda permission: permission.action in POLLING or _polls_if_trusted(permission),
    "trust": lambda permission: permission.action == "sts:AssumeRole",
    "administration": lambda permission: permission.principal.endswith(":root"),
    "dead letters": lambda permission: permission.action == "sqs:SendMessage" and any(dead_letters_of(permission)),
    "delivery": lambda permission: permission.principal in SERVICES,
    "log": lambda permission: permission.action.startswith("logs:"),
    # Whatever else is granted is granted to a function, for its work.
    "work": lambda _: True,
}


def _polls_if_trusted(permission: Permission) -> bool:
    return permission.action == "sts:AssumeRole" and bool(mapping_of(permission))
