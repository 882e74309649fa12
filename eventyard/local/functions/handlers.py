"""Whether a function's handler can be found, before anybody calls it.

A handler is `module.function`, the module with dots or slashes:
https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html
"""

from __future__ import annotations

from importlib.machinery import PathFinder
from pathlib import Path
from sysconfig import get_path
from typing import TYPE_CHECKING

from eventyard.local.functions.environment import import_paths

if TYPE_CHECKING:
    from eventyard.local.functions.spec import FunctionSpec


def missing_module(spec: FunctionSpec) -> str | None:
    """The module that the handler names, when it is nowhere to be found; None when it is there.

    Only its place is looked at, nothing is imported: whether it can be, the first invocation shows.
    """
    module, _, function = spec.handler.replace("/", ".").rpartition(".")
    if not module or not function:
        return spec.handler
    parts = module.split(".")
    if any(_holds(Path(folder), parts) for folder in import_paths(spec)):
        return None
    # A library that is installed here, where the cloud has it in a public layer.
    return None if PathFinder.find_spec(parts[0], [get_path("purelib"), get_path("platlib")]) else module


def _holds(folder: Path, parts: list[str]) -> bool:
    *packages, name = parts
    place = folder.joinpath(*packages)
    if (place / name).is_dir():
        return True
    return place.is_dir() and any(found.is_file() for found in place.glob(f"{name}.*"))
