"""rule → worker, that is: its queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.constructs.targets import queue
from eventyard.constructs.worker import Worker

if TYPE_CHECKING:
    from eventyard.constructs.targets.edge import Connection, Edge


def accepts(to: object) -> bool:
    """Whether this is a worker."""
    return isinstance(to, Worker)


def connect(to: Worker, edge: Edge) -> Connection:
    """Admit the bus's rules to the worker's queue."""
    return queue.connect(to.queue, edge)
