"""Move the messages of a dead-letter queue back to where they came from, or to another queue, and wait for the end.

    python scripts/redrive_queue.py orders-dead-letters --rate 50

Only what SQS itself has put there, after too many receives, knows where it came from: for the dead letters of a rule or
a subscription give --to. Credentials and Region are the SDK's own business.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
"""

import argparse
import sys
import time

import boto3

MOST_A_SECOND = 500


def main() -> None:
    """Start it and wait; exit with 1 unless it completes."""
    parser = argparse.ArgumentParser(description="Move the messages of a dead-letter queue back.")
    parser.add_argument("queue", help="the dead-letter queue's name")
    parser.add_argument("--to", help="the name of the queue that gets them")
    parser.add_argument("--rate", type=int, help=f"messages a second, at most {MOST_A_SECOND}; SQS chooses without it")
    parser.add_argument("--every", type=float, default=5, metavar="SECONDS", help="how often to look (default: 5)")
    given = parser.parse_args()

    sqs = boto3.client("sqs")

    def arn(queue: str) -> str:
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]

    source = arn(given.queue)
    asked = {"SourceArn": source}
    if given.to:
        asked["DestinationArn"] = arn(given.to)
    limit = {"MaxNumberOfMessagesPerSecond": given.rate} if given.rate else {}
    sqs.start_message_move_task(**asked, **limit)  # type: ignore[arg-type]  # texts, and one number
    while True:
        # The newest comes first, and there is only one at a time.
        (task, *_) = sqs.list_message_move_tasks(SourceArn=source)["Results"]
        moved, all_of_them = task.get("ApproximateNumberOfMessagesMoved", 0), task["ApproximateNumberOfMessagesToMove"]
        print(f"{task['Status']}: {moved} of {all_of_them} messages")
        if task["Status"] not in {"RUNNING", "CANCELLING"}:
            break
        time.sleep(given.every)
    print(task.get("FailureReason", ""), end="")
    sys.exit(0 if task["Status"] == "COMPLETED" else 1)


if __name__ == "__main__":
    main()
