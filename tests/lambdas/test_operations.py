import json

import boto3
import pytest

from tests.lambdas.aws_events import Json, bus_event, enveloped
from tests.lambdas.conftest import Account, Functions, Log


def alarm(state: str, at: str = "2026-03-02T09:30:00.000+0000", name: str = "losing") -> Json:
    """What CloudWatch publishes."""
    return {
        "AlarmName": name,
        "NewStateValue": state,
        "NewStateReason": f"it is {state}",
        "StateChangeTime": at,
    }


def stopped() -> Json:
    return bus_event("EC2 Instance State-change Notification", {"state": "stopped"}, source="aws.ec2") | {
        "resources": ["arn:aws:ec2:us-east-1:111111111111:instance/i-1"]
    }


def test_an_alarm_opens_an_incident_and_ends_it(functions: Functions, account: Account) -> None:
    # given
    write = functions.load("write_incident")

    # when
    assert write.receive(enveloped(alarm("ALARM"))) == []

    # then
    item = {
        "subject": "alarm losing",
        "state": "open",
        "since": "2026-03-02T09:30:00.000+00:00",
        "reason": "it is ALARM",
        "opened_at": "2026-03-02T09:30:00.000+00:00",
    }
    assert account.items("Incidents") == [item]

    # when
    write.receive(enveloped(alarm("OK", "2026-03-02T10:00:00.000+0000")))

    # then
    ended = "2026-03-02T10:00:00.000+00:00"
    changed = {"state": "over", "since": ended, "ended_at": ended, "reason": "it is OK"}
    assert account.items("Incidents") == [item | changed]


def test_alerts_may_come_twice_and_in_any_order(functions: Functions, account: Account) -> None:
    write = functions.load("write_incident")
    opened, ended = alarm("ALARM"), alarm("OK", "2026-03-02T10:00:00.000+0000")

    assert write.receive(*(enveloped(one) for one in (ended, opened, ended))) == []

    (item,) = account.items("Incidents")
    assert (item["state"], item["reason"]) == ("over", "it is OK")


def test_an_event_of_awss_own_is_an_incident(functions: Functions, account: Account) -> None:
    functions.load("write_incident").receive(enveloped(stopped()))

    (item,) = account.items("Incidents")
    about = "arn:aws:ec2:us-east-1:111111111111:instance/i-1"
    assert item["subject"] == f"EC2 Instance State-change Notification: {about}"
    assert (item["state"], json.loads(item["reason"])) == ("open", {"state": "stopped"})


@pytest.mark.parametrize("told", [{}, [1], {"AlarmName": "x"}], ids=["nothing", "a list", "half an alarm"])
def test_an_alert_that_it_does_not_know_fails_alone_and_is_named_in_the_log(
    told: object, log: Log, functions: Functions, account: Account
) -> None:
    failed = functions.load("write_incident").receive(enveloped(told), enveloped(alarm("ALARM")))

    assert failed == ["message-1"]
    assert "The alert is" in log.failures()["message-1"]
    assert len(account.items("Incidents")) == 1


def test_a_health_check_puts_one_heartbeat(functions: Functions) -> None:
    functions.load("check_health").invoke(bus_event("Scheduled Event", {}, source="aws.events"))

    (metric,) = boto3.client("cloudwatch").list_metrics(Namespace="Shop/Operations")["Metrics"]
    assert metric["MetricName"] == "Heartbeat"
