"""The part of JSONPath that EventBridge takes: `$.detail.items[0].sku`, `$.detail.items[*].sku`, `$.detail.*`.

Names are letters, digits, dashes, underscores and slashes, after a dot; indices and `*` may stand in brackets. Quoted
names, filters, slices and `..` are not taken.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html ("Supported syntax includes")
"""

from __future__ import annotations

import re
from typing import Any

from eventyard.errors import TransformError

# The service model's TargetInputPath.
CHARACTERS = 256

_PATH = re.compile(r"\$((?:\.(?:[A-Za-z0-9_/-]+|\*))|(?:\[(?:[0-9]+|\*)\]))*", re.ASCII)
_STEP = re.compile(r"\.([A-Za-z0-9_/-]+|\*)|\[([0-9]+|\*)\]", re.ASCII)


class NothingFound(Exception):  # noqa: N818  # an outcome, not an error: each caller has its own answer to it
    """The path leads to nothing in this event."""


def check(path: str, where: str) -> None:
    """Refuse what EventBridge does not take as a path.

    Raises:
        TransformError: The path is too long or not of the syntax above.
    """
    if len(path) > CHARACTERS or _PATH.fullmatch(path) is None:
        raise TransformError(
            f'"{path[:80]}" is no path that EventBridge takes.',
            where=where,
            remedy=f"Write dot notation of up to {CHARACTERS} characters, such as $.detail.items[0].sku: "
            "names of letters, digits, -, _ and /, indices, and *.",
        )


def find(path: str, event: Any) -> Any:  # noqa: ANN401  # any JSON value
    """What a checked path leads to; with a `*` in it, the list of all that it leads to.

    Raises:
        NothingFound: Nothing is there.
    """
    found = [event]
    many = False
    for name, index in _STEP.findall(path):
        if "*" in (name, index):
            many = True
            found = [inner for value in found for inner in _all(value)]
        elif name:
            found = [value[name] for value in found if isinstance(value, dict) and name in value]
        else:
            at = int(index)
            found = [value[at] for value in found if isinstance(value, list) and at < len(value)]
        if not found:
            raise NothingFound
    return found if many else found[0]


def _all(value: Any) -> list[Any]:  # noqa: ANN401  # any JSON value
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
