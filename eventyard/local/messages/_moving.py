"""StartMessageMoveTask, ListMessageMoveTasks and CancelMessageMoveTask, in AWS's shapes."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eventyard.local.messages._moves import REMEMBERED, Move, Status
from eventyard.local.messages._refusal import Refusal, invalid, missing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from eventyard.local.messages._mailbox import Mailbox

MOST_A_SECOND = 500


@dataclass(frozen=True, slots=True)
class PostOffice:
    """The mailbox of an ARN, and whether a queue (an ARN) is the dead-letter queue of another one."""

    find: Callable[[str], Mailbox | None]
    is_dead_letter_queue: Callable[[str], bool]


def start_message_move_task(office: PostOffice, request: Mapping[str, Any]) -> dict[str, Any]:
    """StartMessageMoveTask: its messages move when the cloud's time next moves, or `settle` runs.

    Raises:
        Refusal: no such queue, no dead-letter queue, another task is running, or queues of different types.
    """
    source = _mailbox(office, request, "SourceArn")
    destination = request.get("DestinationArn")
    if destination is not None:
        target = _mailbox(office, request, "DestinationArn")
        if target.fifo != source.fifo:
            raise invalid("DestinationArn", destination, "Both queues must be of the same type.")
    if not office.is_dead_letter_queue(source.arn):
        raise Refusal("InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue.")
    rate = request.get("MaxNumberOfMessagesPerSecond")
    if rate is not None and not 1 <= int(rate) <= MOST_A_SECOND:
        raise invalid("MaxNumberOfMessagesPerSecond", rate, f"Must be between 1 and {MOST_A_SECOND}, if provided.")
    if any(move.status is Status.RUNNING for move in source.moves):
        text = (
            "There is already a task running. Only one active task is allowed for a source queue arn at a given time."
        )
        raise Refusal("InvalidParameterValue", text)
    move = Move(
        source.new_id(), source, destination, rate and int(rate), office.find, source.now(), source.counts().visible
    )
    move.start()
    return {"TaskHandle": _handle(move)}


def list_message_move_tasks(office: PostOffice, request: Mapping[str, Any]) -> dict[str, Any]:
    """ListMessageMoveTasks: the newest first.

    Raises:
        Refusal: no such queue.
    """
    source = _mailbox(office, request, "SourceArn")
    most = request.get("MaxResults")
    most = 1 if most is None else int(most)
    if not 1 <= most <= REMEMBERED:
        raise invalid("MaxResults", most, f"Must be between 1 and {REMEMBERED}, if provided.")
    return {"Results": [_shown(move) for move in source.moves[:most]]}


def cancel_message_move_task(office: PostOffice, request: Mapping[str, Any]) -> dict[str, Any]:
    """CancelMessageMoveTask: what has moved stays where it is.

    Raises:
        Refusal: no such task, or it is not running (the code of that refusal is not documented).
    """
    try:
        named = json.loads(base64.b64decode(request.get("TaskHandle") or "", validate=True))
        task, source_arn = str(named["taskId"]), str(named["sourceArn"])
    except (binascii.Error, ValueError, KeyError, TypeError):
        raise Refusal("InvalidParameterValue", "Value for parameter TaskHandle is invalid.") from None
    source = _mailbox(office, {"SourceArn": source_arn}, "SourceArn")
    for move in source.moves:
        if move.id == task:
            if move.status is not Status.RUNNING:
                raise Refusal("UnsupportedOperation", f"Only a running task can be cancelled; it is {move.status}.")
            move.status = Status.CANCELLED
            return {"ApproximateNumberOfMessagesMoved": move.moved}
    raise Refusal("ResourceNotFoundException", "Task does not exist.")


def _mailbox(office: PostOffice, request: Mapping[str, Any], name: str) -> Mailbox:
    arn = request.get(name)
    if not arn:
        raise missing(name)
    found = office.find(str(arn))
    if found is None:
        text = f"The resource that you specified for the {name} parameter doesn't exist."
        raise Refusal("ResourceNotFoundException", text)
    return found


def _handle(move: Move) -> str:
    return base64.b64encode(json.dumps({"taskId": move.id, "sourceArn": move.source.arn}).encode()).decode()


def _shown(move: Move) -> dict[str, Any]:
    shown = {
        "TaskHandle": _handle(move) if move.status is Status.RUNNING else None,
        "Status": str(move.status),
        "SourceArn": move.source.arn,
        "DestinationArn": move.destination,
        "MaxNumberOfMessagesPerSecond": move.rate,
        "ApproximateNumberOfMessagesMoved": move.moved,
        "ApproximateNumberOfMessagesToMove": move.to_move,
        "FailureReason": move.failure or None,
        "StartedTimestamp": int(move.started * 1000),
    }
    return {name: value for name, value in shown.items() if value is not None}
