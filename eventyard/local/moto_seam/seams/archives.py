"""An archive keeps the key it is encrypted with, which moto drops; its pattern is checked at the door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.events.models import Archive
from moto.events.responses import EventsHandler

from eventyard.local.door.rules import check_pattern
from eventyard.local.moto_seam.seams._seam import Moto, Seam
from eventyard.local.moto_seam.seams.events import door

if TYPE_CHECKING:
    from collections.abc import Callable

    from eventyard.local.moto_seam.seams._seam import Listener

_KEY = "KmsKeyIdentifier"


def _check(_backend: Moto, request: dict[str, Any]) -> None:
    if request.get("EventPattern"):
        check_pattern(request["EventPattern"])


def _keep(operation: str) -> Callable[[Moto, Listener], Moto]:
    def make(original: Moto, listener: Listener) -> Moto:
        return _with_key(door(operation, _check)(original, listener))

    return make


def _with_key(handler: Moto) -> Moto:
    def call(self: Moto) -> Moto:
        answer = handler(self)
        # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_UpdateArchive.html: an empty one takes the key
        # away, none leaves it.
        key = self._get_param(_KEY)
        if key is not None:
            self.events_backend.archives[self._get_param("ArchiveName")].eventyard_key = key
        return answer

    return call


def _describe(original: Moto, _listener: Listener) -> Moto:
    def describe(self: Moto) -> dict[str, Any]:
        key = getattr(self, "eventyard_key", "")
        return {**original(self), **({_KEY: key} if key else {})}

    return describe


SEAMS = (
    Seam(EventsHandler, "create_archive", ("self",), "the door; an archive keeps its key", _keep("CreateArchive")),
    Seam(EventsHandler, "update_archive", ("self",), "the door; or gets another", _keep("UpdateArchive")),
    Seam(Archive, "describe", ("self",), "and shows it", _describe),
)
