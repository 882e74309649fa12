"""What a template says of rules and buses can be read back, also after a change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.local.templates import arn, queue

if TYPE_CHECKING:
    from eventyard.local import LocalCloud
    from tests.local.conftest import Deploy, Json


def test_a_rule_has_what_its_template_says_and_changes_in_place(cloud: LocalCloud, deploy: Deploy) -> None:
    def resources(pattern: Json, *targets: Json) -> Json:
        return {
            "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "commerce"}},
            "Placed": {
                "Type": "AWS::Events::Rule",
                "Properties": {
                    "Name": "placed",
                    "EventBusName": {"Ref": "Bus"},
                    "EventPattern": pattern,
                    "Targets": list(targets),
                },
            },
            "Warehouse": queue(QueueName="warehouse"),
            "Dead": queue(QueueName="dead"),
        }

    warehouse: Json = {
        "Id": "warehouse",
        "Arn": arn("Warehouse"),
        "DeadLetterConfig": {"Arn": arn("Dead")},
        "RetryPolicy": {"MaximumEventAgeInSeconds": "3600", "MaximumRetryAttempts": 5},
        "InputPath": "$.detail",
    }
    deploy(resources({"source": ["shop.web"]}, warehouse, {"Id": "second", "Arn": arn("Dead")}))
    events = cloud.client("events")
    targets = events.list_targets_by_rule(Rule="placed", EventBusName="commerce")["Targets"]
    assert targets == [
        {
            "Id": "warehouse",
            "Arn": "arn:aws:sqs:us-east-1:111111111111:warehouse",
            "DeadLetterConfig": {"Arn": "arn:aws:sqs:us-east-1:111111111111:dead"},
            "RetryPolicy": {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 5},
            "InputPath": "$.detail",
        },
        {"Id": "second", "Arn": "arn:aws:sqs:us-east-1:111111111111:dead"},
    ]

    deploy(resources({"source": ["shop.mobile"]}, warehouse))
    rule = events.describe_rule(Name="placed", EventBusName="commerce")
    assert json.loads(rule["EventPattern"]) == {"source": ["shop.mobile"]}
    assert [t["Id"] for t in events.list_targets_by_rule(Rule="placed", EventBusName="commerce")["Targets"]] == [
        "warehouse"
    ]


def test_a_rule_that_is_put_again_by_hand_keeps_its_targets(cloud: LocalCloud) -> None:
    events = cloud.client("events")
    events.put_rule(Name="placed", EventPattern='{"source": ["shop.web"]}')
    events.put_targets(Rule="placed", Targets=[{"Id": "q", "Arn": "arn:aws:sqs:us-east-1:111111111111:q"}])
    events.put_rule(Name="placed", EventPattern='{"source": ["shop.mobile"]}')
    assert [target["Id"] for target in events.list_targets_by_rule(Rule="placed")["Targets"]] == ["q"]


def test_statements_of_a_bus_join_and_leave_one_by_one(cloud: LocalCloud, deploy: Deploy) -> None:
    def statement(account: str) -> Json:
        return {
            "Type": "AWS::Events::EventBusPolicy",
            "Properties": {
                "EventBusName": {"Ref": "Bus"},
                "StatementId": f"from-{account}",
                "Statement": {
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
                    "Action": "events:PutEvents",
                    "Resource": {"Fn::GetAtt": ["Bus", "Arn"]},
                },
            },
        }

    bus: Json = {"Type": "AWS::Events::EventBus", "Properties": {"Name": "commerce"}}

    def sids() -> list[str]:
        policy = cloud.client("events").describe_event_bus(Name="commerce").get("Policy", '{"Statement": []}')
        return [one["Sid"] for one in json.loads(policy)["Statement"]]

    deploy({"Bus": bus, "One": statement("222222222222"), "Two": statement("333333333333")})
    assert sids() == ["from-222222222222", "from-333333333333"]
    deploy({"Bus": bus, "Two": statement("333333333333")})
    assert sids() == ["from-333333333333"]
