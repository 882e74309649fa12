"""What an event has where a pattern's field looks, and what it has instead where it has nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eventyard.patterns.words import likeness, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from eventyard.patterns.document import Scalar

_ALIKE = 0.6  # from here on a name counts as a misspelling of another
_KEYS = 1_000  # names of one object that are looked at for a misspelling
_NODES = 5_000  # values of the event that are looked at for the same name elsewhere


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf of the event, and its place: `detail.items[1].sku`."""

    place: str
    value: Scalar


def leaves(value: Any, steps: tuple[str, ...], place: str = "") -> Iterator[Leaf]:  # noqa: ANN401  # any JSON value
    """All leaves of that name, in the event's order: arrays are seen through, dotted keys are paths."""
    todo: list[tuple[Any, int, str]] = [(value, 0, place)]
    while todo:
        here, at, where = todo.pop()
        if isinstance(here, list):
            todo.extend((element, at, f"{where}[{index}]") for index, element in reversed(list(enumerate(here))))
        elif isinstance(here, dict):
            found = [(key, at + 1 + key.count(".")) for key in _keys(here, steps[at:])]
            todo.extend((here[key], after, _join(where, key)) for key, after in reversed(found))
        elif at == len(steps):
            yield Leaf(where, here)


def instead(event: Any, steps: tuple[str, ...], place: str = "") -> str:  # noqa: ANN401  # any JSON value
    """Why there is no leaf of that name: what stands in its place, or where a name like it is. "" if nothing does."""
    here = event
    for at, step in enumerate(steps):
        while isinstance(here, list):
            here = next((element for element in here if isinstance(element, (dict, list))), None)
            place = f"{place}[...]"
        if not isinstance(here, dict):
            return f"{place} is {_short(here)}, not an object" if place and here is not None else ""
        if step not in here:
            return _like(here, place, step) or _elsewhere(event, steps[-1])
        here, place = here[step], _join(place, step)
        if not isinstance(here, (dict, list)) and at < len(steps) - 1:
            return f"{place} is {_short(here)}, not an object"
    if isinstance(here, dict):
        return f"{place} is an object with {_named(here)}; only values are compared, name a field in it"
    return f"{place} is an empty array" if here == [] else f"{place} holds no value"


def _keys(here: Mapping[str, Any], steps: tuple[str, ...]) -> list[str]:
    if not steps:
        return []
    keys = [steps[0]] if steps[0] in here else []
    if len(steps) > 1 and any("." in key for key in here):
        dotted = (".".join(steps[:count]) for count in range(2, len(steps) + 1))
        keys.extend(key for key in dotted if key in here)
    return keys


def _like(here: Mapping[str, Any], place: str, step: str) -> str:
    """The name of this object that is most like the one that is missing."""
    wanted = _plain(step)
    near = [(likeness(_plain(key), wanted), key) for key, _ in zip(here, range(_KEYS), strict=False)]
    best, key = max(near, default=(0.0, ""))
    return f"the event has {_join(place, key)}" if best >= _ALIKE else ""


def _elsewhere(event: Mapping[str, Any], step: str) -> str:
    """Another place that has the same name."""
    todo: list[tuple[Any, str]] = [(event, "")]
    for here, place in todo:  # grows while it is read: broad before deep, so that the nearest place is found
        if isinstance(here, dict):
            if step in here:
                return f"the event has {_join(place, step)}"
            children = [(value, _join(place, key)) for key, value in here.items()]
        else:
            children = [(value, f"{place}[{index}]") for index, value in enumerate(here)]
        if len(todo) < _NODES:
            todo.extend(child for child in children if isinstance(child[0], (dict, list)))
    return ""


def _plain(name: str) -> str:
    """A name without what spellings differ in: `orderId`, `order_id` and `order-id` are one."""
    return name.casefold().replace("_", "").replace("-", "").strip()


def _short(value: object) -> str:
    if isinstance(value, str):
        return f"the string {shown(value)}" if not value.lstrip().startswith("{") else "a string of JSON"
    return "an array" if isinstance(value, list) else shown(value)  # type: ignore[arg-type]  # else a leaf


def _named(here: Mapping[str, Any]) -> str:
    names = list(here)
    more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""  # noqa: PLR2004  # a line's worth
    return (", ".join(names[:3]) or "no fields") + more


def _join(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key
