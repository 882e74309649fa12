"""An assembly of several stacks: each lands in its own account and Region."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from eventyard.errors import AssemblyError, DeployError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from eventyard.local import LocalCloud
    from tests.local.conftest import Json

SHOP, PARTNER = "111111111111", "222222222222"


@pytest.fixture
def assembly(tmp_path: Path) -> Callable[..., Path]:
    """Writes an assembly of stacks, each a mapping of `environment`, `template` and so on."""

    def write(**stacks: Json) -> Path:
        folder = tmp_path / "cdk.out"
        folder.mkdir(exist_ok=True)
        artifacts: Json = {}
        for name, stack in stacks.items():
            (folder / f"{name}.template.json").write_text(json.dumps(stack["template"]))
            dependencies = list(stack.get("dependencies", ()))
            if "files" in stack:
                (folder / f"{name}.assets.json").write_text(json.dumps({"version": "36.0.0", "files": stack["files"]}))
                artifacts[f"{name}.assets"] = {
                    "type": "cdk:asset-manifest",
                    "properties": {"file": f"{name}.assets.json"},
                }
                dependencies.append(f"{name}.assets")
            artifacts[name] = {
                "type": "aws:cloudformation:stack",
                "environment": stack.get("environment", "aws://unknown-account/unknown-region"),
                "properties": {"templateFile": f"{name}.template.json"},
                "dependencies": dependencies,
            }
        (folder / "manifest.json").write_text(json.dumps({"version": "36.0.0", "artifacts": artifacts}))
        return folder

    return write


def queue(name: str) -> Json:
    return {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": name}}


def messages(cloud: LocalCloud, name: str, **where: str) -> list[Any]:
    sqs = cloud.client("sqs", **where)
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    return [
        json.loads(m["Body"]) for m in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    ]


def test_each_stack_lands_in_its_account_and_region(cloud: LocalCloud, assembly: Callable[..., Path]) -> None:
    cloud.deploy(
        assembly(
            Shop={"environment": f"aws://{SHOP}/us-east-1", "template": {"Resources": {"Q": queue("orders")}}},
            Partner={"environment": f"aws://{PARTNER}/eu-central-1", "template": {"Resources": {"Q": queue("orders")}}},
            Anywhere={"template": {"Resources": {"Q": queue("anywhere")}}},
        )
    )
    assert len(cloud.client("sqs").list_queues()["QueueUrls"]) == 2
    (there,) = cloud.client("sqs", account=PARTNER, region="eu-central-1").list_queues()["QueueUrls"]
    assert there == f"https://sqs.eu-central-1.amazonaws.com/{PARTNER}/orders"
    assert "QueueUrls" not in cloud.client("sqs", account=PARTNER).list_queues()


def test_a_stack_takes_from_another_what_that_exports(cloud: LocalCloud, assembly: Callable[..., Path]) -> None:
    """Also when the consumer comes first in the manifest, and again after the value changed."""

    def stacks(name: str) -> Path:
        consumer: Json = {
            "Placed": {
                "Type": "AWS::Events::Rule",
                "Properties": {
                    "EventPattern": {"source": ["shop.web"]},
                    "Targets": [{"Id": "q", "Arn": {"Fn::ImportValue": "OrdersArn"}}],
                },
            }
        }
        output = {"Value": {"Fn::GetAtt": ["Q", "Arn"]}, "Export": {"Name": "OrdersArn"}}
        return assembly(
            Rules={"template": {"Resources": consumer}, "dependencies": ["Queues"]},
            Queues={"template": {"Resources": {"Q": queue(name)}, "Outputs": {"Arn": output}}},
        )

    events = cloud.client("events")
    for name in ("orders", "orders-renamed"):
        cloud.deploy(stacks(name))
        events.put_events(Entries=[{"Source": "shop.web", "DetailType": "OrderPlaced", "Detail": "{}"}])
        cloud.settle()
        assert len(messages(cloud, name)) == 1


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        (f"aws://{SHOP}/us-est-1", r"'us-est-1' is no Region\. Did you mean us-east-1\?"),
        ("aws://shop/us-east-1", r"'shop' is no account"),
    ],
)
def test_a_stack_whose_environment_is_none_is_named_and_the_others_are_deployed(
    cloud: LocalCloud, assembly: Callable[..., Path], environment: str, says: str
) -> None:
    template: Json = {"Resources": {"Q": queue("orders")}}
    with pytest.raises(DeployError, match=says) as caught:
        cloud.deploy(assembly(Wrong={"environment": environment, "template": template}, Right={"template": template}))
    assert (caught.value.stack, caught.value.logical_id) == ("Wrong", "")
    assert messages(cloud, "orders") == []


def test_what_another_account_is_sent_arrives_in_that_account(cloud: LocalCloud, assembly: Callable[..., Path]) -> None:
    """From a rule and from a topic, to queues that bear the same name in both accounts."""
    theirs = f"arn:aws:sqs:us-east-1:{PARTNER}:orders"
    target = {"Id": "q", "Arn": theirs, "RoleArn": f"arn:aws:iam::{SHOP}:role/sender"}
    shop: Json = {
        "Own": queue("orders"),
        "Placed": {
            "Type": "AWS::Events::Rule",
            "Properties": {"EventPattern": {"source": ["shop.web"]}, "Targets": [target]},
        },
        "News": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "news"}},
        "Hears": {
            "Type": "AWS::SNS::Subscription",
            "Properties": {
                "TopicArn": {"Ref": "News"},
                "Protocol": "sqs",
                "Endpoint": theirs,
                "RawMessageDelivery": True,
            },
        },
    }
    cloud.deploy(
        assembly(
            Partner={"environment": f"aws://{PARTNER}/us-east-1", "template": {"Resources": {"Q": queue("orders")}}},
            Shop={
                "environment": f"aws://{SHOP}/us-east-1",
                "template": {"Resources": shop},
                "dependencies": ["Partner"],
            },
        )
    )
    cloud.client("events").put_events(Entries=[{"Source": "shop.web", "DetailType": "t", "Detail": '{"n": 1}'}])
    cloud.client("sns").publish(TopicArn=f"arn:aws:sns:us-east-1:{SHOP}:news", Message='{"n": 2}')
    cloud.settle()
    first, second = messages(cloud, "orders", account=PARTNER)
    assert first["detail"] == {"n": 1}
    assert second == {"n": 2}
    assert messages(cloud, "orders") == []


def test_functions_run_as_the_role_and_account_of_their_stack(
    cloud: LocalCloud, assembly: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "cdk.out" / "asset.1").mkdir(parents=True)
    code = "import boto3\ndef handle(event, context):\n    return boto3.client('sts').get_caller_identity()['Arn']\n"
    (tmp_path / "cdk.out" / "asset.1" / "app.py").write_text(code)
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {"RoleName": "partner-role", "AssumeRolePolicyDocument": {"Statement": []}},
    }
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "FunctionName": "who",
            "Runtime": "python3.13",
            "Handler": "app.handle",
            "Timeout": 30,
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Code": {"S3Bucket": {"Fn::Sub": "code-${AWS::AccountId}"}, "S3Key": "1.zip"},
        },
    }
    destination = {"here": {"bucketName": "code-${AWS::AccountId}", "objectKey": "1.zip"}}
    cloud.deploy(
        assembly(
            Partner={
                "environment": f"aws://{PARTNER}/eu-central-1",
                "template": {"Resources": {"Role": role, "Who": function}},
                "files": {"1": {"source": {"path": "asset.1", "packaging": "zip"}, "destinations": destination}},
            }
        )
    )
    answer = cloud.client("lambda", account=PARTNER, region="eu-central-1").invoke(FunctionName="who")
    assert json.loads(answer["Payload"].read()) == f"arn:aws:sts::{PARTNER}:assumed-role/partner-role/who"


def test_an_asset_that_is_missing_is_named_with_who_needs_it_and_the_rest_is_deployed(
    cloud: LocalCloud, assembly: Callable[..., Path]
) -> None:
    destination = {"here": {"bucketName": "code", "objectKey": "1.zip"}}
    code = {"S3Bucket": "code", "S3Key": "1.zip"}
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}}
    function = {"Runtime": "python3.13", "Handler": "a.b", "Code": code, "Role": {"Fn::GetAtt": ["Role", "Arn"]}}
    broken = assembly(
        Shop={
            "template": {
                "Resources": {
                    "Q": queue("orders"),
                    "Role": role,
                    "Seller": {"Type": "AWS::Lambda::Function", "Properties": function},
                }
            },
            "files": {"1": {"source": {"path": "asset.1", "packaging": "zip"}, "destinations": destination}},
        }
    )

    with pytest.raises(DeployError, match=r"Shop/Seller: its asset asset\.1 is missing") as caught:
        cloud.deploy(broken)

    assert (caught.value.stack, caught.value.logical_id) == ("Shop", "Seller")
    assert "Synthesize again" in caught.value.remedy
    cloud.client("sqs").send_message(QueueUrl="orders", MessageBody='"still here"')
    assert messages(cloud, "orders") == ["still here"]


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("manifest.json", "{", "no JSON"),
        ("manifest.json", "[]", "not a JSON object"),
        ("Shop.template.json", '{"Resources": {"Q": {}}}', "no Type"),
        ("Shop.template.json", "Resources:\n", "no JSON"),
    ],
)
def test_an_assembly_that_cannot_be_read_says_where(
    cloud: LocalCloud, assembly: Callable[..., Path], file: str, content: str, says: str
) -> None:
    folder = assembly(Shop={"template": {"Resources": {"Q": queue("orders")}}})
    (folder / file).write_text(content)
    with pytest.raises(AssemblyError, match=says) as caught:
        cloud.deploy(folder)
    assert file in caught.value.where
    assert caught.value.remedy


def test_a_stack_whose_import_is_missing_does_not_keep_the_others_away(
    cloud: LocalCloud, assembly: Callable[..., Path]
) -> None:
    bad: Json = {
        "Q": queue("orders"),
        "P": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::ImportValue": "Nowhere"}}},
    }
    with pytest.raises(DeployError, match="Nowhere") as caught:
        cloud.deploy(
            assembly(
                Bad={"template": {"Resources": bad}},
                Good={"template": {"Resources": {"Q": queue("good")}}, "dependencies": ["Bad"]},
            )
        )
    assert (caught.value.stack, caught.value.logical_id) == ("Bad", "P")
    names = [url.rsplit("/", 1)[-1] for url in cloud.client("sqs").list_queues()["QueueUrls"]]
    assert sorted(names) == ["good", "orders"]
