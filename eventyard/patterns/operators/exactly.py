"""`{"exactly": "x"}`: another spelling of the plain string; AWS's engine takes strings only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.patterns.document import wrong_operand
from eventyard.patterns.operators.exact import Exact

if TYPE_CHECKING:
    from eventyard.patterns.dialect import Dialect


def parse(operand: Any, _: Dialect, where: str) -> Exact:  # noqa: ANN401  # any JSON value
    """The string that is wanted.

    Raises:
        PatternError: The operand is no string.
    """
    if not isinstance(operand, str):
        raise wrong_operand("exactly", "a string", operand, where, '{"exactly": "OrderPlaced"}')
    return Exact(operand)
