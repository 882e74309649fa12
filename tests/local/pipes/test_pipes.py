from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from eventyard.local import Fate
from tests.local.authority.scene import US, service, statement
from tests.local.pipes.line import BUS, FUNCTION, INVOKES, PUTS, QUEUE, READS, Line

if TYPE_CHECKING:
    from eventyard.local import LocalCloud

DOUBLES = """
import json
def handle(event, context):
    return [{"id": json.loads(record["body"])["id"], "seen": True} for record in event]
"""


def test_a_message_is_an_event_on_the_bus_named_after_the_pipe_and_its_source(cloud: LocalCloud, line: Line) -> None:
    line.create()
    message = line.send({"id": 1})
    cloud.settle()
    (event,) = line.heard()
    assert (event["source"], event["detail-type"]) == ("Pipe sales", "Event from aws:sqs")
    assert event["detail"]["body"] == '{"id": 1}'
    assert line.taken(message).fate is Fate.DELIVERED
    assert cloud.ledger.balance.holds
    told = [chapter.event.kind for chapter in cloud.ledger.story(message).chapters]
    assert told == ["sqs", "event"]


def test_parameters_name_source_and_type_also_by_a_path_and_a_template_makes_the_detail(
    cloud: LocalCloud, line: Line
) -> None:
    template = '{"sale": <$.body.id>, "at": "<$.body.till>", "first": <$.body.items[0]>, "by": "<aws.pipes.pipe-name>"}'
    named = {"Source": "shop.pos", "DetailType": "$.body.kind"}
    line.create(TargetParameters={"EventBridgeEventBusParameters": named, "InputTemplate": template})
    line.send({"id": 7, "kind": "SaleMade", "till": "T1", "items": [{"sku": "a"}]})
    cloud.settle()
    (event,) = line.heard()
    assert (event["source"], event["detail-type"]) == ("shop.pos", "SaleMade")
    assert event["detail"] == {"sale": 7, "at": "T1", "first": {"sku": "a"}, "by": "sales"}


def test_what_no_filter_matches_is_deleted_and_the_story_says_why(cloud: LocalCloud, line: Line) -> None:
    filters = [{"Pattern": '{"body": {"kind": ["sale"]}}'}]
    line.create(SourceParameters={"FilterCriteria": {"Filters": filters}})
    message = line.send({"kind": "void"})
    cloud.settle()
    assert (line.heard(), line.received("tills")) == ([], [])
    assert "kept away by its filter" in str(cloud.ledger.story(message))
    cloud.ledger.assert_not_delivered(message, "sales", because="none of its filters matches")


def test_the_enrichment_gets_the_batch_and_its_answer_goes_on(cloud: LocalCloud, line: Line) -> None:
    line.scene.function("work", code=DOUBLES)
    line.create(Enrichment=FUNCTION)
    first, _ = line.send({"id": 1}), line.send({"id": 2})
    cloud.settle()
    assert [event["detail"] for event in line.heard()] == [{"id": 1, "seen": True}, {"id": 2, "seen": True}]
    kinds = [one.edge.kind for one in cloud.ledger.deliveries_of(first)]
    assert kinds == ["sqs→pipes", "pipes→lambda", "pipes→events"]


@pytest.mark.parametrize("answer", ["[]", "None", "''", "{}"])
def test_an_enrichment_that_answers_nothing_ends_the_way_of_the_batch(
    cloud: LocalCloud, line: Line, answer: str
) -> None:
    line.scene.function("work", code=f"def handle(event, context): return {answer}")
    line.create(Enrichment=FUNCTION)
    message = line.send({"id": 1})
    cloud.settle()
    assert (line.heard(), line.received("tills")) == ([], [])
    assert line.taken(message).fate is Fate.DELIVERED


def test_a_batch_that_fails_is_in_the_dead_letter_queue_in_the_end(cloud: LocalCloud, line: Line) -> None:
    line.scene.function("work", code="def handle(event, context): raise ValueError('no such article')")
    line.create(Enrichment=FUNCTION)
    message = line.send("bad")
    cloud.settle()
    delivery = line.taken(message)
    assert (delivery.fate, len(delivery.attempts)) == (Fate.DEAD_LETTERED, 3)
    assert "no such article" in delivery.attempts[0].reason
    assert line.received("dead") == ["bad"]
    assert cloud.ledger.balance.holds


def test_what_fails_for_a_while_goes_through_later(cloud: LocalCloud, line: Line) -> None:
    line.create()
    cloud.faults.throttle("event-bus/commerce", times=2)
    message = line.send({"id": 1})
    cloud.settle()
    assert len(line.heard()) == 1
    assert len(line.taken(message).attempts) == 3


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ((READS, INVOKES), "may not events:PutEvents"),
        ((READS, PUTS), "may not lambda:InvokeFunction"),
    ],
)
def test_the_role_must_be_allowed_each_step(cloud: LocalCloud, line: Line, policy: Any, words: str) -> None:  # noqa: ANN401 - statements
    line.scene.function("work", code=DOUBLES)
    line.create(*policy, Enrichment=FUNCTION)
    message = line.send({"id": 1})
    cloud.settle()
    assert line.heard() == []
    assert words in line.taken(message).attempts[-1].reason
    assert line.received("dead") == ['{"id": 1}']


