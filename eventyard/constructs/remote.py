"""What is in another account or Region, known by its name alone.

Nothing here refers to another stack: each account deploys its own side of a crossing with its own credentials, and both
sides know each other's names beforehand. So that the names meet, both are given the same object of this module.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from aws_cdk import Environment, Stack, Token, aws_sns

from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from constructs import Construct

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: a role's name has up to 64 characters.
_READABLE = 25
_NOT_IN_ROLE_NAMES = re.compile(r"[^\w+=,.@-]", re.ASCII)


class Remote(Protocol):
    """Something elsewhere: its name, where it is, and so its ARN."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def at(self) -> Environment:
        """Its account and Region."""

    @property
    def arn(self) -> str:
        """Its ARN."""


@dataclass(frozen=True)
class RemoteBus:
    """A bus in any account and Region: `RemoteBus("mirror", at=ANALYTICS)`. A route's target, or who sends."""

    name: str
    at: Environment

    @property
    def arn(self) -> str:
        """The bus's ARN."""
        return _arn(self, "events", f"event-bus/{self.name}")

    @property
    def rules(self) -> str:
        """The ARNs of the bus's rules, as a pattern. A rule on the default bus has no bus in its ARN."""
        return _arn(self, "events", "rule/*" if self.name == "default" else f"rule/{self.name}/*")


@dataclass(frozen=True)
class RemoteQueue:
    """A queue in another account: `RemoteQueue("partner-orders", at=PARTNER)`. `encrypted` with a key of its own."""

    name: str
    at: Environment
    encrypted: bool = False

    @property
    def arn(self) -> str:
        """The queue's ARN."""
        return _arn(self, "sqs", self.name)


@dataclass(frozen=True)
class RemoteFunction:
    """A function in another account: `RemoteFunction("plan-supply", at=PARTNER)`."""

    name: str
    at: Environment

    @property
    def arn(self) -> str:
        """The function's ARN."""
        return _arn(self, "lambda", f"function:{self.name}")


@dataclass(frozen=True)
class RemoteTopic:
    """A topic in another account: `RemoteTopic("shop-news", at=SHOP)`. `encrypted` with a key of its own, as ours are.

    A route's target, or (`seen_from`) what a queue or function of another account listens to.
    """

    name: str
    at: Environment
    encrypted: bool = True

    @property
    def arn(self) -> str:
        """The topic's ARN."""
        return _arn(self, "sns", self.name)

    def seen_from(self, scope: Construct) -> aws_sns.ITopic:
        """The topic as a stack elsewhere may subscribe to it: `Queue(self, "News", listens_to=NEWS.seen_from(self))`.

        The topic must be there, and admit the account, before that stack is deployed.
        """
        stack, place = Stack.of(scope), f"Remote-{self.name}"
        return stack.node.try_find_child(place) or aws_sns.Topic.from_topic_arn(stack, place, self.arn)  # type: ignore[return-value]  # jsii: what that name was given to


def role_name(sender: RemoteBus, target: str) -> str:
    """The name of the role with which a bus's rules hand over to a target (an ARN) elsewhere.

    Both sides work it out of what they know: the sender gives its role this name, the receiver admits it.
    """
    ends = hashlib.sha256(f"{sender.arn} {target}".encode()).hexdigest()[:8]
    parts = (sender.name, re.split(r"[:/]", target)[-1])
    readable = "-to-".join(_NOT_IN_ROLE_NAMES.sub("-", part)[:_READABLE] for part in parts)
    return f"{readable}-{ends}"


def role_arn(sender: RemoteBus, target: str) -> str:
    """The ARN of that role; it is in the sender's account."""
    return f"arn:{partition_of(sender)}:iam::{sender.at.account}:role/{role_name(sender, target)}"


def place_of(scope: Construct) -> Environment:
    """The account and Region of a stack, in words: another account is to come to the same ARNs.

    Raises:
        EventyardError: If the stack does not say them.
    """
    stack = Stack.of(scope)
    if Token.is_unresolved(stack.account) or Token.is_unresolved(stack.region):
        raise EventyardError(
            "a crossing between accounts needs names known in advance, and this stack does not say where it is.",
            where=scope.node.path,
            remedy="Give the stack env=Environment(account=..., region=...).",
        )
    return Environment(account=stack.account, region=stack.region)


def partition_of(remote: Remote) -> str:
    """`aws`, or `aws-cn` or `aws-us-gov`: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html."""
    return _partition(str(remote.at.region))


def _arn(remote: Remote, service: str, resource: str) -> str:
    at = remote.at
    if not at.account or not at.region or Token.is_unresolved(at.account) or Token.is_unresolved(at.region):
        raise EventyardError(
            f"{type(remote).__name__}({remote.name!r}) does not say where it is.",
            remedy="Give it at=Environment(account=..., region=...).",
        )
    return f"arn:{_partition(at.region)}:{service}:{at.region}:{at.account}:{resource}"


def _partition(region: str) -> str:
    for prefix in ("cn", "us-gov"):
        if region.startswith(f"{prefix}-"):
            return f"aws-{prefix}"
    return "aws"
