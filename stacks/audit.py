"""A bus that stands up to an audit: who may publish and who may listen, what came, what became of it, and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Duration, RemovalPolicy, Stack, aws_iam, aws_kms, aws_logs

from eventyard.constructs import (
    Archive,
    Bus,
    BusLogs,
    DeadLetterQueue,
    Publisher,
    Queue,
    Subscriber,
    let_logs_encrypt,
)
from lambdas.shop_layer.python.shop.settlements import PROVIDER, SETTLEMENT_EVENTS

if TYPE_CHECKING:
    from constructs import Construct

TRAIL = "/shop/settlements"


class Audit(Stack):
    """The bus `settlements`, on which the payment provider tells of money, and nobody else does.

    Everything in it is encrypted with one key of the shop's own. `archive` keeps seven years, `trail` holds every
    event, the bus's own log each step that EventBridge took with it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        provider: str,
        auditors: str,
        **props: Any,  # noqa: ANN401 (aws-cdk-lib's own properties)
    ) -> None:
        """Make it for two accounts: the payment provider's, and that of those who audit the shop."""
        super().__init__(scope, construct_id, **props)
        self.key = aws_kms.Key(
            self,
            "Key",
            description="Encrypts settlements wherever they lie",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        self.bus = Bus(self, "Settlements", name="settlements", events=SETTLEMENT_EVENTS, kms_key=self.key)

        # Who may speak: the provider, from its own account, in its own name and in nobody else's.
        Publisher(
            self,
            "Provider",
            bus=self.bus,
            source=PROVIDER,
            detail_types=[event.contract.detail_type for event in SETTLEMENT_EVENTS],
            assumed_by=aws_iam.AccountPrincipal(provider),
            role_name="settlements-provider",
        )
        # Who may listen: auditors, to payouts, into queues that are theirs.
        Subscriber(
            self,
            "Auditors",
            bus=self.bus,
            sources=[PROVIDER],
            detail_types=["PayoutMade"],
            targets=[self.format_arn(service="sqs", resource="auditors-*")],
            assumed_by=aws_iam.AccountPrincipal(auditors),
            role_name="settlements-auditors",
        )

        # What came, for seven years, and to be sent again; what came, to be read; what became of it.
        self.archive = Archive(
            self, "History", bus=self.bus, name="settlements", retention=Duration.days(7 * 365), key=self.key
        )
        self.trail = aws_logs.LogGroup(
            self,
            "Trail",
            log_group_name=TRAIL,
            retention=aws_logs.RetentionDays.SEVEN_YEARS,
            encryption_key=self.key,
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        let_logs_encrypt(self.key, self.trail, TRAIL)
        everything = {"source": [{"prefix": ""}]}
        self.bus.route("Trail", everything, to=self.trail, dead_letter_queue=self._letters("rule Trail"))
        BusLogs(self, "Logs", bus=self.bus, key=self.key)

        # Who does something with it: the bookkeepers, from a queue.
        self.bookkeeping = Queue(self, "Bookkeeping", encryption_master_key=self.key)
        self.bus.route(
            "Payouts",
            {"source": [PROVIDER], "detail-type": ["PayoutMade"]},
            to=self.bookkeeping,
            dead_letter_queue=self._letters("rule Payouts"),
        )

    def _letters(self, of: str) -> DeadLetterQueue:
        return DeadLetterQueue(self, f"{of.title().replace(' ', '')}DeadLetters", of=of, encryption_master_key=self.key)
