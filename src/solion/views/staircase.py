"""Voltage of a device under steps of current density, and up to which of them it was borne."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.figure import Figure

from solion.analysis.data import Data, plain
from solion.analysis.metric import Metric, pure
from solion.views.style import CURRENT, VOLTAGE, blank, styled
from solion.views.view import AbstractView


class StaircaseView(AbstractView):
    """Voltage above, current density below, against time in hours."""

    name = "staircase"
    title = "Steps of current"
    caption = "Voltage and current density against time; a short shows as a fall of the voltage that stays."
    rank = 20.0

    def applies(self, data: Data) -> bool:
        return bool(_densities(data)) and bool(data.having(role="terminal", kind="voltage", dimensions=("time",)))

    @styled
    def draw(self, data: Data) -> Figure:
        canvas = blank(10.0, 4.8)
        upper, lower = canvas.subplots(2, 1, sharex=True)
        hours = data.time / 3600
        upper.plot(hours, data.terminal("voltage") * 1e3, color=VOLTAGE)
        lower.plot(hours, plain(_densities(data)[0]) / 10, color=CURRENT)
        upper.set_ylabel("voltage (mV)")
        lower.set(xlabel="time (h)", ylabel="current density (mA/cm²)")
        return canvas

    def metrics(self, data: Data) -> Iterator[Metric]:
        """What is reported of the whole test, the first of it as a headline."""
        for place, verdict in enumerate(data.having(kind="current_density", dimensions=())):
            value = float(verdict.values)
            if np.isfinite(value):
                meaning = f"current density {verdict.attrs['long_name']}"
                yield pure(str(verdict.name), value, meaning, verdict.attrs["units"], headline=place == 0)


def _densities(data: Data) -> list:
    """Current densities of a terminal against time."""
    return data.having(role="terminal", kind="current_density", dimensions=("time",))
