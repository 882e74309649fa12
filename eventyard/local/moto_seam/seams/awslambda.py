"""Lambda: functions run in workers, and keep everything that was said about them."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.models import EventSourceMapping, FunctionUrlConfig, LambdaBackend, LambdaFunction
from moto.awslambda.policy import Policy
from moto.awslambda.utils import get_backend
from moto.sqs.models import sqs_backends

from eventyard.local.door import ApiError, check_model
from eventyard.local.door.mappings import check_mapping, check_patience
from eventyard.local.moto_seam._records import Arn
from eventyard.local.moto_seam.seams._seam import CHANGED, Moto, RefusedError, Seam, then_changed

if TYPE_CHECKING:
    from eventyard.local.moto_seam.seams._seam import Listener

# What moto neither keeps nor shows, and GetFunctionConfiguration has under the same name.
_SHOWN = ("DeadLetterConfig", "LoggingConfig", "TracingConfig")


def _function_init(original: Moto, _listener: Listener) -> Moto:
    def init(self: Moto, account_id: str, spec: dict[str, Any], region: str, version: str | int = 1) -> None:
        original(self, account_id, spec, region, version)
        self.eventyard_spec = {name: value for name, value in spec.items() if name != "Code"}

    return init


def _function_update(original: Moto, listener: Listener) -> Moto:
    def update_configuration(self: Moto, config_updates: dict[str, Any]) -> Moto:
        self.eventyard_spec.update(config_updates)
        if "EphemeralStorage" in config_updates:
            self.ephemeral_storage = config_updates["EphemeralStorage"]["Size"]
        answer = original(self, config_updates)
        listener.changed()
        return answer

    return update_configuration


def _configuration(original: Moto, _listener: Listener) -> Moto:
    def get_configuration(self: Moto, on_create: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002  # moto's signature
        found = {name: self.eventyard_spec[name] for name in _SHOWN if self.eventyard_spec.get(name)}
        return {**original(self, on_create), **found}

    return get_configuration


def _layers(_original: Moto, _listener: Listener) -> Moto:
    def layers(self: Moto, layers_versions_arns: list[str]) -> list[dict[str, Any]]:
        backend = get_backend(self.account_id, self.region)
        found = [(arn, backend.layers_versions_by_arn(arn)) for arn in layers_versions_arns]
        # Kept: a version that is deleted meanwhile stays with the functions that have it. Another account's layer has
        # no content here; its ARN stays visible.
        self.eventyard_layers = [layer for _, layer in found if layer]
        return [{"Arn": arn, "CodeSize": layer.code_size if layer else 0} for arn, layer in found]

    return layers


def _function_invoke(_original: Moto, listener: Listener) -> Moto:
    def invoke(self: Moto, body: Moto, request_headers: Moto, response_headers: Moto) -> bytes:
        kind = request_headers.get("x-amz-invocation-type") or request_headers.get("X-Amz-Invocation-Type")
        payload = body.encode() if isinstance(body, str) else (body or b"")
        try:
            answer, error, log = listener.invoke(self.function_arn, payload or b"{}", kind or "RequestResponse")
        except RefusedError as refused:
            raise LambdaClientError("InvalidRequestContentException", str(refused)) from None
        if error:
            response_headers["x-amz-function-error"] = error
        response_headers["x-amz-log-result"] = base64.b64encode(log.encode()[-4096:]).decode()
        response_headers["x-amz-executed-version"] = str(self.version)
        return answer

    return invoke


def _put_invoke_config(original: Moto, listener: Listener) -> Moto:
    def put(self: Moto, function_name: str, config: dict[str, Any]) -> Moto:
        # moto adds it to those before, and goes on answering the first.
        self.get_function(function_name).event_invoke_config.clear()
        answer = original(self, function_name, config)
        listener.changed()
        return answer

    return put


def _url_init(original: Moto, _listener: Listener) -> Moto:
    def init(self: Moto, function: Moto, config: dict[str, Any]) -> None:
        original(self, function, config)
        self.url += "/"

    return init


def _url_conditions(original: Moto, _listener: Listener) -> Moto:
    def condition_merge(self: Moto, obj: dict[str, Any]) -> None:
        """https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html, "Using the NONE auth type"."""
        original(self, obj)
        auth, via_url = obj.pop("FunctionUrlAuthType", None), obj.pop("InvokedViaFunctionUrl", None)
        conditions = obj.get("Condition", {})
        if auth is not None:
            conditions.setdefault("StringEquals", {})["lambda:FunctionUrlAuthType"] = auth
        if via_url is not None:
            conditions["Bool"] = {"lambda:InvokedViaFunctionUrl": str(via_url).lower()}
        if conditions:
            obj["Condition"] = conditions

    return condition_merge


def _mapped(original: Moto, listener: Listener) -> Moto:
    def create(self: Moto, spec: dict[str, Any]) -> Moto:
        source = str(spec.get("EventSourceArn") or "")
        _check("CreateEventSourceMapping", spec, spec, source)
        _check_patience(self, source, spec.get("FunctionName"))
        _check_role(self, listener, source, spec.get("FunctionName"))
        mapping = original(self, spec)
        listener.changed()
        listener.mapped(mapping.event_source_arn)
        return mapping

    return create


def _remapped(original: Moto, listener: Listener) -> Moto:
    def update(self: Moto, uuid: str, spec: dict[str, Any]) -> Moto:
        if present := self.get_event_source_mapping(uuid):
            after = {**present.get_configuration(), **spec}
            _check("UpdateEventSourceMapping", {"UUID": uuid, **spec}, after, present.event_source_arn)
            _check_patience(self, present.event_source_arn, spec.get("FunctionName") or present.function_arn)
        mapping = original(self, uuid, spec)
        listener.changed()
        if mapping is not None:
            listener.mapped(mapping.event_source_arn)
        return mapping

    return update


def _check(operation: str, request: dict[str, Any], mapping: dict[str, Any], source: str) -> None:
    try:
        check_model("lambda", operation, request)
        check_mapping(mapping, source)
    except ApiError as refused:
        raise LambdaClientError(refused.code, refused.message) from None


def _check_patience(backend: Moto, source: str, function: str | None) -> None:
    queue, found = _ends(backend, source, function)
    if queue is None:
        return
    try:
        check_patience(float(queue.visibility_timeout), float(found.timeout))
    except ApiError as refused:
        raise LambdaClientError(refused.code, refused.message) from None


def _check_role(backend: Moto, listener: Listener, source: str, function: str | None) -> None:
    queue, found = _ends(backend, source, function)
    if queue is None:
        return
    try:
        listener.may_map(found.role, source)
    except RefusedError as refused:
        raise LambdaClientError(refused.code, str(refused)) from None


def _ends(backend: Moto, source: str, function: str | None) -> tuple[Moto, Moto]:
    """A mapping's queue, None where it has another source, and its function. moto refuses one that is not there."""
    arn = Arn.parse(source)
    if arn.service != "sqs" or not function:
        return None, None
    queue: Moto = sqs_backends[arn.account][arn.region].queues.get(arn.resource)
    return queue, backend._lambdas.get_function_by_name_or_arn_with_qualifier(function)


