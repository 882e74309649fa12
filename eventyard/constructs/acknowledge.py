"""Findings of cdk-nag that stay, each with its reason, on the construct that causes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Acknowledgment, Validations

if TYPE_CHECKING:
    from constructs import IConstruct


def acknowledge(construct: IConstruct, rule: str, *, because: str) -> None:
    """Accept a finding on a construct and everything below it.

    Args:
        construct: Where the finding is caused.
        rule: The finding's id, e.g. `AwsSolutions-L1`, or one finding of a rule: `AwsSolutions-IAM5[Resource::*]`.
        because: Why the finding is right to stay.

    The acknowledgment is aws-cdk-lib's own, which cdk-nag 3 reads; cdk-nag itself is not needed to synthesize.
    """
    Validations.of(construct).acknowledge(Acknowledgment(id=rule, reason=because))
