"""Arrays of objects: all fields of a pattern below an array must be met by one and the same element."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eventyard.patterns.explanation._leaves import leaves
from eventyard.patterns.matcher import undotted, value_satisfies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eventyard.patterns.matcher import Branch
    from eventyard.patterns.tree import Field

_ELEMENTS = 200  # elements of one array that are compared


@dataclass(frozen=True, slots=True)
class Scattered:
    """An array whose elements meet every field between them, and none of them all.

    Attributes:
        place: The array: `detail.items`.
        closest: The element that meets most of them: `detail.items[1]`.
        value: That element.
        fields: All fields below the array.
        depth: How many steps of their names lead to the array.
        missing: Those that the closest element does not meet.
    """

    place: str
    closest: str
    value: Any
    fields: tuple[Field, ...]
    depth: int
    missing: tuple[Field, ...]


def scattered(here: Branch, value: Any, place: str = "") -> Iterator[Scattered]:  # noqa: ANN401  # any JSON value
    """The arrays at fault where each field has a leaf that is wanted, and yet the event does not match."""
    if isinstance(value, list):
        yield from _in_array(here, value, place)
    elif isinstance(value, dict):
        members = undotted(here, value) if here.forks else value
        for step, child in here.children.items():
            if step in members and not value_satisfies(child, members[step]):
                yield from scattered(child, members[step], f"{place}.{step}" if place else step)


def met(field: Field, value: Any, depth: int) -> bool:  # noqa: ANN401  # any JSON value
    """Whether a value below the first steps of the field's name has a leaf that is wanted, or lacks it as wanted."""
    found = False
    for leaf in leaves(value, field.steps[depth:]):
        if field.accepts(leaf.value):
            return True
        found = True
    return field.may_be_absent and not found


def narrowed(here: Branch, value: Any) -> Any:  # noqa: ANN401  # any JSON value
    """A value that matches, with only those elements of arrays that a match can take."""
    if isinstance(value, dict):
        members = undotted(here, value) if here.forks else value
        return {step: narrowed(child, members[step]) for step, child in here.children.items() if step in members}
    if not isinstance(value, list) or not here.children:
        return value
    first = next(
        (
            index
            for index, element in enumerate(value)
            if isinstance(element, (dict, list)) and value_satisfies(here, element)
        ),
        None,
    )
    if first is None:
        return value
    # The places of the elements stay: one that is left out is an empty object.
    return [
        narrowed(here, element) if index == first else ({} if isinstance(element, (dict, list)) else element)
        for index, element in enumerate(value)
    ]


def _in_array(here: Branch, array: list[Any], place: str) -> Iterator[Scattered]:
    if not all(met(field, array, here.depth) for field in here.fields):
        return
    elements = [
        (index, element)
        for index, element in zip(range(_ELEMENTS), array, strict=False)
        if isinstance(element, (dict, list))
    ]
    if not elements:
        return
    missing = {
        index: tuple(field for field in here.fields if not met(field, element, here.depth))
        for index, element in elements
    }
    index, element = min(elements, key=lambda pair: len(missing[pair[0]]))
    if not missing[index]:
        inner = list(scattered(here, element, f"{place}[{index}]"))
        if inner:
            yield from inner
            return
    yield Scattered(place, f"{place}[{index}]", element, here.fields, here.depth, missing[index])