SEAMS = (
    Seam(LambdaFunction, "__init__", ("self", "account_id", "spec", "region", "version"), "keeps all", _function_init),
    Seam(LambdaFunction, "update_configuration", ("self", "config_updates"), "keeps all", _function_update),
    Seam(LambdaFunction, "get_configuration", ("self", "on_create"), "shows all", _configuration),
    Seam(LambdaFunction, "update_function_code", ("self", "updated_spec"), CHANGED, then_changed),
    Seam(LambdaFunction, "_get_layers_data", ("self", "layers_versions_arns"), "public layers", _layers),
    Seam(
        LambdaFunction,
        "invoke",
        ("self", "body", "request_headers", "response_headers"),
        "functions run in workers, without Docker",
        _function_invoke,
    ),
    Seam(
        LambdaBackend,
        "put_function_event_invoke_config",
        ("self", "function_name", "config"),
        "the new configuration replaces the old",
        _put_invoke_config,
    ),
    Seam(FunctionUrlConfig, "__init__", ("self", "function", "config"), "its URL ends with a slash", _url_init),
    Seam(Policy, "condition_merge", ("self", "obj"), "permissions of function URLs are conditions", _url_conditions),
    Seam(LambdaBackend, "delete_function_event_invoke_config", ("self", "function_name"), CHANGED, then_changed),
    Seam(LambdaBackend, "delete_function", ("self", "function_name", "qualifier"), CHANGED, then_changed),
    Seam(LambdaBackend, "create_event_source_mapping", ("self", "spec"), "polling begins", _mapped),
    Seam(LambdaBackend, "update_event_source_mapping", ("self", "uuid", "spec"), "or goes on", _remapped),
    Seam(LambdaBackend, "delete_event_source_mapping", ("self", "uuid"), CHANGED, then_changed),
    Seam(EventSourceMapping, "delete", ("self", "account_id", "region_name"), CHANGED, then_changed),
)
