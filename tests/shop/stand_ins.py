"""The shop as it is synthesized, but with the stand-in's code in its functions: edges, policies, roles, keys stay."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from eventyard.assembly import read

_CODE = Path(__file__).with_name("stand_in.py")
# Inline code is the module `index`.
_HANDLER = "index.handle"


def with_stand_ins(assembly: Path, into: Path) -> Path:
    """A copy of an assembly (a folder) below `into`, with the same code in all its functions, and no layers."""
    copy = into / "cdk.out"
    shutil.copytree(assembly, copy)
    inline = {"Code": {"ZipFile": _CODE.read_text()}, "Handler": _HANDLER, "Layers": []}
    for stack in read(copy).stacks:
        for resource in stack.template["Resources"].values():
            if resource["Type"] == "AWS::Lambda::Function":
                resource["Properties"].update(inline)
        (copy / f"{stack.name}.template.json").write_text(json.dumps(stack.template))
    return copy
