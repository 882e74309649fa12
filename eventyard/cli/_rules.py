"""A deployed bus and its rules, read as anyone would read them: with boto3."""

from __future__ import annotations

import json
from dataclasses import dataclass
from textwrap import dedent
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from eventyard.errors import EventyardError, PatternError
from eventyard.local import readable
from eventyard.patterns import EventPattern
from eventyard.patterns.dialect import PATTERN_CHARACTERS_RAISED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from eventyard.local import LocalCloud
    from eventyard.patterns.explanation import Explanation

_NO_ID = "00000000-0000-0000-0000-000000000000"
_ENTRY = ("Source", "DetailType", "Detail")


class Clouds(Protocol):
    """A local cloud, in this process or served by another one."""

    def client(self, service: str, *, account: str, region: str) -> Any:  # noqa: ANN401  # boto3's own dynamic type
        """A boto3 client of an account and Region."""


@dataclass(frozen=True, slots=True)
class Bus:
    """A bus, and where it is."""

    name: str
    arn: str
    account: str
    region: str

    def __str__(self) -> str:
        """`commerce (111111111111 us-east-1)`."""
        return f"{self.name} ({self.account} {self.region})"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule makes of an event.

    Attributes:
        rule: Its name, readable where CloudFormation made it.
        arn: Its ARN.
        enabled: A disabled rule hears nothing.
        matches: Whether it is enabled and its pattern matches.
        explanation: What its pattern says.
    """

    rule: str
    arn: str
    enabled: bool
    matches: bool
    explanation: Explanation

    @property
    def distance(self) -> tuple[float, ...]:
        """What orders verdicts: matches, then the nearest miss (fewest fields, then least far off)."""
        nearest = self.explanation.alternatives[0]
        missed = nearest.missed
        return (not self.matches, len(missed), sum(finding.distance for finding in missed))

    def lines(self) -> list[str]:
        """Why it does not match, or what there is to match."""
        if self.explanation.matches and not self.enabled:
            return ["The rule is disabled; its pattern matches."]
        verdict, _, reasons = str(self.explanation).partition("\n")
        return dedent(reasons or verdict).splitlines()


def the_bus(
    cloud: Clouds, places: Iterable[tuple[str, str]], wanted: str, *, account: str | None, region: str | None
) -> Bus:
    """The one bus of that name (or ARN) in the account and Region, where they are given.

    Args:
        cloud: Where the buses are.
        places: The accounts and Regions that have any.
        wanted: A name or an ARN.
        account: Where it is, if not in any.
        region: Likewise.

    Raises:
        EventyardError: there is none, or more than one; the message lists the buses there are.
    """
    buses = [bus for place in sorted(places) for bus in _buses(cloud, *place)]
    found = [
        bus
        for bus in buses
        if wanted in (bus.name, bus.arn) and account in (None, bus.account) and region in (None, bus.region)
    ]
    if len(found) == 1:
        return found[0]
    asked = {"bus": wanted, "account": account, "region": region}
    where = " ".join(f"--{name} {value}" for name, value in asked.items() if value)
    if found:
        raise EventyardError(
            f"{len(found)} buses have that name: {', '.join(map(str, found))}.",
            where=where,
            remedy="Say which with --account and --region.",
        )
    there = f"There are {', '.join(map(str, buses))}." if buses else "Nothing is deployed."
    raise EventyardError("there is no such bus.", where=where, remedy=there)


def whole_event(cloud: LocalCloud, bus: Bus, given: Mapping[str, Any]) -> dict[str, Any]:
    """The event as the bus's rules see it.

    An entry of PutEvents (its Detail may also be an object) becomes what PutEvents makes of it. An envelope needs
    source, detail-type and detail; what else it lacks is made up.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html

    Raises:
        EventyardError: something is missing or wrong; `where` is the field.
    """
    if any(name in given for name in _ENTRY):
        return _published(cloud, bus, given)
    for name, kind, form in (
        ("source", str, '"shop.web"'),
        ("detail-type", str, '"OrderPlaced"'),
        ("detail", dict, "{...}"),
    ):
        if not isinstance(given.get(name), kind):
            raise EventyardError(
                "it is missing." if name not in given else "it is of the wrong type.",
                where=f"EVENT.{name}",
                remedy=f'Write "{name}": {form}, or an entry of PutEvents with {", ".join(_ENTRY)}.',
            )
    made_up = {
        "version": "0",
        "id": _NO_ID,
        "account": bus.account,
        "time": cloud.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": bus.region,
        "resources": [],
    }
    return {**made_up, **given}


def verdicts(cloud: Clouds, bus: Bus, event: Mapping[str, Any]) -> list[Verdict]:
    """What every rule with a pattern makes of the event: matches first, then the nearest miss.

    The rules that archives make for themselves are not asked.

    Raises:
        PatternError: a rule's pattern is one that AWS would have refused; `where` is the rule and the path.
    """
    client = cloud.client("events", account=bus.account, region=bus.region)
    rules = _all(client.list_rules, "Rules", EventBusName=bus.arn)
    found = [_verdict(bus, rule, event) for rule in rules if rule.get("EventPattern") and not rule.get("ManagedBy")]
    return sorted(found, key=lambda verdict: (*verdict.distance, verdict.rule))


def _verdict(bus: Bus, rule: Mapping[str, Any], event: Mapping[str, Any]) -> Verdict:
    name = readable(rule["Arn"]).removeprefix("rule/").removeprefix(f"{bus.name}/")
    try:
        explanation = EventPattern.parse(rule["EventPattern"], max_characters=PATTERN_CHARACTERS_RAISED).explain(event)
    except PatternError as error:
        raise PatternError(error.message, where=f"{name}: {error.where}", remedy=error.remedy) from None
    enabled = rule.get("State") != "DISABLED"
    return Verdict(name, rule["Arn"], enabled, enabled and explanation.matches, explanation)


def _published(cloud: LocalCloud, bus: Bus, entry: Mapping[str, Any]) -> dict[str, Any]:
    detail = entry.get("Detail")
    text = json.dumps(detail, ensure_ascii=False) if isinstance(detail, dict) else detail
    client = cloud.client("events", account=bus.account, region=bus.region)
    try:
        answer = client.put_events(Entries=[{**entry, "Detail": text or "", "EventBusName": bus.arn}])["Entries"][0]
    except ClientError as error:
        raise _refused(error.response["Error"].get("Message", str(error))) from None
    except BotoCoreError as error:
        raise _refused(" ".join(str(error).split())) from None
    if "EventId" not in answer:
        raise _refused(f"{answer['ErrorCode']}: {answer['ErrorMessage']}")
    event: dict[str, Any] = next(
        json.loads(event.content) for event in cloud.ledger.events if event.id == answer["EventId"]
    )
    return event


def _refused(said: str) -> EventyardError:
    return EventyardError(
        f"PutEvents refuses it: {said.rstrip('.')}.",
        where="EVENT",
        remedy="Correct the entry, or give the whole envelope with source, detail-type and detail.",
    )


def _buses(cloud: Clouds, account: str, region: str) -> Iterator[Bus]:
    client = cloud.client("events", account=account, region=region)
    for bus in _all(client.list_event_buses, "EventBuses"):
        yield Bus(bus["Name"], bus["Arn"], account, region)


def _all(call: Callable[..., Mapping[str, Any]], key: str, **arguments: str) -> Iterator[Mapping[str, Any]]:
    """Every page: boto3 has no paginator for all of EventBridge's lists."""
    page = call(**arguments)
    yield from page[key]
    while token := page.get("NextToken"):
        page = call(**arguments, NextToken=token)
        yield from page[key]
