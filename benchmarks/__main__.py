"""Measure matching against reading: the table on the terminal, the picture beside this file."""

from __future__ import annotations

import json
import platform
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.plot import svg
from benchmarks.workload import events, rules
from eventyard.patterns import PatternSet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

COUNTS = (1, 100, 1_000, 10_000)
WANTED = (3.0, 4.0, 5.0, 7.0)
JAVA = (1.0, 1.6, 2.0, 7.0)  # AWS's engine in Java, about: its own time over that of parsing the same event
ROUNDS = 15


def main() -> None:
    """Print the table, write the picture."""
    stream = events()
    size = sum(map(len, stream)) // len(stream)
    sys.stdout.write(f"{len(stream)} events of {size} bytes, Python {platform.python_version()}\n\n")
    sys.stdout.write("|  rules | matches an event | json.loads | match | multiple | wanted |\n")
    sys.stdout.write("| -----: | ---------------: | ---------: | ----: | -------: | -----: |\n")
    multiples = []
    for count, wanted in zip(COUNTS, WANTED, strict=True):
        patterns = PatternSet(rules(count))
        matches = sum(len(patterns.match(event)) for event in stream) / len(stream)
        reading, matching = _best(stream, json.loads, patterns.match)
        multiples.append(matching / reading)
        sys.stdout.write(
            f"| {count:6,} | {matches:16.2f} | {reading:7.1f} µs | {matching:2.0f} µs "
            f"| {multiples[-1]:8.1f} | {wanted:6.0f} |\n"
        )
    picture = svg(COUNTS, {"eventyard (Python)": multiples, "AWS (Java)": JAVA, "at most": WANTED})
    Path(__file__).with_name("patterns.svg").write_text(picture, encoding="utf-8")


def _best(stream: Sequence[str], *tried: Callable[[str], object]) -> list[float]:
    """Microseconds an event for each: the best of several rounds, in turns, so that all share the noise."""
    best = [float("inf")] * len(tried)
    for _ in range(ROUNDS):
        for index, one in enumerate(tried):
            start = perf_counter()
            for event in stream:
                one(event)
            best[index] = min(best[index], (perf_counter() - start) / len(stream) * 1e6)
    return best


if __name__ == "__main__":
    main()
