"""A rule's or a topic's hand-over without a role: the service asks, and the target's policy answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.local.authority.scene import RULE, THEM, TOPIC, US, Json, Scene, service, statement

if TYPE_CHECKING:
    from eventyard.local.authority import Authority

EVENTS, SNS = "events.amazonaws.com", "sns.amazonaws.com"


def only(**condition: Json) -> Json:
    return {"Condition": condition}


FROM_RULE = only(ArnLike={"aws:SourceArn": f"arn:aws:events:us-east-1:{US}:rule/commerce/*"})
FROM_ACCOUNT = only(StringEquals={"aws:SourceAccount": US})
DENY = {**statement("*", "sqs:*"), "Effect": "Deny"}

# name, policy, code (None: allowed), words of the reason. The policies are those of "Using resource-based policies for
# Amazon EventBridge", and what can be wrong with them.
QUEUES: list[tuple[str, list[Json], str | None, str]] = [
    ("admitted", [statement(service("events"), "sqs:SendMessage")], None, ""),
    ("admitted for this bus's rules", [statement(service("events"), "sqs:SendMessage", **FROM_RULE)], None, ""),
    ("admitted for this account", [statement(service("events"), "sqs:SendMessage", **FROM_ACCOUNT)], None, ""),
    ("no policy", [], "NO_PERMISSIONS", "there is no resource policy; give it one that allows events.amazonaws.com"),
    (
        "another rule",
        [
            statement(
                service("events"),
                "sqs:SendMessage",
                **only(ArnEquals={"aws:SourceArn": f"{RULE}-eu"}),
            )
        ],
        "NO_PERMISSIONS",
        "rule/commerce/orders-eu",
    ),
    (
        "another account",
        [statement(service("events"), "sqs:SendMessage", **only(StringEquals={"aws:SourceAccount": THEM}))],
        "NO_PERMISSIONS",
        THEM,
    ),
    ("another service", [statement(service("sns"), "sqs:SendMessage")], "NO_PERMISSIONS", "events.amazonaws.com"),
    ("another action", [statement(service("events"), "sqs:ReceiveMessage")], "NO_PERMISSIONS", "sqs:ReceiveMessage"),
    ("denied", [statement(service("events"), "sqs:SendMessage"), DENY], "NO_PERMISSIONS", "statement 2"),
    (
        "TLS asked for",
        [
            statement(service("events"), "sqs:SendMessage"),
            {**DENY, **only(Bool={"aws:SecureTransport": "false"})},
        ],
        None,
        "",
    ),
]


@pytest.mark.parametrize(("name", "policy", "code", "words"), QUEUES, ids=[case[0] for case in QUEUES])
def test_a_queues_policy_decides_about_a_rule(
    scene: Scene, authority: Authority, *, name: str, policy: list[Json], code: str | None, words: str
) -> None:
    queue = scene.queue("orders", *policy)
    refusal = authority.send(service=EVENTS, source=RULE, target=queue)
    assert (refusal.code if refusal else None) == code, name
    assert words in (refusal.reason if refusal else "")


def test_the_same_policy_decides_about_a_rules_dead_letter_queue_in_whichever_account(
    scene: Scene, authority: Authority
) -> None:
    admitting = statement(service("events"), "sqs:SendMessage", **FROM_RULE)
    theirs = scene.queue("dead", admitting, account=THEM)
    assert authority.send(service=EVENTS, source=RULE, target=theirs, dead_letters=True) is None
    closed = scene.queue("closed")
    refusal = authority.send(service=EVENTS, source=RULE, target=closed, dead_letters=True)
    assert refusal is not None
    assert refusal.code == "NO_PERMISSIONS"


def test_a_direct_target_in_another_account_wants_a_role(scene: Scene, authority: Authority) -> None:
    theirs = scene.queue("orders", statement(service("events"), "sqs:SendMessage"), account=THEM)
    refusal = authority.send(service=EVENTS, source=RULE, target=theirs)
    assert refusal is not None
    assert "give the target" in refusal.reason
    assert "RoleArn" in refusal.reason


# "You can't use Condition blocks in Amazon SNS topic policies for EventBridge"
@pytest.mark.parametrize(
    ("condition", "code"), [({}, None), (FROM_RULE, "NO_PERMISSIONS"), (FROM_ACCOUNT, "NO_PERMISSIONS")]
)
def test_a_topics_policy_admits_rules_without_a_condition_only(
    scene: Scene, authority: Authority, *, condition: Json, code: str | None
) -> None:
    topic = scene.topic("alerts", statement(service("events"), "sns:Publish", **condition))
    refusal = authority.send(service=EVENTS, source=RULE, target=topic)
    assert (refusal.code if refusal else None) == code


def test_the_default_policy_of_a_topic_admits_no_rule(scene: Scene, authority: Authority) -> None:
    refusal = authority.send(service=EVENTS, source=RULE, target=scene.topic())
    assert refusal is not None
    assert refusal.code == "NO_PERMISSIONS"


PERMISSIONS: list[tuple[str, Json, bool]] = [
    ("of the rule", {"SourceArn": RULE}, True),
    ("of the bus's rules in the account", {"SourceArn": RULE.replace("orders", "*"), "SourceAccount": US}, True),
    ("of another rule", {"SourceArn": f"{RULE}-eu"}, False),
    ("of another account", {"SourceAccount": THEM}, False),
]


@pytest.mark.parametrize(("name", "source", "allowed"), PERMISSIONS, ids=[case[0] for case in PERMISSIONS])
def test_a_functions_permission_decides_about_a_rule(
    scene: Scene, authority: Authority, *, name: str, source: Json, allowed: bool
) -> None:
    function = scene.function("work", {"Action": "lambda:InvokeFunction", "Principal": EVENTS, **source})
    assert (authority.send(service=EVENTS, source=RULE, target=function) is None) is allowed, name


def test_a_permission_for_a_function_is_none_for_its_alias(scene: Scene, authority: Authority) -> None:
    permission = {"Action": "lambda:InvokeFunction", "Principal": EVENTS}
    function = scene.function("work", permission)
    functions = scene.cloud.client("lambda")
    functions.publish_version(FunctionName="work")
    alias = functions.create_alias(FunctionName="work", Name="live", FunctionVersion="1")["AliasArn"]
    assert authority.send(service=EVENTS, source=RULE, target=function) is None
    assert authority.send(service=EVENTS, source=RULE, target=alias) is not None
    functions.add_permission(FunctionName="work", Qualifier="live", StatementId="live", **permission)
    assert authority.send(service=EVENTS, source=RULE, target=alias) is None


STREAM, PUT = "logs:CreateLogStream", "logs:PutLogEvents"
GROUP = f"arn:aws:logs:us-east-1:{US}:log-group:/events/orders"
LOGS: list[tuple[str, list[Json], bool]] = [
    ("both", [statement(service("events"), [STREAM, PUT], f"{GROUP}:*")], True),
    (
        "as AWS's document has it",
        [
            statement(service("events"), STREAM, f"{GROUP}:*"),
            statement(service("events"), PUT, f"{GROUP}:*:*", Condition={"ArnEquals": {"aws:SourceArn": RULE}}),
        ],
        True,
    ),
    ("no stream", [statement(service("events"), PUT, f"{GROUP}:*")], False),
    ("no events", [statement(service("events"), STREAM, f"{GROUP}:*")], False),
    ("streams of the rule only", [statement(service("events"), [STREAM, PUT], f"{GROUP}:*", **FROM_RULE)], False),
    ("the group without its streams", [statement(service("events"), [STREAM, PUT], GROUP)], False),
    ("nothing", [], False),
]


@pytest.mark.parametrize(("name", "policy", "allowed"), LOGS, ids=[case[0] for case in LOGS])
def test_the_accounts_logs_policies_decide_about_a_log_group(
    scene: Scene, authority: Authority, *, name: str, policy: list[Json], allowed: bool
) -> None:
    group = scene.log_group("/events/orders", *policy)
    assert (authority.send(service=EVENTS, source=RULE, target=group) is None) is allowed, name


def topic_source(arn: str) -> Json:
    return only(ArnEquals={"aws:SourceArn": arn})


@pytest.mark.parametrize("account", [US, THEM])
def test_a_topic_reaches_a_queue_that_admits_it_in_any_account(
    scene: Scene, authority: Authority, *, account: str
) -> None:
    good = scene.queue("news", statement(service("sns"), "sqs:SendMessage", **topic_source(TOPIC)), account=account)
    bad = scene.queue("old", statement(service("sns"), "sqs:SendMessage", **topic_source(f"{TOPIC}-old")))
    assert authority.send(service=SNS, source=TOPIC, target=good) is None
    refusal = authority.send(service=SNS, source=TOPIC, target=bad)
    assert refusal is not None
    assert refusal.code == "AccessDenied"
    assert "the topic" in refusal.reason


def test_a_topic_invokes_a_function_that_permits_it(scene: Scene, authority: Authority) -> None:
    permission: dict[str, Any] = {"Action": "lambda:InvokeFunction", "Principal": SNS, "SourceArn": TOPIC}
    function = scene.function("work", permission)
    assert authority.send(service=SNS, source=TOPIC, target=function) is None
    assert authority.send(service=SNS, source=f"{TOPIC}-old", target=function) is not None


def test_a_policy_that_changes_counts_at_once(scene: Scene, authority: Authority) -> None:
    queue = scene.queue("orders", statement(service("events"), "sqs:SendMessage"))
    assert authority.send(service=EVENTS, source=RULE, target=queue) is None
    sqs = scene.cloud.client("sqs")
    url = sqs.get_queue_url(QueueName="orders")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})
    assert authority.send(service=EVENTS, source=RULE, target=queue) is not None


def test_a_reason_is_one_sentence_that_says_what_to_change(scene: Scene, authority: Authority) -> None:
    condition = {"ArnLike": {"aws:SourceArn": f"{RULE}-eu"}}
    queue = scene.queue("orders", statement(service("events"), "sqs:SendMessage", Condition=condition))
    refusal = authority.send(service=EVENTS, source=RULE, target=queue)
    assert refusal is not None
    assert refusal.reason == (
        f"events.amazonaws.com may not sqs:SendMessage on {queue}: the resource policy does not allow it: statement 1 "
        "allows events.amazonaws.com only for aws:SourceArn rule/commerce/orders-eu, the rule is rule/commerce/orders."
    )
