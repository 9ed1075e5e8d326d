"""The scaled equations of an ionic synapse: two films, the electrolyte between them, and the circuit of the gate.

Units: the channel's thickness, tau = t_c^2/D, V_T, and 1 A/m2 of the transfer area. With i the ionic current density from the
reservoir into the channel (Schwacke et al. 2024, doi:10.1002/aelm.202300577, and mixed-conduction theory):

    V_cell = U + i rho + eta_c + eta_r,       U = [mu_c(surface) - mu_r(surface)]/z
    i_ext  = i + leak(V_cell),                V = V_cell + R_s i_ext

The voltage rises strictly with i, so one current fits any drive. The unknowns are w = (i, eta_c, eta_r).
"""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from solion.balances.ambipolar import Ambipolar
from solion.balances.contact import Interface, join, overpotential
from solion.devices.device import AbstractDeviceSystem, Guard
from solion.laws.conduction import AbstractIonicConduction, AbstractLeak
from solion.laws.conductivity import AbstractConductivity
from solion.laws.free_energy import total_potential
from solion.laws.insertion import AbstractInsertion, Site
from solion.numerics.roots import increasing_root
from solion.protocols.drive import Drive
from solion.scaling import Observable


class Pinned(eqx.Module):
    """A reservoir so large that its composition never changes."""

    composition: Any
    potential: Any


class Electrolyte(eqx.Module):
    """Drop of the ionic current and leak of electrons, scaled, from laws in SI."""

    ionic: AbstractIonicConduction
    leak: AbstractLeak
    thickness: Any  # m
    ionic_conductivity: Any  # S/m
    electronic_conductance: Any  # S/m2
    charge: Any
    temperature: Any  # K
    thermal_voltage: Any  # V

    def drop(self, current):
        """i rho of an ionic current, V_T."""
        field = self.ionic.field(current, self.ionic_conductivity, self.charge, self.temperature)
        return field * self.thickness / self.thermal_voltage

    def leaking(self, voltage):
        """Electronic current at a voltage in V_T."""
        return self.leak.current(voltage * self.thermal_voltage, self.electronic_conductance)


class Readout(eqx.Module):
    """Source and drain on the channel."""

    law: AbstractConductivity
    charge: Any
    offset: Any
    sheet: Any  # scaled conductance of the gap per S/m of mean conductivity
    contact: Any  # contact resistance, scaled
    voltage: Any  # V_T


