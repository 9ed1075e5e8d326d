"""The stages of a film with two kinds of layers, against position and time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from solion.analysis.data import Data, plain
from solion.analysis.layer_stages import FULL, layer_fields, layer_stages
from solion.analysis.metric import Metric, pure
from solion.views.spacetime import edges_of
from solion.views.style import COLOURS, blank, prefixed, styled, time_axis, time_unit
from solion.views.view import AbstractView


class LayerStagesView(AbstractView):
    """Which layers are full where, from the first end to the last."""

    name = "layer-stages"
    title = "Stages of the layers"
    caption = "Which layers are more than half full, against position and time; 10 is a full first and an empty second layer."
    rank = 31.0

    def applies(self, data: Data) -> bool:
        return bool(layer_fields(data))

    @styled
    def draw(self, data: Data) -> Figure:
        fields = layer_fields(data)
        stage = sum(2 ** (len(fields) - 1 - k) * (plain(field) > FULL) for k, field in enumerate(fields))
        colours = ["#f2f2f2", *COLOURS][: 2 ** len(fields)]
        canvas = blank(10.0, 3.6)
        axes = canvas.subplots()
        place = plain(data.position(fields[0]))
        metres, unit = prefixed([np.ptp(place)], "m")
        shown = {"cmap": ListedColormap(colours), "vmin": -0.5, "vmax": len(colours) - 0.5, "rasterized": True}
        instants = edges_of(data.time) * time_unit(data.time)[0]
        axes.pcolormesh(instants, edges_of(place) * metres, np.asarray(stage).T, **shown)
        axes.invert_yaxis()
        axes.grid(False)
        axes.set_ylabel(f"position ({unit})")
        time_axis(axes, data)
        names = [format(k, f"0{len(fields)}b") for k in range(len(colours))]
        handles = [Patch(facecolor=colour, edgecolor="0.5", label=name) for name, colour in zip(names, colours, strict=True)]
        axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.01, 1.0))
        return canvas

    def metrics(self, data: Data) -> Iterator[Metric]:
        found = layer_stages(data)
        last = found.labels[-1]
        yield pure("domains_at_end", last.count("|") + 1, f"domains of full and empty layers at the end: {last}")
        yield pure("stage_changes", len(found.labels) - 1, "changes of the sequence of domains")
