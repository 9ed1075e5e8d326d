"""Where the electrical work goes: power dissipated in each part against time, and the energies summed up."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solion.analysis.recorded import dataset_of, values
from solion.views.style import INK, PARTS, blank, prefixed, styled, time_axis, time_unit


@styled
def energy(run: Any) -> Figure:
    """Power dissipated in each part stacked under the power of the source, and below the same summed over time."""
    dataset = dataset_of(run)
    canvas = blank(10.0, 5.4)
    upper, lower = canvas.subplots(2, 1, sharex=True)
    seconds = values(dataset, "time")
    power = {name: values(dataset, name) for name in PARTS}
    source = values(dataset, "electrical_power")
    _stack(upper, dataset, power, source, "W", "power", "source, $V i$")
    summed = {name: _running(seconds, row) for name, row in power.items()}
    work = _running(seconds, source)
    _stack(lower, dataset, summed, work, "J", "energy", "work of the source", shares=True)
    gained = values(dataset, "free_energy") - values(dataset, "free_energy")[:1]
    factor, _ = prefixed([work, *summed.values()], "J")
    lower.plot(seconds * time_unit(seconds)[0], gained * factor, color=INK, ls=":", label="free energy gained")
    time_axis(upper, dataset, label=False)
    time_axis(lower, dataset, scaled=False)
    for axes in (upper, lower):
        handles, labels = axes.get_legend_handles_labels()
        axes.legend(handles[::-1], labels[::-1], loc="upper left", bbox_to_anchor=(1.0, 1.0), borderaxespad=0.6)
    canvas.align_ylabels()
    return canvas


def _stack(axes: Axes, dataset, parts, total, symbol, quantity, label, *, shares=False) -> None:
    """Draw the parts on top of one another and their total as a line; ``shares`` names what each has at the end."""
    seconds = values(dataset, "time")
    factor, unit = prefixed([total, *parts.values()], symbol)
    whole = sum(row[-1] for row in parts.values())
    labels = [PARTS[name][0] for name in parts]
    if shares and whole > 0:
        labels = [f"{name}, {parts[key][-1] / whole:.1%}" for name, key in zip(labels, parts, strict=True)]
    axes.stackplot(
        seconds * time_unit(seconds)[0], [row * factor for row in parts.values()], lw=0,
        labels=labels, colors=[PARTS[name][1] for name in parts],
    )  # fmt: skip
    axes.plot(seconds * time_unit(seconds)[0], total * factor, color=INK, lw=1.1, label=label)
    axes.set_ylabel(f"{quantity} ({unit})")


def _running(time, rate):
    """Trapezoidal integral from the start to each sample."""
    return np.concatenate(([0.0], np.cumsum(np.diff(time) * (rate[1:] + rate[:-1]) / 2)))
