"""Traces of a handler's invocations, where somebody listens.

Loading X-Ray's SDK takes a quarter of a function's start, and Powertools' Tracer loads it even when it is disabled.
So the tracer is made only where X-Ray's daemon is: Lambda names its address in AWS_XRAY_DAEMON_ADDRESS.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
"""

import os
from collections.abc import Callable
from typing import Any, TypeVar, cast

from aws_lambda_powertools import Tracer

Handler = TypeVar("Handler", bound=Callable[..., Any])


def traced(service: str) -> Callable[[Handler], Handler]:
    """Decorates a handler: a subsegment an invocation, and one for each call to AWS in it."""

    def trace(handler: Handler) -> Handler:
        if "AWS_XRAY_DAEMON_ADDRESS" not in os.environ:
            return handler
        return cast("Handler", Tracer(service=service).capture_lambda_handler(handler))

    return trace
