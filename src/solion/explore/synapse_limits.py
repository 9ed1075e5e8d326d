"""What limits the shortest pulse of an ionic synapse, and what materials must do for a pulse that is wanted.

A pulse that changes x by dx in a time t drives i = z F c_W t_c dx/t (A/m2) through every layer in turn. Each limit is the
shortest time it allows; the longest of them is the bottleneck.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import jax.numpy as jnp
import numpy as np

from solion.base.constants import AVOGADRO, FARADAY, VACUUM_PERMITTIVITY, thermal_voltage
from solion.base.errors import InputError
from solion.base.parameters import Part, assumed, parameter, positive_parameter
from solion.devices.ionic_synapse import LAYER, InsertionFilm, IonicSynapse
from solion.laws.charge_transfer import Surface, exchange_current, symmetric_current
from solion.laws.free_energy import total_potential


class Stack(Part):
    """The numbers of a synapse that its limits follow from (SI)."""

    charge: float = positive_parameter(doc="z")
    concentration: float = positive_parameter(unit="mol/m^3", doc="c_W, formula units")
    channel_thickness: float = positive_parameter(unit="m", doc="t_c")
    electrolyte_thickness: float = positive_parameter(unit="m", doc="L_e")
    ionic_conductivity: float = positive_parameter(unit="S/m", doc="sigma_i")
    exchange_current: float = positive_parameter(unit="A/m^2", doc="i_0, the smaller of both interfaces")
    diffusivity: float = positive_parameter(unit="m^2/s", doc="D of the channel")
    reservoir_diffusivity: float = positive_parameter(unit="m^2/s", doc="D_r")
    composition: float = parameter(low=0, doc="x of the channel")
    reservoir_composition: float = positive_parameter(doc="x_r")
    area: float = positive_parameter(unit="m^2", doc="A through which ions pass")
    capacity: float = positive_parameter(0.3, doc="largest x", source=assumed(0.3, "where WO3 begins to turn tetragonal"))
    electrons: float = positive_parameter(1.0, doc="n", source=assumed(1.0, "one at a time"))
    permittivity: float = parameter(10.0, low=1, doc="eps_r of the electrolyte", source=assumed(10.0, "an oxide film"))
    line_resistance: float = parameter(0.0, unit="ohm", low=0, doc="of the gate line", source=assumed(0.0, "none given"))
    line_capacitance: float = parameter(0.0, unit="F", low=0, doc="of the gate line", source=assumed(0.0, "none given"))
    temperature: float = parameter(298.15, unit="K", low=1, high=3000, doc="T", source=assumed(298.15, "room"))

    @classmethod
    def of(cls, device: IonicSynapse) -> Stack:
        """The stack of a device, exchange currents those at its start. A reservoir without end has its host's diffusivity."""
        channel, reservoir, electrolyte = device.channel, device.reservoir, device.electrolyte
        exchange = [_exchange(device, film) for film in (channel, reservoir)]
        store = reservoir.host if isinstance(reservoir, InsertionFilm) else channel.host
        return cls(
            charge=channel.host.charge,
            concentration=channel.host.concentration,
            channel_thickness=channel.thickness,
            electrolyte_thickness=electrolyte.thickness,
            ionic_conductivity=electrolyte.material.ionic_conductivity,
            exchange_current=min(exchange),
            diffusivity=channel.host.diffusivity,
            reservoir_diffusivity=store.diffusivity,
            composition=channel.composition,
            reservoir_composition=reservoir.composition,
            area=float(device.area),
            permittivity=electrolyte.material.permittivity,
            line_resistance=device.series_resistance,
            temperature=device.temperature,
        )

    @property
    def charge_per_filling(self) -> float:
        """z F c_W t_c, C/m2 per unit of x."""
        return self.charge * FARADAY * self.concentration * self.channel_thickness

    @property
    def geometric_capacitance(self) -> float:
        """C_geo of the electrolyte, F."""
        return VACUUM_PERMITTIVITY * self.permittivity * self.area / self.electrolyte_thickness

    def driven(self, voltage: float) -> float:
        """i/i_0 of an interface at this overpotential (V)."""
        return float(symmetric_current(voltage, 1.0, thermal_voltage(self.temperature) / self.electrons))


def _exchange(device: IonicSynapse, film: Any) -> float:
    """Exchange current (A/m2) of a film's interface as the device starts."""
    volt, x, energy = thermal_voltage(device.temperature), jnp.asarray(film.composition, float), film.host.free_energy
    surface = Surface(x, x / energy.capacity, total_potential(energy, x), energy.capacity, jnp.asarray(volt))
    return float(exchange_current(film.kinetics, surface))


@dataclasses.dataclass(frozen=True)
class Limit:
    """One limit: its shortest pulse (s), and what ``quantity`` must reach for the pulse wanted (nan where nothing can help)."""

    name: str
    shortest: float
    quantity: str
    needed: float
    unit: str
    meaning: str


@dataclasses.dataclass(frozen=True)
class Limits:
    """All limits of one change dx, and the pulse that is wanted."""

    limits: tuple[Limit, ...]
    pulse: float  # s, wanted
    change: float  # dx
    current: float  # A/m2 during the pulse wanted

    @property
    def bottleneck(self) -> Limit:
        """The limit that allows the longest of all shortest pulses."""
        return max(self.limits, key=lambda limit: limit.shortest)

    @property
    def shortest(self) -> float:
        """t_p,min, s."""
        return self.bottleneck.shortest

    @property
    def met(self) -> bool:
        """Whether the pulse wanted is long enough."""
        return self.pulse >= self.shortest

    def __getitem__(self, name: str) -> Limit:
        return {limit.name: limit for limit in self.limits}[name]

    def __str__(self) -> str:
        verdict = "long enough" if self.met else f"too short, {self.shortest:.2g} s needed (bottleneck: {self.bottleneck.name})"
        lines = [f"dx = {self.change:.3g} in {self.pulse:.2g} s, {self.current:.3g} A/m2: {verdict}"]
        for limit in self.limits:
            wanted = "" if math.isnan(limit.needed) else f", or {limit.quantity} of {limit.needed:.2g} {limit.unit}"
            lines.append(f"  {limit.name}: {limit.shortest:.2g} s{wanted} ({limit.meaning})")
        return "\n".join(lines)


