"""What happens in the shop on the demo's day, beside trade: who breaks, who is repaired, who is new, who lies."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
import urllib.error
import urllib.request
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from eventyard.cli._shop_report import outputs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from eventyard.cli._partners import Partners
    from eventyard.local import LocalCloud

FULFILLER, PAGER = "fulfiller.example.com", "pager.example"
SHOP, ANALYTICS, PROVIDER = "111111111111", "222222222222", "333333333333"
ABROAD = "eu-west-1"
BROKEN = "OpenInvoice"
# The alarm that says that the shop is losing events.
LOSING = "Operations-Losing"
SALES = 6
PARCELS = 3


class Happenings:
    """The day's happenings, each at its time, and told in a sentence."""

    def __init__(self, cloud: LocalCloud, partners: Partners) -> None:
        self._cloud = cloud
        self._partners = partners
        self._midnight = cloud.now
        self._losing = False
        self._plan: list[tuple[timedelta, Callable[[], str]]] = [
            (timedelta(hours=9), self._old_tills),
            (timedelta(hours=10, minutes=30), self._fulfiller_is_busy),
            (timedelta(hours=11), self._a_hotel_orders),
            (timedelta(hours=11, minutes=30), self._fulfiller_has_time),
            (timedelta(hours=12), self._breaks),
            (timedelta(hours=14), self._is_repaired),
            (timedelta(hours=15, minutes=30), self._dead_letters_are_read),
            (timedelta(hours=16), self._somebody_is_new),
            (timedelta(hours=17), self._carriers),
            (timedelta(hours=18), self._provider),
            (timedelta(hours=19), self._instance_stops),
        ]

    def until(self, moment: timedelta) -> Iterator[str]:
        """What has come of the day so far, and what happens now, at a moment after midnight."""
        yield from self._alarm()
        while self._plan and self._plan[0][0] <= moment:
            _, happen = self._plan.pop(0)
            yield f"{self._cloud.now:%H:%M}  {happen()}"

    def _alarm(self) -> Iterator[str]:
        answer = self._cloud.client("cloudwatch").describe_alarms(AlarmNamePrefix=LOSING, AlarmTypes=["CompositeAlarm"])
        losing = any(one["StateValue"] == "ALARM" for one in answer["CompositeAlarms"])
        if losing != self._losing:
            self._losing = losing
            said = "The alarm is on: the shop is losing events." if losing else "The alarm is off again."
            yield f"{self._cloud.now:%H:%M}  [{'red' if losing else 'green'}]{said}[/]"

    # Old systems, and partners

    def _old_tills(self) -> str:
        sqs, tills = self._cloud.client("sqs"), self._output("BranchTills", "TillsQueueUrl")
        lines = [f"SALE;branch-{n % 3};{n:04};DE;EUR;cup*{n}*1200,kettle*1*4900" for n in range(1, SALES + 1)]
        for line in [*lines, "VOID;branch-1;0003", "CLOSE;branch-2"]:
            sqs.send_message(QueueUrl=tills, MessageBody=line)
        return f"The branches' old tills print {SALES} sales and 2 other lines, which nobody wants."

    def _fulfiller_is_busy(self) -> str:
        self._partners.busy[FULFILLER] = 120
        return "The fulfiller's webhook is busy: 429, and in two minutes again."

    def _a_hotel_orders(self) -> str:
        lines = [{"sku": "cup", "quantity": 40, "price": 1_200}]
        order = {"order_id": "order-hotel", "customer_id": "hotel", "country": "NO", "currency": "EUR"}
        entry = {"EventBusName": "commerce", "Source": "shop.web", "DetailType": "OrderPlaced"}
        entry["Detail"] = json.dumps({**order, "total": 48_000, "lines": lines})
        self._cloud.client("events").put_events(Entries=[entry])
        return "A hotel in Oslo orders forty cups, which the fulfiller is to ship."

    def _fulfiller_has_time(self) -> str:
        self._partners.busy.clear()
        times = self._partners.turned_away.get(FULFILLER, 0)
        return f"It has time again; {times} requests were turned away, and none is lost."

    def _carriers(self) -> str:
        known = self._cloud.client("secretsmanager").get_secret_value(
            SecretId=self._output("Integrations", "CarrierWebhooksSecretArn")
        )["SecretString"]
        url = self._cloud.url(self._output("Integrations", "CarrierWebhooksUrl"))
        taken = sum(_webhook(url, number, known) == 200 for number in range(PARCELS))  # noqa: PLR2004  # HTTP's OK
        forged = _webhook(url, PARCELS, "guessed")
        return f"Carriers tell of {taken} parcels by webhook; a notice with a forged signature is answered {forged}."

    # Who breaks, and who sees to it

    def _breaks(self) -> str:
        self._cloud.faults.fail(f"{BROKEN}Function")
        return f"[red]{BROKEN} breaks.[/]"

    def _is_repaired(self) -> str:
        self._cloud.faults.clear()
        sqs, queue = self._cloud.client("sqs"), self._queue(f"{BROKEN}QueueDeadLetters")
        found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
        sqs.start_message_move_task(SourceArn=found["QueueArn"])
        letters = found["ApproximateNumberOfMessages"]
        return f"[green]{BROKEN} is repaired[/], and its {letters} dead letters are on their way back to it."

    def _dead_letters_are_read(self) -> str:
        sqs, read = self._cloud.client("sqs"), 0
        for queue in sqs.list_queues()["QueueUrls"]:
            if "DeadLetters" in queue:
                while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
                    for message in messages:
                        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
                    read += len(messages)
        return f"Somebody reads what else is a dead letter ({read}), a return that is spoilt, and throws it away."

    def _instance_stops(self) -> str:
        instance = f"arn:aws:ec2:us-east-1:{SHOP}:instance/i-0a1b2c3d"
        detail = {"instance-id": "i-0a1b2c3d", "state": "stopped"}
        self._cloud.aws_event("aws.ec2", "EC2 Instance State-change Notification", detail, resources=[instance])
        self._cloud.advance(seconds=10)
        return f"An instance stops; the pager has been called {len(self._partners.told.get(PAGER, []))} times by now."

    # Other accounts

    def _somebody_is_new(self) -> str:
        here = {"account": ANALYTICS, "region": ABROAD}
        events, sqs = self._cloud.client("events", **here), self._cloud.client("sqs", **here)
        arn = f"arn:aws:sqs:{ABROAD}:{ANALYTICS}:forecast"
        admitted = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [{**admitted, "Resource": arn}]})
        queue = sqs.create_queue(QueueName="forecast", Attributes={"Policy": policy})["QueueUrl"]
        pattern = json.dumps({"detail-type": ["OrderPlaced"]})
        rule = events.put_rule(Name="forecast", EventBusName="shop-mirror", EventPattern=pattern)["RuleArn"]
        events.put_targets(Rule="forecast", EventBusName="shop-mirror", Targets=[{"Id": "queue", "Arn": arn}])
        (archive,) = events.list_archives(EventSourceArn=_bus_of(rule))["Archives"]
        events.start_replay(
            ReplayName="for-the-forecast",
            EventSourceArn=events.describe_archive(ArchiveName=archive["ArchiveName"])["ArchiveArn"],
            EventStartTime=self._midnight,
            EventEndTime=self._cloud.now,
            Destination={"Arn": archive["EventSourceArn"], "FilterArns": [rule]},
        )
        self._cloud.advance(seconds=1)
        counts = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"])["Attributes"]
        orders = counts["ApproximateNumberOfMessages"]
        return f"A forecast is new in analytics ({ABROAD}): a replay gives it the day's {orders} orders, and only it."

    def _provider(self) -> str:
        taken = self._cloud.client("sts", account=PROVIDER).assume_role(
            RoleArn=f"arn:aws:iam::{SHOP}:role/settlements-provider", RoleSessionName="provider"
        )["Credentials"]
        provider = boto3.client(
            "events",
            aws_access_key_id=taken["AccessKeyId"],
            aws_secret_access_key=taken["SecretAccessKey"],
            aws_session_token=taken["SessionToken"],
        )
        payout = {"payout_id": "payout-1", "amount": 1_234_500, "fee": 12_345, "currency": "EUR"}
        _settle(provider, "pay.provider", "PayoutMade", payout)
        try:
            _settle(provider, "shop.web", "OrderPlaced", {"order_id": "made-up"})
        except ClientError as refused:
            code = refused.response["Error"]["Code"]
            return f"The payment provider tells of a payout; when it speaks in the web shop's name: {code}."
        return "[red]The payment provider spoke in the web shop's name, and nobody minded.[/]"

    # Where things are

    def _output(self, stack: str, name: str) -> str:
        return outputs(self._cloud, stack)[name]

    def _queue(self, name: str) -> str:
        urls: list[str] = self._cloud.client("sqs").list_queues()["QueueUrls"]
        return next(url for url in urls if re.search(rf"-{name}[0-9A-F]{{8}}-\w+$", url))


def _bus_of(rule: str) -> str:
    home, _, rest = rule.partition(":rule/")
    return f"{home}:event-bus/{rest.split('/')[0]}"


def _settle(client: Any, source: str, detail_type: str, detail: dict[str, Any]) -> None:  # noqa: ANN401  # boto3's own
    bus = f"arn:aws:events:us-east-1:{SHOP}:event-bus/settlements"
    entry = {"EventBusName": bus, "Source": source, "DetailType": detail_type, "Detail": json.dumps(detail)}
    client.put_events(Entries=[entry])


def _webhook(url: str, number: int, secret: str) -> int:
    parcel = {"number": f"JJD{number:09}", "reference": f"order-{number:04}"}
    at = "2026-01-01T17:00:00+01:00"
    notice = {"id": f"n-{number}", "status": "DELIVERED", "at": at, "carrier": "parcels united", "parcel": parcel}
    body, now = json.dumps(notice).encode(), str(int(time.time()))
    digest = hmac.new(secret.encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Carrier-Signature": f"t={now},v1={digest}"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as answer:  # noqa: S310  # the loopback
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code
