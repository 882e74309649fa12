"""How a request is refused."""

from __future__ import annotations


class ApiError(Exception):
    """What AWS's API answers instead: its error code and its message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message


def invalid(message: str) -> ApiError:
    """EventBridge's ValidationException, which its service model does not list."""
    return ApiError("ValidationException", message)


def limit_exceeded() -> ApiError:
    """EventBridge's LimitExceededException."""
    return ApiError("LimitExceededException", "The requested resource exceeds the maximum number allowed.")


def invalid_parameter(message: str) -> ApiError:
    """SNS's InvalidParameter."""
    return ApiError("InvalidParameter", f"Invalid parameter: {message}")
