from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Refusal:
    code: str
    reason: str


class Authority:
    def __init__(self, state: Any) -> None: ...
    def send(self, *, service: str, source: str, target: str, role: str = "", **_: Any) -> Refusal | None:
        return None

    def role_send(self, *, role: str, action: str, target: str) -> Refusal | None:
        return None

    def poll(self, *, role: str, queue: str) -> Refusal | None:
        return None

    def run(self, *, role: str) -> Refusal | None:
        return None

    def bus_key(self, bus: str) -> Refusal | None:
        return None

    def archive_key(self, archive: str) -> Refusal | None:
        return None
