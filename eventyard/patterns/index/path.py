"""The names of fields as a tree of objects, one a name, so that an event is read only where some pattern looks."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from eventyard.patterns.index.mark import Marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Path:
    """A field's name, compared by identity. The event itself is the path without a parent.

    Attributes:
        parent: The object it lies in.
        step: Its key there.
        text: The whole name, joined by dots.
        children: Those of the paths below it, by step, that some pattern names or that lead to such a path.
        marks: What its values are looked up in.
    """

    __slots__ = ("__weakref__", "holders", "children", "marks", "parent", "step", "text")

    def __init__(self, parent: Path | None, step: str, text: str) -> None:
        self.parent = parent
        self.step = step
        self.text = text
        self.children: dict[str, Path] = {}
        self.marks = Marks()
        self.holders = 0

    def hold(self) -> None:
        """Have it read from events; as often as this is called, `release` must be, for that to end."""
        self.holders += 1
        if self.holders == 1 and self.parent is not None:
            self.parent.children[self.step] = self
            self.parent.hold()

    def release(self) -> None:
        """Take one `hold` back."""
        self.holders -= 1
        if not self.holders and self.parent is not None:
            del self.parent.children[self.step]
            self.parent.release()

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
        named: The paths by their names.
        longest: The length of the longest name so far.
    """

    def __init__(self) -> None:
        self.root = Path(None, "", "")
        self.named: WeakValueDictionary[str, Path] = WeakValueDictionary()
        self.longest = 0

    def path(self, steps: Sequence[str]) -> Path:
        """The path of these steps."""
        path, text = self.root, ""
        for step in steps:
            text = f"{text}.{step}" if path is not self.root else step
            known = self.named.get(text)
            if known is None:
                known = self.named[text] = Path(path, step, text)
            path = known
        self.longest = max(self.longest, len(text))
        return path
