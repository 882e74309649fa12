"""Whether a pattern reads only what its events have.

A pattern with a typo is deployed without a word and never matches. Here it is a finding, with the name that was meant.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from eventyard.contracts.finding import Finding
from eventyard.contracts.landing import landings, names_at
from eventyard.contracts.possible import is_possible
from eventyard.contracts.schema import Schema, choices, detail_schema, values_of
from eventyard.patterns import EventPattern, FilterPolicy
from eventyard.patterns.operators.exact import Exact
from eventyard.patterns.operators.exists import Exists
from eventyard.patterns.tree import Field, alternatives

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from eventyard.contracts.event_type import EventType

_SELECTING = ("source", "detail-type")
_TEXT: Schema = {"type": "string"}


def selected(pattern: EventPattern | Mapping[str, Any], events: Iterable[type[EventType]]) -> list[type[EventType]]:
    """The event types that a pattern selects by `source` and `detail-type`, in their order.

    Raises:
        PatternError: AWS would refuse the pattern.
    """
    parsed = pattern if isinstance(pattern, EventPattern) else EventPattern.parse(pattern)
    unfolded = alternatives(parsed.tree)
    return [event for event in events if any(_selects(fields, event) for fields in unfolded)]


def fields_missing(
    pattern: EventPattern | FilterPolicy | Mapping[str, Any], events: Iterable[type[EventType]]
) -> list[Finding]:
    """What a pattern reads that its events do not have, or wants that they cannot be; empty when all is well.

    A type that the pattern selects has to have every field that it names. One that is only not excluded (the pattern
    does not say a `detail-type`) need not, as long as another one has it.

    Args:
        pattern: An event pattern, parsed or as PutRule takes it, or a filter policy over message bodies.
        events: The event types there are; for a filter policy those that its topic receives (`selected` says which).

    Raises:
        PatternError: AWS would refuse the pattern.
    """
    known = tuple(events)
    parsed = EventPattern.parse(pattern) if not isinstance(pattern, EventPattern | FilterPolicy) else pattern
    if isinstance(parsed, FilterPolicy) and parsed.scope == "MessageAttributes":
        return []  # attributes are the publisher's, not the event's
    found = [finding for fields in alternatives(parsed.tree) for finding in _check(fields, known)]
    return list(dict.fromkeys(found))  # branches of $or share what stands beside them


def _check(fields: Mapping[str, Field], events: Sequence[type[EventType]]) -> list[Finding]:
    """One combination of the pattern's branches."""
    if _is_for_aws(fields):
        return []
    found = [finding for name in _SELECTING if name in fields for finding in _check_selecting(fields[name], events)]
    chosen = [event for event in events if _selects(fields, event)]
    if not chosen:
        if not found:
            wanted = " and ".join(f"{name} {_wanted(fields[name])}" for name in _SELECTING if name in fields)
            found = [Finding("no-such-event", "", "detail-type", f"No event type has {wanted or 'any of this'}.")]
        return found
    envelopes = {event: _envelope(event) for event in chosen}
    for field in fields.values():
        if field.path in _SELECTING:
            continue
        having = [event for event in chosen if landings(envelopes[event], field.steps)]
        asked = having if having and "detail-type" not in fields else chosen
        for event in asked:
            found += _check_field(field, event, envelopes[event])
    return found


def _check_selecting(field: Field, events: Sequence[type[EventType]]) -> list[Finding]:
    """Each source and each detail type that is wanted has to be that of some event."""
    have = {
        value
        for event in events
        for value in (event.contract.sources if field.path == "source" else (event.contract.detail_type,))
    }
    return [
        Finding(
            "no-such-event",
            "",
            field.path,
            f"{field.path} {wanted.wanted()}: no event type has it.{_meant(wanted, have)}",
        )
        for wanted in field.values
        if not any(wanted.matches(value) for value in have)
    ]


