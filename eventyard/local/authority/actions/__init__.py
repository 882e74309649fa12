"""What calls ask for: one file a service, each with `prefix` and `wanted`.

The actions and resources follow the Service Authorization Reference,
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html.
Of a service without a file here an action must be allowed on some resource, whichever it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from eventyard.local.authority.actions import (
    awslambda,
    cloudwatch,
    dynamodb,
    events,
    firehose,
    kms,
    logs,
    s3,
    secretsmanager,
    sns,
    sqs,
    ssm,
    sts,
)
from eventyard.local.authority.actions._wanted import ANY, Wanted

if TYPE_CHECKING:
    from eventyard.local.authority.actions._wanted import Service
    from eventyard.local.moto_seam import ApiCall, MotoState

__all__ = ["ANY", "Wanted", "wanted"]

SERVICES: dict[str, Service] = {
    module.prefix: cast("Service", module)
    for module in (awslambda, cloudwatch, dynamodb, events, firehose, kms, logs, s3, secretsmanager, sns, sqs, ssm, sts)
}


def wanted(call: ApiCall, state: MotoState) -> list[Wanted]:
    """What a call asks for; nothing when everybody may make it."""
    if call.service in SERVICES:
        return SERVICES[call.service].wanted(call, state)
    return [Wanted(f"{call.service}:{call.operation}", ANY)]
