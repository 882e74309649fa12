"""Who may publish what on a bus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Stack, aws_events, aws_iam
from constructs import Construct

from eventyard.constructs.callers import arn_of_bus, name_of
from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from collections.abc import Sequence


class Publisher(Construct):
    """A role that may publish under one source, and may do nothing else; nobody else may publish under that source.

    Minimal use: `Publisher(self, "Till", bus=commerce, source="shop.pos", detail_types=["PaymentTaken"],
    assumed_by=aws_iam.AccountPrincipal("333333333333"))`.

    Two statements make it so. The role's policy allows `events:PutEvents` on this bus with this source and these
    detail-types; the bus's policy denies that source to everyone but the role, so that an administrator's wide policy
    does not let anybody speak in the publisher's name
    (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html).

    Args:
        bus: The bus, in this stack, with a name that is known at synth.
        source: What the publisher's events say that they come from.
        detail_types: What it may tell.
        assumed_by: Who may take the role: an account, a service, a role.
        role_name: The role's name, known in advance, so that another account's policies can name it.
        role_props: Anything else that `aws_iam.Role` takes.

    `role` is the native role.

    Raises:
        EventyardError: If the bus has no name before deployment, or no detail-type is named.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        bus: aws_events.IEventBus,
        source: str,
        detail_types: Sequence[str],
        assumed_by: aws_iam.IPrincipal,
        role_name: str,
        **role_props: Any,  # noqa: ANN401 (aws-cdk-lib's own properties)
    ) -> None:
        super().__init__(scope, construct_id)
        itself = known_arn(self, bus)
        if not detail_types:
            raise EventyardError(
                "a publisher that may tell nothing publishes nothing.",
                where=self.node.path,
                remedy='Name its detail-types: detail_types=["OrderPlaced"].',
            )
        conditions = {"StringEquals": {"events:source": source, "events:detail-type": list(detail_types)}}
        put = aws_iam.PolicyStatement(actions=["events:PutEvents"], resources=[itself], conditions=conditions)
        safe: dict[str, Any] = {
            "description": f"Publishes events of {source}",
            "inline_policies": {"Publish": aws_iam.PolicyDocument(statements=[put])},
        }
        self.role = aws_iam.Role(self, "Role", assumed_by=assumed_by, role_name=role_name, **(safe | role_props))
        arn = Stack.of(self).format_arn(service="iam", region="", resource="role", resource_name=role_name)
        alone = aws_iam.PolicyStatement(
            effect=aws_iam.Effect.DENY,
            principals=[aws_iam.StarPrincipal()],
            actions=["events:PutEvents"],
            resources=[itself],
            conditions={"StringEquals": {"events:source": source}, "ArnNotEquals": {"aws:PrincipalArn": arn}},
        )
        aws_events.CfnEventBusPolicy(
            self,
            "Policy",
            event_bus_name=bus.event_bus_name,
            statement_id=self.node.addr,  # the bus's policies need ids of their own; this one is the construct's path
            statement=alone.to_statement_json(),
        )


def known_arn(scope: Construct, bus: aws_events.IEventBus) -> str:
    """The ARN of a bus, by its name.

    Raises:
        EventyardError: If its name is made up at deployment.
    """
    name = name_of(bus)
    if name is None:
        raise EventyardError(
            "this bus has no name before deployment, so no policy can name it.",
            where=scope.node.path,
            remedy="Give it one: Bus(..., name=...).",
        )
    return arn_of_bus(bus, name)
