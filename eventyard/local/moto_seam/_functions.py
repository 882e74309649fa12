"""The functions in moto's state, what is mapped to them, and who they are."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from moto.awslambda.models import lambda_backends
from moto.awslambda.utils import get_backend as lambda_backend
from moto.sts.models import sts_backends

from eventyard.local.moto_seam._records import Arn, Function, FunctionUrl, SourceMapping

if TYPE_CHECKING:
    from collections.abc import Iterator

# moto's own objects: untyped, and ours to handle with care.
Moto = Any

# https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html: six hours, unless said otherwise.
_LONGEST_AGE = 21_600


class FunctionState:
    """Every account's functions, by ARN."""

    def __init__(self) -> None:
        super().__init__()
        self._assumed: dict[str, str] = {}

    def function(self, function: str) -> Function | None:
        """The function (or version, or alias) of this ARN as deployed; None without one."""
        arn = Arn.parse(function)
        name, _, qualifier = arn.resource.removeprefix("function:").partition(":")
        try:
            found = lambda_backend(arn.account, arn.region).get_function(name, qualifier or None)
        except Exception:  # noqa: BLE001  # moto raises several unrelated kinds here, all of them meaning "none"
            return None
        return _function(found, arn)

    def functions(self) -> Iterator[str]:
        """The ARNs of all functions."""
        for _, regions in list(lambda_backends.items()):
            for backend in list(regions.values()):
                for found in backend.list_functions():
                    yield f"arn:aws:lambda:{found.region}:{found.account_id}:function:{found.function_name}"

    def function_url(self, url_id: str) -> FunctionUrl | None:
        """The function URL with this id; None without one."""
        for _, regions in list(lambda_backends.items()):
            for backend in list(regions.values()):
                for found in backend.list_functions():
                    config: Moto = found.url_config
                    domain = config.url.split("/")[2] if config else ""
                    if domain.partition(".")[0] == url_id:
                        return FunctionUrl(url_id, domain, found.function_arn, config.config["AuthType"])
        return None

    def assume(self, role: str, session: str, region: str) -> dict[str, str]:
        """Credentials of a role (an ARN), as environment variables; the same role and session have the same ones."""
        digest = base64.b32encode(hashlib.sha256(f"{role}/{session}".encode()).digest()).decode()
        key = f"ASIA{digest[:16]}"
        backend = sts_backends[Arn.parse(role).account]["aws"]
        assumed = backend.get_assumed_role_from_access_key(key)
        if assumed is None:
            assumed = backend.assume_role(region, session, role, "", 3600, "")
            assumed.access_key_id, assumed.session_token = key, digest
            self._assumed[key] = Arn.parse(role).account
        return {
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": digest[16:48],
            "AWS_SESSION_TOKEN": digest,
        }

    def account_of(self, access_key: str) -> str | None:
        """The account of credentials that `assume` gave."""
        return self._assumed.get(access_key)

    def mappings(self, queue: str) -> list[SourceMapping]:
        """The enabled event source mappings of a queue."""
        arn = Arn.parse(queue)
        return [
            SourceMapping(
                mapping.uuid,
                queue,
                mapping.function_arn,
                mapping.batch_size,
                int(mapping.max_batch_window or 0),
                tuple(f["Pattern"] for f in (mapping.filter_criteria or {}).get("Filters", ())),
                "ReportBatchItemFailures" in (mapping.function_response_types or ()),
            )
            for mapping in list(lambda_backends[arn.account][arn.region]._event_source_mappings.values())
            if mapping.event_source_arn == queue and str(mapping.enabled).lower() == "true"
        ]


def _function(found: Moto, arn: Arn) -> Function:
    spec: dict[str, Any] = getattr(found, "eventyard_spec", {})
    config: dict[str, Any] = next((c.config for c in found.event_invoke_config), {})
    destinations: dict[str, Any] = config.get("DestinationConfig", {})
    group = spec.get("LoggingConfig", {}).get("LogGroup", f"/aws/lambda/{found.function_name}")
    return Function(
        arn=found.function_arn,
        name=found.function_name,
        account=arn.account,
        region=arn.region,
        handler=found.handler or "",
        runtime=found.run_time or "",
        role=found.role,
        timeout=float(found.timeout),
        memory=int(found.memory_size),
        environment={name: str(value) for name, value in found.environment_vars.items()},
        code=getattr(found, "code_bytes", b""),
        layers=tuple((layer.arn, layer.code_bytes) for layer in getattr(found, "eventyard_layers", ())),
        log_group=f"arn:aws:logs:{arn.region}:{arn.account}:log-group:{group}",
        dead_letters=spec.get("DeadLetterConfig", {}).get("TargetArn", ""),
        on_failure=destinations.get("OnFailure", {}).get("Destination", ""),
        on_success=destinations.get("OnSuccess", {}).get("Destination", ""),
        retries=int(config.get("MaximumRetryAttempts", 2)),
        event_age=float(config.get("MaximumEventAgeInSeconds", _LONGEST_AGE)),
        concurrency=None if found.reserved_concurrency is None else int(found.reserved_concurrency),
    )
