"""Function URLs: HTTP from outside of AWS reaches functions, through the cloud's endpoint on the loopback.

https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from eventyard.errors import EventyardError
from eventyard.local import _http_payloads
from eventyard.local._http_payloads import Place, Reply, UnreadableReplyError
from eventyard.local.ledger import Cause, Edge, Event, Fate

if TYPE_CHECKING:
    from eventyard.local._functions import Result
    from eventyard.local._http_payloads import Visit
    from eventyard.local._yard import Yard
    from eventyard.local.ledger import Delivery
    from eventyard.local.moto_seam import FunctionUrl

# On the loopback all URLs share one host: the first step of the path says whose a request is. No bucket, which moto
# would look for there, has a name that begins so.
PREFIX = "/_lambda-url/"
_DOMAIN = re.compile(r"(?P<id>\w+)\.lambda-url\.[\w-]+\.on\.aws", re.ASCII)

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB for request and response.
_MOST_BYTES = 6_291_456
_UNREADABLE = "Runtime.InvalidResponse"


class FunctionUrls:
    """All function URLs of the local cloud."""

    def __init__(self, yard: Yard) -> None:
        self._yard = yard

    def here(self, url: str) -> str:
        """The URL on the loopback that stands for a function URL.

        Raises:
            EventyardError: there is no such function URL.
        """
        found = _DOMAIN.fullmatch(urlsplit(url).hostname or "")
        if found is None or self._yard.state.function_url(found["id"]) is None:
            raise EventyardError(
                f"{url!r} is no function URL of this cloud.",
                where="url",
                remedy="GetFunctionUrlConfig and the FunctionUrl of an AWS::Lambda::Url tell it.",
            )
        return f"{self._yard.outside.door}{PREFIX}{found['id']}{urlsplit(url).path or '/'}"

    def visit(self, visit: Visit) -> Reply | None:
        """What a visitor of the endpoint gets, who names a function URL by the path here or by its Host; None else."""
        if visit.path.startswith(PREFIX):
            url_id, _, rest = visit.path.removeprefix(PREFIX).partition("/")
            return self._answer(url_id, replace(visit, path=f"/{rest}"))
        found = _DOMAIN.fullmatch(visit.host.lower().partition(":")[0])
        return self._answer(found["id"], visit) if found else None

    def _answer(self, url_id: str, visit: Visit) -> Reply:
        """Invoke the function and wait for its answer, as Lambda does.

        The status of failures: 403 without permission, 429 throttled, 502 when the function fails.
        """
        url = self._yard.state.function_url(url_id)
        if url is None:
            return _said(403, "Forbidden")
        reply = self._invoke(url, visit)
        self._yard.figures.visited(url.function, reply.status)
        return reply

    def _invoke(self, url: FunctionUrl, visit: Visit) -> Reply:
        yard = self._yard
        if len(visit.body) > _MOST_BYTES:
            return _said(413, f"Request must be smaller than {_MOST_BYTES} bytes for the InvokeFunction operation")
        now, event_id = yard.clock.now(), yard.new_id()
        payload = json.dumps(_http_payloads.event(visit, Place(url.id, url.domain, event_id, now)), ensure_ascii=False)
        address = f"https://{url.domain}/"
        yard.ledger.record(Event(event_id, "request", url.function, f"{visit.method} {visit.path}", payload, now))
        delivery = yard.ledger.begin(event_id, Edge("url→lambda", address, url.function))
        refusal = yard.authority.visit(function=url.function, auth=url.auth)
        if refusal is not None:
            if yard.authority.enforce:
                self._fail(delivery, refusal.code, refusal.reason)
                return _said(403, "Forbidden")
            yard.ledger.unenforced(delivery.number, f"{refusal.code}: {refusal.reason}")
        result = yard.functions.invoke(url.function, payload.encode(), (Cause(event_id, delivery.number),))
        return self._outcome(delivery, url, result)

    def _outcome(self, delivery: Delivery, url: FunctionUrl, result: Result) -> Reply:
        if result.not_begun:
            self._fail(delivery, result.error, result.reason)
            return _said(429, "Rate Exceeded.")
        if result.error:
            self._fail(delivery, result.error, result.reason, result.log)
            return _said(502, "Internal Server Error")
        try:
            reply = _http_payloads.reply(result.payload)
        except UnreadableReplyError as error:
            where = self._yard.functions.place(url.function)
            self._fail(delivery, _UNREADABLE, f"what {where} answered is no HTTP response: {error}.", result.log)
            return _said(502, "Internal Server Error")
        self._yard.delivered(delivery, f"answered {reply.status}", result.log)
        return reply

    def _fail(self, delivery: Delivery, code: str, reason: str, log: str = "") -> None:
        """Nobody tries again but the visitor."""
        self._yard.ledger.attempted(delivery.number, code, reason, log)
        self._yard.ledger.end(delivery.number, Fate.DROPPED, code, reason)


def _said(status: int, words: str) -> Reply:
    return Reply(status, (("content-type", "application/json"),), json.dumps({"Message": words}).encode())
