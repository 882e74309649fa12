"""One operator on one key: `"StringEquals": {"aws:SourceAccount": [...]}`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eventyard.policies.conditions.operator import Comparison, Operator
    from eventyard.policies.context import Context, Value


class Quantifier(Enum):
    """What a key with several values needs: a prefix of the operator."""

    NONE = ""
    ANY = "ForAnyValue:"
    ALL = "ForAllValues:"


@dataclass(frozen=True, slots=True)
class Condition:
    """An operator, its key and the policy's values.

    Several values are alternatives, or for a negated operator all excluded. Follows the IAM user guide's pages
    "Condition operators" and "Set operators for multivalued context keys".
    """

    operator: Operator
    quantifier: Quantifier
    if_exists: bool
    key: str  # as the policy writes it
    written: tuple[str, ...]
    _name: str  # the key in lower case
    _comparisons: tuple[Comparison, ...]

    def holds(self, context: Context) -> bool:
        """Whether the request fulfils it.

        A missing key fulfils negated operators, `IfExists` and `ForAllValues:`, never `ForAnyValue:`. A key with
        several values fulfils no operator without a prefix: AWS requires one there, and does not say what happens
        without.
        """
        if self.operator.presence:
            return bool(self._one(not context.present(self._name), context))
        values = context.values(self._name)
        match self.quantifier:
            case Quantifier.ANY:
                return any(self._one(value, context) for value in values)
            case Quantifier.ALL:
                # A key whose only value is empty counts as missing here ("Set operators", ForAllValues).
                return values == ("",) or all(self._one(value, context) for value in values)
            case Quantifier.NONE:
                if not values:
                    return self.if_exists or self.operator.negated
                return len(values) == 1 and self._one(values[0], context)

    def found(self, context: Context) -> tuple[Value, ...]:
        """The request's values of the key."""
        return context.values(self._name)

    def remark(self, context: Context) -> str:
        """What may have been overlooked where it does not hold; empty if nothing."""
        values = self.found(context)
        if self.operator.presence or not values:
            return ""
        if len(values) > 1 and self.quantifier is Quantifier.NONE:
            return "the key has several values: it needs ForAnyValue: or ForAllValues:"
        remarks = (comparison.remark(value, context) for comparison in self._comparisons for value in values)
        return next(filter(None, remarks), "")

    def _one(self, value: Value, context: Context) -> bool:
        unknown = False
        for comparison in self._comparisons:
            matches = comparison.matches(value, context)
            if matches:
                return not self.operator.negated
            unknown = unknown or matches is None
        # A variable without a value makes the statement invalid, whichever way the operator goes.
        return self.operator.negated and not unknown
