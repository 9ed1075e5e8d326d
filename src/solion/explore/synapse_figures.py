"""Figures of synapses: a train of pulses with its update map, and what materials a goal asks for."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from solion.analysis.synaptic import PulseRecord, branches, progress, symmetry_point, update_map
from solion.analysis.synaptic.linearity import nonlinearity
from solion.base.constants import YEAR
from solion.explore.synapse_limits import Stack, limits
from solion.explore.synapse_requirements import Goal, leak_resistance_needed, requirements, scan
from solion.materials.electrolytes import (
    ElectrolyteMaterial,
    oxide_ion_electrolyte,
    proton_glass,
    solid_magnesium_electrolyte,
    succinonitrile_magnesium,
)
from solion.views.style import BOTTOM, CURRENT, FAINT, INK, MUTED, TOP, VOLTAGE, blank, cycle_colours, prefixed, styled

UP, DOWN = TOP, BOTTOM
THICKNESSES = 5e-9, 20e-9, 100e-9
BOTTLENECKS = {
    "electrolyte": "#c6dbef",
    "interfaces": "#fdd0a2",
    "channel": "#d9d2e9",
    "reservoir": "#cfe8cf",
    "dielectric": "#f6e8b1",
    "circuit": "#e0e0e0",
}


@styled
def pulse_figure(record: PulseRecord, *, bins: int = 20) -> Figure:
    """Conductance over pulses; the change by a pulse over conductance; and the first way up and down against a straight line."""
    figure = blank(11.0, 3.4)
    left, middle, right = figure.subplots(1, 3)
    factor, unit = prefixed(record.conductance, "S")
    number = np.arange(1, len(record) + 1)
    for sign, colour, word in ((1, UP, "up"), (-1, DOWN, "down")):
        some = record.sign == sign
        left.plot(number[some], record.after[some] * factor, ".", ms=3, color=colour, label=f"pulses {word}")
    left.set(xlabel="pulse", ylabel=f"conductance ({unit})", title="Pulses")
    left.set_ylim(top=1.2 * record.conductance.max() * factor)
    left.legend(loc="upper right", ncols=2)
    _update_axes(middle, record, bins)
    pair = branches(record)
    if pair is None or min(branch.size for branch in pair) < 3:
        right.set_axis_off()
        return figure
    right.plot([0, 1], [0, 1], color=FAINT, lw=1.0)
    for branch, colour, word in zip(pair, (UP, DOWN), ("up", "down"), strict=True):
        part = np.linspace(0, 1, branch.size)
        nu, _ = nonlinearity(branch)
        right.plot(part, (branch - branch[0]) / (branch[-1] - branch[0]), ".", ms=4, color=colour)
        right.plot(part, progress(nu, part), color=colour, lw=1.0, label=f"{word}, ν = {nu:.2f}")
    right.set(xlabel="part of the pulses", ylabel="part of the change", title="Linearity of the first run")
    right.legend()
    return figure


def _update_axes(axes: Axes, record: PulseRecord, bins: int) -> None:
    updates = update_map(record, bins)
    factor, unit = prefixed(record.conductance, "S")
    size, small = prefixed(record.change, "S")
    for steps, spread, colour in ((updates.up, updates.spread_up, UP), (-updates.down, updates.spread_down, DOWN)):
        known = np.isfinite(steps)
        axes.errorbar(
            updates.conductance[known] * factor,
            steps[known] * size,
            spread[known] * size,
            fmt="o-",
            ms=3,
            lw=1.0,
            color=colour,
            ecolor=FAINT,
        )
    point = symmetry_point(updates)
    if np.isfinite(point):
        axes.axvline(point * factor, color=MUTED, lw=0.8, ls=(0, (3, 2)))
        axes.annotate(
            "symmetry point",
            (point * factor, 0.02),
            xycoords=("data", "axes fraction"),
            rotation=90,
            va="bottom",
            ha="right",
            color=MUTED,
            fontsize=8,
        )
    axes.set(xlabel=f"conductance ({unit})", ylabel=f"|change| by a pulse ({small})", title="Update map")
    axes.set_ylim(bottom=0)


def known_electrolytes() -> tuple[ElectrolyteMaterial, ...]:
    """The electrolytes that requirements are compared with."""
    return (succinonitrile_magnesium(), solid_magnesium_electrolyte(), proton_glass(), oxide_ion_electrolyte())


@styled
def requirement_figure(
    stack: Stack, goal: Goal | None = None, *, electrolytes: Sequence[ElectrolyteMaterial] | None = None
) -> Figure:
    """What the materials of a stack must show for a goal: sigma_i and i_0 over the pulse, sigma_e over the hold, the bottleneck.

    The first three are lines for electrolytes of 5, 20 and 100 nm, with known materials as marks; the last names, for the
    stack's own materials, which limit is the longest for each thickness of electrolyte and each change of filling.
    """
    goal = Goal() if goal is None else goal
    electrolytes = known_electrolytes() if electrolytes is None else electrolytes
    figure = blank(10.0, 7.6)
    (ionic, kinetic), (leak, bottleneck) = figure.subplots(2, 2)
    _ionic_axes(ionic, stack, goal, electrolytes)
    _kinetic_axes(kinetic, stack, goal)
    _leak_axes(leak, stack, goal, electrolytes)
    _bottleneck_axes(bottleneck, stack, goal)
    return figure


def _short(material: ElectrolyteMaterial) -> str:
    return material.name.partition(",")[0]


def _ionic_axes(axes: Axes, stack: Stack, goal: Goal, electrolytes) -> None:
    pulses = np.logspace(-10, -2, 81)
    for thickness, colour in zip(THICKNESSES, cycle_colours(len(THICKNESSES)), strict=True):
        found = scan(dataclasses.replace(stack, electrolyte_thickness=thickness), goal, pulse=pulses)
        needed = [max(entry.ionic_conductivity, entry.relaxing_conductivity) for entry in found]
        axes.loglog(pulses, needed, color=colour, label=f"electrolyte of {thickness * 1e9:.0f} nm")
    relaxing = [entry.relaxing_conductivity for entry in scan(stack, goal, pulse=pulses)]
    axes.loglog(pulses, relaxing, color=MUTED, lw=1.0, ls=(0, (3, 2)), label="pulse of one dielectric time")
    known = sorted(electrolytes, key=lambda material: material.ionic_conductivity)
    for place, material in enumerate(known):  # names of neighbours side by side, not one over the other
        sigma = material.ionic_conductivity
        axes.axhline(sigma, color=FAINT, lw=1.0, zorder=0)
        axes.annotate(
            _short(material),
            (0.99 if place % 2 else 0.66, sigma),
            xycoords=("axes fraction", "data"),
            ha="right",
            va="bottom",
            fontsize=7.5,
            color=INK,
        )
    _mark_goal(axes, goal.pulse)
    axes.set(xlabel="pulse (s)", ylabel="ionic conductivity needed (S/m)", title="Ions through the electrolyte")
    axes.legend(loc="upper right")


def _kinetic_axes(axes: Axes, stack: Stack, goal: Goal) -> None:
    pulses = np.logspace(-10, -2, 81)
    overpotentials = (0.05, 0.1, 0.2, 0.3)
    for overpotential, colour in zip(overpotentials, cycle_colours(len(overpotentials)), strict=True):
        here = dataclasses.replace(goal, interface_voltage=overpotential)
        needed = [entry.exchange_current for entry in scan(stack, here, pulse=pulses)]
        axes.loglog(pulses, needed, color=colour, label=f"{overpotential:g} V at each")
    axes.axhline(stack.exchange_current, color=FAINT, lw=1.0, zorder=0)
    axes.annotate(
        "this stack", (1.0, stack.exchange_current), xycoords=("axes fraction", "data"), ha="right", va="bottom", fontsize=7.5
    )
    _mark_goal(axes, goal.pulse)
    axes.set(xlabel="pulse (s)", ylabel="exchange current needed (A/m²)", title="Ions through the interfaces")
    axes.legend(loc="upper right")


def _leak_axes(axes: Axes, stack: Stack, goal: Goal, electrolytes) -> None:
    hold = np.logspace(0, 9.5, 96)
    change = requirements(stack, goal).change
    for thickness, colour in zip(THICKNESSES, cycle_colours(len(THICKNESSES)), strict=True):
        allowed = [thickness / leak_resistance_needed(stack, change, time, goal.open_voltage) for time in hold]
        axes.loglog(hold, allowed, color=colour, label=f"electrolyte of {thickness * 1e9:.0f} nm")
    for material in electrolytes:
        if material.electronic_conductivity > 0:
            axes.axhline(material.electronic_conductivity, color=CURRENT, lw=1.0, zorder=0)
            axes.annotate(
                _short(material),
                (1.0, material.electronic_conductivity),
                xycoords=("axes fraction", "data"),
                ha="right",
                va="bottom",
                fontsize=7.5,
            )
    for seconds, name in ((86400.0, "day"), (YEAR, "year"), (10 * YEAR, "10 years")):
        axes.axvline(seconds, color=FAINT, lw=1.0, zorder=0)
        axes.annotate(name, (seconds, 0.9), xycoords=("data", "axes fraction"), rotation=90, ha="right", va="top", fontsize=7.5)
    axes.set(
        xlabel=f"hold (s) until 1 of {goal.states:g} states is lost, U = {goal.open_voltage:g} V",
        ylabel="electronic conductivity allowed (S/m)",
        title="Electrons through the electrolyte",
    )
    axes.legend(loc="lower left")


def _bottleneck_axes(axes: Axes, stack: Stack, goal: Goal) -> None:
    thickness, change = np.logspace(np.log10(2e-9), -4, 60), np.logspace(-6, -1, 60)
    names = list(BOTTLENECKS)
    which, shortest = np.zeros((60, 60)), np.zeros((60, 60))
    for row, dx in enumerate(change):
        for column, length in enumerate(thickness):
            found = limits(
                dataclasses.replace(stack, electrolyte_thickness=length),
                dx,
                goal.pulse,
                interface_voltage=goal.interface_voltage,
                surface_jump=goal.surface_jump,
            )
            which[row, column], shortest[row, column] = names.index(found.bottleneck.name), found.shortest
    axes.pcolormesh(
        thickness,
        change,
        which,
        cmap=ListedColormap(list(BOTTLENECKS.values())),
        vmin=-0.5,
        vmax=len(names) - 0.5,
        shading="nearest",
        rasterized=True,
    )
    powers = np.log10(shortest)
    levels = np.arange(np.ceil(powers.min()), np.floor(powers.max()) + 1)
    axes.contour(thickness, change, powers, levels=levels, colors=VOLTAGE, linewidths=0.8, linestyles="solid")
    for level in levels:  # named where they leave through the right or the lower edge
        text = f"$10^{{{level:.0f}}}$ s"
        style = {"fontsize": 7.5, "color": VOLTAGE, "ha": "right", "va": "bottom"}
        if powers[0, -1] < level < powers[-1, -1]:
            axes.annotate(text, (thickness[-1], np.exp(np.interp(level, powers[:, -1], np.log(change)))), **style)
        elif powers[0, 0] < level < powers[0, -1]:
            axes.annotate(text, (np.exp(np.interp(level, powers[0], np.log(thickness))), change[0]), **style)
    present = [names[int(k)] for k in np.unique(which)]
    axes.legend(
        handles=[Patch(facecolor=BOTTLENECKS[name], edgecolor=MUTED, lw=0.6, label=name) for name in present],
        loc="lower left",
        frameon=True,
        facecolor="white",
        framealpha=1.0,
        edgecolor=FAINT,
    )
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="electrolyte (m)",
        ylabel="change of filling by a pulse",
        title="Bottleneck of this stack, and its shortest pulse",
    )
    axes.grid(False)


def _mark_goal(axes: Axes, pulse: float) -> None:
    axes.axvline(pulse, color=INK, lw=0.8, ls=(0, (1, 1.5)))
