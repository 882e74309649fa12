"""What there is to see of each resource on an event's way: its flow, its failures, and when to raise the alarm.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-monitoring.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import (
    Duration,
    Fn,
    aws_cloudwatch,
    aws_events,
    aws_kinesisfirehose,
    aws_lambda,
    aws_pipes,
    aws_sns,
    aws_sqs,
)

if TYPE_CHECKING:
    from constructs import IConstruct

_MINUTE = Duration.minutes(1)


@dataclass(frozen=True)
class Sign:
    """A metric that raises the alarm.

    Args:
        name: Of the alarm's construct.
        words: What it means, for the alarm's description; the resource's path follows.
        metric: Of one minute.
        threshold: The alarm goes off when it is reached.
    """

    name: str
    words: str
    metric: aws_cloudwatch.Metric
    threshold: float = 1


@dataclass(frozen=True)
class Sight:
    """What a dashboard shows of a resource, and its signs."""

    kind: str
    flow: tuple[aws_cloudwatch.Metric, ...]
    failures: tuple[aws_cloudwatch.Metric, ...]
    signs: tuple[Sign, ...]


def sight_of(construct: IConstruct, stuck_after: Duration) -> Sight | None:
    """What there is to see of a resource; None of what events do not flow over.

    Args:
        construct: Any construct; the L1 resources count.
        stuck_after: From which age on a message is stuck.
    """
    found: Sight | None = None
    match construct:
        case aws_events.CfnRule():
            found = _rule(construct)
        case aws_sns.CfnTopic():
            found = _topic(construct)
        case aws_sqs.CfnQueue():
            found = _queue(construct, stuck_after)
        case aws_lambda.CfnFunction():
            found = _function(construct)
        case aws_kinesisfirehose.CfnDeliveryStream():
            found = _stream(construct)
        case aws_pipes.CfnPipe():
            found = _pipe(construct)
    return found


def _rule(rule: aws_events.CfnRule) -> Sight:
    """Its metrics name the bus too, unless that is the default one; both stand in its ARN, `rule/BUS/NAME`."""
    of_default = rule.event_bus_name in {None, "default"}
    parts = Fn.split("/", rule.attr_arn)
    dimensions = {"RuleName": Fn.select(1 if of_default else 2, parts)}
    if not of_default:
        dimensions["EventBusName"] = Fn.select(1, parts)
    failed = _sum("AWS/Events", "FailedInvocations", dimensions)
    return Sight(
        "rule",
        (_sum("AWS/Events", "Invocations", dimensions),),
        (failed, _sum("AWS/Events", "InvocationsFailedToBeSentToDlq", dimensions)),
        (Sign("Failing", "Events were not delivered by rule", failed),),
    )


def _topic(topic: aws_sns.CfnTopic) -> Sight:
    dimensions = {"TopicName": topic.attr_topic_name}
    failed = _sum("AWS/SNS", "NumberOfNotificationsFailed", dimensions)
    flow = ("NumberOfMessagesPublished", "NumberOfNotificationsDelivered", "NumberOfNotificationsFilteredOut")
    return Sight(
        "topic",
        tuple(_sum("AWS/SNS", name, dimensions) for name in flow),
        (failed, _sum("AWS/SNS", "NumberOfNotificationsFailedToRedriveToDlq", dimensions)),
        (Sign("Failing", "Messages were not delivered by topic", failed),),
    )


def _queue(queue: aws_sqs.CfnQueue, stuck_after: Duration) -> Sight:
    """A queue with an alarm of its own is one for dead letters: whatever is in it is stuck, and the alarm says so."""
    dimensions = {"QueueName": queue.attr_queue_name}
    depth = _most("ApproximateNumberOfMessagesVisible", dimensions)
    age = _most("ApproximateAgeOfOldestMessage", dimensions)
    around = queue.node.scope
    if around is not None and isinstance(around.node.try_find_child("Alarm"), aws_cloudwatch.Alarm):
        return Sight("dead letters", (), (depth,), ())
    stuck = Sign("Stuck", "Messages wait too long in queue", age, stuck_after.to_seconds())
    return Sight("queue", (depth, _sum("AWS/SQS", "NumberOfMessagesSent", dimensions)), (age,), (stuck,))


def _stream(stream: aws_kinesisfirehose.CfnDeliveryStream) -> Sight:
    """Its alarms are its own: `DeliveryStream` makes them."""
    dimensions = {"DeliveryStreamName": stream.ref}
    flow = ("IncomingRecords", "DeliveryToS3.Records")
    late = _most("DeliveryToS3.DataFreshness", dimensions, "AWS/Firehose")
    return Sight("stream", tuple(_sum("AWS/Firehose", name, dimensions) for name in flow), (late,), ())


def _pipe(pipe: aws_pipes.CfnPipe) -> Sight:
    """What it fails with is a dead letter of the queue that it reads, which has an alarm."""
    dimensions = {"PipeName": pipe.ref}
    failed = tuple(
        _sum("AWS/EventBridge/Pipes", name, dimensions) for name in ("ExecutionFailed", "ExecutionThrottled")
    )
    return Sight("pipe", (_sum("AWS/EventBridge/Pipes", "Invocations", dimensions),), failed, ())


def _function(function: aws_lambda.CfnFunction) -> Sight:
    dimensions = {"FunctionName": function.ref}
    throttles = _sum("AWS/Lambda", "Throttles", dimensions)
    lost = _sum("AWS/Lambda", "DeadLetterErrors", dimensions)
    signs = [Sign("Throttled", "Invocations were throttled of function", throttles)]
    if function.dead_letter_config is not None:
        signs.append(Sign("Losing", "Dead letters could not be written by function", lost))
    return Sight(
        "function",
        (_sum("AWS/Lambda", "Invocations", dimensions),),
        (_sum("AWS/Lambda", "Errors", dimensions), throttles, lost),
        tuple(signs),
    )


def _sum(namespace: str, name: str, dimensions: dict[str, str]) -> aws_cloudwatch.Metric:
    return aws_cloudwatch.Metric(
        namespace=namespace,
        metric_name=name,
        dimensions_map=dimensions,
        statistic=aws_cloudwatch.Stats.SUM,
        period=_MINUTE,
    )


def _most(name: str, dimensions: dict[str, str], namespace: str = "AWS/SQS") -> aws_cloudwatch.Metric:
    return aws_cloudwatch.Metric(
        namespace=namespace,
        metric_name=name,
        dimensions_map=dimensions,
        statistic=aws_cloudwatch.Stats.MAXIMUM,
        period=_MINUTE,
    )
