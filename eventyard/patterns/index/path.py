"""The names of fields as objects, one a name, in a tree, so that an event is read only where some pattern looks."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from eventyard.patterns.index.mark import Marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from eventyard.patterns.index.keys import Key


class Path:
    """A field's name, compared by identity. The event itself is the path without a parent.

    Attributes:
        parent: The object it lies in.
        step: Its key there.
        text: The whole name, joined by dots.
        marks: What its values are looked up in.
        children: By step, the paths below it that have marks or lead to one that has.
        uses: How many nodes are found by marks of it or of a path below it.
    """

    __slots__ = ("__weakref__", "children", "marks", "parent", "step", "text", "uses")

    def __init__(self, parent: Path | None, step: str, text: str) -> None:
        self.parent = parent
        self.step = step
        self.text = text
        self.marks = Marks()
        self.children: dict[str, Path] = {}
        self.uses = 0

    def use(self, key: Key) -> None:
        """One more node is found by the mark of that key: have the path read from every event."""
        self.marks.of(key).uses += 1
        path = self
        while path.parent is not None:
            path.uses += 1
            path.parent.children[path.step] = path
            path = path.parent

    def leave(self, key: Key) -> None:
        """One node less is found by the mark of that key; without any, it and the reading end."""
        mark = self.marks.of(key)
        mark.uses -= 1
        if not mark.uses:
            self.marks.drop(key)
        path = self
        while path.parent is not None:
            path.uses -= 1
            if not path.uses:
                del path.parent.children[path.step]
            path = path.parent

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
        self._known: WeakValueDictionary[str, Path] = WeakValueDictionary()
        self.longest = 0

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

    def get(self, text: str) -> Path | None:
        """The path of that name, if some pattern names it."""
        return self._known.get(text)
