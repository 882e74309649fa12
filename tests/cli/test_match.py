"""`eventyard match`, as someone types it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

PATTERN = '{"source": ["shop.web"], "detail": {"total": [{"numeric": [">", 100]}]}}'
GREAT = '{"source": "shop.web", "detail-type": "OrderPlaced", "detail": {"total": 120}}'
SMALL = '{"source": "shop.web", "detail-type": "OrderPlaced", "detail": {"total": 80}}'


def match(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "eventyard", "match", *arguments]
    return subprocess.run(command, input=given, capture_output=True, text=True, check=False)


def test_an_event_that_matches_ends_with_0_and_says_so() -> None:
    said = match(PATTERN, GREAT)

    assert said.returncode == 0
    assert said.stdout.startswith("Match.\n")
    assert said.stderr == ""


def test_an_event_that_does_not_match_ends_with_1_and_says_why() -> None:
    said = match(PATTERN, SMALL)

    assert said.returncode == 1
    assert "detail.total: 80 is not > 100" in said.stdout
    assert said.stderr == ""


def test_pattern_and_event_may_be_files(tmp_path: Path) -> None:
    pattern, event = tmp_path / "pattern.json", tmp_path / "event.json"
    pattern.write_text(PATTERN, encoding="utf-8-sig")
    event.write_text(GREAT)

    assert match(str(pattern), str(event)).returncode == 0


@pytest.mark.parametrize("arguments", [("-", GREAT), (PATTERN, "-")])
def test_either_may_come_from_standard_input(arguments: tuple[str, str]) -> None:
    given = PATTERN if arguments[0] == "-" else GREAT

    assert match(*arguments, given=given).returncode == 0


def test_json_holds_each_field_with_what_was_wanted_and_found() -> None:
    said = match(PATTERN, SMALL, "--json")

    answer = json.loads(said.stdout)
    findings = {finding["path"]: finding for finding in answer["alternatives"][0]["findings"]}
    assert said.returncode == 1
    assert answer["matches"] is False
    assert findings["detail.total"]["found"] == [80]
    assert findings["detail.total"]["met"] is False
    assert findings["source"]["met"] is True


def test_a_filter_policy_looks_at_the_body() -> None:
    policy = '{"store": ["Berlin"]}'

    assert match(policy, '{"store": "Berlin"}', "--filter-policy", "MessageBody").returncode == 0
    assert match(policy, '{"store": "Bonn"}', "--filter-policy", "MessageBody").returncode == 1


def test_a_filter_policy_looks_at_the_attributes() -> None:
    def attributes(store: str) -> str:
        return json.dumps({"store": {"DataType": "String", "StringValue": store}})

    policy = '{"store": ["Berlin"]}'

    assert match(policy, attributes("Berlin"), "--filter-policy", "MessageAttributes").returncode == 0
    assert match(policy, attributes("Bonn"), "--filter-policy", "MessageAttributes").returncode == 1


def test_a_body_that_is_no_json_object_does_not_match(tmp_path: Path) -> None:
    body = tmp_path / "body.txt"
    body.write_text("hello")

    said = match('{"store": ["Berlin"]}', str(body), "--filter-policy", "MessageBody")

    assert said.returncode == 1
    assert "no JSON object" in said.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (('{"detail": {"price": [{"bigger": 3}]}}', GREAT), "detail.price[0]: EventBridge knows no operator"),
        (("{", GREAT), "not valid JSON"),
        (("[]", GREAT), "a list, not an object"),
        ((PATTERN, "{'source': 'shop.web'}"), "event: The event is not valid JSON"),
        ((PATTERN, "[1]"), "event: The event is not a JSON object"),
        ((PATTERN, '{"a": NaN}'), "event: The event is not valid JSON"),
        ((PATTERN, '{"a":' * 20_000), "event: The event is"),
        ((PATTERN, "no-such-file.json"), "EVENT: 'no-such-file.json' is neither JSON text nor a file"),
        (("x" * 5_000, GREAT), "PATTERN: '" + "x" * 60 + "...' is neither"),
        (("-", "-"), "not both"),
        (('{"a": {"b": ["c"]}}', "{}", "--filter-policy", "MessageAttributes"), "a: A policy over message attributes"),
        (('{"a": ["b"]}', '{"a": "b"}', "--filter-policy", "MessageAttributes"), "EVENT.a: a message attribute is"),
        (('{"a": ["b"]}', "[]", "--filter-policy", "MessageAttributes"), "EVENT: it is not a JSON object"),
        (('{"a": ["b"]}', "{", "--filter-policy", "MessageAttributes"), "EVENT: it is not valid JSON"),
    ],
)
def test_bad_input_ends_with_2_and_one_message_that_names_the_place(arguments: tuple[str, ...], message: str) -> None:
    said = match(*arguments)

    assert said.returncode == 2
    assert said.stderr.startswith("eventyard: ")
    assert message in said.stderr
    assert said.stderr.count("\n") == 1
    assert said.stdout == ""


def test_a_file_that_is_no_text_is_bad_input(tmp_path: Path) -> None:
    file = tmp_path / "event.bin"
    file.write_bytes(b"\xff\xfe{}")

    said = match(PATTERN, str(file))

    assert said.returncode == 2
    assert f"EVENT: {file} cannot be read" in said.stderr


@pytest.mark.parametrize("option", [(), ("--json",)])
def test_half_a_character_is_no_obstacle(option: tuple[str, ...]) -> None:
    said = match(r'{"\ud800": ["\ud801"]}', r'{"\ud800": "\ud802"}', *option)

    assert said.returncode == 1
    assert said.stderr == ""
    assert r"\ud802" in said.stdout
