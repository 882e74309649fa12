"""Message attributes of SNS as the object that a filter policy is matched against."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def as_object(attributes: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Name -> value of the attributes that SNS compares: String, Number and String.Array.

    Any other (Binary) is left out, as if the message did not have it; so is a value that is not what its type says. A
    label of one's own after the type (`Number.int`) does not change the type. A string is compared as it is escaped in
    JSON, which is why a policy must escape a double quote or a backslash twice; arrays are documented alike, but they
    are JSON already, and are compared by their elements here.

    Follows https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html and
    https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html.
    """
    compared = {}
    for name, attribute in attributes.items():
        text = attribute.get("StringValue")
        if isinstance(text, str):
            value = _value(str(attribute.get("DataType", "")), text)
            if value is not None:
                compared[name] = value
    return compared


def _value(data_type: str, text: str) -> str | float | list[Any] | None:
    if data_type == "String.Array":
        parsed = _parsed(text)
        return parsed if isinstance(parsed, list) else None
    match data_type.partition(".")[0]:
        case "String":
            return text.replace("\\", "\\\\").replace('"', '\\"')
        case "Number":
            number = _parsed(text)
            return number if isinstance(number, int | float) and not isinstance(number, bool) else None
        case _:
            return None


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
