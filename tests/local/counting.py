"""What something costs, the same on every machine."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def lines_run(do: Callable[[], object]) -> int:
    """How many lines of Python `do` runs."""
    counted = 0

    def trace(_frame: object, event: str, _argument: object) -> object:
        nonlocal counted
        counted += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]  # the frame is of no interest
    try:
        do()
    finally:
        sys.settrace(before)
    return counted
