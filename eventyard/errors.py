"""What can go wrong, as a tree. Every message says what is wrong, where, and what to do.

::

    EventyardError
    ├── PatternError        a pattern or filter policy that AWS would refuse
    ├── PolicyError         a policy document that AWS would refuse, or a request that is none
    ├── ContractError       an event that is not what its type promises, or a type that cannot be kept
    ├── TransformError      a target input that AWS would refuse, or a result that is no JSON
    ├── AssemblyError       what `cdk synth` wrote cannot be read
    │   ├── AssetError      an asset that a stack names is not there
    │   └── SynthError      the app failed, or there is none
    ├── DeployError         a resource or stack that cannot be created in the local cloud
    ├── HandlerError        a function's handler that cannot be loaded
    ├── DeliveryError       the books do not balance, or work did not come to rest
    └── RealAWSError        a call was about to leave this machine
"""

from __future__ import annotations


class EventyardError(Exception):
    """The root: whatever eventyard raises on purpose.

    Args:
        message: What is wrong, in one sentence.
        where: The place: `stack/LogicalId`, a path in a pattern (`detail.price[0]`), a file. Empty if there is none.
        remedy: What to do about it. Empty if the message says it.
    """

    def __init__(self, message: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(message, where, remedy)
        self.message = message
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        """`where: message. remedy`, on one line as far as its parts are."""
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text} {self.remedy}" if self.remedy else text


class PatternError(EventyardError, ValueError):
    """A pattern or filter policy that AWS would refuse; `where` is the path in it, such as `detail.price[0]`."""


class PolicyError(EventyardError, ValueError):
    """An IAM policy document that AWS would refuse; `where` is the path in it, `Statement[1].Condition.StringLike`.

    Also a request that no principal could make; `where` is then `Request.principal` or the like.
    """


class ContractError(EventyardError, ValueError):
    """An event that is not what its type promises, or an event type that could not be published or kept.

    `where` is the field's path, such as `detail.lines.0.quantity`, or the type.
    """


class TransformError(EventyardError, ValueError):
    """A target's input that PutTargets would refuse, or a template whose result is no valid JSON."""


class AssemblyError(EventyardError):
    """A cloud assembly that cannot be read; `where` is the file, or `stack/LogicalId`."""


class AssetError(AssemblyError):
    """An asset (a function's code) that a stack names and the assembly does not hold."""


class SynthError(AssemblyError):
    """The CDK app failed, or there is none to run."""


class DeployError(EventyardError):
    """A stack or resource that cannot be created in the local cloud.

    `where` is `stack/LogicalId`; `stack` and `logical_id` are its two halves (`logical_id` is empty for a stack).
    """

    def __init__(self, message: str, *, stack: str, logical_id: str = "", remedy: str = "") -> None:
        super().__init__(message, where=f"{stack}/{logical_id}" if logical_id else stack, remedy=remedy)
        self.stack = stack
        self.logical_id = logical_id


class HandlerError(EventyardError):
    """A function's handler that cannot be imported or initialised; `where` is `stack/LogicalId`."""


class DeliveryError(EventyardError, AssertionError):
    """The books do not balance, or deliveries went on without end."""


class RealAWSError(EventyardError):
    """A call that was about to leave this machine for real AWS."""
