"""The ledger's records as JSON, in the shape that docs/cli.md describes."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from eventyard.local.ledger import readable

if TYPE_CHECKING:
    from eventyard.local.ledger import Balance, Delivery, Edge, Event, Happening, Story


def moment(seconds: float) -> str:
    """`2026-01-31T12:00:00.000Z`."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def event(found: Event) -> dict[str, Any]:
    """An event. `source` and `detail_type` are empty where it is none of a bus's."""
    envelope = envelope_of(found)
    return {
        "id": found.id,
        "kind": found.kind,
        "to": found.to,
        "title": found.title,
        "line": f"{found.title} → {readable(found.to)}",
        "source": envelope.get("source", ""),
        "detail_type": envelope.get("detail-type", ""),
        "time": moment(found.time),
        "content": found.content,
        "causes": [asdict(cause) for cause in found.causes],
    }


def envelope_of(found: Event) -> dict[str, Any]:
    """The envelope of what came to a bus; empty for messages and the like."""
    if found.kind not in {"event", "schedule"}:
        return {}
    envelope: dict[str, Any] = json.loads(found.content)
    return envelope


def edge(found: Edge) -> dict[str, str]:
    """An edge, with its ends' ARNs, and a line that people read."""
    line = f"{readable(found.source)} → {readable(found.target)}"
    return {"kind": found.kind, "source": found.source, "target": found.target, "via": found.via, "line": line}


def delivery(found: Delivery) -> dict[str, Any]:
    """A delivery, with all its attempts."""
    return {
        "number": found.number,
        "event_id": found.event_id,
        "parent": found.parent,
        "edge": edge(found.edge),
        "fate": found.fate,
        "code": found.code,
        "reason": found.reason,
        "unenforced": found.unenforced,
        "attempts": [
            {"time": moment(one.time), "code": one.code, "reason": one.reason, "log": one.log} for one in found.attempts
        ],
    }


def balance(found: Balance) -> dict[str, Any]:
    """The books."""
    return {**asdict(found), "holds": found.holds}


def story(found: Story) -> dict[str, Any]:
    """An event's whole way; `lines` tell it to people."""
    return {
        "event_id": found.chapters[0].event.id,
        "chapters": [
            {
                "event": event(chapter.event),
                "deliveries": [delivery(one) for one in chapter.deliveries],
                "kept_away": [
                    {"parent": parent, "edge": edge(there), "by": by} for parent, there, by in chapter.kept_away
                ],
            }
            for chapter in found.chapters
        ],
        "lines": list(found.lines()),
    }


def happening(found: Happening) -> dict[str, Any]:
    """What tail tells: an event as a whole; of a delivery its edge, and its fate or what its last attempt came to."""
    told: dict[str, Any] = {"number": found.number, "time": moment(found.time)}
    if found.delivery is None:
        return {**told, "what": "event", **({"event": event(found.event)} if found.event else {})}
    ended = found.delivery
    code, reason = ended.code, ended.reason
    if ended.fate == "pending":
        code, reason = ended.attempts[-1].code, ended.attempts[-1].reason
    return {
        **told,
        "what": "attempt" if ended.fate == "pending" else "fate",
        "event_id": ended.event_id,
        "title": found.event.title if found.event else "",
        "edge": edge(ended.edge),
        "fate": ended.fate,
        "code": code,
        "reason": reason,
        "attempts": len(ended.attempts),
    }
