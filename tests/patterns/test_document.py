"""Every example of docs/patterns.md: the text is normative, so it has to be true."""

import contextlib
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from eventyard.patterns import EventPattern, FilterPolicy, PatternError, SourceFilter
from eventyard.patterns.dialect import EVENTBRIDGE

TEXT = (Path(__file__).parents[2] / "docs" / "patterns.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^#+ (?P<heading>[^\n]+)$|^```(?P<language>\w+)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)

KEYS = {
    "pattern": {"pattern", "event"},
    "policy": {"policy", "scope", "attributes", "body"},
    "filter": {"filter", "record", "of"},
}


def blocks() -> Iterator[tuple[str, str, str]]:
    """Every fenced block: its heading, its language, its code."""
    heading = ""
    for found in BLOCK.finditer(TEXT):
        if found["heading"]:
            heading = found["heading"]
        else:
            yield heading, found["language"], found["code"]


EXAMPLES = [(heading, json.loads(code)) for heading, language, code in blocks() if language == "json"]


def named() -> list[Any]:
    """The examples as parameters: `numeric 3`, the third under that heading."""
    headings = [heading for heading, _ in EXAMPLES]
    return [
        pytest.param(example, id=f"{heading} {headings[: index + 1].count(heading)}")
        for index, (heading, example) in enumerate(EXAMPLES)
    ]


@pytest.mark.parametrize("example", named())
def test_an_example_is_true(example: dict[str, Any]) -> None:
    if "refused" in example:
        with pytest.raises(PatternError) as refusal:
            verdict(example)
        assert refusal.value.where == example["refused"], str(refusal.value)
        assert refusal.value.remedy
    else:
        assert verdict(example) is example["matches"]


def verdict(example: dict[str, Any]) -> bool:
    if "pattern" in example:
        return EventPattern.parse(example["pattern"]).matches(example.get("event", {}))
    if "policy" in example:
        policy = FilterPolicy.parse(example["policy"], scope=example["scope"])
        return policy.matches(attributes=example.get("attributes", {}), body=example.get("body", ""))
    return SourceFilter.parse(example["filter"], source=example.get("of")).matches(example.get("record", {}))


@pytest.mark.parametrize("example", named())
def test_an_example_has_the_fixed_shape_and_a_source_of_the_table(example: dict[str, Any]) -> None:
    kind = next(iter(example))

    assert set(example) <= KEYS[kind] | {"matches", "refused", "source"}
    assert ("matches" in example) != ("refused" in example)
    assert f"\n| {example['source']} | " in TEXT


@pytest.mark.parametrize("operator", [*sorted(EVENTBRIDGE.operators), "$or"])
def test_every_operator_has_examples_that_match_that_do_not_and_that_are_refused(operator: str) -> None:
    examples = [example for heading, example in EXAMPLES if heading == operator]

    assert {True, False} <= {example["matches"] for example in examples if "matches" in example}
    assert any("refused" in example for example in examples)


def test_the_explanation_in_the_document_is_what_is_printed() -> None:
    shown = {language: code for heading, language, code in blocks() if heading == "Why not"}

    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(shown["python"], {})  # noqa: S102  # the document's own example

    assert printed.getvalue() == shown["text"]
