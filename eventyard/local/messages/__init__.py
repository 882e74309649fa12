"""The message half of SQS: what is in a queue, who gets it when, and what SQS answers. Standard library only.

`Mailbox` holds one queue's messages; the operations take a request in AWS's shape and give an answer in AWS's shape, or
raise a `Refusal`. Names, attributes, tags and policies of queues are somebody else's business (here: moto's).
"""

from __future__ import annotations

from eventyard.local.messages._attributes import check_attributes, check_redrive
from eventyard.local.messages._handling import (
    change_message_visibility,
    change_message_visibility_batch,
    delete_message,
    delete_message_batch,
    purge_queue,
)
from eventyard.local.messages._mailbox import Mailbox, Reception, Sent
from eventyard.local.messages._message import (
    Departure,
    Message,
    attributes_md5,
    body_md5,
    system_attributes,
)
from eventyard.local.messages._moving import (
    PostOffice,
    cancel_message_move_task,
    list_message_move_tasks,
    start_message_move_task,
)
from eventyard.local.messages._receiving import receive_message
from eventyard.local.messages._refusal import Refusal
from eventyard.local.messages._sending import SENDER, send_message, send_message_batch
from eventyard.local.messages._settings import Redrive, Settings, Watcher
from eventyard.local.messages._store import Store

__all__ = [
    "MOVING",
    "OPERATIONS",
    "SENDER",
    "Departure",
    "Mailbox",
    "Message",
    "PostOffice",
    "Reception",
    "Redrive",
    "Refusal",
    "Sent",
    "Settings",
    "Store",
    "Watcher",
    "attributes_md5",
    "body_md5",
    "check_attributes",
    "check_redrive",
    "send_message",
    "system_attributes",
]

# What is done to one queue's messages, and what moves messages from one queue to another, by boto3's names.
OPERATIONS = (
    send_message,
    send_message_batch,
    receive_message,
    delete_message,
    delete_message_batch,
    change_message_visibility,
    change_message_visibility_batch,
    purge_queue,
)
MOVING = (start_message_move_task, list_message_move_tasks, cancel_message_move_task)
