"""Lambda functions on this machine: each runs its own code, as deployed, with only its own environment.

`ProcessWorkers` keeps a warm process per function that speaks the Lambda Runtime API through AWS's own
client, `awslambdaric`. `InProcessWorkers` runs the same code in this process, for breakpoints and
coverage. Both answer with the same `Outcome`, in AWS's words.

    with ProcessWorkers() as workers:
        workers.warm(spec)
        outcome = workers.invoke(spec, b"{}", request_id="...", trace_id="Root=1-...")
"""

from eventyard.local.functions.handlers import missing_module
from eventyard.local.functions.in_process import InProcessWorkers
from eventyard.local.functions.processes import ProcessWorkers
from eventyard.local.functions.spec import FunctionSpec, Outcome, Workers, supported
from eventyard.local.functions.unpacking import unpack

__all__ = [
    "FunctionSpec",
    "InProcessWorkers",
    "Outcome",
    "ProcessWorkers",
    "Workers",
    "missing_module",
    "supported",
    "unpack",
]
