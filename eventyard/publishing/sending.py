"""Sending: bounded threads, a pace, and exactly those entries again that were not taken."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError  # noqa: A004  # botocore's

from eventyard.errors import EventyardError
from eventyard.publishing.batches import batches
from eventyard.publishing.destination import Answer
from eventyard.publishing.report import Report, Untaken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from eventyard.publishing.destination import Destination
    from eventyard.publishing.item import Item
    from eventyard.publishing.journal import Journal
    from eventyard.publishing.pace import Pace

# Exponential backoff with full jitter: https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
_FIRST_SECONDS = 0.1
_LONGEST_SECONDS = 20.0
_SERVER_ERROR = 500
# Errors of a call that pass by themselves, besides those of the server: botocore's own list of throttling errors.
_THROTTLED = frozenset({"Throttling", "ThrottlingException", "ThrottledException", "RequestLimitExceeded", "SlowDown"})


class Sending:
    """One run.

    Args:
        destination: Where everything goes.
        pace: How fast.
        journal: Which lines were taken, before and now.
        jobs: How many calls at a time; one alone to what keeps an order.
        tries: How often an entry is sent at most.
        told: Is called with how many more entries have their answer.
        wait: Waits so many seconds; less where the event that it is given is set.
    """

    def __init__(
        self,
        destination: Destination,
        *,
        pace: Pace,
        journal: Journal | None = None,
        jobs: int = 4,
        tries: int = 8,
        told: Callable[[int], None] = lambda _: None,
        wait: Callable[[threading.Event, float], object] = threading.Event.wait,
    ) -> None:
        self._destination = destination
        self._pace = pace
        self._journal = journal
        self._jobs = 1 if destination.ordered else jobs
        self._tries = tries
        self._told = told
        self._wait = wait
        self._slots = threading.Semaphore(self._jobs)
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._report = Report(destination.name)

    def run(self, items: Iterable[Item]) -> Report:
        """Send them, and tell what became of them.

        What breaks it off (an item that cannot be read, a call that the service refuses as a whole, Ctrl-C) stands in
        the report; what is under way then still gets its answer.
        """
        report, began = self._report, time.monotonic()
        limits = {"most_entries": self._destination.most_entries, "most_bytes": self._destination.most_bytes}
        try:
            with ThreadPoolExecutor(self._jobs, "publish") as pool:
                try:
                    for batch in batches(self._left(items), **limits):
                        self._slots.acquire()  # so that no more is read than can be sent
                        if self._stopped.is_set():
                            break
                        pool.submit(self._job, batch)
                except BaseException:
                    self._stopped.set()
                    raise
            report.ended = report.error is None
        except KeyboardInterrupt:
            report.error = EventyardError("it was broken off.", remedy="With a resume file it goes on where it was.")
        report.seconds = time.monotonic() - began
        report.untaken.sort(key=lambda one: one.line)
        return report

    def _left(self, items: Iterable[Item]) -> Iterator[Item]:
        """Without what was taken before, as far as they can be read: what stands before a bad line is sent."""
        try:
            for item in items:
                if self._journal is not None and self._journal.has(item):
                    self._report.skipped += 1
                    self._told(1)
                else:
                    yield item
        except EventyardError as error:
            self._report.error = error

    def _job(self, batch: list[Item]) -> None:
        try:
            self._deliver(batch)
        except EventyardError as error:
            self._report.error = error
            self._stopped.set()
        except OSError as error:  # the resume file's
            self._report.error = EventyardError(
                f"{error.strerror}.", where="resume file", remedy="The last entries may be sent again."
            )
            self._stopped.set()
        finally:
            self._slots.release()

    def _deliver(self, left: list[Item]) -> None:
        """Send a batch until each of its entries is taken, or will not be."""
        for attempt in range(1, self._tries + 1):
            self._wait(self._stopped, self._pace.seconds_until(len(left)))
            if self._stopped.is_set():
                return
            answers = list(zip(left, self._call(left), strict=True))
            taken = [(item, answer.id) for item, answer in answers if not answer.code]
            if self._journal is not None and taken:
                self._journal.add(taken)
            again = [item for item, answer in answers if answer.passing and attempt < self._tries]
            lost = [(item, answer) for item, answer in answers if answer.code and item not in again]
            with self._lock:
                self._report.taken += len(taken)
                self._report.calls += 1
                self._report.retried += len(again)
                self._report.untaken += [Untaken(item.line, answer.code, answer.reason) for item, answer in lost]
            self._told(len(taken) + len(lost))
            left = again
            if not left:
                return
            longest = min(_LONGEST_SECONDS, _FIRST_SECONDS * 2**attempt)
            self._wait(self._stopped, random.uniform(0, longest))  # noqa: S311  # jitter, no secret

    def _call(self, items: list[Item]) -> list[Answer]:
        """An answer for each; of a call that failed but may pass another time, the same for all."""
        try:
            return self._destination.send([item.entry for item in items])
        except ClientError as error:
            code, reason = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if status < _SERVER_ERROR and code not in _THROTTLED:
                raise EventyardError(
                    f"{code}: {reason.rstrip('.')}.",
                    where=self._destination.name,
                    remedy="Nothing was sent after that.",
                ) from None
            return [Answer(code=code, reason=reason, passing=True)] * len(items)
        except (ConnectionError, HTTPClientError) as error:
            return [Answer(code=type(error).__name__, reason=str(error), passing=True)] * len(items)
        except BotoCoreError as error:
            raise EventyardError(f"{error}.", where=self._destination.name) from None
