"""A second, obviously right matcher: flatten the event, then try every combination of fields.

It follows the published description of AWS's engine to the letter and takes exponential time. It shares no code
with the implementation it judges.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Leaf = tuple[str, Any, dict[int, int]]  # the field's name, its value, the array elements (array -> index) it lies in


def matches(pattern: dict[str, Any], event: dict[str, Any]) -> bool:
    leaves: list[Leaf] = []
    _flatten(event, [], {}, leaves, [0])
    return any(_satisfied(sorted(fields.items()), leaves, {}) for fields in _unfold(pattern, [], [{}]))


def _flatten(value: Any, path: list[str], lies_in: dict[int, int], leaves: list[Leaf], arrays: list[int]) -> None:  # noqa: ANN401  # any JSON value
    if isinstance(value, dict):
        for key, member in value.items():
            _flatten(member, [*path, key], lies_in, leaves, arrays)
    elif isinstance(value, list):
        arrays[0] += 1
        array = arrays[0]
        for index, element in enumerate(value):
            inside = {**lies_in, array: index} if isinstance(element, (dict, list)) else lies_in
            _flatten(element, path, inside, leaves, arrays)
    else:
        leaves.append((".".join(path), value, lies_in))


def _unfold(pattern: dict[str, Any], path: list[str], so_far: list[dict[str, list[Any]]]) -> list[dict[str, list[Any]]]:
    for key, value in pattern.items():
        if key == "$or":
            so_far = [
                unfolded for branch in value for unfolded in _unfold(branch, path, [dict(fields) for fields in so_far])
            ]
        elif isinstance(value, dict):
            so_far = _unfold(value, [*path, key], so_far)
        else:
            for fields in so_far:
                fields[".".join([*path, key])] = value
    return so_far


def _satisfied(fields: list[tuple[str, list[Any]]], leaves: list[Leaf], chosen: dict[int, int]) -> bool:
    if not fields:
        return True
    (path, values), *rest = fields
    consistent = [
        (value, lies_in)
        for name, value, lies_in in leaves
        if name == path and all(chosen.get(array, index) == index for array, index in lies_in.items())
    ]
    if not consistent:
        return {"exists": False} in values and _satisfied(rest, leaves, chosen)
    return any(
        any(_is(wanted, value) for wanted in values) and _satisfied(rest, leaves, {**chosen, **lies_in})
        for value, lies_in in consistent
    )


def _is(wanted: Any, value: Any) -> bool:  # noqa: ANN401, C901, PLR0911  # any JSON value; one return an operator
    if not isinstance(wanted, dict):
        return isinstance(wanted, bool) == isinstance(value, bool) and wanted == value
    ((operator, operand),) = wanted.items()
    text = value if isinstance(value, str) else None
    match operator:
        case "exists":
            return bool(operand)
        case "anything-but" if isinstance(operand, dict):
            ((inner, texts),) = operand.items()
            return not any(_is({inner: one}, value) for one in _listed(texts))
        case "anything-but":
            return not any(_is(one, value) for one in _listed(operand))
        case "prefix" | "suffix" if isinstance(operand, dict):
            wanted_end = operand["equals-ignore-case"].lower()
            return text is not None and wanted_end in _ends(text.lower(), operator)
        case "prefix" | "suffix":
            return text is not None and operand in _ends(text, operator)
        case "equals-ignore-case":
            return text is not None and text.lower() == operand.lower()
        case "wildcard":
            return text is not None and _wild(operand, text)
        case "numeric":
            return not isinstance(value, (bool, str)) and value is not None and _within(operand, value)
        case "cidr":
            network = ipaddress.ip_network(operand)
            return text is not None and text in {str(address) for address in network}
        case _:
            raise AssertionError(operator)


def _listed(operand: Any) -> list[Any]:  # noqa: ANN401  # any JSON value
    return operand if isinstance(operand, list) else [operand]


def _ends(text: str, end: str) -> Iterator[str]:
    return (text[:at] if end == "prefix" else text[at:] for at in range(len(text) + 1))


def _wild(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(_wild(pattern[1:], text[at:]) for at in range(len(text) + 1))
    literal, rest = (pattern[1], pattern[2:]) if pattern[0] == "\\" else (pattern[0], pattern[1:])
    return text.startswith(literal) and _wild(rest, text[1:])


def _within(operand: list[Any], value: float) -> bool:
    checks = {
        "=": lambda bound: value == bound,
        "<": lambda bound: value < bound,
        "<=": lambda bound: value <= bound,
        ">": lambda bound: value > bound,
        ">=": lambda bound: value >= bound,
    }
    return all(checks[operand[at]](operand[at + 1]) for at in range(0, len(operand), 2))
