"""What an event matches: EventBridge event patterns and SNS filter policies on one core.

The semantics are AWS's: the EventBridge user guide's pages on event patterns, the SNS developer guide's pages on
filter policies, and, where those are silent, the documented behaviour of AWS's published matching engine
(https://github.com/aws/event-ruler). Standard library only.
"""

from eventyard.errors import PatternError
from eventyard.patterns.event_pattern import EventPattern
from eventyard.patterns.filter_policy import FilterPolicy

__all__ = ["EventPattern", "FilterPolicy", "PatternError"]
