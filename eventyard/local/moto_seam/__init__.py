"""Everything that touches moto's insides: its state, its seams, its CloudFormation models. Nothing else imports moto.

The seams go in when a local cloud starts and come out when it ends.
"""

from __future__ import annotations

import functools
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from moto import mock_aws
from moto.moto_api._internal import mock_random

from eventyard.errors import EventyardError
from eventyard.local.moto_seam._models import SILENT, SkippedError, model_of
from eventyard.local.moto_seam._records import (
    Alarm,
    ApiCall,
    ApiDestination,
    Archive,
    Arn,
    BusLogging,
    Caller,
    Carried,
    Connection,
    DeliveryStream,
    Function,
    FunctionUrl,
    Key,
    ListedQueue,
    ListedRule,
    Metric,
    MetricQuery,
    NoSuchQueueError,
    Pipe,
    QueueFigures,
    Received,
    Rule,
    SourceMapping,
    Subscription,
)
from eventyard.local.moto_seam._state import MotoState
from eventyard.local.moto_seam.seams import (
    SEAMS,
    Listener,
    MetricName,
    RefusedError,
    Samples,
    Seam,
    emulated,
    installed,
    schemas,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "SEAMS",
    "SILENT",
    "Alarm",
    "ApiCall",
    "ApiDestination",
    "Archive",
    "Arn",
    "BusLogging",
    "Caller",
    "Carried",
    "Connection",
    "DeliveryStream",
    "Function",
    "FunctionUrl",
    "Key",
    "ListedQueue",
    "ListedRule",
    "Listener",
    "Metric",
    "MetricName",
    "MetricQuery",
    "MotoState",
    "NoSuchQueueError",
    "Pipe",
    "QueueFigures",
    "Received",
    "RefusedError",
    "Rule",
    "Samples",
    "Seam",
    "SkippedError",
    "SourceMapping",
    "Subscription",
    "UnknownServiceError",
    "emulated",
    "model_of",
    "running",
    "wsgi_application",
]


class UnknownServiceError(LookupError):
    """A service that moto does not know, by the host it would have."""


@contextmanager
def running(listener: Listener, seed: int) -> Iterator[None]:
    """moto, started empty with our seams in it, and stopped again. Its ids follow from `seed`.

    Raises:
        EventyardError: its seams are in already; moto's state is one for the whole process.
    """
    if any(seam.is_in for seam in SEAMS):
        raise EventyardError(
            "another local cloud is up in this process.",
            remedy="End it first. One holds any number of accounts and Regions: cloud.client(..., account=...).",
        )
    mock = mock_aws(config={"core": {"mock_credentials": False}})
    mock.start()
    try:
        mock_random.seed(seed)
        with installed(listener):
            yield
    finally:
        mock.stop()


def wsgi_application() -> object:
    """Moto's server as a WSGI application over the same state: what functions' SDK calls reach."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app  # noqa: PLC0415  # Flask

    class Application(DomainDispatcherApplication):
        """It looks through its own folders for each request, and which backend answers for a host stays the same."""

        @functools.cache  # noqa: B019  # lives as long as its host's endpoint
        def get_backend_for_host(self, host: str | None) -> object:
            found = super().get_backend_for_host(host)
            if found is None and host is not None:
                raise UnknownServiceError(host)
            return found

        def get_application(self, environ: dict[str, Any]) -> Any:  # noqa: ANN401  # Flask's, or one of ours
            return schemas.over_http if schemas.signed_for(environ) else super().get_application(environ)

    return Application(create_backend_app)
