"""Where the work of a gate goes: losses by what dissipates, and the free energy that stays in the films."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure

from solion.analysis.recorded import dataset_of, values
from solion.analysis.synaptic.run import FAINT, losses
from solion.views.style import INK, blank, prefixed, styled, time_axis, time_unit


@styled
def energy_split(run: Any) -> Figure:
    """Energy dissipated by each part up to a time, stacked, with the work of the gate and the free energy gained."""
    dataset = dataset_of(run)
    rows = losses(dataset)
    parts = {name: row for name, row in rows.items() if row[-1] > FAINT * sum(other[-1] for other in rows.values())}
    work, stored = values(dataset, "gate_energy"), values(dataset, "free_energy")
    gained = stored - stored[0]
    canvas = blank(10.0, 4.2)
    axes = canvas.subplots()
    factor, unit = prefixed([work, gained, sum(parts.values())], "J")
    seconds = values(dataset, "time")
    colours = colormaps["viridis"](np.linspace(0.1, 0.9, max(len(parts), 1)))
    whole = sum(row[-1] for row in parts.values())
    labels = [f"{name}, {row[-1] / whole:.1%}" for name, row in parts.items()]
    axes.stackplot(
        seconds * time_unit(seconds)[0], [row * factor for row in parts.values()], lw=0, labels=labels, colors=colours
    )
    axes.plot(seconds * time_unit(seconds)[0], work * factor, color=INK, lw=1.2, label="work of the gate")
    axes.plot(seconds * time_unit(seconds)[0], gained * factor, color=INK, ls=":", label="free energy gained")
    axes.axhline(0, color=INK, lw=0.5)
    axes.set_ylabel(f"energy ({unit})")
    time_axis(axes, dataset, scaled=False)
    handles, names = axes.get_legend_handles_labels()
    axes.legend(handles[::-1], names[::-1], loc="upper left", bbox_to_anchor=(1.0, 1.0), borderaxespad=0.6)
    return canvas
