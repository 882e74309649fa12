"""A bus keeps its LogConfig, which moto drops, and can be the source of vended logs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.events.responses import EventsHandler
from moto.logs.models import DeliverySource, LogsBackend

from eventyard.local.moto_seam.seams._seam import CHANGED, Moto, Seam, then_changed
from eventyard.local.moto_seam.seams.events import check_event_bus, door

if TYPE_CHECKING:
    from eventyard.local.moto_seam.seams._seam import Listener

_CONFIG = "LogConfig"
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-service-specific.html
_LOG_TYPES = frozenset({"ERROR_LOGS", "INFO_LOGS", "TRACE_LOGS"})


def _create(original: Moto, listener: Listener) -> Moto:
    checked = door("CreateEventBus", check_event_bus)(original, listener)

    def create(self: Moto) -> Moto:
        answer = checked(self)
        bus = self.events_backend.event_buses[self._get_param("Name")]
        bus.eventyard_log_config = self._get_param(_CONFIG)
        return answer

    return create


def _describe(original: Moto, _listener: Listener) -> Moto:
    def describe(self: Moto) -> Moto:
        text, headers = original(self)
        answer: dict[str, Any] = json.loads(text)
        bus = self.events_backend.event_buses[answer["Name"]]
        if config := getattr(bus, "eventyard_log_config", None):
            answer[_CONFIG] = config
        return json.dumps(answer), headers

    return describe


def _put_source(original: Moto, _listener: Listener) -> Moto:
    def put(self: Moto, name: str, resource_arn: str, log_type: str, tags: dict[str, str]) -> Moto:
        if ":event-bus/" not in resource_arn or log_type not in _LOG_TYPES:
            return original(self, name, resource_arn, log_type, tags)
        source = DeliverySource(self.account_id, self.region_name, name, resource_arn, log_type, tags)
        self.delivery_sources[name] = source
        if tags:
            self.tag_resource(source.arn, tags)
        return source

    return put


SEAMS = (
    Seam(EventsHandler, "create_event_bus", ("self",), "the door; a bus keeps its LogConfig", _create),
    Seam(EventsHandler, "describe_event_bus", ("self",), "and shows it", _describe),
    Seam(
        LogsBackend,
        "put_delivery_source",
        ("self", "name", "resource_arn", "log_type", "tags"),
        "a bus has logs of its own",
        _put_source,
    ),
    Seam(
        LogsBackend,
        "create_delivery",
        (
            "self",
            "delivery_source_name",
            "delivery_destination_arn",
            "record_fields",
            "field_delimiter",
            "s3_delivery_configuration",
            "tags",
        ),
        CHANGED,
        then_changed,
    ),
    Seam(LogsBackend, "delete_delivery", ("self", "id"), CHANGED, then_changed),
)
