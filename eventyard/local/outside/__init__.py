"""What lies outside of AWS: HTTP endpoints, of which this machine's own stand in for all others."""

from eventyard.local.outside._calls import Answer, Call, NoAnswerError
from eventyard.local.outside._outside import Outside
from eventyard.local.outside._requests import request, token_request

__all__ = ["Answer", "Call", "NoAnswerError", "Outside", "request", "token_request"]
