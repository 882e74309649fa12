"""A topic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import aws_iam, aws_sns

from eventyard.constructs.key import shared_key
from eventyard.constructs.selection import Selection
from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import Environment
    from constructs import Construct


class Topic(aws_sns.Topic):
    """A topic: encrypted with the stack's own key, TLS only.

    Minimal use: `Topic(self, "Orders")`.

    Args:
        props: Anything that `aws_sns.Topic` takes. `master_key` replaces the key that the stack's topics share.

    AWS's managed key (alias/aws/sns) would not do: its policy cannot admit events.amazonaws.com, so no rule could
    publish (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html).
    """

    def __init__(self, scope: Construct, construct_id: str, **props: Any) -> None:  # noqa: ANN401 (aws-cdk-lib's own properties)
        if "master_key" not in props:
            props["master_key"] = shared_key(scope)
        super().__init__(scope, construct_id, **({"enforce_ssl": True} | props))

    def only(self, body: Mapping[str, Any] | None = None, /, **attributes: Sequence[Any]) -> Selection:
        """The messages of this topic that match a filter policy, for `listens_to=`.

        Args:
            body: A policy over the message's body: `only({"detail": {"country": ["DE"]}})`. What a rule publishes is
                the whole event, so the event's own fields are there.
            attributes: A policy over the message's attributes: `only(urgency=["high"])`. Rules publish without
                attributes: this is for topics that your own code publishes to.

        Raises:
            EventyardError: If both are given, or neither.
        """
        if (body is None) == (not attributes):
            raise EventyardError(
                "only() takes a policy over the body or one over attributes, one of the two.",
                where=self.node.path,
                remedy='Write only({"detail": {...}}) or only(attribute=[...]); subscribe twice for both.',
            )
        if body is not None:
            return Selection(self, body, "MessageBody")
        return Selection(self, attributes, "MessageAttributes")

    def admit_subscribers(self, of: Environment) -> None:
        """Let an account (`PARTNER`) subscribe queues and functions of its own, as it likes.

        That account then says `listens_to=RemoteTopic("shop-news", at=SHOP).seen_from(self)`. Who owns the endpoint
        makes the subscription, so nobody has to confirm it
        (https://docs.aws.amazon.com/sns/latest/dg/sns-send-message-to-sqs-cross-account.html).
        """
        self.add_to_resource_policy(
            aws_iam.PolicyStatement(
                sid=f"SubscribersOf{of.account}",
                principals=[aws_iam.AccountPrincipal(of.account)],
                actions=["sns:Subscribe"],
                resources=[self.topic_arn],
                conditions={
                    "StringEquals": {"sns:Protocol": ["sqs", "lambda"]},
                    "StringLike": {"sns:Endpoint": f"arn:*:*:*:{of.account}:*"},
                },
            )
        )
