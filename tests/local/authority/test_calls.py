"""API calls through boto3, as a role's session, a user, or another account."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from eventyard.local.authority import Authority
from eventyard.local.moto_seam import ApiCall
from tests.local.authority.scene import THEM, US, Json, Scene, document, service, statement

if TYPE_CHECKING:
    from collections.abc import Callable

    from eventyard.local import LocalCloud

SESSION = f"arn:aws:sts::{US}:assumed-role/caller/test"
URL = f"https://sqs.us-east-1.amazonaws.com/{US}/orders"
ENTRY: Json = {"Source": "shop.web", "DetailType": "OrderPlaced", "Detail": "{}"}
MESSAGE = {"Id": "1", "MessageBody": "hello"}


def arn(service_: str, resource: str) -> str:
    return f"arn:aws:{service_}:us-east-1:{US}:{resource}"


def outcome(call: Callable[[], Any]) -> str:
    """`ok`, or the error's code."""
    try:
        call()
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "ok"


# operation, its parameters, the action and resource it takes, the code of its refusal. The operations are those whose
# action has another name, or whose resource stands somewhere else, and one of each protocol.
CALLS: list[tuple[str, str, Json, str, str, str]] = [
    ("sqs", "send_message", {"QueueUrl": URL, "MessageBody": "x"}, "sqs:SendMessage", "orders", "AccessDenied"),
    ("sqs", "send_message_batch", {"QueueUrl": URL, "Entries": [MESSAGE]}, "sqs:SendMessage", "orders", "AccessDenied"),
    ("sqs", "receive_message", {"QueueUrl": URL}, "sqs:ReceiveMessage", "orders", "AccessDenied"),
    ("sqs", "get_queue_url", {"QueueName": "orders"}, "sqs:GetQueueUrl", "orders", "AccessDenied"),
    ("sns", "publish", {"TopicArn": arn("sns", "news"), "Message": "x"}, "sns:Publish", "news", "AuthorizationError"),
    (
        "sns",
        "publish_batch",
        {"TopicArn": arn("sns", "news"), "PublishBatchRequestEntries": [{"Id": "1", "Message": "x"}]},
        "sns:Publish",
        "news",
        "AuthorizationError",
    ),
    (
        "events",
        "put_events",
        {"Entries": [{**ENTRY, "EventBusName": "shop"}]},
        "events:PutEvents",
        "event-bus/shop",
        "AccessDeniedException",
    ),
    (
        "events",
        "put_rule",
        {"Name": "r", "EventBusName": "shop", "EventPattern": '{"source": ["shop.web"]}'},
        "events:PutRule",
        "rule/shop/r",
        "AccessDeniedException",
    ),
    (
        "lambda",
        "get_function_configuration",
        {"FunctionName": "work"},
        "lambda:GetFunctionConfiguration",
        "function:work",
        "AccessDeniedException",
    ),
    (
        "lambda",
        "invoke",
        {"FunctionName": "work", "InvocationType": "DryRun"},
        "lambda:InvokeFunction",
        "function:work",
        "AccessDeniedException",
    ),
    (
        "dynamodb",
        "put_item",
        {"TableName": "orders", "Item": {"id": {"S": "1"}}},
        "dynamodb:PutItem",
        "table/orders",
        "AccessDeniedException",
    ),
    (
        "dynamodb",
        "transact_write_items",
        {"TransactItems": [{"Put": {"TableName": "orders", "Item": {"id": {"S": "1"}}}}]},
        "dynamodb:PutItem",
        "table/orders",
        "AccessDeniedException",
    ),
    (
        "dynamodb",
        "batch_write_item",
        {"RequestItems": {"orders": [{"PutRequest": {"Item": {"id": {"S": "1"}}}}]}},
        "dynamodb:BatchWriteItem",
        "table/orders",
        "AccessDeniedException",
    ),
    (
        "logs",
        "create_log_stream",
        {"logGroupName": "/shop", "logStreamName": "s"},
        "logs:CreateLogStream",
        "log-group:/shop:*",
        "AccessDeniedException",
    ),
    ("ssm", "get_parameter", {"Name": "/shop/tax"}, "ssm:GetParameter", "parameter/shop/tax", "AccessDeniedException"),
    (
        "secretsmanager",
        "get_secret_value",
        {"SecretId": "shop"},
        "secretsmanager:GetSecretValue",
        "secret:shop-??????",
        "AccessDeniedException",
    ),
    (
        "cloudwatch",
        "put_metric_data",
        {"Namespace": "shop", "MetricData": [{"MetricName": "orders", "Value": 1.0}]},
        "cloudwatch:PutMetricData",
        "*",
        "AccessDenied",
    ),
]


