"""What distinguishes one service's patterns from another's: the operators it takes and its limits.

EventBridge, SNS and Lambda run the same matching engine; everything they do differently stands here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """One service's rules for patterns.

    Attributes:
        service: Who refuses, for messages.
        noun: What the service calls the document, for messages.
        characters: The longest document it takes.
        operators: The names an object in a value list may have.
        negatable: The names that `anything-but` may hold as an object.
        affix_ignores_case: Whether prefix and suffix take `{"equals-ignore-case": ...}`.
        largest_number: The largest absolute value in a numeric comparison.
        decimals: The digits after the decimal point that it compares.
    """

    service: str
    noun: str
    characters: int
    operators: frozenset[str]
    negatable: frozenset[str]
    affix_ignores_case: bool
    largest_number: float
    decimals: int


# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html: 2,048 characters, which AWS raises on request
# up to the API's own maximum of 4,096 (EventPattern in the service model).
PATTERN_CHARACTERS = 2_048
PATTERN_CHARACTERS_RAISED = 4_096

# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html. `exactly` is not on that
# page; the engine takes it as another spelling of a plain string.
EVENTBRIDGE = Dialect(
    service="EventBridge",
    noun="event pattern",
    characters=PATTERN_CHARACTERS,
    operators=frozenset(
        {
            "anything-but",
            "cidr",
            "equals-ignore-case",
            "exactly",
            "exists",
            "numeric",
            "prefix",
            "suffix",
            "wildcard",
        }
    ),
    negatable=frozenset({"equals-ignore-case", "prefix", "suffix", "wildcard"}),
    affix_ignores_case=True,
    largest_number=5e9,
    decimals=6,
)

# https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html (256 KB, numbers within ±10^9
# with five digits after the point) and string-value-matching.html (the operators).
SNS = Dialect(
    service="SNS",
    noun="filter policy",
    characters=256 * 1024,
    operators=frozenset(
        {"anything-but", "cidr", "equals-ignore-case", "exists", "numeric", "prefix", "suffix", "wildcard"}
    ),
    negatable=frozenset({"prefix", "suffix", "wildcard"}),
    affix_ignores_case=False,
    largest_number=1e9,
    decimals=5,
)

# https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax: its table of operators
# has neither wildcard nor cidr, and anything-but with values only (as EventBridge's own table says for Pipes, which
# filters the same way). https://docs.aws.amazon.com/lambda/latest/api/API_Filter.html: 4,096 characters a pattern.
LAMBDA = Dialect(
    service="Lambda",
    noun="filter pattern",
    characters=4_096,
    operators=frozenset({"anything-but", "equals-ignore-case", "exists", "numeric", "prefix", "suffix"}),
    negatable=frozenset(),
    affix_ignores_case=True,
    largest_number=5e9,
    decimals=6,
)
