"""The operand that prefix and suffix share: a string, or `{"equals-ignore-case": string}`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.errors import PatternError
from eventyard.patterns.document import Members, wrong_operand

if TYPE_CHECKING:
    from eventyard.patterns.dialect import Dialect

_IGNORING = "equals-ignore-case"


def parse_affix(name: str, operand: Any, dialect: Dialect, where: str) -> tuple[str, bool]:  # noqa: ANN401  # any JSON
    """The text, and whether its case is ignored.

    Raises:
        PatternError: The operand is neither a string nor such an object, or the service does not ignore case here.
    """
    if isinstance(operand, str):
        return operand, False
    example = f'{{"{name}": "x"}}'
    if not isinstance(operand, Members):
        raise wrong_operand(name, "one string", operand, where, f"{example}, one entry for each string")
    if not dialect.affix_ignores_case:
        raise wrong_operand(name, f"a string in {dialect.service}", operand, where, example)
    if len(operand) != 1 or operand[0][0] != _IGNORING:
        raise PatternError(
            f'{name} may hold one "{_IGNORING}" and nothing else.',
            where=where,
            remedy=f'Write {{"{name}": {{"{_IGNORING}": "x"}}}}.',
        )
    text = operand[0][1]
    if not isinstance(text, str):
        raise wrong_operand(
            _IGNORING,
            "a string",
            text,
            f"{where}.{_IGNORING}",
            f'{{"{name}": {{"{_IGNORING}": "x"}}}}',
        )
    return text, True
