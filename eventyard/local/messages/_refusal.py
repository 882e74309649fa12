"""What SQS answers when it refuses.

The words are AWS's where they are known from its documents or from recordings of the service.
"""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818  # it is no error of ours: it is what AWS would answer
    """A request, or one entry of a batch, that SQS refuses. `code` is the name of the error in its service model."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


def invalid(parameter: str, value: object, reason: str) -> Refusal:
    """InvalidParameterValue, in the form most of SQS's own have."""
    return Refusal("InvalidParameterValue", f"Value {value} for parameter {parameter} is invalid. Reason: {reason}")


def missing(parameter: str) -> Refusal:
    """MissingParameter."""
    return Refusal("MissingParameter", f"The request must contain the parameter {parameter}.")


NOT_OF_THIS_TYPE = "The request include parameter that is not valid for this queue type."
EXPIRED_HANDLE = "The receipt handle has expired."
NOT_THERE = "Message does not exist or is not available for visibility timeout change."
