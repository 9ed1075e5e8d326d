"""One figure that sums up a run: the loop beside what drives the film and what the film does."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from solion.analysis.recorded import dataset_of, swept
from solion.views.boundary import draw_boundary
from solion.views.loop import draw_loop
from solion.views.spacetime import add_colour_bar, draw_map
from solion.views.style import blank, styled, time_axis
from solion.views.terminals import draw_terminal, driven


@styled
def overview(run: Any) -> Figure:
    """The loop (of a sweep), and against time the terminals, the map of composition and the boundary compositions."""
    dataset = dataset_of(run)
    sweep = swept(dataset)
    canvas = blank(12.0, 5.8) if sweep else blank(9.5, 6.4)
    canvas.suptitle(dataset.attrs.get("title", ""), x=0.01, ha="left", fontsize=12, fontweight="bold")
    right: Any = canvas
    if sweep:
        left, right = np.asarray(canvas.subfigures(1, 2, width_ratios=(1, 1.35)))
        linear, logarithmic = left.subplots(2, 1)
        draw_loop(linear, dataset, logarithmic=False)
        draw_loop(logarithmic, dataset, logarithmic=True, legend=False)
        left.align_ylabels()
    names = [driven(dataset)] if sweep else ["current", "voltage"]
    panels = right.subplots(len(names) + 2, 1, sharex=True, height_ratios=(*([1.0] * len(names)), 2.2, 1.4))
    for axes, name in zip(panels, names, strict=False):
        draw_terminal(axes, dataset, name, scaled=False)
    image = draw_map(panels[-2], dataset, scaled=False)
    draw_boundary(panels[-1], dataset)
    for k, axes in enumerate(panels):
        time_axis(axes, dataset, label=k == len(panels) - 1, scaled=k == 0)
    add_colour_bar(right, image, list(panels), dataset)
    right.align_ylabels()
    return canvas