def _check_field(field: Field, event: type[EventType], envelope: Schema) -> list[Finding]:
    name, at = event.contract.detail_type, landings(envelope, field.steps)
    if not at:
        return [
            Finding("no-such-field", name, field.path, f"{name} has no field {field.path}.{_near(field, envelope)}")
        ]
    if not any(landing.is_leaf for landing in at):
        inside = ", ".join(f"{field.path}.{inner}" for inner in names_at(envelope, field.steps))
        said = f"{name}: {field.path} is an object, which no value matches: name a field in it ({inside or 'any'})."
        return [Finding("no-leaf", name, field.path, said)]
    values = {value for landing in at for value in values_of(landing.schema) or () if isinstance(value, str)}
    return [
        Finding(
            "impossible",
            name,
            field.path,
            f"{name}: {field.path} is always there."
            if wanted == Exists(present=False)
            else f"{name}: {field.path} is never {wanted.wanted()}.{_meant(wanted, values)}",
        )
        for wanted in field.values
        if not is_possible(wanted, at)
    ]


def _selects(fields: Mapping[str, Field], event: type[EventType]) -> bool:
    contract = event.contract
    return ("source" not in fields or any(map(fields["source"].accepts, contract.sources))) and (
        "detail-type" not in fields or fields["detail-type"].accepts(contract.detail_type)
    )


def _is_for_aws(fields: Mapping[str, Field]) -> bool:
    """Whether it asks for events of AWS's own services only, which are no types of ours."""
    wanted = fields["source"].values if "source" in fields else ()
    texts = [one.value for one in wanted if isinstance(one, Exact) and isinstance(one.value, str)]
    return bool(wanted) and len(texts) == len(wanted) and all(text.startswith("aws.") for text in texts)


def _envelope(event: type[EventType]) -> Schema:
    """The schema of an event as a rule sees it, `$defs` included."""
    detail = detail_schema(event)
    definitions = detail.pop("$defs", {})
    texts = ("version", "id", "detail-type", "source", "account", "time", "region")
    return {
        "type": "object",
        "required": [*texts, "resources", "detail"],
        "properties": {
            **dict.fromkeys(texts, _TEXT),
            "resources": {"type": "array", "items": _TEXT},
            "replay-name": _TEXT,  # in replayed events only
            "detail": detail,
        },
        "$defs": definitions,
    }


def _near(field: Field, envelope: Schema) -> str:
    """The fields that may have been meant: those of the last object on the way that there is, else any of that name."""
    for taken in range(len(field.steps) - 1, -1, -1):
        there, missing = field.steps[:taken], field.steps[taken]
        if names := names_at(envelope, there):
            paths = _places(envelope, field) or [
                ".".join((*there, name)) for name in get_close_matches(missing, names, n=1)
            ]
            has = f" It has {', '.join('.'.join((*there, name)) for name in names)}."
            return f" Did you mean {' or '.join(paths)}?" if paths else has
    return ""


def _places(envelope: Schema, field: Field) -> list[str]:
    """Where else in the event a field of that name stands: it is written a level too high or too deep."""
    found: list[str] = []
    todo: list[tuple[tuple[str, ...], Schema]] = [((), envelope)]
    while todo:
        there, schema = todo.pop(0)
        for one in choices(schema, envelope["$defs"]):
            if one.get("type") == "array" and isinstance(one.get("items"), dict):
                todo.append((there, one["items"]))
            for name, inner in one.get("properties", {}).items():
                if name == field.steps[-1]:
                    found.append(".".join((*there, name)))
                if len(there) < 5:  # noqa: PLR2004  # a type may contain itself
                    todo.append(((*there, name), inner))
    return found[:3]


def _meant(wanted: object, values: Iterable[str]) -> str:
    text = getattr(wanted, "value", getattr(wanted, "text", None))
    close = get_close_matches(text, list(values), n=1, cutoff=0.5) if isinstance(text, str) else []
    if close:
        return f' Did you mean "{close[0]}"?'
    return f" It is one of {', '.join(sorted(values))}." if values else ""


def _wanted(field: Field) -> str:
    return " or ".join(one.wanted() for one in field.values)
