"""API destinations, from a template to a real server on the loopback."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from eventyard.errors import DeployError, EventyardError
from eventyard.local import Fate, LocalCloud
from eventyard.local.targets import api_destination
from tests.local.servers import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.local.conftest import Deploy, Json, Put
    from tests.local.servers import Server

PARTNER = "https://partner.example.com"
API_KEY: Json = {"ApiKeyAuthParameters": {"ApiKeyName": "X-Api-Key", "ApiKeyValue": "s3cret"}}
BASIC: Json = {"BasicAuthParameters": {"Username": "shop", "Password": "pass"}}
OAUTH: Json = {
    "OAuthParameters": {
        "AuthorizationEndpoint": f"{PARTNER}/token",
        "HttpMethod": "POST",
        "ClientParameters": {"ClientID": "shop", "ClientSecret": "hush"},
        "OAuthHttpParameters": {"BodyParameters": [{"Key": "audience", "Value": "orders"}]},
    }
}


@pytest.fixture
def partner(cloud: LocalCloud) -> Iterator[Server]:
    """The partner's server, which stands in for https://partner.example.com."""
    with serving() as server:
        cloud.stand_in(PARTNER, server.url)
        yield server


def template(
    kind: str = "API_KEY",
    auth: Json = API_KEY,
    *,
    http: Json | None = None,
    **properties: Any,  # noqa: ANN401 - CloudFormation's
) -> Json:
    """A rule with an API destination, a dead-letter queue, and a role that may invoke it."""
    target = properties.pop("target", {})
    return {
        "Connection": {
            "Type": "AWS::Events::Connection",
            "Properties": {"AuthorizationType": kind, "AuthParameters": auth},
        },
        "Partner": {
            "Type": "AWS::Events::ApiDestination",
            "Properties": {
                "ConnectionArn": {"Fn::GetAtt": ["Connection", "Arn"]},
                "HttpMethod": "POST",
                "InvocationEndpoint": f"{PARTNER}/orders",
                **properties,
            },
        },
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "events.amazonaws.com"},
                            "Action": "sts:AssumeRole",
                        }
                    ],
                },
                "Policies": [
                    {
                        "PolicyName": "invoke",
                        "PolicyDocument": {
                            "Version": "2012-10-17",
                            "Statement": [
                                {
                                    "Effect": "Allow",
                                    "Action": "events:InvokeApiDestination",
                                    "Resource": {"Fn::GetAtt": ["Partner", "Arn"]},
                                }
                            ],
                        },
                    }
                ],
            },
        },
        "Dead": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "dead"}},
        "Rule": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "EventPattern": {"source": ["shop.web"]},
                "Targets": [
                    {
                        "Id": "partner",
                        "Arn": {"Fn::GetAtt": ["Partner", "Arn"]},
                        "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
                        "DeadLetterConfig": {"Arn": {"Fn::GetAtt": ["Dead", "Arn"]}},
                        **({"HttpParameters": http} if http else {}),
                        **target,
                    }
                ],
            },
        },
    }


