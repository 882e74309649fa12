"""What is wrong with a contract, or with a pattern that reads it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        code: Its kind, such as `removed` or `no-such-field`.
        event: The event type it concerns, by its detail type.
        field: The field's path from the envelope's top, `detail.lines.price`; empty if it concerns no field.
        message: What is wrong and what follows from it, in a sentence that names both.
    """

    code: str
    event: str
    field: str
    message: str

    def __str__(self) -> str:
        """The message, which names the event and the field."""
        return self.message
