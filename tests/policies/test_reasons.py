"""A reason names the line to change."""

from typing import Any

from eventyard.policies import Decision, Request, evaluate

QUEUE = "arn:aws:sqs:us-east-1:111111111111:orders"
RULE = "arn:aws:events:us-east-1:111111111111:rule/orders"
KEY = "arn:aws:kms:us-east-1:111111111111:key/1234"
ROLE = "arn:aws:iam::111111111111:role/publisher"
OTHER = "arn:aws:iam::222222222222:role/publisher"
EVENTS = "events.amazonaws.com"
ALLOW_RULE: dict[str, Any] = {
    "Sid": "OnlyOrders",
    "Effect": "Allow",
    "Principal": {"Service": EVENTS},
    "Action": "sqs:SendMessage",
    "Resource": QUEUE,
    "Condition": {"ArnEquals": {"aws:SourceArn": RULE}},
}
DENY_HTTP: dict[str, Any] = {
    "Sid": "NoHttp",
    "Effect": "Deny",
    "Principal": "*",
    "Action": "sqs:*",
    "Resource": QUEUE,
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def _asked(
    principal: str,
    *,
    own: list[Any] | None = None,
    attached: list[Any] | None = None,
    action: str = "sqs:SendMessage",
    on: str = QUEUE,
    **context: Any,  # noqa: ANN401  # any context value
) -> Decision:
    request = Request(
        principal=principal,
        action=action,
        resource=on,
        context={key.replace("_", ":"): value for key, value in context.items()},
    )
    return evaluate(
        request,
        identity=[{"Version": "2012-10-17", "Statement": own}] if own else [],
        resource=[{"Version": "2012-10-17", "Statement": attached}] if attached else [],
    )


def _own(**elements: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON value
    return {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE, **elements}


def test_the_wrong_rule_is_set_against_the_right_one() -> None:
    decision = _asked(EVENTS, attached=[DENY_HTTP, ALLOW_RULE], aws_SourceArn=f"{RULE}-eu")

    assert decision.reason == (
        "the resource policy does not allow it: statement 2 (OnlyOrders) allows events.amazonaws.com "
        "only for aws:SourceArn rule/orders, the rule is rule/orders-eu"
    )
    assert str(decision.near_misses[0].place) == "resource[0].Statement[1]"
    assert decision.near_misses[0].place.sid == "OnlyOrders"


def test_a_missing_key_is_said_to_be_missing() -> None:
    decision = _asked(EVENTS, attached=[ALLOW_RULE])

    assert decision.reason.endswith(f"only for aws:SourceArn {RULE}, the request has no aws:SourceArn")


def test_a_service_that_nobody_names() -> None:
    decision = _asked("sns.amazonaws.com", attached=[ALLOW_RULE])

    assert decision.reason == (
        "no statement of the resource policy names sns.amazonaws.com; "
        "statement 1 (OnlyOrders) names events.amazonaws.com, not sns.amazonaws.com"
    )


def test_no_policy_at_all() -> None:
    assert _asked(EVENTS).reason == "there is no resource policy"
    assert _asked(EVENTS, action="kms:Decrypt", on=KEY).reason == "there is no key policy"
    assert _asked(EVENTS, action="sts:AssumeRole", on=ROLE).reason == "there is no trust policy"


def test_the_roles_policy_is_for_another_queue() -> None:
    decision = _asked(ROLE, own=[_own(Resource=f"{QUEUE}-eu")])

    assert decision.reason == (
        f"the policies of role publisher do not allow sqs:SendMessage on {QUEUE}; "
        "statement 1 allows it on orders-eu, not on orders, and there is no resource policy"
    )


def test_the_roles_policy_is_for_another_action_of_the_queue() -> None:
    grant = {**ALLOW_RULE, "Action": ["sqs:GetQueueUrl", "sqs:ReceiveMessage"]}

    decision = _asked(EVENTS, attached=[grant], aws_SourceArn=RULE)

    assert decision.reason.endswith(
        "(OnlyOrders) allows events.amazonaws.com sqs:GetQueueUrl and sqs:ReceiveMessage, not sqs:SendMessage"
    )


def test_an_explicit_deny_names_its_statement_and_what_fulfilled_it() -> None:
    decision = _asked(EVENTS, attached=[ALLOW_RULE, DENY_HTTP], aws_SourceArn=RULE, aws_SecureTransport=False)

    assert decision.reason == (
        f"statement 2 (NoHttp) of the resource policy denies events.amazonaws.com sqs:SendMessage on {QUEUE}, "
        "since aws:SecureTransport is false"
    )
    assert decision.near_misses == ()


def test_an_allowed_request_names_its_statement() -> None:
    decision = _asked(EVENTS, attached=[DENY_HTTP, ALLOW_RULE], aws_SourceArn=RULE)

    assert decision.reason == (
        f"statement 2 (OnlyOrders) of the resource policy allows events.amazonaws.com sqs:SendMessage on {QUEUE}"
    )


def test_across_accounts_each_side_that_is_missing_is_named() -> None:
    both = _asked(OTHER)
    here = _asked(OTHER, own=[_own()], attached=[ALLOW_RULE])
    there = _asked(OTHER, attached=[{**ALLOW_RULE, "Principal": {"AWS": OTHER}, "Condition": {}}])

    assert both.reason == (
        "across accounts both sides must allow it: there is no resource policy, "
        f"and role publisher has no policies that allow sqs:SendMessage on {QUEUE}"
    )
    assert here.reason.startswith(
        "across accounts both sides must allow it: "
        "no statement of the resource policy names role publisher or its account"
    )
    assert there.reason == (
        "across accounts both sides must allow it: "
        f"role publisher has no policies that allow sqs:SendMessage on {QUEUE}"
    )


def test_a_key_that_leaves_it_to_the_accounts_policies() -> None:
    decision = _asked(
        ROLE,
        action="kms:Decrypt",
        on=KEY,
        own=[_own()],
        attached=[{"Effect": "Allow", "Principal": {"AWS": "111111111111"}, "Action": "kms:*", "Resource": "*"}],
    )

    assert decision.reason == (
        "statement 1 of the key policy lets account 111111111111 in and leaves it to that account's policies, "
        f"and the policies of role publisher do not allow kms:Decrypt on {KEY}"
    )


def test_the_nearest_miss_comes_first() -> None:
    far = {**ALLOW_RULE, "Sid": "OtherService", "Principal": {"Service": "sns.amazonaws.com"}}
    action = {**ALLOW_RULE, "Sid": "OtherAction", "Action": "sqs:ReceiveMessage"}
    other_rule = {"aws:SourceArn": RULE}
    two = {
        **ALLOW_RULE,
        "Sid": "TwoConditions",
        "Condition": {"ArnEquals": other_rule, "StringEquals": {"aws:SourceAccount": "222222222222"}},
    }
    one = {
        **ALLOW_RULE,
        "Sid": "OneOfTwo",
        "Condition": {"ArnEquals": other_rule, "StringEquals": {"aws:SourceAccount": "111111111111"}},
    }

    decision = _asked(
        EVENTS, attached=[far, action, two, one], aws_SourceArn=f"{RULE}-eu", aws_SourceAccount="111111111111"
    )

    assert [miss.place.sid for miss in decision.near_misses] == [
        "OneOfTwo",
        "TwoConditions",
        "OtherAction",
        "OtherService",
    ]
    assert "OneOfTwo" in decision.reason


def test_of_equally_near_statements_the_one_that_reads_most_like_the_request_comes_first() -> None:
    grants = [
        {**ALLOW_RULE, "Sid": name, "Condition": {"ArnEquals": {"aws:SourceArn": f"{RULE.rpartition('/')[0]}/{name}"}}}
        for name in ("returns", "order", "stock")
    ]

    decision = _asked(EVENTS, attached=grants, aws_SourceArn=RULE)

    assert decision.near_misses[0].place.sid == "order"


def test_of_statements_that_read_equally_alike_the_first_comes_first() -> None:
    grants = [
        {**ALLOW_RULE, "Sid": name, "Condition": {"ArnEquals": {"aws:SourceArn": f"{RULE}-{name}"}}}
        for name in ("eu", "europe")
    ]

    decision = _asked(EVENTS, attached=grants, aws_SourceArn=RULE)

    assert [miss.place.sid for miss in decision.near_misses] == ["eu", "europe"]


def test_what_is_easily_overlooked_is_pointed_at() -> None:
    def hint(condition: dict[str, Any], **context: Any) -> str:  # noqa: ANN401  # any context value
        return _asked(EVENTS, attached=[{**ALLOW_RULE, "Condition": condition}], **context).reason

    wildcard = hint({"StringEquals": {"aws:SourceArn": RULE[:-3] + "*"}}, aws_SourceArn=RULE)
    case = hint({"ArnLike": {"aws:SourceArn": RULE.replace("orders", "Orders")}}, aws_SourceArn=RULE)
    variable = hint({"StringEquals": {"aws:SourceAccount": "${aws:PrincipalTag/team}"}}, aws_SourceAccount="1")
    several = hint({"StringEquals": {"aws:TagKeys": "a"}}, aws_TagKeys=["a", "b"])
    partial = hint({"ArnLike": {"aws:SourceArn": "*"}}, aws_SourceArn=RULE)

    assert "StringLike would match" in wildcard
    assert "the case differs" in case
    assert "the request has no value for ${aws:PrincipalTag/team}" in variable
    assert "it needs ForAnyValue: or ForAllValues:" in several
    assert "it needs six parts" in partial


def test_other_operators_read_as_sentences() -> None:
    def only(condition: dict[str, Any], **context: Any) -> str:  # noqa: ANN401  # any context value
        decision = _asked(EVENTS, attached=[{**ALLOW_RULE, "Condition": condition}], **context)
        return decision.near_misses[0].text.partition(" only ")[2]

    assert only({"NumericLessThan": {"a:b": "5"}}, a_b=7) == "if a:b is less than 5, the request's is 7"
    assert only({"StringNotEquals": {"a:b": ["x", "y"]}}, a_b="x") == "if a:b is not x or y, the request's is x"
    assert only({"Null": {"a:b": "true"}}, a_b="x") == "if a:b is missing, the request has it"
    assert only({"Null": {"a:b": "false"}}) == "if a:b is there, the request has none"
    assert only({"ForAnyValue:StringLike": {"a:b": ["x*"]}}, a_b=["p", "q"]) == (
        "if one value of a:b is like x*, the request's is p or q"
    )
    assert only({"StringEquals": {"a:b": list("vwxyz")}}, a_b="a") == "for a:b v, w, x or 2 more, the request's is a"


def test_a_reason_names_the_policy_where_there_are_several() -> None:
    first, second = (
        {"Version": "2012-10-17", "Statement": [_own(Resource=f"{QUEUE}-{name}")]} for name in ("eu", "us")
    )
    request = Request(principal=ROLE, action="sqs:SendMessage", resource=QUEUE)

    decision = evaluate(request, identity=[first, second])

    assert "statement 1 of policy 1 allows it on orders-eu" in decision.reason
    assert [str(miss.place) for miss in decision.near_misses] == [
        "identity[0].Statement[0]",
        "identity[1].Statement[0]",
    ]


def test_root_users_read_as_such() -> None:
    root = "arn:aws:iam::111111111111:root"

    assert (
        _asked(root).reason
        == f"the root user of 111111111111 may do everything in its own account: sqs:SendMessage on {QUEUE}"
    )
    assert _asked(root, action="sts:AssumeRole", on=ROLE).reason.startswith("roles may not be assumed by root users")
