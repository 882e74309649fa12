"""Publish messages to a topic, ten a call, and again those that SNS did not take and is to blame for.

    python scripts/publish_batch.py messages.jsonl --topic arn:aws:sns:us-east-1:111111111111:shop-news

Each line is an entry of PublishBatch as JSON, without its Id: Message, and what else the topic's subscribers filter by.
One batch is sent after the other, as a FIFO topic wants it. Credentials and Region are the SDK's own business.

https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
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
MOST_BYTES = 262_144  # of all messages of a call together, with their attributes
TRIES = 5

Message = dict[str, Any]


def main() -> None:
    """Publish the file; exit with 1 when a message was not taken."""
    parser = argparse.ArgumentParser(description="Publish messages to a topic.")
    parser.add_argument("file", type=Path, help="JSON lines, each with Message")
    parser.add_argument("--topic", required=True, help="the topic's ARN")
    given = parser.parse_args()

    sns, taken, failed = boto3.client("sns"), 0, 0
    for batch in batches(messages(given.file)):
        left = batch
        for attempt in range(TRIES):
            answer = sns.publish_batch(TopicArn=given.topic, PublishBatchRequestEntries=left)  # type: ignore[arg-type]  # from a file
            taken += len(answer["Successful"])
            again = set()
            for one in answer["Failed"]:
                # What the sender is to blame for fails every time.
                if not one["SenderFault"] and attempt + 1 < TRIES:
                    again.add(one["Id"])
                else:
                    failed += 1
                    print(f"line {one['Id']}: {one['Code']}: {one.get('Message')}", file=sys.stderr)
            left = [message for message in left if message["Id"] in again]
            if not left:
                break
            time.sleep(0.1 * 2**attempt)
    print(f"{taken} messages were taken, {failed} were not.")
    sys.exit(1 if failed else 0)


def messages(file: Path) -> Iterator[Message]:
    """The file's lines; the Id of each is its number."""
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield {**json.loads(line), "Id": str(number)}


def batches(found: Iterator[Message]) -> Iterator[list[Message]]:
    """As few calls as the limits allow."""
    batch: list[Message] = []
    for message in found:
        if batch and (len(batch) == MOST_ENTRIES or sum(map(size, [*batch, message])) > MOST_BYTES):
            yield batch
            batch = []
        batch.append(message)
    if batch:
        yield batch


def size(message: Message) -> int:
    """Bytes as SNS counts them: the message, and its attributes with their names and types."""
    texts = [message["Message"]]
    for name, attribute in message.get("MessageAttributes", {}).items():
        texts += [name, attribute["DataType"], attribute["StringValue"]]
    return sum(len(text.encode()) for text in texts)


if __name__ == "__main__":
    main()
