"""Filters of Lambda's event source mappings: which records of a queue or stream reach the function."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Self

from eventyard.errors import PatternError
from eventyard.patterns.dialect import LAMBDA
from eventyard.patterns.document import Members, describe, read
from eventyard.patterns.matcher import Branch, branch, satisfies
from eventyard.patterns.parser import parse
from eventyard.patterns.tree import Conjunction, alternatives

if TYPE_CHECKING:
    from collections.abc import Mapping

Source = Literal["sqs", "dynamodb", "kinesis"]

# The member of a record that holds what its sender wrote. For streams a filter of it must be an object.
_DATA: dict[Source, str] = {"sqs": "body", "dynamodb": "dynamodb", "kinesis": "data"}

# https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html: five filters, ten on request.
FILTERS = 5
_CRITERIA_CHARACTERS = 1_000_000  # more than ten patterns need, however they are escaped
# https://docs.aws.amazon.com/lambda/latest/api/API_FilterCriteria.html spells the list so.
_FILTERS = "Filters"
_PATTERN = "Pattern"


@dataclass(frozen=True, slots=True)
class SourceFilter:
    """The filter criteria of an event source mapping, parsed once; make one with `SourceFilter.parse`.

    A record passes when any of the filters matches it; without filters every record passes. A filter of the data
    (`body` of SQS, `data` of Kinesis, `dynamodb` of DynamoDB) is for JSON when it is an object, and for plain text when
    it is a list of values; data of the other format never matches it.

    Follows https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html and its pages on
    [SQS](https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html),
    [DynamoDB](https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html) and
    [Kinesis](https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis-filtering.html).

    Attributes:
        trees: What each filter asks for.
    """

    trees: tuple[Conjunction, ...]
    _alternatives: tuple[Branch, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Unfold the trees for matching, once."""
        unfolded = tuple(branch(fields.values()) for tree in self.trees for fields in alternatives(tree))
        object.__setattr__(self, "_alternatives", unfolded)

    @classmethod
    def parse(
        cls, criteria: str | Mapping[str, Any], *, source: Source | None = None, max_filters: int = FILTERS
    ) -> Self:
        """Filter criteria, or one filter's pattern, from JSON text or from the dict that such text makes.

        Args:
            criteria: `{"Filters": [{"Pattern": "<JSON>"}, ...]}` as CreateEventSourceMapping takes it (`{}` filters
                nothing), or the pattern alone.
            source: What the mapping reads from, where it is known: streams refuse filters that await plain text.
            max_filters: The account's quota; AWS raises it to ten on request.

        Raises:
            PatternError: What CreateEventSourceMapping refuses; `where` is the path, such as
                `Filters[0].Pattern: body.price[0]`.
        """
        members = read(criteria, LAMBDA, _CRITERIA_CHARACTERS)
        if not members:
            return cls(())
        if members[0][0] != _FILTERS:
            return cls((_tree(criteria, source, ""),))
        filters = members[0][1]
        if len(members) > 1 or not isinstance(filters, list) or len(filters) > max_filters:
            raise PatternError(
                f'Filter criteria are one list "{_FILTERS}" of at most {max_filters} filters.',
                where=_FILTERS,
                remedy=f'Write {{"{_FILTERS}": [{{"{_PATTERN}": "..."}}]}}.',
            )
        return cls(tuple(_tree(*_pattern(one, f"{_FILTERS}[{index}]", source)) for index, one in enumerate(filters)))

    def matches(self, record: Mapping[str, Any]) -> bool:
        """Whether a record reaches the function.

        Args:
            record: One of the event's `Records` as the function would receive it: SQS with `body`, Kinesis with
                `kinesis` and its data in base64, DynamoDB with `dynamodb`.
        """
        if not self.trees:
            return True
        fields, data, is_json = _opened(record)
        try:
            return any(
                _same_format(alternative.children.get(data), is_json=is_json) and satisfies(alternative, fields)
                for alternative in self._alternatives
            )
        except RecursionError:
            # Deeper than any JSON parser of AWS's reads: no JSON to Lambda, so no match.
            return False


def _pattern(one: object, where: str, source: Source | None) -> tuple[str, Source | None, str]:
    pattern = dict(one).get(_PATTERN) if isinstance(one, Members) else None
    if not isinstance(pattern, str):
        raise PatternError(
            f"A filter is an object with its pattern as a text, not {describe(one)}.",
            where=where,
            remedy=f'Write {{"{_PATTERN}": "{{\\"body\\": {{...}}}}"}}: JSON within a string.',
        )
    return pattern, source, f"{where}.{_PATTERN}"


def _tree(pattern: str | Mapping[str, Any], source: Source | None, where: str) -> Conjunction:
    try:
        tree = parse(read(pattern, LAMBDA, LAMBDA.characters), LAMBDA)
        if source in ("dynamodb", "kinesis"):
            _refuse_text(tree, _DATA[source], source)
    except PatternError as error:
        place = ": ".join(part for part in (where, error.where) if part)
        raise PatternError(error.message, where=place, remedy=error.remedy) from None
    return tree


def _refuse_text(tree: Conjunction, data: str, source: Source) -> None:
    for fields in alternatives(tree):
        if data in fields:
            raise PatternError(
                f"The data of {source} are JSON: their filter must be an object.",
                where=fields[data].where,
                remedy=f'Name fields in it: {{"{data}": {{"state": ["open"]}}}}.',
            )


def _opened(record: Mapping[str, Any]) -> tuple[Mapping[str, Any], str, bool]:
    """The fields that filters see, the name of the data among them, and whether the data are JSON."""
    stream = record.get("kinesis")
    if isinstance(stream, dict):
        # A filter of Kinesis names the members of the inner object: partitionKey, data.
        fields, data = {**record, **stream}, _DATA["kinesis"]
        fields[data] = _decoded(stream.get(data))
    else:
        fields, data = dict(record), _DATA["dynamodb" if _DATA["dynamodb"] in record else "sqs"]
    held = fields.get(data)
    if isinstance(held, str) and (parsed := _parsed(held)) is not None:
        fields[data] = held = parsed
    return fields, data, isinstance(held, dict)


def _decoded(data: object) -> object:
    """The text of base64; data that are no text stay as they are, and are no JSON."""
    if not isinstance(data, str):
        return data
    try:
        return base64.b64decode(data, validate=True).decode()
    except ValueError:
        return data


def _parsed(text: str) -> dict[str, Any] | None:
    """The object that a text holds. Other JSON (a number, a string, an array) counts as plain text."""
    try:
        parsed = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def _same_format(data: Branch | None, *, is_json: bool) -> bool:
    """Whether a filter's data are of the record's format: fields below for JSON, values for plain text.

    "Before filtering your messages, Lambda automatically evaluates the format": so not even absence matches across.
    """
    if data is None:
        return True
    return not data.children if not is_json else data.own is None


def _refuse(token: str) -> None:
    raise ValueError(f"{token} is no JSON")  # the JSON parser's own kind of error
