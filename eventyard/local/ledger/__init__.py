"""The ledger: every event, every delivery with its attempts, and its one fate."""

from eventyard.local.ledger._ledger import Ledger
from eventyard.local.ledger._records import Attempt, Balance, Cause, Delivery, Edge, Event, Fate
from eventyard.local.ledger._story import Chapter, Story, readable
from eventyard.local.ledger._tape import Happening, Tape

__all__ = [
    "Attempt",
    "Balance",
    "Cause",
    "Chapter",
    "Delivery",
    "Edge",
    "Event",
    "Fate",
    "Happening",
    "Ledger",
    "Story",
    "Tape",
    "readable",
]
