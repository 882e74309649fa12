"""Who hands over: a service, and on whose behalf it may do so.

The names of sources are known before anything is deployed, so a policy never refers to another stack: that is what
lets a rule in one stack and its target in another stand in any order without a dependency cycle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import ArnFormat, Aws, Stack, Token, aws_events, aws_sns

if TYPE_CHECKING:
    from constructs import IConstruct

EVENTS = "events.amazonaws.com"
SNS = "sns.amazonaws.com"


@dataclass(frozen=True)
class Caller:
    """A service that delivers, and for which source.

    Args:
        service: The service principal.
        account: The account that the source belongs to, for aws:SourceAccount.
        source: The source's ARN, or the narrowest pattern known for it, for aws:SourceArn.
        everyone: A pattern of all sources of this kind in the account and Region, for when there are too many.
    """

    service: str
    account: str
    source: str
    everyone: str


def rules_of(bus: aws_events.IEventBus, *, at: IConstruct) -> Caller:
    """The rules of a bus, as a resource in the same account and Region sees them.

    All rules of the bus and not the one: a policy with an entry for every rule overflows, at 20 KB for a function.
    A rule on a custom bus has the ARN `rule/BUS/NAME`, on the default bus `rule/NAME`.
    """
    stack = Stack.of(at)
    every_rule = stack.format_arn(service="events", resource="rule", resource_name="*")
    name = name_of(bus)
    if name is None and Stack.of(bus) is stack:
        name = bus.event_bus_name  # a reference within the stack cannot make a cycle
    of_bus = stack.format_arn(service="events", resource="rule", resource_name=f"{name}/*")
    source = every_rule if name in (None, "default") else of_bus
    return Caller(EVENTS, stack.account, source, every_rule)


def messages_of(topic: aws_sns.ITopic, *, at: IConstruct, refer: bool) -> Caller:
    """A topic, as a resource in any account and Region sees it.

    Args:
        topic: The topic.
        at: The resource that the topic's messages go to.
        refer: Whether the resource's stack may refer to the topic; otherwise only what is known in advance counts.
    """
    here = Stack.of(at)
    account = _known(topic.env.account) or here.account
    region = _known(topic.env.region) or here.region
    everyone = f"arn:{Aws.PARTITION}:sns:{region}:{account}:*"
    known = refer or Stack.of(topic) is here or _known(topic.topic_arn)
    return Caller(SNS, account, topic.topic_arn if known else everyone, everyone)


def name_of(bus: aws_events.IEventBus) -> str | None:
    """A bus's name if it is known before deployment, None if CloudFormation is going to make one up."""
    resource = bus.node.default_child
    if isinstance(resource, aws_events.CfnEventBus):
        return _known(resource.name)
    return _known(bus.event_bus_name)


def arn_of_bus(bus: aws_events.IEventBus, name: str) -> str:
    """The ARN that a bus of this name has, without a reference to it."""
    return Stack.of(bus).format_arn(
        service="events",
        resource="event-bus",
        resource_name=name,
        arn_format=ArnFormat.SLASH_RESOURCE_NAME,
    )


def _known(value: str) -> str | None:
    return None if Token.is_unresolved(value) else value
