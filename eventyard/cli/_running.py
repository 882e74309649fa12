"""A command that runs beside a served cloud, with what it needs to reach it and nothing that leads elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from eventyard.assembly import node_folder

if TYPE_CHECKING:
    import threading

    from eventyard.local import ServedCloud

_LOOK_SECONDS = 0.2


def run_beside(command: str, cloud: ServedCloud, stopped: threading.Event) -> int:
    """Run a shell command to its end, or until everything is to stop; answers its exit code, 0 if it was stopped."""
    with subprocess.Popen(command, shell=True, env=_environment(cloud)) as running:  # noqa: S602  # the user's own
        while running.poll() is None:
            if stopped.wait(_LOOK_SECONDS):
                running.terminate()
                running.wait()
                return 0
        return running.returncode


def _environment(cloud: ServedCloud) -> dict[str, str]:
    """The developer's own but for AWS's settings; this Python, its Node and the project's CLI come first."""
    node = node_folder()
    folders = [Path(sys.executable).parent, Path.cwd() / "node_modules" / ".bin", *([node] if node else [])]
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_ACCESS_KEY_ID": cloud.account,
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_REGION": cloud.region,
        "AWS_DEFAULT_REGION": cloud.region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        # The CLI installs an agent for proxies, of which Node warns.
        "NODE_NO_WARNINGS": "1",
        "PATH": os.pathsep.join([*map(str, folders), os.environ.get("PATH", "")]),
    }
