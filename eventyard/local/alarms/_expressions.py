"""Metric math, as far as alarms of event-driven systems use it: arithmetic, comparisons, and a few functions.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html

One datapoint at a time: functions that look at others (RATE, RUNNING_SUM, anomaly detection, SEARCH) are refused.
"""

from __future__ import annotations

import ast
import operator
import re
from typing import TYPE_CHECKING

from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Value = float | None
    Values = Mapping[str, Value]

_ARITHMETIC: dict[type[ast.AST], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.BitXor: operator.pow,  # metric math writes a power as 2^3
}
_COMPARISONS: dict[type[ast.AST], Callable[[float, float], bool]] = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_OF_MANY: dict[str, Callable[[list[float]], float]] = {
    "SUM": sum,
    "MAX": max,
    "MIN": min,
    "AVG": lambda values: sum(values) / len(values),
}
_OF_ONE: dict[str, Callable[[float], float]] = {"ABS": abs, "CEIL": lambda v: -(-v // 1), "FLOOR": lambda v: v // 1}


class Expression:
    """A parsed expression. `ids` are what it refers to; METRICS() stands for all metrics of the alarm.

    Raises:
        EventyardError: it is none, or uses what is not emulated.
    """

    def __init__(self, text: str) -> None:
        python = text.replace("&&", " and ").replace("||", " or ")
        python = re.sub(r"\bAND\b", "and", re.sub(r"\bOR\b", "or", python))
        try:
            self._tree = ast.parse(python.strip(), mode="eval").body
        except SyntaxError as error:
            raise _refused(text) from error
        self._text = text
        self.ids = frozenset(node.id for node in ast.walk(self._tree) if isinstance(node, ast.Name)) - _FUNCTIONS
        self.value(dict.fromkeys(self.ids))

    def value(self, values: Values) -> Value:
        """Its value for those of the metrics; None where it lacks one.

        Raises:
            EventyardError: it uses what is not emulated.
        """
        return self._of(self._tree, values)

    def _of(self, node: ast.expr, values: Values) -> Value:  # noqa: PLR0911  # one for each kind of node
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            return float(node.value)
        if isinstance(node, ast.Name):
            return values.get(node.id)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return self._call(node.func.id, node.args, values)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            found = self._of(node.operand, values)
            return None if found is None else -found
        if isinstance(node, ast.BoolOp):
            return self._joined(node, [self._of(part, values) for part in node.values])
        if isinstance(node, ast.BinOp):
            return self._calculated(node.op, self._of(node.left, values), self._of(node.right, values))
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            left, right = self._of(node.left, values), self._of(node.comparators[0], values)
            compare = _COMPARISONS.get(type(node.ops[0]))
            if compare is None:
                raise _refused(self._text)
            return None if left is None or right is None else float(compare(left, right))
        raise _refused(self._text)

    def _calculated(self, op: ast.operator, left: Value, right: Value) -> Value:
        if isinstance(op, ast.Div):
            # What is divided by zero has no datapoint.
            return None if left is None or not right else left / right
        calculate = _ARITHMETIC.get(type(op))
        if calculate is None:
            raise _refused(self._text)
        return None if left is None or right is None else float(calculate(left, right))

    @staticmethod
    def _joined(node: ast.BoolOp, parts: list[Value]) -> Value:
        if any(part is None for part in parts):
            return None
        return float(all(parts) if isinstance(node.op, ast.And) else any(parts))

    def _call(self, name: str, args: list[ast.expr], values: Values) -> Value:
        if name in _OF_MANY:
            found = [value for arg in args for value in self._many(arg, values) if value is not None]
            return float(_OF_MANY[name](found)) if found else None
        if name in _OF_ONE and len(args) == 1:
            one = self._of(args[0], values)
            return None if one is None else float(_OF_ONE[name](one))
        if name == "FILL" and len(args) == _FILL_ARGUMENTS:
            found_one = self._of(args[0], values)
            return self._of(args[1], values) if found_one is None else found_one
        if name == "IF" and len(args) in _IF_ARGUMENTS:
            condition = self._of(args[0], values)
            chosen = args[1:2] if condition else args[2:3]
            return self._of(chosen[0], values) if condition is not None and chosen else None
        raise _refused(self._text)

    def _many(self, node: ast.expr, values: Values) -> list[Value]:
        if isinstance(node, ast.List):
            return [self._of(part, values) for part in node.elts]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "METRICS":
            return list(values.values())
        return [self._of(node, values)]


_FILL_ARGUMENTS, _IF_ARGUMENTS = 2, (2, 3)
_FUNCTIONS = frozenset({*_OF_MANY, *_OF_ONE, "FILL", "IF", "METRICS"})


def _refused(text: str) -> EventyardError:
    return EventyardError(
        f"eventyard does not evaluate the metric math {text!r}.",
        remedy="It knows + - * / ^, comparisons, AND, OR, SUM, MAX, MIN, AVG, METRICS, ABS, CEIL, FLOOR, FILL and IF.",
    )
