"""One object on its way to S3, with all its records."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from eventyard.local._permits import permit_all
from eventyard.local._retries import FIREHOSE_TO_S3
from eventyard.local._yard import Undeliverable, causes
from eventyard.local.ledger import Cause, Edge, Fate
from eventyard.local.streams import _errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from eventyard.local._yard import Yard
    from eventyard.local.ledger import Delivery
    from eventyard.local.streams._buffer import Record
    from eventyard.local.streams._settings import Settings


@dataclass(slots=True)
class Upload:
    """Tried until S3 takes it, for 24 hours, whatever S3 answers; then its records are lost.

    https://docs.aws.amazon.com/firehose/latest/dev/basic-deliver.html#retry

    Args:
        name: Makes the object's name.
        content: The object, before it is compressed.
        stored: Enters the fate of one record's delivery, with a note that says where it is.
    """

    yard: Yard
    settings: Settings
    records: list[Record]
    name: Callable[[], str]
    content: bytes
    stored: Callable[[Delivery, str], None]
    _began: float = field(init=False)
    _made: int = 0
    _key: str = ""

    def __post_init__(self) -> None:
        """Its age counts from here."""
        self._began = self.yard.clock.now()

    def attempt(self) -> None:
        """Put the object."""
        yard, bucket = self.yard, self.settings.bucket
        self._made += 1
        try:
            self._key = self._key or self.name()
            yard.faults.strike(Edge("firehose→s3", self.settings.stream.arn, bucket))
            self._permit()
        except Undeliverable as failure:
            self._count(failed=True)
            self._failed(failure)
            return
        self._count(failed=False)
        deliveries = [record.delivery for record in self.records]
        token = causes.set(tuple(Cause(delivery.event_id, delivery.number) for delivery in deliveries))
        try:
            yard.state.put_object(bucket, self._key, self._compressed())
        finally:
            causes.reset(token)
        for delivery in deliveries:
            self.stored(delivery, f"in s3://{bucket.rpartition(':')[2]}/{self._key}")

    def _count(self, *, failed: bool) -> None:
        age = self.yard.clock.now() - min(record.arrived for record in self.records)
        self.yard.figures.stored(self.settings.stream.arn, len(self.records), age=age, failed=failed)

    def _permit(self) -> None:
        bucket = self.settings.bucket
        if not self.yard.state.bucket_exists(bucket):
            raise Undeliverable("S3.NoSuchBucket", f"the specified bucket does not exist: {bucket}.", passes=True)
        refusal = self.yard.authority.as_role(
            role=self.settings.role,
            service=_errors.SERVICE,
            source=self.settings.stream.arn,
            action="s3:PutObject",
            resource=f"{bucket}/{self._key}",
        )
        try:
            permit_all(self.yard, [record.delivery for record in self.records], refusal)
        except Undeliverable as failure:
            raise Undeliverable(f"S3.{failure.code}", failure.reason, passes=True) from None

    def _failed(self, failure: Undeliverable) -> None:
        yard = self.yard
        now, oldest = yard.clock.now(), self._began + FIREHOSE_TO_S3.age
        for record in self.records:
            yard.ledger.attempted(record.delivery.number, failure.code, failure.reason)
        _errors.log(yard, self.settings, failure)
        delay = FIREHOSE_TO_S3.delay(self._made, 0)
        if failure.code == "NOT_EMULATED":
            self._lose(failure)
        elif delay is None or now + delay > oldest:
            yard.agenda.at(oldest, lambda: self._lose(failure))
        else:
            yard.agenda.at(now + delay, self.attempt)

    def _lose(self, failure: Undeliverable) -> None:
        for record in self.records:
            self.yard.ledger.end(record.delivery.number, Fate.DROPPED, failure.code, failure.reason)

    def _compressed(self) -> bytes:
        if not self.settings.gzip:
            return self.content
        # The same records make the same object, in every run.
        return gzip.compress(self.content, mtime=int(self._began))
