"""Where buses' own logs go: delivery sources, deliveries and delivery destinations of CloudWatch Logs."""

from __future__ import annotations

from moto.events.models import events_backends
from moto.logs.models import logs_backends

from eventyard.local.moto_seam._records import Arn, BusLogging

_KIND = "_LOGS"


class LogDeliveryState:
    """What is read of vended logs."""

    def bus_logging(self, bus: str) -> BusLogging | None:
        """How a bus (an ARN) is logged; None where it is not.

        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-logs.html: a delivery source for each
        level, INFO_LOGS say, joined by a delivery to a destination.
        """
        arn = Arn.parse(bus)
        found = events_backends[arn.account][arn.region].event_buses.get(arn.resource.removeprefix("event-bus/"))
        config = getattr(found, "eventyard_log_config", None) or {}
        level = config.get("Level", "OFF")
        logs = logs_backends[arn.account][arn.region]
        sources = {
            name: source.log_type.removesuffix(_KIND)
            for name, source in logs.delivery_sources.items()
            if bus in source.resource_arns
        }
        destinations = {
            one.arn: str(one.delivery_destination_configuration["destinationResourceArn"])
            for one in logs.delivery_destinations.values()
            if one.delivery_destination_type == "CWL"
        }
        groups: dict[str, tuple[str, ...]] = {}
        for delivery in logs.deliveries.values():
            kind, group = (
                sources.get(delivery.delivery_source_name),
                destinations.get(delivery.delivery_destination_arn),
            )
            if kind and group:
                groups[kind] = (*groups.get(kind, ()), group)
        return BusLogging(level, config.get("IncludeDetail") == "FULL", groups) if level != "OFF" and groups else None
