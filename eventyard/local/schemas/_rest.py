"""The schema registry's API as HTTP has it, by its service model (`rest-json`)."""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from botocore.loaders import create_loader
from botocore.model import ServiceModel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.model import OperationModel

_STEP = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """An operation and its parameters, by the API's names."""

    operation: str
    parameters: Mapping[str, Any]


def wanted(method: str, path: str, query: str, body: bytes) -> Wanted | None:
    """What a request wants; None where it is no operation of the service's."""
    for own, pattern, operation in _operations():
        found = pattern.fullmatch(path)
        if own != method or found is None:
            continue
        places: dict[str, Mapping[str, Any]] = {
            "uri": {name: unquote(value) for name, value in found.groupdict().items()},
            "querystring": dict(parse_qsl(query)),
            "body": json.loads(body or b"{}"),
        }
        members = operation.input_shape.members if operation.input_shape else {}
        given = {}
        for name, member in members.items():
            place = member.serialization.get("location", "body")
            key = member.serialization.get("name", name)
            if key in places.get(place, {}):
                given[name] = places[place][key]
        return Wanted(operation.name, given)
    return None


def response(operation: str, result: Mapping[str, Any]) -> tuple[int, str]:
    """Status and body of an answer."""
    model = _model().operation_model(operation)
    status = int(model.http.get("responseCode", 200))
    if model.output_shape is None:
        return status, ""
    names = {name: member.serialization.get("name", name) for name, member in model.output_shape.members.items()}
    return status, json.dumps({names[name]: value for name, value in result.items()})


@functools.cache
def _model() -> ServiceModel:
    return ServiceModel(create_loader().load_service_model("schemas", "service-2"), "schemas")


@functools.cache
def _operations() -> tuple[tuple[str, re.Pattern[str], OperationModel], ...]:
    model = _model()
    operations = [model.operation_model(name) for name in model.operation_names]
    return tuple(
        (one.http["method"], re.compile(_STEP.sub(r"(?P<\1>[^/]+)", one.http["requestUri"])), one)
        for one in operations
        if "resource-arn" not in one.http["requestUri"]  # tags are shown where they are, and not kept by themselves
    )
