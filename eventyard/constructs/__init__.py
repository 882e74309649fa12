"""CDK constructs for event-driven systems: safe and durable unless you say otherwise.

::

    bus = Bus(self, "Commerce", name="commerce")
    orders = Topic(self, "Orders")
    bus.route("PlacedOrders", {"source": ["shop.web"], "detail-type": ["OrderPlaced"]}, to=orders)
    Worker(self, "Warehouse", handler="lambdas/reserve_stock",
           listens_to=orders.only({"detail": {"country": ["DE", "FR"]}}))

`Bus`, `Topic`, `Queue` and `Function` *are* the aws-cdk-lib constructs of the same name, with other defaults: every
property of those can be given by its own name and wins. `Route`, `Subscription` and `Worker` join them, and join
native ones just as well. What is in another account is a `RemoteBus`, `RemoteQueue`, `RemoteFunction` or `RemoteTopic`,
known by its name; there, an `Admission` lets it in.

`App` and `Environment` are aws_cdk's own. Import them from here: this package points jsii at its Node first.
"""

from __future__ import annotations

from eventyard.constructs._node import use_bundled_node

use_bundled_node()

# The imports below load aws_cdk, which starts Node: they have to come after the line above.
from aws_cdk import App, Environment  # noqa: E402 (see above)

from eventyard.constructs.acknowledge import acknowledge  # noqa: E402 (see above)
from eventyard.constructs.alarm_admission import admit_alarms  # noqa: E402 (see above)
from eventyard.constructs.api_destination import ApiDestination  # noqa: E402 (see above)
from eventyard.constructs.archive import Archive  # noqa: E402 (see above)
from eventyard.constructs.bucket import Bucket  # noqa: E402 (see above)
from eventyard.constructs.bus import Bus  # noqa: E402 (see above)
from eventyard.constructs.bus_logs import BusLogs, let_logs_encrypt  # noqa: E402 (see above)
from eventyard.constructs.connection import Connection  # noqa: E402 (see above)
from eventyard.constructs.contracts_layer import ContractsLayer  # noqa: E402 (see above)
from eventyard.constructs.crossing import Admission  # noqa: E402 (see above)
from eventyard.constructs.dead_letters import DeadLetterQueue  # noqa: E402 (see above)
from eventyard.constructs.delivery_stream import DeliveryStream  # noqa: E402 (see above)
from eventyard.constructs.function import Function, code_in  # noqa: E402 (see above)
from eventyard.constructs.pipe import Pipe  # noqa: E402 (see above)
from eventyard.constructs.publisher import Publisher  # noqa: E402 (see above)
from eventyard.constructs.queue import Queue  # noqa: E402 (see above)
from eventyard.constructs.remote import (  # noqa: E402 (see above)
    RemoteBus,
    RemoteFunction,
    RemoteQueue,
    RemoteTopic,
)
from eventyard.constructs.replay_pipeline import ReplayPipeline  # noqa: E402 (see above)
from eventyard.constructs.route import Route  # noqa: E402 (see above)
from eventyard.constructs.schema_registry import SchemaRegistry  # noqa: E402 (see above)
from eventyard.constructs.search_pipeline import SearchPipeline  # noqa: E402 (see above)
from eventyard.constructs.selection import Selection  # noqa: E402 (see above)
from eventyard.constructs.storage_pipeline import StoragePipeline  # noqa: E402 (see above)
from eventyard.constructs.subscriber import Subscriber  # noqa: E402 (see above)
from eventyard.constructs.subscription import Subscription  # noqa: E402 (see above)
from eventyard.constructs.topic import Topic  # noqa: E402 (see above)
from eventyard.constructs.watch import Watch  # noqa: E402 (see above)
from eventyard.constructs.webhook_intake import WebhookIntake  # noqa: E402 (see above)
from eventyard.constructs.worker import Worker  # noqa: E402 (see above)

__all__ = [
    "Admission",
    "ApiDestination",
    "App",
    "Archive",
    "Bucket",
    "Bus",
    "BusLogs",
    "Connection",
    "ContractsLayer",
    "DeadLetterQueue",
    "DeliveryStream",
    "Environment",
    "Function",
    "Pipe",
    "Publisher",
    "Queue",
    "RemoteBus",
    "RemoteFunction",
    "RemoteQueue",
    "RemoteTopic",
    "ReplayPipeline",
    "Route",
    "SchemaRegistry",
    "SearchPipeline",
    "Selection",
    "StoragePipeline",
    "Subscriber",
    "Subscription",
    "Topic",
    "Watch",
    "WebhookIntake",
    "Worker",
    "acknowledge",
    "admit_alarms",
    "code_in",
    "let_logs_encrypt",
]
