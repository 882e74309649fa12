"""What becomes of events besides being acted upon: kept, made ready for search, and buffered to be played again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import CfnOutput, Duration, Stack

from eventyard.constructs import ReplayPipeline, SearchPipeline, StoragePipeline
from stacks.shop_code import ShopCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_sqs
    from constructs import Construct

    from eventyard.constructs import Bus, Topic


class EventForks(Stack):
    """AWS's three event fork pipelines, each one statement; nobody else notices them."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        bus: Bus,
        orders: Topic,
        consumers: Sequence[aws_sqs.IQueue],
        **props: Any,  # noqa: ANN401 (aws-cdk-lib's own properties)
    ) -> None:
        super().__init__(scope, construct_id, **props)
        code = ShopCode(self, "Code")

        # Tax law wants some of it for ten years.
        everything = {"source": [{"prefix": "shop."}]}
        self.storage = StoragePipeline(self, "Storage", of=bus, pattern=everything, expire_after=Duration.days(3650))
        CfnOutput(self, "StorageBucketName", value=self.storage.bucket.bucket_name)

        index = code.function("IndexOrder", once=False, asynchronous=False, environment={"INDEX_NAME": "orders"})
        self.search = SearchPipeline(self, "Search", of=orders, index=index)
        CfnOutput(self, "SearchBucketName", value=self.search.bucket.bucket_name)

        # Whoever lost some of its work gets the orders of two weeks again, alone.
        self.replay = ReplayPipeline(self, "Replay", of=orders, to=consumers)
        CfnOutput(self, "ReplayPipeName", value=self.replay.release.name)
