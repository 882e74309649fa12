"""An HTTP endpoint as the subscriber of a topic. Only servers on the loopback are ever called."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from eventyard.local._yard import Undeliverable
from eventyard.local.outside import Call, NoAnswerError

if TYPE_CHECKING:
    from eventyard.local._yard import Parcel, Yard

service = "http"

# https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.prepare.html: SNS waits 15 seconds for an answer.
TIMEOUT_SECONDS = 15
AGENT = "Amazon Simple Notification Service Agent"
CONTENT_TYPE = "text/plain; charset=UTF-8"


def find(target: str, yard: Yard) -> None:
    """Where it is on this machine; whether somebody answers there shows when it is called."""
    yard.outside.server_of(target)


def deliver(parcel: Parcel, yard: Yard) -> bool:
    """POST the envelope, or the message itself with raw delivery, with SNS's headers.

    https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html: what the endpoint answers with 4xx is a
    client's error, which is not tried again; 429, 5xx and silence are.
    """
    call = Call("POST", parcel.target, {"User-Agent": AGENT, **parcel.parameters["Headers"]}, parcel.text)
    try:
        status = yard.outside.call(call, TIMEOUT_SECONDS).status
    except NoAnswerError as error:
        raise Undeliverable("SDK_CLIENT_ERROR", f"{parcel.target} did not answer ({error}).", passes=True) from None
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        passes = status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR
        raise Undeliverable("SDK_CLIENT_ERROR", f"{parcel.target} answered {status}.", passes=passes)
    return True
