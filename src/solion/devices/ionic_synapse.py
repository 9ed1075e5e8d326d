"""An electrochemical ionic synapse: reservoir, electrolyte, channel, and a source-drain read of the channel.

Source: Schwacke, Zguns, del Alamo, Li and Yildiz, "Electrochemical Ionic Synapses with Mg2+ as the Working Ion",
doi:10.1002/aelm.202300577. A positive gate voltage drives cations from the reservoir into the channel and raises its
conductance; the open-circuit voltage is positive where the channel is the richer electrode. Electrons that leak through the
electrolyte feel the whole cell voltage, ions the part of it beyond the open-circuit voltage.
"""

from __future__ import annotations

import dataclasses
from abc import abstractmethod
from typing import ClassVar

import jax.numpy as jnp

from solion.balances.ambipolar import Ambipolar, Pinned
from solion.balances.salt import NoSalt, Salt
from solion.base.constants import FARADAY, thermal_voltage
from solion.base.errors import InputError
from solion.base.parameters import Part, assumed, derived, parameter, stated
from solion.base.scaling import Scales
from solion.devices import synapse_circuit
from solion.devices import synapse_system as scaled
from solion.devices.device import AbstractDevice
from solion.devices.specimen import Alternative
from solion.devices.start import Region
from solion.devices.synapse_start import at_conductance
from solion.devices.synapse_warnings import warnings_of
from solion.grids.graded import GradedLine, graded, graded_to_both_ends, mixed
from solion.laws.charge_transfer import AbstractChargeTransfer
from solion.laws.conduction import AbstractIonicConduction, AbstractLeak, OhmicConduction, OhmicLeak
from solion.laws.salt import AbstractSalt, BinarySalt, SingleIon
from solion.materials.electrolytes import ElectrolyteMaterial
from solion.materials.insertion_host import InsertionHost
from solion.numerics.stepping.integrate import Tolerance

PAPER = "Schwacke et al. (2024), doi:10.1002/aelm.202300577"
LAYER = 0.38e-9  # m, one layer of WO3 octahedra: no film is resolved finer
LATTICE = "0.365 to 0.385 nm, half the edges of the monoclinic cell of 7.30 x 7.54 x 7.69 A"
AIR = 21278.0  # Pa of oxygen, 0.21 atm
EMPTY = 1e-9  # x below which a film cannot give an ion


class AbstractDepth(Part):
    """How a film is resolved across its thickness."""

    @abstractmethod
    def grid(self, thickness: float, cells: int) -> GradedLine:
        """The cells of a film, from the electrolyte to the back."""


class Resolved(AbstractDepth):
    """Diffusion across the film, in cells that widen from the electrolyte to the back where ``finest`` asks for it.

    A pulse of length t_p needs cells of about sqrt(D t_p)/5 at the electrolyte. A film is a whole number of lattice planes,
    as wide as ``plane`` or nearly so, and no cell is narrower. Where the first cell is one plane, it fills evenly: the
    surface is then a lattice gas, which takes up at most z F c_W a (x_max - x), and not a continuum extrapolated to its edge.
    """

    finest: float = parameter(
        1.0,
        unit="m",
        low=0,
        open_low=True,
        doc="width of the cell at the electrolyte; equal cells where they are finer",
        source=assumed(1.0, "equal cells"),
    )
    plane: float = parameter(
        LAYER,
        unit="m",
        low=1e-11,
        high=1e-8,
        doc="a, lattice plane: the narrowest cell",
        source=derived(LAYER, f"{LATTICE}; {PAPER}"),
    )

    def grid(self, thickness, cells):
        thickness = float(thickness)
        planes = max(round(thickness / float(self.plane)), 1)
        return graded(cells, float(self.finest) / thickness, 1 / planes) if planes > 1 else mixed()


class WellMixed(AbstractDepth):
    """No gradient across the film: good where pulses are long against t^2/(pi^2 D), and far faster."""

    def grid(self, thickness, cells):
        return mixed()


