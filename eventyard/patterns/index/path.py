"""The names of fields as objects, one a name, so that a dict finds what was read under a name by identity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Path:
    """A field's name: the object it lies in, its key there, and the whole of it joined by dots.

    The event itself is the path without a parent.
    """

    parent: Path | None
    step: str
    text: str

    def upwards(self) -> Iterator[Path]:
        """This path and those it lies in, without the event itself."""
        path = self
        while path.parent is not None:
            yield path
            path = path.parent


class Paths:
    """All paths that some pattern names; one that none names any more is forgotten.

    Attributes:
        root: The event itself.
        longest: The length of the longest name so far.
    """

    def __init__(self) -> None:
        self.root = Path(None, "", "")
        self.longest = 0
        self._known: WeakValueDictionary[str, Path] = WeakValueDictionary()

    def path(self, steps: Sequence[str]) -> Path:
        """The path of these steps."""
        path, text = self.root, ""
        for step in steps:
            text = f"{text}.{step}" if path is not self.root else step
            known = self._known.get(text)
            if known is None:
                known = self._known[text] = Path(path, step, text)
            path = known
        self.longest = max(self.longest, len(text))
        return path
