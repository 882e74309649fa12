"""What a test makes go wrong: targets and functions that fail, throttle, deny, are out, slow, or deliver twice."""

from __future__ import annotations

import difflib
import random
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from eventyard.errors import EventyardError
from eventyard.local._yard import Undeliverable
from eventyard.local.ledger import readable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from eventyard.local._clock import Clock
    from eventyard.local.ledger import Edge

_SERVICES = frozenset({"events", "firehose", "lambda", "logs", "s3", "sns", "sqs"})
ANY = "*"

# What a hand-over answers, by the kind of fault. Whether it passes by itself decides about retries.
_HAND_OVER = {
    "fail": ("INTERNAL_ERROR", "it fails (a fault of the test's)", True),
    "throttle": ("THROTTLING", "it is throttled (a fault of the test's)", True),
    "outage": ("INTERNAL_ERROR", "it is out of service (a fault of the test's)", True),
    "deny": ("NO_PERMISSIONS", "it denies access (a fault of the test's)", False),
}
# What an invocation comes to: AWS's error, and whether it is the function's own.
_INVOCATION = {
    "fail": ("Unhandled", "it fails (a fault of the test's)"),
    "throttle": ("TooManyRequestsException", "it is throttled (a fault of the test's)"),
    "outage": ("ServiceException", "it is out of service (a fault of the test's)"),
}


@dataclass(slots=True)
class _Fault:
    """`left` is how often it still strikes (None: any number), `until` when it ends, `seconds` how long it delays."""

    kind: str
    name: str
    left: int | None
    until: float
    chance: float
    seconds: float = 0.0

    def concerns(self, arn: str) -> bool:
        return self.name == ANY or self.name in arn if self.name not in _SERVICES else _service(arn) == self.name


