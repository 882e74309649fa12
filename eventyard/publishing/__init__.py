"""Publishing many events: batched to a service's limits, in parallel, at a rate, each again until it is taken.

A run that was broken off goes on where it was, if it keeps a resume file. Here is the engine; the command
`eventyard publish` shows it.
"""

from eventyard.publishing.batches import batches
from eventyard.publishing.bus import Bus
from eventyard.publishing.destination import Answer, Destination
from eventyard.publishing.item import Item
from eventyard.publishing.journal import Journal
from eventyard.publishing.lines import items_of
from eventyard.publishing.pace import Pace
from eventyard.publishing.report import Report, Untaken
from eventyard.publishing.sending import Sending
from eventyard.publishing.topic import Topic

__all__ = [
    "Answer",
    "Bus",
    "Destination",
    "Item",
    "Journal",
    "Pace",
    "Report",
    "Sending",
    "Topic",
    "Untaken",
    "batches",
    "items_of",
]
