"""A cut through a body at the end of a run: stresses from one of its ends to the other, or from front to surface."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.figure import Figure

from solion.analysis.data import Data, plain
from solion.analysis.metric import Metric, pure
from solion.views.style import COLOURS, MUTED, blank, styled
from solion.views.view import AbstractView


class ShellSectionView(AbstractView):
    """Fields of stress over their coordinate, at the last sample."""

    name = "shell-section"
    title = "Stress at the end"
    caption = "Stress against its place at the end, positive in tension; of a shell the core lies to the left."
    rank = 12.0

    def applies(self, data: Data) -> bool:
        return any(row.attrs.get("kind") == "stress" for row in data.fields())

    @styled
    def draw(self, data: Data) -> Figure:
        canvas = blank(6.5, 3.8)
        axes = canvas.subplots()
        axes.axhline(0, color=MUTED, lw=0.7)
        for colour, row in zip(COLOURS, _stresses(data), strict=False):
            place = np.atleast_2d(plain(data.position(row)))[-1]
            axes.plot(place * 1e9, plain(row)[-1] / 1e9, color=colour, label=row.attrs["long_name"])
        axes.set_xlabel(f"{data.position(_stresses(data)[0]).attrs['long_name']} (nm)")
        axes.set_ylabel("stress (GPa)")
        axes.legend()
        return canvas

    def metrics(self, data: Data) -> Iterator[Metric]:
        for row in _stresses(data):
            yield pure(
                f"{row.name}_extreme",
                plain(row)[-1][abs(plain(row)[-1]).argmax()],
                f"largest {row.attrs['long_name']} at the end",
                "Pa",
            )


def _stresses(data: Data):
    return [row for row in data.fields() if row.attrs.get("kind") == "stress"]
