"""A policy document, parsed once and asked often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eventyard.errors import PolicyError
from eventyard.policies.reading import as_document, as_text
from eventyard.policies.statement import Statement, parse_statement

if TYPE_CHECKING:
    from collections.abc import Mapping

_ELEMENTS = ("Version", "Id", "Statement")
# The earlier language, and what a policy without Version is in; it has no variables.
_EARLIER = "2008-10-17"
_CURRENT = "2012-10-17"


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy, compiled: what `evaluate` asks. Immutable; make one with `Policy.parse` and keep it."""

    statements: tuple[Statement, ...]
    id: str = ""
    version: str = _EARLIER

    @property
    def names_principals(self) -> bool:
        """Whether a statement names principals, as no identity policy does."""
        return any(statement.principals is not None for statement in self.statements)

    @property
    def lacks_principals(self) -> bool:
        """Whether a statement names none, as no resource's policy does."""
        return any(statement.principals is None for statement in self.statements)

    @classmethod
    def parse(cls, document: str | Mapping[str, Any]) -> Policy:
        """A policy document, as JSON text or as what that parses to.

        Follows the IAM user guide, "Grammar of the IAM JSON policy language". What only one service refuses (the size,
        its own actions) is not asked here.

        Raises:
            PolicyError: What AWS would refuse; `where` is the path, such as `Statement[1].Condition.StringLike`.
        """
        members = as_document(document)
        for name in members:
            if name not in _ELEMENTS:
                raise PolicyError(
                    f'A policy has no element "{name[:80]}".',
                    where=name[:80],
                    remedy=f"It has {', '.join(_ELEMENTS)}, spelled so.",
                )
        version = as_text(members.get("Version", _EARLIER), "Version")
        if version not in {_EARLIER, _CURRENT}:
            raise PolicyError(f"AWS knows no version {version[:80]!r}.", where="Version", remedy=f'Write "{_CURRENT}".')
        if "Statement" not in members:
            raise PolicyError("The policy has no Statement.", where="Statement", remedy="Add one.")
        body = members["Statement"]
        if isinstance(body, list | tuple) and not body:
            raise PolicyError(
                "The policy has no statements.", where="Statement", remedy="Add one, or remove the policy."
            )
        places = (
            [(f"Statement[{index}]", element) for index, element in enumerate(body)]
            if isinstance(body, list | tuple)
            else [("Statement", body)]
        )
        statements = tuple(
            parse_statement(element, number, where, variables=version == _CURRENT)
            for number, (where, element) in enumerate(places, 1)
        )
        _check_sids(statements)
        return cls(statements, as_text(members.get("Id", ""), "Id"), version)


def _check_sids(statements: tuple[Statement, ...]) -> None:
    """Refuse a Sid that stands twice, as IAM does in identity and trust policies ("IAM JSON policy elements: Sid").

    What the other services do is not documented, so their policies (with Principal and Resource) pass.
    """
    seen: dict[str, int] = {}
    for statement in statements:
        if statement.principals is not None and statement.resources is not None:
            continue
        if statement.sid and statement.sid in seen:
            raise PolicyError(
                f'Two statements have the Sid "{statement.sid[:80]}".',
                where=f"Statement[{statement.number - 1}].Sid",
                remedy=f"Statement[{seen[statement.sid]}] has it too: rename one.",
            )
        seen[statement.sid] = statement.number - 1
