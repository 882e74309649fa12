"""What a target receives: Input, InputPath and InputTransformer of EventBridge's targets.

Follows https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html. Standard library only.
"""

from eventyard.transforms.target import check_target, transform

__all__ = ["check_target", "transform"]
