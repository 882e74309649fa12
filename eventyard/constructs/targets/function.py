"""rule → function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_lambda

from eventyard.constructs.admission import admit_to_function
from eventyard.constructs.callers import rules_of
from eventyard.constructs.targets.edge import Connection

if TYPE_CHECKING:
    from eventyard.constructs.targets.edge import Edge


def accepts(to: object) -> bool:
    """Whether this is a function (or one of its versions or aliases), made here or imported."""
    return isinstance(to, aws_lambda.FunctionBase)


def connect(to: aws_lambda.IFunction, edge: Edge) -> Connection:
    """Let the bus's rules invoke the function."""
    edge.refuse_group("function")
    return Connection(to.function_arn, after=admit_to_function(to, rules_of(edge.bus, at=to)))
