"""A deployment package becomes a folder once, and nothing outside of it."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from eventyard.errors import AssetError
from eventyard.local.functions import unpack

if TYPE_CHECKING:
    from pathlib import Path


def _package(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, text in files.items():
            package.writestr(zipfile.ZipInfo(name), text)  # ZipInfo: the same bytes whatever the time
    return buffer.getvalue()


def test_the_files_of_a_package_are_in_its_folder(tmp_path: Path) -> None:
    folder = unpack(_package({"app.py": "x = 1", "lib/logic.py": "y = 2"}), tmp_path / "code")
    assert (folder / "app.py").read_text() == "x = 1"
    assert (folder / "lib" / "logic.py").read_text() == "y = 2"


def test_the_same_bytes_are_unpacked_once_and_others_beside_them(tmp_path: Path) -> None:
    package = _package({"app.py": "x = 1"})
    first = unpack(package, tmp_path)
    (first / "app.py").write_text("touched")
    assert unpack(package, tmp_path) == first
    assert (first / "app.py").read_text() == "touched"
    other = unpack(_package({"app.py": "x = 2"}), tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([first, other])


@pytest.mark.parametrize("name", ["../evil.py", "a/../../evil.py", "/etc/evil.py", "..\\evil.py", "C:/evil.py"])
def test_a_name_that_points_outside_is_refused_and_nothing_is_left(tmp_path: Path, name: str) -> None:
    with pytest.raises(AssetError, match="points outside") as refused:
        unpack(_package({"app.py": "x = 1", name: "evil"}), tmp_path / "code")
    assert refused.value.remedy
    assert list((tmp_path / "code").iterdir()) == []
    assert not (tmp_path / "evil.py").exists()


def test_bytes_that_are_no_zip_are_refused(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match="no zip"):
        unpack(b"not a zip", tmp_path)
