"""Some of the shop's stacks, as an assembly of their own: a test deploys what it is about, and no more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# The order fan-out and what it stands on.
FANOUT = ("CommerceBus", "ShopRecords", "OrderFanout")


def part(assembly: Path, into: Path, *stacks: str) -> Path:
    """An assembly in the folder `into` (made here) that has only these stacks of another; its files are linked to."""
    into.mkdir(parents=True)
    manifest = json.loads((assembly / "manifest.json").read_text())
    kinds = {name: artifact["type"] for name, artifact in manifest["artifacts"].items()}
    missing = [stack for stack in stacks if kinds.get(stack) != "aws:cloudformation:stack"]
    assert not missing, f"the app has no stacks {missing}"
    manifest["artifacts"] = {
        name: artifact
        for name, artifact in manifest["artifacts"].items()
        if name in stacks or kinds[name] != "aws:cloudformation:stack"
    }
    (into / "manifest.json").write_text(json.dumps(manifest))
    for file in assembly.iterdir():
        if file.name != "manifest.json":
            (into / file.name).symlink_to(file.resolve())
    return into
