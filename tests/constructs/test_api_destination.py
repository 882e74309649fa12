"""An endpoint outside of AWS as the target of a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from eventyard.constructs import ApiDestination, Bus, Connection
from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.xdist_group("cdk")

PARTNER = "https://partner.example.com/orders"
PLACED = {"source": ["shop.web"], "detail-type": ["OrderPlaced"]}


def api_key(stack: Any) -> Any:  # noqa: ANN401 (an Authorization; aws_cdk is imported after the constructs)
    from aws_cdk import aws_events, aws_secretsmanager  # noqa: PLC0415 (as above)

    secret = aws_secretsmanager.Secret(stack, "PartnerKey")
    return aws_events.Authorization.api_key("X-Api-Key", secret.secret_value_from_json("api_key"))


def test_the_rule_may_invoke_this_destination_and_no_other(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any]
) -> None:
    stack = new_stack()
    partner = ApiDestination(stack, "Partner", endpoint=PARTNER, authorization=api_key(stack))
    Bus(stack, "Commerce", name="commerce").route("ShippedAbroad", PLACED, to=partner)

    resources = synthesized(stack)
    (target,) = resources.the("Events::Rule")["Targets"]
    role = resources.the("IAM::Role", "CommerceShippedAbroadRole")
    (policy,) = role["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert "CommerceShippedAbroadRole" in target["RoleArn"]
    assert (statement["Action"], statement["Resource"]) == ("events:InvokeApiDestination", target["Arn"])
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "events.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "111111111111"},
        "ArnLike": {"aws:SourceArn": "arn:aws:events:us-east-1:111111111111:rule/commerce/*"},
    }
    assert target["DeadLetterConfig"]


def test_its_secret_is_named_in_the_template_and_its_value_is_not(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any]
) -> None:
    stack = new_stack()
    ApiDestination(stack, "Partner", endpoint=PARTNER, authorization=api_key(stack))

    resources = synthesized(stack)
    key = resources.the("Events::Connection")["AuthParameters"]["ApiKeyAuthParameters"]
    assert key["ApiKeyName"] == "X-Api-Key"
    assert key["ApiKeyValue"].startswith("{{resolve:secretsmanager:arn:aws:secretsmanager:")
    assert resources.the("Events::ApiDestination")["InvocationRateLimitPerSecond"] == 10


def test_a_secret_in_plain_text_fails_at_synth(new_stack: Callable[..., Any]) -> None:
    from aws_cdk import SecretValue, aws_events  # noqa: PLC0415 (after the constructs have found their Node)

    plain = SecretValue.unsafe_plain_text("hush")
    oauth = aws_events.Authorization.oauth(
        authorization_endpoint="https://partner.example.com/token",
        client_id="shop",
        client_secret=plain,
        http_method=aws_events.HttpMethod.POST,
    )
    header = {"X-Shop": aws_events.HttpParameter.from_secret(plain)}
    stack = new_stack()

    with pytest.raises(EventyardError, match="clientSecret would stand in the template"):
        Connection(stack, "OAuth", authorization=oauth)
    with pytest.raises(EventyardError, match="X-Shop would stand in the template"):
        Connection(stack, "Header", authorization=api_key(stack), header_parameters=header)


def test_destinations_may_share_a_connection(new_stack: Callable[..., Any], synthesized: Callable[[Any], Any]) -> None:
    stack = new_stack()
    connection = Connection(stack, "Partner", authorization=api_key(stack))
    for name in ("Orders", "Returns"):
        ApiDestination(stack, name, endpoint=PARTNER, connection=connection, rate_limit=3)

    resources = synthesized(stack)
    assert len({one["ConnectionArn"] for one in resources.of("Events::ApiDestination").values()}) == 1
    assert resources.the("Events::ApiDestination", "OrdersApiDestination")["InvocationRateLimitPerSecond"] == 3


def test_what_could_never_be_called_fails_at_synth(new_stack: Callable[..., Any]) -> None:
    stack = new_stack()

    with pytest.raises(EventyardError, match="is not HTTPS"):
        ApiDestination(stack, "Plain", endpoint="http://partner.example.com", authorization=api_key(stack))
    with pytest.raises(EventyardError, match="one of the two"):
        ApiDestination(stack, "Neither", endpoint=PARTNER)
