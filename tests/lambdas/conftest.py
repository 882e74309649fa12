"""Functions loaded as Lambda loads them, in an AWS account that moto holds in memory."""

import importlib
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from tests.lambdas.aws_events import ACCOUNT, REGION, Context, Json, queue_batch

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

LAMBDAS = Path(__file__).parents[2] / "lambdas"
LAYER = LAMBDAS / "shop_layer" / "python"

TABLES = {
    "Reservations": "order_id",
    "Invoices": "order_id",
    "Returns": "return_id",
    "Tickets": "question_id",
    "Stock": "sku",
    "Sales": "order_id",
    "SupplyPlans": "alert_id",
    "FiledReturns": "return_id",
    "Idempotency": "id",
    "Incidents": "subject",
}
QUEUE_URL = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}"
MOVEMENTS = f"arn:aws:sns:{REGION}:{ACCOUNT}:StockMovements.fifo"
NOTICES = f"arn:aws:sns:{REGION}:{ACCOUNT}:Notices"

INVOICING = {"INVOICES_TABLE": "Invoices", "IDEMPOTENCY_TABLE": "Idempotency"}
ENVIRONMENTS = {
    "reserve_stock": {
        "RESERVATIONS_TABLE": "Reservations",
        "MOVEMENTS_TOPIC_ARN": MOVEMENTS,
        "IDEMPOTENCY_TABLE": "Idempotency",
    },
    "open_invoice": INVOICING,
    "record_payment": INVOICING,
    "refund_order": INVOICING,
    "receive_return": {
        "RETURNS_TABLE": "Returns",
        "MOVEMENTS_TOPIC_ARN": MOVEMENTS,
        "IDEMPOTENCY_TABLE": "Idempotency",
    },
    "open_ticket": {
        "TICKETS_TABLE": "Tickets",
        "NOTICES_TOPIC_ARN": NOTICES,
        "IDEMPOTENCY_TABLE": "Idempotency",
    },
    "thank_customer": {"CARE_QUEUE_URL": f"{QUEUE_URL}/Care", "IDEMPOTENCY_TABLE": "Idempotency"},
    "reorder_stock": {
        "PURCHASE_ORDERS_QUEUE_URL": f"{QUEUE_URL}/PurchaseOrders",
        "IDEMPOTENCY_TABLE": "Idempotency",
    },
    "track_stock": {"STOCK_TABLE": "Stock"},
    "write_incident": {"INCIDENTS_TABLE": "Incidents"},
    "check_health": {"METRIC_NAMESPACE": "Shop/Operations"},
    "record_sale": {"SALES_TABLE": "Sales"},
    "plan_supply": {"SUPPLY_PLANS_TABLE": "SupplyPlans"},
    "index_order": {"INDEX_NAME": "orders"},
    "translate_sale": {},
    "file_return": {"FILED_RETURNS_TABLE": "FiledReturns"},
    "take_webhook": {
        "WEBHOOK_SECRET_ARN": "carrier-webhooks",
        "BUS_NAME": "commerce",
        "IDEMPOTENCY_TABLE": "Idempotency",
    },
}


class Account:
    """The shop's tables, topics and queues. Everything published to a topic arrives in a queue of its name."""

    def __init__(self) -> None:
        self._dynamodb = boto3.resource("dynamodb")
        self._sqs = boto3.client("sqs")
        sns = boto3.client("sns")
        for name, key in TABLES.items():
            self._dynamodb.create_table(
                TableName=name,
                KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            )
        fifo = {"FifoTopic": "true", "ContentBasedDeduplication": "false"}
        sns.create_topic(Name="StockMovements.fifo", Attributes=fifo)
        sns.create_topic(Name="Notices")
        self._sqs.create_queue(QueueName="StockMovements.fifo", Attributes={"FifoQueue": "true"})
        # A standard queue behind the FIFO topic drops no duplicates: it shows each time somebody published.
        for queue in ("Care", "PurchaseOrders", "Notices", "StockMovements"):
            self._sqs.create_queue(QueueName=queue)
        for topic, queue in ((NOTICES, "Notices"), (MOVEMENTS, "StockMovements"), (MOVEMENTS, "StockMovements.fifo")):
            sns.subscribe(
                TopicArn=topic,
                Protocol="sqs",
                Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}",
                Attributes={"RawMessageDelivery": "true"},
            )

    def table(self, name: str) -> "Table":
        """The table itself, to change what stands in it."""
        return self._dynamodb.Table(name)

    def items(self, name: str) -> list[Json]:
        """All items of a table."""
        return list(self.table(name).scan()["Items"])

    def item(self, name: str, key: str) -> Json:
        """The item with this key, empty when there is none."""
        return dict(self.table(name).get_item(Key={TABLES[name]: key}).get("Item", {}))

    def forget_work_done(self) -> None:
        """As if the functions had died before noting that their work is done, or had done it too long ago."""
        with self.table("Idempotency").batch_writer() as batch:
            for item in self.items("Idempotency"):
                batch.delete_item(Key={"id": item["id"]})

    def take(self, queue: str) -> list[Json]:
        """Takes all messages out of a queue."""
        url, taken = f"{QUEUE_URL}/{queue}", []
        while messages := self._sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["All"],
        ).get("Messages"):
            for message in messages:
                taken.append(dict(message))
                self._sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return taken

    def take_bodies(self, queue: str) -> list[Json]:
        """Takes all messages out of a queue; their bodies, which are JSON."""
        return [json.loads(message["Body"]) for message in self.take(queue)]


