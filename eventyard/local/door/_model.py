"""What a service's own model says about a request: lengths, patterns, ranges, sets of values.

The models are botocore's (`service-2.json`), whose constraints the services check before anything else. botocore itself
checks only the least lengths, on the client's side.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.loaders import create_loader
from botocore.model import ListShape, ServiceModel, StringShape, StructureShape

from eventyard.local.door._error import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from botocore.model import Shape


def check_model(service: str, operation: str, request: Mapping[str, Any]) -> None:
    """Refuse what the service's model rules out.

    Raises:
        ApiError: ValidationException, naming each value and its constraint as AWS does.
    """
    check = _operation(service, operation)
    found = list(check(request, "")) if check else []
    if found:
        errors = f"{len(found)} validation error{'s' if len(found) > 1 else ''} detected: "
        raise ApiError("ValidationException", errors + "; ".join(found))


@cache
def _service(name: str) -> ServiceModel:
    return ServiceModel(create_loader().load_service_model(name, "service-2"), name)


@cache
def _operation(service: str, operation: str) -> _Structure | _List | _Scalar | None:
    shape = _service(service).operation_model(operation).input_shape
    return _compiled(shape) if shape else None


def _compiled(shape: Shape) -> _Structure | _List | _Scalar | None:
    """A shape's checks; None where it has none, so that hot paths walk only what is constrained."""
    match shape:
        case StructureShape():
            members = {name: check for name, one in shape.members.items() if (check := _compiled(one))}
            required = tuple(shape.required_members)
            return _Structure(members, required) if members or required else None
        case ListShape():
            of, limits = _compiled(shape.member), _limits(shape)
            return _List(shape.member.name, limits, of) if of or limits else None
        case _:
            return _scalar(shape)


def _scalar(shape: Shape) -> _Scalar | None:
    pattern = shape.metadata.get("pattern")
    values = tuple(shape.enum) if isinstance(shape, StringShape) else ()
    limits = _limits(shape)
    if not (pattern or values or limits):
        return None
    return _Scalar(shape.type_name in {"string", "map", "blob"}, limits, _regex(pattern), pattern or "", values)


def _limits(shape: Shape) -> tuple[float | None, float | None] | None:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    return None if low is None and high is None else (low, high)


def _regex(pattern: str | None) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern, re.ASCII) if pattern else None
    except re.error:
        return None  # Java's dialect: such a pattern is not checked


@dataclass(frozen=True, slots=True)
class _Structure:
    members: Mapping[str, _Structure | _List | _Scalar]
    required: tuple[str, ...]

    def __call__(self, value: Any, path: str) -> Iterator[str]:  # noqa: ANN401  # whatever the request holds
        if not hasattr(value, "get"):
            return
        before = f"{path}." if path else ""
        for name in self.required:
            if value.get(name) is None:
                yield f"Value null at '{before}{_lower(name)}' failed to satisfy constraint: Member must not be null"
        for name, check in self.members.items():
            if (one := value.get(name)) is not None:
                yield from check(one, before + _lower(name))


@dataclass(frozen=True, slots=True)
class _List:
    of: str
    limits: tuple[float | None, float | None] | None
    member: _Structure | _List | _Scalar | None

    def __call__(self, value: Any, path: str) -> Iterator[str]:  # noqa: ANN401  # as above
        yield from _measured(len(value), self.limits, f"[{self.of}]", path, "length")
        if self.member:
            for position, one in enumerate(value, 1):
                yield from self.member(one, f"{path}.{position}.member")


@dataclass(frozen=True, slots=True)
class _Scalar:
    by_length: bool
    limits: tuple[float | None, float | None] | None
    regex: re.Pattern[str] | None
    pattern: str
    values: tuple[str, ...]

    def __call__(self, value: Any, path: str) -> Iterator[str]:  # noqa: ANN401  # as above
        if self.by_length:
            yield from _measured(len(value), self.limits, value, path, "length")
        else:
            yield from _measured(value, self.limits, value, path, "value")
        if self.regex and not self.regex.fullmatch(value):
            yield _failed(value, path, f"Member must satisfy regular expression pattern: {self.pattern}")
        if self.values and value not in self.values:
            yield _failed(value, path, f"Member must satisfy enum value set: [{', '.join(self.values)}]")


def _measured(
    size: float,
    limits: tuple[float | None, float | None] | None,
    value: Any,  # noqa: ANN401  # as above
    path: str,
    measure: str,
) -> Iterator[str]:
    low, high = limits or (None, None)
    if high is not None and size > high:
        yield _failed(value, path, f"Member must have {measure} less than or equal to {high}")
    if low is not None and size < low:
        yield _failed(value, path, f"Member must have {measure} greater than or equal to {low}")


def _failed(value: object, path: str, constraint: str) -> str:
    return f"Value '{value}' at '{path}' failed to satisfy constraint: {constraint}"


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]
