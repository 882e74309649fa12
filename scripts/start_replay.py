"""Replay an archive's events to its bus, to all of its rules or to some, and wait for the end.

    python scripts/start_replay.py orders --since 2026-01-01T08:00:00Z --until 2026-01-01T09:00:00Z --rule Invoices

Without --rule every rule that matches gets the events again, and its consumers must bear hearing them twice. They come
in no order beyond that of minutes, and carry `replay-name`. Credentials and Region are the SDK's own business.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-replay-archived-event.html
"""

import argparse
import sys
import time
from datetime import UTC, datetime

import boto3

ENDS = {"COMPLETED", "CANCELLED", "FAILED"}


def main() -> None:
    """Start it and wait; exit with 1 unless it completes."""
    parser = argparse.ArgumentParser(description="Replay an archive's events.")
    parser.add_argument("archive", help="the archive's name")
    parser.add_argument("--since", required=True, type=moment, help="ISO 8601, with its zone")
    parser.add_argument("--until", type=moment, default=datetime.now(UTC), help="likewise; now without it")
    parser.add_argument("--rule", action="append", default=[], help="the name of a rule to replay to; may be repeated")
    parser.add_argument("--name", help="the replay's name; archive and time without it")
    parser.add_argument("--every", type=float, default=5, metavar="SECONDS", help="how often to look (default: 5)")
    given = parser.parse_args()

    events = boto3.client("events")
    archive = events.describe_archive(ArchiveName=given.archive)
    bus = archive["EventSourceArn"]
    rules = [events.describe_rule(Name=rule, EventBusName=bus)["Arn"] for rule in given.rule]
    name = given.name or f"{given.archive[:40]}-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    print(f"Replay {name} from {given.since.isoformat()} until {given.until.isoformat()}")
    events.start_replay(
        ReplayName=name,
        EventSourceArn=archive["ArchiveArn"],
        EventStartTime=given.since,
        EventEndTime=given.until,
        Destination={"Arn": bus, "FilterArns": rules} if rules else {"Arn": bus},
    )
    while (replay := events.describe_replay(ReplayName=name))["State"] not in ENDS:
        print(f"{replay['State']}, as far as {replay.get('EventLastReplayedTime', 'nothing yet')}")
        time.sleep(given.every)
    print(f"{replay['State']} {replay.get('StateReason', '')}".rstrip())
    sys.exit(0 if replay["State"] == "COMPLETED" else 1)


def moment(text: str) -> datetime:
    """A time that says where it is meant."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text} has no zone: write {text}Z for UTC")
    return found


if __name__ == "__main__":
    main()
