"""SNS's signatures, with a key and a certificate of this process's own: they verify as AWS's do.

https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html. The key is a new one in every run; the
ledger holds no signatures, so that it is the same in all runs.
"""

from __future__ import annotations

import base64
import functools
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from collections.abc import Mapping

# In the order of their bytes; the page lists for each Type those that it has, of the ones here.
_SIGNED = ("Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_EXPONENT = 65_537
# Half of AWS's, and six times as fast: it protects nothing.
_KEY_BITS = 1_024
# Enough for all subscribers of the messages under way: a message's signature is the same for each.
_MOST_SIGNATURES = 64


def string_to_sign(body: Mapping[str, object]) -> str:
    """What a message's signature signs: of some fields, each its name and its value, a line each."""
    return "".join(f"{name}\n{body[name]}\n" for name in _SIGNED if body.get(name) is not None)


class Signatures:
    """Signs what the topics of one local cloud send."""

    # The certificate's file in SigningCertURL.
    file = "SimpleNotificationService-00000000000000000000000000000000.pem"

    def __init__(self) -> None:
        self._made = functools.lru_cache(_MOST_SIGNATURES)(self._sign)

    def sign(self, body: Mapping[str, object], version: str) -> str:
        """The Signature of a message, for a SignatureVersion: 1 is SHA1, 2 is SHA256."""
        return self._made(string_to_sign(body), version)

    @property
    def certificate(self) -> str:
        """The certificate, as PEM."""
        return _certificate()

    def _sign(self, text: str, version: str) -> str:
        digest = SHA256() if version == "2" else SHA1()  # noqa: S303  # SNS's own choice
        return base64.b64encode(_key().sign(text.encode(), padding.PKCS1v15(), digest)).decode()


@functools.cache
def _certificate() -> str:
    key, name = _key(), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .sign(key, SHA256())
    )
    return certificate.public_bytes(Encoding.PEM).decode()


@functools.cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(_EXPONENT, _KEY_BITS)  # it protects nothing, and is made at once
