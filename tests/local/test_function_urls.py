"""Function URLs: real HTTP requests that reach functions."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from eventyard.errors import EventyardError
from eventyard.local import Fate, LocalCloud

if TYPE_CHECKING:
    from tests.local.conftest import Bodies, Deploy, Function, Json

ECHO = "def handle(event, context): return event"
PUTS = """
    import boto3, json
    def handle(event, context):
        entry = {"Source": "shop.web", "DetailType": "OrderPlaced", "Detail": event["body"]}
        boto3.client("events").put_events(Entries=[entry])
        return {"statusCode": 202, "headers": {"X-Shop": "yes"}, "body": "taken", "cookies": ["seen=1"]}
"""
OPENS: Json = {
    "MayCall": {"Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"},
    "MayInvoke": {"Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": True},
}


def resources(function: Json, *, auth: str = "NONE", opens: Json = OPENS) -> Json:
    """A function `Take` with a URL that everybody may call."""
    own = {"Fn::GetAtt": ["Take", "Arn"]}
    permissions = {
        name: {"Type": "AWS::Lambda::Permission", "Properties": {"FunctionName": own, "Principal": "*", **one}}
        for name, one in opens.items()
    }
    url = {"Type": "AWS::Lambda::Url", "Properties": {"AuthType": auth, "TargetFunctionArn": own}}
    return {**function, "Url": url, **permissions}


OUTPUTS: Json = {"Url": {"Value": {"Fn::GetAtt": ["Url", "FunctionUrl"]}}}


def url_of(cloud: LocalCloud) -> str:
    return str(cloud.client("lambda").get_function_url_config(FunctionName="Take")["FunctionUrl"])


def ask(url: str, data: bytes | None = None, headers: dict[str, str] | None = None) -> tuple[int, Any, str]:
    """Status, headers and body of the answer."""
    request = urllib.request.Request(url, data, headers or {})  # noqa: S310 - of the loopback
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - of the loopback
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers, refused.read().decode()


def test_a_request_reaches_the_function_in_payload_format_2(
    cloud: LocalCloud, deploy: Deploy, function: Function
) -> None:
    notices = deploy(resources(function("Take", ECHO)), Outputs=OUTPUTS)
    (output,) = cloud.client("cloudformation").describe_stacks(StackName="shop")["Stacks"][0]["Outputs"]
    assert output["OutputValue"] == url_of(cloud)
    assert output["OutputValue"].startswith("https://")
    assert output["OutputValue"].endswith(".lambda-url.us-east-1.on.aws/")

    status, headers, text = ask(
        f"{cloud.url(url_of(cloud))}par%20cel?a=1&a=2&b=%C3%B6",
        '{"ö": 1}'.encode(),
        {"Content-Type": "application/json", "X-Carrier": "dhl", "Cookie": "a=1; b=2"},
    )
    event = json.loads(text)
    assert (status, headers["Content-Type"]) == (200, "application/json")
    assert (event["version"], event["rawPath"], event["rawQueryString"]) == ("2.0", "/par%20cel", "a=1&a=2&b=%C3%B6")
    assert event["queryStringParameters"] == {"a": "1,2", "b": "ö"}
    assert (event["body"], event["isBase64Encoded"]) == ('{"ö": 1}', False)
    assert (event["headers"]["x-carrier"], event["cookies"]) == ("dhl", ["a=1", "b=2"])
    domain = urlsplit(url_of(cloud)).hostname
    assert event["headers"]["host"] == event["requestContext"]["domainName"] == domain
    assert event["requestContext"]["http"]["method"] == "POST"
    assert notices == ()


@pytest.mark.parametrize(
    ("kind", "body"), [("application/octet-stream", b"\xff\x00"), ("application/x-www-form-urlencoded", b"a=1")]
)
def test_what_is_no_text_comes_as_base64(
    cloud: LocalCloud, deploy: Deploy, function: Function, kind: str, body: bytes
) -> None:
    deploy(resources(function("Take", ECHO)))
    event = json.loads(ask(cloud.url(url_of(cloud)), body, {"Content-Type": kind})[2])
    assert (base64.b64decode(event["body"]), event["isBase64Encoded"]) == (body, True)


def test_the_function_decides_the_answer_and_what_it_publishes_was_caused_by_the_request(
    cloud: LocalCloud, deploy: Deploy, function: Function, bodies: Bodies
) -> None:
    rule = {"EventPattern": {"source": ["shop.web"]}, "Targets": [{"Id": "q", "Arn": {"Fn::GetAtt": ["Got", "Arn"]}}]}
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "got"}}
    deploy(
        resources(function("Take", PUTS)) | {"Got": queue, "Rule": {"Type": "AWS::Events::Rule", "Properties": rule}}
    )

    status, headers, text = ask(cloud.url(url_of(cloud)), b'{"id": 1}', {"Content-Type": "application/json"})
    cloud.settle()
    assert (status, headers["x-shop"], headers["set-cookie"], text) == (202, "yes", "seen=1", "taken")
    assert [json.loads(body)["detail"] for body in bodies("got")] == [{"id": 1}]
    request = next(event for event in cloud.ledger.events if event.kind == "request")
    assert {delivery.edge.kind: delivery.fate for delivery in cloud.ledger.story(request.id).deliveries} == {
        "url→lambda": Fate.DELIVERED,
        "rule→sqs": Fate.DELIVERED,
    }
    assert cloud.ledger.accounts == ["111111111111"]  # whose function it is: nobody else has books


@pytest.mark.parametrize("missing", sorted(OPENS))
def test_both_permissions_are_needed_since_october_2025(
    cloud: LocalCloud, deploy: Deploy, function: Function, missing: str
) -> None:
    cloud.enforce = True
    deploy(resources(function("Take", ECHO), opens={name: one for name, one in OPENS.items() if name != missing}))

    assert ask(cloud.url(url_of(cloud)))[0] == 403
    (delivery,) = cloud.ledger.deliveries
    assert (delivery.fate, delivery.code) == (Fate.DROPPED, "AccessDenied")
    assert f"may not {OPENS[missing]['Action']} on " in delivery.reason


def test_a_url_that_everybody_may_call_is_no_permission_to_invoke_the_function_otherwise(
    cloud: LocalCloud, deploy: Deploy, function: Function
) -> None:
    deploy(resources(function("Take", ECHO)))
    cloud.enforce = True
    assert ask(cloud.url(url_of(cloud)))[0] == 200
    theirs = cloud.client("lambda", account="222222222222")
    with pytest.raises(ClientError, match="AccessDenied"):
        theirs.invoke(FunctionName="arn:aws:lambda:us-east-1:111111111111:function:Take")


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("def handle(event, context): raise ValueError('no stock')", "no stock"),
        ("def handle(event, context): return {'statusCode': 200, 'body': {'a': 1}}", "its body is a dict"),
        ("def handle(event, context): return {'statusCode': 'many'}", "invalid literal"),
    ],
)
def test_a_function_that_fails_is_a_bad_gateway_and_the_ledger_says_why(
    cloud: LocalCloud, deploy: Deploy, function: Function, code: str, told: str
) -> None:
    deploy(resources(function("Take", code)))
    assert ask(cloud.url(url_of(cloud)))[0] == 502
    (delivery,) = cloud.ledger.deliveries
    assert delivery.fate is Fate.DROPPED
    assert told in delivery.reason


def test_a_function_without_concurrency_is_throttled(cloud: LocalCloud, deploy: Deploy, function: Function) -> None:
    deploy(resources(function("Take", ECHO, ReservedConcurrentExecutions=0)))
    assert ask(cloud.url(url_of(cloud)))[0] == 429


def test_a_request_that_is_too_large_does_not_reach_the_function(
    cloud: LocalCloud, deploy: Deploy, function: Function
) -> None:
    deploy(resources(function("Take", ECHO)))
    assert ask(cloud.url(url_of(cloud)), b"x" * 6_291_457)[0] == 413
    assert cloud.ledger.deliveries == []


def test_who_knows_the_domain_only_is_answered_by_the_host_header(
    cloud: LocalCloud, deploy: Deploy, function: Function
) -> None:
    deploy(resources(function("Take", ECHO)))
    here = urlsplit(cloud.url(url_of(cloud)))
    connection = HTTPConnection(here.hostname or "", here.port)
    connection.request("PUT", "/parcels", "{}", {"Host": urlsplit(url_of(cloud)).netloc})
    event = json.loads(connection.getresponse().read())
    connection.close()
    assert (event["rawPath"], event["requestContext"]["http"]["method"]) == ("/parcels", "PUT")


def test_a_url_that_is_gone_is_forbidden_and_unknown(cloud: LocalCloud, deploy: Deploy, function: Function) -> None:
    whole = resources(function("Take", ECHO))
    deploy(whole)
    url = url_of(cloud)
    here = cloud.url(url)
    del whole["Url"]
    deploy(whole)
    assert ask(here)[0] == 403
    with pytest.raises(EventyardError, match="is no function URL of this cloud"):
        cloud.url(url)


def test_a_url_with_iam_is_noted_and_lets_nobody_in(cloud: LocalCloud, deploy: Deploy, function: Function) -> None:
    (notice,) = deploy(resources(function("Take", ECHO), auth="AWS_IAM"))
    assert "answers 403 to everyone" in notice.what
    cloud.enforce = True
    assert ask(cloud.url(url_of(cloud)), headers={"Authorization": "AWS4-HMAC-SHA256 Credential=x"})[0] == 403
