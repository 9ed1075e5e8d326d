"""The figures of a paper from the evidence of its cases, each in the paper's arrangement."""

from __future__ import annotations

from typing import Any

import matplotlib
from matplotlib.figure import Figure, FigureBase

from solion.papers.case import PaperFigure
from solion.papers.runner import Reproduction
from solion.views.style import blank, styled


@styled
def paper_figures(outcome: Reproduction) -> dict[str, Figure]:
    """A figure for each figure of the paper, with the panels of those of its cases that were run to their end."""
    done = {entry.case.name: entry for entry in outcome.cases if entry.evidence is not None}
    found = {}
    for figure in outcome.paper.figures:
        rows = [[name for name in row if name in done] for row in figure.rows]
        if any(rows):
            found[figure.name] = _drawn(figure, rows, done)
    return found


def _drawn(figure: PaperFigure, rows: list[list[str]], done: dict[str, Any]) -> Figure:
    kept = [k for k, row in enumerate(rows) if row]
    heights = [(figure.heights or (1.0,) * len(rows))[k] for k in kept]
    width, height = figure.size
    shares = {k: _shares(figure, k) for k in kept}
    widest = max(sum(shares[k][name] for name in rows[k]) / sum(shares[k].values()) for k in kept)
    every = figure.heights or (1.0,) * len(rows)
    canvas = blank(max(width * widest, 4.0), height * sum(heights) / sum(every))
    with matplotlib.rc_context({"savefig.facecolor": "white"}):
        bands = canvas.subfigures(len(kept), 1, height_ratios=heights, squeeze=False)[:, 0]
        for band, k in zip(bands, kept, strict=True):
            ratios = [shares[k][name] for name in rows[k]]
            parts: list[FigureBase] = list(band.subfigures(1, len(rows[k]), width_ratios=ratios, squeeze=False)[0])
            for part, name in zip(parts, rows[k], strict=True):
                done[name].case.draw(part, done[name].evidence)
    return canvas


def _shares(figure: PaperFigure, row: int) -> dict[str, float]:
    names = figure.rows[row]
    return dict(zip(names, figure.widths[row] if figure.widths else (1.0,) * len(names), strict=True))