@pytest.fixture
def shop(scene: Scene) -> Scene:
    cloud = scene.cloud
    scene.queue()
    scene.topic("news")
    scene.bus("shop")
    scene.function()
    scene.log_group("/shop")
    cloud.client("dynamodb").create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    cloud.client("ssm").put_parameter(Name="/shop/tax", Value="19", Type="String")
    cloud.client("secretsmanager").create_secret(Name="shop", SecretString="s")
    return scene


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call[0]}-{call[1]}")
def test_a_role_may_call_what_its_policies_allow_and_nothing_else(
    shop: Scene, call: tuple[str, str, Json, str, str, str]
) -> None:
    name, operation, parameters, action, resource, code = call
    full = resource if resource == "*" else arn(name, resource)
    role = shop.role("caller", statement(None, action, full), trusts=service("lambda"))
    client = shop.session(role).client(name)  # type: ignore[call-overload]  # any service, by name
    assert outcome(lambda: getattr(client, operation)(**parameters)) == "ok"
    others = document(statement(None, action, f"arn:aws:{name}:us-east-1:{US}:another"))
    others = document(statement(None, f"{name}:Another*")) if resource == "*" else others
    shop.cloud.client("iam").put_role_policy(RoleName="caller", PolicyName="does", PolicyDocument=others)
    assert outcome(lambda: getattr(client, operation)(**parameters)) == code


def test_a_refusal_says_what_aws_says_and_what_to_look_at(shop: Scene) -> None:
    role = shop.role("caller", statement(None, "sqs:ReceiveMessage"), trusts=service("lambda"))
    with pytest.raises(ClientError) as refused:
        shop.session(role).client("sqs").send_message(QueueUrl=URL, MessageBody="x")
    message = refused.value.response["Error"]["Message"]
    queue = arn("sqs", "orders")
    assert message.startswith(
        f"User: {SESSION} is not authorized to perform: sqs:SendMessage on resource: {queue} because no identity-based "
        "policy allows the sqs:SendMessage action ("
    )


S3: list[tuple[str, str, Json, str, str]] = [
    ("read", "get_object", {"Key": "a"}, "s3:GetObject", "/a"),
    ("write", "put_object", {"Key": "a", "Body": b"x"}, "s3:PutObject", "/a"),
    ("ask for its head", "head_object", {"Key": "a"}, "s3:GetObject", "/a"),
    ("delete", "delete_object", {"Key": "a"}, "s3:DeleteObject", "/a"),
    ("list", "list_objects_v2", {}, "s3:ListBucket", ""),
]


@pytest.mark.parametrize(("name", "operation", "parameters", "action", "resource"), S3, ids=[case[0] for case in S3])
def test_buckets_and_objects(
    scene: Scene, *, name: str, operation: str, parameters: Json, action: str, resource: str
) -> None:
    scene.cloud.client("s3").create_bucket(Bucket="shop")
    scene.cloud.client("s3").put_object(Bucket="shop", Key="a", Body=b"x")
    role = scene.role("caller", statement(None, action, f"arn:aws:s3:::shop{resource}"), trusts=service("lambda"))
    client = scene.session(role).client("s3")
    assert outcome(lambda: getattr(client, operation)(Bucket="shop", **parameters)) == "ok", name
    scene.cloud.client("iam").delete_role_policy(RoleName="caller", PolicyName="does")
    assert outcome(lambda: getattr(client, operation)(Bucket="shop", **parameters)) in {"AccessDenied", "403"}


