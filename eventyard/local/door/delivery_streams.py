"""Firehose: CreateDeliveryStream, UpdateDestination, PutRecord and PutRecordBatch.

https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html and https://docs.aws.amazon.com/firehose/latest/dev/limits.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from eventyard.local.door._error import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RECORD_BYTES = 1_024_000
BATCH_RECORDS, BATCH_BYTES = 500, 4 * 1024 * 1024

_EXPRESSION = re.compile(r"!\{([^:}]*):([^}]*)\}")
_NAMESPACES = frozenset({"firehose", "partitionKeyFromLambda", "partitionKeyFromQuery", "timestamp"})
_ERROR_TYPE = "!{firehose:error-output-type}"


def check_destination(s3: Mapping[str, Any], where: str) -> None:
    """Refuse prefixes that Firehose refuses, and half of the buffering hints.

    Args:
        s3: The destination as the request has it; empty where it names none.
        where: The request's name for it.

    Raises:
        ApiError: InvalidArgumentException; the wording is ours.
    """
    prefix, errors = s3.get("Prefix") or "", s3.get("ErrorOutputPrefix") or ""
    for name, value in (("Prefix", prefix), ("ErrorOutputPrefix", errors)):
        _check_expressions(value, f"{where}.{name}")
    if _ERROR_TYPE in prefix:
        raise _invalid(f"{where}.Prefix can't contain {_ERROR_TYPE}")
    if "!{" in prefix and not errors:
        raise _invalid("ErrorOutputPrefix can't be null when Prefix contains expressions")
    if "!{" in errors and _ERROR_TYPE not in errors:
        raise _invalid(f"{where}.ErrorOutputPrefix must include at least one instance of {_ERROR_TYPE}")
    hints = s3.get("BufferingHints") or {}
    if len(hints) == 1:
        raise _invalid(f"{where}.BufferingHints must have both SizeInMBs and IntervalInSeconds")


def check_records(records: Sequence[bytes]) -> None:
    """Refuse what PutRecord and PutRecordBatch refuse.

    Raises:
        ApiError: InvalidArgumentException.
    """
    if len(records) > BATCH_RECORDS:
        raise _invalid(f"A batch has at most {BATCH_RECORDS} records, not {len(records)}")
    if any(len(record) > RECORD_BYTES for record in records):
        raise _invalid(f"A record has at most {RECORD_BYTES} bytes")
    if sum(map(len, records)) > BATCH_BYTES:
        raise _invalid(f"A batch has at most {BATCH_BYTES} bytes")


def _check_expressions(value: str, where: str) -> None:
    if value.count("!{") != len(_EXPRESSION.findall(value)):
        raise _invalid(f"{where}: the sequence !{{ can only appear in !{{namespace:value}} expressions")
    for namespace, _ in _EXPRESSION.findall(value):
        if namespace not in _NAMESPACES:
            raise _invalid(f"{where}: {namespace} is no namespace of an expression")


def _invalid(message: str) -> ApiError:
    return ApiError("InvalidArgumentException", message)
