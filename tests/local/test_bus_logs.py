"""A bus's own logs: what is written of an event, at which level, and where."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from eventyard.local import LocalCloud
    from tests.local.conftest import Deploy, Json

BUS = "arn:aws:events:us-east-1:111111111111:event-bus/ledgers"
GROUP = "/aws/vendedlogs/events/event-bus/ledgers"


def logged_bus(deploy: Deploy, *, level: str = "TRACE", detail: str = "NONE", **more: Json) -> None:
    """A bus whose records of all levels go to one log group, and a rule of it with a queue."""
    kinds = ("ERROR", "INFO", "TRACE")
    sources: Json = {
        f"{kind}Source": {
            "Type": "AWS::Logs::DeliverySource",
            "DependsOn": ["Bus"],
            "Properties": {
                "Name": f"ledgers-{kind}",
                "ResourceArn": BUS,
                "LogType": f"{kind}_LOGS",
                "Tags": [{"Key": "team", "Value": "finance"}],
            },
        }
        for kind in kinds
    }
    deliveries: Json = {
        f"{kind}Delivery": {
            "Type": "AWS::Logs::Delivery",
            "DependsOn": [f"{kind}Source"],
            "Properties": {
                "DeliverySourceName": f"ledgers-{kind}",
                "DeliveryDestinationArn": {"Fn::GetAtt": ["Destination", "Arn"]},
            },
        }
        for kind in kinds
    }
    deploy(
        {
            "Bus": {
                "Type": "AWS::Events::EventBus",
                "Properties": {"Name": "ledgers", "LogConfig": {"Level": level, "IncludeDetail": detail}},
            },
            "Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": GROUP}},
            "Destination": {
                "Type": "AWS::Logs::DeliveryDestination",
                "Properties": {
                    "Name": "ledgers",
                    "DestinationResourceArn": {"Fn::GetAtt": ["Group", "Arn"]},
                    "OutputFormat": "json",
                },
            },
            "Dead": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "dead"}},
            "Orders": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "orders"}},
            "Rule": {
                "Type": "AWS::Events::Rule",
                "Properties": {
                    "Name": "orders",
                    "EventBusName": {"Ref": "Bus"},
                    "EventPattern": {"detail-type": ["OrderPlaced"]},
                    "Targets": [
                        {
                            "Id": "orders",
                            "Arn": {"Fn::GetAtt": ["Orders", "Arn"]},
                            "RetryPolicy": {"MaximumRetryAttempts": 1},
                            "DeadLetterConfig": {"Arn": {"Fn::GetAtt": ["Dead", "Arn"]}},
                        }
                    ],
                },
            },
            **sources,
            **deliveries,
            **more,
        }
    )


def put(cloud: LocalCloud, detail_type: str = "OrderPlaced") -> str:
    entry = {"EventBusName": "ledgers", "Source": "shop.web", "DetailType": detail_type, "Detail": '{"total": 5}'}
    answer = cloud.client("events").put_events(Entries=[entry])
    cloud.settle()
    return str(answer["Entries"][0]["EventId"])


def records(cloud: LocalCloud) -> list[dict[str, Any]]:
    found = cloud.client("logs").filter_log_events(logGroupName=GROUP)["events"]
    return [json.loads(event["message"]) for event in found]


def steps(cloud: LocalCloud) -> list[str]:
    return [record["message_type"] for record in records(cloud)]


def test_every_step_of_an_event_is_told_at_the_level_trace(cloud: LocalCloud, deploy: Deploy) -> None:
    logged_bus(deploy)

    event_id = put(cloud)

    assert steps(cloud) == [
        "EVENT_RECEIPT",
        "EVENT_INGEST_SUCCESS",
        "RULE_MATCH_START",
        "RULE_MATCH",
        "INVOCATION_START",
        "INVOCATION_ATTEMPT_START",
        "INVOCATION_ATTEMPT_SUCCESS",
        "INVOCATION_SUCCESS",
    ]
    assert {(record["resource_arn"], record["event_id"]) for record in records(cloud)} == {(BUS, event_id)}
    match, success = (
        next(r for r in records(cloud) if r["message_type"] == step) for step in ("RULE_MATCH", "INVOCATION_SUCCESS")
    )
    assert match["details"]["invocation_ids"] == [success["invocation_id"]]
    assert success["details"] == {
        "rule_arn": "arn:aws:events:us-east-1:111111111111:rule/ledgers/orders",
        "target_arn": "arn:aws:sqs:us-east-1:111111111111:orders",
        "total_attempts": 1,
        "final_invocation_status": "SUCCESS",
        "ingestion_to_success_latency_ms": 0,
        "ingestion_to_complete_latency_ms": 0,
    }


@pytest.mark.parametrize(
    ("level", "told"),
    [("INFO", ["EVENT_RECEIPT", "RULE_MATCH", "INVOCATION_SUCCESS"]), ("ERROR", []), ("OFF", [])],
)
def test_the_level_of_the_bus_says_how_much_is_told(
    cloud: LocalCloud, deploy: Deploy, level: str, told: list[str]
) -> None:
    logged_bus(deploy, level=level)

    put(cloud)

    assert steps(cloud) == told


def test_an_event_that_no_rule_wants_is_told(cloud: LocalCloud, deploy: Deploy) -> None:
    logged_bus(deploy, level="INFO")

    put(cloud, "PageViewed")

    assert steps(cloud) == ["EVENT_RECEIPT", "NO_STANDARD_RULES_MATCHED"]


def test_a_target_that_fails_is_told_with_each_attempt_and_its_dead_letter(cloud: LocalCloud, deploy: Deploy) -> None:
    logged_bus(deploy, level="ERROR")
    cloud.faults.fail("orders")

    put(cloud)

    assert steps(cloud) == [
        "INVOCATION_ATTEMPT_RETRYABLE_FAILURE",
        "INVOCATION_ATTEMPT_RETRYABLE_FAILURE",
        "INVOCATION_FAILURE",
        "INVOCATION_DLQ",
    ]
    first, second, failure, _ = records(cloud)
    assert [one["details"]["attempt_type"] for one in (first, second)] == ["FIRST", "RETRY"]
    assert failure["details"]["total_attempts"] == 2
    assert failure["error"]["aws_service"] == "sqs"
    assert failure["message_timestamp_ms"] > first["message_timestamp_ms"]


@pytest.mark.parametrize(("detail", "there"), [("FULL", True), ("NONE", False)])
def test_an_events_detail_is_in_the_log_only_where_the_bus_says_so(
    cloud: LocalCloud, deploy: Deploy, detail: str, *, there: bool
) -> None:
    logged_bus(deploy, level="INFO", detail=detail)

    put(cloud)

    receipt = records(cloud)[0]["details"]
    assert receipt["source"] == "shop.web"
    assert (receipt.get("event_detail") == '{"total": 5}') is there


def test_a_bus_shows_how_it_is_logged_and_without_a_delivery_nothing_is_written(
    cloud: LocalCloud, deploy: Deploy
) -> None:
    logged_bus(deploy, level="INFO", detail="FULL")
    assert cloud.client("events").describe_event_bus(Name="ledgers")["LogConfig"] == {
        "Level": "INFO",
        "IncludeDetail": "FULL",
    }
    logs = cloud.client("logs")
    assert logs.get_delivery_source(name="ledgers-INFO")["deliverySource"]["tags"] == {"team": "finance"}
    for delivery in logs.describe_deliveries()["deliveries"]:
        logs.delete_delivery(id=delivery["id"])

    put(cloud)

    assert records(cloud) == []
