"""Input made to take exponential time or all memory: that these tests end at all is what they show."""

from typing import Any

import pytest

from eventyard.policies import Policy, PolicyError, Request, evaluate

ROLE = "arn:aws:iam::111111111111:role/r"
QUEUE = "arn:aws:sqs:us-east-1:111111111111:"
HUGE = [
    pytest.param(10**5_000, id="an integer"),
    pytest.param(float("nan"), id="NaN"),
    pytest.param(float("inf"), id="infinity"),
    pytest.param("9" * 5_000, id="digits"),
    pytest.param("1e99999", id="an exponent"),
    pytest.param("0001-01-01T00:00:00+14:00", id="a date before all dates"),
]


def _policy(**elements: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON value
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", **elements}
    return {"Version": "2012-10-17", "Statement": statement}


def _allowed(policy: dict[str, Any], resource: str, **context: Any) -> bool:  # noqa: ANN401  # any context value
    request = Request(principal=ROLE, action="sqs:SendMessage", resource=resource, context=context)
    decision = evaluate(request, identity=[policy])
    assert len(decision.reason) < 10_000
    return decision.allowed


@pytest.mark.parametrize("text", ["a" * 20_000, "ab" * 10_000, "a" * 19_999 + "c"])
def test_hundreds_of_stars_take_one_pass_over_the_text(text: str) -> None:
    pattern = "*a" * 500 + "*b?"

    assert not _allowed(_policy(Resource=f"arn:*{pattern}"), QUEUE + text + "cc")
    assert not _allowed(_policy(Condition={"StringLike": {"k": pattern}}), QUEUE, k=text + "cc")
    assert _allowed(_policy(Condition={"StringLike": {"k": pattern}}), QUEUE, k=text + "bb")


def test_stars_and_question_marks_together_take_no_longer() -> None:
    assert not _allowed(_policy(Condition={"StringLike": {"k": "*a?a" * 300 + "*b"}}), QUEUE, k="a" * 20_000)
    assert not _allowed(_policy(Condition={"StringLike": {"k": "*?" * 10_000 + "b"}}), QUEUE, k="a" * 20_000)


@pytest.mark.parametrize(
    ("part", "characters"),
    [("*", 1_000_000), ("?", 100_000), ("*a", 100_000), ("${*}", 100_000), ("${aws:PrincipalAccount}*", 100_000)],
)
def test_masses_of_wildcards(part: str, characters: int) -> None:
    pattern = part * (characters // len(part))

    assert not _allowed(_policy(Resource=f"arn:aws:s3:::{pattern}"), QUEUE + "orders")
    assert _allowed(_policy(Condition={"ArnNotLike": {"k": f"arn:{pattern}"}}), QUEUE, k=QUEUE)
    assert _allowed(_policy(Action=f"sqs:{'*' * 500_000}"), QUEUE)


def test_a_megabyte_of_stars_and_letters() -> None:
    policy = Policy.parse(_policy(Resource="arn:aws:s3:::" + "*a" * 500_000))

    assert not evaluate(Request(principal=ROLE, action="s3:GetObject", resource="arn:aws:s3:::aaa"), identity=[policy])


def test_many_variables_that_are_not_closed() -> None:
    with pytest.raises(PolicyError, match="malformed"):
        Policy.parse(_policy(Resource="arn:aws:s3:::" + "${a" * 300_000))
    with pytest.raises(PolicyError, match="malformed"):
        Policy.parse(_policy(Resource="arn:aws:s3:::${" + "a " * 300_000))


def test_ten_thousand_statements_are_asked_once_each() -> None:
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::*"}
    policy = {"Version": "2012-10-17", "Statement": [statement] * 10_000}

    assert not _allowed(policy, QUEUE)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"Statement":' * 100_000, "[" * 100_000 + "]" * 100_000])
def test_a_text_nested_too_deeply_is_refused(text: str) -> None:
    with pytest.raises(PolicyError):
        Policy.parse(text)


def test_a_document_nested_too_deeply_is_refused() -> None:
    nested: Any = "sqs:*"
    for _ in range(100_000):
        nested = [nested]

    with pytest.raises(PolicyError) as refusal:
        Policy.parse(_policy(Action=nested))

    assert refusal.value.where == "Statement.Action[0]"


@pytest.mark.parametrize(
    "document", ["", "null", "5", '"x"', "NaN", "{'a': 1}", b"{}", None, 5, ["x"], {5: "x"}, {1, 2}]
)
def test_what_is_no_document_is_refused(document: Any) -> None:  # noqa: ANN401  # wrong on purpose
    with pytest.raises(PolicyError):
        Policy.parse(document)


@pytest.mark.parametrize("value", HUGE)
@pytest.mark.parametrize(
    "operator", ["NumericEquals", "DateEquals", "StringEquals", "Bool", "IpAddress", "BinaryEquals"]
)
def test_values_beyond_all_bounds_are_refused_or_compared(operator: str, value: Any) -> None:  # noqa: ANN401  # any value
    try:
        policy = Policy.parse(_policy(Condition={operator: {"k": value}}))
    except PolicyError as refusal:
        assert refusal.where == f"Statement.Condition.{operator}.k"  # noqa: PT017  # either outcome is right
    else:
        request = Request(principal=ROLE, action="sqs:SendMessage", resource=QUEUE, context={"k": "1"})
        assert not evaluate(request, identity=[policy])


@pytest.mark.parametrize("value", HUGE[1:])
def test_the_requests_values_may_be_beyond_all_bounds(value: Any) -> None:  # noqa: ANN401  # any value
    request = Request(principal=ROLE, action="sqs:SendMessage", resource=QUEUE, context={"k": value})
    for operator, wanted in [("NumericLessThan", 1), ("DateEquals", "2026"), ("StringEquals", "x"), ("Bool", True)]:
        decision = evaluate(request, identity=[_policy(Condition={operator: {"k": wanted}})])

        assert not decision
        assert decision.reason


def test_a_number_that_python_does_not_print_is_refused_in_a_request() -> None:
    with pytest.raises(PolicyError):
        evaluate(Request(principal=ROLE, action="sqs:SendMessage", resource=QUEUE, context={"k": 10**5_000}))
