"""An HTTPS endpoint as the subscriber of a topic: as an HTTP one, with a stand-in on this machine."""

from __future__ import annotations

from eventyard.local.targets.http import deliver, find

__all__ = ["deliver", "find", "service"]

service = "https"
