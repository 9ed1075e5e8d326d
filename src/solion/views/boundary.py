"""Compositions where a film meets its contacts or interfaces; of a film between two contacts its phases, switches and states."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solion.analysis.data import Data, plain
from solion.analysis.metric import Metric, pure, word
from solion.analysis.switching import STATES, has_contacts, polarization, states, switches, switching_times
from solion.views.style import BOTTOM, COLOURS, INK, MUTED, POOR, RICH, TOP, blank, outer_legend, styled, time_axis, time_unit
from solion.views.view import AbstractView

_SHADES = {1: "#f0e6f4", 2: "#eceff3", 3: "#dff1ec"}
_LINES = ((TOP, "-"), (BOTTOM, (0, (5, 1.2))), *((colour, (0, (3, 1))) for colour in COLOURS))
MOST_MARKED = 40  # switches; more would hide the curves
NUMERALS = tuple(text.split(":")[0] for text in STATES.values())


class BoundaryView(AbstractView):
    """Compositions at the surfaces of a film, and how a film between two contacts switched."""

    name = "boundary"
    title = "Surfaces"
    rank = 40.0
    caption = (
        "Content at each surface. Triangles mark changes of phase; I, II and III are states: rich at the first surface, the same "
        "phase at both, rich at the second."
    )

    def applies(self, data: Data) -> bool:
        return bool(data.surfaces)

    @styled
    def draw(self, data: Data) -> Figure:
        canvas = blank(10.0, 3.9)
        axes = canvas.subplots()
        draw_boundary(axes, data)
        time_axis(axes, data)
        outer_legend(axes)
        return canvas

    def metrics(self, data: Data) -> Iterator[Metric]:
        """Switching times, polarization and states of a film between two contacts."""
        if not has_contacts(data):
            return
        words = ("none", "partial", "full")
        meaning = "none; partial: states I-II or II-III; full: states I-III"
        yield word("polarization", polarization(data), meaning, words, headline=True)
        times = switching_times(data)
        for contact, time in (("top", times.top), ("bottom", times.bottom)):
            meaning = f"first time the composition at the {contact} contact crosses 0.5"
            yield data.metric(f"switching_time_{contact}", time, "time", meaning, headline=True)
        yield pure("phase_changes", len(switches(data)), "changes of phase at either contact")
        state = STATES[int(states(data)[-1])]
        yield word("final_state", state.split(":")[0], f"state at the end, {state}", NUMERALS)
        for field in data.fields() if not data.swept else ():
            drift = np.abs(plain(field)[-1] - plain(field)[0]).max()
            yield pure(f"{field.name}_change", drift, "largest change of local composition from start to end")


def draw_boundary(axes: Axes, data: Data) -> None:
    """Draw all compositions with the lines of the phase diagram where there is one. The caller labels the axis of time."""
    seconds = data.time
    factor, _ = time_unit(seconds)
    material = data.attribute("material", {})
    for value, colour in zip(material.get("binodal") or (), (POOR, RICH), strict=False):
        axes.axhline(value, color=colour, lw=0.9, ls=(0, (6, 3)), label=f"phase at rest, {value:.3f}")
    for value, colour in zip(material.get("spinodal") or (), (POOR, RICH), strict=False):
        axes.axhline(value, color=colour, lw=0.9, ls=(0, (1, 2)), label=f"limit of stability, {value:.3f}")
    surfaces = data.surfaces
    for surface, (colour, style) in zip(surfaces, _LINES, strict=False):
        label = surface.attrs.get("place") or str(surface.name).replace("_", " ")
        axes.plot(seconds * factor, plain(surface), color=colour, ls=style, label=label)
    if has_contacts(data):
        _draw_states(axes, data, seconds * factor)
        _mark_switches(axes, data, factor)
        axes.set_ylim(-0.04, 1.04)
    axes.set_ylabel("composition")


def _mark_switches(axes: Axes, data: Data, factor: float) -> None:
    marked = switches(data)
    for switch in marked if len(marked) <= MOST_MARKED else []:
        axes.plot(
            switch.time * factor,
            0.5,
            marker="^" if switch.rising else "v",
            ms=6.5,
            mec="white",
            mew=0.8,
            color=TOP if switch.contact == "top" else BOTTOM,
            clip_on=False,
            zorder=4,
        )
    if marked:
        axes.plot([], [], ls="none", marker="^", color=MUTED, label="turns ion-rich / -poor (▲▼)")


def _draw_states(axes: Axes, data: Data, time) -> None:
    """Shade the background by state I, II, III; name each where there is room."""
    state = states(data)
    edges = np.concatenate(([0], np.flatnonzero(np.diff(state)) + 1, [state.size - 1]))
    if len(edges) - 1 > MOST_MARKED or time[-1] <= time[0]:
        return
    for a, b in pairwise(edges):
        kind = int(state[a])
        axes.axvspan(time[a], time[b], color=_SHADES[kind], lw=0, zorder=0)
        if time[b] - time[a] > 0.025 * (time[-1] - time[0]):
            middle = (time[a] + time[b]) / 2
            axes.text(middle, 0.56, NUMERALS[kind - 1], ha="center", color=INK, alpha=0.75, fontsize=9, family="DejaVu Serif")
