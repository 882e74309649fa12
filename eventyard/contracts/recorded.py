"""Contracts on record: one JSON file for each version of each event type, kept in the repository.

A record is what consumers were promised. It changes only where nobody can be hurt by it, and only when asked.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from eventyard.contracts.compatibility import breaking_changes
from eventyard.contracts.finding import Finding
from eventyard.contracts.schema import Schema, detail_schema, rewritten
from eventyard.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eventyard.contracts.event_type import EventType


def check_recorded(events: Iterable[type[EventType]], folder: str | Path, *, record: bool = False) -> list[Finding]:
    """What the event types of today break of what is on record; empty when every promise is kept.

    Args:
        events: All event types, each version a class.
        folder: Where the records are.
        record: Write what is new and harmless: versions without a record, fields that were added. A record that a
            change would break is never written over: raise the version of the event type instead.

    Raises:
        ContractError: Two event types have the same detail type, or a record is no JSON object.
    """
    folder = Path(folder)
    findings: list[Finding] = []
    names: set[str] = set()
    for event in events:
        name = f"{event.contract.detail_type}.json"
        if name in names:
            raise ContractError(
                "two event types have this detail type: no rule could tell them apart.",
                where=event.contract.detail_type,
                remedy="Give the newer one a version, or a detail type of its own.",
            )
        names.add(name)
        findings += _check(event, folder / name, record=record)
    for file in sorted(folder.glob("*.json")):
        if file.name not in names:
            message = (
                f"{file.stem} is on record, and no event type has it: delete {file} when its last consumer is gone."
            )
            findings.append(Finding("gone", file.stem, "", message))
    return findings


def _check(event: type[EventType], file: Path, *, record: bool) -> list[Finding]:
    contract = event.contract
    current = _record_of(event)
    recorded = _read(file)
    if recorded == current:
        return []
    if recorded is not None:
        broken = breaking_changes(recorded.get("schema", {}), current["schema"], event=contract.detail_type)
        if lost := sorted(set(recorded.get("sources", ())) - set(contract.sources)):
            said = (
                f"{contract.detail_type}: source {', '.join(lost)} no longer publishes it: rules that name it go deaf."
            )
            broken.append(Finding("removed", contract.detail_type, "source", said))
        if broken:
            return broken
    if record:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(current, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        return []
    what = "differs from its record, harmlessly" if recorded else "has no record"
    return [Finding("unrecorded", contract.detail_type, "", f"{contract.detail_type} {what} ({file}): record it.")]


def _record_of(event: type[EventType]) -> Schema:
    contract = event.contract
    return {
        "version": contract.version,
        "sources": sorted(contract.sources),
        "schema": rewritten(detail_schema(event), _promised),
    }


def _promised(schema: Schema) -> Schema:
    """A schema without what promises nothing: better words are no change."""
    return {keyword: value for keyword, value in schema.items() if keyword not in ("description", "examples")}


def _read(file: Path) -> Schema | None:
    if not file.exists():
        return None
    try:
        recorded = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ContractError(f"this record is no JSON: {error}.", where=str(file)) from error
    if not isinstance(recorded, dict):
        raise ContractError("this record is no JSON object.", where=str(file))
    return recorded
