"""An endpoint that a topic is subscribed to, as a partner would write it: it believes nobody but SNS.

https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.prepare.html and
https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html. It needs `cryptography`, no more, and is
meant to be copied.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

if TYPE_CHECKING:
    from collections.abc import Callable

# Anybody can sign with a certificate of their own: it must come from SNS.
_CERTIFICATE = re.compile(r"https://sns\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?/SimpleNotificationService-[0-9a-f]+\.pem")
_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    "UnsubscribeConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}


class ForgedError(ValueError):
    """The message is not from SNS, or not from our topic."""


@dataclass
class Receiver:
    """Takes the messages of one topic.

    Args:
        topic: Its ARN; everybody can subscribe our endpoint to a topic of theirs.
        certificate: Gets the certificate (PEM) of a SigningCertURL. It is worth keeping: it rarely changes.
        visit: Follows a SubscribeURL.

    `taken` are the messages, each once: SNS may send one again.
    """

    topic: str
    certificate: Callable[[str], str]
    visit: Callable[[str], object]
    taken: dict[str, Any] = field(default_factory=dict)

    def receive(self, body: str) -> None:
        """One POST; returns if it is to be answered 200.

        Raises:
            ForgedError: Answer 403.
        """
        message = json.loads(body)
        self._check(message)
        if message["Type"] == "SubscriptionConfirmation":
            self.visit(message["SubscribeURL"])
        elif message["Type"] == "Notification":
            self.taken.setdefault(message["MessageId"], json.loads(message["Message"]))

    def _check(self, message: dict[str, Any]) -> None:
        if message.get("TopicArn") != self.topic:
            raise ForgedError("another topic")
        if not _CERTIFICATE.fullmatch(str(message.get("SigningCertURL"))):
            raise ForgedError("a certificate from elsewhere")
        fields = [name for name in _SIGNED.get(message.get("Type", ""), ()) if name in message]
        text = "".join(f"{name}\n{message[name]}\n" for name in fields)
        key = x509.load_pem_x509_certificate(self.certificate(message["SigningCertURL"]).encode()).public_key()
        digest = SHA256() if message.get("SignatureVersion") == "2" else SHA1()  # noqa: S303  # SNS's version 1
        try:
            assert isinstance(key, rsa.RSAPublicKey)  # SNS signs with RSA
            signature = base64.b64decode(message.get("Signature", ""), validate=True)
            key.verify(signature, text.encode(), padding.PKCS1v15(), digest)
        except (InvalidSignature, binascii.Error):
            raise ForgedError("another signature") from None