def limits(
    stack: Stack,
    change: float,
    pulse: float,
    *,
    electrolyte_voltage: float = 0.6,
    interface_voltage: float = 0.2,
    surface_jump: float = 0.1,
) -> Limits:
    """Every limit on a pulse that changes x by ``change``, and what each material would need for a pulse of ``pulse`` s.

    ``electrolyte_voltage``: V left for the electrolyte, gate voltage less U less both overpotentials; ``interface_voltage``:
    overpotential of each interface; ``surface_jump``: largest rise of x at the channel's surface. Raises InputError for a
    change, a time or a voltage that is not positive.
    """
    wanted = {
        "change": change,
        "pulse": pulse,
        "electrolyte_voltage": electrolyte_voltage,
        "interface_voltage": interface_voltage,
        "surface_jump": surface_jump,
    }
    for name, value in wanted.items():
        if not (value > 0 and math.isfinite(value)):
            raise InputError(f"limits: {name} = {value!r} is outside its allowed range (0, inf).")
    dose = stack.charge_per_filling * change  # C/m2
    depth = stack.channel_thickness * change  # m of a film filled from x = 0 to 1 that the ions would make
    ohmic = dose * stack.electrolyte_thickness / electrolyte_voltage
    kinetic = dose / stack.driven(interface_voltage)
    relaxation = VACUUM_PERMITTIVITY * stack.permittivity
    total = stack.geometric_capacitance + stack.line_capacitance
    found = (
        Limit(
            "electrolyte", ohmic / stack.ionic_conductivity, "sigma_i", ohmic / pulse, "S/m", "i L_e/sigma_i within its voltage"
        ),
        Limit("interfaces", kinetic / stack.exchange_current, "i_0", kinetic / pulse, "A/m2", "2 i_0 sinh(nF eta/2RT) carries i"),
        _diffusion(
            "channel",
            depth,
            surface_jump,
            stack.capacity - stack.composition,
            stack.diffusivity,
            pulse,
            "the surface of the channel fills",
        ),
        _diffusion(
            "reservoir",
            depth,
            stack.reservoir_composition,
            stack.reservoir_composition,
            stack.reservoir_diffusivity,
            pulse,
            "the surface of the reservoir empties (Sand)",
        ),
        Limit(
            "dielectric",
            relaxation / stack.ionic_conductivity,
            "sigma_i",
            relaxation / pulse,
            "S/m",
            "shorter pulses charge the electrolyte as a capacitor",
        ),
        Limit("circuit", stack.line_resistance * total, "line resistance", pulse / total, "ohm", "RC of the gate line"),
    )
    return Limits(found, pulse, change, dose / pulse)


def _diffusion(name, depth, jump, room, diffusivity, pulse, meaning) -> Limit:
    """Limit of a half-infinite film whose surface moves by ``jump``, or of its first layer where the ions stay in that.

    Within the time (2 depth/jump)^2/(pi D) ions spread over 2 depth/(jump sqrt(pi)), whatever D. Where that is less than one
    layer the film is no continuum: the ions fit into the layer (depth <= layer x room) in no time, or must spread over layers.
    """
    spread = 2 * depth / (jump * math.sqrt(math.pi))
    if spread < LAYER and depth <= LAYER * room:
        return Limit(name, 0.0, "D", math.nan, "m2/s", f"{meaning}: not here, the ions fit into its first layer")
    needed = max(spread, LAYER) ** 2
    return Limit(name, needed / diffusivity, "D", needed / pulse, "m2/s", meaning)


def diffusivity_needed(thickness: float, change: float, jump: float, pulse: float) -> float:
    """D (m2/s) of a continuous film whose surface rises by ``jump`` while its mean rises by ``change`` in ``pulse`` s."""
    return (2 * thickness * change / jump) ** 2 / (math.pi * pulse)


def settling_time(thickness: float, diffusivity: float) -> float:
    """t^2/(pi^2 D), s: how long a read must wait for the film to even out, e-fold."""
    return thickness**2 / (np.pi**2 * diffusivity)


def transit_time(stack: Stack, carriers: float, voltage: float) -> float:
    """L_e^2/(mu V), s, for one ion to cross the electrolyte, mu = sigma_i/(z F c) of ``carriers`` c (mol/m3).

    No limit of a pulse: ions enter the channel from the electrolyte's own, which are replaced from behind.
    """
    mobility = stack.ionic_conductivity / (stack.charge * FARADAY * carriers)
    return stack.electrolyte_thickness**2 / (mobility * voltage)


def pulse_energy(stack: Stack, change: float, voltage: float) -> float:
    """E = V q A t_c dgamma (J) of the ions alone."""
    return voltage * stack.charge_per_filling * change * stack.area


def charging_energy(stack: Stack, voltage: float) -> float:
    """C V^2 (J) that a source spends on the electrolyte's capacitance and the gate line, at every pulse."""
    return (stack.geometric_capacitance + stack.line_capacitance) * voltage**2


def ions_of(stack: Stack, change: float) -> float:
    """Ions that a pulse moves."""
    return stack.charge_per_filling * change * stack.area / (stack.charge * FARADAY) * AVOGADRO
