"""Deployed again, a stack changes where its template did, and loses nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.local.templates import arn, queue

if TYPE_CHECKING:
    from eventyard.local import LocalCloud
    from tests.local.conftest import Bodies, Deploy, Function, Json, Put


def test_what_is_deployed_twice_is_there_once_and_unchanged(
    cloud: LocalCloud, deploy: Deploy, function: Function, put: Put, bodies: Bodies
) -> None:
    resources: Json = {
        **function("Ship", "def handle(event, context): pass\n"),
        "Orders": queue(QueueName="orders"),
        "Placed": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "EventPattern": {"source": ["shop.web"]},
                "Targets": [{"Id": "q", "Arn": arn("Orders")}],
            },
        },
    }
    deploy(resources)
    put({"id": 1})
    cloud.settle()
    before = cloud.client("cloudformation").list_stack_resources(StackName="shop")["StackResourceSummaries"]
    deploy(resources)
    after = cloud.client("cloudformation").list_stack_resources(StackName="shop")["StackResourceSummaries"]
    assert [(one["LogicalResourceId"], one["PhysicalResourceId"]) for one in before] == [
        (one["LogicalResourceId"], one["PhysicalResourceId"]) for one in after
    ]
    put({"id": 2})
    cloud.settle()
    assert [json.loads(body)["detail"] for body in bodies("orders")] == [{"id": 1}, {"id": 2}]


def test_a_resource_that_left_the_template_is_gone_unless_it_is_to_be_retained(
    cloud: LocalCloud, deploy: Deploy
) -> None:
    kept = {**queue(QueueName="kept"), "DeletionPolicy": "Retain"}
    deploy({"Kept": kept, "Gone": queue(QueueName="gone"), "Stays": queue(QueueName="stays")})
    deploy({"Stays": queue(QueueName="stays")})
    names = [url.rsplit("/", 1)[-1] for url in cloud.client("sqs").list_queues()["QueueUrls"]]
    assert sorted(names) == ["kept", "stays"]


def test_what_refers_to_a_resource_that_was_replaced_follows_it(
    cloud: LocalCloud, deploy: Deploy, put: Put, bodies: Bodies
) -> None:
    def resources(name: str) -> Json:
        return {
            "Placed": {
                "Type": "AWS::Events::Rule",
                "Properties": {
                    "EventPattern": {"source": ["shop.web"]},
                    "Targets": [{"Id": "q", "Arn": arn("Orders")}],
                },
            },
            "Orders": queue(QueueName=name),
        }

    deploy(resources("orders"))
    deploy(resources("orders-renamed"))
    put()
    cloud.settle()
    assert len(bodies("orders-renamed")) == 1


def test_what_is_not_emulated_is_listed_and_what_refers_to_it_is_made(cloud: LocalCloud, deploy: Deploy) -> None:
    notices = deploy(
        {
            "Flow": {"Type": "AWS::AppFlow::Flow", "Properties": {}},
            "Orders": queue(QueueName="orders", Novelty="yes"),
            "Cleaner": {"Type": "Custom::Cleaner", "Properties": {"ServiceToken": arn("Flow")}},
            "Nightly": {
                "Type": "AWS::Events::Rule",
                "Properties": {
                    "ScheduleExpression": "rate(1 day)",
                    "Targets": [{"Id": "flow", "Arn": arn("Flow")}],
                },
            },
            "Mail": {
                "Type": "AWS::SNS::Subscription",
                "Properties": {"TopicArn": {"Ref": "News"}, "Protocol": "email", "Endpoint": "a@example.com"},
            },
            "News": {"Type": "AWS::SNS::Topic"},
        }
    )
    told = {notice.where: notice.what for notice in notices}
    assert set(told) == {"shop/Flow", "shop/Orders", "shop/Cleaner", "shop/Nightly", "shop/Mail"}
    assert "AWS::AppFlow::Flow is not emulated" in told["shop/Flow"]
    assert "Novelty" in told["shop/Orders"]
    assert "its function is not called" in told["shop/Cleaner"]
    assert "email" in told["shop/Mail"]
    assert "(appflow) gets nothing" in told["shop/Nightly"]
    assert set(cloud.notices) == set(notices)
