"""A line of films that heats itself: one temperature T for all of it, an unknown of the same equations.

    C'' dT/dt = V i - dH/dt - (T - T_0)/R''

per area, T_0 the device's temperature, H the enthalpy of what the film stores. With theta = T/T_0 and energies in k_B T_0:

    mu_k = mu_k(T_0) + (theta - 1) mu_k(mixing),    M_k -> M_k exp[-(E_k/k_B T_0)(1/theta - 1)]/theta
    i = d_a i(T_0 rate) at overpotentials over theta V_T and activities over theta,    d_a as for M with E_a

Einstein's 1/theta stands in the mobilities, Arrhenius' factor in the diffusivities. The circuit's voltages stay in V_T(T_0).
R'' dP/dT at constant drive and composition is the feedback: from 1 on heat feeds itself.
"""

from __future__ import annotations

import dataclasses
from abc import abstractmethod
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp

from solion.balances.mixed_conduction import MixedConduction
from solion.base.constants import BOLTZMANN, ELEMENTARY_CHARGE
from solion.base.errors import InputError
from solion.base.parameters import Part, assumed, parameter, positive_parameter
from solion.base.quantity import Quantity
from solion.base.scaling import Scales
from solion.devices.device import AbstractDeviceSystem, Guard, first_terminal
from solion.devices.film_region import FilmRegion
from solion.devices.line import Interface, LineSystem
from solion.laws.charge_transfer import ActivatedTransfer
from solion.laws.free_energy import AbstractFreeEnergy, total_potential
from solion.laws.mobility import AbstractMobility
from solion.materials.temperature import energies_scaled
from solion.numerics.banded import solve_small
from solion.numerics.pointwise import pointwise

REMEDY = "lower the voltage, add series resistance, or carry more heat away"


class AbstractHeat(Part):
    """What becomes of the heat of a device."""

    @property
    @abstractmethod
    def followed(self) -> bool:
        """Whether the temperature is an unknown."""

    @abstractmethod
    def of(self, line: Any, scales: Scales, temperature: Any, ions: Any, electrons: Any, contacts: tuple[Any, ...]) -> Any:
        """The system of a line at a ``temperature`` (K); activation energies of its rates in eV."""


class Isothermal(AbstractHeat):
    """It leaves at once: the device keeps its temperature."""

    @property
    def followed(self):
        return False

    def of(self, line, scales, temperature, ions, electrons, contacts):
        return line


def highest_parameter() -> Any:
    """The temperature of a film at which its run ends."""
    reason = "above it neither the laws nor the film are those of the source"
    return parameter(600.0, unit="K", low=10, high=3000, doc="temperature at which a run ends", source=assumed(600.0, reason))


def series_share_parameter(doc: str) -> Any:
    """How much of the heat of the series resistance is made in the film."""
    return parameter(
        1.0, low=0, high=1, doc=doc, source=assumed(1.0, "a resistance of the contacts; 0 where it stands for leads")
    )


class LumpedHeat(AbstractHeat):
    """One temperature, a resistance to the surroundings, which are at the device's temperature, and a heat capacity.

    Good where the film's own h/k is small beside the rest; :func:`solion.laws.film_resistance` adds up R'' of a film, its
    boundary and a spreading disc (:func:`solion.laws.spreading_resistance`).
    """

    resistance: float = positive_parameter(unit="m2 K/W", high=1.0, doc="R'', thermal resistance of an area")
    capacity: float = positive_parameter(
        0.52,
        unit="J/(m2 K)",
        high=1e6,
        doc="C'', heat capacity of an area",
        source=assumed(0.52, "80 nm of oxide at 3e6 and 100 nm of platinum at 2.8e6 J/(m3 K)"),
    )
    highest: float = highest_parameter()
    series_share: float = series_share_parameter("share of the series resistance's power that heats the film")

    @property
    def followed(self):
        return True

    def of(self, line, scales, temperature, ions, electrons, contacts):
        if not isinstance(line, LineSystem):
            raise InputError("device.heat = LumpedHeat: a film in space is isothermal; leave the extent out, or heat.")
        unit = ELEMENTARY_CHARGE / (BOLTZMANN * temperature)  # 1/eV
        flow = HeatFlow(
            temperature,
            self.resistance * scales.power_density / temperature,
            self.capacity * temperature / (scales.power_density * scales.time),
            self.highest,
            self.series_share,
            ions * unit,
            electrons * unit,
            tuple(energy * unit for energy in contacts),
        )
        return HeatedLine(line, flow)  # pyright: ignore[reportCallIssue]


