"""From a pattern's document to its tree; what AWS refuses is refused here, with its place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from eventyard.errors import PatternError
from eventyard.patterns.document import Members, describe
from eventyard.patterns.operators import parse_value
from eventyard.patterns.tree import Conjunction, Either, Field

if TYPE_CHECKING:
    from eventyard.patterns.dialect import Dialect

OR = "$or"

# "There is a limit of 1,000 rule combinations": the product of the lengths of all $or lists.
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-complex-example-or
COMBINATIONS = 1_000

# No limit of AWS's: a guard that keeps recursion shallow, far above any event's depth.
LEVELS = 100

# Field names that the engine keeps for itself inside $or: with one of them an object is no branch.
_RESERVED = frozenset(
    {
        *("exactly", "equals-ignore-case", "prefix", "suffix", "anything-but", "exists", "wildcard"),
        *("numeric", "cidr", "html", "=", "<", "<=", ">", ">=", "regex", "not-wildcard"),
        *("not-equals-ignore-case", "date-after", "date-on-or-after", "date-before"),
        *("date-on-or-before", "in-date-range", "ip-address-in-range", "ip-address-not-in-range"),
    }
)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the parser stands: the keys that make the field's name, and the words that find it in the document."""

    steps: tuple[str, ...]
    key: str
    where: str
    in_or: bool
    level: int

    def under(self, key: str) -> _Place:
        if len(self.steps) + key.count(".") >= LEVELS:
            raise PatternError(
                f"A field is more than {LEVELS} levels deep.",
                where=f"{_join(self.where, key)[:60]}...",
                remedy="Flatten the event: no pattern needs to look that deep.",
            )
        return _Place(
            steps=(*self.steps, *key.split(".")),
            key=self.key or key,
            where=_join(self.where, key),
            in_or=self.in_or,
            level=self.level + 1,
        )

    def branch(self, index: int) -> _Place:
        return replace(self, where=f"{_join(self.where, OR)}[{index}]", in_or=True)


def parse(members: Members, dialect: Dialect) -> Conjunction:
    """The tree of a pattern.

    Raises:
        PatternError: Anything the service refuses; `where` is the path, such as `detail.price[0]`.
    """
    if _combinations(members) > COMBINATIONS:
        raise PatternError(
            f"The {OR} lists of this {dialect.noun} make more than {COMBINATIONS:,} combinations.",
            remedy=f"Multiply the lengths of all {OR} lists; shorten them or split the {dialect.noun}.",
        )
    return _parse_object(members, dialect, _Place((), "", "", in_or=False, level=0))


def _parse_object(members: Members, dialect: Dialect, place: _Place) -> Conjunction:
    if not members:
        raise PatternError(
            "An empty object is not allowed.",
            where=place.where,
            remedy='Name a field in it, such as {"source": ["shop.web"]}, or leave it out.',
        )
    terms: list[Field | Either] = []
    for key, value in members:
        if key == OR:
            terms.append(_parse_or(value, dialect, place))
        elif place.in_or and key in _RESERVED:
            raise PatternError(
                f'"{key}" is reserved and cannot be a field inside {OR}.',
                where=place.under(key).where,
                remedy=f'A branch names fields: {{"{OR}": [{{"price": [{{"numeric": [">", 10]}}]}}, ...]}}.',
            )
        elif isinstance(value, Members):
            terms.extend(_parse_object(value, dialect, place.under(key)).terms)
        elif isinstance(value, list):
            terms.append(_parse_field(value, dialect, place.under(key)))
        else:
            raise PatternError(
                f"A field must be an object or a list, not {describe(value)}.",
                where=place.under(key).where,
                remedy=f'Put the value into a list: "{key}": [...].',
            )
    return Conjunction(tuple(terms))


def _parse_field(values: list[Any], dialect: Dialect, place: _Place) -> Field:
    if not values:
        raise PatternError(
            "An empty list is not allowed: nothing could match it.",
            where=place.where,
            remedy='List at least one value; [{"exists": true}] asks for any.',
        )
    return Field(
        path=".".join(place.steps),
        values=tuple(parse_value(value, dialect, f"{place.where}[{index}]") for index, value in enumerate(values)),
        key=place.key,
        level=place.level,
        where=place.where,
    )


def _parse_or(value: object, dialect: Dialect, place: _Place) -> Either:
    """The branches of an `$or`.

    AWS's engine falls back to a field named "$or" where the list is malformed, and nothing ever matches; that
    silence is what a checker is for, so it is refused.
    """
    where = _join(place.where, OR)
    remedy = f'Write {{"{OR}": [{{"a": [...]}}, {{"b": [...]}}]}}: a list of at least two objects with fields.'
    if not isinstance(value, list):
        raise PatternError(f"{OR} must be a list, not {describe(value)}.", where=where, remedy=remedy)
    for index, branch in enumerate(value):
        if not isinstance(branch, Members):
            raise PatternError(
                f"A branch of {OR} must be an object, not {describe(branch)}.",
                where=f"{where}[{index}]",
                remedy=remedy,
            )
    if len(value) < 2:  # noqa: PLR2004  # "or" needs two
        raise PatternError(f"{OR} needs at least two branches.", where=where, remedy=remedy)
    return Either(
        tuple(_parse_object(branch, dialect, place.branch(index)) for index, branch in enumerate(value)),
        where,
    )


def _combinations(members: Members) -> int:
    """The product of the lengths of all `$or` lists, as the service counts; stops once it is too large."""
    product = 1
    todo: list[Members] = [members]
    while todo and product <= COMBINATIONS:
        for key, value in todo.pop():
            if key == OR and isinstance(value, list):
                product *= max(len(value), 1)
                todo.extend(branch for branch in value if isinstance(branch, Members))
            elif isinstance(value, Members):
                todo.append(value)
    return product


def _join(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key
