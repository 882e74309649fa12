"""A statement's Principal or NotPrincipal, and whether it names a caller.

Follows the IAM user guide, "AWS JSON policy elements: Principal" and "NotPrincipal". A CanonicalUser is read and never
recognised: which account it stands for is known to S3 alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from eventyard.errors import PolicyError
from eventyard.policies.caller import Caller, CallerKind
from eventyard.policies.reading import as_object, as_texts


class Naming(Enum):
    """How a Principal element names a caller."""

    NOT = "not"
    ACCOUNT = "account"  # only its account: in its own account that leaves the decision to the account's own policies
    DIRECTLY = "directly"  # itself, its role, its service, or everyone


_ACCOUNT = re.compile(r"(?:arn:[\w-]+:iam::)?(?P<account>\d{12})(?::root)?", re.ASCII)
_ENTITY = re.compile(
    r"arn:[\w-]+:(?:iam::(?P<account>\d{12}|cloudfront):(?:role|user)/(?:[^*?]*/)?(?P<name>[^*?/]+)"
    r"|sts::\d{12}:(?:assumed-role/[^*?/]+/[^*?/]+|federated-user/[^*?/]+))"
)
# What AWS shows instead of the ARN of a role or user that was deleted.
_UNIQUE_ID = re.compile(r"A[A-Z]{3}[A-Z0-9]{12,124}")
_SERVICE = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.ASCII)
_TYPES = ("AWS", "Service", "Federated", "CanonicalUser")


@dataclass(frozen=True, slots=True)
class Principals:
    """The principals of an element, or with `inverted` all but these."""

    written: tuple[str, ...]
    inverted: bool
    everyone: bool
    accounts: frozenset[str]
    arns: frozenset[str]
    roles: frozenset[tuple[str, str]]  # account and name: what a session's ARN tells of its role
    others: frozenset[str]  # services and federated identities

    def naming(self, caller: Caller) -> Naming:
        """How the element covers a caller.

        NotPrincipal covers all whom its list does not exempt. To be exempt, a caller's account must be listed, and the
        role, and for a session the session too: AWS "might" check each of them, so each that is missing denies here.
        """
        if self.inverted:
            return Naming.NOT if self._exempts(caller) else Naming.DIRECTLY
        if self.everyone or self._lists(caller):
            return Naming.DIRECTLY
        return Naming.ACCOUNT if caller.account and caller.account in self.accounts else Naming.NOT

    def _lists(self, caller: Caller) -> bool:
        match caller.kind:
            case CallerKind.ROOT:
                return caller.account in self.accounts
            case CallerKind.SERVICE | CallerKind.FEDERATED:
                return caller.text in self.others
            case CallerKind.ROLE if caller.is_session:
                return caller.text in self.arns or (caller.account, caller.role) in self.roles
            case _:
                return caller.text in self.arns

    def _exempts(self, caller: Caller) -> bool:
        if self.everyone:
            return True
        if not caller.account or caller.kind is CallerKind.ROOT:
            return self._lists(caller)
        role = not caller.is_session or (caller.account, caller.role) in self.roles
        return caller.account in self.accounts and caller.text in self.arns and role


def parse_principals(element: object, where: str, *, inverted: bool) -> Principals:
    """A Principal or NotPrincipal element.

    Raises:
        PolicyError: An unknown type of principal, or one that AWS does not take: wildcards within an ARN, for example.
    """
    if isinstance(element, str):
        if element != "*":
            raise PolicyError(
                f"{element[:80]!r} is no principal.",
                where=where,
                remedy='Write "*", or an object such as {"Service": "events.amazonaws.com"}.',
            )
        return _made(("*",), (), inverted=inverted)
    aws: tuple[str, ...] = ()
    others: list[str] = []
    members = as_object(element, where)
    if not members:
        raise PolicyError("No principal is named.", where=where, remedy="Name one, or remove the statement.")
    for kind, values in members.items():
        path = f"{where}.{kind}"
        if kind not in _TYPES:
            raise PolicyError(
                f'AWS knows no principals of type "{kind[:80]}".', where=path, remedy=f"It knows {', '.join(_TYPES)}."
            )
        texts = as_texts(values, path)
        for text in texts:
            _check(kind, text, path)
        if kind == "AWS":
            aws = texts
        elif kind != "CanonicalUser":
            others.extend(texts)
    return _made(aws, tuple(others), inverted=inverted)


def _check(kind: str, text: str, where: str) -> None:
    if kind == "AWS" and not (
        text == "*" or _ACCOUNT.fullmatch(text) or _ENTITY.fullmatch(text) or _UNIQUE_ID.fullmatch(text)
    ):
        raise PolicyError(
            f"{text[:200]!r} is no AWS principal.",
            where=where,
            remedy="Write an account, the ARN of its root, of a role, user or session, or * alone: "
            "no wildcard stands for a part of an ARN. Narrow * with a condition on aws:PrincipalArn.",
        )
    if kind == "Service" and not _SERVICE.fullmatch(text):
        raise PolicyError(
            f"{text[:200]!r} is no service.",
            where=where,
            remedy="Write its name in full, such as events.amazonaws.com.",
        )


def _made(aws: tuple[str, ...], others: tuple[str, ...], *, inverted: bool) -> Principals:
    accounts = frozenset(found["account"] for text in aws if (found := _ACCOUNT.fullmatch(text)))
    entities = [(text, found) for text in aws if (found := _ENTITY.fullmatch(text))]
    return Principals(
        written=(*aws, *others) or ("a canonical user",),
        inverted=inverted,
        everyone="*" in aws,
        accounts=accounts,
        arns=frozenset(text for text, _ in entities),
        roles=frozenset((found["account"], found["name"]) for text, found in entities if ":role/" in text),
        others=frozenset(others),
    )
