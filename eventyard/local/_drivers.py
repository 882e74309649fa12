"""The threads of a served cloud that do what falls due, each in its turn."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

    from eventyard.local._agenda import Agenda
    from eventyard.local._turn import Alone

# So many functions can be waited for at a time; what waits for none of them takes no time to speak of.
_THREADS = 8
_LOOK_SECONDS = 60.0

log = logging.getLogger(__name__)


class Drivers:
    """They run until the block ends. What an action raises is logged, and the others go on."""

    def __init__(self, agenda: Agenda, turn: Alone) -> None:
        self._agenda = agenda
        self._turn = turn
        self._threads = [
            threading.Thread(target=self._drive, name=f"eventyard deliveries {number}", daemon=True)
            for number in range(_THREADS)
        ]

    def __enter__(self) -> Self:
        """Begin."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """What is under way is finished; what is due later is not done."""
        self._agenda.close()
        for thread in self._threads:
            thread.join(timeout=1)

    def _drive(self) -> None:
        while self._agenda.is_open:
            taken = self._agenda.take(_LOOK_SECONDS)
            if taken is None:
                continue
            action, background = taken
            try:
                with self._turn:
                    action()
            except Exception:
                log.exception("A delivery ended with an error of eventyard's own.")
            finally:
                self._agenda.done(background=background)
