"""What an event matches: EventBridge event patterns, SNS filter policies and Lambda's filters on one core.

The semantics are AWS's: the EventBridge user guide's pages on event patterns, the SNS developer guide's pages on
filter policies, the Lambda developer guide's pages on event filtering, and, where those are silent, the documented
behaviour of AWS's published matching engine (https://github.com/aws/event-ruler). docs/patterns.md is the normative
text. Standard library only.
"""

from eventyard.errors import PatternError
from eventyard.patterns.event_pattern import EventPattern
from eventyard.patterns.explanation import Explanation
from eventyard.patterns.filter_policy import FilterPolicy
from eventyard.patterns.pattern_set import PatternSet
from eventyard.patterns.source_filter import SourceFilter

__all__ = ["EventPattern", "Explanation", "FilterPolicy", "PatternError", "PatternSet", "SourceFilter"]
