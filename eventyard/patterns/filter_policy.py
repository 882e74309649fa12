"""SNS filter policies, over message attributes or over the message body."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from math import prod
from typing import TYPE_CHECKING, Any, Literal, Self

from eventyard.errors import PatternError
from eventyard.patterns.attributes import as_object
from eventyard.patterns.dialect import SNS
from eventyard.patterns.document import Members, read
from eventyard.patterns.explanation import Explanation, explain
from eventyard.patterns.matcher import Branch, branch, satisfies
from eventyard.patterns.parser import OR, parse
from eventyard.patterns.tree import Conjunction, Field, alternatives

if TYPE_CHECKING:
    from collections.abc import Mapping

Scope = Literal["MessageAttributes", "MessageBody"]

# https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
KEYS = 5
COMBINATIONS = 150


@dataclass(frozen=True, slots=True)
class FilterPolicy:
    """A filter policy, parsed once; make one with `FilterPolicy.parse`.

    Follows https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html and its sibling pages.

    Attributes:
        tree: What it asks for.
        scope: Where it looks.
    """

    tree: Conjunction
    scope: Scope
    _alternatives: tuple[Branch, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Unfold the tree for matching, once."""
        unfolded = tuple(branch(fields.values()) for fields in alternatives(self.tree))
        object.__setattr__(self, "_alternatives", unfolded)

    @classmethod
    def parse(cls, policy: str | Mapping[str, Any], scope: str = "MessageAttributes") -> Self:
        """A filter policy from JSON text or from the dict that such text makes.

        Args:
            policy: The policy as Subscribe takes it.
            scope: "MessageAttributes" or "MessageBody".

        Raises:
            PatternError: What Subscribe refuses; `where` is the path, such as `store[0]`.
        """
        members = read(policy, SNS, SNS.characters)
        match scope:
            case "MessageAttributes":
                _refuse_nesting(members)
            case "MessageBody":
                pass
            case _:
                raise PatternError(
                    f'"{scope}" is no filter policy scope.',
                    remedy='Use "MessageAttributes" or "MessageBody".',
                )
        tree = parse(members, SNS)
        _refuse_too_complex(alternatives(tree))
        return cls(tree, scope)

    def matches(self, *, attributes: Mapping[str, Mapping[str, Any]] | None = None, body: str = "") -> bool:
        """Whether a message matches.

        Args:
            attributes: The message attributes as Publish takes them: name -> {"DataType": ..., "StringValue": ...}.
            body: The message. In body scope one that is not a JSON object does not match.
        """
        message = self._read(attributes, body)
        try:
            return message is not None and any(satisfies(alternative, message) for alternative in self._alternatives)
        except RecursionError:
            # Deeper than any JSON parser of AWS's reads: no JSON to SNS, so no match.
            return False

    def explain(self, *, attributes: Mapping[str, Mapping[str, Any]] | None = None, body: str = "") -> Explanation:
        """Why a message matches or does not; it always agrees with `matches`, whose arguments it takes."""
        message = self._read(attributes, body)
        if message is None:
            return Explanation(matches=False, note="the body is no JSON object, and the policy looks at its fields")
        try:
            return explain(self._alternatives, message)
        except RecursionError:
            return Explanation(matches=False, note="the body is nested too deeply to be read")

    def _read(self, attributes: Mapping[str, Mapping[str, Any]] | None, body: str) -> Mapping[str, Any] | None:
        """What the policy is matched against; None for a body that is no JSON object."""
        if self.scope == "MessageAttributes":
            return as_object(attributes or {})
        try:
            message = json.loads(body, parse_constant=_refuse)
        except (ValueError, RecursionError):
            return None
        return message if isinstance(message, dict) else None


def _refuse_nesting(members: Members) -> None:
    for key, value in members:
        if isinstance(value, Members):
            raise PatternError(
                "A policy over message attributes cannot be nested.",
                where=key,
                remedy=f'Put the values into a list: "{key}": [...], or set the scope to MessageBody.',
            )
        if key == OR and isinstance(value, list):
            for branch_ in value:
                _refuse_nesting(branch_ if isinstance(branch_, Members) else Members())


def _refuse_too_complex(unfolded: list[dict[str, Field]]) -> None:
    """Five keys, 150 combinations.

    Only top-level keys count. A value list weighs its length times its level of nesting; the lists of one combination
    of `$or` branches are multiplied, and the combinations added up.
    """
    for fields in unfolded:
        keys = {one.key for one in fields.values()}
        if len(keys) > KEYS:
            raise PatternError(
                f"The filter policy has {len(keys)} keys; SNS takes {KEYS}.",
                where=sorted(keys)[KEYS],
                remedy="Filter on fewer keys, or nest them under one key in the scope MessageBody.",
            )
    total = sum(prod(len(one.values) * one.level for one in fields.values()) for fields in unfolded)
    if total > COMBINATIONS:
        raise PatternError(
            f"The filter policy has {total:,} combinations of values; SNS takes {COMBINATIONS}.",
            remedy="The lengths of all value lists, each times its level of nesting, are multiplied: shorten them.",
        )


def _refuse(token: str) -> None:
    raise ValueError(f"{token} is no JSON")  # the JSON parser's own kind of error
