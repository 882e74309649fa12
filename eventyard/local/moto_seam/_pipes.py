"""The pipes in moto's state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.pipes.models import pipes_backends

from eventyard.local.moto_seam._records import Arn, Pipe, SourceMapping

if TYPE_CHECKING:
    from collections.abc import Iterator

# moto's own objects: untyped, and ours to handle with care.
Moto = Any

_RUNNING = "RUNNING"
_BATCH = 10


class PipeState:
    """Every account's pipes, by ARN."""

    def pipes(self) -> Iterator[str]:
        """The ARNs of all pipes."""
        for _, regions in list(pipes_backends.items()):
            for backend in list(regions.values()):
                yield from [found.arn for found in backend.pipes.values()]

    def pipe(self, pipe: str) -> Pipe | None:
        """The pipe of this ARN; None without one."""
        arn = Arn.parse(pipe)
        found = pipes_backends[arn.account][arn.region].pipes.get(arn.resource.removeprefix("pipe/"))
        if found is None:
            return None
        return Pipe(
            found.arn,
            found.name,
            found.role_arn,
            found.source,
            found.enrichment or "",
            found.enrichment_parameters or {},
            found.target,
            found.target_parameters or {},
        )

    def piped(self, queue: str) -> list[SourceMapping]:
        """The running pipes that a queue (an ARN) is the source of. A pipe is in its source's account and Region."""
        arn = Arn.parse(queue)
        pipes = pipes_backends[arn.account][arn.region].pipes.values()
        return [_mapping(found) for found in list(pipes) if found.source == queue and found.desired_state == _RUNNING]


def _mapping(found: Moto) -> SourceMapping:
    parameters: dict[str, Any] = found.source_parameters or {}
    queue: dict[str, Any] = parameters.get("SqsQueueParameters") or {}
    return SourceMapping(
        found.arn,
        found.source,
        found.arn,
        int(queue.get("BatchSize") or _BATCH),
        int(queue.get("MaximumBatchingWindowInSeconds") or 0),
        tuple(one["Pattern"] for one in (parameters.get("FilterCriteria") or {}).get("Filters", ())),
        partial=False,
    )
