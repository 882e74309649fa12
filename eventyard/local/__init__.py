"""The local cloud: a CDK app deployed on this machine, its events really delivered, every fate on record."""

from eventyard.local._cloud import LocalCloud
from eventyard.local._code import Code
from eventyard.local._deployment import Notice
from eventyard.local._host import Host
from eventyard.local._served import ServedCloud
from eventyard.local.ledger import Attempt, Balance, Chapter, Delivery, Edge, Event, Fate, Ledger, Story, readable

__all__ = [
    "Attempt",
    "Balance",
    "Chapter",
    "Code",
    "Delivery",
    "Edge",
    "Event",
    "Fate",
    "Host",
    "Ledger",
    "LocalCloud",
    "Notice",
    "ServedCloud",
    "Story",
    "readable",
]
