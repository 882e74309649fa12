"""The partner's ear: what it listens to of the shop's topic, with subscriptions of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import CfnOutput, Stack

from eventyard.constructs import Queue, Selection
from eventyard.patterns.builder import more_than
from stacks.kept_table import kept_table
from stacks.shop_code import ShopCode

if TYPE_CHECKING:
    from constructs import Construct

    from eventyard.constructs import RemoteTopic


class PartnerNews(Stack):
    """A queue of returns that cost money, and the function `file_return` that keeps every return.

    The topic has to be there, and to admit this account, before this stack is deployed: a subscription is made by who
    owns its endpoint, and SNS refuses one to a topic that does not exist.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        news: RemoteTopic,
        **props: Any,  # noqa: ANN401 (aws-cdk-lib's own properties)
    ) -> None:
        super().__init__(scope, construct_id, **props)
        topic = news.seen_from(self)
        self.refunds = Queue(
            self, "Refunds", listens_to=Selection(topic, {"detail": {"refund": [more_than(0)]}}), raw=True
        )
        CfnOutput(self, "RefundsQueueUrl", value=self.refunds.queue_url)

        self.returns = kept_table(self, "FiledReturns", key="return_id")
        self.file = ShopCode(self, "Code").function(
            "FileReturn",
            once=False,
            listens_to=topic,
            environment={"FILED_RETURNS_TABLE": self.returns.table_name},
        )
        self.returns.grant(self.file, "dynamodb:PutItem")
