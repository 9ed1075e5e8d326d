"""Voltage against how full a device is, in and out: the curve that a battery scientist draws first."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from solion.analysis.data import Data, plain
from solion.views.style import COLOURS, MUTED, blank, styled
from solion.views.view import AbstractView


class ChargeCurveView(AbstractView):
    """The terminal's voltage over the quantity placed at ``filling``, leg by leg; dotted without its part of stress."""

    name = "charge-curve"
    title = "Voltage and filling"
    caption = "Voltage against the share that has reacted, a colour a step; dotted, the voltage without what stress takes of it."
    rank = 8.0

    def applies(self, data: Data) -> bool:
        filling = data.having(place="filling", dimensions=("time",))
        return bool(filling) and data.driven and bool(np.ptp(data.terminal("voltage")) > 1e-9) and len(self._legs(data)) < 40

    @staticmethod
    def _legs(data: Data) -> list[int]:
        return sorted(set(data.segments.tolist()))

    @styled
    def draw(self, data: Data) -> Figure:
        canvas = blank(6.5, 4.2)
        axes = canvas.subplots()
        filling, voltage = plain(data.first(place="filling", dimensions=("time",))), data.terminal("voltage")
        stress = [row for row in data.having(role="part", kind="voltage") if "stress" in row.attrs["long_name"]]
        for k, leg in enumerate(self._legs(data)):
            here, colour = data.segments == leg, COLOURS[k % len(COLOURS)]
            axes.plot(filling[here], voltage[here], color=colour, label=f"step {leg + 1}")
            if stress:
                axes.plot(filling[here], (voltage - plain(stress[0]))[here], ":", color=colour, lw=1.0)
        axes.axhline(0, color=MUTED, lw=0.7)
        axes.set_xlim(0, 1)
        axes.set_xlabel("share reacted")
        axes.set_ylabel("voltage (V)")
        axes.legend()
        return canvas
