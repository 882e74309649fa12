"""What of an event goes on the wire, and what is said when it does not come off it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from eventyard.errors import ContractError

if TYPE_CHECKING:
    from pydantic import ValidationError


def detail_text(event: BaseModel) -> str:
    """An event's detail as JSON text, without the optional fields that are None."""
    plain = event.model_dump(mode="json", by_alias=True)
    _leave_out_absent(event, plain)
    try:
        return json.dumps(plain, allow_nan=False, separators=(",", ":"))
    except ValueError:
        raise ContractError("JSON has no infinite number and no NaN.", where=type(event).__name__) from None


def faults(error: ValidationError) -> tuple[str, str]:
    """The path of the first field that is wrong, and all of them with their reasons, without values."""
    found = [
        (".".join(map(str, fault["loc"])), fault["msg"])
        for fault in error.errors(include_url=False, include_input=False, include_context=False)
    ]
    return found[0][0], "; ".join(f"{where or 'event'}: {said}" for where, said in found)


def _leave_out_absent(value: object, plain: Any) -> None:  # noqa: ANN401  # any JSON value
    """Take out of `plain`, which is `value` as JSON, every field that is None because nobody gave it."""
    if isinstance(value, BaseModel) and isinstance(plain, dict):
        for name, field in type(value).model_fields.items():
            key, inner = field.serialization_alias or name, getattr(value, name)
            if inner is None and not field.is_required() and field.get_default() is None:
                plain.pop(key, None)
            else:
                _leave_out_absent(inner, plain.get(key))
    elif isinstance(value, list | tuple) and isinstance(plain, list):
        for inner, inner_plain in zip(value, plain, strict=True):
            _leave_out_absent(inner, inner_plain)
    elif isinstance(value, dict) and isinstance(plain, dict):
        for inner, inner_plain in zip(value.values(), plain.values(), strict=True):
            _leave_out_absent(inner, inner_plain)
