"""One batch on its way through the stream's function."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from eventyard.local import _retries
from eventyard.local._permits import permit_all
from eventyard.local._yard import Undeliverable
from eventyard.local.ledger import Cause, Fate
from eventyard.local.streams import _errors, _transformation
from eventyard.local.streams._names import Naming
from eventyard.local.streams._transformation import Verdict
from eventyard.local.streams._upload import Upload

if TYPE_CHECKING:
    from collections.abc import Callable

    from eventyard.local._functions import Result
    from eventyard.local._yard import Yard
    from eventyard.local.ledger import Delivery
    from eventyard.local.streams._buffer import Record
    from eventyard.local.streams._settings import Processor, Settings

_FAILED = "processing-failed"
# https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html, "Lambda invocation errors"
_CODES = {
    "AccessDeniedException": "Lambda.InvokeAccessDenied",
    "ResourceNotFoundException": "Lambda.ResourceNotFound",
    "TooManyRequestsException": "Lambda.InvokeLimitExceeded",
}
_NOT_RETRIED = frozenset({"Lambda.InvokeAccessDenied", "Lambda.ResourceNotFound"})


@dataclass(slots=True)
class Invocation:
    """Tried again when it fails, as often as the processor says; what failed is kept under the error prefix.

    https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html

    Args:
        passed: Takes each record that came through, with its new data.
    """

    yard: Yard
    settings: Settings
    records: list[Record]
    passed: Callable[[Record, bytes], None]
    _by_id: dict[str, Record] = field(init=False)
    _made: int = 0

    def __post_init__(self) -> None:
        """Each record has an id for the function."""
        self._by_id = {self.yard.new_id(): record for record in self.records}

    @property
    def _processor(self) -> Processor:
        if self.settings.processor is None:
            raise LookupError(self.settings.stream.arn)
        return self.settings.processor

    def attempt(self) -> None:
        """Invoke the function with all records."""
        yard, function = self.yard, self._processor.function
        self._made += 1
        try:
            self._permit()
        except Undeliverable as failure:
            self._failed(failure)
            return
        handling = tuple(Cause(one.delivery.event_id, one.delivery.number) for one in self.records)
        payload = _transformation.request(self.settings.stream.arn, yard.new_id(), self._by_id)
        result = yard.functions.invoke(function, payload, handling)
        if result.error:
            code = _CODES.get(result.error, "Lambda.FunctionError")
            self._failed(Undeliverable(code, result.reason, passes=code not in _NOT_RETRIED), result)
            return
        self._sort(_transformation.verdicts(result.payload, list(self._by_id)), result.log)

    def _permit(self) -> None:
        refusal = self.yard.authority.as_role(
            role=self._processor.role,
            service=_errors.SERVICE,
            source=self.settings.stream.arn,
            action="lambda:InvokeFunction",
            resource=self._processor.function,
        )
        try:
            permit_all(self.yard, [record.delivery for record in self.records], refusal)
        except Undeliverable as failure:
            raise Undeliverable("Lambda.InvokeAccessDenied", failure.reason) from None

    def _failed(self, failure: Undeliverable, result: Result | None = None) -> None:
        self.yard.figures.transformed(self.settings.stream.arn, failed=True)
        yard, log = self.yard, result.log if result else ""
        for record in self.records:
            yard.ledger.attempted(record.delivery.number, failure.code, failure.reason, log)
        _errors.log(yard, self.settings, failure, function=self._processor.function)
        delay = _retries.firehose_to_function(self._processor.retries).delay(self._made, 0)
        if failure.passes and delay is not None:
            yard.agenda.at(yard.clock.now() + delay, self.attempt)
            return
        verdict = Verdict(code=failure.code, reason=failure.reason)
        self._keep([(record, verdict) for record in self.records])

    def _sort(self, verdicts: dict[str, Verdict], log: str) -> None:
        self.yard.figures.transformed(self.settings.stream.arn, failed=False)
        failures = []
        for id_, verdict in verdicts.items():
            record = self._by_id[id_]
            if verdict.code:
                self.yard.ledger.attempted(record.delivery.number, verdict.code, verdict.reason, log)
                failures.append((record, verdict))
            else:
                note = "the function drops the record." if verdict.data is None else ""
                self.yard.delivered(record.delivery, note=note, log=log)
                if verdict.data is not None:
                    self.passed(record, verdict.data)
        self._keep(failures)

    def _keep(self, failures: list[tuple[Record, Verdict]]) -> None:
        """Write what failed under the error prefix: the stream's dead letters."""
        if not failures:
            return
        yard, settings = self.yard, self.settings
        now, function = yard.clock.now(), self._processor.function
        content = b"".join(
            _transformation.failed(record, verdict, function, attempts=self._made, now=now)
            for record, verdict in failures
        )
        reasons = {record.delivery.number: verdict for record, verdict in failures}

        def stored(delivery: Delivery, where: str) -> None:
            verdict = reasons[delivery.number]
            yard.ledger.end(delivery.number, Fate.DEAD_LETTERED, verdict.code, f"{verdict.reason} It is {where}.")

        records = [record for record, _ in failures]
        naming = Naming(settings.stream, settings.s3, min(one.arrived for one in records), yard.new_id)
        Upload(yard, settings, records, lambda: naming.error_name(_FAILED), content, stored).attempt()
