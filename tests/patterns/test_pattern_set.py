import json
import os
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from eventyard.patterns import PatternSet
from tests.patterns import naive
from tests.patterns.test_against_naive import DOTTED, PLAIN, events, patterns

# Every pattern of a set on every event is a case: ten thousand in every run; `make fuzz` asks for a million.
CASES = int(os.environ.get("EVENTYARD_FUZZ", "10000"))
EACH = 20
EXAMPLES = CASES // EACH**2

WRITTEN = [
    (case["name"], case["pattern"], case["event"], case["matches"])
    for file in sorted(Path(__file__).with_name("cases").glob("*.json"))
    for case in json.loads(file.read_text(encoding="utf-8"))
    if "matches" in case and "pattern" in case and isinstance(case.get("event"), dict)
]

# A failure names its pattern and its event, so it is small as it stands; shrinking twenty patterns takes minutes.
SETTINGS = settings(
    deadline=None,
    derandomize="EVENTYARD_FUZZ" not in os.environ,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def wanted(names: st.SearchStrategy[str]) -> st.SearchStrategy[list[Any]]:
    return st.lists(patterns(names), min_size=EACH, max_size=EACH)


def happened(names: st.SearchStrategy[str]) -> st.SearchStrategy[list[Any]]:
    return st.lists(events(names), min_size=EACH, max_size=EACH)


@settings(SETTINGS, max_examples=EXAMPLES)
@given(wanted(PLAIN | st.just("a.b")), happened(PLAIN))
def test_a_set_matches_as_if_each_pattern_were_tried_on_every_combination(asked: list[Any], sent: list[Any]) -> None:
    together = PatternSet({str(index): pattern for index, pattern in enumerate(asked)})

    for event in sent:
        found = together.match(json.dumps(event))
        assert together.match(event) == found
        for name in together:
            matches = naive.matches(asked[int(name)], event)
            assert (name in found) is matches, f"{asked[int(name)]} on {event}"
            assert together[name].matches(event) is matches, f"{asked[int(name)]} on {event}"


@settings(SETTINGS, max_examples=EXAMPLES)
@given(wanted(DOTTED), happened(DOTTED))
def test_dotted_keys_match_in_a_set_as_they_do_alone(asked: list[Any], sent: list[Any]) -> None:
    together = PatternSet({str(index): pattern for index, pattern in enumerate(asked)})

    for event in sent:
        found = together.match(json.dumps(event))
        assert together.match(event) == found
        assert found == {name for name in together if together[name].matches(event)}, f"{asked} on {event}"


@settings(SETTINGS, max_examples=EXAMPLES)
@given(wanted(PLAIN), happened(PLAIN), st.randoms(use_true_random=False))
def test_a_set_answers_as_one_built_anew_whatever_was_added_and_removed(
    asked: list[Any], sent: list[Any], random: Random
) -> None:
    grown = PatternSet()
    there: dict[str, Any] = {}
    for pattern in asked * 3:
        name = str(random.randrange(EACH))
        if name in there and random.random() < 0.5:
            grown.remove(name)
            del there[name]
        else:
            grown.add(name, pattern)
            there[name] = pattern
    anew = PatternSet(dict(sorted(there.items())))

    assert set(grown) == set(there)
    for event in sent:
        assert grown.match(event) == anew.match(event)


def test_every_written_case_matches_in_one_set_of_all_of_them() -> None:
    asked = PatternSet({f"{index} {name}": pattern for index, (name, pattern, _, _) in enumerate(WRITTEN)})

    for index, (name, pattern, event, matches) in enumerate(WRITTEN):
        found = asked.match(event)
        assert (f"{index} {name}" in found) is matches
        assert found == asked.match(json.dumps(event))
        assert found == {one for one in asked if asked[one].matches(event)}, pattern
