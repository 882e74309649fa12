"""The shop, its analytics and its partner: three accounts, each deployed by stacks of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.shop.conftest import teller
from tests.shop.parts import part

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from eventyard.local import LocalCloud

SHOP, ANALYTICS, PARTNER = "111111111111", "222222222222", "333333333333"
SENDER, RECEIVERS, SUBSCRIBER = ("CommerceBus", "OrderSharing"), ("AnalyticsMirror", "PartnerDesk"), ("PartnerNews",)
STACKS = (*SENDER, *RECEIVERS, *SUBSCRIBER)

Item = dict[str, Any]


@dataclass(frozen=True)
class Accounts:
    """The three accounts, as their people see them."""

    cloud: LocalCloud

    def tell(self, detail_type: str, detail: Item) -> str:
        """A producer of the shop publishes an event; everything comes to rest; the event's id."""
        return teller(self.cloud)(detail_type, detail)

    def sales(self) -> list[Item]:
        """What analytics has recorded."""
        return self._items("AnalyticsMirror", "SalesTableName", ANALYTICS, "eu-west-1")

    def plans(self) -> list[Item]:
        """What the partner has planned."""
        return self._items("PartnerDesk", "SupplyPlansTableName", PARTNER, "us-east-1")

    def filed(self) -> list[Item]:
        """The returns that the partner has filed."""
        return self._items("PartnerNews", "FiledReturnsTableName", PARTNER, "us-east-1")

    def orders(self) -> list[Item]:
        """What the partner finds in its queue of orders: whole events."""
        return self._taken(self._output("PartnerDesk", "OrdersQueueUrl", PARTNER), PARTNER)

    def refunds(self) -> list[Item]:
        """What the partner finds in its queue of refunds: whole events."""
        return self._taken(self._output("PartnerNews", "RefundsQueueUrl", PARTNER), PARTNER)

    def dead_letters(self, of: str) -> list[Item]:
        """The attributes of the dead letters in the shop's queue whose name contains `of`."""
        sqs = self.cloud.client("sqs")
        (url,) = [url for url in sqs.list_queues()["QueueUrls"] if of in url and "DeadLetters" in url]
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
        letters = [message["MessageAttributes"] for message in found.get("Messages", [])]
        return [{name: value["StringValue"] for name, value in letter.items()} for letter in letters]

    def redeploy(self, assembly: Path, into: Path, stack: str, change: Callable[[Item], None]) -> None:
        """An account deploys a stack of its own again, with a template that it has changed."""
        folder = part(assembly, into / f"{stack}-{change.__name__}", stack)
        path = folder / f"{stack}.template.json"
        template = json.loads(path.read_text())
        change(template)
        path.unlink()
        path.write_text(json.dumps(template))
        self.cloud.deploy(folder)

    def _items(self, stack: str, output: str, account: str, region: str) -> list[Item]:
        table = self._output(stack, output, account, region)
        dynamodb = self.cloud.client("dynamodb", account=account, region=region)
        return [
            {name: next(iter(value.values())) for name, value in item.items()}
            for item in dynamodb.scan(TableName=table)["Items"]
        ]

    def _taken(self, url: str, account: str) -> list[Item]:
        sqs = self.cloud.client("sqs", account=account)
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"]) for message in found]

    def _output(self, stack: str, name: str, account: str, region: str = "us-east-1") -> str:
        described = self.cloud.client("cloudformation", account=account, region=region).describe_stacks(StackName=stack)
        outputs = {each["OutputKey"]: each["OutputValue"] for each in described["Stacks"][0]["Outputs"]}
        return str(outputs[name])
