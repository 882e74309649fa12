"""Keys: of queues and topics that are delivered to, of buses and archives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.local.authority.scene import RULE, THEM, TOPIC, US, Json, Scene, service, statement

if TYPE_CHECKING:
    from eventyard.local.authority import Authority

EVENTS, SNS = "events.amazonaws.com", "sns.amazonaws.com"
USE = ["kms:GenerateDataKey*", "kms:Decrypt"]
QUEUE, ALERTS = f"arn:aws:sqs:us-east-1:{US}:orders", f"arn:aws:sns:us-east-1:{US}:alerts"


def equals(**keys: str) -> Json:
    return {"Condition": {"StringEquals": {key.replace("_", ":"): value for key, value in keys.items()}}}


SEND = statement(service("events"), "sqs:SendMessage")
PUBLISH = statement(service("events"), "sns:Publish")

QUEUE_KEYS: list[tuple[str, list[Json], bool]] = [
    ("admits the service", [statement(service("events"), USE)], True),
    ("for the account", [statement(service("events"), USE, **equals(aws_SourceAccount=US))], True),
    ("for the rule", [statement(service("events"), USE, **equals(aws_SourceArn=RULE))], True),
    (
        "for the queue",
        [statement(service("events"), USE, Condition={"StringEquals": {"kms:EncryptionContext:aws:sqs:arn": QUEUE}})],
        True,
    ),
    ("only its account's own", [], False),
    ("to encrypt only", [statement(service("events"), "kms:GenerateDataKey")], False),
    ("to decrypt only", [statement(service("events"), "kms:Decrypt")], False),
    ("another account", [statement(service("events"), USE, **equals(aws_SourceAccount=THEM))], False),
    ("another service", [statement(service("sns"), USE)], False),
    (
        "denied",
        [statement(service("events"), USE), {**statement(service("events"), "kms:Decrypt"), "Effect": "Deny"}],
        False,
    ),
]


@pytest.mark.parametrize(("name", "policy", "allowed"), QUEUE_KEYS, ids=[case[0] for case in QUEUE_KEYS])
def test_the_key_of_a_queue_admits_the_rules_service(
    scene: Scene, authority: Authority, *, name: str, policy: list[Json], allowed: bool
) -> None:
    queue = scene.queue("orders", SEND, key=scene.key(*policy))
    refusal = authority.send(service=EVENTS, source=RULE, target=queue)
    assert (refusal is None) is allowed, name
    if refusal:
        assert refusal.code == "NO_PERMISSIONS"
        assert "the key of arn:aws:sqs" in refusal.reason


CONTEXT = {"StringLike": {"kms:EncryptionContext:aws:sns:topicArn": f"arn:aws:sns:us-east-1:{US}:*"}}
TOPIC_KEYS: list[tuple[str, Json, bool]] = [
    ("by its encryption context", {"Condition": CONTEXT}, True),
    # "... is not supported for EventBridge-to-encrypted topics"
    ("by aws:SourceArn", equals(aws_SourceArn=RULE), False),
    ("by aws:SourceAccount", equals(aws_SourceAccount=US), False),
]


@pytest.mark.parametrize(("name", "more", "allowed"), TOPIC_KEYS, ids=[case[0] for case in TOPIC_KEYS])
def test_the_key_of_a_topic_knows_nothing_of_the_rule(
    scene: Scene, authority: Authority, *, name: str, more: Json, allowed: bool
) -> None:
    topic = scene.topic("alerts", PUBLISH, key=scene.key(statement(service("events"), USE, **more)))
    assert (authority.send(service=EVENTS, source=RULE, target=topic) is None) is allowed, name


@pytest.mark.parametrize("alias", ["alias/aws/sqs", f"arn:aws:kms:us-east-1:{US}:alias/aws/sqs"])
def test_awss_own_key_admits_no_service(scene: Scene, authority: Authority, *, alias: str) -> None:
    queue = scene.queue("orders", SEND, key=alias)
    refusal = authority.send(service=EVENTS, source=RULE, target=queue)
    assert refusal is not None
    assert refusal.code == "NO_PERMISSIONS"
    assert "cannot admit events.amazonaws.com: encrypt it with a key of your own" in refusal.reason


def test_awss_own_key_serves_roles_of_its_account(scene: Scene, authority: Authority) -> None:
    queue = scene.queue("orders", key="alias/aws/sqs")
    send = statement(None, "sqs:SendMessage")
    ours = scene.role("ours", send, trusts=service("lambda"))
    assert authority.role_send(role=ours, action="sqs:SendMessage", target=queue) is None
    theirs = scene.role("theirs", send, trusts=service("lambda"), account=THEM)
    open_queue = scene.queue("open", statement({"AWS": theirs}, "sqs:SendMessage"), key="alias/aws/sqs")
    refusal = authority.role_send(role=theirs, action="sqs:SendMessage", target=open_queue)
    assert refusal is not None
    assert refusal.code == "KMSAccessDenied"


def test_a_key_is_found_by_id_arn_and_alias(scene: Scene, authority: Authority) -> None:
    arn = scene.key(statement(service("events"), USE))
    scene.cloud.client("kms").create_alias(AliasName="alias/shop", TargetKeyId=arn)
    for index, named in enumerate((arn, arn.rsplit("/", 1)[-1], "alias/shop")):
        queue = scene.queue(f"orders-{index}", SEND, key=named)
        assert authority.send(service=EVENTS, source=RULE, target=queue) is None


def test_a_key_that_is_gone_or_off_encrypts_nothing(scene: Scene, authority: Authority) -> None:
    from_topic = statement(service("sns"), "sqs:SendMessage")
    off = scene.key(statement(service("sns"), USE))
    scene.cloud.client("kms").disable_key(KeyId=off.rsplit("/", 1)[-1])
    dying = scene.key(statement(service("sns"), USE))
    scene.cloud.client("kms").schedule_key_deletion(KeyId=dying.rsplit("/", 1)[-1])
    gone = "11111111-2222-3333-4444-555555555555"
    found: list[Any] = [
        authority.send(service=SNS, source=TOPIC, target=scene.queue(name, from_topic, key=key))
        for name, key in (("gone", gone), ("off", off), ("dying", dying))
    ]
    assert [refusal.code for refusal in found] == ["KMSNotFound", "KMSDisabled", "KMSInvalidState"]


def test_a_topics_service_needs_the_key_of_the_queue(scene: Scene, authority: Authority) -> None:
    from_topic = statement(service("sns"), "sqs:SendMessage")
    good = scene.queue("good", from_topic, key=scene.key(statement(service("sns"), USE, **equals(aws_SourceArn=TOPIC))))
    bad = scene.queue("bad", from_topic, key=scene.key())
    assert authority.send(service=SNS, source=TOPIC, target=good) is None
    refusal = authority.send(service=SNS, source=TOPIC, target=bad)
    assert refusal is not None
    assert refusal.code == "KMSAccessDenied"


@pytest.mark.parametrize("allowed", [True, False])
def test_polling_an_encrypted_queue_takes_the_key(scene: Scene, authority: Authority, *, allowed: bool) -> None:
    queue = scene.queue("orders", key=scene.key())
    policies = [statement(None, ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"])]
    if allowed:
        via = {"Condition": {"StringEquals": {"kms:ViaService": "sqs.us-east-1.amazonaws.com"}}}
        policies.append(statement(None, "kms:Decrypt", **via))
    refusal = authority.poll(role=scene.role("runs", *policies, trusts=service("lambda")), queue=queue)
    assert (refusal is None) is allowed


BUS = f"arn:aws:events:us-east-1:{US}:event-bus/commerce"
BUS_USE = ["kms:DescribeKey", "kms:GenerateDataKey", "kms:Decrypt"]
# "Encrypting EventBridge event buses with AWS KMS keys", its key policy
BUS_KEYS: list[tuple[str, list[Json], bool]] = [
    (
        "as AWS's document has it",
        [
            statement(service("events"), "kms:DescribeKey"),
            statement(
                service("events"),
                ["kms:GenerateDataKey", "kms:Decrypt"],
                Condition={
                    "StringEquals": {
                        "aws:SourceAccount": US,
                        "aws:SourceArn": BUS,
                        "kms:EncryptionContext:aws:events:event-bus:arn": BUS,
                    }
                },
            ),
        ],
        True,
    ),
    ("without DescribeKey", [statement(service("events"), ["kms:GenerateDataKey", "kms:Decrypt"])], False),
    ("of another bus", [statement(service("events"), BUS_USE, **equals(aws_SourceArn=f"{BUS}-eu"))], False),
    ("nothing", [], False),
]


@pytest.mark.parametrize(("name", "policy", "allowed"), BUS_KEYS, ids=[case[0] for case in BUS_KEYS])
def test_the_key_of_a_bus_admits_eventbridge(
    scene: Scene, authority: Authority, *, name: str, policy: list[Json], allowed: bool
) -> None:
    bus = scene.bus("commerce", key=scene.key(*policy))
    assert (authority.bus_key(bus) is None) is allowed, name


def test_a_bus_without_a_key_of_its_own_needs_none(scene: Scene, authority: Authority) -> None:
    assert authority.bus_key(scene.bus()) is None


def archive(scene: Scene, name: str, key: str) -> str:
    source = f"arn:aws:events:us-east-1:{US}:event-bus/default"
    events: Any = scene.cloud.client("events")
    made = events.create_archive(ArchiveName=name, EventSourceArn=source, KmsKeyIdentifier=key)
    return str(made["ArchiveArn"])


# "Encrypting EventBridge archives with AWS KMS keys", its key policy
def test_the_key_of_an_archive_lets_eventbridge_encrypt_it_anew(scene: Scene, authority: Authority) -> None:
    good = archive(scene, "good", scene.key(statement(service("events"), [*BUS_USE, "kms:ReEncrypt*"])))
    bad = archive(scene, "bad", scene.key(statement(service("events"), BUS_USE)))
    assert authority.archive_key(good) is None
    refusal = authority.archive_key(bad)
    assert refusal is not None
    assert "kms:ReEncryptFrom" in refusal.reason


def test_an_archive_shows_its_key_and_loses_it_when_it_is_taken_away(scene: Scene, authority: Authority) -> None:
    key = scene.key()
    arn = archive(scene, "kept", key)
    events = scene.cloud.client("events")
    assert events.describe_archive(ArchiveName="kept")["KmsKeyIdentifier"] == key
    assert authority.archive_key(arn) is not None
    events.update_archive(ArchiveName="kept", KmsKeyIdentifier="")
    assert authority.archive_key(arn) is None