class _Warmed(AbstractFreeEnergy):
    """G(theta) = G(1) + (theta - 1) G_mixing, in k_B T_0."""

    law: AbstractFreeEnergy  # pyright: ignore[reportGeneralTypeIssues]
    mixing: AbstractFreeEnergy  # pyright: ignore[reportGeneralTypeIssues]
    warmth: Any  # pyright: ignore[reportGeneralTypeIssues]

    def energy(self, ion, electron):
        return self.law.energy(ion, electron) + (self.warmth - 1) * self.mixing.energy(ion, electron)


def _cold_and_mixing(laws, composition):
    cold, mixing = laws
    return total_potential(cold, composition), total_potential(mixing, composition)


class WarmedConduction(MixedConduction):
    """The balance of a film at theta = ``warmth``, one for all cells or one for each."""

    warmth: Any = 1.0

    def potentials(self, told):
        law: Any = self.free_energy
        cold, mixing = pointwise(_cold_and_mixing, (law.law, law.mixing), told)  # theta acts outside: no slope to carry
        return cold + (self.warmth - 1) * mixing, mixing


class _Faster(AbstractMobility):
    law: AbstractMobility
    factor: Any

    def mobility(self, content, sites):
        return self.factor * self.law.mobility(content, sites)


class HeatFlow(eqx.Module):
    """The numbers of :class:`LumpedHeat` and of Arrhenius' laws, scaled: energies in k_B T_0, T in T_0."""

    surroundings: Any  # T_0, K
    resistance: Any  # H = R'' V_T i_D/T_0
    capacity: Any  # C'' T_0/(V_T i_D tau_D)
    highest: Any  # K
    series_share: Any
    ions: Any
    electrons: Any
    contacts: tuple[Any, ...]


def _quickened(energy, warmth):
    """exp[-(E/k_B T_0)(1/theta - 1)]."""
    return jnp.exp(-energy * (1 / warmth - 1))


def film_at(film: MixedConduction, heat: Any, warmth) -> WarmedConduction:
    """The laws of a film at theta = ``warmth``, one for all cells or one for each; ``heat`` holds the activation energies."""
    law = film.free_energy
    counted: Any = {"ion_sites": law.ion_sites, "electron_sites": law.electron_sites, "defects": law.defects}
    return WarmedConduction(
        film.grid,
        _Warmed(law=law, mixing=energies_scaled(law, 0.0), warmth=warmth, **counted),
        _Faster(film.ion_law, _quickened(heat.ions, warmth) / warmth),  # pyright: ignore[reportCallIssue]
        _Faster(film.electron_law, _quickened(heat.electrons, warmth) / warmth),  # pyright: ignore[reportCallIssue]
        film.gradient_energy,
        film.diffusivity_ratio,
        warmth,
    )


def line_at(line: LineSystem, heat: Any, warmth, ends: tuple[Any, Any] | None = None) -> LineSystem:
    """A line of one film at theta = ``warmth``; ``ends``: theta of its two ends, where it differs from place to place."""
    (region,) = line.regions
    assert isinstance(region, FilmRegion)
    edges = None if ends is None else tuple(film_at(region.film, heat, end) for end in ends)
    region = dataclasses.replace(region, film=film_at(region.film, heat, warmth), warmth=warmth, edges=edges)
    interfaces = tuple(
        Interface(item.name, ActivatedTransfer(item.transfer, _quickened(energy, end), end), item.side)  # pyright: ignore
        for item, energy, end in zip(line.interfaces, heat.contacts, ends or (warmth, warmth), strict=True)
    )
    return dataclasses.replace(line, regions=(region,), interfaces=interfaces)