def test_a_queues_policy_admits_a_role_without_policies_of_its_own(scene: Scene) -> None:
    role = scene.role("caller", trusts=service("lambda"))
    scene.queue("orders", statement({"AWS": role}, "sqs:SendMessage"))
    sqs = scene.session(role).client("sqs")
    assert outcome(lambda: sqs.send_message(QueueUrl=URL, MessageBody="x")) == "ok"
    assert outcome(lambda: sqs.receive_message(QueueUrl=URL)) == "AccessDenied"


def test_an_explicit_deny_of_the_resource_wins_and_is_named(scene: Scene) -> None:
    role = scene.role("caller", statement(None, "*"), trusts=service("lambda"))
    scene.queue("orders", {**statement({"AWS": role}, "sqs:SendMessage"), "Effect": "Deny"})
    with pytest.raises(ClientError, match="with an explicit deny in a resource-based policy"):
        scene.session(role).client("sqs").send_message(QueueUrl=URL, MessageBody="x")


def test_the_source_of_an_event_may_be_a_condition(scene: Scene) -> None:
    only = {"Condition": {"StringEquals": {"events:source": "shop.web"}}}
    role = scene.role("caller", statement(None, "events:PutEvents", **only), trusts=service("lambda"))
    events = scene.session(role).client("events")
    good, bad = ENTRY, {**ENTRY, "Source": "shop.app"}
    put: Any = events.put_events  # dicts will do for its entries
    assert outcome(lambda: put(Entries=[good])) == "ok"
    assert outcome(lambda: put(Entries=[good, bad])) == "AccessDeniedException"


@pytest.mark.parametrize(
    ("pattern", "allowed"),
    [
        ({"source": ["shop.web"], "detail-type": ["OrderPlaced"]}, True),
        ({"source": ["shop.web", "shop.pos"]}, True),
        ({"source": ["shop.web", "shop.bank"]}, False),
        ({"source": [{"prefix": "shop."}]}, False),
        ({"detail-type": ["OrderPlaced"]}, False),
    ],
    ids=["its source", "both its sources", "one that is not its own", "a prefix", "no source at all"],
)
def test_who_may_make_rules_may_be_held_to_the_sources_of_the_pattern(
    scene: Scene, pattern: Json, *, allowed: bool
) -> None:
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html has both conditions.
    only = {
        "Condition": {
            "ForAllValues:StringEquals": {"events:source": ["shop.web", "shop.pos"]},
            "Null": {"events:source": "false"},
        }
    }
    role = scene.role("caller", statement(None, "events:PutRule", **only), trusts=service("lambda"))
    events = scene.session(role).client("events")
    wanted = "ok" if allowed else "AccessDeniedException"
    assert outcome(lambda: events.put_rule(Name="mine", EventPattern=json.dumps(pattern))) == wanted


@pytest.mark.parametrize("allowed", [True, False])
def test_who_may_add_targets_may_be_held_to_their_arns(scene: Scene, *, allowed: bool) -> None:
    scene.cloud.client("events").put_rule(Name="mine", EventPattern='{"source": ["shop.web"]}')
    only = {"Condition": {"ForAllValues:ArnEquals": {"events:TargetArn": arn("sqs", "orders")}}}
    role = scene.role("caller", statement(None, "events:PutTargets", **only), trusts=service("lambda"))
    events = scene.session(role).client("events")
    target: Any = {"Id": "1", "Arn": arn("sqs", "orders" if allowed else "others")}
    wanted = "ok" if allowed else "AccessDeniedException"
    assert outcome(lambda: events.put_targets(Rule="mine", Targets=[target])) == wanted


@pytest.mark.parametrize("admitted", [True, False])
def test_another_accounts_bus_is_its_own_to_open(scene: Scene, *, admitted: bool) -> None:
    ours = {"AWS": f"arn:aws:iam::{US}:root"}
    bus = scene.bus("partner", *([statement(ours, "events:PutEvents")] if admitted else []), account=THEM)
    entries = [{**ENTRY, "EventBusName": bus}]
    wanted = "ok" if admitted else "AccessDeniedException"
    assert outcome(lambda: scene.cloud.client("events").put_events(Entries=entries)) == wanted


