from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from eventyard.constructs import Bus, Function, Pipe, Queue, ReplayPipeline, SearchPipeline, Topic
from eventyard.errors import EventyardError, PatternError

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("cdk")

READ = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}


def may(resources: Any, named: str) -> set[str]:  # noqa: ANN401 (Resources)
    (policy,) = resources.the("IAM::Role", named)["Policies"]
    actions = [statement["Action"] for statement in policy["PolicyDocument"]["Statement"]]
    return {one for action in actions for one in ([action] if isinstance(action, str) else action)}


def test_a_pipe_may_read_its_queue_invoke_its_enrichment_and_put_events_and_nothing_else(
    new_stack: Any,  # noqa: ANN401 (fixtures of CDK)
    synthesized: Any,  # noqa: ANN401 (the same)
    code: Path,
) -> None:
    stack = new_stack()
    translate = Function(stack, "Translate", handler=code, asynchronous=False)
    event = {"source": "shop.pos", "detail-type": "OrderPlaced"}
    Pipe(stack, "Sales", reads=Queue(stack, "Tills"), to=Bus(stack, "Commerce"), enrich=translate, event=event)
    resources = synthesized(stack)
    assert may(resources, "SalesRole") == {*READ, "lambda:InvokeFunction", "events:PutEvents"}
    pipe = resources.the("Pipes::Pipe")
    assert pipe["TargetParameters"]["EventBridgeEventBusParameters"] == {
        "Source": "shop.pos",
        "DetailType": "OrderPlaced",
    }
    assert pipe["SourceParameters"]["SqsQueueParameters"] == {"BatchSize": 1}


def test_only_this_pipe_of_this_account_may_assume_its_role(new_stack: Any, synthesized: Any) -> None:  # noqa: ANN401 (the same)
    stack = new_stack()
    pipe = Pipe(stack, "Sales", reads=Queue(stack, "Tills"), to=Queue(stack, "After"))
    (trust,) = synthesized(stack).the("IAM::Role", "SalesRole")["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "pipes.amazonaws.com"}
    assert trust["Condition"]["ArnEquals"]["aws:SourceArn"].endswith(f":111111111111:pipe/{pipe.name}")


def test_a_replay_pipeline_waits_with_the_right_to_hand_over_to_each_of_its_consumers(
    new_stack: Any,  # noqa: ANN401 (the same)
    synthesized: Any,  # noqa: ANN401 (the same)
) -> None:
    stack = new_stack()
    consumers = [Queue(stack, "Invoices"), Queue(stack, "Reports")]
    ReplayPipeline(stack, "Replay", of=Topic(stack, "Orders"), to=consumers)
    resources = synthesized(stack)
    assert resources.the("Pipes::Pipe")["DesiredState"] == "STOPPED"
    assert may(resources, "ReplayReleaseRole") == {*READ, "sqs:SendMessage"}
    buffer = resources.the("SQS::Queue", "ReplayBuffer")
    assert buffer["MessageRetentionPeriod"] == 1_209_600
    assert "RedrivePolicy" in buffer


def test_a_search_pipeline_hands_each_batch_to_its_function(new_stack: Any, synthesized: Any, code: Path) -> None:  # noqa: ANN401 (the same)
    stack = new_stack()
    SearchPipeline(stack, "Search", of=Topic(stack, "Orders"), index=code)
    resources = synthesized(stack)
    destination = resources.the("KinesisFirehose::DeliveryStream")["ExtendedS3DestinationConfiguration"]
    assert [one["Type"] for one in destination["ProcessingConfiguration"]["Processors"]] == ["Lambda"]
    assert {"lambda:InvokeFunction", "lambda:GetFunctionConfiguration"} < may(resources, "SearchStreamRole")
    assert destination["Prefix"].startswith("documents/")


def test_a_filter_that_aws_would_refuse_fails_at_synth_with_its_path(new_stack: Any) -> None:  # noqa: ANN401 (the same)
    stack = new_stack()
    with pytest.raises(PatternError, match="Shop/Sales"):
        Pipe(stack, "Sales", reads=Queue(stack, "Tills"), to=Queue(stack, "After"), only=[{"body": 3}])


def test_names_of_events_are_for_a_bus(new_stack: Any) -> None:  # noqa: ANN401 (the same)
    stack = new_stack()
    with pytest.raises(EventyardError, match="for a bus"):
        Pipe(stack, "Sales", reads=Queue(stack, "Tills"), to=Queue(stack, "After"), event={"source": "shop.pos"})
    with pytest.raises(EventyardError, match="a pipe has a target"):
        Pipe(stack, "Nowhere", reads=Queue(stack, "More"), to=[])
