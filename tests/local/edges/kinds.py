"""One edge of each kind: set up with or without what AWS asks for, and something to send over it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.local.authority.scene import THEM, US, Json, Scene, service, statement

if TYPE_CHECKING:
    from collections.abc import Callable

PATTERN = '{"detail": {"total": [{"numeric": [">", 100]}]}}'
RULE = f"arn:aws:events:us-east-1:{US}:rule/orders"
TOPIC = f"arn:aws:sns:us-east-1:{US}:news"
GOOD = "def handle(event, context): return 'done'"
BAD = "def handle(event, context): raise ValueError('no stock')"
USE = ["kms:GenerateDataKey*", "kms:Decrypt"]
RUNS: Json = {"trusts": service("lambda")}


@dataclass(frozen=True)
class Setting:
    """What is asked of an edge: `open` lets it through, `key` encrypts its target ("open" or "closed"; "" for none)."""

    open: bool = True
    key: str = ""
    dead_letters: str = ""


@dataclass(frozen=True)
class Built:
    """An edge that stands. `send(total)` publishes and answers the event's id; `target` is part of its target's ARN."""

    target: str
    send: Callable[[int], str]


def _key(scene: Scene, setting: Setting, who: str) -> str:
    if not setting.key:
        return ""
    return scene.key(*([statement(service(who), USE)] if setting.key == "open" else []))


def _rule(scene: Scene, target: str, setting: Setting, **more: object) -> Built:
    events = scene.cloud.client("events")
    events.put_rule(Name="orders", EventPattern=PATTERN)
    dead = {"DeadLetterConfig": {"Arn": setting.dead_letters}} if setting.dead_letters else {}
    events.put_targets(Rule="orders", Targets=[{"Id": "t", "Arn": target, **dead, **more}])

    def send(total: int) -> str:
        entry = {"Source": "shop", "DetailType": "OrderPlaced", "Detail": json.dumps({"total": total})}
        return str(events.put_events(Entries=[entry])["Entries"][0]["EventId"])

    return Built(target, send)


def rule_to_queue(scene: Scene, setting: Setting) -> Built:
    policy = [statement(service("events"), "sqs:SendMessage")] if setting.open else []
    return _rule(scene, scene.queue("warehouse", *policy, key=_key(scene, setting, "events")), setting)


def rule_to_topic(scene: Scene, setting: Setting) -> Built:
    policy = [statement(service("events"), "sns:Publish")] if setting.open else []
    return _rule(scene, scene.topic("alerts", *policy, key=_key(scene, setting, "events")), setting)


def rule_to_function(scene: Scene, setting: Setting) -> Built:
    permission = {"Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com", "SourceArn": RULE}
    return _rule(scene, scene.function("work", *([permission] if setting.open else []), code=GOOD), setting)


def rule_to_log_group(scene: Scene, setting: Setting) -> Built:
    group = f"arn:aws:logs:us-east-1:{US}:log-group:/shop"
    admits = statement(service("events"), ["logs:CreateLogStream", "logs:PutLogEvents"], f"{group}:*")
    return _rule(scene, scene.log_group("/shop", *([admits] if setting.open else [])), setting)


def rule_to_bus(scene: Scene, setting: Setting) -> Built:
    role = scene.role("forwards", statement(None, "events:PutEvents"), trusts=service("events"))
    admits = [statement({"AWS": f"arn:aws:iam::{US}:root"}, "events:PutEvents")] if setting.open else []
    return _rule(scene, scene.bus("mirror", *admits, account=THEM), setting, RoleArn=role)


def rule_to_queue_elsewhere(scene: Scene, setting: Setting) -> Built:
    role = scene.role("sends", statement(None, ["sqs:SendMessage", *USE]), trusts=service("events"))
    admits = [statement({"AWS": role}, "sqs:SendMessage")] if setting.open else []
    lent = [statement({"AWS": role}, USE)] if setting.key == "open" else []
    key = scene.key(*lent, account=THEM) if setting.key else ""
    return _rule(scene, scene.queue("theirs", *admits, account=THEM, key=key), setting, RoleArn=role)


def _delivery_stream(scene: Scene) -> str:
    """Its bucket is not of this edge: what becomes of the record there are deliveries of their own."""
    scene.cloud.client("s3").create_bucket(Bucket="kept")
    role = scene.role("writes", statement(None, "s3:PutObject"), trusts=service("firehose"))
    return str(
        scene.cloud.client("firehose").create_delivery_stream(
            DeliveryStreamName="backup",
            ExtendedS3DestinationConfiguration={"RoleARN": role, "BucketARN": "arn:aws:s3:::kept"},
        )["DeliveryStreamARN"]
    )


def _puts_records(scene: Scene, stream: str, who: str, setting: Setting) -> str:
    """A role for a service that may put records, or not."""
    return scene.role(
        "puts", *([statement(None, "firehose:PutRecord", stream)] if setting.open else []), trusts=service(who)
    )


def rule_to_delivery_stream(scene: Scene, setting: Setting) -> Built:
    stream = _delivery_stream(scene)
    return _rule(scene, stream, setting, RoleArn=_puts_records(scene, stream, "events", setting))


def rule_to_topic_elsewhere(scene: Scene, setting: Setting) -> Built:
    role = scene.role("publishes", statement(None, ["sns:Publish", *USE]), trusts=service("events"))
    admits = [statement({"AWS": role}, "sns:Publish")] if setting.open else []
    lent = [statement({"AWS": role}, USE)] if setting.key == "open" else []
    key = scene.key(*lent, account=THEM) if setting.key else ""
    return _rule(scene, scene.topic("theirs", *admits, account=THEM, key=key), setting, RoleArn=role)


def rule_to_function_elsewhere(scene: Scene, setting: Setting) -> Built:
    role = scene.role("invokes", statement(None, "lambda:InvokeFunction"), trusts=service("events"))
    admits = [{"Action": "lambda:InvokeFunction", "Principal": US}] if setting.open else []
    return _rule(scene, scene.function("theirs", *admits, code=GOOD, account=THEM), setting, RoleArn=role)


def _topic(scene: Scene, protocol: str, endpoint: str, setting: Setting, by: str = US, **more: str) -> Built:
    """The topic lets account `by` subscribe, which owns the endpoint."""
    sns = scene.cloud.client("sns")
    topic = scene.topic("news", *([] if by == US else [statement({"AWS": by}, "sns:Subscribe")]))
    attributes = {"FilterPolicy": '{"total": [{"numeric": [">", 100]}]}', "FilterPolicyScope": "MessageBody", **more}
    if setting.dead_letters:
        attributes["RedrivePolicy"] = json.dumps({"deadLetterTargetArn": setting.dead_letters})
    subscriber = scene.cloud.client("sns", account=by)
    subscriber.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint, Attributes=attributes)

    def send(total: int) -> str:
        return str(sns.publish(TopicArn=topic, Message=json.dumps({"total": total}))["MessageId"])

    return Built(endpoint, send)


def topic_to_queue(scene: Scene, setting: Setting) -> Built:
    from_topic = {"Condition": {"ArnEquals": {"aws:SourceArn": TOPIC}}}
    policy = [statement(service("sns"), "sqs:SendMessage", **from_topic)] if setting.open else []
    return _topic(scene, "sqs", scene.queue("warehouse", *policy, key=_key(scene, setting, "sns")), setting)


def topic_to_function(scene: Scene, setting: Setting) -> Built:
    permission = {"Action": "lambda:InvokeFunction", "Principal": "sns.amazonaws.com", "SourceArn": TOPIC}
    function = scene.function("work", *([permission] if setting.open else []), code=GOOD)
    return _topic(scene, "lambda", function, setting)


def topic_to_delivery_stream(scene: Scene, setting: Setting) -> Built:
    stream = _delivery_stream(scene)
    return _topic(scene, "firehose", stream, setting, SubscriptionRoleArn=_puts_records(scene, stream, "sns", setting))


def topic_to_queue_elsewhere(scene: Scene, setting: Setting) -> Built:
    from_topic = {"Condition": {"ArnEquals": {"aws:SourceArn": TOPIC}}}
    policy = [statement(service("sns"), "sqs:SendMessage", **from_topic)] if setting.open else []
    lent = [statement(service("sns"), USE)] if setting.key == "open" else []
    key = scene.key(*lent, account=THEM) if setting.key else ""
    return _topic(scene, "sqs", scene.queue("theirs", *policy, account=THEM, key=key), setting, by=THEM)


def topic_to_function_elsewhere(scene: Scene, setting: Setting) -> Built:
    permission = {"Action": "lambda:InvokeFunction", "Principal": "sns.amazonaws.com", "SourceArn": TOPIC}
    admits = [permission] if setting.open else []
    return _topic(scene, "lambda", scene.function("theirs", *admits, code=GOOD, account=THEM), setting, by=THEM)


def queue_to_function(scene: Scene, setting: Setting) -> Built:
    """Its dead letters come from a function that fails; the queue's redrive policy sends them."""
    sqs, key = scene.cloud.client("sqs"), scene.key() if setting.key else ""
    queue = scene.queue("warehouse", key=key)
    url = sqs.get_queue_url(QueueName="warehouse")["QueueUrl"]
    if setting.dead_letters:
        redrive = {"deadLetterTargetArn": setting.dead_letters, "maxReceiveCount": 2}
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": json.dumps(redrive)})
    may = [statement(None, ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], queue)]
    may += [statement(None, "kms:Decrypt", key)] if setting.key == "open" else []
    role = scene.role("works", *may, **RUNS)
    function = scene.function("work", code=BAD if setting.dead_letters else GOOD, role=role)
    scene.cloud.client("lambda").create_event_source_mapping(
        EventSourceArn=queue,
        FunctionName="work",
        FilterCriteria={"Filters": [{"Pattern": '{"body": {"total": [{"numeric": [">", 100]}]}}'}]},
    )
    if not setting.open or setting.key == "closed":
        scene.cloud.client("iam").delete_role_policy(RoleName="works", PolicyName="does")

    def send(total: int) -> str:
        return str(sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"total": total}))["MessageId"])

    return Built(function, send)


