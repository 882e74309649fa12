"""Publish events to a bus, ten a call, and again those that EventBridge did not take.

    python scripts/publish_events.py events.jsonl --bus commerce

Each line is an entry of PutEvents as JSON; its Detail may be an object. Credentials and Region are the SDK's own
business: AWS_PROFILE, AWS_DEFAULT_REGION. With AWS_ENDPOINT_URL=http://127.0.0.1:4599 they go to a local cloud.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3

MOST_ENTRIES = 10
MOST_BYTES = 1_048_575  # of all entries of a call together: "must be less than 1 MB"
# As the documentation of the result's ErrorCode has it; any other error comes again every time.
PASSING = {"InternalException", "InternalFailure", "ThrottlingException"}
TRIES = 5

Numbered = tuple[int, dict[str, Any]]


def main() -> None:
    """Publish the file; exit with 1 when an event was not taken."""
    parser = argparse.ArgumentParser(description="Publish events to a bus.")
    parser.add_argument("file", type=Path, help="JSON lines, each with Source, DetailType and Detail")
    parser.add_argument("--bus", required=True, help="the bus's name or ARN")
    given = parser.parse_args()

    events, taken, failed = boto3.client("events"), 0, 0
    for batch in batches(entries(given.file, given.bus)):
        left = batch
        for attempt in range(TRIES):
            answers = events.put_events(Entries=[entry for _, entry in left])["Entries"]  # type: ignore[misc]  # from a file
            again = []
            for event, answer in zip(left, answers, strict=True):
                if "ErrorCode" not in answer:
                    taken += 1
                elif answer["ErrorCode"] in PASSING and attempt + 1 < TRIES:
                    again.append(event)
                else:
                    failed += 1
                    print(f"line {event[0]}: {answer['ErrorCode']}: {answer.get('ErrorMessage')}", file=sys.stderr)
            left = again
            if not left:
                break
            time.sleep(0.1 * 2**attempt)
    print(f"{taken} events were taken, {failed} were not.")
    sys.exit(1 if failed else 0)


def entries(file: Path, bus: str) -> Iterator[Numbered]:
    """The file's lines as entries for the bus, with their numbers."""
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                entry = {**json.loads(line), "EventBusName": bus}
                if not isinstance(entry["Detail"], str):
                    entry["Detail"] = json.dumps(entry["Detail"])
                yield number, entry


def batches(events: Iterator[Numbered]) -> Iterator[list[Numbered]]:
    """As few calls as the limits allow."""
    batch: list[Numbered] = []
    for event in events:
        if batch and (len(batch) == MOST_ENTRIES or sum(size(entry) for _, entry in [*batch, event]) > MOST_BYTES):
            yield batch
            batch = []
        batch.append(event)
    if batch:
        yield batch


def size(entry: dict[str, Any]) -> int:
    """Bytes as EventBridge counts them.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevents-size
    """
    texts = [entry["Source"], entry["DetailType"], entry["Detail"], *entry.get("Resources", [])]
    return sum(len(text.encode()) for text in texts) + (14 if "Time" in entry else 0)


if __name__ == "__main__":
    main()
