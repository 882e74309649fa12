"""An archive keeps the key it is encrypted with, which moto drops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.events.models import Archive
from moto.events.responses import EventsHandler

from eventyard.local.moto_seam.seams._seam import Moto, Seam

if TYPE_CHECKING:
    from eventyard.local.moto_seam.seams._seam import Listener

_KEY = "KmsKeyIdentifier"


def _keep(original: Moto, _listener: Listener) -> Moto:
    def call(self: Moto) -> Moto:
        answer = original(self)
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
    Seam(EventsHandler, "create_archive", ("self",), "an archive keeps its key", _keep),
    Seam(EventsHandler, "update_archive", ("self",), "or gets another", _keep),
    Seam(Archive, "describe", ("self",), "and shows it", _describe),
)
