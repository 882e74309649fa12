"""One event or message that is to be published."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of PutEvents or PublishBatch.

    Attributes:
        line: Where it stands in what is published; the first is 1.
        entry: As the service's API has it.
        size: In bytes, as the service counts them.
    """

    line: int
    entry: dict[str, Any]
    size: int

    @property
    def fingerprint(self) -> str:
        """Tells whether a line is still the one that was published."""
        return sha256(json.dumps(self.entry, sort_keys=True, default=str).encode()).hexdigest()[:16]
