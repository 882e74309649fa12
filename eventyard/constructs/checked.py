"""Patterns and filter policies, refused at synth when AWS would refuse them or nothing could ever match."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from aws_cdk import Token

from eventyard.contracts.reading import fields_missing
from eventyard.errors import PatternError
from eventyard.patterns import EventPattern, FilterPolicy, SourceFilter

if TYPE_CHECKING:
    from aws_cdk import CfnResource
    from constructs import Construct

    from eventyard.constructs.selection import Selection
    from eventyard.contracts import EventType

_Json = Mapping[str, Any]


def check_pattern(scope: Construct, pattern: _Json) -> None:
    """Refuse an event pattern that PutRule would refuse.

    Raises:
        PatternError: `where` is the construct's path, then the path in the pattern.
    """
    known = _without_tokens(pattern)
    try:
        if known or not pattern:
            EventPattern.parse(known)
    except PatternError as error:
        raise _placed(scope, error) from error


def check_fields(scope: Construct, pattern: _Json, events: Sequence[type[EventType]]) -> None:
    """Refuse a pattern that names what none of its events has; any pattern where no event types are known.

    Raises:
        PatternError: `where` is the construct's path; the message names the field and what may have been meant.
    """
    found = fields_missing(_without_tokens(pattern), events) if events and _without_tokens(pattern) else []
    if found:
        said = " ".join(str(finding) for finding in found)
        raise PatternError(said, where=scope.node.path, remedy="The bus's `events` say what there is.")


def check_filter(scope: Construct, selection: Selection) -> None:
    """Refuse a filter policy that Subscribe would refuse.

    Raises:
        PatternError: `where` is the construct's path, then the path in the policy.
    """
    known = _without_tokens(selection.policy or {})
    try:
        if known:
            FilterPolicy.parse(known, scope=selection.scope)
    except PatternError as error:
        raise _placed(scope, error) from error


def check_filters(scope: Construct, filters: Sequence[_Json]) -> None:
    """Refuse filters that CreatePipe would refuse.

    Raises:
        PatternError: `where` is the construct's path, then the path in the filter.
    """
    try:
        SourceFilter.parse({"Filters": [{"Pattern": json.dumps(one)} for one in filters]}, source="sqs")
    except PatternError as error:
        raise _placed(scope, error) from error


def keep_nulls(resource: CfnResource, name: str, policy: _Json | None) -> None:
    """Write a property as JSON text if there is a null in it, which a template cannot hold.

    CDK leaves the null out without a word, and the rule would match something else. CloudFormation's schemas take
    both `EventPattern` and `FilterPolicy` as text too.
    """
    if _has_null(policy or {}):
        resource.add_property_override(name, json.dumps(policy))


def _placed(scope: Construct, error: PatternError) -> PatternError:
    return PatternError(error.message, where=f"{scope.node.path}: {error.where}", remedy=error.remedy)


def _without_tokens(pattern: _Json) -> dict[str, Any]:
    """The pattern without the fields whose values are known only at deployment."""
    known: dict[str, Any] = {}
    for name, value in pattern.items():
        if isinstance(value, Mapping):
            inner = _without_tokens(value)
            if inner or not value:  # an empty object is wrong, one emptied here is not
                known[name] = inner
        elif not _has_token(value):
            known[name] = value
    return known


def _has_token(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(_has_token(inner) for inner in value.values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return Token.is_unresolved(value) or any(_has_token(inner) for inner in value)
    return value is not None and bool(Token.is_unresolved(value))


def _has_null(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(_has_null(inner) for inner in value.values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return any(_has_null(inner) for inner in value)
    return value is None
