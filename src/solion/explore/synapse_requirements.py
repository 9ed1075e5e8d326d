"""What materials must do for a synapse that is wanted: how fast, at what voltage, with how many states, for how long."""

from __future__ import annotations

import dataclasses
import math
from typing import NamedTuple

from solion.base.constants import AVOGADRO, YEAR
from solion.base.errors import InputError
from solion.base.parameters import Part, assumed, parameter, positive_parameter, stated
from solion.explore.synapse_limits import Stack, limits

QUOTED = "quoted by Schwacke et al. (2024), doi:10.1002/aelm.202300577, section 1"


class Goal(Part):
    """What a synapse must do."""

    pulse: float = positive_parameter(1e-9, unit="s", doc="length of a pulse", source=stated(1e-9, QUOTED))
    voltage: float = positive_parameter(1.0, unit="V", doc="of a pulse, at most", source=stated(1.0, QUOTED))
    states: float = parameter(1000.0, low=1, doc="in the window", source=stated(1000.0, f"the upper of 100 to 1000; {QUOTED}"))
    window: float = positive_parameter(
        0.1,
        doc="gamma between lowest and highest state",
        source=assumed(0.1, "spans a decade of conductance of magnesium in WO3 above gamma 0.02"),
    )
    hold: float = positive_parameter(
        10 * YEAR,
        unit="s",
        doc="time over which a state must not become its neighbour",
        source=assumed(10 * YEAR, "a memory's ten years; training needs an epoch"),
    )
    open_voltage: float = positive_parameter(
        0.1,
        unit="V",
        doc="U that drives the leak while the state is held",
        source=assumed(0.1, "0.110 V at 1 mS of the magnesium synapse"),
    )
    interface_voltage: float = positive_parameter(
        0.2, unit="V", doc="overpotential of each interface", source=assumed(0.2, "a fifth each")
    )
    surface_jump: float = positive_parameter(0.1, doc="largest rise of x at the surface", source=assumed(0.1, "a third of 0.3"))


class Requirements(NamedTuple):
    """The least (or, for the leak, the most) that materials must show (SI)."""

    change: float  # dx per pulse
    current: float  # A/m2 of the pulse
    ionic_conductivity: float  # S/m, by Ohm's law
    relaxing_conductivity: float  # S/m, so that the pulse is longer than eps/sigma_i
    exchange_current: float  # A/m2
    diffusivity: float  # m2/s of a continuous film; nan where the first layer takes up a pulse's ions
    leak_resistance: float  # ohm m2, r_e
    electronic_conductivity: float  # S/m, at most
    ions_per_pulse: float
    counting_noise: float  # relative standard deviation of a pulse, 1/sqrt(ions)


def requirements(stack: Stack, goal: Goal) -> Requirements:
    """What the materials of a ``stack`` of given thicknesses and area must show for a ``goal``; its own materials do not enter.

    One pulse is one state: dx = window/(z states). The electrolyte has the voltage left by U and both interfaces. Raises
    InputError where nothing is left.
    """
    change = goal.window / goal.states / stack.charge
    left = goal.voltage - goal.open_voltage - 2 * goal.interface_voltage
    if left <= 0:
        raise InputError(
            f"Goal: {goal.voltage:g} V leave nothing for the electrolyte after U = {goal.open_voltage:g} V and two interfaces of "
            f"{goal.interface_voltage:g} V; raise the voltage or lower interface_voltage."
        )
    found = limits(
        stack,
        change,
        goal.pulse,
        electrolyte_voltage=left,
        interface_voltage=goal.interface_voltage,
        surface_jump=goal.surface_jump,
    )
    resistance = leak_resistance_needed(stack, change, goal.hold, goal.open_voltage)
    ions = stack.concentration * AVOGADRO * stack.channel_thickness * stack.area * change
    return Requirements(
        change,
        found.current,
        found["electrolyte"].needed,
        found["dielectric"].needed,
        found["interfaces"].needed,
        found["channel"].needed,
        resistance,
        stack.electrolyte_thickness / resistance,
        ions,
        1 / math.sqrt(ions),
    )


def leak_resistance_needed(stack: Stack, change: float, hold: float, open_voltage: float) -> float:
    """r_e >= U t/(z F c_W t_c dx) (ohm m2): a leak that lets x drift by ``change`` in ``hold`` s under U. No area in it.

    A switch in the gate line does not help: the leak is inside.
    """
    return open_voltage * hold / (stack.charge_per_filling * change)


def holding_time(stack: Stack, leak: float, change: float, open_voltage: float) -> float:
    """Time (s) for x to drift by ``change`` under U through an electrolyte of electronic conductivity ``leak`` (S/m)."""
    if leak == 0:
        return math.inf
    return stack.charge_per_filling * change * stack.electrolyte_thickness / (leak * open_voltage)


def scan(stack: Stack, goal: Goal, *, thickness=None, electrolyte=None, pulse=None) -> list[Requirements]:
    """Requirements while one of the film's or electrolyte's ``thickness`` (m) or the ``pulse`` (s) varies; give one sequence."""
    given = [
        (name, values)
        for name, values in (("channel_thickness", thickness), ("electrolyte_thickness", electrolyte), ("pulse", pulse))
        if values is not None
    ]
    if len(given) != 1:
        raise InputError("scan: give exactly one of thickness, electrolyte and pulse.")
    name, values = given[0]
    if name == "pulse":
        return [requirements(stack, dataclasses.replace(goal, pulse=value)) for value in values]
    return [requirements(dataclasses.replace(stack, **{name: value}), goal) for value in values]
