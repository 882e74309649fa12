"""Functions: invoked, tried again, given up; what they see, what they publish, what is kept of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from eventyard.local import Fate, Host, LocalCloud

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.local.conftest import Bodies, Deploy, Function, Json, Put

RAISES = "def handle(event, context):\n    raise ValueError('no stock')\n"


@pytest.fixture(scope="module", params=["processes", "in process"])
def host(request: pytest.FixtureRequest) -> Iterator[Host]:
    """Both ways to run functions: what a test here says holds for both."""
    with Host(in_process=request.param == "in process") as running:
        yield running


def to_function(name: str = "Ship") -> Json:
    return {
        "ToFunction": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "EventPattern": {"source": ["shop.web"]},
                "Targets": [{"Id": "f", "Arn": {"Fn::GetAtt": [name, "Arn"]}}],
            },
        }
    }


def invoke(cloud: LocalCloud, name: str, event: object = None, **more: str) -> tuple[Any, Any]:
    """The whole answer of Invoke, and its payload."""
    answer = cloud.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event).encode(), **more)
    payload = answer["Payload"].read()
    return answer, json.loads(payload) if payload else None


def test_invoke_answers_what_the_handler_returns(cloud: LocalCloud, deploy: Deploy, function: Function) -> None:
    deploy(function("Double", "def handle(event, context):\n    return {'twice': event['n'] * 2}\n"))
    answer, payload = invoke(cloud, "Double", {"n": 21})
    assert payload == {"twice": 42}
    assert answer["StatusCode"] == 200
    assert "FunctionError" not in answer


def test_invoke_answers_an_error_as_lambda_words_it(cloud: LocalCloud, deploy: Deploy, function: Function) -> None:
    deploy(function("Ship", RAISES))
    answer, payload = invoke(cloud, "Ship", {})
    assert answer["FunctionError"] == "Unhandled"
    assert (payload["errorType"], payload["errorMessage"]) == ("ValueError", "no stock")
    assert any("index.py" in line for line in payload["stackTrace"])


def test_invoke_later_is_an_event_of_its_own(cloud: LocalCloud, deploy: Deploy, function: Function) -> None:
    deploy(function("Ship", "def handle(event, context):\n    print('shipped', event['n'])\n"))
    answer, _ = invoke(cloud, "Ship", {"n": 7}, InvocationType="Event")
    assert answer["StatusCode"] == 202
    assert cloud.ledger.balance.pending == 1
    cloud.settle()
    (delivery,) = cloud.ledger.deliveries
    assert (delivery.edge.kind, delivery.fate) == ("invoke→lambda", Fate.DELIVERED)
    assert "shipped 7" in delivery.attempts[0].log


def test_print_log_and_traceback_are_in_the_log_group_and_in_the_ledger(
    cloud: LocalCloud, deploy: Deploy, put: Put, function: Function
) -> None:
    code = """
        import logging
        def handle(event, context):
            print("printed")
            logging.getLogger().warning("logged")
            raise ValueError("no stock")
    """
    group: Json = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/shop/ship"}}
    logged = {"LoggingConfig": {"LogGroup": {"Ref": "Group"}}}
    deploy({**function("Ship", code, **logged), "Group": group, **to_function()})
    event = put()
    cloud.settle()
    logs = cloud.client("logs")
    (stream,) = logs.describe_log_streams(logGroupName="/shop/ship")["logStreams"]
    kept = logs.get_log_events(
        logGroupName="/shop/ship", logStreamName=stream["logStreamName"], startFromHead=True, limit=100
    )["events"]
    (delivery,) = cloud.ledger.deliveries_of(event)
    for text in ["\n".join(line["message"] for line in kept), delivery.attempts[0].log]:
        assert "printed" in text
        assert "logged" in text
        assert "ValueError: no stock" in text
        assert "START RequestId" in text
    assert len(delivery.attempts) == 3


def test_a_function_is_tried_three_times_a_minute_and_then_two_apart(
    cloud: LocalCloud, deploy: Deploy, put: Put, function: Function
) -> None:
    # https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
    deploy({**function("Ship", RAISES), **to_function()})
    event = put()
    cloud.settle()
    (delivery,) = cloud.ledger.deliveries_of(event)
    assert [attempt.time - delivery.attempts[0].time for attempt in delivery.attempts] == [0, 60, 180]
    assert (delivery.fate, delivery.code) == (Fate.DROPPED, "Unhandled")
    assert delivery.reason == "ValueError: no stock"


def test_dead_letters_of_a_function_are_the_event_with_the_error(
    cloud: LocalCloud, deploy: Deploy, put: Put, function: Function
) -> None:
    # https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq
    dead = {"DeadLetterConfig": {"TargetArn": {"Fn::GetAtt": ["Dead", "Arn"]}}}
    retries = {
        "Type": "AWS::Lambda::EventInvokeConfig",
        "Properties": {"FunctionName": {"Ref": "Ship"}, "Qualifier": "$LATEST", "MaximumRetryAttempts": 1},
    }
    queue: Json = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "dead"}}
    deploy({**function("Ship", RAISES, **dead), "Dead": queue, "Retries": retries, **to_function()})
    event = put({"n": 1})
    cloud.settle()
    sqs = cloud.client("sqs")
    url = sqs.get_queue_url(QueueName="dead")["QueueUrl"]
    (message,) = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    (delivery,) = cloud.ledger.deliveries_of(event)
    attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    assert json.loads(message["Body"])["id"] == event
    assert attributes.pop("RequestID") in delivery.attempts[-1].log
    assert attributes == {"ErrorCode": "200", "ErrorMessage": "no stock"}
    assert (delivery.fate, len(delivery.attempts)) == (Fate.DEAD_LETTERED, 2)


def test_the_record_of_a_failure_has_the_shape_of_aws(
    cloud: LocalCloud, deploy: Deploy, put: Put, bodies: Bodies, function: Function
) -> None:
    # https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-async-destinations
    queue: Json = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "failed"}}
    config = {
        "Type": "AWS::Lambda::EventInvokeConfig",
        "Properties": {
            "FunctionName": {"Ref": "Ship"},
            "Qualifier": "$LATEST",
            "DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": ["Failed", "Arn"]}}},
        },
    }
    deploy({**function("Ship", RAISES), "Failed": queue, "Config": config, **to_function()})
    put({"n": 1})
    cloud.settle()
    (body,) = bodies("failed")
    record = json.loads(body)
    payload = record.pop("requestPayload")
    response = record.pop("responsePayload")
    assert record["requestContext"].pop("requestId")
    assert record == {
        "version": "1.0",
        "timestamp": "2026-01-01T00:03:00.000Z",
        "requestContext": {
            "functionArn": "arn:aws:lambda:us-east-1:111111111111:function:Ship:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 3,
        },
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
    }
    assert payload["detail"] == {"n": 1}
    assert (response["errorType"], response["errorMessage"]) == ("ValueError", "no stock")


def test_what_a_function_publishes_is_in_the_story_of_the_event_that_caused_it(
    cloud: LocalCloud, deploy: Deploy, put: Put, function: Function
) -> None:
    code = """
        import boto3
        def handle(event, context):
            entry = {"Source": "shop.warehouse", "DetailType": "OrderShipped", "Detail": "{}"}
            boto3.client("events").put_events(Entries=[entry])
            boto3.client("sqs").send_message(QueueUrl=boto3.client("sqs").get_queue_url(QueueName="label")["QueueUrl"],
                                             MessageBody="print me")
    """
    queue: Json = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "label"}}
    deploy({**function("Ship", code), "Label": queue, **to_function()})
    first, second = put(), put()
    cloud.settle()
    for event in (first, second):
        told = [chapter.event.kind for chapter in cloud.ledger.story(event).chapters]
        causes = [
            tuple(cause.event_id for cause in chapter.event.causes) for chapter in cloud.ledger.story(event).chapters
        ]
        assert told == ["event", "event", "sqs"]
        assert causes == [(), (event,), (event,)]
    assert "OrderShipped" in str(cloud.ledger.story(first))


def test_a_function_sees_its_own_environment_and_role_and_nothing_of_this_process(
    cloud: LocalCloud, deploy: Deploy, function: Function, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = """
        import boto3, os
        def handle(event, context):
            return {"environment": dict(os.environ), "identity": boto3.client("sts").get_caller_identity()["Arn"]}
    """
    monkeypatch.setenv("OF_THIS_PROCESS", "secret")
    deploy(function("Ship", code, Environment={"Variables": {"STAGE": "test", "COUNT": "3"}}))
    _, seen = invoke(cloud, "Ship")
    environment = seen["environment"]
    role = cloud.client("lambda").get_function_configuration(FunctionName="Ship")["Role"].rsplit("/", 1)[-1]
    assert (environment["STAGE"], environment["COUNT"]) == ("test", "3")
    assert "OF_THIS_PROCESS" not in environment
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == "Ship"
    assert environment["AWS_REGION"] == "us-east-1"
    assert seen["identity"] == f"arn:aws:sts::111111111111:assumed-role/{role}/Ship"


@pytest.mark.parametrize(
    "variables",
    [
        {"AWS_ENDPOINT_URL_STS": "https://sts.amazonaws.com"},
        {"AWS_ENDPOINT_URL": "https://sts.amazonaws.com"},
        {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
        {"AWS_USE_FIPS_ENDPOINT": "true"},
    ],
    ids=lambda variables: next(iter(variables)),
)
def test_variables_that_would_lead_away_from_here_are_left_out_and_listed(
    cloud: LocalCloud, deploy: Deploy, function: Function, variables: dict[str, str]
) -> None:
    code = """
        import boto3
        def handle(event, context):
            return boto3.client("sts").get_caller_identity()["Account"]
    """
    (notice,) = deploy(function("Ship", code, Environment={"Variables": variables}))
    assert notice.where == "shop/Ship"
    assert next(iter(variables)) in notice.what
    assert invoke(cloud, "Ship")[1] == "111111111111"


def test_a_proxy_of_the_functions_own_does_not_get_its_sdk_calls(
    cloud: LocalCloud, deploy: Deploy, function: Function
) -> None:
    code = """
        import boto3
        def handle(event, context):
            return boto3.client("sts").get_caller_identity()["Account"]
    """
    proxies = {"HTTP_PROXY": "http://proxy.invalid:3128", "https_proxy": "http://proxy.invalid:3128"}
    deploy(function("Ship", code, Environment={"Variables": proxies}))
    assert invoke(cloud, "Ship")[1] == "111111111111"


def test_an_endpoint_that_a_handler_names_itself_is_refused(
    cloud: LocalCloud, deploy: Deploy, function: Function
) -> None:
    code = """
        import boto3
        def handle(event, context):
            boto3.client("sts", endpoint_url="https://sts.example.com").get_caller_identity()
    """
    deploy(function("Ship", code))
    _, error = invoke(cloud, "Ship")
    assert "about to leave the machine" in error["errorMessage"]
    assert "sts.example.com" in error["errorMessage"]


def test_layers_give_modules_and_the_last_one_wins(
    cloud: LocalCloud, deploy: Deploy, function: Function, tmp_path: Path
) -> None:
    import shutil  # noqa: PLC0415 - of this one test

    cloud.client("s3").create_bucket(Bucket="code")
    for name in ("one", "two"):
        folder = tmp_path / name / "python"
        folder.mkdir(parents=True)
        (folder / f"only_{name}.py").write_text(f"NAME = '{name}'\n")
        (folder / "both.py").write_text(f"NAME = '{name}'\n")
        archive = shutil.make_archive(str(tmp_path / f"{name}-layer"), "zip", tmp_path / name)
        cloud.client("s3").upload_file(archive, "code", f"{name}.zip")
    layers: Json = {
        name: {
            "Type": "AWS::Lambda::LayerVersion",
            "Properties": {"Content": {"S3Bucket": "code", "S3Key": f"{name}.zip"}},
        }
        for name in ("one", "two")
    }
    code = """
        import both, only_one, only_two
        def handle(event, context):
            return [only_one.NAME, only_two.NAME, both.NAME]
    """
    deploy({**function("Ship", code, Layers=[{"Ref": "one"}, {"Ref": "two"}]), **layers})
    assert invoke(cloud, "Ship")[1] == ["one", "two", "two"]


def test_changed_code_runs_from_then_on(cloud: LocalCloud, deploy: Deploy, function: Function) -> None:
    for number in (1, 2):
        deploy(function("Ship", f"def handle(event, context):\n    return {number}\n"))
        assert invoke(cloud, "Ship")[1] == number


def test_a_functions_own_calls_reach_what_other_functions_and_tests_see(
    cloud: LocalCloud, deploy: Deploy, put: Put, function: Function
) -> None:
    code = """
        import boto3, json
        def handle(event, context):
            boto3.resource("dynamodb").Table("orders").put_item(Item={"id": event["id"], "n": event["detail"]["n"]})
            answer = boto3.client("lambda").invoke(FunctionName="Inner", Payload=json.dumps(event["detail"]))
            return json.loads(answer["Payload"].read())
    """
    table: Json = {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "TableName": "orders",
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
        },
    }
    inner = function("Inner", "def handle(event, context):\n    print('inner', event['n'])\n")
    deploy({**function("Ship", code), **inner, "Orders": table, **to_function()})
    event = put({"n": 5})
    cloud.settle()
    assert cloud.client("dynamodb").get_item(TableName="orders", Key={"id": {"S": event}})["Item"]["n"] == {"N": "5"}
    logs, group = cloud.client("logs"), "/aws/lambda/Inner"
    (stream,) = logs.describe_log_streams(logGroupName=group)["logStreams"]
    told = logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])["events"]
    assert "inner 5" in [line["message"] for line in told]


def test_the_last_configuration_of_retries_counts(
    cloud: LocalCloud, deploy: Deploy, put: Put, function: Function
) -> None:
    deploy({**function("Ship", RAISES), **to_function()})
    for retries in (2, 0):
        cloud.client("lambda").put_function_event_invoke_config(FunctionName="Ship", MaximumRetryAttempts=retries)
    event = put()
    cloud.settle()
    (delivery,) = cloud.ledger.deliveries_of(event)
    assert len(delivery.attempts) == 1


@pytest.mark.parametrize("kind", ["RequestResponse", "Event", "DryRun"])
def test_a_payload_that_is_no_json_is_refused(cloud: LocalCloud, deploy: Deploy, function: Function, kind: str) -> None:
    deploy(function("Ship", "def handle(event, context):\n    return 1\n"))
    with pytest.raises(ClientError) as caught:
        cloud.client("lambda").invoke(FunctionName="Ship", InvocationType=kind, Payload=b"no json")
    assert caught.value.response["Error"]["Code"] == "InvalidRequestContentException"
    assert cloud.ledger.deliveries == []


def test_a_rules_input_that_is_no_json_goes_to_the_rules_dead_letter_queue(
    cloud: LocalCloud, deploy: Deploy, put: Put, bodies: Bodies, function: Function
) -> None:
    # A template of several quoted lines is good for a queue; a function takes JSON only.
    lines: Json = {"InputPathsMap": {"n": "$.detail.n"}, "InputTemplate": '"first <n>"\n"second"'}
    dead: Json = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "dead"}}
    resources = {**function("Ship", "def handle(event, context):\n    return 1\n"), "Dead": dead, **to_function()}
    (rule,) = (one for one in resources.values() if one["Type"] == "AWS::Events::Rule")
    (target,) = rule["Properties"]["Targets"]
    target |= {"InputTransformer": lines, "DeadLetterConfig": {"Arn": {"Fn::GetAtt": ["Dead", "Arn"]}}}
    deploy(resources)
    event = put({"n": 1})
    cloud.settle()
    (delivery,) = cloud.ledger.deliveries_of(event)
    assert (delivery.fate, delivery.code) == ("dead-lettered", "SDK_CLIENT_ERROR")
    assert json.loads(bodies("dead")[0])["id"] == event


def test_a_function_that_is_deleted_before_its_invocation_ends_in_the_ledger(
    cloud: LocalCloud, deploy: Deploy, function: Function
) -> None:
    deploy(function("Ship", "def handle(event, context):\n    return 1\n"))
    client = cloud.client("lambda")
    client.invoke(FunctionName="Ship", InvocationType="Event", Payload=b"{}")
    client.delete_function(FunctionName="Ship")
    cloud.settle()
    (delivery,) = cloud.ledger.deliveries
    assert (delivery.fate, delivery.code) == ("dropped", "ResourceNotFoundException")
