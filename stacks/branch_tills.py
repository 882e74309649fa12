"""Old systems: tills that print lines, and a ledger that reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import CfnOutput, Duration, Stack, aws_events

from eventyard.constructs import Pipe, Queue
from stacks.shop_code import ShopCode

if TYPE_CHECKING:
    from constructs import Construct

    from eventyard.constructs import Bus

# Six times what the function takes at the most, as for any poller:
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
_VISIBILITY = Duration.minutes(3)


class BranchTills(Stack):
    """A queue of lines, a pipe that makes orders of them, and a rule that makes lines of orders."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        bus: Bus,
        **props: Any,  # noqa: ANN401 (aws-cdk-lib's own properties)
    ) -> None:
        super().__init__(scope, construct_id, **props)
        code = ShopCode(self, "Code")

        # The branches' own machine sends each line that a till prints; only sales are anybody else's business.
        self.tills = Queue(self, "Tills", visibility_timeout=_VISIBILITY, max_receive_count=3)
        self.translate = code.function("TranslateSale", once=False, asynchronous=False, environment={})
        self.sales = Pipe(
            self,
            "Sales",
            reads=self.tills,
            only=[{"body": [{"prefix": "SALE;"}]}],
            enrich=self.translate,
            to=bus,
            event={"source": "shop.pos", "detail-type": "OrderPlaced"},
        )
        CfnOutput(self, "TillsQueueUrl", value=self.tills.queue_url)

        # The ledger reads a line an order, in quotes, as EventBridge writes a text.
        self.ledger = Queue(self, "Ledger")
        bus.route(
            "LedgerLines",
            {"source": ["shop.web", "shop.mobile", "shop.pos"], "detail-type": ["OrderPlaced"]},
            to=self.ledger,
            input=aws_events.RuleTargetInput.from_text(
                ";".join(["ORD", *map(_detail, ("order_id", "country", "total", "currency"))])
            ),
        )
        CfnOutput(self, "LedgerQueueUrl", value=self.ledger.queue_url)


def _detail(field: str) -> str:
    return aws_events.EventField.from_path(f"$.detail.{field}")
