"""A topic's hand-over to a queue, a function, a Firehose stream or an HTTPS endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Stack, Token, aws_lambda, aws_sns, aws_sqs
from constructs import Construct

from eventyard.constructs.admission import admit_to_function, admit_to_queue
from eventyard.constructs.callers import messages_of
from eventyard.constructs.checked import check_filter, keep_nulls
from eventyard.constructs.dead_letters import DeadLetterQueue
from eventyard.constructs.delivery_stream import DeliveryStream
from eventyard.constructs.selection import selections
from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from constructs import IDependable

    from eventyard.constructs.selection import Source, Sources


# SNS alone would try an endpoint three times in a minute, and forget the message. Twelve times, at most five minutes
# apart, stay under the hour that a delivery policy may last.
_PATIENT = {
    "healthyRetryPolicy": {
        "minDelayTarget": 20,
        "maxDelayTarget": 300,
        "numRetries": 12,
        "backoffFunction": "exponential",
    }
}


class Subscription(Construct):
    """A topic's messages, or a selection of them, to a queue, a function or an HTTPS endpoint.

    Minimal use: `Subscription(self, "Orders", listens_to=orders.only({"detail": {"total": [{"numeric": [">", 0]}]}}),
    to=queue)`; workers, queues and functions make theirs with `listens_to=`. `to="https://partner.example.com/orders"`
    subscribes somebody's endpoint: it gets nothing until it has confirmed that it wants the messages, and it must check
    SNS's signature (https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html).

    Args:
        scope: Where the subscription lives; its stack may be the topic's or the subscriber's.
        listens_to: A topic, or a selection of one; its filter policy is checked now, except for tokens.
        to: A queue or a function, ours or native, a `DeliveryStream`, or a URL.
        raw: Deliver the message as it was published (True) or in SNS's envelope (False). Not to functions; to an
            endpoint it leaves out the signature.
        dead_letter_queue: A queue in place of the one made here; FIFO if the topic is.
        subscription_props: Anything else that `aws_sns.CfnSubscription` takes.

    `subscription` is the native `CfnSubscription`; `dead_letters` the queue made for dead letters, None if one was
    given. How often SNS tries is fixed for queues and functions (100,015 times in 23 days) and cannot be stated; an
    endpoint is tried for the better part of an hour, unless `delivery_policy` says otherwise
    (https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html).

    Raises:
        PatternError: If AWS would refuse the filter policy.
        EventyardError: If SNS would refuse the subscription.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        listens_to: Source,
        to: aws_sqs.IQueue | aws_lambda.IFunction | DeliveryStream | str,
        raw: bool = False,
        dead_letter_queue: aws_sqs.IQueue | None = None,
        **subscription_props: Any,  # noqa: ANN401 (aws-cdk-lib's own properties)
    ) -> None:
        super().__init__(scope, construct_id)
        (selection,) = selections(listens_to)
        topic = selection.topic
        check_filter(self, selection)
        protocol, endpoint, admitted = self._end(topic, to, raw=raw)
        self.dead_letters: DeadLetterQueue | None = None
        if dead_letter_queue is None:
            fifo = {"fifo": True} if topic.fifo else {}  # a FIFO topic's dead letters go to a FIFO queue
            self.dead_letters = DeadLetterQueue(self, "DeadLetters", of=f"subscription {self.node.path}", **fifo)
            dead_letter_queue = self.dead_letters
        dead_end = admit_to_queue(
            dead_letter_queue,
            messages_of(topic, at=dead_letter_queue, refer=Stack.of(self) is Stack.of(dead_letter_queue)),
        )
        safe: dict[str, Any] = {
            "topic_arn": topic.topic_arn,
            "protocol": protocol,
            "endpoint": endpoint,
            "filter_policy": selection.policy,
            "filter_policy_scope": selection.scope if selection.policy else None,
            "raw_message_delivery": None if protocol == "lambda" else raw,
            "delivery_policy": _PATIENT if protocol == "https" else None,
            "subscription_role_arn": to.subscription_role(self).role_arn if isinstance(to, DeliveryStream) else None,
            "redrive_policy": {"deadLetterTargetArn": dead_letter_queue.queue_arn},
            "region": None if topic.env.region == Stack.of(self).region else topic.env.region,
        }
        self.subscription = aws_sns.CfnSubscription(self, "Resource", **(safe | subscription_props))
        keep_nulls(self.subscription, "FilterPolicy", selection.policy)
        self.subscription.node.add_dependency(*([admitted] if admitted else []), dead_end)

    def _end(
        self, topic: aws_sns.ITopic, to: aws_sqs.IQueue | aws_lambda.IFunction | DeliveryStream | str, *, raw: bool
    ) -> tuple[str, str, IDependable | None]:
        """The protocol, the endpoint, and what has to exist before the first message."""
        if isinstance(to, str):
            self._refuse_for_endpoint(topic, to)
            return "https", to, None
        if isinstance(to, DeliveryStream):
            self._refuse_fifo(topic, "put what it receives into the stream from a function behind it.")
            return "firehose", to.delivery_stream_arn, None
        if not isinstance(to, aws_lambda.FunctionBase | aws_sqs.QueueBase):
            raise EventyardError(
                f"a topic cannot be subscribed to by a {type(to).__name__}.",
                where=self.node.path,
                remedy="Give a queue, a function, a `DeliveryStream` or an https URL; people are native subscriptions.",
            )
        caller = messages_of(topic, at=to, refer=Stack.of(self) is Stack.of(to))
        if isinstance(to, aws_sqs.QueueBase):
            return "sqs", to.queue_arn, admit_to_queue(to, caller)
        self._refuse_for_function(topic, raw=raw)
        return "lambda", to.function_arn, admit_to_function(to, caller)

    def _refuse_fifo(self, topic: aws_sns.ITopic, instead: str) -> None:
        if topic.fifo:
            raise EventyardError(
                f"a FIFO topic delivers to queues only, and {topic.node.path} is FIFO.",
                where=self.node.path,
                remedy=f"Subscribe a queue, and {instead}",
            )

    def _refuse_for_endpoint(self, topic: aws_sns.ITopic, url: str) -> None:
        self._refuse_fifo(topic, "call the endpoint from a function behind it.")
        if not Token.is_unresolved(url) and not url.startswith("https://"):
            raise EventyardError(
                f"{url} is not HTTPS: messages would cross the network for everybody to read.",
                where=self.node.path,
                remedy="Give an https URL.",
            )

    def _refuse_for_function(self, topic: aws_sns.ITopic, *, raw: bool) -> None:
        self._refuse_fifo(topic, "let it invoke the function: use a Worker.")
        if raw:
            raise EventyardError(
                "a function always receives SNS's envelope; raw delivery is for queues.",
                where=self.node.path,
                remedy="Leave raw out, or use a Worker.",
            )


def subscribe_all(
    scope: Construct, sources: Sources, *, to: aws_sqs.IQueue | aws_lambda.IFunction, raw: bool = False
) -> list[Subscription]:
    """Subscribe a queue or function to each of its sources; the constructs are called after their topics."""
    made: list[Subscription] = []
    for selection in selections(sources):
        name = f"Hears{selection.topic.node.id}"
        same = sum(1 for other in made if other.node.id.startswith(name))
        made.append(Subscription(scope, f"{name}{same + 1}" if same else name, listens_to=selection, to=to, raw=raw))
    return made
