"""The scaled equations of an ionic synapse: two films, the electrolyte between them, and the circuit of the gate.

Units: the channel's thickness, tau = t_c^2/D, V_T, and 1 A/m2 of the transfer area (Schwacke et al. 2024,
doi:10.1002/aelm.202300577, and mixed-conduction theory).
"""

from __future__ import annotations

from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.balances.ambipolar import Ambipolar, Pinned
from solion.balances.salt import NoSalt, Salt
from solion.base.quantity import Quantity
from solion.devices.circuit import solve
from solion.devices.device import AbstractDeviceSystem, Guard, first_terminal, terminal_drive
from solion.devices.synapse_circuit import Charged, Direct, SynapseCircuit
from solion.laws.charge_transfer import AbstractChargeTransfer, Surface
from solion.laws.conduction import AbstractIonicConduction, AbstractLeak
from solion.laws.conductivity import AbstractConductivity
from solion.laws.free_energy import total_potential
from solion.laws.host import HostPotential


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

    def drop(self, current, salt: Any = 1.0):
        """i rho of an ionic current, V_T, where ``salt`` is that part of the mean concentration."""
        field = self.ionic.field(current, self.ionic_conductivity * salt, self.charge, self.temperature)
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


POWERS = (
    ("electrolyte", "ions in the electrolyte"),
    ("channel_interface", "insertion at the channel"),
    ("reservoir_interface", "insertion at the reservoir"),
    ("channel", "diffusion in the channel"),
    ("reservoir", "diffusion in the reservoir"),
    ("leak", "electrons that leak through the electrolyte"),
    ("series", "the series resistance"),
)
FLOOR = 1e-14  # of the sites (and of the mean salt); contents or vacancies below it are as good as none
COUNTED = 1e-5  # of the absolute tolerance: for the count of moved ions
HARDLY = 1e-8  # how readily the count of moved ions yields beside the logit of a cell's composition
EMPTIED, YIELDED = 1e-5, 1e-5  # of the sites: a film that holds less; how readily the count yields to it
EDGE = 1e-9  # of the sites; a surface this near to empty or full is exhausted
LEAST_SALT = 1e-6  # of the mean concentration; a face this poor in salt passes no more current
OBSERVABLES = (
    Quantity(
        "voltage",
        "voltage",
        "gate voltage, reservoir against channel; positive drives cations into the channel",
        "terminal",
        "gate",
        monitored=True,
    ),
    Quantity("current", "current", "gate current", "terminal", "gate", monitored=True),
    Quantity("current_density", "current_density", "gate current over the transfer area", "terminal", "gate"),
    Quantity("cell_voltage", "voltage", "gate voltage less the drop of the series resistance"),
    Quantity("open_circuit_voltage", "voltage", "U of the mean compositions of both films", place="open circuit"),
    Quantity("ion_current_density", "current_density", "ionic current density from the reservoir into the channel"),
    Quantity("leak_current_density", "current_density", "electronic current density through the electrolyte"),
    Quantity("overpotential_channel", "voltage", "overpotential of insertion at the channel", place="channel"),
    Quantity(
        "overpotential_reservoir",
        "voltage",
        "overpotential at the reservoir, positive where it drives ions out",
        place="reservoir",
    ),
    Quantity("electrolyte_drop", "voltage", "ohmic drop of the ionic current", place="electrolyte"),
    Quantity(
        "concentration_overpotential",
        "voltage",
        "polarisation of the electrolyte's salt, positive against the current",
        place="electrolyte",
    ),
    Quantity("salt_channel", None, "salt of the electrolyte at the channel, over its mean", monitored=True),
    Quantity("salt_reservoir", None, "salt of the electrolyte at the reservoir, over its mean", monitored=True),
    Quantity("composition_channel", None, "ions per formula unit, mean of the channel", place="channel"),
    Quantity("composition_reservoir", None, "ions per formula unit, mean of the reservoir", place="reservoir"),
    Quantity(
        "composition_channel_surface",
        None,
        "ions per formula unit of the channel at the electrolyte",
        "surface",
        "channel",
        monitored=True,
    ),
    Quantity(
        "composition_reservoir_surface",
        None,
        "ions per formula unit of the reservoir at the electrolyte",
        "surface",
        "reservoir",
        monitored=True,
    ),
    Quantity("electrons", None, "gamma, electrons per formula unit of the channel (mean)", place="channel"),
    Quantity(
        "conductance",
        "conductance",
        "conductance between source and drain, contacts included",
        "response",
        "drain",
        monitored=True,
    ),
    Quantity("channel_conductance", "conductance", "conductance of the channel alone"),
    Quantity("drain_voltage", "voltage", "voltage of the drain against the grounded source", "terminal", "drain"),
    Quantity("read_current", "current", "current into the drain", "terminal", "drain"),
    Quantity("ion_inventory", None, "ions of both films, lost ones included, per formula unit of the channel", "inventory"),
    Quantity("ions_lost", None, "ions lost to the surroundings, per formula unit of the channel", "carried"),
    Quantity("free_energy", "energy", "free energy of both films", "stored"),
    Quantity("energy_rate", "power", "rate of the free energy as the current changes it", "stored"),
    Quantity("electrical_power", "power", "power of the gate's source, V I", "work", "gate"),
    Quantity("read_power", "power", "power of the source at the drain, lost in the channel", place="drain"),
    Quantity("carried_power", "power", "free energy that lost ions and their electrons take with them"),
    *(Quantity(f"dissipation_{name}", "power", f"power lost to {what}", "loss", name) for name, what in POWERS),
    Quantity("charge", "charge", "integral of the gate current", integral_of="current"),
    Quantity("charge_ions", "charge", "charge of the ions that crossed into the channel", integral_of="ion_current_density"),
    Quantity("charge_leak", "charge", "charge that leaked as electrons", integral_of="leak_current_density"),
    Quantity("gate_energy", "energy", "work of the gate's source", "work", "gate", integral_of="electrical_power"),
    Quantity("read_energy", "energy", "work of the source at the drain", integral_of="read_power"),
    Quantity(
        "carried_by_ions",
        "energy",
        "free energy that lost ions and their electrons took with them",
        "carried",
        integral_of="carried_power",
    ),
    Quantity("conductance_time", "conductance_time", "integral of the conductance", integral_of="conductance"),
    *(
        Quantity(f"heat_{name}", "energy", f"energy lost to {what}", "loss", name, integral_of=f"dissipation_{name}")
        for name, what in POWERS
    ),
)
SPATIAL = (
    Quantity("x", "length", "distance from the electrolyte, negative in the reservoir", "coordinate", dimensions=("x",)),
    Quantity("composition", None, "composition, ions per formula unit", "field", dimensions=("x",)),
)


