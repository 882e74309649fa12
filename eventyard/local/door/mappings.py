"""CreateEventSourceMapping and UpdateEventSourceMapping: filters and batches.

https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html and
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.errors import PatternError
from eventyard.local.door._error import ApiError
from eventyard.patterns import SourceFilter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.patterns.source_filter import Source

_LARGEST_FIFO_BATCH = 10
_LARGEST_BATCH_WITHOUT_WINDOW = 10
_SOURCES: dict[str, Source] = {"sqs": "sqs", "dynamodb": "dynamodb", "kinesis": "kinesis"}


def check_mapping(mapping: Mapping[str, Any], source: str) -> None:
    """Refuse what Lambda refuses of a mapping as it will be.

    Args:
        mapping: As CreateEventSourceMapping has it; of an update, what the mapping has after it.
        source: The ARN of what it reads from.

    Raises:
        ApiError: InvalidParameterValueException.
    """
    service = source.split(":")[2] if source.startswith("arn:") else ""
    if criteria := mapping.get("FilterCriteria"):
        try:
            SourceFilter.parse(criteria, source=_SOURCES.get(service))
        except PatternError as error:
            raise _invalid(f"Invalid filter pattern definition. {error}") from None
    if service == "sqs":
        _check_batches(mapping, fifo=source.endswith(".fifo"))


def check_patience(visibility: float, timeout: float) -> None:
    """Refuse a queue that shows its messages again while the function may still be at them; both in seconds.

    Raises:
        ApiError: InvalidParameterValueException.
    """
    if visibility < timeout:
        raise _invalid(
            f"Queue visibility timeout: {visibility:.0f} seconds is less than Function timeout: {timeout:.0f} seconds"
        )


def _check_batches(mapping: Mapping[str, Any], *, fifo: bool) -> None:
    size, window = mapping.get("BatchSize") or 0, mapping.get("MaximumBatchingWindowInSeconds") or 0
    if fifo and window:
        raise _invalid("Batching window is not supported for FIFO queues")
    if fifo and size > _LARGEST_FIFO_BATCH:
        raise _invalid(f"BatchSize {size} exceeds the maximum of {_LARGEST_FIFO_BATCH} for FIFO queues")
    if size > _LARGEST_BATCH_WITHOUT_WINDOW and not window:
        raise _invalid(
            "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"
        )


def _invalid(message: str) -> ApiError:
    return ApiError("InvalidParameterValueException", message)
