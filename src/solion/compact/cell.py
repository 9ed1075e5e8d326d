"""An ionic synapse as one number: the filling of a well-mixed channel whose ions come from a well-mixed reservoir.

    V = U(x) + i rho_i + eta_c(i) + eta_r(i),   i_gate = i + V/r_e,   dx/dt = i A/(z F c_W t_c A_c) - k x

i is the current density of ions into the channel per transfer area A (A/m2), U the voltage of the channel against the
reservoir, eta = (2RT/nF) asinh(i/2 i_0) at either interface, r_e the leak. The sum of ions in both films is conserved, so
that x alone is the state (with a loss k, only where the reservoir is so large that its filling stays).
"""

from __future__ import annotations

from typing import ClassVar, NamedTuple, TypeVar

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from solion.base.constants import FARADAY, GAS_CONSTANT
from solion.base.errors import InputError
from solion.base.parameters import Part, assumed, parameter, positive_parameter, without_sources
from solion.devices.ionic_synapse import AIR, IonicSynapse, NoDoubleLayer, PinnedReservoir
from solion.laws.charge_transfer import InsertionButlerVolmer, symmetric_overpotential
from solion.laws.conduction import OhmicConduction, OhmicLeak
from solion.laws.conductivity import AbstractConductivity
from solion.laws.free_energy import AbstractFreeEnergy, total_potential
from solion.laws.salt import SingleIon
from solion.numerics.roots import increasing_root

P = TypeVar("P", bound=Part)


class GateDrive(NamedTuple):
    """What the gate is told: ``voltage`` V_gate + ``resistance`` i_gate = ``target``, per transfer area.

    A current is (0, 1, i), a voltage (1, 0, V), a source V behind a resistor (1, R A, V).
    """

    voltage: Float[Array, ""]
    resistance: Float[Array, ""]  # ohm m2
    target: Float[Array, ""]  # V


def current_drive(current: float, area: float = 1.0) -> GateDrive:
    """A current (A) forced through the transfer ``area`` (m2); 0 is open circuit."""
    return GateDrive(jnp.asarray(0.0), jnp.asarray(1.0), jnp.asarray(current / area, float))


def voltage_drive(voltage: float, resistance: float = 0.0) -> GateDrive:
    """A voltage (V) held at the gate, behind a ``resistance`` (ohm m2) where there is one."""
    return GateDrive(jnp.asarray(1.0), jnp.asarray(resistance, float), jnp.asarray(voltage, float))


class Flow(NamedTuple):
    """What flows at one instant."""

    ions: Float[Array, ""]  # A/m2 of transfer area into the channel
    gate: Float[Array, ""]  # A/m2 from the gate, ions and leak
    voltage: Float[Array, ""]  # V at the gate


