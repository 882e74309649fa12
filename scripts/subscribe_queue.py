"""Subscribe a queue of this account to a topic of another one, so that messages really arrive.

    python scripts/subscribe_queue.py partner-inbox --topic arn:aws:sns:us-east-1:111111111111:shop-news
    python scripts/subscribe_queue.py partner-inbox --topic arn:... --topic-profile shop --filter '{"country": ["DE"]}'

Run it with the queue owner's credentials: then there is nothing to confirm. The topic has to admit the account: its
owner has done so, or --topic-profile names a profile of theirs. The queue is made to admit the topic. If a key of
AWS KMS encrypts it, that must be a key of one's own whose policy admits sns.amazonaws.com: alias/aws/sqs admits nobody.

https://docs.aws.amazon.com/sns/latest/dg/sns-send-message-to-sqs-cross-account.html
"""

import argparse
import json
from typing import Any

import boto3


def main() -> None:
    """Admit, admit, subscribe; each step may have been done before."""
    parser = argparse.ArgumentParser(description="Subscribe a queue to another account's topic.")
    parser.add_argument("queue", help="the queue's name")
    parser.add_argument("--topic", required=True, help="the topic's ARN")
    parser.add_argument("--topic-profile", help="a profile of the topic's account, to let this account subscribe")
    parser.add_argument("--filter", help="a filter policy over message attributes, as JSON")
    parser.add_argument("--raw", action="store_true", help="deliver the message alone, without SNS's envelope")
    given = parser.parse_args()

    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=given.queue)["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn", "Policy"])["Attributes"]

    if given.topic_profile:
        owner = boto3.Session(profile_name=given.topic_profile).client("sns")
        account = boto3.client("sts").get_caller_identity()["Account"]
        policy = owner.get_topic_attributes(TopicArn=given.topic)["Attributes"].get("Policy", "")
        admitted = with_statement(policy, subscribing(account, given.topic))
        owner.set_topic_attributes(TopicArn=given.topic, AttributeName="Policy", AttributeValue=admitted)

    policy = with_statement(queue.get("Policy", ""), sending(given.topic, queue["QueueArn"]))
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})

    attributes = {"RawMessageDelivery": "true"} if given.raw else {}
    if given.filter:
        attributes["FilterPolicy"] = given.filter
    # The topic's Region, wherever the queue is.
    subscription = boto3.client("sns", region_name=given.topic.split(":")[3]).subscribe(
        TopicArn=given.topic,
        Protocol="sqs",
        Endpoint=queue["QueueArn"],
        Attributes=attributes,
        ReturnSubscriptionArn=True,
    )
    print(subscription["SubscriptionArn"])


def subscribing(account: str, topic: str) -> dict[str, Any]:
    """The account may subscribe to the topic."""
    return {
        "Sid": f"Subscribe{account}",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": "sns:Subscribe",
        "Resource": topic,
    }


def sending(topic: str, queue: str) -> dict[str, Any]:
    """SNS may send to the queue, for this topic."""
    account, name = topic.split(":")[4:]
    return {
        "Sid": "".join(filter(str.isalnum, f"From{account}{name}")),
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }


def with_statement(policy: str, statement: dict[str, Any]) -> str:
    """A policy with a statement of this Sid; all others stay as they are."""
    document: dict[str, Any] = json.loads(policy or '{"Version": "2012-10-17", "Statement": []}')
    others = [one for one in document["Statement"] if one.get("Sid") != statement["Sid"]]
    return json.dumps({**document, "Statement": [*others, statement]})


if __name__ == "__main__":
    main()