def test_the_key_of_a_queue_counts_for_a_role_that_sends(scene: Scene) -> None:
    scene.queue("orders", key=scene.key())
    role = scene.role("caller", statement(None, "sqs:SendMessage"), trusts=service("lambda"))
    sqs = scene.session(role).client("sqs")
    assert outcome(lambda: sqs.send_message(QueueUrl=URL, MessageBody="x")) == "KMS.AccessDeniedException"
    more = document(statement(None, ["kms:GenerateDataKey", "kms:Decrypt"]))
    scene.cloud.client("iam").put_role_policy(RoleName="caller", PolicyName="key", PolicyDocument=more)
    assert outcome(lambda: sqs.send_message(QueueUrl=URL, MessageBody="x")) == "ok"


def test_the_key_of_a_topic_counts_for_a_role_that_publishes(scene: Scene) -> None:
    topic = scene.topic("alerts", key=scene.key())
    role = scene.role("caller", statement(None, "sns:Publish"), trusts=service("lambda"))
    sns = scene.session(role).client("sns")
    assert outcome(lambda: sns.publish(TopicArn=topic, Message="x")).startswith("KMS")
    more = document(statement(None, ["kms:GenerateDataKey", "kms:Decrypt"]))
    scene.cloud.client("iam").put_role_policy(RoleName="caller", PolicyName="key", PolicyDocument=more)
    assert outcome(lambda: sns.publish(TopicArn=topic, Message="x")) == "ok"


def test_a_user_has_its_own_and_its_groups_policies(scene: Scene) -> None:
    iam = scene.cloud.client("iam")
    iam.create_user(UserName="ann")
    made = iam.create_access_key(UserName="ann")["AccessKey"]
    session = boto3.Session(made["AccessKeyId"], made["SecretAccessKey"], region_name="us-east-1")
    scene.queue()
    sqs = session.client("sqs")
    assert outcome(lambda: sqs.send_message(QueueUrl=URL, MessageBody="x")) == "AccessDenied"
    iam.create_group(GroupName="shop")
    iam.put_group_policy(GroupName="shop", PolicyName="p", PolicyDocument=document(statement(None, "sqs:*")))
    iam.add_user_to_group(GroupName="shop", UserName="ann")
    assert outcome(lambda: sqs.send_message(QueueUrl=URL, MessageBody="x")) == "ok"


def test_a_service_without_a_table_takes_the_action_on_some_resource(scene: Scene) -> None:
    stream = statement(None, "kinesis:PutRecord", arn("kinesis", "stream/orders"))
    role = scene.role("caller", stream, trusts=service("lambda"))
    kinesis = scene.session(role).client("kinesis")
    scene.cloud.client("kinesis").create_stream(StreamName="orders", ShardCount=1)
    record = {"StreamName": "orders", "Data": b"x", "PartitionKey": "k"}
    assert outcome(lambda: kinesis.put_record(**record)) == "ok"
    assert outcome(lambda: kinesis.delete_stream(StreamName="orders")) == "AccessDeniedException"
    deny = document({**statement(None, "kinesis:*"), "Effect": "Deny"})
    scene.cloud.client("iam").put_role_policy(RoleName="caller", PolicyName="not", PolicyDocument=deny)
    assert outcome(lambda: kinesis.put_record(**record)) == "AccessDeniedException"


def test_a_function_permits_another_account(scene: Scene) -> None:
    function = scene.function("work", {"Action": "lambda:InvokeFunction", "Principal": THEM})
    theirs = scene.role("caller", statement(None, "lambda:InvokeFunction"), trusts=service("lambda"), account=THEM)
    authority = Authority(scene.cloud._yard.state)  # noqa: SLF001 - the room by itself
    assert authority.role_send(role=theirs, action="lambda:InvokeFunction", target=function) is None
    stranger = theirs.replace(THEM, "333333333333")
    assert authority.role_send(role=stranger, action="lambda:InvokeFunction", target=function) is not None


