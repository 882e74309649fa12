"""What feeds itself is stopped, with the circle named; what only goes far is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.local import Edge, Fate
from eventyard.local.ledger._trail import MOST_ROUNDS, MOST_ROUNDS_OVER_A_BUS, cycle, follow
from tests.local.test_retries import make_queue, rule_to

if TYPE_CHECKING:
    import pytest

    from eventyard.local import LocalCloud
    from tests.local.conftest import Deploy, Function, Json, Put

ARN = "arn:aws:lambda:us-east-1:111111111111:function:"


def test_a_rule_whose_function_publishes_what_it_matches_is_stopped_after_a_hundred_rounds(
    cloud: LocalCloud, deploy: Deploy, function: Function, put: Put
) -> None:
    code = """
        import boto3
        def handle(event, context):
            entry = {"Source": "shop.web", "DetailType": "OrderPlaced", "Detail": "{}"}
            boto3.client("events").put_events(Entries=[entry])
    """
    deploy(function("Echo", code))
    rule_to(cloud, f"{ARN}Echo")
    put()
    cloud.settle()
    (dropped,) = (d for d in cloud.ledger.deliveries if d.fate is Fate.DROPPED)
    assert dropped.code == "LOOP_DETECTED"
    assert dropped.reason.endswith("rule/placed → lambda:Echo → and again.")
    assert MOST_ROUNDS_OVER_A_BUS < cloud.ledger.balance.matched < 2 * MOST_ROUNDS_OVER_A_BUS
    assert cloud.ledger.balance.holds


def test_two_functions_that_feed_each_other_over_queues_are_stopped_as_lambda_does(
    cloud: LocalCloud, deploy: Deploy, function: Function
) -> None:
    code = """
        import boto3
        def handle(event, context):
            sqs = boto3.client("sqs")
            sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName="{other}")["QueueUrl"], MessageBody="on")
    """
    resources: Json = {}
    for name, other in (("Ping", "Pong"), ("Pong", "Ping")):
        queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": f"To{name}"}}
        mapping = {"EventSourceArn": {"Fn::GetAtt": [f"To{name}", "Arn"]}, "FunctionName": {"Ref": name}}
        resources |= {
            **function(name, code.replace("{other}", f"To{other}")),
            f"To{name}": queue,
            f"{name}Intake": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": mapping},
        }
    deploy(resources)
    sqs = cloud.client("sqs")
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName="ToPing")["QueueUrl"], MessageBody="go")
    cloud.settle()
    (dropped,) = (d for d in cloud.ledger.deliveries if d.fate is Fate.DROPPED)
    assert dropped.code == "LOOP_DETECTED"
    assert "sqs:ToPing → lambda:Ping → sqs:ToPong → lambda:Pong" in dropped.reason
    assert 2 * MOST_ROUNDS < cloud.ledger.balance.matched < 4 * MOST_ROUNDS


def test_a_rule_that_sends_to_its_own_bus_is_stopped_at_the_second_hop(cloud: LocalCloud, put: Put) -> None:
    rule_to(cloud, "arn:aws:events:us-east-1:111111111111:event-bus/default")
    put()
    cloud.settle()
    first, second = cloud.ledger.deliveries
    assert (first.fate, second.fate) == (Fate.DELIVERED, Fate.DROPPED)
    assert second.code == "THIRD_ACCOUNT_HOP_DETECTED"
    assert "rule/placed → event-bus/default" in second.reason


def test_a_hundred_deliveries_of_one_edge_are_no_loop(cloud: LocalCloud, put: Put) -> None:
    rule_to(cloud, make_queue(cloud, "orders"))
    for _ in range(MOST_ROUNDS_OVER_A_BUS + 20):
        put()
    cloud.settle()
    assert cloud.ledger.fates[Fate.DELIVERED] == MOST_ROUNDS_OVER_A_BUS + 20


def test_the_circle_is_the_part_of_the_way_that_repeats(subtests: pytest.Subtests) -> None:
    start, there, back = (Edge("sns→sqs", source, target) for source, target in ("sa", "ab", "ba"))
    for length in range(1, 100):
        with subtests.test(length=length):
            trail = follow(None, start)
            found: tuple[Edge, ...] = ()
            for step in range(length):
                trail = follow(trail, (there, back)[step % 2])
                found = found or cycle(trail)
            if found:
                assert sorted(edge.source for edge in found) == ["a", "b"]
            assert bool(found) == (length > 2 * MOST_ROUNDS + MOST_ROUNDS - 2)
