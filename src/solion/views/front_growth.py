"""How far a front has come: depth against time on logarithmic axes, and the local exponent of its growth."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.figure import Figure

from solion.analysis.data import Data, plain
from solion.analysis.metric import Metric, pure
from solion.views.style import COLOURS, MUTED, blank, styled
from solion.views.view import AbstractView


class FrontGrowthView(AbstractView):
    """L(t), and n = d ln L/d ln t below it: 1 where reaction limits a plate, 1/2 where diffusion does.

    In wires and spheres, and under stress, n alone does not tell which; the shares of the resistance do.
    """

    name = "front-growth"
    title = "Growth of the product"
    caption = "Depth of host consumed against time, and the local exponent; dashed lines have slopes 1 and 1/2."
    rank = 9.0

    def applies(self, data: Data) -> bool:
        found = data.having(kind="length", place="front", dimensions=("time",))
        return bool(found) and bool(np.ptp(plain(found[0])) > 0)

    @styled
    def draw(self, data: Data) -> Figure:
        time, depth, exponent = growth(data)
        canvas = blank(7.0, 6.0)
        above, below = canvas.subplots(2, 1, sharex=True, height_ratios=[2, 1])
        above.loglog(time, depth * 1e9, color=COLOURS[0])
        for slope in (1.0, 0.5):
            guide = depth[-1] * (time / time[-1]) ** slope * 1e9
            above.loglog(time, guide, color=MUTED, lw=0.8, ls="--")
        above.set_ylabel("depth of host (nm)")
        below.semilogx(time, exponent, color=COLOURS[1])
        below.set_ylim(-0.1, 1.3)
        below.set_ylabel("$n$")
        below.set_xlabel("time (s)")
        return canvas

    def metrics(self, data: Data) -> Iterator[Metric]:
        depth = plain(data.first(kind="length", place="front"))
        yield pure("front_depth", depth[-1], "depth of host consumed at the end", "m", headline=True)
        for row in data.having(place="regime", dimensions=("time",)):
            last = plain(row)[-1]
            if np.isfinite(last):
                yield pure(f"{row.name}_end", last, f"{row.attrs['long_name']}, at the end", str(row.attrs["units"]))


def growth(data: Data) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Time since the start (s), depth grown since (m) and local exponent, where it has grown."""
    depth, time = plain(data.first(kind="length", place="front")), data.time - data.time[0]
    grown = (time > 0) & (depth > 0)
    time, depth = time[grown], depth[grown]
    kept = np.concatenate([[True], np.diff(time) > 1e-12 * time[1:]]) if time.size else grown[grown]
    time, depth = time[kept], depth[kept]
    return time, depth, np.gradient(np.log(depth), np.log(time)) if time.size > 2 else np.ones_like(time)
