"""SNS: a topic's subscriptions are all of its own, whichever account made them; moto keeps them with who made them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.sns.models import SNSBackend, sns_backends

from eventyard.local.moto_seam.seams._seam import Moto, Seam

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eventyard.local.moto_seam.seams._seam import Listener


def _of_topic(_original: Moto, _listener: Listener) -> Moto:
    def subscriptions(self: Moto, topic: Moto) -> list[Moto]:
        return [found for _, found in _all(self.region_name, topic)]

    return subscriptions


def _delete(_original: Moto, _listener: Listener) -> Moto:
    def delete(self: Moto, topic: Moto) -> None:
        """https://docs.aws.amazon.com/sns/latest/api/API_DeleteTopic.html: a topic goes with all its subscriptions."""
        for backend, found in list(_all(self.region_name, topic)):
            backend.subscriptions.pop(found.arn)

    return delete


def _all(region: str, topic: Moto) -> Iterator[tuple[Moto, Moto]]:
    for _, backends in list(sns_backends.items()):
        backend = backends[region]
        yield from ((backend, found) for found in backend.subscriptions.values() if found.topic.arn == topic.arn)


SEAMS = (
    Seam(SNSBackend, "_get_topic_subscriptions", ("self", "topic"), "some are other accounts'", _of_topic),
    Seam(SNSBackend, "delete_topic_subscriptions", ("self", "topic"), "and go with it", _delete),
)
