"""Where deployed code came from: the folder of the project that holds the very same files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# Holds copies and others' code, never the files that someone edits.
_NOT_SOURCES = {"cdk.out", ".venv", "venv", "node_modules", "__pycache__"}


class Sources:
    """The files of a project, by name.

    Code is deployed as a copy, whose files nobody sets a breakpoint in or measures the coverage of. `original_of` finds
    the folder that it is a copy of, by content, so it works for every app and needs no metadata.
    """

    def __init__(self, project: Path) -> None:
        self._folders: dict[str, list[Path]] = {}
        for folder, below, files in os.walk(project):
            below[:] = [name for name in below if name not in _NOT_SOURCES and not name.startswith(".")]
            for name in files:
                self._folders.setdefault(name, []).append(project.joinpath(folder))

    def original_of(self, copy: Path) -> Path:
        """The folder whose files are those of `copy`; `copy` itself where there is none."""
        files = [path.relative_to(copy) for path in copy.rglob("*") if path.is_file()]
        if not files:
            return copy
        rarest = min(files, key=lambda file: len(self._folders.get(file.name, ())))
        for folder in self._folders.get(rarest.name, ()):
            if folder.parts[len(folder.parts) - len(rarest.parent.parts) :] != rarest.parent.parts:
                continue
            root = folder.parents[len(rarest.parent.parts) - 1] if rarest.parent.parts else folder
            if all(_same(copy / file, root / file) for file in files):
                return root
        return copy


def _same(one: Path, other: Path) -> bool:
    return other.is_file() and one.read_bytes() == other.read_bytes()