def test_a_role_that_may_not_read_the_queue_leaves_the_messages_where_they_are(cloud: LocalCloud, line: Line) -> None:
    line.create(PUTS)
    line.send({"id": 1})
    cloud.settle()
    assert line.received("tills") == ['{"id": 1}']


def test_a_role_that_pipes_may_not_assume_reads_nothing(cloud: LocalCloud, line: Line) -> None:
    role = line.scene.role("others", READS, PUTS, trusts=service("lambda"))
    line.pipes.create_pipe(Name="sales", Source=QUEUE, Target=BUS, RoleArn=role)
    line.send({"id": 1})
    cloud.settle()
    assert line.received("tills") == ['{"id": 1}']


@pytest.mark.parametrize("granted", [True, False])
def test_the_key_of_the_queue_must_admit_the_role(cloud: LocalCloud, line: Line, *, granted: bool) -> None:
    key = line.scene.key()
    line.sqs.set_queue_attributes(QueueUrl=line.url, Attributes={"KmsMasterKeyId": key})
    line.create(READS, PUTS, *([statement(None, "kms:Decrypt", key)] if granted else []))
    line.send({"id": 1})
    cloud.settle()
    assert len(line.heard()) == granted


def test_a_stopped_pipe_lets_messages_wait_until_it_is_started(cloud: LocalCloud, line: Line) -> None:
    line.create(DesiredState="STOPPED")
    line.send({"id": 1})
    line.send({"id": 2})
    cloud.settle()
    assert line.heard() == []
    line.pipes.start_pipe(Name="sales")
    cloud.settle()
    assert len(line.heard()) == 2
    line.pipes.stop_pipe(Name="sales")
    line.send({"id": 3})
    cloud.settle()
    assert line.received("tills") == ['{"id": 3}']


@pytest.mark.parametrize("service_", ["sqs", "lambda", "sns"])
def test_a_pipe_may_end_in_a_queue_a_function_or_a_topic(cloud: LocalCloud, line: Line, service_: str) -> None:
    target = {
        "sqs": line.scene.queue("after"),
        "lambda": line.scene.function("work", code="def handle(event, context): print(event[0]['id'])"),
        "sns": line.scene.topic("news"),
    }[service_]
    action = {"sqs": "sqs:SendMessage", "lambda": "lambda:InvokeFunction", "sns": "sns:Publish"}[service_]
    line.create(READS, statement(None, action, target), target=target, TargetParameters={"InputTemplate": "<$.body>"})
    message = line.send({"id": 7})
    cloud.settle()
    cloud.ledger.assert_delivered(message, target)
    if service_ == "sqs":
        assert line.received("after") == ['{"id":7}']


def test_a_detail_that_is_no_object_fails_the_batch(cloud: LocalCloud, line: Line) -> None:
    line.create(TargetParameters={"InputTemplate": "<$.body>"})
    message = line.send("no JSON")
    cloud.settle()
    assert line.taken(message).attempts[0].code == "MalformedDetail"
    assert line.received("dead") == ["no JSON"]


def test_a_target_that_eventyard_does_not_know_is_named(cloud: LocalCloud, line: Line) -> None:
    line.create(target=f"arn:aws:states:us-east-1:{US}:stateMachine:work")
    message = line.send({"id": 1})
    cloud.settle()
    assert line.taken(message).code == "NOT_EMULATED"


@pytest.mark.parametrize(
    ("pipe", "code"),
    [
        (
            {"SourceParameters": {"FilterCriteria": {"Filters": [{"Pattern": '{"body": 3}'}]}}},
            "ValidationException",
        ),
        ({"SourceParameters": {"SqsQueueParameters": {"BatchSize": 11}}}, "ValidationException"),
        ({"DesiredState": "SLEEPING"}, "ValidationException"),
    ],
)
def test_a_pipe_that_eventbridge_refuses_is_refused(line: Line, pipe: dict[str, Any], code: str) -> None:
    with pytest.raises(ClientError) as caught:
        line.create(**pipe)
    assert caught.value.response["Error"]["Code"] == code


def test_a_pipe_of_a_template_flows_and_changes_in_place(cloud: LocalCloud, line: Line, tmp_path: Any) -> None:  # noqa: ANN401 - a Path
    role = line.scene.role("pipes", READS, PUTS, trusts=service("pipes"))
    properties: dict[str, Any] = {"Name": "sales", "Source": QUEUE, "Target": BUS, "RoleArn": role}

    def deploy(**more: Any) -> None:  # noqa: ANN401 - CloudFormation's own
        template = tmp_path / "shop.json"
        pipe = {"Type": "AWS::Pipes::Pipe", "Properties": {**properties, **more}}
        template.write_text(json.dumps({"Resources": {"Sales": pipe}}))
        cloud.deploy(template)

    deploy(DesiredState="STOPPED", SourceParameters={"SqsQueueParameters": {"BatchSize": "5"}})
    line.send({"id": 1})
    cloud.settle()
    assert line.heard() == []
    deploy()
    cloud.settle()
    assert len(line.heard()) == 1
