"""Patterns written in Python, refused where they are written.

Each function answers plain JSON, one entry of a field's value list (`any_of` a member of an object), so it mixes with
plain values and goes wherever a pattern or a filter policy does:

    {
        "source": [prefix("shop.")],
        "detail": {
            "total": [at_least(100)],
            "country": ["DE", anything_but(prefix("X"))],
            **any_of({"express": [True]}, {"total": [between(1_000, 5_000)]}),
        },
    }

What an operator takes, its own `parse` decides; the error then names the argument. The rules are EventBridge's, which
takes all that SNS takes; what only SNS refuses, `FilterPolicy.parse` refuses with its path.

Follows https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, TypeVar

from eventyard.errors import PatternError
from eventyard.patterns.dialect import EVENTBRIDGE, SNS
from eventyard.patterns.document import read
from eventyard.patterns.parser import OR, parse

IgnoringCase = TypedDict("IgnoringCase", {"equals-ignore-case": str})


class Numeric(TypedDict):
    """A number within bounds."""

    numeric: list[str | float]


class Prefix(TypedDict):
    """How a string begins."""

    prefix: str | IgnoringCase


class Suffix(TypedDict):
    """How a string ends."""

    suffix: str | IgnoringCase


class Wildcard(TypedDict):
    """A string with stars."""

    wildcard: str


class Cidr(TypedDict):
    """A block of addresses."""

    cidr: str


class Exists(TypedDict):
    """Presence or absence."""

    exists: bool


_Negated = str | float | list[Any] | Mapping[str, Any]
AnythingBut = TypedDict("AnythingBut", {"anything-but": _Negated})
AnyOf = TypedDict("AnyOf", {"$or": list[Mapping[str, Any]]})

_Value = TypeVar("_Value", Numeric, Prefix, Suffix, IgnoringCase, Wildcard, Cidr, AnythingBut)
# All of one kind, as in AWS's lists.
_Excluded = TypeVar("_Excluded", str, float, Prefix, Suffix, IgnoringCase, Wildcard)

# The field that a value is tried out in; its place in an error gives way to the argument's name.
_TRIAL = "value"
_WHOLE = f"{_TRIAL}[0]"
_BOUND = {"numeric[1]": "bound", "numeric": "bound"}


def at_least(bound: float) -> Numeric:
    """A number equal to the bound or greater."""
    return _checked(Numeric({"numeric": [">=", bound]}), "at_least(100)", _BOUND)


def more_than(bound: float) -> Numeric:
    """A number greater than the bound."""
    return _checked(Numeric({"numeric": [">", bound]}), "more_than(0)", _BOUND)


def at_most(bound: float) -> Numeric:
    """A number equal to the bound or less."""
    return _checked(Numeric({"numeric": ["<=", bound]}), "at_most(100)", _BOUND)


def less_than(bound: float) -> Numeric:
    """A number less than the bound."""
    return _checked(Numeric({"numeric": ["<", bound]}), "less_than(100)", _BOUND)


def between(low: float, high: float, *, with_low: bool = True, with_high: bool = True) -> Numeric:
    """A number from one bound to the other; `with_low` and `with_high` say whether the bounds belong."""
    return _checked(
        Numeric({"numeric": [">=" if with_low else ">", low, "<=" if with_high else "<", high]}),
        "between(1, 100)",
        {"numeric[1]": "low", "numeric[3]": "high", "numeric": "low, high"},
    )


def prefix(text: str | IgnoringCase) -> Prefix:
    """A string that begins so: `prefix("EU-")`, `prefix(ignoring_case("eu-"))`."""
    return _checked(Prefix({"prefix": text}), 'prefix("EU-")', {"prefix": "text"})


def suffix(text: str | IgnoringCase) -> Suffix:
    """A string that ends so: `suffix(".pdf")`, `suffix(ignoring_case(".pdf"))`."""
    return _checked(Suffix({"suffix": text}), 'suffix(".pdf")', {"suffix": "text"})


def ignoring_case(text: str) -> IgnoringCase:
    """The string in any case; also within `prefix`, `suffix` and `anything_but`."""
    return _checked(IgnoringCase({"equals-ignore-case": text}), 'ignoring_case("open")', {"equals-ignore-case": "text"})


def wildcard(text: str) -> Wildcard:
    r"""A string in which `*` stands for any characters, none included; write `r"\*"` and `r"\\"` for the characters."""
    return _checked(Wildcard({"wildcard": text}), 'wildcard("EU-*-express")', {"wildcard": "text"})


def cidr(block: str) -> Cidr:
    """A string that is an address of the block: `cidr("10.0.0.0/24")`, `cidr("2001:db8::/32")`."""
    return _checked(Cidr({"cidr": block}), 'cidr("10.0.0.0/24")', {"cidr": "block"})


def exists() -> Exists:
    """The field has a value, whatever it is."""
    return {"exists": True}


def missing() -> Exists:
    """The field is not there."""
    return {"exists": False}


def anything_but(*excluded: _Excluded) -> AnythingBut:
    """A value that is none of the excluded: all strings, all numbers, or all of one operator.

    `anything_but("draft", "cancelled")`, `anything_but(prefix("X"), prefix("Y"))`. A missing field does not match.
    """
    values: tuple[Any, ...] = excluded
    operators = [value for value in values if isinstance(value, Mapping)]
    kinds: dict[str, list[Any]] = {}
    for kind, text in (pair for operator in operators for pair in operator.items()):
        kinds.setdefault(kind, []).append(text)
    negated: _Negated = _one_or_list(values)
    if operators and len(operators) == len(values):
        negated = {kind: _one_or_list(texts) for kind, texts in kinds.items()}
    places = {f"anything-but.{kind}": "excluded" for kind in kinds} | {"anything-but": "excluded"}
    return _checked(AnythingBut({"anything-but": negated}), 'anything_but("draft", "cancelled")', places)


def any_of(*branches: Mapping[str, Any]) -> AnyOf:
    """At least two objects of fields, one of which suffices: `$or`.

    Put it in an object's place, or among an object's fields with `**any_of(...)`; a second one there would replace the
    first, as any key of a dict does.
    """
    either: AnyOf = {"$or": list(branches)}
    _refuse_nonsense(either, 'any_of({"express": [True]}, {"total": [at_least(100)]})', {OR: "branches"})
    return either


def _one_or_list(values: Sequence[Any]) -> Any:  # noqa: ANN401  # JSON values
    return values[0] if len(values) == 1 else list(values)


def _checked(value: _Value, example: str, places: Mapping[str, str]) -> _Value:
    """The value, if it may stand in a list of values."""
    _refuse_nonsense({_TRIAL: [value]}, example, {f"{_WHOLE}.{place}": name for place, name in places.items()})
    return value


def _refuse_nonsense(pattern: Mapping[str, Any], example: str, places: Mapping[str, str]) -> None:
    """Raise what parsing raises, with the argument in the place of the path.

    Args:
        pattern: What is tried.
        example: A right call of the function.
        places: How a path in the pattern may begin -> the argument that stands there; the first that fits counts.

    Raises:
        PatternError: `where` is such as `between(low)` or `any_of(branches[1].total[0])`.
    """
    try:
        # How long a pattern may be, its service decides once all of it is there.
        parse(read(pattern, EVENTBRIDGE, SNS.characters), EVENTBRIDGE)
    except PatternError as error:
        function = example.partition("(")[0]
        argument = next(
            (f"({name}{error.where[len(place) :]})" for place, name in places.items() if error.where.startswith(place)),
            "",
        )
        raise PatternError(
            error.message, where=f"{function}{argument}", remedy=f"{error.remedy} In Python: {example}."
        ) from None
