"""Whom the shop talks to, as servers on this machine: a fulfiller's API, an accountant's endpoint, and carriers."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.local.servers import serving
from tests.uses.sns_receiver import Receiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eventyard.local import Delivery, LocalCloud
    from tests.local.servers import Asked, Server

STACKS = ("CommerceBus", "ShopRecords", "Integrations")
FULFILLER, ACCOUNTANT = "https://fulfiller.example.com", "https://accountant.example.com"
TOKEN = (200, {"Content-Type": "application/json"}, '{"access_token": "t0ken", "expires_in": 3600}')
NOTICE = {
    "id": "n-1",
    "status": "DELIVERED",
    "at": "2026-03-04T12:20:00+01:00",
    "carrier": "parcels united",
    "parcel": {"number": "JJD000390007", "reference": "o-1"},
}


class Partners:
    """Everybody outside: the fulfiller's API, the accountant's endpoint, and carriers who know the shop's URL."""

    def __init__(self, cloud: LocalCloud, fulfiller: Server, accountant: Server) -> None:
        self.cloud = cloud
        self.fulfiller = fulfiller
        self.accountant = accountant
        cloud.stand_in(FULFILLER, fulfiller.url)
        cloud.stand_in(ACCOUNTANT, accountant.url)
        self.books = Receiver(self.topic, lambda _url: cloud.sns_certificate, _visit)

    @property
    def topic(self) -> str:
        """The ARN of the accountant's topic."""
        (arn,) = [one["TopicArn"] for one in self.cloud.client("sns").list_topics()["Topics"]]
        return str(arn)

    def output(self, name: str) -> str:
        """An output of the stack."""
        stacks = self.cloud.client("cloudformation").describe_stacks(StackName="Integrations")["Stacks"]
        return next(str(one["OutputValue"]) for one in stacks[0]["Outputs"] if one["OutputKey"] == name)

    def tell(self, detail_type: str, detail: dict[str, Any]) -> str:
        """The web shop publishes an event; its id."""
        entry = {"EventBusName": "commerce", "Source": "shop.web", "DetailType": detail_type}
        entry["Detail"] = json.dumps(detail)
        answer = self.cloud.client("events").put_events(Entries=[entry])
        return str(answer["Entries"][0]["EventId"])

    def shipments(self) -> list[Asked]:
        """What the fulfiller was asked to ship."""
        return [asked for asked in self.fulfiller.asked if asked.path == "/v2/shipments"]

    def webhook(self, notice: dict[str, Any], *, secret: str = "", age: int = 0) -> int:
        """A carrier sends a notice, signed as it does; the status of the answer."""
        known = self.cloud.client("secretsmanager").get_secret_value(SecretId=self.output("CarrierWebhooksSecretArn"))
        body, now = json.dumps(notice).encode(), str(int(time.time()) - age)
        key = (secret or known["SecretString"]).encode()
        digest = hmac.new(key, f"{now}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Carrier-Signature": f"t={now},v1={digest}"}
        url = self.cloud.url(self.output("CarrierWebhooksUrl"))
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as answer:  # noqa: S310 - loopback
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            return refused.code

    def published(self) -> list[dict[str, Any]]:
        """What the carriers' notices became on the bus, as the audit trail has it."""
        logs = self.cloud.client("logs")
        lines = logs.filter_log_events(logGroupName="/shop/audit")["events"]
        events = [json.loads(line["message"]) for line in lines]
        return [event["detail"] for event in events if event["source"] == "shop.carrier"]

    def letters(self, queue: str) -> list[dict[str, str]]:
        """The attributes of the dead letters in the queue whose name has this in it."""
        sqs = self.cloud.client("sqs")
        (url,) = [url for url in sqs.list_queues()["QueueUrls"] if queue in url]
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
        return [
            {name: value["StringValue"] for name, value in message.get("MessageAttributes", {}).items()}
            for message in answer.get("Messages", [])
        ]

    def alarm(self, begins: str) -> str:
        """The state of the alarm whose description begins so."""
        alarms = self.cloud.client("cloudwatch").describe_alarms()["MetricAlarms"]
        (state,) = [one["StateValue"] for one in alarms if one.get("AlarmDescription", "").startswith(begins)]
        return str(state)

    def to(self, part_of_target: str) -> list[Delivery]:
        """The deliveries to whoever has this in its ARN or URL."""
        return [one for one in self.cloud.ledger.deliveries if part_of_target in one.edge.target]


def _visit(url: str) -> None:
    with urllib.request.urlopen(url) as answer:  # noqa: S310 - of the loopback
        answer.read()


def _gives_tokens(server: Server) -> Server:
    """Answers a request for a token by itself, and everything else as it is told."""
    taken = server.answer

    def answer(asked: Asked) -> tuple[int, dict[str, str], str]:
        if asked.path == "/oauth/token":
            server.asked.append(asked)
            return TOKEN
        return taken(asked)

    server.answer = answer  # type: ignore[method-assign]  # this server's own manners
    return server


@contextmanager
def partners_of(cloud: LocalCloud) -> Iterator[Partners]:
    """All of them well: the fulfiller gives tokens, the accountant has confirmed the subscription."""
    with serving() as fulfiller, serving() as accountant:
        found = Partners(cloud, _gives_tokens(fulfiller), accountant)
        accountant.then = lambda asked: found.books.receive(asked.body)
        cloud.settle()
        yield found