def test_a_role_assumes_another_that_trusts_it(scene: Scene) -> None:
    second = f"arn:aws:iam::{US}:role/second"
    first = scene.role("caller", statement(None, "sts:AssumeRole", second), trusts=service("lambda"))
    sts = scene.session(first).client("sts")
    scene.role("second", trusts=service("lambda"))
    wanted = {"RoleArn": second, "RoleSessionName": "test"}
    assert outcome(lambda: sts.assume_role(**wanted)) == "AccessDenied"
    trust = document(statement({"AWS": first}, "sts:AssumeRole", None))
    scene.cloud.client("iam").update_assume_role_policy(RoleName="second", PolicyDocument=trust)
    assert outcome(lambda: sts.assume_role(**wanted)) == "ok"


def test_without_enforcement_the_answer_is_the_same(cloud: LocalCloud, scene: Scene) -> None:
    role = scene.role("caller", trusts=service("lambda"))
    key = scene.session(role).get_credentials()
    assert key is not None
    call = ApiCall(key.access_key, US, "us-east-1", "sqs", "SendMessage", {"QueueUrl": URL})
    lenient, strict = (Authority(cloud._yard.state, enforce=enforce) for enforce in (False, True))  # noqa: SLF001 - the room by itself
    assert lenient.call(call) is not None
    assert lenient.call(call) == strict.call(call)
    assert (lenient.enforce, strict.enforce) == (False, True)


def test_everybody_may_ask_who_they_are(scene: Scene) -> None:
    role = scene.role("caller", trusts=service("lambda"))
    assert scene.session(role).client("sts").get_caller_identity()["Arn"] == SESSION


def test_a_functions_code_may_do_what_its_role_may(scene: Scene) -> None:
    scene.queue()
    role = scene.role("caller", trusts=service("lambda"))
    code = f"""
        import boto3
        def handle(event, context):
            boto3.client("sqs").send_message(QueueUrl="{URL}", MessageBody="x")
    """
    scene.function("sends", code=code, role=role)
    functions = scene.cloud.client("lambda")
    answer = functions.invoke(FunctionName="sends")
    assert answer["FunctionError"]
    assert "is not authorized to perform: sqs:SendMessage" in json.loads(answer["Payload"].read())["errorMessage"]
    may = document(statement(None, "sqs:SendMessage"))
    scene.cloud.client("iam").put_role_policy(RoleName="caller", PolicyName="does", PolicyDocument=may)
    assert "FunctionError" not in functions.invoke(FunctionName="sends")


def test_whoever_puts_metrics_may_be_held_to_a_namespace(cloud: LocalCloud, scene: Scene) -> None:
    condition = {"StringEquals": {"cloudwatch:namespace": "Shop"}}
    allowed = statement(None, "cloudwatch:PutMetricData", Condition=condition)
    role = scene.role("tells", allowed, trusts={"AWS": f"arn:aws:iam::{US}:root"})
    cloudwatch = scene.session(role).client("cloudwatch")
    data = [{"MetricName": "Heartbeat", "Value": 1.0}]
    cloudwatch.put_metric_data(Namespace="Shop", MetricData=data)
    with pytest.raises(ClientError, match="cloudwatch:PutMetricData"):
        cloudwatch.put_metric_data(Namespace="Else", MetricData=data)
    assert [one["Namespace"] for one in cloud.client("cloudwatch").list_metrics()["Metrics"]] == ["Shop"]


def test_a_bucket_that_denies_what_is_not_tls_takes_objects(cloud: LocalCloud) -> None:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="evidence")
    deny = statement({"AWS": "*"}, "s3:*", ["arn:aws:s3:::evidence", "arn:aws:s3:::evidence/*"], Effect="Deny")
    insecure = {**deny, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    s3.put_bucket_policy(Bucket="evidence", Policy=document(insecure))
    s3.put_object(Bucket="evidence", Key="a", Body=b"x")
    s3.put_bucket_policy(Bucket="evidence", Policy=document({**deny, "Action": "s3:PutObject"}))
    with pytest.raises(ClientError, match="s3:PutObject"):
        s3.put_object(Bucket="evidence", Key="b", Body=b"x")
