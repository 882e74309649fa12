"""A stream's settings, as they count at one moment, with Firehose's defaults.

https://docs.aws.amazon.com/firehose/latest/APIReference/API_ExtendedS3DestinationConfiguration.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eventyard.local._yard import Undeliverable
from eventyard.local.streams._buffer import MIB, Hints

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from eventyard.local.moto_seam import DeliveryStream

_COMPRESSIONS = frozenset({"GZIP", "UNCOMPRESSED"})
_PROCESSORS = frozenset({"AppendDelimiterToRecord", "Lambda"})


@dataclass(frozen=True, slots=True)
class Processor:
    """The function that transforms the records."""

    function: str
    role: str
    retries: int
    hints: Hints


@dataclass(frozen=True, slots=True)
class Settings:
    """What becomes of a stream's records. `delimiter` follows each of them."""

    stream: DeliveryStream
    s3: Mapping[str, Any]
    bucket: str
    role: str
    gzip: bool
    hints: Hints
    delimiter: bytes
    processor: Processor | None

    @staticmethod
    def of(stream: DeliveryStream) -> Settings:
        """The settings of a stream.

        Raises:
            Undeliverable: It has what eventyard does not emulate.
        """
        s3 = stream.s3
        for what in _not_emulated(s3):
            raise Undeliverable("NOT_EMULATED", f"eventyard knows no {what} of Firehose ({stream.arn}).")
        given = s3 or {}
        hints = given.get("BufferingHints") or {}
        delimiter = _parameters(given, "AppendDelimiterToRecord")
        return Settings(
            stream,
            given,
            given["BucketARN"],
            given["RoleARN"],
            given.get("CompressionFormat") == "GZIP",
            Hints(float(hints.get("SizeInMBs", 5)) * MIB, float(hints.get("IntervalInSeconds", 300))),
            b"" if delimiter is None else delimiter.get("Delimiter", "\\n").replace("\\n", "\n").encode(),
            _processor(given),
        )


def _not_emulated(s3: Mapping[str, Any] | None) -> Iterator[str]:
    if s3 is None:
        yield "destination but S3"
        return
    if (compression := s3.get("CompressionFormat") or "UNCOMPRESSED") not in _COMPRESSIONS:
        yield f"compression {compression}"
    yield from (f"processor {one['Type']}" for one in _processors(s3) if one["Type"] not in _PROCESSORS)
    for part in ("DataFormatConversionConfiguration", "DynamicPartitioningConfiguration"):
        if (s3.get(part) or {}).get("Enabled"):
            yield part


def _processor(s3: Mapping[str, Any]) -> Processor | None:
    given = _parameters(s3, "Lambda")
    if given is None:
        return None
    hints = Hints(float(given.get("BufferSizeInMBs", 1)) * MIB, float(given.get("BufferIntervalInSeconds", 60)))
    function = given["LambdaArn"].removesuffix(":$LATEST")
    return Processor(function, given.get("RoleArn") or s3["RoleARN"], int(given.get("NumberOfRetries", 3)), hints)


def _parameters(s3: Mapping[str, Any], kind: str) -> dict[str, str] | None:
    for one in _processors(s3):
        if one["Type"] == kind:
            return {each["ParameterName"]: str(each["ParameterValue"]) for each in one.get("Parameters") or ()}
    return None


def _processors(s3: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    configuration = s3.get("ProcessingConfiguration") or {}
    on = str(configuration.get("Enabled")).lower() == "true"
    return list(configuration.get("Processors") or ()) if on else []
