"""No message fails in silence: one log line says which and why, and the failure goes its way."""

from collections.abc import Iterator
from contextlib import contextmanager

from aws_lambda_powertools import Logger


@contextmanager
def telling(logger: Logger, *, message_id: str) -> Iterator[None]:
    """Every line logged inside names the message; an exception is logged with its reason and passes on.

    It must pass on: it is what brings the message back, and in the end to the dead-letter queue.
    """
    with logger.append_context_keys(message_id=message_id):
        try:
            yield
        except Exception as error:
            logger.exception("Message failed", reason=str(error))
            raise
