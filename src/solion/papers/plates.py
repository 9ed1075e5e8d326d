"""The figures of a paper from the evidence of its cases, each in the paper's arrangement."""

from __future__ import annotations

from typing import Any

import matplotlib
from matplotlib.figure import Figure, FigureBase

from solion.papers.case import Plate
from solion.papers.runner import Reproduction
from solion.views.style import blank, styled


@styled
def drawings(outcome: Reproduction) -> dict[str, Figure]:
    """A figure for each plate of the paper, with the panels of those of its cases that were run to their end."""
    done = {entry.case.name: entry for entry in outcome.cases if entry.evidence is not None}
    found = {}
    for plate in outcome.paper.plates:
        rows = [[name for name in row if name in done] for row in plate.rows]
        if any(rows):
            found[plate.name] = _drawn(plate, rows, done)
    return found


def _drawn(plate: Plate, rows: list[list[str]], done: dict[str, Any]) -> Figure:
    kept = [k for k, row in enumerate(rows) if row]
    heights = [(plate.heights or (1.0,) * len(rows))[k] for k in kept]
    width, height = plate.size
    shares = {k: _shares(plate, k) for k in kept}
    widest = max(sum(shares[k][name] for name in rows[k]) / sum(shares[k].values()) for k in kept)
    every = plate.heights or (1.0,) * len(rows)
    canvas = blank(max(width * widest, 4.0), height * sum(heights) / sum(every))
    with matplotlib.rc_context({"savefig.facecolor": "white"}):
        bands = canvas.subfigures(len(kept), 1, height_ratios=heights, squeeze=False)[:, 0]
        for band, k in zip(bands, kept, strict=True):
            ratios = [shares[k][name] for name in rows[k]]
            parts: list[FigureBase] = list(band.subfigures(1, len(rows[k]), width_ratios=ratios, squeeze=False)[0])
            for part, name in zip(parts, rows[k], strict=True):
                done[name].case.draw(part, done[name].evidence)
    return canvas


def _shares(plate: Plate, row: int) -> dict[str, float]:
    names = plate.rows[row]
    return dict(zip(names, plate.widths[row] if plate.widths else (1.0,) * len(names), strict=True))
