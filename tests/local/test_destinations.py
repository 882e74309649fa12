"""Records of a function's success and failure, and its dead letters, wherever they go."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from eventyard.local import Fate
from tests.local.test_retries import make_queue, rule_to, topic_to

if TYPE_CHECKING:
    from eventyard.local import LocalCloud
    from tests.local.conftest import Bodies, Deploy, Function, Json, Put

PREFIX = "us-east-1:111111111111"
WORK = f"arn:aws:lambda:{PREFIX}:function:Work"
GOOD = "def handle(event, context): return {'shipped': event['detail']['n']}"
BAD = "def handle(event, context): raise ValueError('no stock')"


@pytest.fixture
def deployed(deploy: Deploy, function: Function) -> Deploy:
    """Deploys the function `Work` with a destination each for success and failure."""

    def to(code: Json, **destinations: str) -> object:
        config = {name: {"Destination": arn} for name, arn in destinations.items()}
        invoke = {"FunctionName": {"Ref": "Work"}, "Qualifier": "$LATEST", "DestinationConfig": config}
        return deploy(
            {
                **function("Work", str(code)),
                "Invoke": {"Type": "AWS::Lambda::EventInvokeConfig", "Properties": invoke},
            }
        )

    return to  # type: ignore[return-value]  # a narrower way to deploy


def test_a_record_of_success_has_what_went_in_and_what_came_out(
    cloud: LocalCloud, deployed: Deploy, put: Put, bodies: Bodies
) -> None:
    # https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    deployed(GOOD, OnSuccess=make_queue(cloud, "done"))  # type: ignore[arg-type]  # as above
    rule_to(cloud, WORK)
    event = put({"n": 7})
    cloud.settle()
    (record,) = map(json.loads, bodies("done"))
    assert record["version"] == "1.0"
    assert record["requestContext"]["condition"] == "Success"
    assert record["requestContext"]["functionArn"] == f"{WORK}:$LATEST"
    assert record["requestPayload"]["id"] == event
    assert record["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST"}
    assert record["responsePayload"] == {"shipped": 7}
    invoked, told = cloud.ledger.deliveries_of(event)
    assert (told.edge.kind, told.parent, told.fate) == ("lambda→sqs", invoked.number, Fate.DELIVERED)


def test_a_record_of_failure_goes_through_a_topic_to_its_subscribers(
    cloud: LocalCloud, deployed: Deploy, put: Put, bodies: Bodies
) -> None:
    topic = topic_to(cloud, make_queue(cloud, "alarms"), RawMessageDelivery="true")
    deployed(BAD, OnFailure=topic)  # type: ignore[arg-type]  # as above
    rule_to(cloud, WORK)
    event = put({"n": 7})
    cloud.settle()
    (record,) = map(json.loads, bodies("alarms"))
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 3
    assert record["responsePayload"]["errorMessage"] == "no stock"
    assert [d.fate for d in cloud.ledger.deliveries_of(event)] == [Fate.DEAD_LETTERED, Fate.DELIVERED]


def test_a_record_goes_to_a_bus_as_an_event_of_lambdas_own(
    cloud: LocalCloud, deployed: Deploy, put: Put, bodies: Bodies
) -> None:
    deployed(GOOD, OnSuccess=f"arn:aws:events:{PREFIX}:event-bus/default")  # type: ignore[arg-type]  # as above
    rule_to(cloud, WORK)
    events = cloud.client("events")
    events.put_rule(Name="results", EventPattern='{"source": ["lambda"]}')
    events.put_targets(Rule="results", Targets=[{"Id": "q", "Arn": make_queue(cloud, "results")}])
    event = put({"n": 7})
    cloud.settle()
    (told,) = map(json.loads, bodies("results"))
    assert told["detail-type"] == "Lambda Function Invocation Result - Success"
    assert told["detail"]["responsePayload"] == {"shipped": 7}
    assert [c.event.title for c in cloud.ledger.story(event).chapters][1] == f"{told['detail-type']} from lambda"


def test_a_record_is_what_another_function_gets(
    cloud: LocalCloud, deployed: Deploy, deploy: Deploy, function: Function, put: Put
) -> None:
    deploy(function("Next", "def handle(event, context): print(event['responsePayload'])"), stack="next")
    deployed(GOOD, OnSuccess=f"arn:aws:lambda:{PREFIX}:function:Next")  # type: ignore[arg-type]  # as above
    rule_to(cloud, WORK)
    event = put({"n": 7})
    cloud.settle()
    last = cloud.ledger.deliveries_of(event)[-1]
    assert (last.edge.source, last.fate) == (WORK, Fate.DELIVERED)
    assert "{'shipped': 7}" in last.attempts[0].log


def test_a_destination_that_is_not_there_drops_the_record_and_says_so(
    cloud: LocalCloud, deployed: Deploy, put: Put
) -> None:
    deployed(BAD, OnFailure=f"arn:aws:sqs:{PREFIX}:gone")  # type: ignore[arg-type]  # as above
    rule_to(cloud, WORK)
    event = put({"n": 7})
    cloud.settle()
    (delivery,) = cloud.ledger.deliveries_of(event)
    assert delivery.fate is Fate.DROPPED
    assert "no stock" in delivery.reason
    assert "sqs:gone failed too: NO_RESOURCE" in delivery.reason