def function_to_destination(scene: Scene, setting: Setting) -> Built:
    key = scene.key() if setting.key else ""
    queue = scene.queue("done", key=key)
    may = [statement(None, "sqs:SendMessage", queue)] if setting.open else []
    may += [statement(None, USE, key)] if setting.key == "open" else []
    function = scene.function("work", code=GOOD, role=scene.role("works", *may, **RUNS))
    functions = scene.cloud.client("lambda")
    functions.put_function_event_invoke_config(
        FunctionName="work", DestinationConfig={"OnSuccess": {"Destination": queue}}
    )

    def send(total: int) -> str:
        functions.invoke(FunctionName=function, InvocationType="Event", Payload=json.dumps({"total": total}))
        return scene.cloud.ledger.events[-1].id

    return Built(queue, send)


def alarm_to_topic(scene: Scene, setting: Setting) -> Built:
    policy = [statement(service("cloudwatch" if setting.open else "events"), "sns:Publish")]
    topic = scene.topic("alerts", *policy, key=_key(scene, setting, "cloudwatch"))
    cloudwatch = scene.cloud.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="losing",
        Namespace="AWS/SQS",
        MetricName="ApproximateNumberOfMessagesVisible",
        Dimensions=[{"Name": "QueueName", "Value": "warehouse"}],
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        AlarmActions=[topic],
    )

    def send(total: int) -> str:
        cloudwatch.set_alarm_state(AlarmName="losing", StateValue="ALARM", StateReason=f"{total} wait")
        return next(event.id for event in reversed(scene.cloud.ledger.events) if event.kind == "alarm")

    return Built(topic, send)


