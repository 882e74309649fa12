"""Other people's systems: whom the shop tells, and who tells the shop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import CfnOutput, SecretValue, Stack, aws_events, aws_secretsmanager

from eventyard.constructs import ApiDestination, Subscription, Topic, WebhookIntake, acknowledge
from eventyard.patterns.builder import anything_but
from lambdas.shop_layer.python.shop.events import ParcelDelivered
from stacks.order_fanout import DELIVERED_TO, PRODUCERS
from stacks.shop_code import ShopCode

if TYPE_CHECKING:
    from constructs import Construct

    from eventyard.constructs import Bus
    from stacks.shop_records import ShopRecords

FULFILLER = "https://fulfiller.example.com"
ACCOUNTANT = "https://accountant.example.com"

# What the fulfiller takes, by its contract.
REQUESTS_A_SECOND = 10

_FIELD = aws_events.EventField.from_path


class Integrations(Stack):
    """Fulfiller, accountant and carriers: each fails alone, with dead letters or an alarm of its own."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        bus: Bus,
        records: ShopRecords,
        **props: Any,  # noqa: ANN401 (aws-cdk-lib's own properties)
    ) -> None:
        super().__init__(scope, construct_id, **props)
        self._fulfiller(bus)
        self._accountant(bus)
        self._carriers(bus, ShopCode(self, "Code", idempotency=records.idempotency))

    def _fulfiller(self, bus: Bus) -> None:
        """Where the warehouse does not deliver, a partner does. It is told in its own words, over its own API."""
        fulfiller = ApiDestination(
            self,
            "Fulfiller",
            endpoint=f"{FULFILLER}/v2/shipments",
            authorization=aws_events.Authorization.oauth(
                authorization_endpoint=f"{FULFILLER}/oauth/token",
                client_id="samovar-shop",
                client_secret=self._client_secret(),
                http_method=aws_events.HttpMethod.POST,
            ),
            rate_limit=REQUESTS_A_SECOND,
        )
        bus.route(
            "ShippedAbroad",
            {
                "source": PRODUCERS,
                "detail-type": ["OrderPlaced"],
                "detail": {"country": [anything_but(*DELIVERED_TO)]},
            },
            to=fulfiller,
            input=aws_events.RuleTargetInput.from_object(
                {
                    # The same event may come twice: the fulfiller knows it by this.
                    "idempotencyKey": aws_events.EventField.event_id,
                    "reference": _FIELD("$.detail.order_id"),
                    "destination": _FIELD("$.detail.country"),
                    "items": _FIELD("$.detail.lines"),
                }
            ),
        )

    def _client_secret(self) -> SecretValue:
        """Made up by the first deployment: put the fulfiller's own there. A change of the connection reads it again."""
        secret = aws_secretsmanager.Secret(
            self,
            "FulfillerClientSecret",
            description="OAuth client secret of samovar-shop at the fulfiller",
            # CreateConnection takes no secret with a colon.
            generate_secret_string=aws_secretsmanager.SecretStringGenerator(exclude_punctuation=True),
        )
        acknowledge(
            secret, "AwsSolutions-SMG4", because="The fulfiller gives it out; only it can change what it accepts."
        )
        return secret.secret_value

    def _accountant(self, bus: Bus) -> None:
        """The accountant's own topic, so that an outsider subscribes to nothing that the shop itself depends on."""
        bookings = Topic(self, "Bookings", signature_version="2")
        bus.route("Bookings", {"source": PRODUCERS, "detail-type": ["PaymentTaken"]}, to=bookings)
        Subscription(
            self,
            "Accountant",
            # What the till takes in cash, the accountant has from the till.
            listens_to=bookings.only({"detail": {"method": ["card", "invoice"]}}),
            to=f"{ACCOUNTANT}/bookings",
        )

    def _carriers(self, bus: Bus, code: ShopCode) -> None:
        intake = WebhookIntake(
            self,
            "Carriers",
            function=code.function("TakeWebhook", environment={}, asynchronous=False),
            bus=bus,
            events=[ParcelDelivered],
        )
        CfnOutput(self, "CarrierWebhooksUrl", value=intake.url)
        CfnOutput(self, "CarrierWebhooksSecretArn", value=intake.secret.secret_arn)
