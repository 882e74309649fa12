"""Accounts and Regions: which there are."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache

from botocore.session import Session

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
    known = _regions()
    if region not in known:
        near = get_close_matches(region.lower(), known, 1, cutoff=0.0)
        raise EventyardError(f"{region!r} is no Region.", remedy=f"Did you mean {near[0]}?")


@cache
def _regions() -> tuple[str, ...]:
    session = Session()
    return tuple(
        region
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("events", partition_name=partition)
    )
