"""In process, functions run from the project's own files, so that breakpoints hold and coverage counts."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from eventyard.local._sources import Sources

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("reserve", "refund"):
        folder = tmp_path / "project" / "lambdas" / name
        (folder / "deep").mkdir(parents=True)
        (folder / "handler.py").write_text(f"NAME = '{name}'\n")
        (folder / "deep" / "logic.py").write_text("def same(): ...\n")
    return tmp_path / "project"


def test_a_copy_is_traced_to_the_folder_with_the_same_files(project: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(project / "lambdas" / "refund", tmp_path / "copy")

    assert Sources(project).original_of(copy) == project / "lambdas" / "refund"


def test_a_copy_of_changed_files_stays_where_it_is(project: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(project / "lambdas" / "refund", tmp_path / "copy")
    (project / "lambdas" / "refund" / "deep" / "logic.py").write_text("def other(): ...\n")

    assert Sources(project).original_of(copy) == copy


def test_copies_in_cdk_out_are_no_sources(project: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(project / "lambdas" / "refund", tmp_path / "copy")
    shutil.copytree(copy, project / "cdk.out" / "asset.1")
    shutil.rmtree(project / "lambdas" / "refund")

    assert Sources(project).original_of(copy) == copy
