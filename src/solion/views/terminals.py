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
    "current_density": ("A/m²", "current density $j$", CURRENT),
}


class TerminalsView(AbstractView):
    """Voltage above, current below, on one axis of time."""

    name = "terminals"
    title = "Terminals"
    caption = "What is known of the driven terminal against time."
    rank = 20.0

    def applies(self, data: Data) -> bool:
        return bool(reported(data))

    def draws(self, data: Data) -> bool:
        return not data.responses  # whose figure shows the terminals as well

    @styled
    def draw(self, data: Data) -> Figure:
        kinds = reported(data)
        canvas = blank(10.0, 2.2 * len(kinds) + 0.4)
        panels = np.atleast_1d(canvas.subplots(len(kinds), 1, sharex=True))
        for k, (axes, kind) in enumerate(zip(panels, kinds, strict=True)):
            draw_terminal(axes, data, kind)
            time_axis(axes, data, label=k == len(kinds) - 1, scaled=k == 0)
        canvas.align_ylabels()
        return canvas

    def metrics(self, data: Data) -> Iterator[Metric]:
        """Extremes, where the voltage is not swept, and the charge: as the run summed it up, or here from its samples."""
        if not data.swept:
            for kind in reported(data):
                row = data.terminal(kind)
                known = [list(data.summary(word, kind).values()) for word in ("highest", "lowest")] if data.driven else ([], [])
                yield data.metric(f"{kind}_maximum", max(known[0] or row), kind, f"highest {kind}")
                yield data.metric(f"{kind}_minimum", min(known[1] or row), kind, f"lowest {kind}")
        charges = data.having(kind="charge", dimensions=("time",))
        for charge in charges:
            meaning = f"{charge.attrs['long_name']}, net"
            yield pure(str(charge.name), plain(charge)[-1], meaning, "C", headline=charge is charges[-1])
        if not charges and data.driven:
            time, current = data.time, data.terminal("current")
            ways = [list(data.summary(f"charge {way}", "charge").values()) for way in ("in", "out")]
            net, passed = integral(time, current), integral(time, np.abs(current))
            if ways[0]:
                net, passed = sum(ways[0]) + sum(ways[1]), sum(ways[0]) - sum(ways[1])
            yield data.metric("charge", net, "charge", "net charge into the terminal")
            yield data.metric("charge_passed", passed, "charge", "charge passed in either direction")
        for lost in data.having(role="carried", kind="", dimensions=("time",)):
            yield pure(str(lost.name), plain(lost)[-1], lost.attrs["long_name"])


def reported(data: Data) -> list[str]:
    """Kinds of what is known of the driven terminal against time; a current density only where the current is not known."""
    found = [kind for kind in _DRAWN if any(row.dims[0] == "time" for row in data.having(role="terminal", kind=kind) if row.ndim)]
    return [kind for kind in found if kind != "current_density" or "current" not in found]


def draw_terminal(axes: Axes, data: Data, kind: str, *, scaled: bool = True) -> None:
    """Draw ``voltage``, ``current`` or ``current_density`` against time; ``scaled`` adds the scaled axis and the name in words.

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
    """The kind of what the protocol sets for most of the run, of those that are known."""
    total = sum(step["duration"] * (1 if step["mode"] == "current" else -1) for step in data.steps)
    return reported(data)[-1 if total > 0 else 0]
