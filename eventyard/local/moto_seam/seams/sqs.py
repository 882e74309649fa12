"""SQS: a queue's messages are ours (`eventyard.local.messages`); its name, attributes, tags and policy are moto's."""

from __future__ import annotations

import contextlib
import json
import re
import threading
from typing import TYPE_CHECKING, Any

from moto.core.responses import ActionResult, EmptyResult
from moto.sqs.exceptions import SQSException
from moto.sqs.models import Queue, SQSBackend, sqs_backends
from moto.sqs.responses import SQSResponse

from eventyard.local.messages import (
    MOVING,
    OPERATIONS,
    PostOffice,
    Refusal,
    check_attributes,
    check_redrive,
    send_message,
)
from eventyard.local.moto_seam._mailboxes import (
    as_json,
    find_mailbox,
    find_queue,
    furnish,
    is_dead_letter_queue,
    mailbox_of,
)
from eventyard.local.moto_seam.seams._seam import Moto, Seam

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from eventyard.local.moto_seam.seams._seam import Listener

_ALLOW = "RedriveAllowPolicy"
_ACCOUNT = re.compile("[0-9]{12}")
_IN_URL = re.compile(".*/([0-9]{12})/[^/]+")


def _init(original: Moto, listener: Listener) -> Moto:
    lock = threading.RLock()

    def init(self: Moto, name: str, region: str, account_id: str, **kwargs: Moto) -> None:
        # moto keeps an attribute that it does not know, but does not show it.
        self.BASE_ATTRIBUTES = [*Queue.BASE_ATTRIBUTES, _ALLOW]
        self.redrive_allow_policy = None
        original(self, name, region, account_id, **kwargs)
        furnish(self, listener, lock)

    return init


def _set_attributes(original: Moto, _listener: Listener) -> Moto:
    def set_attributes(self: Moto, attributes: dict[str, Moto], now: float | None = None) -> None:
        with _refusals():
            _check(self.queue_arn, attributes)
        if _ALLOW in attributes:
            attributes = {**attributes, _ALLOW: as_json(attributes[_ALLOW])}
        # moto's queue loses its policy whenever another attribute is set.
        kept = self.policy if "_policy_json" in self.__dict__ else None
        original(self, {"Policy": kept, **attributes}, now)

    return set_attributes


def _check(arn: str, attributes: Mapping[str, Any]) -> None:
    check_attributes(attributes)
    target = find_queue(_dead_letter_target(as_json(attributes.get("RedrivePolicy")) or "{}"))
    if target is not None:
        check_redrive(arn, target.queue_arn, target.redrive_allow_policy)


def _dead_letter_target(policy: str) -> str:
    """The ARN in a redrive policy; nothing in one that makes no sense, which moto refuses."""
    try:
        return str(json.loads(policy)["deadLetterTargetArn"])
    except (ValueError, KeyError, TypeError):
        return ""


def _delete_queue(original: Moto, _listener: Listener) -> Moto:
    def delete_queue(self: Moto, queue_name: str) -> None:
        mailbox = mailbox_of(self.get_queue(queue_name))
        original(self, queue_name)
        mailbox.empty()

    return delete_queue


def _count(name: str) -> Callable[[Moto, Listener], Moto]:
    return lambda _original, _listener: property(_counter(name))


def _counter(name: str) -> Callable[[Moto], int]:
    def count(self: Moto) -> int:
        return int(getattr(mailbox_of(self).counts(), name))

    return count


def _send_message(_original: Moto, _listener: Listener) -> Moto:
    def send(
        self: Moto,
        queue_name: str,
        message_body: str,
        message_attributes: dict[str, Any] | None = None,
        delay_seconds: int | None = None,
        deduplication_id: str | None = None,
        group_id: str | None = None,
        system_attributes: dict[str, Any] | None = None,
        validate_group_id: bool = True,  # noqa: ARG001, FBT001, FBT002  # moto's signature
    ) -> None:
        mailbox = mailbox_of(self.get_queue(queue_name))
        request = {
            "MessageBody": message_body,
            "MessageAttributes": message_attributes,
            "DelaySeconds": delay_seconds,
            "MessageDeduplicationId": deduplication_id,
            "MessageGroupId": group_id,
            "MessageSystemAttributes": system_attributes,
        }
        with _refusals():
            send_message(mailbox, request)

    return send


def _backend(_original: Moto, _listener: Listener) -> Moto:
    return property(_backend_of)


def _backend_of(handler: Moto) -> Moto:
    """The backend of the account whose queue a request names, which need not be the caller's."""
    url = str(handler._get_param("QueueUrl") or "")
    owner = handler._get_param("QueueOwnerAWSAccountId") or _IN_URL.sub(r"\1", url)
    known = _ACCOUNT.fullmatch(str(owner)) is not None
    return sqs_backends[owner if known else handler.current_account][handler.region]


def _operation(operate: Callable[..., dict[str, Any]]) -> Callable[[Moto, Listener], Moto]:
    def make(_original: Moto, _listener: Listener) -> Moto:
        def call(self: Moto) -> Moto:
            mailbox = mailbox_of(self.sqs_backend.get_queue(self._get_queue_name()))
            with _refusals():
                return _answer(operate(mailbox, self.params))

        return call

    return make


def _moving(operate: Callable[..., dict[str, Any]]) -> Callable[[Moto, Listener], Moto]:
    office = PostOffice(find_mailbox, is_dead_letter_queue)

    def make(_original: Moto, _listener: Listener) -> Moto:
        def call(self: Moto) -> Moto:
            with _refusals():
                return _answer(operate(office, self.params))

        return call

    return make


def _answer(content: dict[str, Any]) -> Moto:
    return ActionResult(content) if content else EmptyResult()


@contextlib.contextmanager
def _refusals() -> Iterator[None]:
    """What SQS refuses, as moto says it."""
    try:
        yield
    except Refusal as refusal:
        raise SQSException(refusal.code, refusal.message) from None


_SEND = (
    *("self", "queue_name", "message_body", "message_attributes", "delay_seconds", "deduplication_id", "group_id"),
    *("system_attributes", "validate_group_id"),
)
_OURS = "what happens to messages is ours, at the same cost however many there are"
_COUNTED = "counting takes no look at the messages"
_LACKING = "moto has no message move tasks"

SEAMS = (
    Seam(Queue, "__init__", ("self", "name", "region", "account_id", "kwargs"), "each queue has a mailbox", _init),
    Seam(
        Queue,
        "_set_attributes",
        ("self", "attributes", "now"),
        "a queue keeps its policy, and refuses attributes as AWS does",
        _set_attributes,
    ),
    Seam(Queue, "approximate_number_of_messages", ("self",), _COUNTED, _count("visible")),
    Seam(Queue, "approximate_number_of_messages_not_visible", ("self",), _COUNTED, _count("in_flight")),
    Seam(Queue, "approximate_number_of_messages_delayed", ("self",), _COUNTED, _count("delayed")),
    Seam(SQSResponse, "sqs_backend", ("self",), "a URL may name another account's queue", _backend),
    Seam(SQSBackend, "send_message", _SEND, "other services of moto's send through it", _send_message),
    Seam(SQSBackend, "delete_queue", ("self", "queue_name"), "the end of its messages is told", _delete_queue),
    *(Seam(SQSResponse, one.__name__, ("self",), _OURS, _operation(one)) for one in OPERATIONS),
    *(Seam(SQSResponse, one.__name__, (), _LACKING, _moving(one)) for one in MOVING),
)