class Faults:
    """The faults of one local cloud; `cloud.faults`.

    Each takes the name of what goes wrong: part of the ARN of a function, queue, topic, bus, log group, Firehose stream
    or bucket, or one of `events`, `firehose`, `lambda`, `logs`, `s3`, `sns`, `sqs` for the whole service, or `*`. It
    strikes `times` times, or for a time (`minutes=10`), or until `clear`; with a `chance` below 1 only sometimes, as
    the seed decides.
    """

    def __init__(self, clock: Clock, seed: int, present: Callable[[], Iterable[str]]) -> None:
        self._clock = clock
        self._present = present
        self._faults: list[_Fault] = []
        self._random = random.Random(f"faults/{seed}")  # noqa: S311  # alike in every run, no secret

    def fail(self, name: str, *, times: int | None = None, chance: float = 1.0, **duration: float) -> None:
        """A function ends in an error; another target answers with an internal error, which is retried."""
        self._add(_Fault("fail", name, times, self._end(duration), chance))

    def throttle(self, name: str, *, times: int | None = None, chance: float = 1.0, **duration: float) -> None:
        """A function or target is throttled: it is tried again, as long as AWS would."""
        self._add(_Fault("throttle", name, times, self._end(duration), chance))

    def deny(self, name: str, *, times: int | None = None, chance: float = 1.0, **duration: float) -> None:
        """A target refuses: AWS does not try again."""
        self._add(_Fault("deny", name, times, self._end(duration), chance))

    def outage(self, name: str, *, chance: float = 1.0, **duration: float) -> None:
        """A service or resource is out, for `minutes=10` or until `clear`."""
        self._add(_Fault("outage", name, None, self._end(duration), chance))

    def delay(self, name: str, *, by: float, times: int | None = None, chance: float = 1.0, **duration: float) -> None:
        """Hand-overs to a target come `by` seconds later."""
        self._add(_Fault("delay", name, times, self._end(duration), chance, by))

    def duplicate(self, name: str, *, times: int | None = None, chance: float = 1.0, **duration: float) -> None:
        """Deliver twice, as AWS may everywhere but to FIFO topics and queues."""
        self._add(_Fault("duplicate", name, times, self._end(duration), chance))

    def reorder(self, name: str, *, within: float, chance: float = 1.0, **duration: float) -> None:
        """Hand-overs to a target come in any order within some seconds, as AWS may everywhere but to FIFO ones."""
        self._add(_Fault("reorder", name, None, self._end(duration), chance, within))

    def clear(self, name: str | None = None) -> None:
        """End the faults of one name, or all."""
        self._faults = [] if name is None else [fault for fault in self._faults if fault.name != name]

    # What the deliveries ask

    def strike(self, edge: Edge) -> None:
        """A hand-over over this edge begins.

        Raises:
            Undeliverable: a fault strikes it. What goes wrong inside a function is asked for with `invocation`.
        """
        if not self._faults:
            return
        to_function = _service(edge.target) == "lambda"
        for kind, (code, reason, passes) in _HAND_OVER.items():
            # Lambda takes an event for a function that then fails; it does not when the service itself is out.
            named = {"lambda"} if to_function and kind != "deny" else None
            fault = self._hit(kind, edge.target, named)
            if fault is not None:
                certain = passes and fault.left is None and fault.chance == 1
                raise Undeliverable(
                    code,
                    f"{readable(edge.target)}: {reason}.",
                    passes=passes,
                    until=fault.until if certain else 0.0,
                )

    def invocation(self, function: str) -> tuple[str, str] | None:
        """A function (an ARN) is about to run: AWS's error and the reason, if a fault strikes."""
        if self._faults:
            for kind, (code, reason) in _INVOCATION.items():
                if self._hit(kind, function, None) is not None:
                    return code, f"{readable(function)}: {reason}."
        return None

    def starts(self, edge: Edge) -> tuple[float, ...]:
        """In how many seconds a delivery over this edge starts; two numbers when it is made twice."""
        if not self._faults:
            return (0.0,)
        delay = self._hit("delay", edge.target, None)
        starts = [delay.seconds if delay else 0.0]
        if not edge.target.endswith(".fifo"):
            if reorder := self._hit("reorder", edge.target, None):
                starts[0] += self._random.random() * reorder.seconds
            if self._hit("duplicate", edge.target, None):
                starts.append(starts[0])
        return tuple(starts)

    def _hit(self, kind: str, arn: str, named: set[str] | None) -> _Fault | None:
        now = self._clock.now()
        for fault in self._faults:
            if fault.kind != kind or not fault.concerns(arn) or (named is not None and fault.name not in named):
                continue
            if now >= fault.until or fault.left == 0:
                continue
            if fault.chance < 1 and self._random.random() >= fault.chance:
                continue
            if fault.left is not None:
                fault.left -= 1
            return fault
        return None

    def _end(self, duration: dict[str, float]) -> float:
        return self._clock.now() + timedelta(**duration).total_seconds() if duration else float("inf")

    def _add(self, fault: _Fault) -> None:
        where = f"faults.{fault.kind}({fault.name!r})"
        if fault.left is not None and fault.left < 1:
            raise EventyardError(f"a fault strikes at least once, not {fault.left} times.", where=where)
        if not 0 < fault.chance <= 1:
            raise EventyardError(f"a chance is above 0 and at most 1, not {fault.chance}.", where=where)
        if fault.name not in _SERVICES and fault.name != ANY:
            self._check_present(fault.kind, fault.name)
        self._faults = [one for one in self._faults if one.left != 0 and one.until > self._clock.now()]
        self._faults.append(fault)

    def _check_present(self, kind: str, name: str) -> None:
        present = list(self._present())
        if any(name in arn for arn in present):
            return
        names = {arn.rsplit(":", 1)[-1].rsplit("/", 1)[-1] for arn in present} | _SERVICES
        near = difflib.get_close_matches(name, sorted(names), 3)
        remedy = f"Did you mean {', '.join(near)}?" if near else "Deploy first, and name a part of its ARN."
        raise EventyardError(
            f"there is no function, queue, topic, bus, log group, Firehose stream or bucket {name!r}.",
            where=f"faults.{kind}",
            remedy=remedy,
        )


def _service(arn: str) -> str:
    return arn.split(":", 3)[2] if arn.startswith("arn:") else ""