class Circuit(NamedTuple):
    """All that the gate's circuit needs to know of both films at one instant."""

    system: SynapseSystem
    channel: tuple[Float[Array, " n"], Float[Array, " n"]]
    reservoir: tuple[Float[Array, " m"], Float[Array, " m"]]

    def surfaces(self, current):
        """((x, mu) of the channel's surface, (x, mu) of the reservoir's) while ``current`` flows."""
        s = self.system
        at_channel = s.channel.surface(*self.channel, current)
        if isinstance(s.reservoir, Pinned):
            return at_channel, (s.reservoir.composition, s.reservoir.potential)
        return at_channel, s.reservoir.surface(*self.reservoir, -current)

    def interfaces(self, surfaces) -> tuple[Interface, Interface]:
        """The kinetics at both surfaces."""
        s = self.system
        laws = ((s.channel_kinetics, s.sites), (s.reservoir_kinetics, s.reservoir_sites))
        return tuple(join(law, Site(surface[0], sites)) for (law, sites), surface in zip(laws, surfaces, strict=True))  # pyright: ignore[reportReturnType]

    def open_voltage(self, surfaces):
        """U of two surfaces."""
        return (surfaces[0][1] - surfaces[1][1]) / self.system.charge

    def voltages(self, w):
        """(V at the terminal, V of the cell, total current) at w."""
        current, eta_c, eta_r = w
        s = self.system
        cell = self.open_voltage(self.surfaces(current)) + s.electrolyte.drop(current) + eta_c + eta_r
        total = current + s.electrolyte.leaking(cell)
        return cell + s.series_resistance * total, cell, total

    def constraint(self, drive: Drive, t, w):
        """The gate obeys the drive; both interfaces carry the ionic current, out of the one and into the other."""
        current, eta_c, eta_r = w
        voltage, _, total = self.voltages(w)
        channel, reservoir = self.interfaces(self.surfaces(current))
        return jnp.stack([
            drive.excess(t, voltage, total), channel.excess(eta_c, current), -reservoir.excess(-eta_r, -current)
        ])  # fmt: skip

    def solve(self, drive: Drive, t) -> Float[Array, " 3"]:
        """w under a drive, with certainty: i lies between zero and what the electrolyte alone would let through."""
        s = self.system
        rest = self.surfaces(jnp.zeros(()))
        at_rest, unit = self.open_voltage(rest), self._unit(rest)
        slope = s.electrolyte.drop(unit) / unit

        def bare(a, b, source):
            leak, pull = s.electrolyte.leaking(at_rest), a * s.series_resistance + b
            return (source - a * at_rest - pull * leak) / (a * slope + pull)

        limits = jnp.stack([
            bare(drive.voltage_weight, drive.current_weight, drive.source(t)),
            *(jnp.where(jnp.isfinite(drive.voltage_compliance), bare(1.0, 0.0, sign * drive.voltage_compliance), 0.0)
              for sign in (-1, 1)),
            *(jnp.where(jnp.isfinite(drive.current_compliance), bare(0.0, 1.0, sign * drive.current_compliance), 0.0)
              for sign in (-1, 1)),
        ])  # fmt: skip
        bounds = jnp.arcsinh(limits / unit) * (1 + 1e-12)
        low, high = jnp.minimum(jnp.min(bounds), 0.0), jnp.maximum(jnp.max(bounds), 0.0)
        return self.carrying(increasing_root(_excess, (self, drive, t), low, high, bounds[0]), unit)

    def _unit(self, surfaces):
        """The smaller exchange current, above which the circuit is no longer ohmic."""
        channel, reservoir = self.interfaces(surfaces)
        return jnp.minimum(channel.exchange, reservoir.exchange)

    def carrying(self, x, unit):
        """w at the current i = unit sinh(x): the voltage is nearly linear in x whatever the current."""
        current = unit * jnp.sinh(x)
        channel, reservoir = self.interfaces(self.surfaces(current))
        return jnp.stack([current, overpotential(channel, current), -overpotential(reservoir, -current)])


def _excess(x, parameters):
    circuit, drive, t = parameters
    w = circuit.carrying(x, circuit._unit(circuit.surfaces(jnp.zeros(()))))
    voltage, _, total = circuit.voltages(w)
    return drive.excess(t, voltage, total)


POWERS = (
    ("electrolyte", "ions in the electrolyte"),
    ("channel_interface", "insertion at the channel"),
    ("reservoir_interface", "insertion at the reservoir"),
    ("channel", "diffusion in the channel"),
    ("reservoir", "diffusion in the reservoir"),
    ("leak", "electrons that leak through the electrolyte"),
    ("series", "the series resistance"),
)
OBSERVABLES = (
    Observable("voltage", "voltage", "gate voltage, reservoir against channel; positive drives cations into the channel"),
    Observable("current", "current", "gate current"),
    Observable("current_density", "current_density", "gate current over the transfer area"),
    Observable("cell_voltage", "voltage", "gate voltage less the drop of the series resistance"),
    Observable("open_circuit_voltage", "voltage", "U of the mean compositions of both films"),
    Observable("ion_current_density", "current_density", "ionic current density from the reservoir into the channel"),
    Observable("leak_current_density", "current_density", "electronic current density through the electrolyte"),
    Observable("overpotential_channel", "voltage", "overpotential of insertion at the channel"),
    Observable("overpotential_reservoir", "voltage", "overpotential at the reservoir, positive where it drives ions out"),
    Observable("electrolyte_drop", "voltage", "ohmic drop of the ionic current"),
    Observable("composition_channel", None, "ions per formula unit, mean of the channel"),
    Observable("composition_reservoir", None, "ions per formula unit, mean of the reservoir"),
    Observable("composition_channel_surface", None, "ions per formula unit of the channel at the electrolyte"),
    Observable("composition_reservoir_surface", None, "ions per formula unit of the reservoir at the electrolyte"),
    Observable("electrons", None, "gamma, electrons per formula unit of the channel (mean)"),
    Observable("conductance", "conductance", "conductance between source and drain, contacts included"),
    Observable("channel_conductance", "conductance", "conductance of the channel alone"),
    Observable("read_current", "current", "current of the continuous read"),
    Observable("ion_inventory", None, "ions of both films, lost ones included, per formula unit of the channel"),
    Observable("ions_lost", None, "ions lost to the surroundings, per formula unit of the channel"),
    Observable("free_energy", "energy", "free energy of both films"),
    Observable("energy_rate", "power", "rate of the free energy as the current changes it"),
    Observable("electrical_power", "power", "power of the gate's source, V I"),
    *(Observable(f"dissipation_{name}", "power", f"power lost to {what}") for name, what in POWERS),
)  # fmt: skip
INTEGRALS = (
    Observable("charge", "charge", "integral of the gate current"),
    Observable("charge_ions", "charge", "charge of the ions that crossed into the channel"),
    Observable("charge_leak", "charge", "charge that leaked as electrons"),
    Observable("gate_energy", "energy", "work of the gate's source"),
    Observable("read_energy", "energy", "work of the continuous read"),
    Observable("conductance_time", "conductance_time", "integral of the conductance"),
    *(Observable(f"heat_{name}", "energy", f"energy lost to {what}") for name, what in POWERS),
)


