"""What is wrong is said once, with its place and what to do; the rest works."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from eventyard.errors import DeployError, HandlerError
from eventyard.local import Fate

if TYPE_CHECKING:
    from eventyard.local import LocalCloud
    from tests.local.conftest import Bodies, Deploy, Function, Json, Put

ORDERS: Json = {
    "Orders": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "orders"}},
    "Placed": {
        "Type": "AWS::Events::Rule",
        "Properties": {
            "EventPattern": {"source": ["shop.web"]},
            "Targets": [{"Id": "q", "Arn": {"Fn::GetAtt": ["Orders", "Arn"]}}],
        },
    },
}


def rule_to(target: object) -> Json:
    return {
        "Type": "AWS::Events::Rule",
        "Properties": {"EventPattern": {"source": ["shop.web"]}, "Targets": [{"Id": "t", "Arn": target}]},
    }


BAD_RESOURCES = [
    (
        "an unknown function",
        {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Uppercase": "x"}}},
        "Properties.QueueName uses Fn::Uppercase",
    ),
    (
        "a Ref to nothing",
        {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "Nowhere"}}},
        "Properties.QueueName refers to 'Nowhere'",
    ),
    (
        "a Sub of nothing",
        {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": "${Nowhere.Arn}-x"}}},
        "refers to 'Nowhere'",
    ),
    ("a GetAtt of nothing", rule_to({"Fn::GetAtt": ["Nowhere", "Arn"]}), r"Targets\[0\]\.Arn refers to 'Nowhere'"),
    ("an attribute that is none", rule_to({"Fn::GetAtt": ["Orders", "Colour"]}), "Orders.*Colour"),
    (
        "a pattern that is none",
        {"Type": "AWS::Events::Rule", "Properties": {"EventPattern": {"detail": {"price": [{"numerik": [">", 1]}]}}}},
        "price",
    ),
    (
        "two inputs for a target",
        {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "EventPattern": {"source": ["s"]},
                "Targets": [
                    {"Id": "t", "Arn": "arn:aws:sqs:us-east-1:111111111111:q", "Input": "{}", "InputPath": "$.detail"}
                ],
            },
        },
        "Only one of Input",
    ),
    (
        "a queue that may not be named so",
        {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "not a name"}},
        "alphanumeric",
    ),
    (
        "a mapping to a function that is not there",
        {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {"EventSourceArn": {"Fn::GetAtt": ["Orders", "Arn"]}, "FunctionName": "nobody"},
        },
        "nobody",
    ),
    (
        "code that is not there",
        {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "python3.13",
                "Handler": "app.handle",
                "Role": "arn:aws:iam::111111111111:role/r",
                "Code": {"S3Bucket": "nowhere", "S3Key": "no.zip"},
            },
        },
        "S3|bucket|exist",
    ),
]


@pytest.mark.parametrize(("resource", "says"), [case[1:] for case in BAD_RESOURCES], ids=[c[0] for c in BAD_RESOURCES])
def test_a_resource_that_cannot_be_made_is_named_and_the_rest_works(  # noqa: PLR0917 - pytest's own way
    cloud: LocalCloud, deploy: Deploy, put: Put, bodies: Bodies, resource: Json, says: str
) -> None:
    dependent = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Ref": "Bad"}, "Name": "p"}}
    with pytest.raises(DeployError, match=says) as caught:
        deploy({"Bad": resource, "Dependent": dependent, **ORDERS}, Outputs={"Bad": {"Value": {"Ref": "Bad"}}})
    assert (caught.value.stack, caught.value.logical_id) == ("shop", "Bad")
    assert str(caught.value).startswith("shop/Bad: ")
    assert caught.value.remedy
    put({"n": 1})
    cloud.settle()
    assert [json.loads(body)["detail"] for body in bodies("orders")] == [{"n": 1}]
    assert cloud.client("ssm").describe_parameters()["Parameters"] == []


def test_several_failures_are_told_together(deploy: Deploy) -> None:
    one: Json = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "not a name"}}
    two: Json = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "Nowhere"}}}
    with pytest.raises(DeployError) as caught:
        deploy({"One": one, "Two": two})
    assert "shop/One" in str(caught.value)
    assert "shop/Two" in str(caught.value)


def test_what_failed_is_tried_again_by_the_next_deployment(
    cloud: LocalCloud, deploy: Deploy, function: Function
) -> None:
    ship = function("Ship", "", Code={"S3Bucket": "code", "S3Key": "ship.zip"})
    with pytest.raises(DeployError):
        deploy({**ship, **ORDERS})
    cloud.client("s3").create_bucket(Bucket="code")
    cloud.client("s3").put_object(Bucket="code", Key="ship.zip", Body=b"PK\x05\x06" + b"\0" * 18)
    with pytest.raises(DeployError, match="names the module index"):
        deploy({**ship, **ORDERS})
    assert cloud.client("lambda").get_function(FunctionName="Ship")


def test_a_wrong_template_leaves_what_stands_as_it_is(
    cloud: LocalCloud, deploy: Deploy, put: Put, bodies: Bodies
) -> None:
    deploy(ORDERS)
    wrong = {**ORDERS, "Orders": {**ORDERS["Orders"], "DependsOn": "Nowhere"}, "New": {"Type": "AWS::SQS::Queue"}}
    with pytest.raises(DeployError, match="Nowhere"):
        deploy(wrong)
    put()
    cloud.settle()
    assert len(bodies("orders")) == 1


def test_a_resource_cannot_become_another_type(deploy: Deploy, bodies: Bodies) -> None:
    deploy(ORDERS)
    with pytest.raises(DeployError, match="type cannot change") as caught:
        deploy({**ORDERS, "Orders": {"Type": "AWS::SNS::Topic"}})
    assert caught.value.logical_id == "Orders"
    assert bodies("orders") == []


def test_a_condition_that_nobody_can_evaluate_refuses_its_stack(cloud: LocalCloud, deploy: Deploy) -> None:
    with pytest.raises(DeployError, match="Fn::Uppercase") as caught:
        deploy(ORDERS, Conditions={"Live": {"Fn::Equals": [{"Fn::Uppercase": "x"}, "X"]}})
    assert (caught.value.stack, caught.value.logical_id) == ("shop", "Live")
    assert "QueueUrls" not in cloud.client("sqs").list_queues()


def test_a_parameter_without_a_value_refuses_its_stack(deploy: Deploy) -> None:
    with pytest.raises(DeployError, match="Stage") as caught:
        deploy(ORDERS, Parameters={"Stage": {"Type": "String"}})
    assert caught.value.stack == "shop"


def test_a_handler_whose_module_is_not_there_is_told_at_deployment(
    cloud: LocalCloud, deploy: Deploy, put: Put, bodies: Bodies, function: Function
) -> None:
    with pytest.raises(DeployError, match=r"app\.handle names the module app") as caught:
        deploy({**function("Ship", "def handle(e, c): pass\n", Handler="app.handle"), **ORDERS})
    assert caught.value.where == "shop/Ship"
    assert caught.value.remedy
    put()
    cloud.settle()
    assert len(bodies("orders")) == 1


def test_a_handler_that_cannot_be_imported_is_told_by_settle_and_the_rest_is_done(
    cloud: LocalCloud, deploy: Deploy, put: Put, bodies: Bodies, function: Function
) -> None:
    deploy(
        {
            **function("Ship", "import no_such_library\ndef handle(e, c): pass\n"),
            **ORDERS,
            "ToShip": rule_to({"Fn::GetAtt": ["Ship", "Arn"]}),
        }
    )
    event = put()
    with pytest.raises(HandlerError, match="no_such_library") as caught:
        cloud.settle()
    assert caught.value.where == "shop/Ship"
    assert caught.value.remedy
    assert len(bodies("orders")) == 1
    fates = {d.edge.kind: d.fate for d in cloud.ledger.deliveries_of(event)}
    assert fates == {"rule→sqs": Fate.DELIVERED, "rule→lambda": Fate.DROPPED}
    assert cloud.ledger.balance.holds
    cloud.settle()


def test_a_function_that_is_not_there_is_named_in_the_ledger(
    cloud: LocalCloud, deploy: Deploy, put: Put, bodies: Bodies
) -> None:
    deploy({**ORDERS, "ToNobody": rule_to("arn:aws:lambda:us-east-1:111111111111:function:nobody")})
    event = put()
    cloud.settle()
    (lost,) = [d for d in cloud.ledger.deliveries_of(event) if d.edge.kind == "rule→lambda"]
    assert (lost.fate, lost.code) == (Fate.DROPPED, "NO_RESOURCE")
    assert "function:nobody" in lost.reason
    assert len(bodies("orders")) == 1


@pytest.mark.parametrize(
    "properties",
    [
        {"Runtime": "nodejs22.x"},
        {"PackageType": "Image", "Code": {"ImageUri": "1.dkr.ecr.us-east-1.amazonaws.com/a:b"}},
    ],
    ids=["node", "container image"],
)
def test_a_function_that_cannot_run_here_is_listed_and_fails_with_its_reason(  # noqa: PLR0917 - fixtures
    cloud: LocalCloud, deploy: Deploy, put: Put, bodies: Bodies, function: Function, properties: Json
) -> None:
    ship = function("Ship", "", **properties)
    if "PackageType" in properties:
        del ship["Ship"]["Properties"]["Runtime"], ship["Ship"]["Properties"]["Handler"]
    notices = deploy({**ship, **ORDERS, "ToShip": rule_to({"Fn::GetAtt": ["Ship", "Arn"]})})
    assert [notice.where for notice in notices] == ["shop/Ship"]
    assert "is not run" in notices[0].what
    event = put()
    cloud.settle()
    (lost,) = [d for d in cloud.ledger.deliveries_of(event) if d.edge.kind == "rule→lambda"]
    assert (lost.fate, lost.code) == (Fate.DROPPED, "NOT_EMULATED")
    assert "shop/Ship" in lost.reason
    assert len(bodies("orders")) == 1
