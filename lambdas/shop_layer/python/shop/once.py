"""Work that is done once for a business id, however often its event arrives.

The same event may come again (SQS, SNS and EventBridge deliver at least once), and the same business event may be
published twice, under another event id. Both have the same business id, so that is the key.
https://docs.powertools.aws.dev/lambda/python/latest/utilities/idempotency/
"""

from __future__ import annotations

from datetime import timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools import Logger
    from aws_lambda_powertools.utilities.idempotency.persistence.datarecord import DataRecord
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_dynamodb import DynamoDBClient
    from pydantic import BaseModel

Message = TypeVar("Message", bound="BaseModel")

REMEMBERED = timedelta(days=1 + 23 + 14)
"""The longest an event can be under way: EventBridge retries for a day, SNS for 23 days, a queue keeps it for 14."""


class Once:
    """Remembers in `table` which ids one function has done: a write before the work, a write after it.

    When the work raises, the id is forgotten and the next delivery works again. When the function dies in the middle,
    the id is free again once the invocation's time is over: what the work writes must bear being written twice.

    Args:
        client: shared with the function's own work; a client is costly to make.
        table: key `id` (string), time to live `expiration`.
        name: the function's, in every key: one table serves them all, and a function may be redeployed under
            another resource name without doing its work again.
        key: where the business id stands in the message, a JMESPath such as `detail.order_id`.
        logger: told of every message that asks for work already done.
    """

    def __init__(self, *, client: DynamoDBClient, table: str, name: str, key: str, logger: Logger) -> None:
        self._name = name
        self._logger = logger
        self._store = DynamoDBPersistenceLayer(table_name=table, boto3_client=client)
        self._config = IdempotencyConfig(
            event_key_jmespath=key,
            raise_on_no_idempotency_key=True,
            expires_after_seconds=int(REMEMBERED.total_seconds()),
            response_hook=self._tell_repeated,
        )

    def register(self, context: LambdaContext) -> None:
        """Takes the invocation's remaining time, after which unfinished work may be taken up again."""
        self._config.register_lambda_context(context)

    def work(self, function: Callable[[Message], None]) -> Callable[[Message], None]:
        """Decorates the work on one message."""

        def work_on(*, message: Message) -> None:
            function(message)

        guarded = idempotent_function(
            work_on,
            data_keyword_argument="message",
            persistence_store=self._store,
            config=self._config,
            key_prefix=self._name,
        )

        @wraps(function)
        def once(message: Message) -> None:
            guarded(message=message)

        return once

    def _tell_repeated(self, response: Any, idempotent_data: DataRecord) -> Any:  # noqa: ANN401 - Powertools' own signature
        self._logger.info("Already done", idempotency_key=idempotent_data.idempotency_key)
        return response
