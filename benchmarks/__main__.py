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
ROUNDS = 30
HANDFUL = 10


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
    """Microseconds an event for each: of every handful of events the best of many rounds, in turns, added up.

    A round of all events takes one of those tried much longer than the other, so that only the shorter would ever find
    a machine at rest for all of it. A handful is short for both.
    """
    handfuls = [stream[at : at + HANDFUL] for at in range(0, len(stream), HANDFUL)]
    best = [[float("inf")] * len(handfuls) for _ in tried]
    for _ in range(ROUNDS):
        for at, handful in enumerate(handfuls):
            for index, one in enumerate(tried):
                start = perf_counter()
                for event in handful:
                    one(event)
                best[index][at] = min(best[index][at], perf_counter() - start)
    return [sum(times) / len(stream) * 1e6 for times in best]


if __name__ == "__main__":
    main()
