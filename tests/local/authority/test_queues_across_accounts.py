"""A queue that a caller names by a URL of another account.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-limitations-of-custom-policies.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.local.authority.scene import THEM, US, Scene, service, statement

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def theirs(scene: Scene) -> Any:  # noqa: ANN401 - a boto3 client
    """Another account's role may do everything to our queue; we have one of the same name as theirs."""
    role = scene.role("clerk", statement(None, "sqs:*"), trusts=service("lambda"), account=THEM)
    scene.queue("orders", statement({"AWS": role}, "sqs:*"))
    scene.queue("orders", account=THEM)
    return scene.session(role).client("sqs")


@pytest.fixture
def url(scene: Scene) -> str:
    return str(scene.cloud.client("sqs").get_queue_url(QueueName="orders", QueueOwnerAWSAccountId=US)["QueueUrl"])


def test_a_message_goes_to_the_queue_of_the_url_and_not_to_ones_own_of_that_name(
    scene: Scene,
    theirs: Any,  # noqa: ANN401 - a boto3 client
    url: str,
) -> None:
    assert theirs.get_queue_url(QueueName="orders", QueueOwnerAWSAccountId=US)["QueueUrl"] == url

    theirs.send_message(QueueUrl=url, MessageBody="from them")

    ours = scene.cloud.client("sqs")
    (message,) = ours.receive_message(QueueUrl=url, VisibilityTimeout=0)["Messages"]
    assert message["Body"] == "from them"
    own = scene.cloud.client("sqs", account=THEM)
    own_url = own.get_queue_url(QueueName="orders")["QueueUrl"]
    assert "Messages" not in own.receive_message(QueueUrl=own_url)
    (received,) = theirs.receive_message(QueueUrl=url)["Messages"]
    theirs.delete_message(QueueUrl=url, ReceiptHandle=received["ReceiptHandle"])
    arn = theirs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    assert arn == f"arn:aws:sqs:us-east-1:{US}:orders"


@pytest.mark.parametrize(
    "call",
    [
        lambda sqs, url: sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "1"}),
        lambda sqs, url: sqs.tag_queue(QueueUrl=url, Tags={"a": "b"}),
        lambda sqs, url: sqs.list_queue_tags(QueueUrl=url),
        lambda sqs, url: sqs.delete_queue(QueueUrl=url),
    ],
    ids=["SetQueueAttributes", "TagQueue", "ListQueueTags", "DeleteQueue"],
)
def test_what_only_the_owners_account_may_do_is_refused_whatever_the_policy_says(
    scene: Scene,
    theirs: Any,  # noqa: ANN401 - a boto3 client
    url: str,
    call: Callable[[Any, str], Any],
) -> None:
    with pytest.raises(ClientError) as refused:
        call(theirs, url)

    assert refused.value.response["Error"]["Code"] == "AccessDenied"
    attributes = scene.cloud.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["DelaySeconds"])
    assert attributes["Attributes"] == {"DelaySeconds": "0"}
