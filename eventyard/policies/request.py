"""What is asked: may this principal do this to that?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.policies.context import Given


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request to AWS.

    Attributes:
        principal: Who asks: the ARN of a role, of a role's session
            (`arn:aws:sts::111111111111:assumed-role/r/session`), of a user, or of an account's root user; a service
            (`events.amazonaws.com`); a federated identity (the provider's ARN, or its domain); `*` for nobody known.
        action: `sqs:SendMessage`, in any case.
        resource: The ARN, or `*` for actions that know no resource.
        context: Condition keys, in any case, with a string, bool, number, datetime or a list of them; None for a key
            that this request lacks. What follows from principal and resource is filled in: `aws:PrincipalArn`,
            `aws:PrincipalAccount`, `aws:PrincipalType`, `aws:PrincipalIsAWSService`, `aws:PrincipalServiceName`,
            `aws:username`, `aws:ResourceAccount`.
        resource_account: Whose the resource is, where its ARN does not say (`arn:aws:s3:::bucket`). Left out, such a
            resource is the principal's own account's.
    """

    principal: str
    action: str
    resource: str
    context: Mapping[str, Given] = field(default_factory=dict)
    resource_account: str = ""
