"""A function between a stream and its bucket: what it is given, and what its answer means for each record.

https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-status-model.html
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eventyard.local import _envelopes
from eventyard.local.moto_seam import Arn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eventyard.local.streams._buffer import Record


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the function says of one record: its new `data`, or nothing (it is dropped), or the `code` of a failure."""

    data: bytes | None = None
    code: str = ""
    reason: str = ""


def request(stream: str, invocation: str, records: Mapping[str, Record]) -> bytes:
    """What the function receives; `records` by their ids."""
    return _envelopes.compact(
        {
            "invocationId": invocation,
            "deliveryStreamArn": stream,
            "region": Arn.parse(stream).region,
            "records": [
                {
                    "recordId": id_,
                    "approximateArrivalTimestamp": int(record.arrived * 1000),
                    "data": base64.b64encode(record.data).decode(),
                }
                for id_, record in records.items()
            ],
        }
    ).encode()


def verdicts(payload: bytes, ids: Sequence[str]) -> dict[str, Verdict]:
    """The verdict on each record, by its id."""
    try:
        answered = [(str(one["recordId"]), one) for one in json.loads(payload)["records"]]
    except (ValueError, TypeError, KeyError):
        reason = "there was an error parsing returned records from the Lambda function."
        return {id_: Verdict(code="Lambda.JsonProcessingException", reason=reason) for id_ in ids}
    counts = Counter(id_ for id_, _ in answered)
    found = dict(answered)
    return {id_: _verdict(found.get(id_), counts[id_]) for id_ in ids}


def failed(record: Record, verdict: Verdict, function: str, *, attempts: int, now: float) -> bytes:
    """A record that failed, as a line of the error output.

    https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html
    """
    line = {
        "attemptsMade": attempts,
        "arrivalTimestamp": int(record.arrived * 1000),
        "errorCode": verdict.code,
        "errorMessage": verdict.reason,
        "attemptEndingTimestamp": int(now * 1000),
        "rawData": base64.b64encode(record.data).decode(),
        "lambdaArn": function,
    }
    return f"{_envelopes.compact(line)}\n".encode()


def _verdict(answer: Any, count: int) -> Verdict:  # noqa: ANN401  # whatever the function answered
    if count > 1:
        return Verdict(
            code="Lambda.DuplicatedRecordId", reason="multiple records were returned with the same record ID."
        )
    if answer is None:
        return Verdict(code="Lambda.MissingRecordId", reason="one or more record IDs were not returned.")
    result = answer.get("result")
    if result == "Dropped":
        return Verdict()
    if result == "Ok":
        try:
            return Verdict(base64.b64decode(answer["data"], validate=True))
        except (KeyError, TypeError, ValueError):
            pass
    if result == "ProcessingFailed":
        return Verdict(code="Lambda.ProcessingFailedStatus", reason="the function says that it failed.")
    return Verdict(
        code="Lambda.JsonProcessingException", reason="the record does not follow the status model: result and data."
    )
