"""Message attributes of Publish: their names, types and values.

https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from eventyard.local.door._error import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST_NAME = 256
_FOREIGN = re.compile(r"[^A-Za-z0-9_.-]")
# Reserved, but for what SNS itself takes: AWS.SNS.SMS.SenderID, AWS.SNS.MOBILE.APNS.TTL, AWS.MM.SMS.OriginationNumber.
_RESERVED = re.compile(r"(aws|amazon)\.(?!sns\.|mm\.)", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_FIELDS = {"String": "StringValue", "Number": "StringValue", "Binary": "BinaryValue"}


def check_attributes(attributes: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse message attributes that Publish refuses.

    Args:
        attributes: Name -> DataType with StringValue or BinaryValue (bytes, or their base64).

    Raises:
        ApiError: ParameterValueInvalid.
    """
    for name, attribute in attributes.items():
        _check_name(name)
        _check_value(name, attribute)


def size(attributes: Mapping[str, Mapping[str, Any]]) -> int:
    """What they add to a message's size, in bytes: names, types and values."""
    return sum(
        len(name.encode())
        + len(str(attribute.get("DataType") or "").encode())
        + len(str(attribute.get("StringValue") or "").encode())
        + len(attribute.get("BinaryValue") or b"")
        for name, attribute in attributes.items()
    )


def _check_name(name: str) -> None:
    if not name:
        raise _invalid("The message attribute name must not be empty.")
    if len(name.encode()) > _LONGEST_NAME:
        raise _invalid(f"Length of message attribute name must be less than {_LONGEST_NAME} bytes.")
    if name.startswith("."):
        raise _invalid("Invalid message attribute name starting with character '.' was found.")
    if name.endswith("."):
        raise _invalid("Invalid message attribute name ending with character '.' was found.")
    if foreign := _FOREIGN.search(name):
        raise _invalid(
            f"Invalid non-alphanumeric character '#x{ord(foreign[0]):X}' was found in the message attribute name. "
            "Can only include alphanumeric characters, hyphens, underscores, or dots."
        )
    if ".." in name:
        raise _invalid("Message attribute name can not have successive '.' character.")
    if _RESERVED.match(name):
        raise _invalid(f"The message attribute name '{name}' starts with a reserved prefix, AWS. or Amazon.")


def _check_value(name: str, attribute: Mapping[str, Any]) -> None:
    kind = attribute.get("DataType")
    if not kind:
        raise _invalid(f"The message attribute '{name}' must contain non-empty message attribute type.")
    base = kind.split(".")[0]
    if base not in _FIELDS:
        raise _invalid(
            f"The message attribute '{name}' has an invalid message attribute type, "
            "the set of supported type prefixes is Binary, Number, and String."
        )
    fields = [field for field in ("StringValue", "BinaryValue") if attribute.get(field)]
    if not fields:
        raise _invalid(
            f"The message attribute '{name}' must contain non-empty message attribute value for message attribute "
            f"type '{kind}'."
        )
    if fields != [_FIELDS[base]]:
        field = _FIELDS[base].removesuffix("Value")
        raise _invalid(f"The message attribute '{name}' with type '{kind}' must use field '{field}'.")
    if base == "Number" and not _NUMBER.fullmatch(attribute["StringValue"]):
        raise _invalid(f"Could not cast message attribute '{name}' value to number.")


def _invalid(message: str) -> ApiError:
    return ApiError("ParameterValueInvalid", message)
