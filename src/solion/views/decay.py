"""How the current evens out through a layer: its largest value, spread and spectrum against the distance from the ceramic."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from solion.analysis.data import Data
from solion.analysis.hot_spots import falls_below
from solion.analysis.metric import Metric, pure
from solion.views.faces import FACES
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
        found, faces = data.dataset, _layered(data)
        spectra = [face for face in faces if f"{face}_wave_number" in found.dims]  # of a line only, not of a plane
        drawing = blank(8.4 if spectra else 6.4, 3.4)
        left, *rest = np.atleast_1d(drawing.subplots(1, 2 if spectra else 1))
        for face in faces:
            depth, style = found[f"{face}_depth"].values * 1e6, {"color": FACES[face], "markersize": 3.5}
            left.plot(depth, found[f"{face}_maximum"] - 1, "o-", label=f"maximum/mean − 1, {face}", **style)
            left.plot(depth, found[f"{face}_deviation"], "s--", label=f"deviation/mean, {face}", **style)
        left.axhline(0.1, color=FAINT, linewidth=1.2)
        left.set(xscale="log", yscale="log", xlabel="distance from the ceramic (µm)", ylabel="unevenness of $j_z$")
        left.set_title("Decay through the layer")
        left.legend()
        for right in rest:
            for face in spectra:
                power, depth = found[f"{face}_power"].values, found[f"{face}_depth"].values * 1e6
                chosen = np.unique(np.linspace(0, len(depth) - 1, 4).astype(int))
                for row, shade in zip(chosen, np.linspace(0.1, 0.8, len(chosen)), strict=True):
                    colour, label = matplotlib.colormaps["viridis"](shade), f"{depth[row]:g} µm, {face}"
                    right.plot(found[f"{face}_wave_number"].values * 1e-6, power[row], color=colour, lw=1.1, label=label)
            right.set(xscale="log", yscale="log", xlabel="wave number k (1/µm)", ylabel="P(k)")
            top = max(np.max(line.get_ydata()) for line in right.get_lines())
            right.set_ylim(1e-10 * top, 3 * top)
            right.set_title("Spectrum of the unevenness")
            right.legend()
        return drawing

    def metrics(self, data: Data) -> Iterator[Metric]:
        for face in _layered(data):
            depth = falls_below(data.dataset[f"{face}_depth"].values, data.dataset[f"{face}_maximum"].values)
            meaning = f"depth in the layer at the {face} where the largest j_z falls below 1.1 times the mean"
            yield pure(f"decay_depth_{face}", depth, meaning, "m", headline=True)


def _layered(data: Data) -> list[str]:
    """Faces under a layer."""
    return [face for face in FACES if f"{face}_depth" in data.dataset.dims]
