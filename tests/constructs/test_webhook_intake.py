"""The way in for webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from eventyard.constructs import Bus, Function, WebhookIntake
from tests.contracts.order_events import OrderPlaced

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("cdk")


def role_statements(resources: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 (Resources)
    policies = resources.of("IAM::Policy").values()
    found = [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]
    return {str(statement["Action"]): statement for statement in found}


def test_the_function_may_read_its_secret_and_publish_its_events_and_no_others(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any], code: Path
) -> None:
    stack = new_stack()
    function = Function(stack, "Take", handler=code, asynchronous=False)
    bus = Bus(stack, "Commerce", name="commerce")
    WebhookIntake(stack, "Carriers", function=function, bus=bus, events=[OrderPlaced])

    resources = synthesized(stack)
    may = role_statements(resources)
    assert may["events:PutEvents"]["Condition"] == {
        "StringEquals": {
            "events:source": ["shop.pos", "shop.web"],
            "events:detail-type": ["OrderPlaced"],
        }
    }
    variables = resources.the("Lambda::Function")["Environment"]["Variables"]
    assert may["secretsmanager:GetSecretValue"]["Resource"] == variables["WEBHOOK_SECRET_ARN"]
    assert may["events:PutEvents"]["Resource"].startswith("arn:aws:events:")
    assert "BUS_NAME" in variables


def test_everybody_may_call_the_url_and_nothing_else_of_the_function(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any], code: Path
) -> None:
    stack = new_stack()
    function = Function(stack, "Take", handler=code, asynchronous=False)
    WebhookIntake(stack, "Carriers", function=function, bus=Bus(stack, "Commerce"), events=[OrderPlaced])

    resources = synthesized(stack)
    assert resources.the("Lambda::Url")["AuthType"] == "NONE"
    permissions = resources.of("Lambda::Permission").values()
    limits = {
        one["Action"]: (one["Principal"], one.get("FunctionUrlAuthType"), one.get("InvokedViaFunctionUrl"))
        for one in permissions
    }
    assert limits == {
        "lambda:InvokeFunctionUrl": ("*", "NONE", None),
        "lambda:InvokeFunction": ("*", None, True),
    }


def test_requests_that_fail_have_an_alarm(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any], code: Path
) -> None:
    stack = new_stack()
    function = Function(stack, "Take", handler=code, asynchronous=False)
    WebhookIntake(stack, "Carriers", function=function, bus=Bus(stack, "Commerce"), events=[OrderPlaced])

    alarm = synthesized(stack).the("CloudWatch::Alarm")
    assert (alarm["MetricName"], alarm["Threshold"]) == ("Url5xxCount", 1)


def test_a_secret_that_the_sender_gave_out_can_be_used(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any], code: Path
) -> None:
    from aws_cdk import aws_secretsmanager  # noqa: PLC0415 (after the constructs have found their Node)

    stack = new_stack()
    theirs = aws_secretsmanager.Secret.from_secret_name_v2(stack, "Theirs", "carrier/webhooks")
    function = Function(stack, "Take", handler=code, asynchronous=False)
    bus = Bus(stack, "Commerce")
    WebhookIntake(stack, "Carriers", function=function, bus=bus, events=[OrderPlaced], secret=theirs)

    resources = synthesized(stack)
    assert resources.of("SecretsManager::Secret") == {}
    assert "carrier/webhooks" in resources.the("Lambda::Function")["Environment"]["Variables"]["WEBHOOK_SECRET_ARN"]