class InsertionFilm(Part):
    """A film of a host that takes up ions through its face at the electrolyte."""

    host: InsertionHost
    thickness: float = parameter(unit="m", low=1e-10, high=1e-2, doc="t")
    area: float = parameter(unit="m2", low=0, open_low=True, doc="film area that faces the electrolyte")
    composition: float = parameter(low=EMPTY, doc="x at the start, ions per formula unit")
    kinetics: AbstractChargeTransfer  # pyright: ignore[reportGeneralTypeIssues]


class PinnedReservoir(Part):
    """A reservoir so large that its composition never changes; ``area`` is that of its face."""

    host: InsertionHost
    area: float = parameter(unit="m2", low=0, open_low=True, doc="area that faces the electrolyte")
    composition: float = parameter(low=EMPTY, doc="x_r, ions per formula unit")
    kinetics: AbstractChargeTransfer  # pyright: ignore[reportGeneralTypeIssues]


class ElectrolyteFilm(Part):
    """The electrolyte between the films. Area-specific: rho_i = L/sigma_i, and 1/r_e = sigma_e/(L + sigma_e rho_e)."""

    material: ElectrolyteMaterial
    thickness: float = parameter(unit="m", low=1e-10, high=1e-1, doc="L_e, effective thickness")
    leak_resistance: float = parameter(
        0.0,
        unit="ohm m2",
        low=0,
        doc="rho_e, resistance of electron transfer at the interfaces",
        source=assumed(0.0, "the bulk alone limits the leak"),
    )
    ionic: AbstractIonicConduction = OhmicConduction()
    leak: AbstractLeak = OhmicLeak()
    salt: AbstractSalt = SingleIon()

    def __check_init__(self):
        part = self.material.transference
        if not isinstance(part, (int, float)):
            return
        salted = isinstance(self.salt, BinarySalt)
        if part < 1 and not salted:
            raise InputError(
                f"ElectrolyteFilm: material.transference = {part:g} leaves counter-ions that carry the rest of the current and"
                " pile up; give salt=BinarySalt(concentration=..., diffusivity=...), or take transference = 1."
            )
        if salted and part == 1:
            raise InputError(
                "ElectrolyteFilm: salt=BinarySalt(...) polarises only where counter-ions carry a part of the current; give a"
                " material.transference below 1, or leave salt out."
            )

    @property
    def ionic_resistance(self):
        """rho_i, ohm m2, of small currents."""
        return self.thickness / self.material.ionic_conductivity

    @property
    def electronic_conductance(self):
        """1/r_e, S/m2, of small voltages."""
        sigma = self.material.electronic_conductivity
        return sigma / (self.thickness + sigma * self.leak_resistance)


class AbstractDoubleLayer(Part):
    """What ions charge at the interfaces before they enter."""

    @abstractmethod
    def junctions(self, scales: Scales) -> synapse_circuit.Direct | synapse_circuit.Charged:
        """The scaled interfaces."""


class NoDoubleLayer(AbstractDoubleLayer):
    """Nothing: ions that reach an interface enter at once."""

    def junctions(self, scales):
        return synapse_circuit.Direct()


class DoubleLayer(AbstractDoubleLayer):
    """A capacitance at each interface, charged before ions enter; its time is rho_ct C of one interface."""

    capacitance: float = parameter(
        0.1, unit="F/m2", low=0, open_low=True, doc="C_dl of each interface", source=assumed(0.1, "10 uF/cm2")
    )

    def junctions(self, scales):
        return synapse_circuit.Charged(self.capacitance * scales.voltage / (scales.current_density * scales.time))


