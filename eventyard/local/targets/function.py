"""A function as the target of a rule or a subscription: invoked asynchronously, with Lambda's own retries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.local._yard import Undeliverable

if TYPE_CHECKING:
    from eventyard.local._yard import Parcel, Yard

service = "lambda"


def find(target: str, yard: Yard) -> None:
    """The function."""
    if yard.functions.deployed(target) is None:
        raise Undeliverable("NO_RESOURCE", f"there is no function {target}.")


def deliver(parcel: Parcel, yard: Yard) -> bool:
    """Invoke with InvocationType Event; the delivery ends when the function has done its work, or its retries ran out.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
    """
    yard.functions.invoke_later(parcel)
    return False
