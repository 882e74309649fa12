"""Accounts and Regions: which there are."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import cache
from itertools import takewhile

from botocore.loaders import create_loader

from eventyard.errors import EventyardError


def check_account(account: str) -> None:
    """Refuse what is no account.

    Raises:
        EventyardError: it has not twelve digits.
    """
    if not re.fullmatch(r"[0-9]{12}", account):
        raise EventyardError(f"{account!r} is no account.", remedy="An account has twelve digits.")


def check_region(region: str) -> None:
    """Refuse a Region that AWS does not have, as far as the installed boto3 knows.

    Raises:
        EventyardError: it names the nearest one that there is.
    """
    if region not in _regions():
        near = max(_regions(), key=lambda known: _likeness(region.lower(), known))
        raise EventyardError(f"{region!r} is no Region.", remedy=f"Did you mean {near}?")


def _likeness(given: str, known: str) -> tuple[float, int]:
    """How alike they are; of two that are equally so, that which begins alike."""
    same = takewhile(lambda pair: pair[0] == pair[1], zip(given, known, strict=False))
    return SequenceMatcher(None, given, known).ratio(), len(list(same))


@cache
def _regions() -> tuple[str, ...]:
    # Out of the SDK's own data: a session would first look for the profile that the developer's shell names.
    partitions = create_loader().load_data("endpoints")["partitions"]
    return tuple(region for partition in partitions for region in partition["regions"])
