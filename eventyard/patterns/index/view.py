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
        leaves: Path -> the plain values there, arrays crushed out, if there are any.
        objects: Path -> the objects there, arrays crushed out, if there are any.
        many: The paths that lie in elements of an array, or whose value is an array of objects or arrays.
        marks: The marks that the event has.
    """

    __slots__ = ("event", "leaves", "many", "marks", "objects")
    regular = True

    def __init__(self, event: Mapping[str, Any], paths: Paths) -> None:
        self.event = event
        self.leaves: dict[Path, Sequence[Scalar]] = {}
        self.objects: dict[Path, Sequence[Mapping[str, Any]]] = {paths.root: (event,)}
        self.many: set[Path] = set()
        self.marks: set[Mark] = set()
        self._read(paths)

    def _read(self, paths: Paths) -> None:
        marks = self.marks
        todo = [(paths.root, self.event)]
        for parent, one in todo:
            children = parent.children
            for step in children if len(children) < len(one) else one:
                if step not in children or step not in one:
                    continue
                path, value = children[step], one[step]
                if isinstance(value, dict):
                    self.objects[path] = (value,)
                    todo.append((path, value))
                elif isinstance(value, list):
                    self._read_array(path, value)
                else:
                    self.leaves[path] = leaves = (value,)
                    if path.marks.used:
                        path.marks.collect(leaves, marks)

    def _read_array(self, path: Path, array: list[Any]) -> None:
        """Read an array, and through its elements all that lies below."""
        todo: list[tuple[Path, list[Any]]] = [(path, array)]
        many = False
        for path, values in todo:  # noqa
            leaves: list[Scalar] = []
            objects: list[Mapping[str, Any]] = []
            many = crush(values, leaves, objects) or many
            if many:
                self.many.add(path)
            if leaves:
                self.leaves[path] = leaves
                if path.marks.used:
                    path.marks.collect(leaves, self.marks)
            if objects:
                self.objects[path] = objects
                for step, child in path.children.items():
                    below = [one[step] for one in objects if step in one]
                    if below:
                        todo.append((child, below))


class FlatView(View):
    """An event with dots in its keys: leaves by the whole name, however it is spelled."""

    __slots__ = ()
    regular = False

    def _read(self, paths: Paths) -> None:
        for name, leaves in _flatten(self.event, paths.longest).items():
            path = paths.named.get(name)
            if path is not None:
                self.leaves[path] = leaves
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
