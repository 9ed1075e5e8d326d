"""Shapes by direction in time: closed curves of a radius over an angle."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from solion.analysis.data import Data, plain
from solion.views.style import COLOURS, blank, styled
from solion.views.view import AbstractView

SHOWN = 5
ANGLE = "direction"  # the dimension, in degrees


class PolarShapesView(AbstractView):
    """Every field of lengths over an angle, at a few instants."""

    name = "polar-shapes"
    title = "Shapes"
    caption = "Radii along each direction (nm), from the start (light) to the end."
    rank = 4.0

    def applies(self, data: Data) -> bool:
        return bool(_shapes(data))

    @styled
    def draw(self, data: Data) -> Figure:
        canvas = blank(6.0, 6.0)
        axes = canvas.add_subplot(projection="polar")
        for colour, row in zip(COLOURS, _shapes(data), strict=False):
            angle = np.radians(plain(data.dataset[ANGLE]))
            rows = np.unique(np.linspace(0, row.sizes["time"] - 1, SHOWN).astype(int))
            for k, instant in enumerate(rows):
                shape = plain(row)[instant] * 1e9
                label = row.attrs["long_name"] if k == len(rows) - 1 else None
                axes.plot(
                    np.append(angle, angle[0]),
                    np.append(shape, shape[0]),
                    color=colour,
                    alpha=0.3 + 0.7 * k / len(rows),
                    label=label,
                )
        axes.legend(loc="lower right", bbox_to_anchor=(1.1, -0.1))
        return canvas


def _shapes(data: Data) -> list[xr.DataArray]:
    return [row for row in data.dataset.data_vars.values() if row.dims == ("time", ANGLE) and row.attrs.get("kind") == "length"]
