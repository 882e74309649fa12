"""Pipes: CreatePipe and UpdatePipe.

https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_CreatePipe.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.errors import PatternError
from eventyard.local.door._error import ApiError
from eventyard.patterns import SourceFilter

if TYPE_CHECKING:
    from collections.abc import Mapping

# "Supported batchable targets":
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-batching-concurrency.html
_LARGEST_BATCHES = {"events": 10, "sns": 10, "sqs": 10}


def check_pipe(pipe: Mapping[str, Any], source: str) -> None:
    """Refuse filters that match nothing ever, and batches that the target cannot take.

    Args:
        pipe: As CreatePipe or UpdatePipe has it.
        source: The ARN of what it reads from.

    Raises:
        ApiError: ValidationException; the wording is ours.
    """
    given = pipe.get("SourceParameters") or {}
    if (criteria := given.get("FilterCriteria")) and source.split(":")[2:3] == ["sqs"]:
        try:
            SourceFilter.parse(criteria, source="sqs")
        except PatternError as error:
            raise ApiError("ValidationException", f"Invalid filter pattern definition. {error}") from None
    size = (given.get("SqsQueueParameters") or {}).get("BatchSize") or 0
    service = (*str(pipe.get("Target") or "").split(":"), "", "", "")[2]
    most = _LARGEST_BATCHES.get(service)
    if most is not None and size > most:
        raise ApiError("ValidationException", f"BatchSize {size} is more than the {most} that the target takes.")
