"""The resume file: which lines were taken, so that a broken run goes on where it was.

It is only ever appended to, a JSON object a line: first what is published to, then each entry that was taken, with the
id that the service gave it. A line is written when its answer is there and before anything else is sent in its place,
so after a killed process the file lacks only what was under way: entries that were sent and whose answer nobody read.
Those are sent again, and may be there twice; no publisher can know better. What was written outlives the process at
once, and the machine after a second at most.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
import time
from typing import TYPE_CHECKING, Any, Self

from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from types import TracebackType

    from eventyard.publishing.item import Item

_SYNC_SECONDS = 1.0
_KIND = "eventyard publish"


class Journal:
    """The resume file of one run, and of those before it.

    Args:
        path: The file; made if it is not there.
        to: What is published to, and where that is.
        clock: Seconds that only grow.
    """

    def __init__(self, path: Path, to: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._to = to
        self._clock = clock
        self._taken: dict[int, int] = {}
        self._lock = threading.Lock()
        self._synced = clock()

    def __enter__(self) -> Self:
        """Read what is there, and be the only one who writes.

        Raises:
            EventyardError: it is no resume file, or another one's, or cannot be written.
        """
        try:
            self._file = self._path.open("a+b")
        except OSError as error:
            raise self._refused(f"it cannot be written: {error.strerror}.", "Name another file.") from None
        try:
            self._begin()
        except BaseException:
            self._file.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """All of it is on the disk."""
        with self._file:
            os.fsync(self._file.fileno())

    def __len__(self) -> int:
        """How many lines were taken."""
        return len(self._taken)

    def has(self, item: Item) -> bool:
        """Whether it was taken.

        Raises:
            EventyardError: something else was, that stood on its line.
        """
        known = self._taken.get(item.line)
        if known is not None and known != int(item.fingerprint, 16):
            raise self._refused(
                f"line {item.line} is not what was published then.",
                "Give what was published then, or another resume file.",
            )
        return known is not None

    def add(self, taken: Iterable[tuple[Item, str]]) -> None:
        """These were taken, under these ids."""
        records: list[dict[str, Any]] = [
            {"line": item.line, "sha256": item.fingerprint, "id": given} for item, given in taken
        ]
        with self._lock:
            self._write(*records)
            for record in records:
                self._taken[record["line"]] = int(record["sha256"], 16)
            if self._clock() - self._synced >= _SYNC_SECONDS:
                os.fsync(self._file.fileno())
                self._synced = self._clock()

    def _begin(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise self._refused("another run is writing it.", "Wait for its end, or name another file.") from None
        self._file.seek(0)
        if not self._file.read(1):
            self._write({"is": _KIND, "to": self._to})
            return
        self._file.seek(0)
        whole = 0
        for number, line in enumerate(self._file):
            if not line.endswith(b"\n"):
                break  # what a process was writing when it was killed
            self._read(number, line)
            whole += len(line)
        if not whole:
            raise self._no_journal()
        self._file.truncate(whole)

    def _read(self, number: int, line: bytes) -> None:
        try:
            record: dict[str, Any] = json.loads(line)
            if number:
                self._taken[record["line"]] = int(record["sha256"], 16)
                return
            kind, to = record["is"], record["to"]
        except (ValueError, KeyError, TypeError):
            raise self._no_journal() from None
        if kind != _KIND:
            raise self._no_journal()
        if to != self._to:
            raise self._refused(f"it is of a run to {to}, and not to {self._to}.", "Name another file.")

    def _write(self, *records: dict[str, Any]) -> None:
        self._file.write(b"".join(json.dumps(record).encode() + b"\n" for record in records))
        self._file.flush()

    def _no_journal(self) -> EventyardError:
        return self._refused("it is no resume file.", "Name one that is, or a new one.")

    def _refused(self, message: str, remedy: str) -> EventyardError:
        return EventyardError(message, where=str(self._path), remedy=remedy)
