"""Pipes: moto keeps them, and lets nothing flow."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.core.exceptions import JsonRESTError
from moto.pipes.models import EventBridgePipesBackend
from moto.pipes.responses import EventBridgePipesResponse

from eventyard.local.door import ApiError, check_model
from eventyard.local.door.pipes import check_pipe
from eventyard.local.moto_seam.seams._seam import CHANGED, Moto, Seam, then_changed

if TYPE_CHECKING:
    from collections.abc import Callable

    from eventyard.local.moto_seam.seams._seam import Listener


def _flows(original: Moto, listener: Listener) -> Moto:
    def call(*args: Moto, **more: Moto) -> Moto:
        pipe = original(*args, **more)
        listener.changed()
        listener.mapped(pipe.source)
        return pipe

    return call


def _door(operation: str) -> Callable[[Moto, Listener], Moto]:
    def make(original: Moto, _listener: Listener) -> Moto:
        def handle(self: Moto) -> Moto:
            name = self.uri.split("?")[0].split("/")[-1]
            request = {**json.loads(self.body or "{}"), "Name": name}
            try:
                check_model("pipes", operation, request)
                check_pipe(request, _source(self, request))
                _check_new(self, operation, name)
            except ApiError as refused:
                raise JsonRESTError(refused.code, refused.message) from None
            return original(self)

        return handle

    return make


def _check_new(handler: Moto, operation: str, name: str) -> None:
    if operation == "CreatePipe" and name in handler.pipes_backend.pipes:
        raise ApiError("ConflictException", f"Pipe {name} already exists.")


def _source(handler: Moto, request: dict[str, Any]) -> str:
    pipe = handler.pipes_backend.pipes.get(request["Name"])
    return str(request.get("Source") or getattr(pipe, "source", ""))


_PARAMETERS = (
    "source_parameters",
    "enrichment",
    "enrichment_parameters",
    "target",
    "target_parameters",
)
_CREATE = (
    "self",
    "name",
    "description",
    "desired_state",
    "source",
    *_PARAMETERS,
    "role_arn",
    "tags",
    "log_configuration",
    "kms_key_identifier",
)
_UPDATE = (
    "self",
    "name",
    "role_arn",
    "description",
    "desired_state",
    *_PARAMETERS,
    "log_configuration",
    "kms_key_identifier",
)

SEAMS = (
    *(
        Seam(EventBridgePipesBackend, name, parameters, "messages flow as long as the pipe runs", _flows)
        for name, parameters in (
            ("create_pipe", _CREATE),
            ("update_pipe", _UPDATE),
            ("start_pipe", ("self", "name")),
        )
    ),
    *(
        Seam(EventBridgePipesBackend, name, ("self", "name"), CHANGED, then_changed)
        for name in ("stop_pipe", "delete_pipe")
    ),
    Seam(EventBridgePipesResponse, "create_pipe", ("self",), "the door", _door("CreatePipe")),
    Seam(EventBridgePipesResponse, "update_pipe", ("self",), "the door", _door("UpdatePipe")),
)
