"""What users do with a queue costs the same whether ten messages are in it or thousands: counted, not timed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.local.moto_seam._mailboxes import find_mailbox
from tests.local.boxes import Box
from tests.local.counting import lines_run

if TYPE_CHECKING:
    from eventyard.local import LocalCloud


def filled(cloud: LocalCloud, name: str, depth: int) -> Box:
    """A queue with so many messages visible, and as many in flight."""
    box = Box(cloud, name)
    mailbox = find_mailbox(box.arn)
    assert mailbox is not None
    for number in range(2 * depth):
        mailbox.send("x", group=str(number), deduplication=str(number), carried="filler")
    mailbox.receive(depth)
    return box


def costs(box: Box, unique: str) -> dict[str, int]:
    """Lines of Python by operation."""
    ids = {"MessageGroupId": "g", "MessageDeduplicationId": unique} if box.url.endswith(".fifo") else {}
    found = {"send": lines_run(lambda: box.send(**ids)), "count": lines_run(box.counts)}
    (message,) = box.receive(1)
    found["receive"] = lines_run(lambda: box.receive(1))
    found["hide"] = lines_run(lambda: box.hide(message, 60))
    found["delete"] = lines_run(lambda: box.delete(message))
    entry = {"MessageBody": "x", **ids, **({"MessageDeduplicationId": f"{unique}b"} if ids else {})}
    found["batch"] = lines_run(lambda: box.send_batch(entry))
    return found


def check(cloud: LocalCloud, few_name: str, many_name: str) -> None:
    """Compare; the least of several turns, since caches fill and heaps are swept now and then."""
    few, many = filled(cloud, few_name, 10), filled(cloud, many_name, 5_000)
    turns = [(costs(few, str(turn)), costs(many, str(turn))) for turn in range(3)]
    for operation in turns[0][0]:
        small = min(turn[0][operation] for turn in turns)
        assert min(turn[1][operation] for turn in turns) <= small * 1.1, operation


def test_a_standard_queue(cloud: LocalCloud) -> None:
    check(cloud, "few", "many")


def test_a_fifo_queue_with_as_many_groups(cloud: LocalCloud) -> None:
    check(cloud, "few.fifo", "many.fifo")
