"""Who may: every hand-over and every call of the local cloud, held against the policies and keys that are deployed."""

from eventyard.local.authority._authority import Authority
from eventyard.local.authority._refusal import Refusal

__all__ = ["Authority", "Refusal"]
