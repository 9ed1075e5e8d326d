"""What each cycle of a switching device gave: the bias of set and of reset, and the on/off ratio, cycle by cycle."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import xarray as xr
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from solion.analysis.data import Data
from solion.analysis.metric import Metric, pure
from solion.views.style import COLOURS, blank, prefixed, styled
from solion.views.view import AbstractView

CYCLE = "run"  # the dimension of what is given once a cycle


class CyclesView(AbstractView):
    """Every number that is given once a cycle, against the cycle; a dot a device, a line through their medians."""

    name = "cycles"
    title = "Cycles"
    rank = 9.0
    caption = "Numbers of each cycle: dots are devices, lines their medians. A cycle without the event has no dot."

    def applies(self, data: Data) -> bool:
        return bool(_numbers(data))

    @styled
    def draw(self, data: Data) -> Figure:
        found = _numbers(data)
        canvas = blank(9.0, 1.7 * len(found) + 0.6)
        panels = np.atleast_1d(canvas.subplots(len(found), 1, sharex=True))
        for axes, entry, colour in zip(panels, found, COLOURS * len(found), strict=False):
            values = _rows(entry)
            factor, unit = prefixed(values, entry.attrs["units"]) if entry.attrs["units"] not in ("", "1") else (1.0, "")
            cycle = 1 + np.arange(len(values))
            axes.plot(np.repeat(cycle, values.shape[1]), values.ravel() * factor, "o", color=colour, ms=3.5, alpha=0.6, mew=0)
            axes.plot(cycle, _median(values) * factor, color=colour, lw=1.0)
            words = str(entry.name).replace("_", " ")
            axes.set_ylabel(f"{words} ({unit})" if unit else words)
            known = values[np.isfinite(values)]
            if known.size and known.min() > 0 and known.max() > 30 * known.min():
                axes.set_yscale("log")
        panels[-1].set_xlabel("cycle")
        panels[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
        canvas.align_ylabels()
        return canvas

    def metrics(self, data: Data) -> Iterator[Metric]:
        for entry in _numbers(data):
            values, words = _rows(entry), entry.attrs.get("long_name") or str(entry.name).replace("_", " ")
            known = values[np.isfinite(values)]
            middle = float(np.median(known)) if known.size else np.nan
            yield pure(f"{entry.name}_median", middle, f"{words}, median of all cycles", entry.attrs["units"], headline=True)
            spread = float(np.std(known) / abs(known.mean())) if known.size > 1 and known.mean() else np.nan
            yield pure(f"{entry.name}_spread", spread, f"{words}, standard deviation over mean")


def _numbers(data: Data) -> list[xr.DataArray]:
    """Numbers with a unit or a spread, once a cycle; what is only yes or no is left out."""
    found = [entry for entry in data.dataset.data_vars.values() if entry.dims[:1] == (CYCLE,)]
    return [entry for entry in found if entry.dtype.kind == "f"]


def _rows(entry: xr.DataArray) -> np.ndarray:
    return np.asarray(entry.values, float).reshape(entry.sizes[CYCLE], -1)


def _median(values: np.ndarray) -> np.ndarray:
    """Medians over devices; nan in a cycle without any."""
    return np.array([np.median(row[np.isfinite(row)]) if np.isfinite(row).any() else np.nan for row in values])
