"""Who may publish and listen on a bus, what is kept of it, and what it logs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from eventyard.constructs import Archive, Bus, BusLogs, Publisher, Queue, Subscriber
from eventyard.errors import EventyardError, PatternError

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.xdist_group("cdk")

BUS = "arn:aws:events:us-east-1:111111111111:event-bus/ledgers"


@pytest.fixture
def stack(new_stack: Callable[..., Any]) -> Any:  # noqa: ANN401 (a Stack)
    return new_stack()


@pytest.fixture
def anybody() -> Any:  # noqa: ANN401 (a principal)
    from aws_cdk import aws_iam  # noqa: PLC0415 (after the constructs have found their Node)

    return aws_iam.AccountPrincipal("333333333333")


def policy(role: dict[str, Any]) -> list[dict[str, Any]]:
    (inline,) = role["Policies"]
    return list(inline["PolicyDocument"]["Statement"])


def test_a_publisher_may_say_what_it_may_say_and_nobody_else_may_say_it(
    stack: Any,  # noqa: ANN401 (a Stack)
    anybody: Any,  # noqa: ANN401 (a principal)
    synthesized: Callable[[Any], Any],
) -> None:
    bus = Bus(stack, "Ledgers", name="ledgers")
    Publisher(stack, "Bank", bus=bus, source="bank", detail_types=["Paid"], assumed_by=anybody, role_name="the-bank")

    resources = synthesized(stack)
    assert policy(resources.the("IAM::Role")) == [
        {
            "Effect": "Allow",
            "Action": "events:PutEvents",
            "Resource": BUS,
            "Condition": {"StringEquals": {"events:source": "bank", "events:detail-type": ["Paid"]}},
        }
    ]
    alone = resources.the("Events::EventBusPolicy")["Statement"]
    assert (alone["Effect"], alone["Principal"], alone["Resource"]) == ("Deny", "*", BUS)
    assert alone["Condition"] == {
        "StringEquals": {"events:source": "bank"},
        "ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/the-bank"},
    }


def test_a_subscriber_must_name_what_it_listens_to(
    stack: Any,  # noqa: ANN401 (a Stack)
    anybody: Any,  # noqa: ANN401 (a principal)
    synthesized: Callable[[Any], Any],
) -> None:
    queue = Queue(stack, "Theirs")
    Subscriber(
        stack,
        "Auditors",
        bus=Bus(stack, "Ledgers", name="ledgers"),
        sources=["bank"],
        detail_types=["Paid"],
        targets=[queue.queue_arn],
        assumed_by=anybody,
        role_name="auditors",
    )

    rule, targets, manage = policy(synthesized(stack).the("IAM::Role"))
    theirs = "arn:aws:events:us-east-1:111111111111:rule/ledgers/auditors-*"
    assert {rule["Resource"], targets["Resource"], manage["Resource"]} == {theirs}
    assert rule["Condition"]["ForAllValues:StringEquals"]["events:source"] == ["bank"]
    assert rule["Condition"]["Null"] == {"events:source": "false", "events:detail-type": "false"}
    assert targets["Condition"]["Null"] == {"events:TargetArn": "false"}


def test_an_archive_with_the_key_of_its_bus_closes_no_circle(
    stack: Any,  # noqa: ANN401 (a Stack)
    synthesized: Callable[[Any], Any],
) -> None:
    from aws_cdk import aws_kms  # noqa: PLC0415 (after the constructs have found their Node)

    key = aws_kms.Key(stack, "Key")
    Archive(stack, "History", bus=Bus(stack, "Ledgers", name="ledgers", kms_key=key), key=key)

    template = synthesized(stack).template
    of_key = json.dumps(template["Resources"][stack.get_logical_id(key.node.default_child)])
    assert "Fn::GetAtt" not in of_key
    actions = [
        statement["Action"] for statement in synthesized(stack).statements("KMS::Key", service="events.amazonaws.com")
    ]
    assert ["kms:Decrypt", "kms:GenerateDataKey", "kms:ReEncrypt*"] in actions


def test_an_archive_keeps_a_year_unless_it_is_told_otherwise_and_its_pattern_is_checked(
    stack: Any,  # noqa: ANN401 (a Stack)
    synthesized: Callable[[Any], Any],
) -> None:
    bus = Bus(stack, "Ledgers", name="ledgers")
    with pytest.raises(PatternError):
        Archive(stack, "Wrong", bus=bus, pattern={"source": "bank"})
    stack.node.try_remove_child("Wrong")
    Archive(stack, "History", bus=bus, pattern={"source": ["bank"]})

    archive = synthesized(stack).the("Events::Archive")
    assert (archive["RetentionDays"], archive["EventPattern"]) == (365, {"source": ["bank"]})


def test_a_bus_logs_every_level_up_to_its_own_one_delivery_after_the_other(
    stack: Any,  # noqa: ANN401 (a Stack)
    synthesized: Callable[[Any], Any],
) -> None:
    BusLogs(stack, "Logs", bus=Bus(stack, "Ledgers", name="ledgers"), level="INFO")

    resources = synthesized(stack)
    assert resources.the("Events::EventBus")["LogConfig"] == {"Level": "INFO", "IncludeDetail": "NONE"}
    sources = resources.of("Logs::DeliverySource").values()
    assert {source["LogType"] for source in sources} == {"ERROR_LOGS", "INFO_LOGS"}
    deliveries = {
        name: resource["DependsOn"]
        for name, resource in resources.template["Resources"].items()
        if resource["Type"] == "AWS::Logs::Delivery"
    }
    assert sum(any(before in deliveries for before in depends) for depends in deliveries.values()) == 1


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda s, b, _: BusLogs(s, "X", bus=b, level="DEBUG"), "no log level 'DEBUG'"),
        (
            lambda s, b, p: Publisher(s, "X", bus=b, source="bank", detail_types=[], assumed_by=p, role_name="bank"),
            "publishes nothing",
        ),
        (
            lambda s, b, p: Subscriber(
                s, "X", bus=b, sources=["a"], detail_types=["b"], targets=[], assumed_by=p, role_name="c"
            ),
            "without targets hears nothing",
        ),
    ],
    ids=["a level that is none", "a publisher of nothing", "a subscriber without targets"],
)
def test_what_could_never_work_is_refused_at_synth(
    stack: Any,  # noqa: ANN401 (a Stack)
    anybody: Any,  # noqa: ANN401 (a principal)
    make: Callable[..., Any],
    said: str,
) -> None:
    bus = Bus(stack, "Ledgers", name="ledgers")
    with pytest.raises(EventyardError, match=said):
        make(stack, bus, anybody)


def test_a_bus_that_is_only_imported_cannot_be_told_to_log(stack: Any) -> None:  # noqa: ANN401 (a Stack)
    from aws_cdk import aws_events  # noqa: PLC0415 (after the constructs have found their Node)

    bus = aws_events.EventBus.from_event_bus_name(stack, "Theirs", "theirs")
    with pytest.raises(EventyardError, match="defined in this app"):
        BusLogs(stack, "Logs", bus=bus)
