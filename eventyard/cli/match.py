"""`eventyard match`: does this event match this pattern, and why, or why not."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from eventyard.cli._given import answering, object_of, printable, text_of
from eventyard.errors import EventyardError
from eventyard.patterns import EventPattern, FilterPolicy

if TYPE_CHECKING:
    from eventyard.patterns.explanation import Explanation


@click.command("match")
@click.argument("pattern")
@click.argument("event")
@click.option(
    "--filter-policy",
    "scope",
    type=click.Choice(["MessageBody", "MessageAttributes"]),
    help="PATTERN is an SNS filter policy, EVENT a message's body, or its attributes as Publish takes them.",
)
@click.option("--json", "as_json", is_flag=True, help="The explanation as JSON.")
def command(pattern: str, event: str, scope: str | None, *, as_json: bool) -> None:
    """Tell whether an event matches a pattern, and why or why not.

    PATTERN and EVENT are JSON text, a file name, or - for standard input. EVENT is the whole envelope, with source,
    detail-type and detail.

    Exits with 0 when it matches, 1 when it does not, 2 when either is not what it should be.
    """
    with answering():
        if pattern == event == "-":
            raise EventyardError(
                "standard input holds one of PATTERN and EVENT, not both.", remedy="Give the other as text or file."
            )
        explanation = _explained(text_of(pattern, "PATTERN"), text_of(event, "EVENT"), scope)
    click.echo(json.dumps(asdict(explanation), indent=2) if as_json else printable(str(explanation)))
    sys.exit(0 if explanation.matches else 1)


def _explained(pattern: str, event: str, scope: str | None) -> Explanation:
    if scope is None:
        return EventPattern.parse(pattern).explain(event)
    policy = FilterPolicy.parse(pattern, scope)
    if scope == "MessageBody":
        return policy.explain(body=event)
    return policy.explain(attributes=_attributes(event))


def _attributes(text: str) -> dict[str, dict[str, object]]:
    """Message attributes as Publish takes them.

    https://docs.aws.amazon.com/sns/latest/api/API_MessageAttributeValue.html
    """
    attributes = object_of(text, "EVENT")
    for name, attribute in attributes.items():
        if not isinstance(attribute, dict) or not isinstance(attribute.get("DataType"), str):
            raise EventyardError(
                "a message attribute is an object with a DataType.",
                where=f"EVENT.{name}",
                remedy=f'Write "{name}": {{"DataType": "String", "StringValue": "..."}}.',
            )
    return attributes
