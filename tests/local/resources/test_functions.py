"""What a template says of functions can be read back, also after a change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.local.templates import arn, queue

if TYPE_CHECKING:
    from eventyard.local import LocalCloud
    from tests.local.conftest import Deploy, Function, Json


def zip_of(name: str, text: str) -> bytes:
    import io  # noqa: PLC0415 - of this one function
    import zipfile  # noqa: PLC0415 - the same

    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as bundle:
        bundle.writestr(name, text)
    return content.getvalue()


def test_a_function_has_what_its_template_says_and_falls_back_when_it_says_no_more(
    cloud: LocalCloud, deploy: Deploy, function: Function
) -> None:
    code = "def handle(event, context):\n    return {}\n"
    group: Json = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/shop/ship", "RetentionInDays": 30}}
    shared: Json = {
        "Dead": queue(QueueName="dead"),
        "Logs": group,
        "Layer": {
            "Type": "AWS::Lambda::LayerVersion",
            "Properties": {"Content": {"S3Bucket": "code", "S3Key": "layer.zip"}, "Description": "shared"},
        },
    }
    cloud.client("s3").create_bucket(Bucket="code")
    cloud.client("s3").put_object(Bucket="code", Key="layer.zip", Body=zip_of("python/shared.py", "X = 1\n"))
    deploy(
        {
            **shared,
            **function(
                "Ship",
                code,
                MemorySize="256",
                Environment={"Variables": {"STAGE": "test"}},
                DeadLetterConfig={"TargetArn": arn("Dead")},
                LoggingConfig={"LogGroup": {"Ref": "Logs"}},
                TracingConfig={"Mode": "Active"},
                Layers=[
                    "arn:aws:lambda:us-east-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python313-arm64:27",
                    {"Ref": "Layer"},
                ],
                Architectures=["arm64"],
                ReservedConcurrentExecutions=2,
                Tags=[{"Key": "team", "Value": "logistics"}],
            ),
        }
    )
    found = cloud.client("lambda").get_function(FunctionName="Ship")
    configuration = found["Configuration"]
    assert configuration["MemorySize"] == 256
    assert configuration["Environment"] == {"Variables": {"STAGE": "test"}}
    assert configuration["DeadLetterConfig"] == {"TargetArn": "arn:aws:sqs:us-east-1:111111111111:dead"}
    assert configuration["LoggingConfig"] == {"LogGroup": "/shop/ship"}
    assert configuration["TracingConfig"] == {"Mode": "Active"}
    assert configuration["Architectures"] == ["arm64"]
    assert configuration["Layers"][0]["Arn"].endswith(":27")
    assert configuration["Layers"][1]["Arn"].endswith(":1")
    assert found["Concurrency"] == {"ReservedConcurrentExecutions": 2}
    assert found["Tags"] == {"team": "logistics"}

    deploy({**shared, **function("Ship", code)})
    configuration = cloud.client("lambda").get_function_configuration(FunctionName="Ship")
    assert configuration["MemorySize"] == 128
    assert configuration["TracingConfig"] == {"Mode": "PassThrough"}
    assert configuration["Layers"] == []
    assert "DeadLetterConfig" not in configuration
    assert "Environment" not in configuration


def test_permissions_of_a_function_are_its_policy_and_go_with_the_template(
    cloud: LocalCloud, deploy: Deploy, function: Function
) -> None:
    ship = function("Ship", "def handle(event, context): pass\n")
    permission: Json = {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "Action": "lambda:InvokeFunction",
            "FunctionName": arn("Ship"),
            "Principal": "sns.amazonaws.com",
            "SourceAccount": "111111111111",
            "SourceArn": "arn:aws:sns:us-east-1:111111111111:orders",
        },
    }
    deploy({**ship, "Admits": permission})
    (statement,) = json.loads(cloud.client("lambda").get_policy(FunctionName="Ship")["Policy"])["Statement"]
    assert statement["Principal"] == {"Service": "sns.amazonaws.com"}
    assert statement["Condition"] == {
        "ArnLike": {"AWS:SourceArn": "arn:aws:sns:us-east-1:111111111111:orders"},
        "StringEquals": {"AWS:SourceAccount": "111111111111"},
    }
    deploy(ship)
    with pytest.raises(cloud.client("lambda").exceptions.ResourceNotFoundException):
        cloud.client("lambda").get_policy(FunctionName="Ship")


def test_an_event_source_mapping_has_what_its_template_says_and_changes_in_place(
    cloud: LocalCloud, deploy: Deploy, function: Function
) -> None:
    base: Json = {**function("Ship", "def handle(event, context): pass\n"), "Orders": queue(QueueName="orders")}

    def mapping(**properties: Any) -> Json:  # noqa: ANN401 - CloudFormation's properties
        return {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {"EventSourceArn": arn("Orders"), "FunctionName": {"Ref": "Ship"}, **properties},
        }

    deploy(
        {
            **base,
            "Intake": mapping(
                BatchSize="5",
                MaximumBatchingWindowInSeconds=10,
                FunctionResponseTypes=["ReportBatchItemFailures"],
                ScalingConfig={"MaximumConcurrency": "2"},
                FilterCriteria={"Filters": [{"Pattern": '{"body": {"kind": ["order"]}}'}]},
            ),
        }
    )
    (first,) = cloud.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    assert first["BatchSize"] == 5
    assert first["MaximumBatchingWindowInSeconds"] == 10
    assert first["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert first["ScalingConfig"] == {"MaximumConcurrency": 2}
    assert first["FilterCriteria"] == {"Filters": [{"Pattern": '{"body": {"kind": ["order"]}}'}]}
    assert first["State"] == "Enabled"

    deploy({**base, "Intake": mapping(BatchSize=1, Enabled=False)})
    (second,) = cloud.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    assert second["UUID"] == first["UUID"]
    assert second["BatchSize"] == 1
    assert second["FunctionResponseTypes"] == []
    assert second["State"] == "Disabled"
