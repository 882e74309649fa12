"""Receipt handles: each names a message and one reception of it, and can be read back without being kept."""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct

from eventyard.local.messages._refusal import Refusal

_NAMED = struct.Struct(">QQ")


class Receipts:
    """The handles of one queue. Those of other queues, and made up ones, are refused."""

    def __init__(self, salt: str) -> None:
        self._key = hashlib.blake2b(salt.encode()).digest()

    def handle(self, order: int, reception: int) -> str:
        """The handle of the message with this order, for its nth reception: a hundred-odd letters, as AWS's."""
        named = _NAMED.pack(order, reception)
        return base64.b64encode(named + self._seal(named)).decode()

    def read(self, handle: str) -> tuple[int, int]:
        """What `handle` was made of.

        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html

        Raises:
            Refusal: ReceiptHandleIsInvalid: this queue never gave it.
        """
        try:
            content = base64.b64decode(handle, validate=True)
        except (binascii.Error, ValueError):
            content = b""
        named, seal = content[: _NAMED.size], content[_NAMED.size :]
        if len(named) != _NAMED.size or seal != self._seal(named):
            raise Refusal(
                "ReceiptHandleIsInvalid", f'The input receipt handle "{handle}" is not a valid receipt handle.'
            )
        order, reception = _NAMED.unpack(named)
        return order, reception

    def _seal(self, named: bytes) -> bytes:
        return hashlib.blake2b(named, key=self._key).digest()
