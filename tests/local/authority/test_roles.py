"""Hand-overs with a role: who may assume it, what it may do, and what the target says to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.local.authority.scene import RULE, THEM, US, Json, Scene, service, statement

if TYPE_CHECKING:
    from eventyard.local.authority import Authority

EVENTS = "events.amazonaws.com"
BUS, THEIR_BUS = (f"arn:aws:events:us-east-1:{account}:event-bus/partner" for account in (US, THEM))
PUTS = statement(None, "events:PutEvents", [BUS, THEIR_BUS])


def condition(**keys: str) -> Json:
    return {"Condition": {"StringEquals": {key.replace("_", ":"): value for key, value in keys.items()}}}


TRUST: list[tuple[str, Json, Json, str | None]] = [
    ("trusted", service("events"), {}, None),
    ("trusted for the account", service("events"), condition(aws_SourceAccount=US), None),
    ("trusted for the rule", service("events"), condition(aws_SourceArn=RULE), None),
    ("another service", service("lambda"), {}, "FAILED_TO_ASSUME_ROLE"),
    ("another account", service("events"), condition(aws_SourceAccount=THEM), "FAILED_TO_ASSUME_ROLE"),
    ("another rule", service("events"), condition(aws_SourceArn=f"{RULE}-eu"), "FAILED_TO_ASSUME_ROLE"),
]


@pytest.mark.parametrize(("name", "trusts", "more", "code"), TRUST, ids=[case[0] for case in TRUST])
def test_a_rules_role_trusts_eventbridge(
    scene: Scene, authority: Authority, *, name: str, trusts: Json, more: Json, code: str | None
) -> None:
    role = scene.role("forwards", PUTS, trusts=trusts, **more)
    refusal = authority.send(service=EVENTS, source=RULE, target=scene.bus(), role=role)
    assert (refusal.code if refusal else None) == code, name


def test_a_role_that_does_not_exist_is_assumed_by_nobody(scene: Scene, authority: Authority) -> None:
    gone = f"arn:aws:iam::{US}:role/gone"
    refusal = authority.send(service=EVENTS, source=RULE, target=scene.bus(), role=gone)
    assert refusal is not None
    assert refusal.code == "FAILED_TO_ASSUME_ROLE"
    assert "does not exist" in refusal.reason


def test_a_role_needs_the_permission(scene: Scene, authority: Authority) -> None:
    role = scene.role("forwards", statement(None, "events:PutEvents", f"{BUS}-old"), trusts=service("events"))
    refusal = authority.send(service=EVENTS, source=RULE, target=scene.bus(), role=role)
    assert refusal is not None
    assert refusal.code == "NO_PERMISSIONS"
    assert "partner-old" in refusal.reason


ACCOUNT = {"AWS": f"arn:aws:iam::{US}:root"}
BUSES: list[tuple[str, list[Json], bool]] = [
    ("no policy", [], False),
    ("our account", [statement(ACCOUNT, "events:PutEvents")], True),
    ("our rule", [statement(ACCOUNT, "events:PutEvents", **condition(aws_SourceArn=RULE))], True),
    ("another rule", [statement(ACCOUNT, "events:PutEvents", **condition(aws_SourceArn=f"{RULE}-eu"))], False),
    ("the event's source", [statement(ACCOUNT, "events:PutEvents", **condition(events_source="shop.web"))], True),
    ("another source", [statement(ACCOUNT, "events:PutEvents", **condition(events_source="shop.app"))], False),
    (
        "denied",
        [statement(ACCOUNT, "events:PutEvents"), {**statement("*", "events:PutEvents"), "Effect": "Deny"}],
        False,
    ),
]


@pytest.mark.parametrize(("name", "policy", "allowed"), BUSES, ids=[case[0] for case in BUSES])
def test_another_accounts_bus_admits_the_role_too(
    scene: Scene, authority: Authority, *, name: str, policy: list[Json], allowed: bool
) -> None:
    role = scene.role("forwards", PUTS, trusts=service("events"))
    bus = scene.bus("partner", *policy, account=THEM)
    event = {"events:source": "shop.web", "events:detail-type": "OrderPlaced"}
    refusal = authority.send(service=EVENTS, source=RULE, target=bus, role=role, context=event)
    assert (refusal is None) is allowed, name


def test_a_bus_of_the_same_account_takes_a_rules_events_without_a_role_unless_it_denies_them(
    scene: Scene, authority: Authority
) -> None:
    assert authority.send(service=EVENTS, source=RULE, target=scene.bus()) is None
    deny = {**statement("*", "events:PutEvents"), "Effect": "Deny"}
    assert authority.send(service=EVENTS, source=RULE, target=scene.bus("closed", deny)) is not None


QUEUE = f"arn:aws:sqs:us-east-1:{THEM}:orders"


@pytest.mark.parametrize(("identity", "admitted"), [(True, True), (True, False), (False, True)])
def test_a_direct_target_in_another_account_takes_both_a_role_and_a_policy(
    scene: Scene, authority: Authority, *, identity: bool, admitted: bool
) -> None:
    permissions = [statement(None, "sqs:SendMessage", QUEUE)] if identity else []
    role = scene.role("forwards", *permissions, trusts=service("events"))
    scene.queue("orders", *([statement({"AWS": role}, "sqs:SendMessage")] if admitted else []), account=THEM)
    refusal = authority.send(service=EVENTS, source=RULE, target=QUEUE, role=role)
    assert (refusal is None) is (identity and admitted)


def test_a_managed_policy_of_aws_counts(scene: Scene, authority: Authority) -> None:
    role = scene.role("runs", trusts=service("lambda"))
    queue = scene.queue()
    refusal = authority.poll(role=role, queue=queue)
    assert refusal is not None
    assert "sqs:ReceiveMessage" in refusal.reason
    arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole"
    scene.cloud.client("iam").attach_role_policy(RoleName="runs", PolicyArn=arn)
    assert authority.poll(role=role, queue=queue) is None


POLLING = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]


@pytest.mark.parametrize("missing", [*POLLING, None])
def test_polling_a_queue_takes_three_permissions(scene: Scene, authority: Authority, *, missing: str | None) -> None:
    queue = scene.queue()
    allowed = [action for action in POLLING if action != missing]
    role = scene.role("runs", statement(None, allowed, queue), trusts=service("lambda"))
    refusal = authority.poll(role=role, queue=queue)
    assert (refusal is None) is (missing is None)
    assert (missing or "") in (refusal.reason if refusal else "")


def test_a_functions_role_writes_dead_letters_where_it_may(scene: Scene, authority: Authority) -> None:
    queue, topic = scene.queue("dead"), scene.topic("failures")
    role = scene.role("runs", statement(None, "sqs:SendMessage", queue), trusts=service("lambda"))
    assert authority.role_send(role=role, action="sqs:SendMessage", target=queue) is None
    refusal = authority.role_send(role=role, action="sns:Publish", target=topic)
    assert refusal is not None
    assert refusal.code == "AccessDenied"


@pytest.mark.parametrize(("trusts", "runs"), [("lambda", True), ("events", False)])
def test_lambda_runs_a_function_as_a_role_that_trusts_it(
    scene: Scene, authority: Authority, *, trusts: str, runs: bool
) -> None:
    assert (authority.run(role=scene.role("runs", trusts=service(trusts))) is None) is runs


def test_a_permission_taken_away_is_missed_at_once(scene: Scene, authority: Authority) -> None:
    role, bus = scene.role("forwards", PUTS, trusts=service("events")), scene.bus()
    assert authority.send(service=EVENTS, source=RULE, target=bus, role=role) is None
    scene.cloud.client("iam").delete_role_policy(RoleName="forwards", PolicyName="does")
    assert authority.send(service=EVENTS, source=RULE, target=bus, role=role) is not None
