"""A second, slow and obvious evaluator of a part of the policy language, to compare the engine with."""

from __future__ import annotations

import re
from typing import Any


def listed(value: Any) -> list[Any]:  # noqa: ANN401  # any JSON value
    return value if isinstance(value, list) else [value]


def like(pattern: str, text: str, flags: int = 0) -> bool:
    expression = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    return re.fullmatch(expression, text, flags | re.DOTALL) is not None


def applies(statement: dict[str, Any], principal: str, action: str, resource: str, context: dict[str, Any]) -> str:
    """`no`, `account` or `direct`."""
    account = principal.split(":")[4] if principal.startswith("arn:") else ""
    if "NotAction" in statement:
        acting = not any(like(each, action, re.IGNORECASE) for each in listed(statement["NotAction"]))
    else:
        acting = any(like(each, action, re.IGNORECASE) for each in listed(statement["Action"]))
    if "NotResource" in statement:
        there = not any(like(each, resource) for each in listed(statement["NotResource"]))
    else:
        there = any(like(each, resource) for each in listed(statement["Resource"]))
    holding = all(
        _holds(operator, listed(wanted), context.get(key))
        for operator, keys in statement.get("Condition", {}).items()
        for key, wanted in keys.items()
    )
    if not (acting and there and holding):
        return "no"
    if "Principal" not in statement or statement["Principal"] == "*":
        return "direct"
    names = [each for values in statement["Principal"].values() for each in listed(values)]
    if "*" in names or principal in names:
        return "direct"
    return "account" if account and account in names else "no"


def _holds(operator: str, wanted: list[str], found: Any) -> bool:  # noqa: ANN401  # a text, a list or nothing
    values = [] if found is None else listed(found)
    if operator.startswith("ForAllValues:"):
        return found == "" or all(_one(operator.removeprefix("ForAllValues:"), wanted, value) for value in values)
    if operator.startswith("ForAnyValue:"):
        return any(_one(operator.removeprefix("ForAnyValue:"), wanted, value) for value in values)
    if operator == "Null":
        return ("false" if found else "true") in listed(wanted)
    if found is None:
        return operator.endswith("IfExists") or "Not" in operator
    return len(values) == 1 and _one(operator.removesuffix("IfExists"), wanted, values[0])


def _one(operator: str, wanted: list[str], value: str) -> bool:
    match operator:
        case "StringEquals":
            return value in wanted
        case "StringNotEquals":
            return value not in wanted
        case "StringLike":
            return any(like(each, value) for each in wanted)
        case "StringNotLike":
            return not any(like(each, value) for each in wanted)
    raise AssertionError(operator)


def allowed(
    principal: str, action: str, resource: str, context: dict[str, Any], *, own: list[Any], attached: list[Any]
) -> bool:
    """The rules for a role or a service, on a resource that is neither a key nor a role."""
    on_own = [(each["Effect"], applies(each, principal, action, resource, context)) for each in own]
    on_attached = [(each["Effect"], applies(each, principal, action, resource, context)) for each in attached]
    service = not principal.startswith("arn:")
    considered = on_attached if service else on_own + on_attached
    if any(effect == "Deny" and how != "no" for effect, how in considered):
        return False
    by_own = ("Allow", "direct") in on_own
    directly = ("Allow", "direct") in on_attached
    if service:
        return directly
    if principal.split(":")[4] == resource.split(":")[4]:
        return by_own or directly
    return by_own and (directly or ("Allow", "account") in on_attached)
