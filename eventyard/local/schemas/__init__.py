"""EventBridge's schema registry, a service that moto lacks altogether: its state, and its API as HTTP has it."""

from eventyard.local.schemas._registries import Registries
from eventyard.local.schemas._rest import Wanted, response, wanted

__all__ = ["Registries", "Wanted", "response", "wanted"]
