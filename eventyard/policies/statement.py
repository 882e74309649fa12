"""One statement of a policy: who, what, on what, under which conditions.

Follows the IAM user guide, "IAM JSON policy element reference" and "Grammar of the IAM JSON policy language".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eventyard.errors import PolicyError
from eventyard.policies.conditions import Condition, parse_conditions
from eventyard.policies.matcher import Listed
from eventyard.policies.principals import Naming, Principals, parse_principals
from eventyard.policies.reading import as_object, as_text, as_texts

if TYPE_CHECKING:
    from eventyard.policies.call import Call

_ELEMENTS = (
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
)  # fmt: skip
_ACTION = re.compile(r"\*|[a-z0-9-]+:[a-z0-9*?]+|\*:\*", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement, compiled. `principals` is None in identity policies, `resources` in trust policies."""

    number: int  # from 1, as people count
    sid: str
    allows: bool
    principals: Principals | None
    actions: Listed
    resources: Listed | None
    conditions: tuple[Condition, ...]

    def naming(self, call: Call) -> Naming:
        """How it names the caller; whom an identity policy is attached to, it means."""
        return Naming.DIRECTLY if self.principals is None else self.principals.naming(call.caller)

    def admits_action(self, call: Call) -> bool:
        """Whether it covers the action."""
        return self.actions.admits(call.action, call.context)

    def admits_resource(self, call: Call) -> bool:
        """Whether it covers the resource."""
        return self.resources is None or self.resources.admits(call.request.resource, call.context)

    def applies(self, call: Call) -> Naming:
        """How it names the caller if all of it is fulfilled, else `NOT`; the cheapest questions first."""
        if not self.admits_action(call):
            return Naming.NOT
        naming = self.naming(call)
        if naming is Naming.NOT or not self.admits_resource(call):
            return Naming.NOT
        return naming if all(condition.holds(call.context) for condition in self.conditions) else Naming.NOT


def parse_statement(element: object, number: int, where: str, *, variables: bool) -> Statement:
    """A statement of a policy.

    Raises:
        PolicyError: What AWS would refuse, with its path.
    """
    members = as_object(element, where)
    for name in members:
        if name not in _ELEMENTS:
            raise PolicyError(
                f'A statement has no element "{name[:80]}".',
                where=f"{where}.{name[:80]}",
                remedy=f"It has {', '.join(_ELEMENTS)}, spelled so.",
            )
    if members.get("Effect") not in ("Allow", "Deny"):
        raise PolicyError(
            "Effect must be Allow or Deny.", where=f"{where}.Effect", remedy="Write one of them, spelled so."
        )
    allows = members["Effect"] == "Allow"
    principals = _principals(members, where, allows=allows)
    actions = _listed(members, "Action", where, variables=False)
    if actions is None:
        raise PolicyError("The statement has no Action.", where=where, remedy="Add Action or NotAction.")
    resources = _listed(members, "Resource", where, variables=variables)
    trusts = principals is not None and all(action.lower().startswith("sts:") for action in actions.written)
    if resources is None and not trusts:
        raise PolicyError(
            "The statement has no Resource.",
            where=where,
            remedy="Add Resource or NotResource: only a role's trust policy goes without.",
        )
    conditions = parse_conditions(members.get("Condition", {}), f"{where}.Condition", variables=variables)
    sid = as_text(members.get("Sid", ""), f"{where}.Sid")
    return Statement(number, sid, allows, principals, actions, resources, conditions)


def _principals(members: dict[str, object], where: str, *, allows: bool) -> Principals | None:
    name = _one_of(members, "Principal", where)
    if name is None:
        return None
    inverted = name == "NotPrincipal"
    if inverted and allows:
        raise PolicyError(
            "NotPrincipal cannot be allowed: it would admit everybody else, strangers included.",
            where=f"{where}.NotPrincipal",
            remedy="Use NotPrincipal with Deny, or Principal.",
        )
    return parse_principals(members[name], f"{where}.{name}", inverted=inverted)


def _listed(members: dict[str, object], element: str, where: str, *, variables: bool) -> Listed | None:
    name = _one_of(members, element, where)
    if name is None:
        return None
    path = f"{where}.{name}"
    texts = as_texts(members[name], path)
    for text in texts:
        if element == "Action" and not _ACTION.fullmatch(text):
            raise PolicyError(
                f"{text[:200]!r} is no action.", where=path, remedy="Write one as sqs:SendMessage, sqs:* or *."
            )
        if element == "Resource" and text != "*" and not text.startswith("arn:"):
            raise PolicyError(f"{text[:200]!r} is no ARN.", where=path, remedy="Write the resource's ARN, or *.")
    return Listed.parse(texts, path, inverted=name.startswith("Not"), variables=variables, any_case=element == "Action")


def _one_of(members: dict[str, object], element: str, where: str) -> str | None:
    """The element's name or its Not form, whichever is there."""
    there = [name for name in (element, f"Not{element}") if name in members]
    if len(there) > 1:
        raise PolicyError(
            f"The statement has {element} and Not{element}.", where=where, remedy="Keep one, or make two statements."
        )
    return there[0] if there else None
