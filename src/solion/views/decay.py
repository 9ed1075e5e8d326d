"""How the current evens out through a layer: its largest value, spread and spectrum against the distance from the ceramic."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib
import numpy as np
import xarray
from matplotlib.figure import Figure

from solion.analysis.data import Data
from solion.analysis.hot_spots import falls_below
from solion.analysis.metric import Metric, pure
from solion.views.faces import colour_of
from solion.views.style import FAINT, blank, styled
from solion.views.view import AbstractView


class DecayView(AbstractView):
    """Maximum and spread of j_z against the distance from the ceramic, and spectra at some distances."""

    name = "decay"
    title = "Decay"
    rank = 14.0
    caption = "Unevenness of the current against the distance from the ceramic, and its spectrum: fine spikes die out first."

    def applies(self, data: Data) -> bool:
        return bool(_layered(data))

    @styled
    def draw(self, data: Data) -> Figure:
        layers = _layered(data)
        spectra = data.having(of="spectrum over depth")  # of a line only, not of a plane
        drawing = blank(8.4 if spectra else 6.4, 3.4)
        left, *rest = np.atleast_1d(drawing.subplots(1, 2 if spectra else 1))
        for face, highest in layers.items():
            depth, style = _depth(highest) * 1e6, {"color": colour_of(face), "markersize": 3.5}
            left.plot(depth, highest - 1, "o-", label=f"maximum/mean − 1, {face}", **style)
            left.plot(depth, data.first(of="deviation over depth", place=face), "s--", label=f"deviation/mean, {face}", **style)
        left.axhline(0.1, color=FAINT, linewidth=1.2)
        left.set(xscale="log", yscale="log", xlabel="distance from the ceramic (µm)", ylabel="unevenness of $j_z$")
        left.set_title("Decay through the layer")
        left.legend()
        for right in rest:
            for power in spectra:
                depth, waves = _depth(power) * 1e6, power[power.dims[1]].values * 1e-6
                chosen = np.unique(np.linspace(0, len(depth) - 1, 4).astype(int))
                for row, shade in zip(chosen, np.linspace(0.1, 0.8, len(chosen)), strict=True):
                    colour, label = matplotlib.colormaps["viridis"](shade), f"{depth[row]:g} µm, {power.attrs['place']}"
                    right.plot(waves, power.values[row], color=colour, lw=1.1, label=label)
            right.set(xscale="log", yscale="log", xlabel="wave number k (1/µm)", ylabel="P(k)")
            top = max(np.max(line.get_ydata()) for line in right.get_lines())
            right.set_ylim(1e-10 * top, 3 * top)
            right.set_title("Spectrum of the unevenness")
            right.legend()
        return drawing

    def metrics(self, data: Data) -> Iterator[Metric]:
        for face, highest in _layered(data).items():
            meaning = f"depth in the layer at the {face} where the largest j_z falls below 1.1 times the mean"
            yield pure(f"decay_depth_{face}", falls_below(_depth(highest), highest.values), meaning, "m", headline=True)


def _layered(data: Data) -> dict[str, xarray.DataArray]:
    """The largest density against depth, of each face that lies under a layer."""
    return {found.attrs["place"]: found for found in data.having(of="maximum over depth")}


def _depth(found: xarray.DataArray) -> np.ndarray:
    return found[found.dims[0]].values
