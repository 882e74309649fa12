"""Does an event satisfy one alternative of a pattern?

The rule (documented by AWS's engine, "JSON Array Matching"): arrays are crushed out, a field matches when any of its
leaves does, and no two leaves of one match may lie in different elements of the same array. Fields are tried in the
order of their names, and `{"exists": false}` asks whether the field is absent *from the elements chosen so far*; so in
an array, the first of the pattern's fields that any element has decides which elements come into question.

An event is a tree, so the search needs no backtracking over combinations: at an array, one element must satisfy
everything that lies below; at an object, its members are independent. Time is linear in the part of the event that
the pattern names (times the fields under an array, where `exists: false` is used).

One difference remains, in events that spell one path in two ways at once (`{"a.b": [...], "a": {"b": [...]}}`) and hold
arrays of objects under both: the two arrays then count as one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from eventyard.patterns.tree import Field

_ABSENT = object()


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """All fields of an alternative that begin with the same steps.

    Attributes:
        depth: How many steps they share.
        own: The field that ends here, if any.
        children: The branches one step further.
        fields: All fields here and below, by name: the order in which AWS tries them.
        forks: Whether any field is two or more steps away, so that a dotted key could lead there.
        may_be_empty: Whether every field here and below may be absent.
        may_lack_some: Whether any of them may.
    """

    depth: int
    own: Field | None
    children: dict[str, Branch]
    fields: tuple[Field, ...]
    forks: bool
    may_be_empty: bool
    may_lack_some: bool


def branch(fields: Iterable[Field]) -> Branch:
    """The fields of one alternative as a tree over their steps, built once a pattern."""
    return _branch(tuple(sorted(fields, key=lambda field: field.path)), 0)


def _branch(fields: tuple[Field, ...], depth: int) -> Branch:
    groups: dict[str, list[Field]] = {}
    own: Field | None = None
    for field in fields:
        if len(field.steps) == depth:
            own = field
        else:
            groups.setdefault(field.steps[depth], []).append(field)
    return Branch(
        depth=depth,
        own=own,
        children={step: _branch(tuple(group), depth + 1) for step, group in groups.items()},
        fields=fields,
        forks=any(len(field.steps) > depth + 1 for field in fields),
        may_be_empty=all(field.may_be_absent for field in fields),
        may_lack_some=any(field.may_be_absent for field in fields),
    )


def satisfies(here: Branch, event: Mapping[str, Any]) -> bool:
    """Whether the event (an object) has every field of the alternative."""
    if here.forks:
        event = undotted(here, event)
    for step, child in here.children.items():
        value = event.get(step, _ABSENT)
        if value is _ABSENT:
            if not child.may_be_empty:
                return False
        elif not value_satisfies(child, value):
            return False
    return True


def value_satisfies(here: Branch, value: Any) -> bool:  # noqa: ANN401  # any JSON value
    """Whether a value of the event, where the branch's steps lead, has every field of the branch."""
    if isinstance(value, dict):
        return (here.own is None or here.own.may_be_absent) and satisfies(here, value)
    if isinstance(value, list):
        if not here.children and here.own is not None:
            return _leaves_satisfy(here.own, value)
        return _array_satisfies(here, value, own=here.own)
    if here.own is None:
        return here.may_be_empty
    return here.own.accepts(value) and all(child.may_be_empty for child in here.children.values())


def _leaves_satisfy(own: Field, array: list[Any]) -> bool:
    """The common array: plain values, of which one must be wanted. Arrays within arrays count as one."""
    found = False
    todo = [array]
    while todo:
        for element in todo.pop():
            if isinstance(element, list):
                todo.append(element)
            elif not isinstance(element, dict):
                if own.accepts(element):
                    return True
                found = True
    return own.may_be_absent and not found


def _array_satisfies(here: Branch, array: list[Any], own: Field | None) -> bool:
    """One element must satisfy all that lies below; `own` is the field that plain values here would be, if still open.

    A plain value of this array is not "in" an element: it binds nothing. Binding one may still help, where a field
    below must be absent from the elements chosen so far; so both ways are tried.
    """
    elements = [element for element in array if isinstance(element, (dict, list))]
    plain = len(elements) < len(array)
    if own is not None and plain and any(own.accepts(one) for one in array if not isinstance(one, (dict, list))):
        if _one_element_satisfies(here, elements, None, plain=plain):
            return True
        if not here.may_lack_some:
            return False
    return _one_element_satisfies(here, elements, own, plain=plain)


def _one_element_satisfies(here: Branch, elements: list[Any], own: Field | None, *, plain: bool) -> bool:
    if not here.may_lack_some:
        return any(_element_satisfies(here, element, own) for element in elements)
    wanted = [field for field in here.fields if field is not here.own or own is not None]
    first = next(
        (
            field
            for field in wanted
            if (plain and field is own) or any(_has(here, element, field) for element in elements)
        ),
        None,
    )
    if first is None:
        return all(field.may_be_absent for field in wanted)
    return any(_has(here, element, first) and _element_satisfies(here, element, own) for element in elements)


def _element_satisfies(here: Branch, element: Any, own: Field | None) -> bool:  # noqa: ANN401  # any JSON value
    if isinstance(element, list):
        return _array_satisfies(here, element, own)
    return (own is None or own.may_be_absent) and satisfies(here, element)


def _has(here: Branch, value: Any, field: Field) -> bool:  # noqa: ANN401  # any JSON value
    """Whether a value holds a leaf of that name, in whichever element."""
    if isinstance(value, list):
        return any(_has(here, element, field) for element in value)
    if not isinstance(value, dict):
        return field is here.own
    if field is here.own:
        return False
    if here.forks:
        value = undotted(here, value)
    step = field.steps[here.depth]
    return step in value and _has(here.children[step], value[step], field)


def undotted(here: Branch, event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The object with those dotted keys that lead to a wanted field spelled as nested objects."""
    dotted = [key for key in event if "." in key and _leads(here, key)]
    if not dotted:
        return event
    plain = {key: value for key, value in event.items() if key not in dotted}
    for key in dotted:
        first, *rest = key.split(".")
        value = event[key]
        for step in reversed(rest):
            value = {step: value}
        plain[first] = _merged(plain[first], value) if first in plain else value
    return plain


def _leads(here: Branch, key: str) -> bool:
    node: Branch | None = here
    for step in key.split("."):
        if node is None:
            return False
        node = node.children.get(step)
    return node is not None


def _merged(one: Any, other: Any) -> Any:  # noqa: ANN401  # any JSON values
    """Two values of the same path: objects become one, anything else an array of both."""
    if isinstance(one, dict) and isinstance(other, dict):
        merged = dict(one)
        for key, value in other.items():
            merged[key] = _merged(merged[key], value) if key in merged else value
        return merged
    return [
        *(one if isinstance(one, list) else [one]),
        *(other if isinstance(other, list) else [other]),
    ]
