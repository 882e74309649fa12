"""Why an event matches a pattern or does not: for each field what was wanted, what the event has, and why not.

Whether it matches is asked of the matcher; everything here only puts into words what the matcher saw.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from eventyard.patterns.explanation._elements import narrowed, scattered
from eventyard.patterns.explanation._fields import Finding, described, scattered_fields
from eventyard.patterns.matcher import satisfies

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from eventyard.patterns.matcher import Branch

__all__ = ["Alternative", "Explanation", "Finding", "explain"]

_ALTERNATIVES = 20  # combinations of $or branches that are explained, the nearest ones
_WRITTEN = 5  # of them, those in the text
_MET = 10  # fields that are as wanted beside others that are not, in the text


@dataclass(frozen=True, slots=True)
class Alternative:
    """One combination of `$or` branches; a pattern without `$or` has one.

    Attributes:
        branches: Which branches, by their place in the pattern: `detail.$or[1]`; empty without `$or`.
        findings: One for each field, and one for each array whose elements meet all fields only between them. What is
            not met comes first, the nearest miss before the others.
    """

    branches: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def missed(self) -> tuple[Finding, ...]:
        """What is not met."""
        return tuple(finding for finding in self.findings if not finding.met)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What `explain` found; `str()` is a text for a terminal.

    Attributes:
        matches: Whether the event matches: what the pattern's own `matches` says.
        alternatives: How the pattern could match, the nearest first; where it does match, the first that does.
        more: How many more combinations of `$or` branches there are, all of them further off.
        note: Why nothing was compared, such as a body that is no JSON; else empty.
    """

    matches: bool
    alternatives: tuple[Alternative, ...] = ()
    more: int = 0
    note: str = ""

    def __str__(self) -> str:
        """The verdict, and a line for each field."""
        if not self.alternatives:
            return f"No match: {self.note}"
        if self.matches:
            return "\n".join(["Match.", *_lines(self.alternatives[0])])
        written = self.alternatives[:_WRITTEN]
        if not written[0].branches:
            return "\n".join([f"No match: {_count(written[0])}.", *_lines(written[0])])
        text = ["No match in any branch of $or; the nearest first."]
        for one in written:
            text.append(f"{', '.join(one.branches)}: {_count(one)}")
            text.extend(_lines(one))
        left = len(self.alternatives) - len(written) + self.more
        return "\n".join([*text, f"and {left:,} more"] if left else text)


def explain(alternatives: Sequence[Branch], event: Mapping[str, Any]) -> Explanation:
    """Explain an event (or what else is matched, as an object) to the alternatives of a pattern.

    The time is linear in the pattern times the part of the event that it names; of large arrays and long value lists
    only the first are compared in words.
    """
    for alternative in alternatives:
        if satisfies(alternative, event):
            chosen = narrowed(alternative, event)
            found = tuple(described(field, chosen) for field in alternative.fields)
            return Explanation(matches=True, alternatives=(Alternative(_branches(alternative), found),))
    cache: dict[int, Finding] = {}
    ranked = []
    for alternative in alternatives:
        for field in alternative.fields:
            if id(field) not in cache:
                cache[id(field)] = described(field, event)
        found = tuple(cache[id(field)] for field in alternative.fields)
        ranked.append(
            (sum(not finding.met for finding in found), sum(finding.distance for finding in found), alternative, found)
        )
    ranked.sort(key=lambda one: one[:2])
    explained = tuple(
        Alternative(
            _branches(alternative),
            tuple(
                sorted(
                    (*_between(alternative, event, found), *found), key=lambda finding: (finding.met, finding.distance)
                )
            ),
        )
        for *_, alternative, found in ranked[:_ALTERNATIVES]
    )
    return Explanation(matches=False, alternatives=explained, more=len(ranked) - len(explained))


def _between(alternative: Branch, event: Mapping[str, Any], fields: Iterable[Finding]) -> list[Finding]:
    """What no field shows by itself: arrays of objects."""
    between = [scattered_fields(one) for one in scattered(alternative, event)]
    if not between and all(finding.met for finding in fields):
        return [
            Finding(
                path="",
                wanted="one combination of array elements with all fields",
                found=(),
                met=False,
                words="each field matches, but not all of them in one combination of array elements",
                distance=0.0,
            )
        ]
    return between


def _branches(alternative: Branch) -> tuple[str, ...]:
    """The branches that an alternative is made of, by the places of its fields."""
    places = (field.where.rpartition("$or[") for field in alternative.fields)
    return tuple(sorted({f"{before}{or_}{after.partition(']')[0]}]" for before, or_, after in places if or_}))


def _count(alternative: Alternative) -> str:
    missed, fields = len(alternative.missed), len(alternative.findings)
    return f"{missed:,} of {fields:,} {'differs' if missed == 1 else 'differ'}" if fields > 1 else "it differs"


def _lines(alternative: Alternative) -> list[str]:
    missed = [f"  {finding.words}" for finding in alternative.missed]
    met = [finding.words for finding in alternative.findings if finding.met]
    if not missed:
        return [f"  {words}" for words in met]
    more = f"; and {len(met) - _MET:,} more" if len(met) > _MET else ""
    return [*missed, f"  as wanted: {'; '.join(met[:_MET])}{more}"] if met else missed
