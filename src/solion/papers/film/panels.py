"""Pieces that the figures of the film paper share, on scaled axes as in the paper."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes

from solion.analysis import states, switches
from solion.papers.film.setup import column, scaled_time
from solion.result.result import Result
from solion.views.style import BOTTOM, INK, MUTED, PHASES, TOP

STATES = {1: "I", 2: "II", 3: "III"}
TIME, CURRENT, VOLTAGE = r"$t/\tau_\mathrm{D}$", r"$i/i_\mathrm{D}$", r"$V/V_\mathrm{T}$"


def phase_map(axes: Axes, result: Result, *, name: str = "") -> None:
    """Composition against time and position, top contact at the upper edge; changes of phase marked on the edges."""
    t, c = scaled_time(result), column(result, "composition")
    wanted = np.linspace(t[0], t[-1], 900)
    picture = c[np.clip(np.searchsorted(t, wanted), 0, t.size - 1)]
    axes.imshow(
        picture.T, aspect="auto", cmap=PHASES, vmin=0, vmax=1, origin="upper", interpolation="nearest", extent=(t[0], t[-1], 1, 0)
    )
    axes.grid(False)
    axes.set_yticks([0.06, 0.94], ["T", "B"])
    axes.tick_params(axis="y", length=0)
    tau = t[-1] / float(result.dataset["time"].values[-1])
    for switch in switches(result):
        top = switch.contact == "top"
        axes.plot(
            switch.time * tau,
            0.0 if top else 1.0,
            marker="^" if switch.rising else "v",
            ms=5,
            mew=0.6,
            mec="white",
            color=TOP if top else BOTTOM,
            clip_on=False,
            zorder=5,
        )
    if name:
        axes.text(
            0.015,
            0.5,
            name,
            transform=axes.transAxes,
            va="center",
            fontsize=8,
            color=INK,
            bbox={"boxstyle": "round,pad=0.25", "facecolor": "white", "edgecolor": "none", "alpha": 0.85},
        )


def name_states(axes: Axes, result: Result) -> None:
    """The numeral of each state of the film, I, II or III, in the middle of its stay where there is room."""
    t, state = scaled_time(result), states(result)
    edges = np.concatenate(([0], np.flatnonzero(np.diff(state)) + 1, [state.size - 1]))
    for a, b in pairwise(edges):
        if t[b] - t[a] > 0.06 * (t[-1] - t[0]):
            axes.text(
                float(t[a] + t[b]) / 2,
                0.5,
                STATES[int(state[a])],
                ha="center",
                va="center",
                color="white",
                fontsize=10,
                family="DejaVu Serif",
                fontweight="bold",
            )


def current_voltage(axes: Axes, result: Result, colours: tuple[str, str], label: str = "", *, cycle: int = 1) -> None:
    """|i| against V on a logarithmic axis: the rising and the falling branch of one cycle, each in its colour."""
    v, i = column(result, "scaled_voltage", cycle), np.abs(column(result, "scaled_current", cycle))
    peak, trough = int(np.argmax(v)), int(np.argmin(v))
    axes.set_yscale("log")
    parts = ((slice(0, peak + 1), colours[0]), (slice(peak, trough + 1), colours[1]), (slice(trough, None), colours[0]))
    for k, (part, colour) in enumerate(parts):
        y = np.where(i[part] > 0, i[part], np.nan)
        axes.plot(v[part], y, color=colour, label=label if label and k == 0 else None)
    axes.axvline(0, color=MUTED, lw=0.6)