class HeatedLine(AbstractDeviceSystem):
    """A line of one film at an unknown temperature; the last entry of y is theta - 1."""

    line: LineSystem
    heat: HeatFlow

    border: ClassVar[int] = 1
    own: ClassVar[tuple[Quantity, ...]] = (
        Quantity("temperature", "temperature", "temperature of the film", monitored=True, headline=True),
        Quantity("heat_flow", "power", "heat that leaves to the surroundings, (T - T_0)/R''"),
        Quantity("heat_released", "power", "heat that the device makes: power from the source less the rate of enthalpy"),
        Quantity("thermal_feedback", None, "R'' dP/dT at constant drive and composition; from 1 on heat feeds itself"),
        Quantity("heat_made", "energy", "heat made since the start", integral_of="heat_released"),
        Quantity("heat_lost", "energy", "heat that left since the start", integral_of="heat_flow"),
    )

    @property
    def bandwidth(self):
        return self.line.bandwidth

    @property
    def observables(self):
        return (*self.line.observables, *self.own)

    @property
    def spatial(self):
        return self.line.spatial

    @property
    def guards(self):
        limit = Guard("film", 0.0, self.heat.highest, self.heat.highest, event=("runaway", "thermal runaway", REMEDY))
        return self.line.guards | {"temperature": limit}

    def unknowns(self, content):
        return jnp.append(self.line.unknowns(content), 0.0)

    def conserved(self, y):
        return jnp.append(self.line.conserved(y[:-1]), y[-1])

    @property
    def floor(self):
        return jnp.append(self.line.floor, 0.0)

    def invariants(self, q):
        return self.line.invariants(q[:-1])

    def admissible(self, y):
        return self.line.admissible(y[:-1]) & (y[-1] > -1)

    def profiles(self, y):
        return self.line.profiles(y[:-1])

    def at(self, y) -> LineSystem:
        """The line at the temperature of a state."""
        return line_at(self.line, self.heat, 1 + y[-1])

    def fields(self, y):
        """States of the film and the circuit."""
        return self.at(y).fields(y[:-1])

    def start(self, t, y, drive):
        return self.at(y).start(t, y[:-1], drive)

    def _instant(self, y, w):
        """The line at its temperature, what its circuit solves for, and its fields."""
        line = self.at(y)
        circuit, lumped = line.split(w)
        return line, circuit, line.fields(y[:-1], lumped)

    def _kept(self, circuit, w):
        """Power from the source that is not led away in the series resistance."""
        voltage, _, total = circuit.voltages(w)
        return voltage * total - (1 - self.heat.series_share) * self.line.series_resistance * total**2

    def _made(self, line: LineSystem, y, w, fields):
        """Heat made: power that is not led away, less the rate of enthalpy."""
        region: Any = line.regions[0]
        (state,) = fields.states
        _, rate = region.energy(y[:-1], state, w[0])
        return self._kept(fields.circuit, w) - rate + (1 + y[-1]) * region.entropy_rate(state, w[0])

    def balance(self, t, y, w, drive):
        line, circuit, fields = self._instant(y, w)
        rates, excess = line.balance_at(fields, t, y[:-1], w, drive)
        warming = (self._made(line, y, circuit, fields) - y[-1] / self.heat.resistance) / self.heat.capacity
        return jnp.append(rates, warming), excess

    def monitors(self, t, y, w, drive):
        return jnp.append(self.at(y).monitors(t, y[:-1], w, drive), self.heat.surroundings * (1 + y[-1]))

    def integrands(self, t, y, w, drive):  # as in observe(), but much quicker to compile
        line, circuit, fields = self._instant(y, w)
        return jnp.stack([self._made(line, y, circuit, fields), y[-1] / self.heat.resistance])

    def observe(self, t, y, w, drive):
        line, circuit, fields = self._instant(y, w)
        return line.observe(t, y[:-1], w, drive) | {
            "temperature": self.heat.surroundings * (1 + y[-1]),
            "heat_flow": y[-1] / self.heat.resistance,
            "heat_released": self._made(line, y, circuit, fields),
            "thermal_feedback": self._feedback(t, y, w, drive),
        }

    def _feedback(self, t, y, w, drive):
        """R'' dP/dT, with the circuit following."""

        def circuit(warmth, w):
            return self.at(y.at[-1].set(warmth)).fields(y[:-1]).circuit

        def excess(warmth, w):
            return circuit(warmth, w).constraint(first_terminal(drive), t, w)

        def power(warmth, w):
            return self._kept(circuit(warmth, w), w)

        w, _ = self.line.split(w)
        _, moved = jax.jvp(lambda warmth: excess(warmth, w), (y[-1],), (jnp.ones(()),))
        follows = -solve_small(jax.jacfwd(lambda w: excess(y[-1], w))(w), moved)
        _, rise = jax.jvp(power, (y[-1], w), (jnp.ones(()), follows))
        return self.heat.resistance * rise
