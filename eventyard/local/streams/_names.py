"""What Firehose's objects are called: `<evaluated prefix><suffix>`.

https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html and
https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from eventyard.local._yard import Undeliverable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from eventyard.local.moto_seam import DeliveryStream

_EXPRESSION = re.compile(r"!\{([^:}]*):([^}]*)\}")
_TIMESTAMP = "!{timestamp:"
_DEFAULT = "!{timestamp:yyyy/MM/dd/HH/}"
# Quoted text, or a run of one letter, of Java's DateTimeFormatter.
_PIECE = re.compile(r"'([^']*)'|([A-Za-z])\2*|[^A-Za-z']+")
_LETTERS: Mapping[str, Callable[[datetime], int]] = {
    "y": lambda moment: moment.year,
    "u": lambda moment: moment.year,
    "M": lambda moment: moment.month,
    "d": lambda moment: moment.day,
    "D": lambda moment: moment.timetuple().tm_yday,
    "H": lambda moment: moment.hour,
    "m": lambda moment: moment.minute,
    "s": lambda moment: moment.second,
}
# The characters of !{firehose:random-string}: the beginning of a UUID, as AWS's own example looks.
_RANDOM = 11
_SHORT_YEAR = 2


@dataclass(frozen=True, slots=True)
class Naming:
    """What one object's name is made of: `moment` is when its oldest record arrived (seconds since the epoch)."""

    stream: DeliveryStream
    s3: Mapping[str, Any]
    moment: float
    new_id: Callable[[], str]

    def object_name(self) -> str:
        """The name of an object with records.

        Raises:
            Undeliverable: Its prefix has an expression that eventyard does not evaluate.
        """
        return self._evaluated(_timed(self.s3.get("Prefix") or "")) + self._suffix()

    def error_name(self, kind: str) -> str:
        """The name of an object with what failed; `kind` is Firehose's word for it, such as `processing-failed`.

        Raises:
            Undeliverable: The same.
        """
        given = self.s3.get("ErrorOutputPrefix") or ""
        prefix = given if "!{" in given else _timed(f"{given or self.s3.get('Prefix') or ''}{kind}/")
        return self._evaluated(prefix.replace("!{firehose:error-output-type}", kind)) + self._suffix()

    def _suffix(self) -> str:
        stamp = self._local().strftime("%Y-%m-%d-%H-%M-%S")
        own = self.s3.get("FileExtension")
        extension = own or (".gz" if self.s3.get("CompressionFormat") == "GZIP" else "")
        return f"{self.stream.name}-{self.stream.version}-{stamp}-{self.new_id()}{extension}"

    def _evaluated(self, prefix: str) -> str:
        return _EXPRESSION.sub(self._value, prefix)

    def _value(self, found: re.Match[str]) -> str:
        namespace, value = found.groups()
        if namespace == "timestamp":
            return _formatted(value, self._local())
        if (namespace, value) == ("firehose", "random-string"):
            return self.new_id()[:_RANDOM]
        raise Undeliverable("NOT_EMULATED", f"eventyard evaluates no {found.group()} in a prefix of {self.stream.arn}.")

    def _local(self) -> datetime:
        zone = self.s3.get("CustomTimeZone")
        return datetime.fromtimestamp(self.moment, ZoneInfo(zone) if zone else UTC)


def _timed(prefix: str) -> str:
    """A prefix; one without a time gets the default one."""
    return prefix if _TIMESTAMP in prefix else prefix + _DEFAULT


def _formatted(pattern: str, moment: datetime) -> str:
    return "".join(_piece(found, moment) for found in _PIECE.finditer(pattern))


def _piece(found: re.Match[str], moment: datetime) -> str:
    quoted, letter = found.groups()
    text = found.group()
    if quoted is not None:
        return quoted or "'"
    if letter is None:
        return text
    if letter not in _LETTERS:
        raise Undeliverable("NOT_EMULATED", f"eventyard does not evaluate {text!r} in a timestamp of a prefix.")
    number = _LETTERS[letter](moment)
    if letter in "yu" and len(text) == _SHORT_YEAR:
        number %= 100
    return f"{number:0{len(text)}}"
