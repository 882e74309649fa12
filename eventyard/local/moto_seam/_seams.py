"""The seams: each names a function of moto's, what it takes, why we step in, and what stands there instead.

`tests/local/test_moto_seam.py` holds every seam against the installed moto, so that a new release that moves one
fails there, by name, and not in somebody's deployment.
"""

from __future__ import annotations

import base64
import contextlib
import inspect
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

import moto.cloudformation.parsing
import moto.core.utils
import moto.iam.models
from moto.awslambda.models import EventSourceMapping, LambdaBackend, LambdaFunction
from moto.events.exceptions import InvalidEventPatternException
from moto.events.models import EventPatternParser, EventsBackend, Rule
from moto.sns.exceptions import SNSInvalidParameter
from moto.sns.models import SNSBackend, Topic
from moto.sqs.models import Queue, SQSBackend

from eventyard.errors import PatternError
from eventyard.local.moto_seam._models import Failed, SkippedError
from eventyard.patterns import EventPattern, FilterPolicy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from eventyard.local.moto_seam._state import Carried

# moto's own objects and functions: untyped, and ours to handle with care.
Moto = Any

# How long a FIFO queue remembers what it had:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html
DEDUPLICATION_SECONDS = 300


class Listener(Protocol):
    """What moto tells the local cloud, and asks it to do in its place."""

    def now(self) -> float:
        """Seconds since the epoch."""

    def account_of(self, access_key: str) -> str | None:
        """The account that an access key belongs to; None leaves it to moto (assumed roles, users' keys)."""

    def put_events(self, account: str, region: str, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """PutEvents; answers its `Entries`."""

    def replayed(self, rule: str, event: dict[str, Any]) -> None:
        """A replay hands an archived event to a rule (an ARN)."""

    def publish(self, topic: str, message: Mapping[str, Any]) -> str:
        """Publish to a topic (an ARN); answers the MessageId."""

    def message_added(self, queue: str, message_id: str, body: str) -> Carried:
        """Somebody put a message into a queue (an ARN) through the API."""

    def message_waits(self, queue: str) -> None:
        """A queue (an ARN) has a message more."""

    def redriven(self, message_id: str, source: str, target: str) -> None:
        """A queue moved a message to its dead-letter queue (both ARNs): it was received too often."""

    def waiting(self, seconds: float, found: Callable[[], bool]) -> None:
        """A consumer waits up to `seconds` for a message: do what is due, until `found` says that one is there."""

    def invoke(self, function: str, payload: bytes, kind: str) -> tuple[bytes, str | None, str]:
        """Invoke; answers payload, FunctionError (None: none) and log."""

    def changed(self) -> None:
        """Rules, targets, subscriptions or mappings changed: forget what was derived from them."""

    def model(self, type_: str) -> type[Any] | None:
        """Our CloudFormation model for a resource type, if we have one."""

    def problem(self, stack: str, logical_id: str, type_: str, error: Exception) -> None:
        """A resource could not be made."""


@dataclass(frozen=True, slots=True)
class Seam:
    """`owner.name` of moto, taking `parameters`, replaced by what `make(original, listener)` returns."""

    owner: Moto
    name: str
    parameters: tuple[str, ...]
    why: str
    make: Callable[[Any, Listener], Any]

    @property
    def label(self) -> str:
        """`moto.events.models.EventsBackend.put_events`."""
        where = getattr(self.owner, "__qualname__", "")
        module = getattr(self.owner, "__module__", self.owner.__name__)
        return ".".join(part for part in (module, where, self.name) if part)

    def actual_parameters(self) -> tuple[str, ...]:
        """What the installed moto's function takes."""
        return tuple(inspect.signature(getattr(self.owner, self.name)).parameters)


@contextlib.contextmanager
def installed(listener: Listener) -> Iterator[None]:
    """All seams in; out again at the end, whatever happened."""
    originals = [(seam, seam.owner.__dict__[seam.name]) for seam in SEAMS]
    real_clock = moto.core.utils.utcnow
    try:
        for seam, original in originals:
            setattr(seam.owner, seam.name, seam.make(original, listener))
        _replace_everywhere(real_clock, moto.core.utils.utcnow)
        yield
    finally:
        _replace_everywhere(moto.core.utils.utcnow, real_clock)
        for seam, original in reversed(originals):
            setattr(seam.owner, seam.name, original)


def _replace_everywhere(old: Moto, new: Moto) -> None:
    """Most of moto's modules hold `utcnow` by a name of their own, those imported in the meantime too."""
    for name, module in list(sys.modules.items()):
        if name.startswith("moto.") and getattr(module, "utcnow", None) is old:
            module.__dict__["utcnow"] = new


def _then_changed(original: Moto, listener: Listener) -> Moto:
    def call(*args: Moto, **more: Moto) -> Moto:
        answer = original(*args, **more)
        listener.changed()
        return answer

    return call


def _utcnow(_original: Moto, listener: Listener) -> Moto:
    return lambda: datetime.fromtimestamp(listener.now(), UTC).replace(tzinfo=None)


def _account(original: Moto, listener: Listener) -> Moto:
    return lambda access_key: listener.account_of(access_key) or original(access_key)


def _put_events(_original: Moto, listener: Listener) -> Moto:
    return lambda self, events: listener.put_events(self.account_id, self.region_name, events)


def _send_to_targets(_original: Moto, listener: Listener) -> Moto:
    def send_to_targets(self: Moto, original_event: Moto, transform_input: bool = True) -> None:  # noqa: ARG001, FBT001, FBT002  # moto's signature
        if not self.managed_by:
            listener.replayed(self.arn, original_event)

    return send_to_targets


def _validate_event_pattern(_original: Moto, _listener: Listener) -> Moto:
    def validate(self: Moto, pattern: Moto) -> None:  # noqa: ARG001  # moto's signature
        try:
            EventPattern.parse(pattern)
        except PatternError as error:
            raise InvalidEventPatternException(reason=str(error)) from None

    return validate


def _validate_filter_policy(_original: Moto, _listener: Listener) -> Moto:
    def validate(self: Moto, value: Moto, scope: str | None) -> None:  # noqa: ARG001  # moto's signature
        try:
            FilterPolicy.parse(value, scope="MessageBody" if scope == "MessageBody" else "MessageAttributes")
        except PatternError as error:
            raise SNSInvalidParameter(f"FilterPolicy: {error}") from None

    return validate


def _topic_publish(_original: Moto, listener: Listener) -> Moto:
    def publish(
        self: Moto,
        message: str,
        subject: str | None = None,
        message_attributes: dict[str, Any] | None = None,
        group_id: str | None = None,
        deduplication_id: str | None = None,
        message_structure: str | None = None,
    ) -> str:
        return listener.publish(
            self.arn,
            {
                "message": message,
                "subject": subject,
                "attributes": {name: _attribute(value) for name, value in (message_attributes or {}).items()},
                "group": group_id,
                "deduplication": deduplication_id,
                "structure": message_structure,
            },
        )

    return publish


def _attribute(value: dict[str, Any]) -> dict[str, Any]:
    kind = value["Type"]
    return {"DataType": kind, "BinaryValue" if kind.startswith("Binary") else "StringValue": value["Value"]}


def _add_message(_original: Moto, listener: Listener) -> Moto:
    def add_message(self: Moto, message: Moto) -> None:
        came_from = getattr(message, "eventyard_queue", None)
        if came_from is None and self.fifo_queue and _is_duplicate(self, message, listener.now()):
            return
        if not hasattr(message, "eventyard_carried"):
            message.eventyard_carried = listener.message_added(self.queue_arn, message.id, message.body)
        message.eventyard_queue = self.queue_arn
        if came_from is not None:
            # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html:
            # the message keeps its send time; it is visible at once.
            message.visible_at = 0.0
            listener.redriven(message.id, came_from, self.queue_arn)
        with self._messages_lock:
            self._messages.append(message)
            self._messages_lock.notify_all()
        listener.message_waits(self.queue_arn)

    return add_message


def _is_duplicate(queue: Moto, message: Moto, now: float) -> bool:
    seen: dict[str, float] = queue.__dict__.setdefault("eventyard_seen", {})
    for old in [key for key, moment in seen.items() if now - moment >= DEDUPLICATION_SECONDS]:
        del seen[old]
    scope = message.group_id if getattr(queue, "deduplication_scope", "queue") == "messageGroup" else ""
    key = f"{scope}\0{message.deduplication_id}"
    if message.deduplication_id is None or key in seen:
        return message.deduplication_id is not None
    seen[key] = now
    return False


def _receive_message(original: Moto, listener: Listener) -> Moto:
    def receive_message(
        self: Moto,
        queue_name: str,
        count: int,
        wait_seconds_timeout: int,
        visibility_timeout: int,
        message_attribute_names: list[str] | None = None,
    ) -> Moto:
        queue = self.get_queue(queue_name)
        listener.waiting(float(wait_seconds_timeout or 0), lambda: bool(queue.messages))
        return original(self, queue_name, count, 0, visibility_timeout, message_attribute_names)

    return receive_message


def _function_init(original: Moto, _listener: Listener) -> Moto:
    def init(self: Moto, account_id: str, spec: dict[str, Any], region: str, version: str | int = 1) -> None:
        original(self, account_id, spec, region, version)
        self.eventyard_spec = {name: value for name, value in spec.items() if name != "Code"}

    return init


def _function_update(original: Moto, _listener: Listener) -> Moto:
    def update_configuration(self: Moto, config_updates: dict[str, Any]) -> Moto:
        self.eventyard_spec.update(config_updates)
        return original(self, config_updates)

    return update_configuration


def _layers(_original: Moto, _listener: Listener) -> Moto:
    def layers(self: Moto, layers_versions_arns: list[str]) -> list[dict[str, Any]]:
        from moto.awslambda.utils import get_backend  # noqa: PLC0415  # moto's own way round an import cycle

        backend = get_backend(self.account_id, self.region)
        found = [(arn, backend.layers_versions_by_arn(arn)) for arn in layers_versions_arns]
        # Another account's layer has no content here; its ARN stays visible.
        return [{"Arn": arn, "CodeSize": layer.code_size if layer else 0} for arn, layer in found]

    return layers


def _function_invoke(_original: Moto, listener: Listener) -> Moto:
    def invoke(self: Moto, body: Moto, request_headers: Moto, response_headers: Moto) -> bytes:
        kind = request_headers.get("x-amz-invocation-type") or request_headers.get("X-Amz-Invocation-Type")
        payload = body.encode() if isinstance(body, str) else (body or b"")
        answer, error, log = listener.invoke(self.function_arn, payload or b"{}", kind or "RequestResponse")
        if error:
            response_headers["x-amz-function-error"] = error
        response_headers["x-amz-log-result"] = base64.b64encode(log.encode()[-4096:]).decode()
        response_headers["x-amz-executed-version"] = str(self.version)
        return answer

    return invoke


def _resource_class(original: Moto, listener: Listener) -> Moto:
    def resource_class(resource_type: str) -> Moto:
        return listener.model(resource_type) or (original(resource_type) if emulated(resource_type) else None)

    return resource_class


def _name_property(original: Moto, listener: Listener) -> Moto:
    def name_property(resource_type: str) -> str | None:
        ours = listener.model(resource_type)
        return str(ours.cloudformation_name_type()) if ours else original(resource_type)

    return name_property


def _create_resource(original: Moto, listener: Listener) -> Moto:
    def create(logical_id: str, resource_json: Moto, resources_map: Moto, account_id: str, region_name: str) -> Moto:
        type_ = resource_json["Type"]
        if moto.cloudformation.parsing.resource_class_from_type(type_) is None:
            return None  # the deployment lists it
        try:
            return original(logical_id, resource_json, resources_map, account_id, region_name)
        except Exception as error:  # noqa: BLE001  # whatever moto or boto3 raises, the rest is to be deployed
            listener.problem(str(resources_map["AWS::StackName"]), logical_id, type_, error)
            return Failed(logical_id, type_)

    return create


def _parse_output(original: Moto, _listener: Listener) -> Moto:
    def output(output_logical_id: str, output_json: Moto, resources_map: Moto) -> Moto:
        try:
            return original(output_logical_id, output_json, resources_map)
        except SkippedError:
            return None

    return output


def emulated(type_: str) -> bool:
    """Whether moto's CloudFormation makes resources of this type (rightly or not: see `local/resources`)."""
    parsing = moto.cloudformation.parsing
    return type_ in parsing.get_model_map() or type_ in parsing.NULL_MODELS or type_.startswith("Custom::")


CHANGED = "what is derived from rules, subscriptions and mappings is forgotten when they change"
SEAMS: tuple[Seam, ...] = (
    Seam(moto.core.utils, "utcnow", (), "moto reads the cloud's clock", _utcnow),
    Seam(moto.iam.models, "get_account_id_from", ("access_key",), "clients choose an account by their key", _account),
    Seam(EventsBackend, "put_events", ("self", "events"), "deliveries are ours", _put_events),
    Seam(Rule, "send_to_targets", ("self", "original_event", "transform_input"), "and a replay's", _send_to_targets),
    Seam(EventPatternParser, "_validate_event_pattern", ("self", "pattern"), "one matcher", _validate_event_pattern),
    Seam(SNSBackend, "_validate_filter_policy", ("self", "value", "scope"), "one matcher", _validate_filter_policy),
    Seam(
        Topic,
        "publish",
        ("self", "message", "subject", "message_attributes", "group_id", "deduplication_id", "message_structure"),
        "deliveries are ours",
        _topic_publish,
    ),
    Seam(Queue, "add_message", ("self", "message"), "pollers and deduplication are ours", _add_message),
    Seam(
        SQSBackend,
        "receive_message",
        ("self", "queue_name", "count", "wait_seconds_timeout", "visibility_timeout", "message_attribute_names"),
        "waiting for a message passes the cloud's time, not yours",
        _receive_message,
    ),
    Seam(LambdaFunction, "__init__", ("self", "account_id", "spec", "region", "version"), "keeps all", _function_init),
    Seam(LambdaFunction, "update_configuration", ("self", "config_updates"), "keeps all", _function_update),
    Seam(LambdaFunction, "_get_layers_data", ("self", "layers_versions_arns"), "public layers", _layers),
    Seam(
        LambdaFunction,
        "invoke",
        ("self", "body", "request_headers", "response_headers"),
        "functions run in workers, without Docker",
        _function_invoke,
    ),
    Seam(moto.cloudformation.parsing, "resource_class_from_type", ("resource_type",), "our types", _resource_class),
    Seam(moto.cloudformation.parsing, "resource_name_property_from_type", ("resource_type",), "same", _name_property),
    Seam(
        moto.cloudformation.parsing,
        "parse_and_create_resource",
        ("logical_id", "resource_json", "resources_map", "account_id", "region_name"),
        "a resource that fails has a name, and the rest is deployed",
        _create_resource,
    ),
    Seam(
        moto.cloudformation.parsing,
        "parse_output",
        ("output_logical_id", "output_json", "resources_map"),
        "an output of a failed resource is left out",
        _parse_output,
    ),
    *(
        Seam(owner, name, parameters, CHANGED, _then_changed)
        for owner, name, parameters in (
            (
                EventsBackend,
                "put_rule",
                (
                    "self",
                    "name",
                    "description",
                    "event_bus_arn",
                    "event_pattern",
                    "role_arn",
                    "scheduled_expression",
                    "state",
                    "managed_by",
                    "tags",
                ),
            ),
            (Rule, "put_targets", ("self", "targets")),
            (Rule, "remove_targets", ("self", "ids")),
            (Rule, "enable", ("self",)),
            (Rule, "disable", ("self",)),
            (EventsBackend, "delete_rule", ("self", "name", "event_bus_arn")),
            (EventsBackend, "delete_event_bus", ("self", "name")),
            (EventsBackend, "delete_archive", ("self", "name")),
            (SNSBackend, "subscribe", ("self", "topic_arn", "endpoint", "protocol")),
            (SNSBackend, "unsubscribe", ("self", "subscription_arn")),
            (SNSBackend, "set_subscription_attributes", ("self", "arn", "name", "value")),
            (SNSBackend, "delete_topic", ("self", "arn")),
            (LambdaBackend, "create_event_source_mapping", ("self", "spec")),
            (LambdaBackend, "update_event_source_mapping", ("self", "uuid", "spec")),
            (LambdaBackend, "delete_event_source_mapping", ("self", "uuid")),
            (EventSourceMapping, "delete", ("self", "account_id", "region_name")),
        )
    ),
)
