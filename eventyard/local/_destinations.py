"""Where a function's records of success and failure go: queues, topics, functions and buses.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from eventyard.local import targets
from eventyard.local._yard import Parcel, Undeliverable
from eventyard.local.ledger import Cause, Edge

if TYPE_CHECKING:
    from eventyard.local._yard import Yard
    from eventyard.local.ledger import Delivery
    from eventyard.local.moto_seam import Function

_ACTIONS = {
    "sqs": "sqs:SendMessage",
    "sns": "sns:Publish",
    "lambda": "lambda:InvokeFunction",
    "events": "events:PutEvents",
}


def send(yard: Yard, delivery: Delivery, function: Function, destination: str, text: str) -> None:
    """Write what a function came to, or the event that it could not handle, to a destination (an ARN), as its role may.

    Raises:
        Undeliverable: it is not there, or the role may not, or eventyard knows no such destination.
    """
    service = destination.split(":")[2] if destination.startswith("arn:") else ""
    if service not in _ACTIONS:
        raise Undeliverable("NOT_EMULATED", f"eventyard sends no records to {destination}; see docs/fidelity.md.")
    yard.faults.strike(Edge("destination", function.arn, destination))
    targets.find(destination, yard)
    yard.permit(delivery, yard.authority.role_send(role=function.role, action=_ACTIONS[service], target=destination))
    if service == "sqs":
        yard.queues.send(destination, text, delivery=delivery, attributes={})
    elif service == "sns":
        yard.topics.pass_on(delivery, destination, text)
    elif service == "lambda":
        _invoke(yard, delivery, function, destination, text)
    else:
        _put(yard, delivery, function, destination, text)


def _invoke(yard: Yard, delivery: Delivery, function: Function, target: str, text: str) -> None:
    edge = Edge("lambda→lambda", function.arn, target)
    onward = yard.ledger.begin(delivery.event_id, edge, delivery.number)
    yard.agenda.soon(lambda: yard.functions.invoke_later(Parcel(onward, text)))


def _put(yard: Yard, delivery: Delivery, function: Function, bus: str, text: str) -> None:
    outcome = "Success" if json.loads(text)["requestContext"]["condition"] == "Success" else "Failure"
    entry = {
        "Source": "lambda",
        "DetailType": f"Lambda Function Invocation Result - {outcome}",
        "Detail": text,
        "Resources": [bus, f"{function.arn}:$LATEST"],
        "EventBusName": bus,
    }
    yard.buses.put(entry, function.account, function.region, (Cause(delivery.event_id, delivery.number),))
