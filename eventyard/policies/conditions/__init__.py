"""A statement's Condition: one file a family of operators, each with its `OPERATORS`.

Follows the IAM user guide, "IAM JSON policy elements: Condition operators". All conditions of a statement must hold.
"""

from __future__ import annotations

from eventyard.errors import PolicyError
from eventyard.policies.conditions import arn, binary, boolean, date, ip_address, numeric, string
from eventyard.policies.conditions.condition import Condition, Quantifier
from eventyard.policies.conditions.operator import Operator
from eventyard.policies.reading import as_object, as_texts

__all__ = ["Condition", "Operator", "Quantifier", "parse_conditions"]

_OPERATORS = {
    operator.name.lower(): operator
    for family in (string, numeric, date, boolean, binary, ip_address, arn)
    for operator in family.OPERATORS
}


def parse_conditions(block: object, where: str, *, variables: bool) -> tuple[Condition, ...]:
    """The conditions of a statement. AWS takes the operators' names in any case.

    Args:
        block: The Condition element, as JSON parses to.
        where: Its path, for errors.
        variables: Whether `${...}` is a policy variable.

    Raises:
        PolicyError: An operator that AWS does not know, or a value that it cannot compare with.
    """
    conditions: list[Condition] = []
    for name, keys in as_object(block, where).items():
        path = f"{where}.{name}"
        operator, quantifier, if_exists = _operator(name, path)
        for key, values in as_object(keys, path).items():
            place = f"{path}.{key}"
            if not key:
                raise PolicyError(
                    "The condition key is empty.", where=path, remedy="Name a key, such as aws:SourceArn."
                )
            texts = as_texts(values, place, scalars=True)
            comparisons = tuple(operator.parse(text, variables, place) for text in texts)
            conditions.append(Condition(operator, quantifier, if_exists, key, texts, key.lower(), comparisons))
    return tuple(conditions)


def _operator(name: str, where: str) -> tuple[Operator, Quantifier, bool]:
    base = name.lower()
    quantifier = Quantifier.NONE
    for prefix in (Quantifier.ANY, Quantifier.ALL):
        if base.startswith(prefix.value.lower()):
            quantifier = prefix
            base = base.removeprefix(prefix.value.lower())
    if_exists = base.endswith("ifexists")
    operator = _OPERATORS.get(base.removesuffix("ifexists"))
    if operator is None:
        raise PolicyError(
            f'AWS knows no condition operator "{name[:80]}".',
            where=where,
            remedy=f"It knows {', '.join(known.name for known in _OPERATORS.values())}; with IfExists after and "
            "ForAnyValue: or ForAllValues: before.",
        )
    if operator.presence and if_exists:
        raise PolicyError("Null takes no IfExists.", where=where, remedy='Write "Null".')
    return operator, quantifier, if_exists
