"""EventBridge and SNS as an SDK sees them over HTTP, which take some entries of a batch and not others.

A local cloud refuses what AWS would refuse; here is what AWS does now and then: throttle one entry, not answer at all.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from types import TracebackType

# An entry's Detail or Message, and how often it has come by now: the error code it gets, or None. `HANG_UP` ends the
# connection after the whole call was taken, so that nobody hears of it.
Mood = Callable[[str, int], str | None]
HANG_UP = "hang up"


class MoodyService:
    """Takes PutEvents and PublishBatch; `calls` are their entries' details and messages, call by call."""

    def __init__(self, mood: Mood = lambda _entry, _times: None) -> None:
        self.calls: list[list[str]] = []
        self.taken: Counter[str] = Counter()
        self.mood = mood
        self._times: Counter[str] = Counter()
        self._lock = threading.Lock()
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                answer = service.answer(self.headers["X-Amz-Target"] or "", body)
                if answer is None:
                    self.close_connection = True
                    return
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer.encode())))
                self.end_headers()
                self.wfile.write(answer.encode())

            def log_message(self, *_: object) -> None:
                """Not of interest."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        """It answers."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Nobody is there."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, target: str, body: str) -> str | None:
        """The body of an answer; None where there is none."""
        if target.endswith(".PutEvents"):
            codes = self._codes([entry["Detail"] for entry in json.loads(body)["Entries"]])
            return None if HANG_UP in codes else _put_events(codes)
        if target.endswith(".DescribeEventBus"):
            return json.dumps({"Name": "commerce"})
        form = {name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()}
        if form["Action"] == "GetTopicAttributes":
            return _wrapped("GetTopicAttributes", "<Attributes/>")
        prefix = "PublishBatchRequestEntries.member."
        numbers = [number for number in range(1, 11) if f"{prefix}{number}.Id" in form]
        codes = self._codes([form[f"{prefix}{number}.Message"] for number in numbers])
        return None if HANG_UP in codes else _publish_batch([form[f"{prefix}{n}.Id"] for n in numbers], codes)

    def _codes(self, entries: list[str]) -> list[str | None]:
        with self._lock:
            self.calls.append(entries)
            self._times.update(entries)
            codes = [self.mood(entry, self._times[entry]) for entry in entries]
            self.taken.update(entry for entry, code in zip(entries, codes, strict=True) if code in (None, HANG_UP))
            return codes


def _put_events(codes: list[str | None]) -> str:
    entries = [{"ErrorCode": code, "ErrorMessage": "moody"} if code else {"EventId": "e-1"} for code in codes]
    return json.dumps({"FailedEntryCount": sum(code is not None for code in codes), "Entries": entries})


def _publish_batch(ids: list[str], codes: list[str | None]) -> str:
    taken, failed = "", ""
    for entry, code in zip(ids, codes, strict=True):
        name = f"<Id>{escape(entry)}</Id>"
        if code:
            blame = str(code.startswith("Invalid")).lower()
            failed += f"<member>{name}<Code>{code}</Code><SenderFault>{blame}</SenderFault></member>"
        else:
            taken += f"<member>{name}<MessageId>m-1</MessageId></member>"
    return _wrapped("PublishBatch", f"<Successful>{taken}</Successful><Failed>{failed}</Failed>")


def _wrapped(action: str, result: str) -> str:
    return f"<{action}Response><{action}Result>{result}</{action}Result></{action}Response>"
