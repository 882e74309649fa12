"""The resume file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from eventyard.errors import EventyardError
from eventyard.publishing import Item, Journal

if TYPE_CHECKING:
    from pathlib import Path


def item(line: int, text: str = "hello") -> Item:
    return Item(line, {"Message": text}, len(text))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "resume"


def test_what_was_taken_is_known_to_the_next_run(path: Path) -> None:
    with Journal(path, "bus") as journal:
        journal.add([(item(1), "e-1"), (item(3), "e-3")])
    with Journal(path, "bus") as journal:
        assert [journal.has(item(line)) for line in (1, 2, 3)] == [True, False, True]


def test_it_says_which_id_each_line_got(path: Path) -> None:
    with Journal(path, "bus") as journal:
        journal.add([(item(7), "e-7")])
    assert [json.loads(line).get("id") for line in path.read_text().splitlines()] == [None, "e-7"]


def test_what_was_being_written_when_the_process_was_killed_counts_as_not_taken(path: Path) -> None:
    with Journal(path, "bus") as journal:
        journal.add([(item(1), "e-1"), (item(2), "e-2")])
    path.write_bytes(path.read_bytes()[:-5])

    with Journal(path, "bus") as journal:
        assert (journal.has(item(1)), journal.has(item(2))) == (True, False)
        journal.add([(item(2), "e-2")])
    with Journal(path, "bus") as journal:
        assert journal.has(item(2))


def test_it_knows_before_it_is_closed_what_was_added(path: Path) -> None:
    """A killed process closes nothing."""
    with Journal(path, "bus") as journal:
        journal.add([(item(1), "e-1")])
        assert b"e-1" in path.read_bytes()


def test_a_file_that_was_changed_meanwhile_is_refused(path: Path) -> None:
    with Journal(path, "bus") as journal:
        journal.add([(item(1), "e-1")])
    with Journal(path, "bus") as journal, pytest.raises(EventyardError, match="line 1 is not what was published then"):
        journal.has(item(1, "another"))


def test_a_run_to_somewhere_else_is_refused(path: Path) -> None:
    with Journal(path, "the local cloud"):
        pass
    with pytest.raises(EventyardError, match="it is of a run to the local cloud, and not to AWS"), Journal(path, "AWS"):
        pass


@pytest.mark.parametrize("text", ["hello", '{"to": "x"}\n', '{"a": 1}\n{"b": 2}\n', "[]\n", "\n"])
def test_any_other_file_is_refused_and_stays_as_it_is(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(EventyardError, match="it is no resume file"), Journal(path, "bus"):
        pass
    assert path.read_text() == text


def test_two_runs_at_a_time_are_refused(path: Path) -> None:
    with (
        Journal(path, "bus"),
        pytest.raises(EventyardError, match="another run is writing it"),
        Journal(path, "bus"),
    ):
        pass
