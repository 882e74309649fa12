"""A pipe `sales` from the queue `tills` to the bus `commerce`, whose events a rule writes to the queue `heard`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.local.authority.scene import US, Json, Scene, service, statement

if TYPE_CHECKING:
    from eventyard.local import Delivery, LocalCloud

QUEUE = f"arn:aws:sqs:us-east-1:{US}:tills"
BUS = f"arn:aws:events:us-east-1:{US}:event-bus/commerce"
FUNCTION = f"arn:aws:lambda:us-east-1:{US}:function:work"
READS = statement(None, ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], QUEUE)
PUTS = statement(None, "events:PutEvents", BUS)
INVOKES = statement(None, "lambda:InvokeFunction", FUNCTION)


class Line:
    """Made with `create`; everything else is boto3's."""

    def __init__(self, cloud: LocalCloud) -> None:
        self.cloud = cloud
        self.scene = Scene(cloud)
        self.sqs, self.pipes, self.events = (cloud.client(name) for name in ("sqs", "pipes", "events"))
        self.scene.queue("dead")
        self.url = self.sqs.create_queue(
            QueueName="tills",
            Attributes={
                "RedrivePolicy": json.dumps(
                    {"deadLetterTargetArn": QUEUE.replace("tills", "dead"), "maxReceiveCount": 3}
                )
            },
        )["QueueUrl"]
        self.scene.bus("commerce")
        self.scene.queue("heard", statement(service("events"), "sqs:SendMessage"))
        self.events.put_rule(Name="all", EventBusName="commerce", EventPattern='{"source": [{"prefix": ""}]}')
        target = {"Id": "t", "Arn": QUEUE.replace("tills", "heard")}
        self.events.put_targets(Rule="all", EventBusName="commerce", Targets=[target])

    def create(self, *policy: Json, target: str = BUS, **pipe: Any) -> None:  # noqa: ANN401 - CreatePipe's own
        """CreateRole, CreatePipe."""
        may = policy or (READS, PUTS, INVOKES)
        role = self.scene.role("pipes", *may, trusts=service("pipes"))
        self.pipes.create_pipe(Name="sales", Source=QUEUE, Target=target, RoleArn=role, **pipe)

    def send(self, body: object) -> str:
        """SendMessage; what is no text goes as JSON."""
        text = body if isinstance(body, str) else json.dumps(body)
        return str(self.sqs.send_message(QueueUrl=self.url, MessageBody=text)["MessageId"])

    def received(self, queue: str) -> list[str]:
        """The bodies of what is in a queue, deleted."""
        url = self.sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        found = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for message in found:
            self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [message["Body"] for message in found]

    def heard(self) -> list[Json]:
        """The events on the bus."""
        return [json.loads(body) for body in self.received("heard")]

    def taken(self, message: str) -> Delivery:
        """The delivery of a message to the pipe."""
        (found,) = [one for one in self.cloud.ledger.deliveries_of(message) if one.edge.kind == "sqs→pipes"]
        return found
