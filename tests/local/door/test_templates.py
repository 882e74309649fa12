"""What the door refuses of a template's resource is a DeployError with its place, and the rest is deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from eventyard.errors import DeployError

if TYPE_CHECKING:
    from eventyard.local import LocalCloud
    from tests.local.conftest import Deploy, Function

QUEUE = {"Fn::GetAtt": ["Orders", "Arn"]}
TARGET = {"Id": "q", "Arn": QUEUE}
FROM_SHOP = {"source": ["shop.web"]}


def of(type_: str, **properties: Any) -> dict[str, Any]:  # noqa: ANN401 - a template's own
    return {"Type": f"AWS::{type_}", "Properties": properties}


def archive(pattern: object) -> dict[str, Any]:
    bus = {"Fn::Sub": "arn:aws:events:${AWS::Region}:${AWS::AccountId}:event-bus/default"}
    return of("Events::Archive", SourceArn=bus, EventPattern=pattern)


def hears(**properties: object) -> dict[str, Any]:
    return of("SNS::Subscription", **{"TopicArn": {"Ref": "News"}, "Protocol": "sqs", "Endpoint": QUEUE, **properties})


def mapping(*patterns: str) -> dict[str, Any]:
    criteria = {"Filters": [{"Pattern": pattern} for pattern in patterns]}
    return of("Lambda::EventSourceMapping", EventSourceArn=QUEUE, FunctionName={"Ref": "Ship"}, FilterCriteria=criteria)


BAD = [
    ("an unknown operator", of("Events::Rule", EventPattern={"a": [{"prefiks": "b"}]}, Targets=[TARGET]), "prefiks"),
    ("a schedule", of("Events::Rule", ScheduleExpression="rate(5 minute)"), r"Write rate\(5 minutes\)"),
    ("a state", of("Events::Rule", EventPattern=FROM_SHOP, State="ON"), "at 'state' failed to satisfy"),
    (
        "a retry policy",
        of("Events::Rule", EventPattern=FROM_SHOP, Targets=[{**TARGET, "RetryPolicy": {"MaximumRetryAttempts": 186}}]),
        "less than or equal to 185",
    ),
    (
        "a dead-letter queue",
        of("Events::Rule", EventPattern=FROM_SHOP, Targets=[{**TARGET, "DeadLetterConfig": {"Arn": "dead"}}]),
        "DeadLetterConfig.Arn is not valid",
    ),
    ("a bus", of("Events::EventBus", Name="a bus"), "at 'name' failed to satisfy"),
    ("an archive", archive({"a": []}), "Event pattern is not valid"),
    ("a filter policy", hears(FilterPolicy={"store": "here"}), "FilterPolicy: store"),
    ("a nested filter policy", hears(FilterPolicy={"detail": {"n": [1]}}), "MessageBody"),
    ("a redrive policy", hears(RedrivePolicy={"deadLetterTargetArn": "dead"}), "is an invalid arn"),
    ("an endpoint", hears(Endpoint="orders"), "SQS endpoint ARN"),
    ("a filter", mapping('{"body":{"n":[]}}'), "Invalid filter pattern definition"),
    ("six filters", mapping(*['{"body":["a"]}'] * 6), "Invalid filter pattern definition"),
]


@pytest.mark.parametrize(("resource", "says"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_a_resource_that_aws_refuses_is_named_and_the_rest_is_deployed(
    cloud: LocalCloud, deploy: Deploy, function: Function, resource: dict[str, Any], says: str
) -> None:
    rest = {
        "Orders": of("SQS::Queue", QueueName="orders"),
        "News": of("SNS::Topic"),
        **function("Ship", "def handle(event, context): pass\n"),
    }
    with pytest.raises(DeployError, match=says) as caught:
        deploy({**rest, "Bad": resource})
    assert (caught.value.stack, caught.value.logical_id) == ("shop", "Bad")
    assert cloud.client("sqs").list_queues()["QueueUrls"]
    deploy(rest)
