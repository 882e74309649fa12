"""SNS's signatures, with a key and a certificate of eventyard's own: they verify as AWS's do.

https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html. The key is always the same, so that what
functions receive is too. It protects nothing: it is as public as this file.
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
# Half as long as AWS's, and six times as fast.
_P = (
    "d10af1f4f051428a828562bab73715bc32288ba7f9d277151768cb9ca97d2d89"
    "f55bd129dd3bc260dc5e1cf293ef06aa30d27d56411e8ade45aa4865bdb8f141"
)
_Q = (
    "ca283007a9fe84d1a465aa15b4577c88dd43e42a635ae33c293180d30ff4e99b"
    "5ebe1ec62c605e70f6a83297c527fbcd71fba6f6f7685b5c7699d471545a816f"
)
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
    p, q = int(_P, 16), int(_Q, 16)
    d = rsa.rsa_recover_private_exponent(_EXPONENT, p, q)
    return rsa.RSAPrivateNumbers(
        p=p,
        q=q,
        d=d,
        dmp1=rsa.rsa_crt_dmp1(d, p),
        dmq1=rsa.rsa_crt_dmq1(d, q),
        iqmp=rsa.rsa_crt_iqmp(p, q),
        public_numbers=rsa.RSAPublicNumbers(_EXPONENT, p * q),
    ).private_key()
