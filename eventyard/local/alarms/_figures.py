"""What is counted of each hop, under the names and dimensions that AWS gives it.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from eventyard.local.alarms._data import MetricKey
from eventyard.local.alarms._metrics import queue_key
from eventyard.local.moto_seam import Arn

if TYPE_CHECKING:
    from eventyard.local.alarms._metrics import Metrics

# The metrics that have values here; an alarm on another one of these namespaces is remarked on when it is deployed.
EMULATED = {
    "AWS/Events": frozenset(
        {
            "FailedInvocations",
            "Invocations",
            "InvocationsFailedToBeSentToDlq",
            "InvocationsSentToDlq",
            "MatchedEvents",
            "TriggeredRules",
        }
    ),
    "AWS/Firehose": frozenset(
        {
            "DeliveryToS3.DataFreshness",
            "DeliveryToS3.Records",
            "DeliveryToS3.Success",
            "ExecuteProcessing.Success",
            "IncomingRecords",
        }
    ),
    "AWS/Lambda": frozenset(
        {
            "AsyncEventsDropped",
            "AsyncEventsReceived",
            "DeadLetterErrors",
            "DestinationDeliveryFailures",
            "Errors",
            "Invocations",
            "Throttles",
            "Url4xxCount",
            "Url5xxCount",
            "UrlRequestCount",
        }
    ),
    "AWS/SNS": frozenset(
        {
            "NumberOfMessagesPublished",
            "NumberOfNotificationsDelivered",
            "NumberOfNotificationsFailed",
            "NumberOfNotificationsFailedToRedriveToDlq",
            "NumberOfNotificationsFilteredOut",
            "NumberOfNotificationsRedrivenToDlq",
        }
    ),
    "AWS/SQS": frozenset(
        {
            "ApproximateAgeOfOldestMessage",
            "ApproximateNumberOfMessagesDelayed",
            "ApproximateNumberOfMessagesNotVisible",
            "ApproximateNumberOfMessagesVisible",
            "NumberOfMessagesDeleted",
            "NumberOfMessagesSent",
        }
    ),
}


class Figures:
    """The counts, by the ARN of what they are of."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    # Rules

    def matched(self, rule: str) -> None:
        """A rule matches an event, or its schedule's moment has come."""
        self._count(rule, "MatchedEvents", "TriggeredRules")

    def invoked(self, rule: str) -> None:
        """A rule's target took an event."""
        self._count(rule, "Invocations")

    def rule_gave_up(self, rule: str, *, dead_letters: bool, kept: bool) -> None:
        """A rule's target did not take an event; whether there is a dead-letter queue, and whether it has it."""
        self._count(rule, "Invocations", "FailedInvocations")
        if dead_letters:
            self._count(rule, "InvocationsSentToDlq" if kept else "InvocationsFailedToBeSentToDlq")

    # Topics

    def published(self, topic: str) -> None:
        """Somebody published."""
        self._count(topic, "NumberOfMessagesPublished")

    def notified(self, topic: str) -> None:
        """An endpoint took a message."""
        self._count(topic, "NumberOfNotificationsDelivered")

    def filtered(self, topic: str) -> None:
        """A filter policy kept a message from an endpoint."""
        self._count(topic, "NumberOfNotificationsFilteredOut")

    def topic_gave_up(self, topic: str, *, dead_letters: bool, kept: bool) -> None:
        """An endpoint did not take a message; whether there is a dead-letter queue, and whether it has it."""
        self._count(topic, "NumberOfNotificationsFailed")
        if dead_letters:
            self._count(
                topic, "NumberOfNotificationsRedrivenToDlq" if kept else "NumberOfNotificationsFailedToRedriveToDlq"
            )

    # Functions

    def ran(self, function: str, *, failed: bool) -> None:
        """A function ran. Errors has a sample for every invocation, so that its average is the rate of errors."""
        self._count(function, "Invocations")
        self._metrics.count(_key(function, "Errors"), float(failed))

    def throttled(self, function: str) -> None:
        """An invocation was throttled."""
        self._count(function, "Throttles")

    def visited(self, function: str, status: int) -> None:
        """A request to a function's URL was answered.

        https://docs.aws.amazon.com/lambda/latest/dg/urls-monitoring.html
        """
        refused = {4: ("Url4xxCount",), 5: ("Url5xxCount",)}.get(status // 100, ())
        self._count(function, "UrlRequestCount", *refused)

    def queued(self, function: str) -> None:
        """Lambda took an event for an asynchronous invocation."""
        self._count(function, "AsyncEventsReceived")

    def function_gave_up(self, function: str) -> None:
        """Lambda drops such an event, after it has gone to a destination or dead-letter queue if there is one."""
        self._count(function, "AsyncEventsDropped")

    def dead_letter_failed(self, function: str) -> None:
        """Lambda could not write a dead letter."""
        self._count(function, "DeadLetterErrors")

    def destination_failed(self, function: str) -> None:
        """Lambda could not send a record to a destination."""
        self._count(function, "DestinationDeliveryFailures")

    # Firehose streams

    def streamed(self, stream: str) -> None:
        """A stream took a record."""
        self._count(stream, "IncomingRecords")

    def stored(self, stream: str, records: int, *, age: float, failed: bool) -> None:
        """A stream tried to put an object: how many records are in it, and how old the oldest is (seconds)."""
        self._metrics.count(_key(stream, "DeliveryToS3.DataFreshness"), age)
        self._metrics.count(_key(stream, "DeliveryToS3.Success"), float(not failed))
        if not failed:
            self._metrics.count(_key(stream, "DeliveryToS3.Records"), records)

    def transformed(self, stream: str, *, failed: bool) -> None:
        """A stream invoked its function."""
        self._metrics.count(_key(stream, "ExecuteProcessing.Success"), float(not failed))

    # Queues

    def sent(self, queue: str) -> None:
        """A message was sent to a queue; one that its redrive policy moves is not counted."""
        self._metrics.count(_queue_key(queue, "NumberOfMessagesSent"))

    def deleted(self, queue: str) -> None:
        """A message was deleted from a queue."""
        self._metrics.count(_queue_key(queue, "NumberOfMessagesDeleted"))

    def _count(self, of: str, *names: str) -> None:
        for name in names:
            self._metrics.count(_key(of, name))


_queue_key = lru_cache(4_096)(queue_key)


@lru_cache(4_096)
def _key(of: str, name: str) -> MetricKey:
    """A metric of a rule, topic, Firehose stream or function.

    "Metrics that specify only the RuleName dimension refer to the default event bus. Metrics that specify both the
    EventBusName and RuleName dimensions refer to a custom event bus."
    """
    arn = Arn.parse(of)
    if arn.service == "events":
        *bus, rule = arn.resource.removeprefix("rule/").split("/")
        dimensions = (*((("EventBusName", "/".join(bus)),) if bus else ()), ("RuleName", rule))
        return MetricKey(arn.account, arn.region, "AWS/Events", name, dimensions)
    if arn.service == "sns":
        return MetricKey(arn.account, arn.region, "AWS/SNS", name, (("TopicName", arn.resource),))
    if arn.service == "firehose":
        dimension = ("DeliveryStreamName", arn.resource.removeprefix("deliverystream/"))
        return MetricKey(arn.account, arn.region, "AWS/Firehose", name, (dimension,))
    function = arn.resource.removeprefix("function:").split(":")[0]
    return MetricKey(arn.account, arn.region, "AWS/Lambda", name, (("FunctionName", function),))
