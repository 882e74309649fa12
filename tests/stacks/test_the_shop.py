"""Who hears what, as the shop's stacks wire it."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("cdk")

Templates = dict[str, dict[str, Any]]


def resources(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    """Logical id without its hash → properties."""
    return {
        name[:-8]: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == f"AWS::{kind}"
    }


def referred(value: dict[str, Any]) -> str:
    """The logical id, without its hash, that a reference names."""
    name: str = value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0]
    return name[:-8]


@pytest.mark.parametrize(
    ("detail_type", "target"),
    [
        ("OrderPlaced", "Orders"),
        ("PaymentTaken", "Payments"),
        ("ReturnRequested", "Returns"),
        ("QuestionAsked", "Questions"),
        ("StockLow", "ReorderStock"),
    ],
)
def test_every_type_of_event_has_a_rule_to_those_it_concerns(
    templates: Templates, detail_type: str, target: str
) -> None:
    rules = resources(templates["OrderFanout"], "Events::Rule").values()

    (rule,) = [rule for rule in rules if rule["EventPattern"]["detail-type"] == [detail_type]]
    assert rule["EventPattern"]["source"] == ["shop.web", "shop.mobile", "shop.pos"]
    assert [referred(reached["Arn"]) for reached in rule["Targets"]] == [target]


BODY, ATTRIBUTES = "MessageBody", "MessageAttributes"


@pytest.mark.parametrize(
    ("topic", "listener", "hears"),
    [
        ("Orders", "ReserveStockQueue", {"raw": False, BODY: {"detail": {"country": ["DE", "FR", "AT", "NL", "BE"]}}}),
        ("Orders", "OpenInvoiceQueue", {"raw": True}),
        ("Orders", "ThankCustomer", {BODY: {"detail": {"total": [{"numeric": [">=", 50_000]}]}}}),
        ("Payments", "RecordPaymentQueue", {"raw": True}),
        ("Returns", "ReceiveReturnQueue", {"raw": False}),
        ("Returns", "RefundOrderQueue", {"raw": True, BODY: {"detail": {"refund": [{"numeric": [">", 0]}]}}}),
        ("Questions", "OpenTicketQueue", {"raw": False}),
        ("Notices", "CustomerCare", {"raw": True, ATTRIBUTES: {"urgency": ["high"]}}),
        ("StockMovements", "TrackStockQueue", {"raw": True, ATTRIBUTES: {"kind": ["reserved", "returned"]}}),
    ],
)
def test_everyone_concerned_hears_their_topic(
    templates: Templates, topic: str, listener: str, hears: dict[str, Any]
) -> None:
    subscriptions = resources(templates["OrderFanout"], "SNS::Subscription").values()

    (subscription,) = [heard for heard in subscriptions if referred(heard["Endpoint"]) == listener]
    assert referred(subscription["TopicArn"]) == topic
    found = {"raw": subscription["RawMessageDelivery"]} if "RawMessageDelivery" in subscription else {}
    if "FilterPolicy" in subscription:
        found[subscription["FilterPolicyScope"]] = subscription["FilterPolicy"]
    assert found == hears


@pytest.mark.parametrize(
    ("function", "variables"),
    [
        ("ReserveStockFunction", {"RESERVATIONS_TABLE", "MOVEMENTS_TOPIC_ARN", "IDEMPOTENCY_TABLE"}),
        ("OpenInvoiceFunction", {"INVOICES_TABLE", "IDEMPOTENCY_TABLE"}),
        ("RecordPaymentFunction", {"INVOICES_TABLE", "IDEMPOTENCY_TABLE"}),
        ("ThankCustomer", {"CARE_QUEUE_URL", "IDEMPOTENCY_TABLE"}),
        ("ReceiveReturnFunction", {"RETURNS_TABLE", "MOVEMENTS_TOPIC_ARN", "IDEMPOTENCY_TABLE"}),
        ("RefundOrderFunction", {"INVOICES_TABLE", "IDEMPOTENCY_TABLE"}),
        ("OpenTicketFunction", {"TICKETS_TABLE", "NOTICES_TOPIC_ARN", "IDEMPOTENCY_TABLE"}),
        ("ReorderStock", {"PURCHASE_ORDERS_QUEUE_URL", "IDEMPOTENCY_TABLE"}),
        ("TrackStockFunction", {"STOCK_TABLE"}),
    ],
)
def test_every_function_is_told_what_it_needs(templates: Templates, function: str, variables: set[str]) -> None:
    properties = resources(templates["OrderFanout"], "Lambda::Function")[function]

    assert set(properties["Environment"]["Variables"]) == variables
    powertools = "arn:aws:lambda:us-east-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python313-arm64:27"
    own = {layer["Ref"][:-8] for layer in properties["Layers"] if layer != powertools}
    assert powertools in properties["Layers"]
    assert own == {"CodeContracts", "CodeShopLayer"}


def test_every_worker_empties_its_own_queue(templates: Templates) -> None:
    mappings = resources(templates["OrderFanout"], "Lambda::EventSourceMapping").values()

    for mapping in mappings:
        queue, function = referred(mapping["EventSourceArn"]), referred(mapping["FunctionName"])
        assert queue.removesuffix("Queue") == function.removesuffix("Function")
    assert {referred(mapping["EventSourceArn"]) for mapping in mappings} >= {"ReserveStockQueue", "TrackStockQueue"}


def test_the_audit_trail_takes_every_event_of_the_shop(templates: Templates) -> None:
    rule = resources(templates["CommerceBus"], "Events::Rule")["CommerceAuditTrail"]

    assert rule["EventPattern"] == {"source": [{"prefix": "shop."}]}
    assert resources(templates["CommerceBus"], "Logs::LogGroup")["Audit"]["LogGroupName"] == "/shop/audit"


def test_tables_can_be_restored_and_outlive_their_stack(templates: Templates) -> None:
    records = templates["ShopRecords"]["Resources"].values()

    for table in records:
        assert table["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert table["Properties"]["SSESpecification"] == {"SSEEnabled": True}
        assert table["Properties"]["BillingMode"] == "PAY_PER_REQUEST"
        assert table["DeletionPolicy"] == "RetainExceptOnCreate"
