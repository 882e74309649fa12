"""What one event has under the paths that patterns name, each read once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from eventyard.patterns.parser import LEVELS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eventyard.patterns.document import Scalar
    from eventyard.patterns.index.mark import Mark
    from eventyard.patterns.index.path import Path, Paths

_JSON = frozenset({str, int, float, bool, type(None)})

# The last dot of a string that a colon follows: a key with a dot in it. Each dot is looked at up to the next one, so
# that the search is linear. A false alarm costs time only.
_DOTTED_KEY = re.compile(r'\.[^".\\]*+(?:\\.[^".\\]*+)*+"\s*+:', re.DOTALL)


class View:
    """The event of which every path is spelled in one way: objects within objects, no dots in keys.

    Attributes:
        event: The event.
        regular: Whether it is spelled so.
        marks: The marks that the event has.
        leaves: Path -> the plain values there, arrays crushed out, as far as read.
        objects: Path -> the objects there, arrays crushed out, as far as read and if there are any.
        many: The paths read that lie in elements of an array, or whose value is an array of objects or arrays.
    """

    __slots__ = ("event", "leaves", "many", "marks", "objects")
    regular = True

    def __init__(self, event: Mapping[str, Any], paths: Paths) -> None:
        self.event = event
        self.marks: set[Mark] = set()
        self.leaves: dict[Path, Sequence[Scalar]] = {}
        self.objects: dict[Path | None, Sequence[Mapping[str, Any]]] = {paths.root: (event,)}
        self.many: set[Path] = set()
        self._collect(paths)

    def read(self, path: Path) -> Sequence[Scalar]:
        """The leaves of a path, from the event."""
        parent = path.parent
        held = self.objects.get(parent)
        if held is None:
            self.read(parent)  # type: ignore[arg-type]  # only the event has no parent, and it is always there
            held = self.objects.get(parent, ())
        return self._sort(path, [one[path.step] for one in held if path.step in one])

    def _collect(self, paths: Paths) -> None:
        """Read the paths that have marks, and find those of the event."""
        marks = self.marks
        todo = [(paths.root, self.event)]
        for parent, one in todo:
            children = parent.children
            for step, value in one.items():
                if step not in children:
                    continue
                path = children[step]
                if isinstance(value, dict):
                    self.leaves[path] = ()
                    self.objects[path] = (value,)
                    todo.append((path, value))
                elif isinstance(value, list):
                    self._collect_all(path)
                else:
                    # By far the most frequent: one plain value.
                    self.leaves[path] = leaves = (value,)
                    path.marks.collect(leaves, marks)

    def _collect_all(self, array: Path) -> None:
        """The same below an array."""
        todo = [array]
        for path in todo:
            path.marks.collect(self.read(path), self.marks)
            if path in self.objects:
                todo += path.children.values()

    def _sort(self, path: Path, values: Sequence[Any]) -> Sequence[Scalar]:
        """Tell the leaves and the objects of a path apart; the leaves."""
        leaves: list[Scalar] = []
        objects: list[Mapping[str, Any]] = []
        many = path.parent in self.many
        for value in values:
            if isinstance(value, dict):
                objects.append(value)
            elif isinstance(value, list):
                many |= crush(value, leaves, objects)
            else:
                leaves.append(value)
        self.leaves[path] = leaves
        if objects:
            self.objects[path] = objects
        if many:
            self.many.add(path)
        return leaves


class FlatView(View):
    """An event with dots in its keys: leaves by the whole name, however it is spelled."""

    __slots__ = ("_flat",)
    regular = False

    def read(self, path: Path) -> Sequence[Scalar]:
        """The leaves of a path."""
        leaves = self.leaves[path] = self._flat.get(path.text, ())
        return leaves

    def _collect(self, paths: Paths) -> None:
        self._flat = _flatten(self.event, paths.longest)
        for name, leaves in self._flat.items():
            path = paths.get(name)
            if path is not None:
                path.marks.collect(leaves, self.marks)


def view(event: Mapping[str, Any], text: str | None, paths: Paths) -> View:
    """The event as the index reads it.

    Args:
        event: The event.
        text: The JSON text that it was read from, if it was: faster to look for dots in.
        paths: What patterns name.
    """
    regular = _regular_text(text) if text is not None else _regular(event)
    return View(event, paths) if regular else FlatView(event, paths)


def crush(array: list[Any], leaves: list[Scalar], objects: list[Mapping[str, Any]]) -> bool:
    """Sort what an array holds, at whatever depth of arrays; whether it holds objects or arrays."""
    many = False
    todo = [array]
    for one in todo:
        for element in one:
            if isinstance(element, dict):
                objects.append(element)
                many = True
            elif isinstance(element, list):
                todo.append(element)
                many = True
            else:
                leaves.append(element)
    return many


def _regular_text(text: str) -> bool:
    if _DOTTED_KEY.search(text) is not None:
        return False
    return "\\u002" not in text  # a dot may also be spelled \u002e


def _regular(event: Mapping[str, Any]) -> bool:
    """Whether no key has a dot, and every leaf is of a type that JSON has."""
    todo: list[Any] = [event]
    for one in todo:
        for value in one.values() if isinstance(one, dict) else one:
            if isinstance(value, (dict, list)):
                todo.append(value)
            elif value.__class__ not in _JSON:
                return False
        if isinstance(one, dict) and any("." in key for key in one):
            return False
    return True


def _flatten(event: Mapping[str, Any], longest: int) -> dict[str, list[Scalar]]:
    """The leaves by name, of names that a pattern may have: no longer than `longest`, no deeper than LEVELS."""
    flat: dict[str, list[Scalar]] = {}
    todo: list[tuple[str, int, Any]] = [("", 0, event)]
    for name, level, value in todo:
        if isinstance(value, dict):
            for key, member in value.items():
                if level < LEVELS and len(name) + len(key) < longest + 1:
                    todo.append((f"{name}.{key}" if level else key, level + 1, member))
        elif isinstance(value, list):
            todo.extend((name, level, element) for element in value)
        else:
            flat.setdefault(name, []).append(_hashable(value))
    return flat


def _hashable(leaf: Any) -> Any:  # noqa: ANN401  # more than JSON has, in an event given as a dict
    """The leaf, or if no table takes it, something that like it equals no value of a pattern."""
    try:
        hash(leaf)
    except TypeError:
        return object()
    return leaf