def letters(cloud: LocalCloud) -> list[Json]:
    """The attributes of the dead letters."""
    sqs = cloud.client("sqs")
    url = sqs.get_queue_url(QueueName="dead")["QueueUrl"]
    answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
    return [
        {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
        for message in answer.get("Messages", [])
    ]


def test_an_event_is_posted_as_it_is_with_the_headers_of_eventbridge(
    cloud: LocalCloud, deploy: Deploy, put: Put, partner: Server
) -> None:
    notices = deploy(template())
    event_id = put({"id": "ö-1"})
    cloud.settle()
    (asked,) = partner.asked
    assert (asked.method, asked.target) == ("POST", "/orders")
    assert (asked.json["id"], asked.json["detail"]) == (event_id, {"id": "ö-1"})
    assert asked.headers["Content-Type"] == "application/json; charset=utf-8"
    assert asked.headers["User-Agent"] == "Amazon/EventBridge/ApiDestinations"
    assert asked.headers["Host"] == "partner.example.com"
    (delivery,) = cloud.ledger.deliveries_of(event_id)
    assert (delivery.edge.kind, delivery.fate) == ("rule→api-destination", Fate.DELIVERED)
    assert notices == ()


@pytest.mark.parametrize(
    ("kind", "auth", "header", "value"),
    [
        ("API_KEY", API_KEY, "X-Api-Key", "s3cret"),
        ("BASIC", BASIC, "Authorization", "Basic c2hvcDpwYXNz"),
    ],
)
def test_a_connection_authorizes_its_requests(
    cloud: LocalCloud, deploy: Deploy, put: Put, partner: Server, *, kind: str, auth: Json, header: str, value: str
) -> None:
    deploy(template(kind, auth))
    put()
    cloud.settle()
    assert partner.asked[0].headers[header] == value


def token(text: str, **more: object) -> tuple[int, dict[str, str], str]:
    return 200, {}, json.dumps({"access_token": text, "token_type": "Bearer", **more})


def test_an_oauth_token_is_fetched_once_and_kept_until_it_expires(
    cloud: LocalCloud, deploy: Deploy, put: Put, partner: Server
) -> None:
    deploy(template("OAUTH_CLIENT_CREDENTIALS", OAUTH))
    partner.answers = [token("one", expires_in=3600), (200, {}, ""), (200, {}, ""), token("two", expires_in=3600)]
    put()
    put()
    cloud.settle()
    cloud.advance(hours=2)
    put()
    cloud.settle()
    assert [asked.path for asked in partner.asked] == ["/token", "/orders", "/orders", "/token", "/orders"]
    assert partner.asked[0].body == ("grant_type=client_credentials&client_id=shop&client_secret=hush&audience=orders")
    assert [a.headers["Authorization"] for a in partner.asked if a.path == "/orders"] == [
        "Bearer one",
        "Bearer one",
        "Bearer two",
    ]


@pytest.mark.parametrize("status", [401, 407])
def test_a_token_that_is_refused_is_fetched_anew_for_the_retry(
    cloud: LocalCloud, deploy: Deploy, put: Put, partner: Server, status: int
) -> None:
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-target-connection-auth.html
    deploy(template("OAUTH_CLIENT_CREDENTIALS", OAUTH))
    partner.answers = [token("old"), (status, {}, ""), token("new")]
    event_id = put()
    cloud.settle()
    (delivery,) = cloud.ledger.deliveries_of(event_id)
    assert (delivery.fate, len(delivery.attempts)) == (Fate.DELIVERED, 2)
    assert partner.asked[-1].headers["Authorization"] == "Bearer new"


def test_a_client_that_the_authorization_endpoint_refuses_leaves_the_connection_deauthorized(
    cloud: LocalCloud, deploy: Deploy, put: Put, partner: Server
) -> None:
    deploy(template("OAUTH_CLIENT_CREDENTIALS", OAUTH))
    partner.answers = [(400, {}, '{"error": "invalid_client"}')]
    put()
    cloud.settle()
    put()
    cloud.settle()
    (connection,) = [c["Name"] for c in cloud.client("events").list_connections()["Connections"]]
    assert cloud.client("events").describe_connection(Name=connection)["ConnectionState"] == "DEAUTHORIZED"
    assert len(partner.asked) == 1
    first, second = letters(cloud)
    assert "answered 400" in first["ERROR_MESSAGE"]
    assert "DEAUTHORIZED" in second["ERROR_MESSAGE"]


def test_a_connection_that_is_deauthorized_delivers_again_when_it_is_updated(
    cloud: LocalCloud, deploy: Deploy, put: Put, partner: Server
) -> None:
    deploy(template())
    events = cloud.client("events")
    (name,) = [connection["Name"] for connection in events.list_connections()["Connections"]]
    assert events.deauthorize_connection(Name=name)["ConnectionState"] == "DEAUTHORIZED"
    put()
    cloud.settle()
    assert partner.asked == []
    events.update_connection(Name=name, AuthorizationType="BASIC", AuthParameters=BASIC)
    put()
    cloud.settle()
    assert partner.asked[0].headers["Authorization"].startswith("Basic ")


def test_describing_a_connection_tells_no_secrets(cloud: LocalCloud, deploy: Deploy, partner: Server) -> None:
    assert partner.asked == []
    parameters = [{"Key": "tenant", "Value": "hush", "IsValueSecret": "true"}, {"Key": "shop", "Value": "de"}]
    deploy(template(auth={**API_KEY, "InvocationHttpParameters": {"HeaderParameters": parameters}}))
    (name,) = [connection["Name"] for connection in cloud.client("events").list_connections()["Connections"]]
    found = cloud.client("events").describe_connection(Name=name)
    assert found["AuthParameters"]["ApiKeyAuthParameters"] == {"ApiKeyName": "X-Api-Key"}
    assert found["AuthParameters"]["InvocationHttpParameters"]["HeaderParameters"] == [
        {"Key": "tenant", "IsValueSecret": True},
        {"Key": "shop", "Value": "de"},
    ]
    secret = cloud.client("secretsmanager").get_secret_value(SecretId=found["SecretArn"])["SecretString"]
    assert "s3cret" in secret


def test_parameters_of_connection_and_target_are_merged_and_the_connections_win(
    cloud: LocalCloud, deploy: Deploy, put: Put, partner: Server
) -> None:
    own = {
        "HeaderParameters": [{"Key": "X-Shop", "Value": "connection"}, {"Key": "content-type", "Value": "text/json"}],
        "QueryStringParameters": [{"Key": "shop", "Value": "a b"}],
        "BodyParameters": [{"Key": "tenant", "Value": "t1"}],
    }
    http = {
        "HeaderParameters": {"x-shop": "target", "X-Order": "$.detail.id", "User-Agent": "mine"},
        "QueryStringParameters": {"shop": "target", "n": "$.detail.n"},
        "PathParameterValues": ["orders", "$.detail.id"],
    }
    deploy(
        template(
            auth={**API_KEY, "InvocationHttpParameters": own},
            http=http,
            HttpMethod="PUT",
            InvocationEndpoint=f"{PARTNER}/*/by/*?v=1",
            target={"InputPath": "$.detail"},
        )
    )
    put({"id": "a/1", "n": 7})
    cloud.settle()
    (asked,) = partner.asked
    assert (asked.method, asked.path) == ("PUT", "/orders/by/a%2F1")
    assert asked.query == {"v": "1", "shop": "a b", "n": "7"}
    assert asked.json == {"id": "a/1", "n": 7, "tenant": "t1"}
    headers = {name.lower(): value for name, value in asked.headers.items()}
    assert headers["x-shop"] == "connection"
    assert headers["x-order"] == "a/1"
    assert headers["content-type"] == "text/json"
    assert headers["user-agent"] == "Amazon/EventBridge/ApiDestinations"


@pytest.mark.parametrize(
    ("status", "retried"),
    [
        *((status, True) for status in (401, 407, 409, 429, 500, 502, 503)),
        *((status, False) for status in (302, 400, 403, 404, 410, 422)),
    ],
)
def test_which_answers_are_tried_again(
    cloud: LocalCloud,
    deploy: Deploy,
    put: Put,
    partner: Server,
    *,
    status: int,
    retried: bool,
) -> None:
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html, "API destination error codes"
    deploy(template(target={"RetryPolicy": {"MaximumRetryAttempts": 2}}))
    partner.status = status
    event_id = put()
    cloud.settle()
    (delivery,) = cloud.ledger.deliveries_of(event_id)
    assert len(partner.asked) == (3 if retried else 1)
    assert delivery.fate is Fate.DEAD_LETTERED
    (letter,) = letters(cloud)
    assert letter["ERROR_CODE"] == "SDK_CLIENT_ERROR"
    assert f"answered {status}" in letter["ERROR_MESSAGE"]
    assert letter["RETRY_ATTEMPTS"] == ("2" if retried else "0")
    assert letter.get("EXHAUSTED_RETRY_CONDITION") == ("MaximumRetryAttempts" if retried else None)


@pytest.mark.parametrize(
    ("headers", "least"),
    [
        ({"Retry-After": "1800"}, 1800),
        ({"Retry-After": "Thu, 01 Jan 2032 00:10:00 GMT", "Date": "Thu, 01 Jan 2032 00:00:00 GMT"}, 590),
        ({"Retry-After": "soon"}, 0),
        ({}, 0),
    ],
)
def test_retry_after_holds_the_next_try_back(
    cloud: LocalCloud, deploy: Deploy, put: Put, partner: Server, *, headers: dict[str, str], least: float
) -> None:
    deploy(template())
    partner.answers = [(429, headers, "")]
    event_id = put()
    cloud.settle()
    (delivery,) = cloud.ledger.deliveries_of(event_id)
    first, second = (attempt.time for attempt in delivery.attempts)
    assert delivery.fate is Fate.DELIVERED
    assert least <= second - first <= least + 20


def test_a_negative_retry_after_ends_the_retries(cloud: LocalCloud, deploy: Deploy, put: Put, partner: Server) -> None:
    deploy(template())
    partner.answers = [(503, {"Retry-After": "-1"}, "")]
    put()
    cloud.settle()
    assert len(partner.asked) == 1
    assert len(letters(cloud)) == 1


def test_a_server_that_is_not_there_is_tried_again_until_the_event_is_too_old(
    cloud: LocalCloud, deploy: Deploy, put: Put
) -> None:
    with serving() as gone:
        cloud.stand_in(PARTNER, gone.url)
    deploy(template(target={"RetryPolicy": {"MaximumEventAgeInSeconds": 60}}))
    put()
    cloud.settle()
    (letter,) = letters(cloud)
    assert letter["ERROR_CODE"] == "SDK_CLIENT_ERROR"
    assert "cannot be reached" in letter["ERROR_MESSAGE"]
    assert letter["EXHAUSTED_RETRY_CONDITION"] == "MaximumEventAgeInSeconds"


def test_a_server_that_takes_too_long_is_tried_again(
    cloud: LocalCloud, deploy: Deploy, put: Put, partner: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_destination, "TIMEOUT_SECONDS", 0.05)  # five real ones would be a long test
    deploy(template(target={"RetryPolicy": {"MaximumRetryAttempts": 1}}))
    partner.hangs = 0.3
    event_id = put()
    cloud.settle()
    (delivery,) = cloud.ledger.deliveries_of(event_id)
    assert [attempt.code for attempt in delivery.attempts] == ["UNKNOWN", "UNKNOWN"]
    assert "no answer within" in delivery.reason


def test_no_more_than_the_rate_in_any_second(cloud: LocalCloud, deploy: Deploy, put: Put, partner: Server) -> None:
    deploy(template(InvocationRateLimitPerSecond=2))
    events = [put() for _ in range(5)]
    cloud.settle()
    assert len(partner.asked) == 5
    times = [cloud.ledger.deliveries_of(event)[0].attempts[0].time for event in events]
    assert [moment - times[0] for moment in times] == [0, 0, 1, 1, 2]


def test_what_waits_longer_than_its_age_is_a_dead_letter(
    cloud: LocalCloud, deploy: Deploy, put: Put, partner: Server
) -> None:
    deploy(template(InvocationRateLimitPerSecond="1", target={"RetryPolicy": {"MaximumEventAgeInSeconds": 60}}))
    for _ in range(63):
        put()
    cloud.settle()
    assert len(partner.asked) == 61
    assert [letter["EXHAUSTED_RETRY_CONDITION"] for letter in letters(cloud)] == ["MaximumEventAgeInSeconds"] * 2


def test_without_a_stand_in_nothing_is_sent_and_the_reason_says_how_to_name_one(
    cloud: LocalCloud, deploy: Deploy, put: Put
) -> None:
    deploy(template())
    event_id = put()
    cloud.settle()
    (delivery,) = cloud.ledger.deliveries_of(event_id)
    assert (delivery.fate, len(delivery.attempts)) == (Fate.DEAD_LETTERED, 1)
    assert f"cloud.stand_in('{PARTNER}'" in delivery.reason


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("partner.example.com", "http://127.0.0.1:80"),
        ("https://partner.example.com/orders", "http://127.0.0.1:80"),
        ("https://partner.example.com", "http://127.0.0.1:80/orders"),
        ("https://partner.example.com", "http://192.0.2.1"),
        ("https://partner.example.com", "http://127.0.0.1:x"),
    ],
)
def test_a_stand_in_is_an_origin_on_this_machine(cloud: LocalCloud, url: str, server: str) -> None:
    with pytest.raises(EventyardError):
        cloud.stand_in(url, server)


