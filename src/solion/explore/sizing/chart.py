"""Chart of switching times: the arrangement of Tian and Bazant, Fig. 5, and beside it the same over thickness."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator

from solion.explore.sizing.dimensions import RATIO
from solion.explore.sizing.search import Design
from solion.explore.sizing.speeds import ROOM, THICKNESS, Speed, chosen, speeds
from solion.views.style import INK, MUTED, blank, styled

PATHS = {1: "Oranges", 2: "YlGn", 3: "Purples"}  # a colour map for each dimension of paths, a shade for each host
TARGETS = {"digital, below 1 ns": (1e-10, 1e-9), "neuromorphic, 1 µs to 1 ms": (1e-6, 1e-3)}  # s, as the paper names them
REACH = (5e-9, 1e-6)  # m


@styled
def chart(
    answer: Design | None = None,
    *,
    thickness: float = THICKNESS,
    ratio: float = RATIO,
    temperature: float = ROOM,
    materials: tuple[str, ...] | None = None,
) -> Figure:
    """Diffusivity ranges with axes of tau_D and tau_switch at one thickness, and tau_switch over thickness.

    The colour tells the dimension of the paths, its shade the host.

    With an ``answer`` of :func:`.sizing.design` its materials and temperature are shown, the simulated ratio in place of
    ``ratio``, and the film of each: filled where all but the slowest draws of its diffusivity switch in time.
    """
    marks = {} if answer is None else {entry.name: entry for entry in answer.candidates}
    if answer is not None:
        temperature, materials = answer.temperature, tuple(marks)
        ratio = float(np.interp(np.log(thickness), np.log(answer.thicknesses), answer.ratios))
    rows = speeds(thickness=thickness, ratio=ratio, temperature=temperature, hosts=chosen(materials))
    rows.sort(key=lambda speed: speed.diffusivity[0] * speed.diffusivity[1])
    canvas = blank(11.5, 5.6)
    left, right = canvas.subplots(1, 2, width_ratios=(1.0, 1.15))
    _bars(left, rows, thickness, ratio)
    _bands(right, rows, thickness, ratio, answer)
    title = f"Switching by multiphase polarization at {temperature:.4g} K, τ_switch = {ratio:.2g} τ_D at {thickness * 1e9:.3g} nm"
    canvas.suptitle(title, x=0.01, ha="left", color=INK, fontsize=11, fontweight="bold")
    return canvas


def _colours(rows: Sequence[Speed]) -> list:
    """Hue by the dimension of the paths, shade by host."""
    shades = []
    for row, speed in enumerate(rows):
        alike = [other for other, entry in enumerate(rows) if entry.host.paths == speed.host.paths]
        shade = 0.75 if len(alike) == 1 else 0.55 + 0.42 * alike.index(row) / (len(alike) - 1)
        shades.append(colormaps[PATHS[speed.host.paths]](shade))
    return shades


def _bars(axes: Axes, rows: Sequence[Speed], thickness: float, ratio: float) -> None:
    for row, (speed, colour) in enumerate(zip(rows, _colours(rows), strict=True)):
        low, high = speed.diffusivity
        axes.plot((low, high), (row, row), color=colour, lw=10, solid_capstyle="butt")
        name = f"{speed.host.label} ({speed.host.ion}, {speed.host.paths}D)"
        axes.text(np.sqrt(low * high), row - 0.36, name, ha="center", color=INK, fontsize=8.5)
    axes.set_xscale("log")
    low = min(speed.diffusivity[0] for speed in rows) / 10
    axes.set_xlim(low, max(speed.diffusivity[1] for speed in rows) * 30)
    axes.set_ylim(len(rows) - 0.4, -0.9)
    axes.yaxis.set_major_locator(NullLocator())
    axes.xaxis.set_major_locator(LogLocator(numticks=8))
    axes.set_xlabel("ion diffusivity $D$ (m²/s)")
    for place, size, name in ((1.0, 1.0, r"\tau_\mathrm{D} = h^2/D"), (1.14, ratio, r"\tau_\mathrm{switch}")):

        def other(value, scale=size * thickness**2):  # its own inverse; an axis asks for its value at zero too
            return scale / np.maximum(value, 1e-300)

        second = axes.secondary_xaxis(place, functions=(other, other))
        second.set_xlabel(f"${name}$ (s) at {thickness * 1e9:.3g} nm", color=MUTED)
        second.xaxis.set_major_locator(LogLocator(numticks=8))


def _bands(axes: Axes, rows: Sequence[Speed], thickness: float, ratio: float, answer: Design | None) -> None:
    reach = np.geomspace(*REACH, 200)
    ratios = np.full_like(reach, ratio)
    if answer is not None:
        ratios = np.interp(np.log(reach), np.log(answer.thicknesses), answer.ratios)
    for name, (low, high) in TARGETS.items():
        axes.axhspan(low, high, color="#d5dbe3", alpha=0.55, lw=0)
        axes.text(REACH[0] * 1.1, low * 1.4, name, ha="left", va="bottom", fontsize=8, color=MUTED)
    ends, colours = {}, dict(zip((speed.name for speed in rows), _colours(rows), strict=True))
    for speed in rows:
        fast, slow = (ratios * reach**2 / value for value in speed.diffusivity[::-1])
        axes.fill_between(reach, fast, slow, color=colours[speed.name], alpha=0.12, lw=0)
        for edge in (fast, slow):
            axes.plot(reach, edge, color=colours[speed.name], lw=0.6, alpha=0.7)
        axes.plot(reach, np.sqrt(fast * slow), color=colours[speed.name], lw=1.7)
        ends[speed.name] = np.log10(np.sqrt(fast * slow)[-1])
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(*REACH)
    axes.set_xlabel("thickness $h$ (m)")
    axes.set_ylabel(r"$\tau_\mathrm{switch}$ (s)")
    height = np.diff(np.log10(axes.get_ylim()))[0] / 22  # of a line of text, so that names do not cover one another
    place = -np.inf
    for speed in sorted(rows, key=lambda speed: ends[speed.name]):
        place = max(ends[speed.name], place + height)
        axes.annotate(
            speed.host.label,
            (REACH[1], 10.0**place),
            xytext=(4, 0),
            textcoords="offset points",
            fontsize=8.5,
            va="center",
            color=colours[speed.name],
            annotation_clip=False,
        )
    if answer is None:
        axes.axvline(thickness, color=INK, lw=0.9, ls=":")
        return
    axes.axvspan(REACH[0], answer.floor, color=INK, alpha=0.07, lw=0)
    axes.text(answer.floor, axes.get_ylim()[1], "no room for\nboth phases ", ha="right", va="top", fontsize=8, color=MUTED)
    axes.axhline(answer.time, color=INK, lw=0.9, ls=":")
    for entry in answer.candidates:
        inside = REACH[0] <= entry.film <= REACH[1]
        if entry.chance > 0 and inside:
            face = colours[entry.name] if entry.thickness[0] >= answer.floor else "white"
            axes.plot(entry.film, entry.time[1], "o", ms=5.5, color=face, markeredgecolor=INK, markeredgewidth=0.8)
