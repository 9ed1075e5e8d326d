"""Voltage and current of the driven terminal against time, and the charge and the extremes of a run."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solion.analysis.data import Data, integral, plain
from solion.analysis.metric import Metric, pure
from solion.views.style import CURRENT, MUTED, VOLTAGE, blank, prefixed, scaled_axis, styled, time_axis, time_unit
from solion.views.view import AbstractView

NOISE = 1e-12  # of its scale; what is below is round-off and drawn as zero
_DRAWN = {
    "voltage": ("V", "voltage $V$", VOLTAGE),
    "current": ("A", "current $i$", CURRENT),
}


class TerminalsView(AbstractView):
    """Voltage above, current below, on one axis of time."""

    name = "terminals"
    title = "Terminals"
    caption = "Voltage and current of the driven terminal against time."
    rank = 20.0

    def applies(self, data: Data) -> bool:
        return data.driven

    def draws(self, data: Data) -> bool:
        return not data.responses  # whose figure shows the terminals as well

    @styled
    def draw(self, data: Data) -> Figure:
        canvas = blank(10.0, 4.8)
        upper, lower = canvas.subplots(2, 1, sharex=True)
        draw_terminal(upper, data, "voltage")
        draw_terminal(lower, data, "current")
        time_axis(upper, data, label=False)
        time_axis(lower, data, scaled=False)
        canvas.align_ylabels()
        return canvas

    def metrics(self, data: Data) -> Iterator[Metric]:
        """Extremes, where the voltage is not swept, and the charge: as the run summed it up, or here from its samples."""
        if not data.swept:
            for kind in ("voltage", "current"):
                row = data.terminal(kind)
                yield data.metric(f"{kind}_maximum", row.max(), kind, f"highest {kind}")
                yield data.metric(f"{kind}_minimum", row.min(), kind, f"lowest {kind}")
        charges = data.having(kind="charge", dimensions=("time",))
        for charge in charges:
            meaning = f"{charge.attrs['long_name']}, net"
            yield pure(str(charge.name), plain(charge)[-1], meaning, "C", headline=charge is charges[-1])
        if not charges:
            time, current = data.time, data.terminal("current")
            yield data.metric("charge", integral(time, current), "charge", "net charge into the terminal")
            passed = integral(time, np.abs(current))
            yield data.metric("charge_passed", passed, "charge", "charge passed in either direction")
        for lost in data.having(role="carried", kind="", dimensions=("time",)):
            yield pure(str(lost.name), plain(lost)[-1], lost.attrs["long_name"])


def draw_terminal(axes: Axes, data: Data, kind: str, *, scaled: bool = True) -> None:
    """Draw ``voltage`` or ``current`` against time; ``scaled`` adds the scaled axis and the name in words.

    The caller labels the axis of time.
    """
    symbol, label, colour = _DRAWN[kind]
    row = data.terminal(kind)
    if np.abs(row).max(initial=0.0) < NOISE * data.scale(kind):
        row = np.zeros_like(row)
    factor, unit = prefixed(row, symbol)
    axes.axhline(0, color=MUTED, lw=0.7)
    seconds = data.time
    axes.plot(seconds * time_unit(seconds)[0], row * factor, color=colour)
    axes.set_ylabel(f"{label if scaled else label.split()[-1]} ({unit})")
    if scaled:
        scaled_axis(axes, "y", data, kind, factor, label.split()[-1].strip("$"))


def given(data: Data) -> str:
    """The quantity that the protocol sets for most of the run: ``voltage`` or ``current``."""
    total = sum(step["duration"] * (1 if step["mode"] == "current" else -1) for step in data.steps)
    return "current" if total > 0 else "voltage"
