"""Asynchronous invocations: Lambda's own retries, and what comes after the last one."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from eventyard.local import _dead_letters, _destinations, _envelopes, _retries
from eventyard.local._dead_letters import DeadLetter
from eventyard.local._yard import Undeliverable
from eventyard.local.ledger import Cause, Edge, Fate

if TYPE_CHECKING:
    from eventyard.local._functions import Result
    from eventyard.local._yard import Parcel, Yard
    from eventyard.local.moto_seam import Function

_EXHAUSTED, _TOO_OLD = "RetriesExhausted", "EventAgeExceeded"


@dataclass(slots=True)
class Asynchronous:
    """One asynchronous invocation: the delivery ends when the function has done its work, or Lambda gave up.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html: a function's own errors are
    retried twice at most; an invocation that could not begin is retried up to the event's age, and does not count.
    """

    yard: Yard
    parcel: Parcel
    _began: float = field(init=False)
    _ran: int = 0
    _not_begun: int = 0

    def __post_init__(self) -> None:
        """Its age counts from here."""
        self._began = self.yard.clock.now()
        self.yard.figures.queued(self.parcel.target)

    def attempt(self) -> None:
        """Invoke, and do what the outcome asks for."""
        yard, delivery = self.yard, self.parcel.delivery
        cause = Cause(delivery.event_id, delivery.number)
        result = yard.functions.invoke(self.parcel.target, self.parcel.text.encode(), (cause,))
        function = yard.functions.deployed(self.parcel.target)
        if result.not_begun:
            self._not_begun += 1
        else:
            self._ran += 1
        if not result.error:
            yard.delivered(delivery, log=result.log)
            if function is not None and function.on_success:
                self._tell_success(function, result)
            return
        yard.ledger.attempted(delivery.number, result.error, result.reason, result.log)
        if function is None:
            self._give_up(None, result, _EXHAUSTED)
            return
        self._retry(function, result)

    def _retry(self, function: Function, result: Result) -> None:
        agenda, now, oldest = self.yard.agenda, self.yard.clock.now(), self._began + function.event_age
        if result.not_begun:
            delay = _retries.lambda_throttles(function.event_age).delay(self._not_begun, 0)
        else:
            delay = _retries.lambda_errors(function.retries, function.event_age).delay(self._ran, 0)
        if delay is None:
            self._give_up(function, result, _EXHAUSTED)
        elif now + delay > oldest:
            agenda.at(oldest, lambda: self._give_up(function, result, _TOO_OLD))
        else:
            agenda.at(now + delay, self.attempt)

    def _give_up(self, function: Function | None, result: Result, condition: str) -> None:
        yard, delivery, text = self.yard, self.parcel.delivery, self.parcel.text
        failure = Undeliverable(result.error, result.reason)
        yard.figures.function_gave_up(self.parcel.target)
        destination = function.on_failure if function else ""
        if function is not None and destination:
            self._send_on(function, destination, _envelopes.compact(self._record(function, result, condition)), failure)
            return
        queue = function.dead_letters if function else ""
        if function is not None and ":sns:" in queue:
            self._send_on(function, queue, text, failure)
            return
        # https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq
        role = function.role if function else ""
        letter = DeadLetter(
            queue,
            text,
            lambda: yard.authority.role_send(role=role, action="sqs:SendMessage", target=queue),
            {
                "RequestID": result.request_id,
                "ErrorCode": "429" if result.not_begun else "200",
                "ErrorMessage": result.message,
            },
        )
        if not _dead_letters.write(yard, delivery, failure, letter) and queue:
            yard.figures.dead_letter_failed(self.parcel.target)

    def _send_on(self, function: Function, to: str, text: str, failure: Undeliverable) -> None:
        """What failed goes to a destination, or to a topic for dead letters."""
        delivery = self.parcel.delivery
        try:
            _destinations.send(self.yard, delivery, function, to, text)
        except Undeliverable as worse:
            self.yard.figures.destination_failed(self.parcel.target)
            _dead_letters.drop(self.yard, delivery, failure, to, worse)
        else:
            self.yard.ledger.end(delivery.number, Fate.DEAD_LETTERED, failure.code, failure.reason)

    def _tell_success(self, function: Function, result: Result) -> None:
        yard, destination = self.yard, function.on_success
        edge = Edge(f"lambda→{destination.split(':')[2]}", function.arn, destination)
        delivery = yard.ledger.begin(self.parcel.delivery.event_id, edge, self.parcel.delivery.number)
        try:
            _destinations.send(
                yard, delivery, function, destination, _envelopes.compact(self._record(function, result, "Success"))
            )
        except Undeliverable as failure:
            yard.figures.destination_failed(self.parcel.target)
            yard.ledger.attempted(delivery.number, failure.code, failure.reason)
            yard.ledger.end(delivery.number, Fate.DROPPED, failure.code, failure.reason)
        else:
            yard.delivered(delivery)

    def _record(self, function: Function, result: Result, condition: str) -> dict[str, Any]:
        # https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
        answered: dict[str, Any] = {"statusCode": 200, "executedVersion": "$LATEST"}
        if result.error:
            answered["functionError"] = result.error
        ran = {"responseContext": answered, "responsePayload": json.loads(result.payload or b"null")}
        return {
            "version": "1.0",
            "timestamp": _envelopes.milliseconds(self.yard.clock.now()),
            "requestContext": {
                "requestId": result.request_id,
                "functionArn": f"{function.arn}:$LATEST",
                "condition": condition,
                "approximateInvokeCount": self._ran,
            },
            "requestPayload": json.loads(self.parcel.text),
            **({} if result.not_begun else ran),
        }
