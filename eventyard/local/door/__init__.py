"""The door: what AWS's API refuses, with its error codes, before anything is done. One file an operation or two.

Nothing here knows moto: each takes the request as the service's API has it, and what it must know of the state.
"""

from __future__ import annotations

from eventyard.local.door._error import ApiError, invalid_parameter
from eventyard.local.door._model import check_model

__all__ = ["ApiError", "check_model", "invalid_parameter"]
