"""The environment variables of a function: AWS's, the platform's and its own, and nothing of this process.

Follows "Using Lambda environment variables", section "Defined runtime environment variables":
https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import awslambdaric

if TYPE_CHECKING:
    from eventyard.local.functions.spec import FunctionSpec

_RUNTIME_DIR = str(Path(awslambdaric.__file__).parent.parent)


def environment(spec: FunctionSpec, *, log_stream: str, runtime_api: str | None = None) -> dict[str, str]:
    """Every variable the function sees, but `_X_AMZN_TRACE_ID`, which each invocation sets.

    Args:
        spec: The function.
        log_stream: The log stream of its execution environment.
        runtime_api: `host:port` of the Runtime API; None where the handler is called without it.

    A function's own variables win over AWS's unreserved ones (PATH, LANG, TZ), as on AWS; never over the
    reserved ones, nor over those that keep its SDK on this machine.
    """
    unreserved = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
    }
    reserved = {
        "_HANDLER": spec.handler,
        "AWS_REGION": spec.region,
        "AWS_DEFAULT_REGION": spec.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{spec.runtime}",
        "AWS_LAMBDA_FUNCTION_NAME": spec.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(spec.memory),
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": spec.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
        "LAMBDA_TASK_ROOT": str(spec.code),
        "LAMBDA_RUNTIME_DIR": _RUNTIME_DIR,
    }
    if runtime_api is not None:
        reserved["AWS_LAMBDA_RUNTIME_API"] = runtime_api
    here = {
        # The SDK finds neither the developer's profiles nor an instance's metadata.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        # There is no X-Ray daemon to send segments to.
        "POWERTOOLS_TRACE_DISABLED": "true",
    }
    return {**unreserved, **spec.environment, **reserved, **here, **spec.platform}


def import_paths(spec: FunctionSpec) -> list[str]:
    """Where the function's modules are found, before this interpreter's own: its code, then its layers.

    AWS unzips all layers into one `/opt`, in order, so that the last one's files win; here the last one comes
    first. Python's folders in a layer: "Packaging your layer content",
    https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html
    """
    folders = [
        layer / "python" / folder
        for layer in reversed(spec.layers)
        for folder in (f"lib/{spec.runtime}/site-packages", ".")
    ]
    return [str(spec.code), *(str(folder) for folder in folders if folder.is_dir())]
