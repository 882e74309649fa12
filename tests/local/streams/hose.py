"""A Firehose stream `backup`, its bucket `kept`, and the role that writes."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

from tests.local.authority.scene import US, Json, Scene, service, statement

if TYPE_CHECKING:
    from eventyard.local import Delivery, LocalCloud

BUCKET = "arn:aws:s3:::kept"
STREAM = f"arn:aws:firehose:us-east-1:{US}:deliverystream/backup"
WRITES = statement(None, "s3:PutObject", f"{BUCKET}/*")


class Hose:
    """Made with `create`; everything else is boto3's."""

    def __init__(self, cloud: LocalCloud) -> None:
        self.cloud = cloud
        self.scene = Scene(cloud)
        self.s3, self.firehose = cloud.client("s3"), cloud.client("firehose")

    def create(self, *policy: Json, bucket: bool = True, **s3: Any) -> str:  # noqa: ANN401 - of ExtendedS3DestinationConfiguration
        """CreateBucket, CreateRole, CreateDeliveryStream with a buffer of one minute and 5 MiB; the stream's ARN."""
        if bucket:
            self.s3.create_bucket(Bucket="kept")
        role = self.scene.role("writes", *(policy or (WRITES,)), trusts=service("firehose"))
        hints = {"SizeInMBs": 5, "IntervalInSeconds": 60}
        self.firehose.create_delivery_stream(
            DeliveryStreamName="backup",
            ExtendedS3DestinationConfiguration={"RoleARN": role, "BucketARN": BUCKET, "BufferingHints": hints, **s3},
        )
        return STREAM

    def put(self, *records: object) -> list[str]:
        """PutRecordBatch; what is no text goes as JSON. Answers the records' ids."""
        texts = [one if isinstance(one, str) else json.dumps(one) for one in records]
        answer = self.firehose.put_record_batch(
            DeliveryStreamName="backup", Records=[{"Data": text.encode()} for text in texts]
        )
        assert answer["FailedPutCount"] == 0
        return [one["RecordId"] for one in answer["RequestResponses"]]

    def names(self) -> list[str]:
        """The objects in the bucket."""
        return [one["Key"] for one in self.s3.list_objects_v2(Bucket="kept").get("Contents", [])]

    def contents(self) -> list[str]:
        """What is in them, uncompressed."""
        found = []
        for name in self.names():
            body = self.s3.get_object(Bucket="kept", Key=name)["Body"].read()
            found.append((gzip.decompress(body) if name.endswith(".gz") else body).decode())
        return found

    def written(self, event: str) -> Delivery:
        """The delivery of an event to the bucket."""
        (found,) = [one for one in self.cloud.ledger.deliveries_of(event) if one.edge.kind == "firehose→s3"]
        return found


def processor(kind: str, **parameters: str) -> Json:
    """A ProcessingConfiguration with one processor."""
    given = [{"ParameterName": name, "ParameterValue": value} for name, value in parameters.items()]
    return {"Enabled": True, "Processors": [{"Type": kind, "Parameters": given}]}
