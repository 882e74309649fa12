"""Callers, statements and values as a message names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.policies.caller import Caller, CallerKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eventyard.policies.outcome import Found

_ARN_PARTS = 6
_SHOWN = 3
_LONGEST = 200
# What an aws:SourceArn is, by its service.
_SOURCES = {"s3": "the bucket", "sns": "the topic", "sqs": "the queue", "lambda": "the function"}


def who(caller: Caller) -> str:
    """The caller: `events.amazonaws.com`, `role publisher`, `the root user of 111111111111`."""
    match caller.kind:
        case CallerKind.ANONYMOUS:
            return "callers without credentials"
        case CallerKind.ROOT:
            return f"the root user of {caller.account}"
        case CallerKind.ROLE if caller.is_session:
            return f"role {caller.role} (session {clipped(caller.text.rpartition('/')[2])})"
        case CallerKind.ROLE:
            return f"role {caller.role}"
        case CallerKind.USER:
            return f"user {caller.arn.rpartition('/')[2]}"
        case _:
            return clipped(caller.text)


def which(found: Found) -> str:
    """The statement: `statement 2 (OnlyOrders)`, with its policy's number where there are several."""
    statement = found.statement
    sid = f" ({clipped(statement.sid)})" if statement.sid else ""
    policy = f" of policy {found.policy + 1}" if len(found.side.policies) > 1 else ""
    return f"statement {statement.number}{sid}{policy}"


def listed(texts: Sequence[str], last: str = "or") -> str:
    """`a, b or c`; of many the first few, and how many more."""
    shown = [clipped(text) or '""' for text in texts[:_SHOWN]]
    if len(texts) > _SHOWN:
        return f"{', '.join(shown)} {last} {len(texts) - _SHOWN} more"
    return f" {last} ".join(filter(None, (", ".join(shown[:-1]), shown[-1]))) if shown else "nothing"


def clipped(text: str) -> str:
    """A text, cut where nobody reads on."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def contrasted(wanted: Sequence[str], found: str) -> tuple[list[str], str]:
    """ARNs that differ only in what follows the account, without what they share."""
    parts = [text.split(":", _ARN_PARTS - 1) for text in (*wanted, found)]
    alike = all(len(part) == _ARN_PARTS and part[:5] == parts[-1][:5] for part in parts)
    return ([part[5] for part in parts[:-1]], parts[-1][5]) if alike else (list(wanted), found)


def source(key: str, value: str) -> str:
    """What a key's value is: `the rule`, `the topic`, or else `the request's`."""
    parts = value.split(":", _ARN_PARTS - 1)
    if key.lower() != "aws:sourcearn" or len(parts) < _ARN_PARTS:
        return "the request's"
    if parts[2] == "events":
        return "the rule" if parts[5].startswith("rule/") else "the request's"
    return _SOURCES.get(parts[2], "the request's")
