"""The policies of resources in moto's state, as JSON texts, and the keys that resources name; addressed by ARN.

Texts and not objects: they are the keys that parsed policies and decisions are kept under, so that a policy that
changes needs nobody to say so.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.awslambda.utils import get_backend as lambda_backend
from moto.events.models import events_backends
from moto.kms.models import kms_backends
from moto.logs.models import logs_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from eventyard.local.moto_seam._buckets import bucket_key, bucket_of, home
from eventyard.local.moto_seam._records import Arn, Key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# moto's own objects: untyped, and ours to handle with care.
Moto = Any

# Keys that AWS makes for its services, one an account and Region: nobody can change their policies.
_AWS_MANAGED = "alias/aws/"


class PolicyState:
    """Every account's resource policies and keys."""

    def resource_policies(self, resource: str) -> tuple[str, ...]:
        """The policies of a queue, topic, bus, function, log group, bucket, secret or key.

        Empty without one, or when there is no such resource. A log group has those of its account and Region.
        """
        arn = Arn.parse(resource)
        return _READERS.get(arn.service, _none)(arn)

    def encryption_key(self, resource: str) -> str:
        """What a queue, topic, bucket, bus or archive names as its key: id, ARN or alias; empty without one."""
        arn = Arn.parse(resource)
        if arn.service == "sqs":
            return str(getattr(_queue(arn), "kms_master_key_id", None) or "")
        if arn.service == "s3":
            return bucket_key(arn)
        if arn.service == "sns":
            return str(getattr(_topic(arn), "kms_master_key_id", None) or "")
        if arn.resource.startswith("archive/"):
            return str(getattr(_archive(arn), "eventyard_key", None) or "")
        if arn.service == "events":
            return str(getattr(_bus(arn), "kms_key_identifier", None) or "")
        return ""

    def key(self, key: str, near: str) -> Key | None:
        """The key that an id, an ARN or an alias means to a resource (an ARN); None without one."""
        place = Arn.parse(key) if key.startswith("arn:") else home(near)
        name = place.resource.removeprefix("key/") if key.startswith("arn:") else key
        if name.startswith(_AWS_MANAGED):
            arn = f"arn:aws:kms:{place.region}:{place.account}:{name}"
            return Key(arn, managed=True, state="Enabled", policy="")
        keys = kms_backends[place.account][place.region].keys
        found = keys.get(name) or next((key for key in list(keys.values()) if name in key.aliases), None)
        if found is None:
            return None
        managed = any(alias.startswith(_AWS_MANAGED) for alias in found.aliases)
        return Key(found.arn, managed=managed, state=found.key_state, policy=found.policy)

    def bus_dead_letters(self, bus: str) -> str:
        """The ARN of a bus's own dead-letter queue; empty without one."""
        config: Mapping[str, str] = getattr(_bus(Arn.parse(bus)), "dead_letter_config", None) or {}
        return config.get("Arn", "")

    def archive_source(self, archive: str) -> str:
        """The ARN of an archive's bus; empty when there is no such archive."""
        return str(getattr(_archive(Arn.parse(archive)), "source_arn", ""))

    def secret(self, secret: str, near: str) -> str:
        """The ARN of a secret that a name or an ARN means in the account and Region of `near`."""
        place = Arn.parse(secret if secret.startswith("arn:") else near)
        found = secretsmanager_backends[place.account][place.region].secrets.get(secret)
        named = secret if secret.startswith("arn:") else f"{near}secret:{secret}"
        return str(found.arn) if found is not None else named


# The resources, and where each service keeps its policies


def _queue(arn: Arn) -> Moto | None:
    return sqs_backends[arn.account][arn.region].queues.get(arn.resource)


def _topic(arn: Arn) -> Moto | None:
    return sns_backends[arn.account][arn.region].topics.get(f"arn:aws:sns:{arn.region}:{arn.account}:{arn.resource}")


def _bus(arn: Arn) -> Moto | None:
    return events_backends[arn.account][arn.region].event_buses.get(arn.resource.removeprefix("event-bus/"))


def _archive(arn: Arn) -> Moto | None:
    return events_backends[arn.account][arn.region].archives.get(arn.resource.removeprefix("archive/"))


def _of_queue(arn: Arn) -> tuple[str, ...]:
    policy = getattr(_queue(arn), "policy", None)
    return (policy,) if policy else ()


def _of_topic(arn: Arn) -> tuple[str, ...]:
    topic = _topic(arn)
    return (topic.policy,) if topic else ()


def _of_bus(arn: Arn) -> tuple[str, ...]:
    # A rule of a bus is its bus's: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-perms.html
    policy = getattr(_bus(arn), "policy", None)
    return (policy,) if policy else ()


def _of_function(arn: Arn) -> tuple[str, ...]:
    """One list for the function, its versions and aliases: each statement's Resource says which."""
    name = arn.resource.removeprefix("function:").partition(":")[0]
    try:
        found = lambda_backend(arn.account, arn.region).get_function(name)
    except Exception:  # noqa: BLE001  # moto raises several unrelated kinds here, all of them meaning "none"
        return ()
    statements = [{**statement, "Principal": _principal(statement)} for statement in found.policy.statements]
    return (json.dumps({"Version": "2012-10-17", "Statement": statements}),) if statements else ()


def _principal(statement: Mapping[str, Any]) -> object:
    """AddPermission takes an account or an ARN as it is; Lambda's policy has it under `AWS`."""
    principal = statement.get("Principal")
    return {"AWS": principal} if isinstance(principal, str) and principal != "*" else principal


def _of_logs(arn: Arn) -> tuple[str, ...]:
    policies = logs_backends[arn.account][arn.region].resource_policies.values()
    return tuple(policy.policy_document for policy in policies)


def _of_bucket(arn: Arn) -> tuple[str, ...]:
    found = bucket_of(arn)
    return (found.policy.decode(),) if found is not None and found.policy else ()


def _of_secret(arn: Arn) -> tuple[str, ...]:
    text = f"arn:aws:secretsmanager:{arn.region}:{arn.account}:{arn.resource}"
    secret = secretsmanager_backends[arn.account][arn.region].secrets.get(text)
    policy = getattr(secret, "policy", None)  # a replica has none of its own
    return (policy,) if policy else ()


def _of_key(arn: Arn) -> tuple[str, ...]:
    found = kms_backends[arn.account][arn.region].keys.get(arn.resource.removeprefix("key/"))
    return (found.policy,) if found is not None else ()


def _none(_arn: Arn) -> tuple[str, ...]:
    return ()


_READERS: dict[str, Callable[[Arn], tuple[str, ...]]] = {
    "events": _of_bus,
    "kms": _of_key,
    "lambda": _of_function,
    "logs": _of_logs,
    "s3": _of_bucket,
    "secretsmanager": _of_secret,
    "sns": _of_topic,
    "sqs": _of_queue,
}
