from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import create_model

from eventyard.contracts import ContractError, EventType
from eventyard.contracts.testing import check_recorded
from tests.contracts.order_events import EVENTS

if TYPE_CHECKING:
    from pathlib import Path


def placed(version: str = "1", source: str | tuple[str, ...] = "shop.web", **fields: Any) -> type[EventType]:  # noqa: ANN401
    """OrderPlaced with these fields: a type, or a type and its default."""
    declared: dict[str, Any] = {
        name: field if isinstance(field, tuple) else (field, ...) for name, field in fields.items()
    }
    keywords = {"version": version, "source": source}
    return create_model("OrderPlaced", __base__=EventType, __cls_kwargs__=keywords, **declared)


def said(folder: Path, *events: type[EventType], record: bool = False) -> list[tuple[str, str]]:
    return [(one.code, one.field) for one in check_recorded(events, folder, record=record)]


@pytest.fixture
def promised(tmp_path: Path) -> Path:
    """A folder with the first version on record."""
    assert check_recorded([placed(order_id=str, total=int)], tmp_path, record=True) == []
    return tmp_path


def test_what_is_on_record_and_has_not_changed_is_kept(promised: Path) -> None:
    assert said(promised, placed(order_id=str, total=int)) == []


def test_a_version_without_a_record_asks_for_one_and_writes_nothing(tmp_path: Path) -> None:
    assert said(tmp_path, placed(order_id=str)) == [("unrecorded", "")]
    assert list(tmp_path.iterdir()) == []


def test_a_field_that_is_gone_is_named(promised: Path) -> None:
    assert said(promised, placed(order_id=str)) == [("removed", "detail.total")]


def test_a_record_that_would_be_broken_is_never_written_over(promised: Path) -> None:
    before = (promised / "OrderPlaced.json").read_text()

    assert said(promised, placed(order_id=str), record=True) == [("removed", "detail.total")]
    assert (promised / "OrderPlaced.json").read_text() == before


def test_an_optional_field_more_is_recorded_when_asked_and_from_then_on_promised(promised: Path) -> None:
    more = placed(order_id=str, total=int, note=(str, ""))

    assert said(promised, more) == [("unrecorded", "")]
    assert said(promised, more, record=True) == []
    assert said(promised, placed(order_id=str, total=int)) == [("removed", "detail.note")]


def test_a_new_version_may_break_the_old_one_as_long_as_both_are_there(promised: Path) -> None:
    old, new = placed(order_id=str, total=int), placed(version="2", order_id=int)

    assert said(promised, old, new, record=True) == []
    assert sorted(file.name for file in promised.iterdir()) == ["OrderPlaced.json", "OrderPlaced.v2.json"]


def test_a_version_that_nobody_publishes_any_more_is_told(promised: Path) -> None:
    (gone,) = check_recorded([placed(version="2", order_id=int)], promised, record=True)

    assert (gone.code, gone.event) == ("gone", "OrderPlaced")
    assert "OrderPlaced.json" in str(gone)


def test_a_source_more_is_harmless_and_a_source_less_is_not(promised: Path) -> None:
    assert said(promised, placed(source=("shop.web", "shop.pos"), order_id=str, total=int), record=True) == []
    assert said(promised, placed(source="shop.web", order_id=str, total=int)) == [("removed", "source")]


def test_two_event_types_of_one_detail_type_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="no rule could tell them apart"):
        check_recorded([placed(a=int), placed(b=int)], tmp_path)


@pytest.mark.parametrize("text", ["{not json", "[]"])
def test_a_record_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "OrderPlaced.json").write_text(text)

    with pytest.raises(ContractError, match=r"OrderPlaced\.json"):
        check_recorded([placed(a=int)], tmp_path)


def test_records_are_the_same_whoever_writes_them_and_hold_no_prose(tmp_path: Path) -> None:
    check_recorded(EVENTS, tmp_path, record=True)

    for file in tmp_path.iterdir():
        text = file.read_text()
        assert text == json.dumps(json.loads(text), indent=2, sort_keys=True) + "\n"
        assert '"description"' not in text
    assert check_recorded(EVENTS, tmp_path) == []
