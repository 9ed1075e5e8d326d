"""Complexion diagrams: thickness of an interfacial film along a line of states, or as a map with its first-order lines."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from solion.analysis.data import Data, plain
from solion.analysis.metric import Metric, pure
from solion.views.style import CURRENT, INK, MUTED, blank, styled
from solion.views.view import AbstractView

PLANE = ("temperature", "control")
NANO = 1e9


class FilmDiagramView(AbstractView):
    """Thickness over temperature and control; the first field of a length is it, a second one its bound."""

    name = "film_diagram"
    title = "Complexions"
    rank = 10.0
    caption = (
        "Thickness of the film in equilibrium; the line breaks or the map is empty where it is infinite. Dots: first-order jumps."
    )

    def applies(self, data: Data) -> bool:
        return bool(data.having(role="field", kind="length", dimensions=PLANE))

    @styled
    def draw(self, data: Data) -> Figure:
        lengths = data.having(role="field", kind="length", dimensions=PLANE)
        thickness, control = lengths[0], lengths[0]["control"]
        canvas = blank(7.0, 4.4)
        axes = canvas.subplots()
        axes.set_xscale("log")
        axes.set_xlabel(f"{control.attrs['long_name']} ({control.attrs['units']})".replace(" (1)", ""))
        values = np.where(np.isfinite(plain(thickness)), plain(thickness), np.nan) * NANO
        jumps = data.having(role="event")
        if len(thickness["temperature"]) == 1:
            axes.plot(control, values[0], color=INK, label="film in equilibrium")
            for bound in lengths[1:]:
                axes.plot(control, plain(bound)[0] * NANO, color=MUTED, ls="--", label=bound.attrs["long_name"])
            axes.set_yscale("symlog", linthresh=0.1)
            axes.set_ylim(0, 3 * np.nanmax(values) if np.nanmax(values, initial=0) > 0 else 1)
            axes.set_ylabel("thickness (nm)")
            for place in plain(jumps[1]) if jumps else ():
                axes.axvline(place, color=CURRENT, lw=0.7)
            axes.legend()
            return canvas
        shown = np.where(values > 0, values, np.nan)
        norm = LogNorm(*np.nanpercentile(shown, (0, 100))) if np.isfinite(shown).any() else None
        mesh = axes.pcolormesh(control, thickness["temperature"], shown, norm=norm, cmap="viridis", rasterized=True)
        canvas.colorbar(mesh, ax=axes, label="thickness (nm)")
        if jumps:
            axes.plot(plain(jumps[1]), plain(jumps[0]), ls="none", marker=".", ms=3, color=CURRENT)
        axes.set_ylabel("temperature (K)")
        return canvas

    def metrics(self, data: Data) -> Iterator[Metric]:
        thickness = plain(data.having(role="field", kind="length", dimensions=PLANE)[0])
        finite = thickness[np.isfinite(thickness)]
        yield data.metric("thickest_film", finite.max(initial=0.0), "length", "largest finite thickness", headline=True)
        yield pure("wetting_share", float(np.isinf(thickness).mean()), "share of states with an infinite film", headline=True)
        jumps = data.having(role="event", kind="length")
        yield pure("jumps", float(len(jumps[0])) if jumps else 0.0, "first-order jumps met along the controls", headline=True)
