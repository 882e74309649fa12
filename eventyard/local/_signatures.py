"""SNS's signatures, with a key and a certificate of each local cloud's own: they verify as AWS's do.

https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html. The key follows from the cloud's seed,
so that the same calls give the same signatures. It protects nothing: it is as public as the seed.
"""

from __future__ import annotations

import base64
import functools
import random
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
_PRIME_BITS = 1_024
_SIEVED = 4_096
_WITNESSES = (2, 3, 5, 7, 11, 13, 17, 19)
# Enough for all subscribers of the messages under way: a message's signature is the same for each.
_MOST_SIGNATURES = 64


def string_to_sign(body: Mapping[str, object]) -> str:
    """What a message's signature signs: of some fields, each its name and its value, a line each."""
    return "".join(f"{name}\n{body[name]}\n" for name in _SIGNED if body.get(name) is not None)


class Signatures:
    """Signs what the topics of one local cloud send."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._made = functools.lru_cache(_MOST_SIGNATURES)(self._sign)

    def sign(self, body: Mapping[str, object], version: str) -> str:
        """The Signature of a message, for a SignatureVersion: 1 is SHA1, 2 is SHA256."""
        return self._made(string_to_sign(body), version)

    @property
    def certificate(self) -> str:
        """The certificate, as PEM."""
        return _certificate(self._seed)

    @property
    def file(self) -> str:
        """The certificate's file in SigningCertURL."""
        return f"SimpleNotificationService-{random.Random(f'certificate/{self._seed}').getrandbits(128):032x}.pem"  # noqa: S311  # a name

    def _sign(self, text: str, version: str) -> str:
        digest = SHA256() if version == "2" else SHA1()  # noqa: S303  # SNS's own choice
        return base64.b64encode(_key(self._seed).sign(text.encode(), padding.PKCS1v15(), digest)).decode()


@functools.cache
def _certificate(seed: int) -> str:
    key, name = _key(seed), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
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
def _key(seed: int) -> rsa.RSAPrivateKey:
    """An RSA key of 2,048 bits; OpenSSL makes none from a seed."""
    chance = random.Random(f"sns/{seed}")  # noqa: S311  # alike in every run, no secret
    p, q = _prime(chance), _prime(chance)
    d = pow(_EXPONENT, -1, (p - 1) * (q - 1))
    return rsa.RSAPrivateNumbers(
        p=p,
        q=q,
        d=d,
        dmp1=d % (p - 1),
        dmq1=d % (q - 1),
        iqmp=pow(q, -1, p),
        public_numbers=rsa.RSAPublicNumbers(_EXPONENT, p * q),
    ).private_key()


def _prime(chance: random.Random) -> int:
    """The next prime after a random number whose two highest bits are set."""
    while True:
        start = chance.getrandbits(_PRIME_BITS) | 0b11 << (_PRIME_BITS - 2) | 1
        for candidate in _sieved(start):
            if (candidate - 1) % _EXPONENT and all(_passes(candidate, witness) for witness in _WITNESSES):
                return candidate


def _sieved(start: int) -> list[int]:
    """The odd numbers from `start` on that no small prime divides."""
    composite = bytearray(_SIEVED)
    for prime in _small_primes():
        # start + 2 * place is a multiple of the prime from this place on, every prime-th.
        first = -start * pow(2, -1, prime) % prime
        composite[first::prime] = b"\1" * len(range(first, _SIEVED, prime))
    return [start + 2 * place for place in range(_SIEVED) if not composite[place]]


def _small_primes() -> list[int]:
    limit = 20_000
    composite = bytearray(limit)
    for number in range(3, limit, 2):
        if not composite[number]:
            composite[number * number :: number] = b"\1" * len(range(number * number, limit, number))
    return [number for number in range(3, limit, 2) if not composite[number]]


def _passes(candidate: int, witness: int) -> bool:
    """Miller and Rabin's test."""
    odd, twos = candidate - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    power = pow(witness, odd, candidate)
    if power in (1, candidate - 1):
        return True
    for _ in range(twos - 1):
        power = power * power % candidate
        if power == candidate - 1:
            return True
    return False
