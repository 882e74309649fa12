"""AWS::IAM::Policy: one inline policy of roles, users and groups; who is left out loses it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-policy.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made, changed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::IAM::Policy"  # noqa: A001  # CloudFormation's own word
name_property = ""
known = frozenset({"Groups", "PolicyDocument", "PolicyName", "Roles", "Users"})

# property, the API's word for it
_HOLDERS = (("Groups", "group"), ("Roles", "role"), ("Users", "user"))


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """PutRolePolicy, PutUserPolicy, PutGroupPolicy."""
    document = properties["PolicyDocument"]
    text = document if isinstance(document, str) else json.dumps(document)
    for word, holder in _holders(properties):
        put = getattr(scope.client("iam"), f"put_{word}_policy")
        put(PolicyName=properties["PolicyName"], PolicyDocument=text, **{f"{word.title()}Name": holder})
    return Made(scope.name, {"Id": scope.name})


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """In place; another name is another policy."""
    if changed(old, new, "PolicyName"):
        delete(made, old, scope)
    else:
        kept = set(_holders(new))
        _take_off([holder for holder in _holders(old) if holder not in kept], old["PolicyName"], scope)
    return create(new, scope)


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """DeleteRolePolicy and so on; who is gone already has none."""
    _take_off(list(_holders(properties)), properties["PolicyName"], scope)


def _holders(properties: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, word in _HOLDERS:
        for holder in properties.get(name, ()):
            yield word, holder


def _take_off(holders: list[tuple[str, str]], policy: str, scope: Scope) -> None:
    iam = scope.client("iam")
    for word, holder in holders:
        try:
            getattr(iam, f"delete_{word}_policy")(PolicyName=policy, **{f"{word.title()}Name": holder})
        except iam.exceptions.NoSuchEntityException:
            continue
