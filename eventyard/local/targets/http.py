"""An HTTP endpoint as the subscriber of a topic. Only endpoints on the loopback are ever called."""

from __future__ import annotations

from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from eventyard.local._guard import is_loopback
from eventyard.local._yard import Undeliverable

if TYPE_CHECKING:
    from eventyard.local._yard import Parcel, Yard

service = "http"

# https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.prepare.html: SNS waits 15 seconds for an answer.
_TIMEOUT_SECONDS = 15


def find(target: str, yard: Yard) -> None:  # noqa: ARG001  # a target kind's signature
    """Whether somebody answers there shows when it is called."""
    if not is_loopback(urlsplit(target).hostname or ""):
        raise Undeliverable("SDK_CLIENT_ERROR", f"{target} is not on this machine; eventyard calls no other.")


def deliver(parcel: Parcel, yard: Yard) -> bool:  # noqa: ARG001  # a target kind's signature
    """POST the envelope, or the message itself with raw delivery, with SNS's headers.

    https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html: what the endpoint answers with 4xx is a
    client's error, which is not tried again; 429, 5xx and silence are.
    """
    url = urlsplit(parcel.target)
    raw = parcel.parameters.get("RawMessageDelivery", "false").lower() == "true"
    headers = {
        "Content-Type": "text/plain; charset=UTF-8",
        "User-Agent": "Amazon Simple Notification Service Agent",
        "x-amz-sns-message-type": "Notification",
        "x-amz-sns-message-id": parcel.parameters.get("MessageId", ""),
        "x-amz-sns-topic-arn": parcel.delivery.edge.source,
        "x-amz-sns-subscription-arn": parcel.delivery.edge.via,
        **({"x-amz-sns-rawdelivery": "true"} if raw else {}),
    }
    connection = HTTPConnection(url.hostname or "", url.port, timeout=_TIMEOUT_SECONDS)
    try:
        path = f"{url.path or '/'}{'?' if url.query else ''}{url.query}"
        connection.request("POST", path, parcel.text.encode(), headers)
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        raise Undeliverable("SDK_CLIENT_ERROR", f"{parcel.target} did not answer ({error}).", passes=True) from None
    finally:
        connection.close()
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        passes = status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR
        raise Undeliverable("SDK_CLIENT_ERROR", f"{parcel.target} answered {status}.", passes=passes)
    return True