class CompactCell(Part):
    """The numbers of a compact synapse (SI). Each may be an array, for as many devices.

    ``share``: volume of the channel over that of the reservoir, 0 for a reservoir without end; ``supply``: filling of the
    reservoir once the channel is empty.
    """

    stacked: ClassVar[bool] = True
    free_energy: AbstractFreeEnergy
    reservoir_energy: AbstractFreeEnergy
    conductivity: AbstractConductivity
    charge: float = positive_parameter(doc="z")
    concentration: float = positive_parameter(unit="mol/m^3", doc="c_W, formula units")
    thickness: float = positive_parameter(unit="m", doc="t_c of the channel")
    area: float = positive_parameter(unit="m^2", doc="A_c of the channel film")
    transfer_area: float = positive_parameter(unit="m^2", doc="A, the smaller of both films")
    share: float = parameter(low=0, doc="sites of the channel over those of the reservoir")
    supply: float = positive_parameter(doc="x_r + share x")
    ionic_resistance: float = positive_parameter(unit="ohm m^2", doc="rho_i")
    leak: float = parameter(unit="S/m^2", low=0, doc="1/r_e")
    channel_exchange: float = positive_parameter(unit="A/m^2", doc="i_0 at the channel")
    reservoir_exchange: float = positive_parameter(unit="A/m^2", doc="i_0 at the reservoir")
    aspect: float = positive_parameter(doc="w/l of the read gap, with its fringe")
    offset: float = parameter(0.0, doc="x_off", source=assumed(0.0, "no doping before"))
    electrons: float = positive_parameter(1.0, doc="n", source=assumed(1.0, "one at a time"))
    series_resistance: float = parameter(0.0, unit="ohm m^2", low=0, doc="R_s A, of leads and films", source=assumed(0.0, "none"))
    contact_resistance: float = parameter(0.0, unit="ohm", low=0, doc="of source and drain", source=assumed(0.0, "none"))
    loss_rate: float = parameter(0.0, unit="1/s", low=0, doc="k", source=assumed(0.0, "nothing leaves"))
    temperature: float = parameter(298.15, unit="K", low=1, high=3000, doc="T", source=assumed(298.15, "room"))

    @classmethod
    def of(cls, device: IonicSynapse) -> CompactCell:
        """The compact cell of a device, its films mixed at once.

        Raises InputError where the device has a double layer, kinetics other than symmetric Butler-Volmer, or an electrolyte
        that is not ohmic.
        """
        channel, reservoir, electrolyte = device.channel, device.reservoir, device.electrolyte
        into = _closed("channel.kinetics", channel.kinetics, InsertionButlerVolmer)
        out_of = _closed("reservoir.kinetics", reservoir.kinetics, InsertionButlerVolmer)
        _closed("electrolyte.ionic", electrolyte.ionic, OhmicConduction)
        _closed("electrolyte.leak", electrolyte.leak, OhmicLeak)
        _closed("electrolyte.salt", electrolyte.salt, SingleIon)
        if not isinstance(device.double_layer, NoDoubleLayer):
            raise InputError(
                "device.double_layer holds charge between pulses, so that the filling is not the whole state; take "
                "NoDoubleLayer(), which differs only in pulses as short as the time of the double layer, or run the device."
            )
        if float(into.electrons) != float(out_of.electrons):
            raise InputError("CompactCell: both interfaces must pass the same number of electrons in a step.")
        share = 0.0
        if not isinstance(reservoir, PinnedReservoir):
            content = reservoir.host.concentration * reservoir.thickness * reservoir.area
            share = float(channel.host.concentration * channel.thickness * channel.area / content)
        host, gap, area = channel.host, device.gap, float(device.area)
        return cls(
            free_energy=host.free_energy,
            reservoir_energy=reservoir.host.free_energy,
            conductivity=host.conductivity,
            charge=host.charge,
            concentration=host.concentration,
            thickness=channel.thickness,
            area=channel.area,
            transfer_area=area,
            share=share,
            supply=reservoir.composition + share * channel.composition,
            ionic_resistance=electrolyte.ionic_resistance,
            leak=electrolyte.electronic_conductance,
            channel_exchange=into.exchange_current,
            reservoir_exchange=out_of.exchange_current,
            electrons=into.electrons,
            aspect=gap.fringe * gap.width / gap.length,
            offset=host.offset,
            series_resistance=device.series_resistance * area,
            contact_resistance=gap.contact_resistance,
            loss_rate=host.loss_rate * (device.oxygen_pressure / AIR) ** 0.5,
            temperature=device.temperature,
        )

    @property
    def thermal(self):
        """RT/F, V."""
        return GAS_CONSTANT * self.temperature / FARADAY

    @property
    def capacity(self):
        """z F c_W t_c A_c/A: charge per transfer area and unit of x, C/m2."""
        return self.charge * FARADAY * self.concentration * self.thickness * self.area / self.transfer_area

    @property
    def bounds(self):
        """Smallest and largest x at which neither film is empty or full."""
        sites, store, share = self.free_energy.capacity, self.reservoir_energy.capacity, self.share
        some = jnp.where(share > 0, share, 1.0)
        low = jnp.where(share > 0, jnp.maximum(0.0, (self.supply - store) / some), 0.0)
        return low, jnp.where(share > 0, jnp.minimum(sites, self.supply / some), sites)

    def open_voltage(self, x):
        """U(x), V: positive where the channel is the richer film."""
        channel, reservoir = (total_potential(self.free_energy, jnp.asarray(c)) for c in (x, self.supply - self.share * x))
        return self.thermal / self.charge * (channel - reservoir)

    def conductance(self, x):
        """G of the channel between source and drain, S."""
        sigma = self.conductivity.conductivity(self.charge * (x - self.offset))
        sheet = self.aspect * self.thickness * sigma
        return sheet / (1 + self.contact_resistance * sheet)

    def flow(self, x, drive: GateDrive) -> Flow:
        """Currents and gate voltage at filling x: the one root of an increasing function, differentiable."""
        numbers = (
            self.open_voltage(x),
            self.ionic_resistance,
            self.leak,
            self.series_resistance,
            self.thermal / self.electrons,
            self.channel_exchange,
            self.reservoir_exchange,
            drive,
        )
        zero = jnp.zeros_like(numbers[0])
        least = drive.voltage * (self.ionic_resistance + self.series_resistance) + drive.resistance
        reach = jax.lax.stop_gradient(-_excess(zero, numbers) / least * (1 + 1e-9))
        ions = increasing_root(_excess, numbers, jnp.minimum(reach, 0.0), jnp.maximum(reach, 0.0), zero)
        voltage, gate = _terminal(ions, numbers)
        return Flow(ions, gate, voltage)

    def rate(self, x, flow: Flow):
        """dx/dt, 1/s."""
        return flow.ions / self.capacity - self.loss_rate * x

    def ready(self) -> CompactCell:
        """Itself as a compiler takes it: without sources, all numbers arrays.

        Raises InputError where ions are lost while the reservoir is finite, since x is then not the whole state.
        """
        if bool(np.any((np.asarray(self.loss_rate) > 0) & (np.asarray(self.share) > 0))):
            raise InputError(
                "CompactCell.loss_rate is positive while share > 0: ions that are lost change the sum over both films; set "
                "share = 0 (an endless reservoir), or run the device itself."
            )
        return jax.tree.map(lambda leaf: jnp.asarray(leaf, float), without_sources(self))


def _closed(name: str, part: Part, kind: type[P]) -> P:
    """The part, which must be of this kind: others have no overpotential or current in closed form."""
    bent = isinstance(part, InsertionButlerVolmer) and float(part.asymmetry) != 0.5
    if isinstance(part, kind) and not bent:
        return part
    symmetric = ", asymmetry 1/2" if kind is InsertionButlerVolmer else ""
    raise InputError(
        f"device.{name} = {type(part).__name__} has no closed form; a compact cell takes {kind.__name__}{symmetric}. Run the "
        "device itself, with depth=WellMixed()."
    )


def _terminal(ions, numbers):
    """(gate voltage, gate current density) where ``ions`` flow."""
    open_voltage, ionic, leak, series, thermal, channel, reservoir, _ = numbers
    film = open_voltage + ions * ionic
    for exchange in (channel, reservoir):
        film = film + symmetric_overpotential(ions, exchange, thermal)
    gate = ions + film * leak
    return film + series * gate, gate


def _excess(ions, numbers):
    drive = numbers[-1]
    voltage, gate = _terminal(ions, numbers)
    return drive.voltage * voltage + drive.resistance * gate - drive.target
