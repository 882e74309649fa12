"""The engine against a naive one, and laws that hold for every policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from eventyard.policies import Decision, Kind, Policy, Request, evaluate
from tests.policies import naive

if TYPE_CHECKING:
    from random import Random

ROLE = "arn:aws:iam::111111111111:role/r"
OTHER = "arn:aws:iam::222222222222:role/r"
QUEUE = "arn:aws:sqs:us-east-1:111111111111:a"
PRINCIPALS = (ROLE, OTHER, "events.amazonaws.com", "sns.amazonaws.com")
CONTEXTS: dict[str, st.SearchStrategy[Any]] = {
    "aws:x": st.sampled_from(["a", "ab", "b", ""]),
    "aws:y": st.sampled_from(["a", ["a"], ["a", "b"], ["b", "c"]]),
}

actions = st.sampled_from(["sqs:SendMessage", "sqs:*", "SQS:send*", "sqs:Receive?essage", "*", "sns:Publish"])
resources = st.sampled_from(
    [QUEUE, "*", "arn:aws:sqs:*", "arn:aws:sqs:*:111111111111:?", QUEUE + "b", "arn:aws:s3:::*"]
)
named = st.sampled_from(
    [
        "*",
        {"AWS": "*"},
        {"AWS": "111111111111"},
        {"AWS": ["222222222222"]},
        {"AWS": ROLE},
        {"AWS": [OTHER]},
        {"Service": "events.amazonaws.com"},
        {"AWS": ROLE, "Service": ["sns.amazonaws.com"]},
    ]
)
operators = st.sampled_from(
    [
        f"{prefix}{name}{suffix}"
        for name in ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike")
        for prefix, suffix in (("", ""), ("", "IfExists"), ("ForAnyValue:", ""), ("ForAllValues:", ""))
    ]
)
texts = st.lists(st.sampled_from(["a", "a*", "?", "*b", "*", "ab"]), max_size=2)
conditions = st.dictionaries(operators, st.dictionaries(st.sampled_from(list(CONTEXTS)), texts, max_size=2), max_size=2)
nulls = st.dictionaries(st.sampled_from(list(CONTEXTS)), st.sampled_from(["true", "false"]), max_size=1)
contexts = st.fixed_dictionaries({}, optional=CONTEXTS)


@st.composite
def statements(draw: st.DrawFn, *, attached: bool) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"]))}
    if attached:
        statement["Principal"] = draw(named)
    inverted = draw(st.sampled_from(["", "", "Not"]))
    statement[f"{inverted}Action"] = draw(st.one_of(actions, st.lists(actions, min_size=1, max_size=2)))
    inverted = draw(st.sampled_from(["", "", "Not"]))
    statement[f"{inverted}Resource"] = draw(st.one_of(resources, st.lists(resources, min_size=1, max_size=2)))
    if draw(st.booleans()):
        statement["Condition"] = draw(conditions)
        if draw(st.booleans()):
            statement["Condition"] = {**statement["Condition"], "Null": draw(nulls)}
    return statement


own_statements = st.lists(statements(attached=False), max_size=3)
attached_statements = st.lists(statements(attached=True), max_size=3)
principals = st.sampled_from(PRINCIPALS)


def decide(principal: str, context: dict[str, Any], own: list[Any], attached: list[Any]) -> Decision:
    request = Request(principal=principal, action="sqs:SendMessage", resource=QUEUE, context=context)
    return evaluate(
        request,
        identity=[{"Version": "2012-10-17", "Statement": own}] if own else [],
        resource=[{"Version": "2012-10-17", "Statement": attached}] if attached else [],
    )


@given(principals, contexts, own_statements, attached_statements)
def test_the_engine_decides_as_the_obvious_one_does(
    principal: str, context: dict[str, Any], own: list[Any], attached: list[Any]
) -> None:
    expected = naive.allowed(principal, "sqs:SendMessage", QUEUE, context, own=own, attached=attached)

    decision = decide(principal, context, own, attached)

    assert decision.allowed is expected, decision.reason
    assert decision.reason
    assert all(0 <= miss.met < 1 for miss in decision.near_misses)


@given(principals, contexts, own_statements, attached_statements, st.randoms(use_true_random=False))
def test_the_order_of_statements_and_their_distribution_over_policies_do_not_matter(
    principal: str, context: dict[str, Any], own: list[Any], attached: list[Any], random: Random
) -> None:
    before = decide(principal, context, own, attached)
    random.shuffle(own)
    random.shuffle(attached)
    request = Request(principal=principal, action="sqs:SendMessage", resource=QUEUE, context=context)

    after = evaluate(
        request,
        identity=[Policy.parse({"Version": "2012-10-17", "Statement": each}) for each in own],
        resource=[Policy.parse({"Version": "2012-10-17", "Statement": each}) for each in attached],
    )

    assert (after.allowed, after.kind) == (before.allowed, before.kind)


@given(principals, contexts, own_statements, attached_statements, statements(attached=True))
def test_one_more_deny_never_allows_and_one_more_allow_never_denies(
    principal: str, context: dict[str, Any], own: list[Any], attached: list[Any], more: dict[str, Any]
) -> None:
    before = decide(principal, context, own, attached)
    after = decide(principal, context, own, [*attached, more])

    if more["Effect"] == "Deny":
        assert before.allowed or not after.allowed
    else:
        assert after.allowed or not before.allowed
        assert (after.kind is Kind.EXPLICIT_DENY) is (before.kind is Kind.EXPLICIT_DENY)


@given(principals, contexts, own_statements, attached_statements)
def test_what_is_allowed_is_allowed_by_statements_that_say_so(
    principal: str, context: dict[str, Any], own: list[Any], attached: list[Any]
) -> None:
    decision = decide(principal, context, own, attached)

    for place in decision.statements:
        given_side = own if place.side == "identity" else attached
        effect = "Deny" if decision.kind is Kind.EXPLICIT_DENY else "Allow"
        assert given_side[place.statement]["Effect"] == effect
