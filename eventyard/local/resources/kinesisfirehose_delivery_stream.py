"""AWS::KinesisFirehose::DeliveryStream with an S3 destination. moto skips it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesisfirehose-deliverystream.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made, changed, tags, tags_gone

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::KinesisFirehose::DeliveryStream"  # noqa: A001  # CloudFormation's own word
name_property = "DeliveryStreamName"

_S3, _UPDATE = "ExtendedS3DestinationConfiguration", "ExtendedS3DestinationUpdate"
_PLAIN = "S3DestinationConfiguration"
# Without any effect here: what is in the buffers is encrypted by AWS's own keys or by this one.
_ENCRYPTION = "DeliveryStreamEncryptionConfigurationInput"
known = frozenset({_S3, _PLAIN, _ENCRYPTION, "DeliveryStreamName", "DeliveryStreamType", "Tags"})
_LONGEST_NAME = 64
# What a template may also write as text.
_BOOLEANS, _NUMBERS = frozenset({"Enabled"}), frozenset({"IntervalInSeconds", "SizeInMBs"})


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """CreateDeliveryStream."""
    name = scope.fit(_LONGEST_NAME)
    tagged = [{"Key": key, "Value": value} for key, value in tags(properties).items()]
    scope.client("firehose").create_delivery_stream(
        DeliveryStreamName=name,
        DeliveryStreamType=properties.get("DeliveryStreamType", "DirectPut"),
        **{_S3: _destination(properties)} if _destination(properties) else {},
        **{"Tags": tagged} if tagged else {},
    )
    return Made(name, {"Arn": f"arn:aws:firehose:{scope.region}:{scope.account}:deliverystream/{name}"})


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """UpdateDestination, which makes a new version of the stream; another name or type is another stream."""
    if changed(old, new, "DeliveryStreamName", "DeliveryStreamType"):
        delete(made, old, scope)
        return create(new, scope)
    firehose = scope.client("firehose")
    if _destination(old) != _destination(new):
        found = firehose.describe_delivery_stream(DeliveryStreamName=made.id)["DeliveryStreamDescription"]
        firehose.update_destination(
            DeliveryStreamName=made.id,
            CurrentDeliveryStreamVersionId=found["VersionId"],
            DestinationId=found["Destinations"][0]["DestinationId"],
            **{_UPDATE: _destination(new)},
        )
    if untagged := tags_gone(old, new):
        firehose.untag_delivery_stream(DeliveryStreamName=made.id, TagKeys=untagged)
    if tags(new):
        tagged = [{"Key": key, "Value": value} for key, value in tags(new).items()]
        firehose.tag_delivery_stream(DeliveryStreamName=made.id, Tags=tagged)
    return made


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """DeleteDeliveryStream."""
    scope.client("firehose").delete_delivery_stream(DeliveryStreamName=made.id)


def remarks(properties: Mapping[str, Any]) -> Iterator[str]:
    """What Firehose does elsewhere."""
    if not _destination(properties):
        yield "it has no S3 destination: its records are entered in the ledger as dropped."
    if properties.get("DeliveryStreamType", "DirectPut") != "DirectPut":
        yield f"its source ({properties['DeliveryStreamType']}) is not read; records are put to it directly."
    if _destination(properties).get("S3BackupMode") == "Enabled":
        yield "untransformed records are not backed up (S3BackupMode)."


def _destination(properties: Mapping[str, Any]) -> dict[str, Any]:
    found = properties.get(_S3) or properties.get(_PLAIN) or {}
    return {name: _value(name, value) for name, value in found.items()}


def _value(name: str, value: Any) -> Any:  # noqa: ANN401  # any JSON value
    if isinstance(value, dict):
        return {inner: _value(inner, each) for inner, each in value.items()}
    if isinstance(value, list):
        return [_value("", each) for each in value]
    if name in _BOOLEANS:
        return str(value).lower() == "true"
    return int(value) if name in _NUMBERS else value
