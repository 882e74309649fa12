from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

from eventyard.local import Fate
from tests.local.authority.scene import US, Json, statement
from tests.local.streams.hose import STREAM, WRITES, Hose, processor

if TYPE_CHECKING:
    from eventyard.local import Delivery, LocalCloud

FUNCTION = f"arn:aws:lambda:us-east-1:{US}:function:work"
INVOKES = statement(None, "lambda:InvokeFunction", FUNCTION)

INDEX = """
import base64, json
def handle(event, context):
    answers = []
    for record in event["records"]:
        text = base64.b64decode(record["data"]).decode()
        result = {"drop": "Dropped", "bad": "ProcessingFailed"}.get(text, "Ok")
        data = base64.b64encode((text.upper() + "\\n").encode()).decode()
        answers.append({"recordId": record["recordId"], "result": result, "data": data})
    return {"records": answers}
"""
FAILS = "def handle(event, context): raise ValueError('no index')"


def transformed(hose: Hose, code: str, *policy: Json, **parameters: str) -> None:
    function = hose.scene.function("work", code=code)
    configuration = processor("Lambda", LambdaArn=function, BufferIntervalInSeconds="10", **parameters)
    hose.create(
        *(policy or (WRITES, INVOKES)),
        Prefix="documents/",
        ErrorOutputPrefix="failed/!{firehose:error-output-type}/",
        ProcessingConfiguration=configuration,
    )


def through(cloud: LocalCloud, event: str) -> Delivery:
    (found,) = [one for one in cloud.ledger.deliveries_of(event) if one.edge.kind == "firehose→lambda"]
    return found


def test_what_the_function_makes_of_records_is_written(cloud: LocalCloud, hose: Hose) -> None:
    transformed(hose, INDEX)
    one, _ = hose.put("a", "b")
    cloud.settle()
    assert hose.contents() == ["A\nB\n"]
    assert through(cloud, one).fate is hose.written(one).fate is Fate.DELIVERED
    assert hose.written(one).parent == through(cloud, one).number
    assert cloud.ledger.balance.holds


def test_a_record_that_the_function_drops_is_nowhere_and_the_ledger_says_who_dropped_it(
    cloud: LocalCloud, hose: Hose
) -> None:
    transformed(hose, INDEX)
    one, _ = hose.put("drop", "b")
    cloud.settle()
    assert hose.contents() == ["B\n"]
    (delivery,) = cloud.ledger.deliveries_of(one)
    assert (delivery.fate, delivery.reason) == (Fate.DELIVERED, "the function drops the record.")


def test_a_record_that_fails_is_kept_under_the_error_prefix(cloud: LocalCloud, hose: Hose) -> None:
    transformed(hose, INDEX)
    good, bad = hose.put("a", "bad")
    cloud.settle()
    failed, written = hose.names()[1], hose.names()[0]
    assert failed.startswith("failed/processing-failed/")
    assert written.startswith("documents/")
    line = json.loads(hose.contents()[1])
    assert base64.b64decode(line["rawData"]) == b"bad"
    assert (line["errorCode"], line["lambdaArn"], line["attemptsMade"]) == (
        "Lambda.ProcessingFailedStatus",
        FUNCTION,
        1,
    )
    assert through(cloud, bad).fate is Fate.DEAD_LETTERED
    assert failed in through(cloud, bad).reason
    assert hose.written(good).fate is Fate.DELIVERED


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("'nothing'", "Lambda.JsonProcessingException"),
        ("{'records': []}", "Lambda.MissingRecordId"),
        ("{'records': [{'recordId': r['recordId'], 'result': 'Ok', 'data': ''} for r in event['records'] * 2]}", ""),
        ("{'records': [{'recordId': r['recordId'], 'result': 'Fine'} for r in event['records']]}", "Lambda.Json"),
        ("{'records': [{'recordId': r['recordId'], 'result': 'Ok'} for r in event['records']]}", "Lambda.Json"),
    ],
)
def test_an_answer_against_the_status_model_fails_the_records(
    cloud: LocalCloud, hose: Hose, answer: str, code: str
) -> None:
    transformed(hose, f"def handle(event, context): return {answer}")
    (one,) = hose.put("a")
    cloud.settle()
    assert through(cloud, one).fate is Fate.DEAD_LETTERED
    assert through(cloud, one).code.startswith(code or "Lambda.DuplicatedRecordId")


def test_a_function_that_fails_is_tried_again_three_times(cloud: LocalCloud, hose: Hose) -> None:
    transformed(hose, FAILS)
    (one,) = hose.put("a")
    cloud.settle()
    delivery = through(cloud, one)
    assert (delivery.fate, delivery.code, len(delivery.attempts)) == (
        Fate.DEAD_LETTERED,
        "Lambda.FunctionError",
        4,
    )
    assert json.loads(hose.contents()[0])["attemptsMade"] == 4


def test_the_processor_says_how_often(cloud: LocalCloud, hose: Hose) -> None:
    transformed(hose, FAILS, NumberOfRetries="1")
    (one,) = hose.put("a")
    cloud.settle()
    assert len(through(cloud, one).attempts) == 2


def test_a_role_that_may_not_invoke_keeps_every_record_as_failed(cloud: LocalCloud, hose: Hose) -> None:
    transformed(hose, INDEX, WRITES)
    (one,) = hose.put("a")
    cloud.settle()
    delivery = through(cloud, one)
    assert (delivery.fate, delivery.code) == (Fate.DEAD_LETTERED, "Lambda.InvokeAccessDenied")
    assert "may not lambda:InvokeFunction" in delivery.reason


def test_what_failed_and_cannot_be_kept_either_is_lost_after_a_day(cloud: LocalCloud, hose: Hose) -> None:
    transformed(hose, FAILS, INVOKES)
    (one,) = hose.put("a")
    cloud.settle()
    assert (through(cloud, one).fate, through(cloud, one).code) == (Fate.DROPPED, "S3.AccessDenied")


def test_an_event_that_a_rule_routes_is_a_document_and_the_story_tells_each_hop(cloud: LocalCloud, hose: Hose) -> None:
    transformed(hose, INDEX)
    role = hose.scene.role(
        "puts", statement(None, "firehose:PutRecord", STREAM), trusts={"Service": "events.amazonaws.com"}
    )
    events = cloud.client("events")
    events.put_rule(Name="all", EventPattern='{"source": ["shop"]}')
    events.put_targets(Rule="all", Targets=[{"Id": "t", "Arn": STREAM, "RoleArn": role}])
    entry = {"Source": "shop", "DetailType": "OrderPlaced", "Detail": '{"total": 3}'}
    event = events.put_events(Entries=[entry])["Entries"][0]["EventId"]
    cloud.settle()
    hops = [line.strip().split(" ", 2)[2] for line in cloud.ledger.story(event).lines() if "firehose" in line]
    assert hops == ["firehose:backup: delivered", "lambda:work: delivered", "s3:kept: delivered"]
    assert '"TOTAL":3' in hose.contents()[0]