@dataclass(frozen=True)
class Function:
    """A function in a warm worker."""

    name: str
    handler: ModuleType

    def invoke(self, event: Json | list[Json]) -> Any:  # noqa: ANN401 - any JSON value
        """Its handler's answer to an event."""
        return self.handler.handle(event, Context(self.name))

    def receive(self, *bodies: str) -> list[str]:
        """Invokes it with a batch of its standard queue; the ids of the messages that failed.

        The messages' ids are `message-1`, `message-2` and so on.
        """
        batch = queue_batch({f"message-{number}": body for number, body in enumerate(bodies, 1)})
        return failed(self.invoke(batch))


def failed(answer: Json) -> list[str]:
    """The message ids that a partial batch response names."""
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


class Functions:
    """Loads functions by name, each with its own environment and its own modules."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def load(self, name: str, **changes: str) -> Function:
        """A cold start: the handler module freshly imported under the function's environment."""
        for variable in {variable for environment in ENVIRONMENTS.values() for variable in environment}:
            self._monkeypatch.delenv(variable, raising=False)
        for variable, value in (ENVIRONMENTS[name] | {"AWS_LAMBDA_FUNCTION_NAME": name} | changes).items():
            self._monkeypatch.setenv(variable, value)
        return Function(name, module_of(name, "handler"))


def module_of(folder: str, name: str) -> ModuleType:
    """One module of a function's folder (or of the layer), freshly imported with all that it needs of ours."""
    with code_of(LAMBDAS / folder):
        return importlib.import_module(name)


@contextmanager
def code_of(folder: Path) -> Iterator[None]:
    """The function's folder and the layer first on the path, as in Lambda; afterwards nothing of them is left.

    The plain names (`handler`, `shop`) are free again for the next function, and so are the loggers: Powertools
    would otherwise write to the standard output of the test that loaded the function first.
    """
    path = sys.path.copy()
    sys.path[:0] = [str(folder), str(LAYER)]
    try:
        yield
    finally:
        sys.path[:] = path
        for name, module in list(sys.modules.items()):
            if str(getattr(module, "__file__", None) or "").startswith(f"{LAMBDAS}/"):
                del sys.modules[name]
        for function in ENVIRONMENTS:
            logging.Logger.manager.loggerDict.pop(function, None)


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_SESSION_TOKEN": "testing",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_CONFIG_FILE": "/nowhere",
        "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
        "MOTO_ACCOUNT_ID": ACCOUNT,
        "POWERTOOLS_LOG_LEVEL": "INFO",
    }.items():
        monkeypatch.setenv(variable, value)
    for variable in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_XRAY_DAEMON_ADDRESS", "POWERTOOLS_IDEMPOTENCY_DISABLED"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def account(_credentials: None) -> Iterator[Account]:
    """An AWS account with the shop's resources, all empty."""
    with mock_aws():
        yield Account()


@pytest.fixture
def functions(
    account: Account,  # noqa: ARG001 - a function makes its clients when it is loaded, so the account must be there
    monkeypatch: pytest.MonkeyPatch,
) -> Functions:
    """The shop's functions, to load by name; they work on `account`."""
    return Functions(monkeypatch)


class Log:
    """What the functions wrote to their log."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def lines(self) -> list[Json]:
        """The lines since the last call."""
        return [json.loads(line) for line in self._capsys.readouterr().out.splitlines()]

    def failures(self) -> dict[str, str]:
        """Message id to reason, of those that failed since the last call."""
        return {line["message_id"]: line["reason"] for line in self.lines() if line["message"] == "Message failed"}


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Log:
    """Ask for it before `functions`: a function writes where standard output led when it was loaded."""
    return Log(capsys)
