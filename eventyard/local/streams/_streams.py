"""All Firehose streams of the local cloud."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from eventyard.local._yard import Undeliverable, causes
from eventyard.local.ledger import Edge, Event, Fate
from eventyard.local.streams._buffer import Buffer, Record
from eventyard.local.streams._invocation import Invocation
from eventyard.local.streams._names import Naming
from eventyard.local.streams._settings import Settings
from eventyard.local.streams._upload import Upload

if TYPE_CHECKING:
    from eventyard.local._yard import Yard
    from eventyard.local.ledger import Delivery
    from eventyard.local.moto_seam import DeliveryStream


class Streams:
    """What each stream has taken is a delivery to its function, if it has one, and then one to its bucket."""

    def __init__(self, yard: Yard) -> None:
        self._yard = yard
        # By stream, its version, and what the records wait for.
        self._buffers: dict[tuple[str, str, str], Buffer] = {}

    def put_by_api(self, stream: str, records: list[bytes]) -> list[str]:
        """Somebody's PutRecord or PutRecordBatch: each record is an event of its own; answers their ids."""
        yard, ids = self._yard, []
        for record in records:
            record_id = yard.new_id()
            text = record.decode(errors="replace")
            event = Event(record_id, "record", stream, "record put to the stream", text, yard.clock.now(), causes.get())
            yard.ledger.record(event)
            self.put(stream, record, event_id=record_id, parent=None)
            ids.append(record_id)
        return ids

    def put(self, stream: str, data: bytes, *, event_id: str, parent: int | None) -> None:
        """A stream (an ARN) that is there takes one record; delivery `parent` brought it."""
        yard = self._yard
        found = yard.state.delivery_stream(stream)
        if found is None:
            return
        try:
            settings = Settings.of(found)
        except Undeliverable as failure:
            self._refuse(found, failure, event_id, parent)
            return
        now = yard.clock.now()
        yard.figures.streamed(stream)
        if settings.processor is None:
            self._buffer(settings, Record(data, now, self._to_bucket(settings, event_id, parent)))
            return
        edge = Edge("firehose→lambda", stream, settings.processor.function)
        record = Record(data, now, yard.ledger.begin(event_id, edge, parent))
        invoke = partial(self._transform, settings)
        self._of(settings, "function", Buffer(yard, settings.processor.hints, invoke)).add(record)

    def _transform(self, settings: Settings, records: list[Record]) -> None:
        Invocation(self._yard, settings, records, partial(self._transformed, settings)).attempt()

    def _transformed(self, settings: Settings, record: Record, data: bytes) -> None:
        delivery = self._to_bucket(settings, record.delivery.event_id, record.delivery.number)
        self._buffer(settings, Record(data, record.arrived, delivery))

    def _buffer(self, settings: Settings, record: Record) -> None:
        write = partial(self._write, settings)
        self._of(settings, "bucket", Buffer(self._yard, settings.hints, write)).add(record)

    def _write(self, settings: Settings, records: list[Record]) -> None:
        yard = self._yard
        oldest = min(record.arrived for record in records)
        naming = Naming(settings.stream, settings.s3, oldest, yard.new_id)
        content = b"".join(record.data + settings.delimiter for record in records)
        Upload(yard, settings, records, naming.object_name, content, yard.delivered).attempt()

    def _to_bucket(self, settings: Settings, event_id: str, parent: int | None) -> Delivery:
        edge = Edge("firehose→s3", settings.stream.arn, settings.bucket)
        return self._yard.ledger.begin(event_id, edge, parent)

    def _of(self, settings: Settings, what: str, fresh: Buffer) -> Buffer:
        # A change of the stream makes a new version of it, with buffers of its own.
        return self._buffers.setdefault((settings.stream.arn, settings.stream.version, what), fresh)

    def _refuse(self, stream: DeliveryStream, failure: Undeliverable, event_id: str, parent: int | None) -> None:
        ledger = self._yard.ledger
        delivery = ledger.begin(event_id, Edge("firehose→destination", stream.arn, stream.arn), parent)
        ledger.attempted(delivery.number, failure.code, failure.reason)
        ledger.end(delivery.number, Fate.DROPPED, failure.code, failure.reason)
