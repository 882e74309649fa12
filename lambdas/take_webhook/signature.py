"""Whether a request comes from the carrier: a time and an HMAC over it and the body, with a secret that both know.

`X-Carrier-Signature: t=1772443800,v1=5257a869…`, the HMAC being SHA-256 of `t.body` in hexadecimal digits. The time is
signed too, so that a request that somebody recorded cannot be sent again later.
"""

import hashlib
import hmac

HEADER = "x-carrier-signature"
TOLERANCE_SECONDS = 300
"""How old a request may be, or how far the carrier's clock may be ahead of ours."""


class ForgedError(ValueError):
    """The request is not the carrier's, or no longer; the text says why and is for the log, not for the sender."""


def sign(body: bytes, *, secret: str, time: int) -> str:
    """The header's value."""
    return f"t={time},v1={_hmac(body, secret=secret, time=str(time))}"


def check(body: bytes, header: str, *, secret: str, now: float) -> None:
    """Returns if the signature is the carrier's.

    Args:
        body: As it came, byte by byte.
        header: The header's value; empty without one.
        secret: What the carrier signs with.
        now: Seconds since the epoch.

    Raises:
        ForgedError: It is not.
    """
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    time, given = parts.get("t", ""), parts.get("v1", "")
    if not time.isascii() or not time.isdecimal() or not given:
        raise ForgedError("There is no signature, or none of this form.")
    # In constant time: how long a comparison takes must not tell how much of a guess is right.
    if not hmac.compare_digest(_hmac(body, secret=secret, time=time).encode(), given.encode()):
        raise ForgedError("The signature is of another secret or another body.")
    if abs(now - int(time)) > TOLERANCE_SECONDS:
        raise ForgedError(f"It was signed more than {TOLERANCE_SECONDS} seconds ago, or ahead.")


def _hmac(body: bytes, *, secret: str, time: str) -> str:
    return hmac.new(secret.encode(), time.encode() + b"." + body, hashlib.sha256).hexdigest()
