"""Firehose streams: records are buffered, transformed, and written to S3 as objects.

https://docs.aws.amazon.com/firehose/latest/dev/basic-deliver.html
"""

from eventyard.local.streams._streams import Streams

__all__ = ["Streams"]
