"""PutTargets: who may be a target, and with what.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html and the pages on cross-account targets,
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-cross-account.html (since 2025) and
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from eventyard.errors import TransformError
from eventyard.local.door._error import invalid, limit_exceeded
from eventyard.transforms import check_target

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

MOST_TARGETS = 5
_ARN = re.compile(r"arn:[\w-]+:([\w-]+):([\w-]*):(\d{12}|):(.+)", re.ASCII | re.DOTALL)
# What another account may offer as a target itself, in the same Region. A bus may be anywhere.
_ACROSS_ACCOUNTS = frozenset({"execute-api", "kinesis", "lambda", "sns", "sqs"})
_INPUTS = ("Input", "InputPath", "InputTransformer")


def check_targets(targets: Sequence[Mapping[str, Any]], present: Collection[str], account: str, region: str) -> None:
    """Refuse what PutTargets refuses. Whether a target exists, and whether it admits the rule, AWS does not ask here.

    Args:
        targets: As PutTargets has them. Of two with the same Id the last counts.
        present: The ids of the rule's targets.
        account: The rule's account.
        region: The rule's Region.

    Raises:
        ApiError: ValidationException or LimitExceededException.
    """
    for target in targets:
        _check(target, account, region)
    if len({target["Id"] for target in targets}.union(present)) > MOST_TARGETS:
        raise limit_exceeded()


def check_dead_letters(config: Mapping[str, Any] | None, region: str) -> None:
    """Refuse a DeadLetterConfig that is no standard queue of the same Region; an empty one names none.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html: FIFO queues are not supported.

    Raises:
        ApiError: ValidationException; the wording is ours.
    """
    arn = (config or {}).get("Arn")
    if arn is None:
        return
    found = _ARN.fullmatch(arn)
    if found is None or found[1] != "sqs" or found[2] != region or arn.endswith(".fifo"):
        raise invalid(
            "Parameter DeadLetterConfig.Arn is not valid. "
            f"Reason: {arn} must be the ARN of a standard SQS queue in Region {region}."
        )


def _check(target: Mapping[str, Any], account: str, region: str) -> None:
    arn = target["Arn"]
    found = _ARN.fullmatch(arn)
    if found is None:
        raise invalid(f"Parameter {arn} is not valid. Reason: Provided Arn is not in correct format.")
    try:
        check_target(target)
    except TransformError as error:
        raise invalid(str(error)) from None
    service, where, owner = found[1], found[2] or region, found[3] or account
    is_bus = service == "events" and found[4].startswith("event-bus/")
    if not is_bus and where != region:
        raise invalid(f"Parameter {arn} is not valid. Reason: a {service} target must be in Region {region}.")
    if owner != account:
        _check_other_account(target, service, is_bus=is_bus)
    by_role = service == "firehose" or (service == "events" and found[4].startswith("api-destination/"))
    if by_role and not target.get("RoleArn"):
        raise invalid(f"RoleArn is required for target {arn}.")
    if service == "sqs" and arn.endswith(".fifo"):
        _check_fifo(target)
    check_dead_letters(target.get("DeadLetterConfig"), region)


def _check_other_account(target: Mapping[str, Any], service: str, *, is_bus: bool) -> None:
    arn = target["Arn"]
    if not is_bus and service not in _ACROSS_ACCOUNTS:
        raise invalid(f"Parameter {arn} is not valid. Reason: a {service} target must be in the rule's account.")
    if not target.get("RoleArn"):
        raise invalid(f"RoleArn is required for target {arn}.")
    if is_bus and any(target.get(name) for name in _INPUTS):
        raise invalid(f"Input, InputPath and InputTransformer are not available for target {target['Id']}: {arn}.")


def _check_fifo(target: Mapping[str, Any]) -> None:
    if not target.get("SqsParameters"):
        raise invalid(f"Parameter(s) SqsParameters must be specified for target: {target['Id']}.")
    if not target["SqsParameters"].get("MessageGroupId"):
        raise invalid(f"Parameter(s) MessageGroupId must be specified for target: {target['Id']}.")
