"""Looking into a served cloud: a small API over HTTP, for GET alone, which changes nothing.

`GET /_eventyard/status`, `story/ID` (or an id's beginning), `tail`, `ledger`. Answers are JSON in the shape that
docs/cli.md describes; errors are of AWS's form. Only what is deployed is read in a turn, all else from the ledger, so
that whoever looks on holds up nobody, and sees what happens while somebody deploys.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from eventyard.errors import DeliveryError
from eventyard.local._http_payloads import Reply
from eventyard.local._refused_requests import refusal
from eventyard.local.ledger import Tape
from eventyard.local.looking import _forms
from eventyard.local.looking._status import status
from eventyard.local.looking._tail import filter_of, tail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from eventyard.local._deployment import Notice
    from eventyard.local._http_payloads import Visit
    from eventyard.local._yard import Yard

# No bucket, which moto would look for there, has a name that begins so.
PREFIX = "/_eventyard/"
_NOTHING_THERE = "there is nothing to look at under {}: ask for status, story/ID, tail or ledger."


class Looking:
    """What one served cloud shows of itself.

    Args:
        yard: Its boxes.
        notices: Tells what is deployed in it that is not emulated.
    """

    def __init__(self, yard: Yard, notices: Callable[[], Iterable[Notice]]) -> None:
        self._yard = yard
        self._notices = notices
        # Numbers of happenings count from one anew in each run, and who asks can tell.
        self._run = str(uuid.uuid4())
        self._tape = Tape()
        yard.ledger.write_to(self._tape)

    def visit(self, visit: Visit) -> Reply | None:
        """The answer to a request for one of its pages; None for any other."""
        if not visit.path.startswith(PREFIX):
            return None
        if visit.method != "GET":
            return refusal(405, f"{visit.path} is there to be looked at: GET it.")
        page, _, rest = visit.path.removeprefix(PREFIX).partition("/")
        try:
            found = self._page(page, unquote(rest), dict(parse_qsl(visit.query)))
        except DeliveryError as unknown:
            return refusal(404, f"{unknown}", "ResourceNotFoundException")
        except ValueError as wrong:
            return refusal(400, f"{wrong}", "ValidationException")
        return self._answer(found) if found is not None else refusal(404, _NOTHING_THERE.format(visit.path))

    def _page(self, page: str, rest: str, query: Mapping[str, str]) -> Mapping[str, Any] | None:
        ledger = self._yard.ledger
        match page, rest:
            case "status", "":
                with self._yard.turn:
                    return status(self._yard, self._notices())
            case "story", beginning if beginning:
                return _forms.story(ledger.story(self._whole(beginning)))
            case "tail", "":
                return self._tail(query)
            case "ledger", "":
                written: dict[str, Any] = json.loads(ledger.to_json())
                return written
        return None

    def close(self) -> None:
        """Nothing happens any more: who waits for it is told so."""
        self._tape.close()

    def _whole(self, beginning: str) -> str:
        """The one event's id that begins so; the beginning itself where there is none."""
        found = [event.id for event in self._yard.ledger.events if event.id.startswith(beginning)]
        if len(found) > 1 and beginning not in found:
            raise DeliveryError(
                f"{len(found)} events' ids begin with {beginning!r}.", remedy=f"Say which: {', '.join(found[:5])}."
            )
        return found[0] if len(found) == 1 else beginning

    def _tail(self, query: Mapping[str, str]) -> dict[str, Any]:
        # The number is one of this run's; of another one, all here is new.
        after = _number(query, "after") if "after" in query else None
        if after is not None and query.get("run") != self._run:
            after = 0
        wanted = filter_of(query)
        return tail(self._tape, wanted, after=after, last=_number(query, "last"), wait=_number(query, "wait"))

    def _answer(self, content: Mapping[str, Any]) -> Reply:
        body = json.dumps({"run": self._run, **content}, ensure_ascii=False).encode("utf-8", "backslashreplace")
        return Reply(200, (("Content-Type", "application/json"), ("Content-Length", str(len(body)))), body)


def _number(query: Mapping[str, str], name: str) -> int:
    given = query.get(name, "0")
    if not given.isascii() or not given.isdigit():
        raise ValueError(f"{name} is {given!r}, which is no number.")
    return int(given)
