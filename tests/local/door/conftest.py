"""A call that is refused, as its error code and message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable


class Refusal(Protocol):
    """Calls an operation, which must be refused."""

    def __call__(self, operation: Callable[..., Any], **request: Any) -> tuple[str, str]:  # noqa: ANN401 - an API's own fields
        """AWS's error code, and its message."""


@pytest.fixture
def refusal() -> Refusal:
    def of(operation: Callable[..., Any], **request: Any) -> tuple[str, str]:  # noqa: ANN401 - as above
        with pytest.raises(ClientError) as caught:
            operation(**request)
        error = caught.value.response["Error"]
        return error["Code"], error["Message"]

    return of
