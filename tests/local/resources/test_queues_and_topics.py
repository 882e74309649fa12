"""What a template says of queues, topics and subscriptions can be read back, also after a change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.local.templates import arn, queue

if TYPE_CHECKING:
    from eventyard.local import LocalCloud
    from tests.local.conftest import Bodies, Deploy, Json

POLICY: Json = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Rules",
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": "*",
            "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:events:us-east-1:111111111111:rule/*"}},
        }
    ],
}


def queue_attributes(cloud: LocalCloud, name: str) -> dict[str, str]:
    sqs = cloud.client("sqs")
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    found: dict[str, str] = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return found


def test_a_queue_has_what_its_template_says(cloud: LocalCloud, deploy: Deploy) -> None:
    notices = deploy(
        {
            "Orders": queue(
                QueueName="orders",
                VisibilityTimeout=180,
                MessageRetentionPeriod="1209600",
                DelaySeconds=5,
                KmsMasterKeyId="alias/shop",
                RedrivePolicy={"deadLetterTargetArn": arn("Dead"), "maxReceiveCount": 3},
                Tags=[{"Key": "team", "Value": "logistics"}],
            ),
            "Dead": queue(QueueName="dead"),
            "Policy": {
                "Type": "AWS::SQS::QueuePolicy",
                "Properties": {"Queues": [{"Ref": "Orders"}], "PolicyDocument": POLICY},
            },
        }
    )
    found = queue_attributes(cloud, "orders")
    assert notices == ()
    assert found["VisibilityTimeout"] == "180"
    assert found["MessageRetentionPeriod"] == "1209600"
    assert found["DelaySeconds"] == "5"
    assert found["KmsMasterKeyId"] == "alias/shop"
    assert json.loads(found["Policy"]) == POLICY
    assert json.loads(found["RedrivePolicy"]) == {
        "deadLetterTargetArn": "arn:aws:sqs:us-east-1:111111111111:dead",
        "maxReceiveCount": 3,
    }
    url = cloud.client("sqs").get_queue_url(QueueName="orders")["QueueUrl"]
    assert cloud.client("sqs").list_queue_tags(QueueUrl=url)["Tags"] == {"team": "logistics"}


def test_a_queue_changes_in_place_and_keeps_messages_and_policy(
    cloud: LocalCloud, deploy: Deploy, bodies: Bodies
) -> None:
    policy: Json = {
        "Type": "AWS::SQS::QueuePolicy",
        "Properties": {"Queues": [{"Ref": "Orders"}], "PolicyDocument": POLICY},
    }
    redrive = {"deadLetterTargetArn": arn("Dead"), "maxReceiveCount": 3}
    deploy({"Orders": queue(QueueName="orders", DelaySeconds=0, VisibilityTimeout=60), "Policy": policy})
    url = cloud.client("sqs").get_queue_url(QueueName="orders")["QueueUrl"]
    cloud.client("sqs").send_message(QueueUrl=url, MessageBody="hello")

    deploy({"Orders": queue(QueueName="orders", RedrivePolicy=redrive), "Dead": queue(), "Policy": policy})

    found = queue_attributes(cloud, "orders")
    assert found["VisibilityTimeout"] == "30"
    assert json.loads(found["RedrivePolicy"])["maxReceiveCount"] == 3
    assert json.loads(found["Policy"]) == POLICY
    assert bodies("orders") == ["hello"]


def test_a_fifo_queue_and_a_fifo_topic_without_names_get_names_that_end_as_they_must(
    cloud: LocalCloud, deploy: Deploy
) -> None:
    deploy(
        {
            "Movements": queue(FifoQueue=True, ContentBasedDeduplication=True),
            "Stock": {"Type": "AWS::SNS::Topic", "Properties": {"FifoTopic": True, "ContentBasedDeduplication": True}},
        }
    )
    (url,) = cloud.client("sqs").list_queues()["QueueUrls"]
    (topic,) = cloud.client("sns").list_topics()["Topics"]
    assert url.endswith(".fifo")
    assert topic["TopicArn"].endswith(".fifo")
    attributes = cloud.client("sns").get_topic_attributes(TopicArn=topic["TopicArn"])["Attributes"]
    assert attributes["FifoTopic"] == "true"
    assert attributes["ContentBasedDeduplication"] == "true"


def test_long_generated_names_stay_apart(cloud: LocalCloud, deploy: Deploy) -> None:
    long = "ThisIsTheNameOfAQueueThatAConstructDeepDownInATreeOfConstructsWouldGetFromItsPath"
    deploy({f"{long}One": queue(), f"{long}Two": queue()}, stack="AStackWithANameOfItsOwn")
    urls = cloud.client("sqs").list_queues()["QueueUrls"]
    assert len(set(urls)) == 2
    assert all(len(url.rsplit("/", 1)[-1]) <= 80 for url in urls)


def test_a_topic_changes_in_place_and_keeps_its_subscriptions(cloud: LocalCloud, deploy: Deploy) -> None:
    subscription: Json = {
        "Type": "AWS::SNS::Subscription",
        "Properties": {"TopicArn": {"Ref": "Orders"}, "Protocol": "sqs", "Endpoint": arn("Warehouse")},
    }
    topic: Json = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "orders", "DisplayName": "Orders"}}
    changed: Json = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "orders", "KmsMasterKeyId": "alias/shop"}}
    deploy({"Orders": topic, "Warehouse": queue(), "Hears": subscription})
    (before,) = cloud.client("sns").list_subscriptions()["Subscriptions"]

    deploy({"Orders": changed, "Warehouse": queue(), "Hears": subscription})

    attributes = cloud.client("sns").get_topic_attributes(TopicArn=before["TopicArn"])["Attributes"]
    assert attributes["KmsMasterKeyId"] == "alias/shop"
    assert attributes["DisplayName"] == ""
    assert cloud.client("sns").list_subscriptions()["Subscriptions"] == [before]


def test_a_subscription_has_what_its_template_says_and_changes_in_place(cloud: LocalCloud, deploy: Deploy) -> None:
    def resources(**properties: Any) -> Json:  # noqa: ANN401 - CloudFormation's properties
        return {
            "Orders": {"Type": "AWS::SNS::Topic"},
            "Warehouse": queue(QueueName="warehouse"),
            "Dead": queue(QueueName="dead"),
            "Hears": {
                "Type": "AWS::SNS::Subscription",
                "Properties": {
                    "TopicArn": {"Ref": "Orders"},
                    "Protocol": "sqs",
                    "Endpoint": arn("Warehouse"),
                    **properties,
                },
            },
        }

    def attributes() -> dict[str, str]:
        (found,) = cloud.client("sns").list_subscriptions()["Subscriptions"]
        answer: dict[str, str] = cloud.client("sns").get_subscription_attributes(
            SubscriptionArn=found["SubscriptionArn"]
        )["Attributes"]
        return answer

    deploy(
        resources(
            RawMessageDelivery=True,
            FilterPolicyScope="MessageBody",
            FilterPolicy={"detail": {"country": ["DE"]}},
            RedrivePolicy={"deadLetterTargetArn": arn("Dead")},
        )
    )
    first = attributes()
    assert first["RawMessageDelivery"] == "true"
    assert first["FilterPolicyScope"] == "MessageBody"
    assert json.loads(first["FilterPolicy"]) == {"detail": {"country": ["DE"]}}
    assert json.loads(first["RedrivePolicy"]) == {"deadLetterTargetArn": "arn:aws:sqs:us-east-1:111111111111:dead"}
    assert first["Endpoint"] == "arn:aws:sqs:us-east-1:111111111111:warehouse"

    deploy(resources(FilterPolicy={"country": ["FR"]}))
    second = attributes()
    assert second["SubscriptionArn"] == first["SubscriptionArn"]
    assert second["RawMessageDelivery"] == "false"
    assert json.loads(second["FilterPolicy"]) == {"country": ["FR"]}


def test_a_topic_policy_is_the_topics_policy(cloud: LocalCloud, deploy: Deploy) -> None:
    document = {**POLICY, "Statement": [{**POLICY["Statement"][0], "Action": "sns:Publish"}]}
    deploy(
        {
            "Orders": {"Type": "AWS::SNS::Topic"},
            "Policy": {
                "Type": "AWS::SNS::TopicPolicy",
                "Properties": {"Topics": [{"Ref": "Orders"}], "PolicyDocument": document},
            },
        }
    )
    (topic,) = cloud.client("sns").list_topics()["Topics"]
    found = cloud.client("sns").get_topic_attributes(TopicArn=topic["TopicArn"])["Attributes"]
    assert json.loads(found["Policy"]) == document