def bus_to_archive(scene: Scene, setting: Setting) -> Built:
    admits = [statement(service("events"), "kms:*")] if setting.key == "open" else []
    events, key = scene.cloud.client("events"), scene.key(*admits) if setting.key else ""
    bus = f"arn:aws:events:us-east-1:{US}:event-bus/default"
    encrypted = {"KmsKeyIdentifier": key} if key else {}
    archive = events.create_archive(ArchiveName="kept", EventSourceArn=bus, EventPattern=PATTERN, **encrypted)

    def send(total: int) -> str:
        entry = {"Source": "shop", "DetailType": "OrderPlaced", "Detail": json.dumps({"total": total})}
        return str(events.put_events(Entries=[entry])["Entries"][0]["EventId"])

    return Built(archive["ArchiveArn"], send)


KINDS: dict[str, Callable[[Scene, Setting], Built]] = {
    "rule → queue": rule_to_queue,
    "rule → topic": rule_to_topic,
    "rule → function": rule_to_function,
    "rule → log group": rule_to_log_group,
    "rule → bus": rule_to_bus,
    "rule → queue of another account": rule_to_queue_elsewhere,
    "rule → topic of another account": rule_to_topic_elsewhere,
    "rule → function of another account": rule_to_function_elsewhere,
    "rule → Firehose": rule_to_delivery_stream,
    "bus → archive": bus_to_archive,
    "topic → queue": topic_to_queue,
    "topic → function": topic_to_function,
    "topic → queue of another account": topic_to_queue_elsewhere,
    "topic → function of another account": topic_to_function_elsewhere,
    "topic → Firehose": topic_to_delivery_stream,
    "queue → function": queue_to_function,
    "function → destination": function_to_destination,
    "alarm → topic": alarm_to_topic,
}