def test_an_endpoint_without_tls_is_refused(deploy: Deploy) -> None:
    with pytest.raises(DeployError, match="must be an HTTPS URL"):
        deploy(template(InvocationEndpoint="http://partner.example.com/"))


def test_a_target_without_a_role_is_refused(deploy: Deploy) -> None:
    with pytest.raises(DeployError, match="RoleArn is required"):
        deploy(template(target={"RoleArn": {"Ref": "AWS::NoValue"}}))


@pytest.mark.parametrize(
    ("resource", "delivered"),
    [
        ({"Fn::GetAtt": ["Partner", "Arn"]}, True),
        ({"Fn::GetAtt": ["Partner", "ArnForPolicy"]}, True),
        ("arn:aws:events:us-east-1:111111111111:api-destination/other/*", False),
    ],
)
def test_the_role_must_be_allowed_to_invoke_it(host: Any, tmp_path: Any, resource: Any, delivered: bool) -> None:  # noqa: ANN401, FBT001 - pytest's
    resources = template()
    (policy,) = resources["Role"]["Properties"]["Policies"]
    policy["PolicyDocument"]["Statement"][0]["Resource"] = resource
    path = tmp_path / "shop.json"
    path.write_text(json.dumps({"Resources": resources}))
    with LocalCloud(host=host) as cloud, serving() as server:
        cloud.stand_in(PARTNER, server.url)
        cloud.deploy(path)
        entry = {"Source": "shop.web", "DetailType": "OrderPlaced", "Detail": "{}"}
        event_id = cloud.client("events").put_events(Entries=[entry])["Entries"][0]["EventId"]
        cloud.settle()
        (delivery,) = cloud.ledger.deliveries_of(event_id)
    assert len(server.asked) == delivered
    assert delivery.code == ("" if delivered else "NO_PERMISSIONS")


def test_an_outage_of_the_destination_is_a_fault_like_any(
    cloud: LocalCloud, deploy: Deploy, put: Put, partner: Server
) -> None:
    deploy(template(Name="partner-orders"))
    cloud.faults.outage("partner-orders", minutes=5)
    event_id = put()
    cloud.settle()
    (delivery,) = cloud.ledger.deliveries_of(event_id)
    assert delivery.fate is Fate.DELIVERED
    assert (len(partner.asked), len(delivery.attempts) > 1) == (1, True)


def test_it_is_changed_in_place(cloud: LocalCloud, deploy: Deploy, put: Put, partner: Server) -> None:
    deploy(template())
    deploy(template("BASIC", BASIC, InvocationEndpoint=f"{PARTNER}/v2/orders"))
    put()
    cloud.settle()
    (asked,) = partner.asked
    assert asked.target == "/v2/orders"
    assert asked.headers["Authorization"].startswith("Basic ")
