"""What is read of moto's state, as frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Arn:
    """The fields of an ARN that deliveries need; `resource` is everything after the account."""

    service: str
    region: str
    account: str
    resource: str

    @staticmethod
    def parse(text: str) -> Arn:
        """Split `arn:partition:service:region:account:resource`; missing fields are empty."""
        return _parsed(text)


# Some dozens of them are asked about again and again, at every hand-over.
@lru_cache(4_096)
def _parsed(text: str) -> Arn:
    parts = (*text.split(":", 5), "", "", "", "", "", "")
    return Arn(parts[2], parts[3], parts[4], parts[5])


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a bus. `pattern` is None for a schedule; `targets` are as PutTargets took them."""

    arn: str
    name: str
    pattern: str | None
    targets: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class ListedRule:
    """A rule as one sees it in a list. `schedule` is empty for one with a pattern, `dead_letters` are its targets'."""

    arn: str
    name: str
    bus: str
    schedule: str
    dead_letters: tuple[str, ...]
    enabled: bool


@dataclass(frozen=True, slots=True)
class ListedQueue:
    """A queue (its ARN), and the dead-letter queue of its redrive policy, empty without one."""

    arn: str
    dead_letters: str


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive of a bus; `pattern` is None when it keeps everything."""

    arn: str
    name: str
    pattern: str | None


@dataclass(frozen=True, slots=True)
class BusLogging:
    """What a bus logs: its level, whether with all details, and the log groups (ARNs) of each level's records."""

    level: str
    full: bool
    groups: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription, with its attributes as SetSubscriptionAttributes took them; `pending` until it is confirmed."""

    arn: str
    topic: str
    protocol: str
    endpoint: str
    account: str
    attributes: Mapping[str, str]
    pending: bool = False


@dataclass(frozen=True, slots=True)
class ApiDestination:
    """An API destination. `connection` is an ARN, `rate` how many requests a second it takes."""

    arn: str
    connection: str
    endpoint: str
    method: str
    rate: int


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection. `kind` and `parameters` are AuthorizationType and AuthParameters, as CreateConnection took them."""

    arn: str
    kind: str
    parameters: Mapping[str, Any]
    state: str


@dataclass(frozen=True, slots=True)
class FunctionUrl:
    """A function's own endpoint: its id, its domain, the function's ARN, and its AuthType."""

    id: str
    domain: str
    function: str
    auth: str


@dataclass(frozen=True, slots=True)
class DeliveryStream:
    """A Firehose stream. `s3` is its ExtendedS3DestinationConfiguration, as Firehose took it; None without one."""

    arn: str
    name: str
    version: str
    s3: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Pipe:
    """A pipe. `source`, `enrichment` (empty without one) and `target` are ARNs; the parameters are as CreatePipe's."""

    arn: str
    name: str
    role: str
    source: str
    enrichment: str
    enrichment_parameters: Mapping[str, Any]
    target: str
    target_parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SourceMapping:
    """An event source mapping of a queue. `window` is in seconds; `filters` are filter patterns as JSON text.

    Of a pipe that runs, too: `function` is the pipe's ARN then.
    """

    uuid: str
    queue: str
    function: str
    batch_size: int
    window: int
    filters: tuple[str, ...]
    partial: bool


@dataclass(frozen=True, slots=True)
class Function:
    """A function as deployed. `environment` are its own variables; `timeout` is in seconds, `memory` in MB.

    `retries` and `event_age` (seconds) are of asynchronous invocations; `concurrency` is what is reserved, if any.
    """

    arn: str
    name: str
    account: str
    region: str
    handler: str
    runtime: str
    role: str
    timeout: float
    memory: int
    environment: Mapping[str, str]
    code: bytes
    layers: tuple[tuple[str, bytes], ...]
    log_group: str
    dead_letters: str
    on_failure: str
    on_success: str
    retries: int
    event_age: float
    concurrency: int | None


@dataclass(frozen=True, slots=True)
class Carried:
    """What a message in a queue brings along: the event it belongs to, and the delivery that put it there."""

    event_id: str
    parent: int | None


@dataclass(frozen=True, slots=True)
class Received:
    """A message as a poller received it; `attributes` are SQS's system attributes."""

    id: str
    receipt: str
    body: str
    attributes: Mapping[str, str]
    message_attributes: Mapping[str, Mapping[str, Any]]
    body_md5: str
    attribute_md5: str
    carried: Carried | None


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """A queue's messages by their state, since when the oldest is in it, and when the next one expires."""

    visible: int
    in_flight: int
    delayed: int
    oldest: float | None
    expires: float | None


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric as an alarm names it; `period` is in seconds, `dimensions` are in the order of their names."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    period: int
    statistic: str


@dataclass(frozen=True, slots=True)
class MetricQuery:
    """One of an alarm's metrics, or an expression over them; what is `watched` is held against the threshold."""

    id: str
    metric: Metric | None
    expression: str
    watched: bool


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm as PutMetricAlarm or PutCompositeAlarm took it; `rule` is empty for one on metrics.

    `needed` are the datapoints to alarm, `missing` is TreatMissingData, `actions` are ARNs by state.
    """

    arn: str
    name: str
    queries: tuple[MetricQuery, ...]
    comparison: str
    threshold: float
    periods: int
    needed: int
    missing: str
    rule: str
    actions: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Key:
    """A key. `managed` ones are AWS's own, made for one service; `state` is KMS's word, `policy` a JSON text."""

    arn: str
    managed: bool
    state: str
    policy: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls the API: `identity` is the role or user whose policies count, `name` what error messages call it."""

    identity: str
    name: str


@dataclass(frozen=True, slots=True)
class ApiCall:
    """A call of an API, in an account and Region; `service` is the prefix of its actions in policies.

    `operation` and `parameters` are as the service's API has them, but for S3: there the operation is an action, and
    the parameters are `Bucket` and `Key`.
    """

    access_key: str
    account: str
    region: str
    service: str
    operation: str
    parameters: Mapping[str, Any]


class NoSuchQueueError(Exception):
    """The queue that an ARN names does not exist."""
