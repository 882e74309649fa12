"""Pipes: a queue's messages, filtered, enriched by a function, to one target.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes.html
"""

from eventyard.local.pipes._pipes import Pipes

__all__ = ["Pipes"]
