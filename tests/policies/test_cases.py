"""The cases: what AWS allows, denies and refuses, each with the document that says so."""

import json
from pathlib import Path
from typing import Any

import pytest

from eventyard.errors import EventyardError
from eventyard.policies import Policy, PolicyError, Request, evaluate

QUEUE = "arn:aws:sqs:us-east-1:111111111111:orders"


def _cases(shape: str) -> list[Any]:
    return [
        pytest.param(case, id=f"{file.stem}: {case['name']}")
        for file in sorted(Path(__file__).with_name("cases").glob("*.json"))
        for case in json.loads(file.read_text(encoding="utf-8"))
        if shape in case
    ]


@pytest.mark.parametrize("case", _cases("request"))
def test_a_request_is_decided_as_written(case: dict[str, Any]) -> None:
    decision = evaluate(
        Request(**case["request"]), identity=case.get("identity", []), resource=case.get("resource", [])
    )

    assert decision.kind == case["kind"], decision.reason
    assert decision.allowed is bool(decision) is (case["kind"] == "allow")
    assert decision.reason
    assert not (decision.statements and case["kind"] == "implicit deny")


@pytest.mark.parametrize("case", _cases("condition"))
@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_a_condition_holds_as_written(case: dict[str, Any], effect: str) -> None:
    everyone = {"Principal": "*", "Action": "*", "Resource": "*"}
    statements = [{"Effect": effect, **everyone, "Condition": case["condition"]}]
    if effect == "Deny":
        statements.append({"Effect": "Allow", **everyone})
    policy = {"Version": case.get("version", "2012-10-17"), "Statement": statements}
    request = Request(
        principal="arn:aws:iam::111111111111:role/r", action="sqs:SendMessage", resource=QUEUE, context=case["context"]
    )

    decision = evaluate(request, resource=[policy])

    assert decision.allowed is (case["holds"] is (effect == "Allow")), decision.reason
    assert decision.reason


@pytest.mark.parametrize("case", _cases("document"))
def test_a_document_is_refused_with_its_path(case: dict[str, Any]) -> None:
    with pytest.raises(PolicyError) as refusal:
        Policy.parse(case["document"])

    assert refusal.value.where == case["error"], str(refusal.value)
    assert refusal.value.remedy
    assert isinstance(refusal.value, EventyardError)


def test_every_case_names_its_source() -> None:
    cases = [case.values[0] for shape in ("request", "condition", "document") for case in _cases(shape)]

    assert all(case["source"] for case in cases)
    assert len(cases) == sum(file.read_text().count('"name": ') for file in Path(__file__).parent.glob("cases/*.json"))