class Gap(Part):
    """The part of the channel between source and drain, through which it is read."""

    width: float = parameter(unit="m", low=0, open_low=True, doc="w, width of the gap")
    length: float = parameter(unit="m", low=0, open_low=True, doc="l, length between source and drain")
    fringe: float = parameter(
        1.0, low=0, open_low=True, doc="f, current that spreads beyond the gap, as a factor", source=assumed(1.0, "no spreading")
    )
    contact_resistance: float = parameter(
        0.0, unit="ohm", low=0, doc="R_c of both contacts", source=assumed(0.0, "none unless given")
    )
    voltage: float = parameter(0.1, unit="V", low=0, open_low=True, doc="V_SD of the continuous read", source=stated(0.1, PAPER))


class IonicSynapse(AbstractDevice):
    """Reservoir, electrolyte and channel in series at the gate; source and drain read the channel."""

    reservoir: InsertionFilm | PinnedReservoir
    electrolyte: ElectrolyteFilm
    channel: InsertionFilm
    gap: Gap
    depth: AbstractDepth = Resolved()
    double_layer: AbstractDoubleLayer = NoDoubleLayer()
    series_resistance: float = parameter(
        0.0, unit="ohm", low=0, doc="R_s in the gate's line", source=assumed(0.0, "none unless given")
    )
    oxygen_pressure: float = parameter(
        AIR,
        unit="Pa",
        low=0,
        doc="p_O2 at the channel, which takes ions up at the host's loss rate (p_O2/0.21 atm)^1/2",
        source=assumed(AIR, "air"),
    )
    temperature: float = parameter(
        298.15, unit="K", low=1, high=3000, doc="T, uniform", source=assumed(298.15, "room temperature")
    )

    alternatives: ClassVar = (
        Alternative(
            "channel",
            "composition",
            "conductance",
            "S",
            lambda given: float(given["host"].free_energy.capacity) / 2,
            at_conductance,
        ),
    )
    terminals: ClassVar[tuple[str, ...]] = ("gate", "drain")
    sign_convention: ClassVar[str] = (
        "A positive gate voltage drives cations from the reservoir into the channel and raises its conductance; the"
        " open-circuit voltage is positive where the channel is the richer electrode; a positive gate current passes"
        " from the reservoir to the channel, as ions and as leaking electrons."
        " The source is grounded; a positive drain voltage drives a positive current into the drain."
    )
    tolerance: ClassVar[Tolerance] = Tolerance(relative=1e-5, absolute=1e-9)

    def __check_init__(self):
        ions = {self.channel.host.charge, self.reservoir.host.charge}
        if len({float(charge) for charge in ions if isinstance(charge, (int, float))}) > 1:
            raise InputError("IonicSynapse: channel and reservoir hold ions of different charge; give both the same ion.")
        if self.channel.host.ion != self.electrolyte.material.ion:
            raise InputError(
                f"IonicSynapse: the electrolyte carries {self.electrolyte.material.ion}, the channel holds"
                f" {self.channel.host.ion}; give both the same ion."
            )

    @property
    def area(self):
        """Transfer area, the smaller of the two films', m2."""
        return jnp.minimum(self.channel.area, self.reservoir.area)

    def scales(self) -> Scales:
        """t_c, t_c^2/D, V_T and 1 A/m2 of the transfer area."""
        channel = self.channel
        return Scales(
            length=channel.thickness,
            time=channel.thickness**2 / channel.host.diffusivity,
            voltage=thermal_voltage(self.temperature),
            current_density=1.0,
            concentration=channel.host.concentration,
            area=self.area,
        )

    def system(self, cells: int) -> scaled.SynapseSystem:
        """The scaled equations; ``cells`` in each resolved film."""
        scales, gap, host = self.scales(), self.gap, self.channel.host
        junctions = self.double_layer.junctions(scales)
        volt, resistance = scales.voltage, scales.resistance
        material, salt = self.electrolyte.material, self._salt(cells)
        return scaled.SynapseSystem(
            channel=self._film(self.channel, cells),  # pyright: ignore[reportArgumentType]
            reservoir=self._film(self.reservoir, cells),
            electrolyte=scaled.Electrolyte(
                self.electrolyte.ionic,
                self.electrolyte.leak,
                self.electrolyte.thickness,
                material.ionic_conductivity,
                self.electrolyte.electronic_conductance,
                host.charge,
                self.temperature,
                volt,
            ),
            salt=salt,
            junctions=junctions,
            border=2 + junctions.states,
            channel_kinetics=self.channel.kinetics,
            reservoir_kinetics=self.reservoir.kinetics,
            readout=scaled.Readout(
                host.conductivity,
                host.charge,
                host.offset,
                gap.fringe * gap.width / gap.length * self.channel.thickness * resistance,
                gap.contact_resistance / resistance,
            ),
            series_resistance=self.series_resistance / resistance,
            charge=host.charge,
            loss_rate=host.loss_rate * jnp.sqrt(self.oxygen_pressure / AIR) * scales.time,
            sites=host.free_energy.capacity,
            reservoir_sites=self.reservoir.host.free_energy.capacity,
            reservoir_length=self._films()[-1].thickness / self.channel.thickness,
            bandwidth=max(film.host.diffusion.reach for film in self._films()),
        )

    def reduced(self, cells):
        return dataclasses.replace(self, depth=WellMixed()) if cells == 1 else self

    def _salt(self, cells: int) -> Salt | NoSalt:
        electrolyte, charge, tau = self.electrolyte, self.channel.host.charge, self.scales().time
        salt, anions = electrolyte.salt, 1 - electrolyte.material.transference
        if not isinstance(salt, BinarySalt):
            return NoSalt()
        return Salt(
            graded_to_both_ends(cells, float(salt.finest)),
            salt.diffusivity * tau / electrolyte.thickness**2,
            anions * tau / (charge * FARADAY * salt.concentration * electrolyte.thickness),
            anions * (1 / charge + 1 / salt.counter_charge),
        )

    def _films(self) -> list[InsertionFilm]:
        return [film for film in (self.channel, self.reservoir) if isinstance(film, InsertionFilm)]

    def _film(self, film: InsertionFilm | PinnedReservoir, cells: int) -> Ambipolar | Pinned:
        scales, host = self.scales(), film.host
        if isinstance(film, PinnedReservoir):
            return Pinned(host.free_energy, film.composition, host.charge)
        uptake = self.area / film.area * scales.time / (host.charge * FARADAY * host.concentration * film.thickness)
        return Ambipolar(
            self.depth.grid(film.thickness, cells),
            host.free_energy,
            host.diffusion,
            host.diffusivity * scales.time / film.thickness**2,
            host.diffusion.gradient_energy / film.thickness**2,
            uptake,
            host.charge,
        )

    def regions(self, cells: int) -> tuple[Region, ...]:
        regions = []
        for name, film in zip(("channel", "reservoir"), self._films(), strict=False):
            limit, start = float(film.host.free_energy.capacity), float(film.composition)
            if not 0 < start < limit:
                raise InputError(
                    f"device.{name}.composition = {start:g} is outside its allowed range (0, {limit:g}), the sites of its host."
                )
            count = self.depth.grid(film.thickness, cells).cells
            regions.append(Region(name, count, start, limit, ("electrolyte", "back")))
        return tuple(regions)

    def idle(self):
        return {"drain": float(self.gap.voltage)}  # the continuous read

    def facts(self):
        channel, host = self.channel, self.channel.host
        per_electron = float(FARADAY * host.concentration * channel.area * channel.thickness)
        return {
            "name": host.name,
            "ion": host.ion,
            "charge_per_electron": per_electron,
            "sheet_factor": float(self.gap.length / self.gap.width),
            "film_area": float(channel.area),
            "ionic_resistance": float(self.electrolyte.ionic_resistance / self.area),
            "leak_conductance": float(self.electrolyte.electronic_conductance * self.area),
        }

    def warnings(self, dataset):
        plane = float(self.depth.plane) if isinstance(self.depth, Resolved) else None
        return list(warnings_of(self, self._films(), plane, dataset))
