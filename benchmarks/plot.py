"""The measurements as a picture: multiples of reading the event, over the number of rules (both logarithmic)."""

from __future__ import annotations

from math import log2, log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_WIDTH, _HEIGHT = 640, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 170, 30, 50
_MOST = 8  # multiples: the top of the picture
_COLOURS = ("#0b6e4f", "#8a8f98", "#c8553d")


def svg(counts: Sequence[int], lines: Mapping[str, Sequence[float]]) -> str:
    """The picture.

    Args:
        counts: The numbers of rules.
        lines: Name -> one multiple for each of them.
    """
    across = {count: _LEFT + log10(count) / log10(counts[-1]) * (_WIDTH - _LEFT - _RIGHT) for count in counts}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif">',
        '<g font-size="13">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
    ]
    for multiple in (1, 2, 4, 8):
        y = _down(multiple)
        parts += [
            f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.0f}" y2="{y:.0f}" stroke="#ddd"/>',
            f'<text x="{_LEFT - 10}" y="{y + 4:.0f}" text-anchor="end">{multiple} x</text>',
        ]
    parts += [
        f'<text x="{x:.0f}" y="{_HEIGHT - _BOTTOM + 20}" text-anchor="middle">{count:,}</text>'
        for count, x in across.items()
    ]
    parts.append(f'<text x="{_LEFT}" y="{_HEIGHT - 8}">rules; the time to match, in multiples of json.loads</text>')
    for (name, values), colour in zip(lines.items(), _COLOURS, strict=False):
        points = [(across[count], _down(value)) for count, value in zip(counts, values, strict=True)]
        x, y = points[-1]
        drawn = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
        parts += [
            f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2"/>',
            f'<text x="{x + 8:.0f}" y="{y + 4:.0f}" fill="{colour}">{name}</text>',
        ]
    return "\n".join([*parts, "</g></svg>", ""])


def _down(multiple: float) -> float:
    share = log2(max(multiple, 1)) / log2(_MOST)
    return _TOP + (1 - min(share, 1)) * (_HEIGHT - _TOP - _BOTTOM)
