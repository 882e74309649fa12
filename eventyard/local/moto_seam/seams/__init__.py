"""The seams: each names a function of moto's, what it takes, why we step in, and what stands there instead.

`tests/local/test_moto_seam.py` holds every seam against the installed moto, so that a new release that moves one
fails there, by name, and not in somebody's deployment.
"""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

import moto.core.utils

from eventyard.local.moto_seam.seams import (
    access,
    archives,
    awslambda,
    bus_logs,
    change_sets,
    cloudformation,
    cloudwatch,
    connections,
    core,
    events,
    firehose,
    pipes,
    reports,
    schemas,
    sns,
    sns_subscribers,
    sqs,
    stack_ends,
    stacks,
)
from eventyard.local.moto_seam.seams._seam import ABSENT, Listener, MetricName, Moto, RefusedError, Samples, Seam
from eventyard.local.moto_seam.seams.cloudformation import emulated

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SEAMS", "Listener", "MetricName", "RefusedError", "Samples", "Seam", "emulated", "installed"]

SEAMS: tuple[Seam, ...] = tuple(
    seam
    for module in (
        core,
        access,
        archives,
        events,
        bus_logs,
        connections,
        sns,
        sns_subscribers,
        sqs,
        firehose,
        pipes,
        awslambda,
        reports,
        schemas,
        cloudwatch,
        cloudformation,
        stacks,
        stack_ends,
        change_sets,
    )
    for seam in module.SEAMS
)


@contextlib.contextmanager
def installed(listener: Listener) -> Iterator[None]:
    """All seams in; out again at the end, whatever happened."""
    originals = [(seam, seam.original) for seam in SEAMS]
    real_clock = moto.core.utils.utcnow
    try:
        for seam, original in originals:
            setattr(seam.owner, seam.name, seam.make(original, listener))
        _replace_everywhere(real_clock, moto.core.utils.utcnow)
        yield
    finally:
        _replace_everywhere(moto.core.utils.utcnow, real_clock)
        for seam, original in reversed(originals):
            if original is ABSENT:
                delattr(seam.owner, seam.name)
            else:
                setattr(seam.owner, seam.name, original)


def _replace_everywhere(old: Moto, new: Moto) -> None:
    """Most of moto's modules hold `utcnow` by a name of their own, those imported in the meantime too."""
    for name, module in list(sys.modules.items()):
        if name.startswith("moto.") and getattr(module, "utcnow", None) is old:
            module.__dict__["utcnow"] = new