class SynapseSystem(AbstractDeviceSystem):
    """Unknowns: u = ln(x/(x_max - x)) in the cells of channel and reservoir, each from the electrolyte to the back; then
    the ions that entered and that left the channel, per formula unit."""

    channel: Ambipolar
    reservoir: Ambipolar | Pinned
    electrolyte: Electrolyte
    channel_kinetics: AbstractInsertion
    reservoir_kinetics: AbstractInsertion
    readout: Readout
    series_resistance: Any
    charge: Any
    loss_rate: Any
    sites: Any
    reservoir_sites: Any
    reservoir_length: Any  # thickness over that of the channel

    bandwidth: int = eqx.field(static=True)
    border: ClassVar[int] = 2
    observables: ClassVar[tuple[Observable, ...]] = OBSERVABLES
    integrals: ClassVar[tuple[Observable, ...]] = INTEGRALS
    monitor_names: ClassVar[tuple[str, ...]] = (
        "voltage", "current", "conductance", "composition_channel_surface", "composition_reservoir_surface",
    )  # fmt: skip
    guards: ClassVar[dict[str, Guard]] = {
        "composition_channel_surface": Guard(1e-9, "channel's surface"),
        "composition_reservoir_surface": Guard(1e-9, "reservoir's surface"),
    }

    @property
    def positions(self):
        channel = self.channel.grid.centres
        if isinstance(self.reservoir, Pinned):
            return channel
        return np.concatenate([channel, -self.reservoir_length * self.reservoir.grid.centres])

    @property
    def capacity(self):
        return self.sites

    def _limits(self):
        channel = jnp.broadcast_to(self.sites, self.channel.grid.cells)
        if isinstance(self.reservoir, Pinned):
            return channel
        return jnp.concatenate([channel, jnp.broadcast_to(self.reservoir_sites, self.reservoir.grid.cells)])

    def unknowns(self, content):
        share = content / self._limits()
        return jnp.concatenate([jnp.log(share) - jnp.log1p(-share), jnp.zeros(2)])

    def conserved(self, y):
        return jnp.concatenate([self._limits() * jax.nn.sigmoid(y[:-2]), y[-2:]])

    def invariants(self, q):
        """What each film holds less what it was given."""
        channel, reservoir, entered, lost = self._parts(q)
        kept = self.channel.grid.integral(channel) - entered + lost
        if isinstance(self.reservoir, Pinned):
            return kept[None]
        given = entered * self.reservoir.uptake / self.channel.uptake
        return jnp.stack([kept, self.reservoir.grid.integral(reservoir) + given])

    def _parts(self, q):
        n = self.channel.grid.cells
        return q[:n], q[n:-2], q[-2], q[-1]

    def admissible(self, y):
        return jnp.all(jnp.isfinite(y)) & (jnp.max(jnp.abs(y[:-2])) < 600)

    def fields(self, y) -> Circuit:
        """Compositions and potentials of both films, as the gate's circuit sees them."""
        channel, reservoir, _, _ = self._parts(self.conserved(y))
        inside = reservoir if isinstance(self.reservoir, Pinned) else self.reservoir.potential(reservoir)
        return Circuit(self, (channel, self.channel.potential(channel)), (reservoir, inside))

    def start(self, t, y, drive):
        return self.fields(y).solve(_gate(drive), t)

    def balance(self, t, y, w, drive):
        circuit, current = self.fields(y), w[0]
        loss = self.loss_rate * circuit.channel[0]
        rates = [self.channel.rate(*circuit.channel, current) - loss]
        if not isinstance(self.reservoir, Pinned):
            rates.append(self.reservoir.rate(*circuit.reservoir, -current))
        entered, lost = self.channel.uptake * current, self.channel.grid.integral(loss)
        return jnp.concatenate([*rates, jnp.stack([entered, lost])]), circuit.constraint(_gate(drive), t, w)

    def monitors(self, t, y, w, drive):
        circuit = self.fields(y)
        voltage, _, total = circuit.voltages(w)
        channel, reservoir = circuit.surfaces(w[0])
        return jnp.stack([voltage, total, self._conductances(circuit)[0], channel[0], reservoir[0]])

    def _conductances(self, circuit):
        """Conductance between source and drain, with and without contacts."""
        read = self.readout
        electrons = read.charge * (circuit.channel[0] - read.offset)
        alone = read.sheet * self.channel.grid.integral(read.law.conductivity(electrons))
        return alone / (1 + read.contact * alone), alone

    def _powers(self, circuit, w):
        """Power of the source, and the losses in the order of POWERS."""
        current, eta_c, eta_r = w
        voltage, cell, total = circuit.voltages(w)
        pinned = isinstance(self.reservoir, Pinned)
        return voltage * total, (
            current * self.electrolyte.drop(current), current * eta_c, current * eta_r,
            self.channel.dissipation(*circuit.channel, current),
            jnp.zeros(()) if pinned else self.reservoir.dissipation(*circuit.reservoir, -current),
            cell * (total - current), self.series_resistance * total**2,
        )  # fmt: skip

    def integrands(self, t, y, w, drive):
        circuit = self.fields(y)
        _, _, total = circuit.voltages(w)
        power, losses = self._powers(circuit, w)
        conductance, _ = self._conductances(circuit)
        read = self.readout.voltage**2 * conductance
        return jnp.stack([total, w[0], total - w[0], power, read, conductance, *losses])

    def observe(self, t, y, w, drive) -> dict[str, Float[Array, ""]]:
        circuit = self.fields(y)
        current, eta_c, eta_r = w
        voltage, cell, total = circuit.voltages(w)
        (x, mu), (x_r, mu_r) = circuit.channel, circuit.reservoir
        _, _, entered, lost = self._parts(self.conserved(y))
        surface, reservoir_surface = circuit.surfaces(current)
        mean, pinned = self.channel.grid.integral(x), isinstance(self.reservoir, Pinned)
        power, losses = self._powers(circuit, w)
        conductance, alone = self._conductances(circuit)
        energy, rate = self.channel.energy(x), self.channel.energy_rate(mu, self.channel.rate(x, mu, current))
        if pinned:
            mean_r, inventory = self.reservoir.composition, mean - entered + lost
            bulk = self.reservoir.potential
            energy = energy - bulk / self.charge * entered / self.channel.uptake
            rate = rate - bulk / self.charge * current
        else:
            mean_r = self.reservoir.grid.integral(x_r)
            inventory = mean + mean_r * self.channel.uptake / self.reservoir.uptake + lost
            bulk = total_potential(self.reservoir.free_energy, mean_r)
            energy = energy + self.reservoir.energy(x_r)
            rate = rate + self.reservoir.energy_rate(mu_r, self.reservoir.rate(x_r, mu_r, -current))
        at_mean = (total_potential(self.channel.free_energy, mean) - bulk) / self.charge
        return {
            "voltage": voltage, "current": total, "current_density": total, "cell_voltage": cell,
            "open_circuit_voltage": at_mean, "ion_current_density": current, "leak_current_density": total - current,
            "overpotential_channel": eta_c, "overpotential_reservoir": eta_r,
            "electrolyte_drop": self.electrolyte.drop(current), "composition_channel": mean,
            "composition_reservoir": mean_r, "composition_channel_surface": surface[0],
            "composition_reservoir_surface": reservoir_surface[0],
            "electrons": self.readout.charge * (mean - self.readout.offset), "conductance": conductance,
            "channel_conductance": alone, "read_current": self.readout.voltage * conductance,
            "ion_inventory": inventory, "ions_lost": lost, "free_energy": energy, "energy_rate": rate,
            "electrical_power": power,
            **{f"dissipation_{name}": loss for (name, _), loss in zip(POWERS, losses, strict=True)},
        }  # fmt: skip


def _gate(drive: Drive) -> Drive:
    return jax.tree.map(lambda entry: entry[0], drive)