class SynapseSystem(AbstractDeviceSystem):
    """Unknowns: u = ln(x/(x_max - x)) in the cells of channel and reservoir, each from the electrolyte to the back; ln s of
    the salt from the channel to the reservoir; then the ions that entered the channel and that were lost, per formula unit;
    then those of the double layers."""

    channel: Ambipolar
    reservoir: Ambipolar | Pinned
    electrolyte: Electrolyte
    salt: Salt | NoSalt
    junctions: Direct | Charged
    channel_kinetics: AbstractChargeTransfer
    reservoir_kinetics: AbstractChargeTransfer
    readout: Readout
    series_resistance: Any
    charge: Any
    loss_rate: Any
    sites: Any
    reservoir_sites: Any
    reservoir_length: Any  # thickness over that of the channel

    bandwidth: int = eqx.field(static=True)
    border: int = eqx.field(static=True)
    observables: ClassVar[tuple[Quantity, ...]] = OBSERVABLES
    spatial: ClassVar[tuple[Quantity, ...]] = SPATIAL

    @property
    def guards(self):
        films = (("channel", self.channel, self.sites), ("reservoir", self.reservoir, self.reservoir_sites))
        guards = {
            f"composition_{name}_surface": Guard(
                f"{name}'s surface", EDGE, sites, sites if isinstance(film.free_energy, HostPotential) else jnp.inf
            )
            for name, film, sites in films
        }
        if self.salt.cells:
            faces = ("channel", "reservoir")
            guards |= {f"salt_{name}": Guard(f"electrolyte's face to the {name}", LEAST_SALT) for name in faces}
        return guards

    def surface(self, composition, potential, sites) -> Surface:
        """What the kinetics may know of a host's surface; the working ion and its electrons have one activity."""
        return Surface(composition, composition / sites, potential, sites, self.electrolyte.thermal_voltage)

    def _limits(self):
        films = ((self.sites, self.channel.cells), (self.reservoir_sites, self.reservoir.cells))
        return jnp.concatenate([jnp.broadcast_to(sites, cells) for sites, cells in films])

    @property
    def floor(self):
        salt, lumped = jnp.full(self.salt.cells, FLOOR), jnp.zeros(self.border)
        return jnp.concatenate([FLOOR * self._limits(), salt, lumped])

    @property
    def fineness(self):
        """Finer for the count of moved ions: its error is that of what the films hold, and is felt against what was moved."""
        return jnp.concatenate([jnp.ones(self._limits().size + self.salt.cells), jnp.ones(self.border).at[0].set(COUNTED)])

    def unknowns(self, content):
        share, n = content / self._limits(), self.channel.cells
        parts = content[:n], content[n:]
        potentials = self.channel.potential(parts[0]), self.reservoir.potential(parts[1])
        even, none = jnp.ones(self.salt.cells), jnp.zeros(self.junctions.states)
        circuit = SynapseCircuit(self, (parts[0], potentials[0]), (parts[1], potentials[1]), none, even)
        rest = self.junctions.rest(circuit.drops(circuit.at_rest()))
        return jnp.concatenate([jnp.log(share) - jnp.log1p(-share), jnp.log(even), jnp.zeros(2), rest])

    def conserved(self, y):
        cells = y.shape[0] - self.border
        films = cells - self.salt.cells
        charges, _ = self.junctions.stored(y[cells + 2 :])
        held = self._limits() * jax.nn.sigmoid(y[:films]), jnp.exp(y[films:cells])
        return jnp.concatenate([*held, y[cells : cells + 2], charges])

    def profiles(self, y):
        films = y.shape[0] - self.border - self.salt.cells
        behind = [-self.reservoir_length * film.grid.centres for film in (self.reservoir,) if isinstance(film, Ambipolar)]
        places = jnp.concatenate([self.channel.grid.centres, *behind])
        return {"x": places, "composition": self.conserved(y)[:films]}

    def invariants(self, q):
        """What each film holds less what it was given, and the salt."""
        channel, reservoir, given, taken, lost = self._parts(q)
        kept = self.channel.kept(channel, given) + lost, self.reservoir.kept(reservoir, -taken)
        return jnp.concatenate([*kept, self.salt.kept(self._salt(q))])

    def yielding(self, y):
        """The films and, hardly, the count of ions that were moved. To an emptied film it yields readily: what is left could not
        take up the error of that count, and its potential would no longer be that of its content."""
        cells, films = y.shape[0] - self.border, self.channel.cells
        shares = self.conserved(y)[: self._limits().size] / self._limits()
        held = [jnp.mean(part) for part in (shares[:films], shares[films:]) if part.size]
        count = HARDLY + YIELDED * jnp.exp(-jnp.min(jnp.stack(held)) / EMPTIED)
        return jnp.where(jnp.arange(y.shape[0]) < cells, 1.0, 0.0).at[cells].set(count)

    def _salt(self, q):
        """s in each cell of the electrolyte."""
        films = self.channel.cells + self.reservoir.cells
        return q[films : films + self.salt.cells]

    def _parts(self, q):
        """Compositions of channel and reservoir, the charges given to the one and taken from the other, and the ions lost."""
        n, m = self.channel.cells, self.channel.cells + self.reservoir.cells
        moved, lost, *charges = q[m + self.salt.cells :]
        given = moved / self.channel.uptake
        taken = given + charges[0] - charges[1] if self.junctions.states else given
        return q[:n], q[n:m], given, taken, lost

    def admissible(self, y):
        return jnp.all(jnp.isfinite(y)) & (jnp.max(jnp.abs(y[: y.shape[0] - self.border])) < 600)

    def fields(self, y) -> SynapseCircuit:
        """Compositions and potentials of both films, as the gate's circuit sees them."""
        q = self.conserved(y)
        channel, reservoir, *_ = self._parts(q)
        return SynapseCircuit(
            self,
            (channel, self.channel.potential(channel)),
            (reservoir, self.reservoir.potential(reservoir)),
            y[y.shape[0] - self.junctions.states :],
            self._salt(q),
        )

    def start(self, t, y, drive):
        return solve(self.fields(y), first_terminal(drive), t)

    def balance(self, t, y, w, drive):
        circuit = self.fields(y)
        into, out = self.junctions.inserted(circuit, w)
        loss = self.loss_rate * circuit.channel[0]
        rates = [
            self.channel.rate(*circuit.channel, into) - loss,
            self.reservoir.rate(*circuit.reservoir, -out),
            self.salt.rate(circuit.salt, w[0]),
            jnp.stack([self.channel.uptake * into, self.channel.mean(loss)]),
            jnp.stack([w[0] - into, w[0] - out])[: self.junctions.states],
        ]
        return jnp.concatenate(rates), circuit.constraint(first_terminal(drive), t, w)

    def _conductances(self, circuit: SynapseCircuit):
        """Conductance between source and drain, with and without contacts."""
        read = self.readout
        electrons = read.charge * (circuit.channel[0] - read.offset)
        alone = read.sheet * self.channel.mean(read.law.conductivity(electrons))
        return alone / (1 + read.contact * alone), alone

    def _powers(self, circuit: SynapseCircuit, w):
        """Power of the source, and the losses in the order of POWERS."""
        current = w[0]
        eta_c, eta_r = self.junctions.overpotentials(circuit, w)
        into, out = self.junctions.inserted(circuit, w)
        voltage, cell, total = circuit.voltages(w)
        return voltage * total, (
            current * self.salt.ohmic(self.electrolyte, circuit.salt, current) + self.salt.dissipation(circuit.salt, current),
            into * eta_c,
            out * eta_r,
            self.channel.dissipation(*circuit.channel, into),
            self.reservoir.dissipation(*circuit.reservoir, -out),
            cell * (total - current),
            self.series_resistance * total**2,
        )

    def observe(self, t, y, w, drive) -> dict[str, Float[Array, ""]]:
        """Scaled numbers of one instant, by the names of :data:`OBSERVABLES`."""
        circuit, current = self.fields(y), w[0]
        eta_c, eta_r = self.junctions.overpotentials(circuit, w)
        into, out = self.junctions.inserted(circuit, w)
        voltage, cell, total = circuit.voltages(w)
        x, x_r, given, taken, lost = self._parts(self.conserved(y))
        (surface, _), (reservoir_surface, _) = circuit.surfaces((into, out))
        near, far = self.salt.faces(circuit.salt, current)
        mean, mean_r = self.channel.mean(x), self.reservoir.mean(x_r)
        at_mean = total_potential(self.channel.free_energy, mean) - total_potential(self.reservoir.free_energy, mean_r)
        power, losses = self._powers(circuit, w)
        conductance, alone = self._conductances(circuit)
        drain = terminal_drive(drive, 1).across(t, conductance)
        _, layers = self.junctions.stored(circuit.states)
        energy = self.channel.energy(x, given) + self.reservoir.energy(x_r, -taken) + layers
        energy = energy + self.salt.energy(circuit.salt)
        rate = (
            self.channel.energy_rate(*circuit.channel, into)
            + self.reservoir.energy_rate(*circuit.reservoir, -out)
            + self.salt.energy_rate(circuit.salt, current)
            + sum(flow * state for flow, state in zip((current - into, current - out), circuit.states, strict=False))
        )
        held = self.channel.uptake * (self.reservoir.held(x_r, -taken) + taken - given)
        return {
            "voltage": voltage,
            "current": total,
            "current_density": total,
            "cell_voltage": cell,
            "open_circuit_voltage": at_mean / self.charge,
            "ion_current_density": current,
            "leak_current_density": total - current,
            "overpotential_channel": eta_c,
            "overpotential_reservoir": eta_r,
            "electrolyte_drop": self.salt.ohmic(self.electrolyte, circuit.salt, current),
            "concentration_overpotential": self.salt.polarisation(circuit.salt, current),
            "salt_channel": near,
            "salt_reservoir": far,
            "composition_channel": mean,
            "composition_reservoir": mean_r,
            "composition_channel_surface": surface,
            "composition_reservoir_surface": reservoir_surface,
            "electrons": self.readout.charge * (mean - self.readout.offset),
            "conductance": conductance,
            "channel_conductance": alone,
            "drain_voltage": drain,
            "read_current": drain * conductance,
            "read_power": drain**2 * conductance,
            "carried_power": self.channel.carried(circuit.channel[1], self.loss_rate * circuit.channel[0]),
            "ion_inventory": mean + lost + held,
            "ions_lost": lost,
            "free_energy": energy,
            "energy_rate": rate,
            "electrical_power": power,
            **{f"dissipation_{name}": loss for (name, _), loss in zip(POWERS, losses, strict=True)},
        }
