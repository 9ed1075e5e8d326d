"""A polycrystalline solid electrolyte between two electrodes, with homogenising layers where wanted.

Source of the model: Lu et al. (finite elements of polycrystalline garnet). The current carried by one kind of ion is
j = -sigma grad(phi), phi its electrochemical potential over F. z runs from the bottom electrode, which carries the applied
voltage, to the top one, which is grounded: a positive voltage drives a positive current along +z. The ceramic fills
0 <= z <= height; a layer at the bottom lies at z < 0, one at the top beyond the height.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, Literal

import equinox as eqx
import jax
import numpy as np

from solion.balances.electrode import Electrode
from solion.base.constants import FARADAY, VACUUM_PERMITTIVITY, thermal_voltage
from solion.base.errors import InputError, nearest
from solion.base.parameters import Part, as_arrays, assumed, build, parameter, stated, without_sources
from solion.devices.specimen import AbstractSpecimen
from solion.laws.charge_transfer import AbstractChargeTransfer
from solion.laws.grain_boundary import AbstractGrainBoundary, uniform_of
from solion.materials.conductor import Conductor
from solion.materials.llzo import homogenising_conductivity, llzo_boundary, llzo_grain

FACES = ("bottom", "top")


class Layer(Part):
    """A homogeneous ion conductor between ceramic and electrode. Layers at one face are listed from the ceramic outward."""

    thickness: float = parameter(unit="m", low=0, open_low=True, doc="t")
    conductivity: float = parameter(unit="S/m", low=0, open_low=True, doc="sigma_HL")
    face: Literal["bottom", "top"] = eqx.field(static=True, default="top")
    interface_resistance: float = parameter(
        0.0, unit="ohm m2", low=0, doc="R_int towards the ceramic's side", source=assumed(0.0, "perfect contact unless given")
    )
    permittivity: float = parameter(
        10.0, low=1, doc="relative permittivity", source=assumed(10.0, "of the order of polymer electrolytes'")
    )

    def __check_init__(self):
        if self.face not in FACES:
            raise InputError(f"Layer.face = {self.face!r} is unknown{nearest(self.face, FACES)}; it is bottom or top.")

    @property
    def dielectric(self) -> float:
        """Absolute permittivity, F/m."""
        return VACUUM_PERMITTIVITY * self.permittivity


class AbstractElectrode(Part):
    """What happens between metal and solid."""

    @abstractmethod
    def contact(self, position: np.ndarray) -> Electrode:
        """The electrode at these positions (m, d - 1) on its face."""


class Equipotential(AbstractElectrode):
    """No resistance between metal and solid: phi is the potential of the metal."""

    def contact(self, position):
        count = len(position)
        return Electrode(np.full(count, np.inf), np.zeros(count), np.ones(count))


class ChargeTransfer(AbstractElectrode):
    """Linear kinetics: j = (V_metal - phi) / resistance, resistance = R T/(F i0), beside a double layer."""

    resistance: float = parameter(unit="ohm m2", low=0, open_low=True, doc="R_ct, area-specific")
    capacitance: float = parameter(
        0.01, unit="F/m2", low=0, doc="C_dl of the double layer", source=assumed(0.01, "1 uF/cm2, order of magnitude")
    )

    def contact(self, position):
        count = len(position)
        admittance = np.full(count, 1 / self.resistance)
        return Electrode(admittance, np.full(count, float(self.capacitance)), np.ones(count))


class ConstantPhaseTransfer(AbstractElectrode):
    """Linear kinetics beside a constant-phase element: j = (1/R_ct + Q (i omega/s^-1)^n)(V_metal - phi), of an uneven face.

    n = 1 is the capacitance of :class:`ChargeTransfer`; at rest the two are the same.
    """

    resistance: float = parameter(unit="ohm m2", low=0, open_low=True, doc="R_ct, area-specific")
    coefficient: float = parameter(unit="S/m2", low=0, doc="Q, its admittance at omega = 1/s: the number of S s^n/m2")
    exponent: float = parameter(
        0.9, low=0, high=1, open_low=True, doc="n", source=assumed(0.9, "of the order of solid contacts', 0.7 to 1")
    )

    def contact(self, position):
        count = len(position)
        whole = np.ones(count)
        return Electrode(whole / self.resistance, whole * self.coefficient, whole, float(self.exponent))


class KineticElectrode(AbstractElectrode):
    """j = i(eta) of a law of charge transfer, eta = V_metal - phi + V_m sigma_n/F, beside a double layer.

    The normal stress sigma_n shifts the equilibrium (Porz et al. 2017, doi:10.1002/aenm.201701003); zero by default.
    """

    kinetics: AbstractChargeTransfer
    capacitance: float = parameter(
        0.01, unit="F/m2", low=0, doc="C_dl of the double layer", source=assumed(0.01, "1 uF/cm2, order of magnitude")
    )
    temperature: float = parameter(298.15, unit="K", low=1, high=3000, source=assumed(298.15, "room temperature"))
    stress: float = parameter(0.0, unit="Pa", doc="sigma_n", source=assumed(0.0, "no stress unless given"))
    molar_volume: float = parameter(
        13.0e-6, unit="m3/mol", low=0, doc="V_m of the metal", source=assumed(13.0e-6, "lithium: 6.94 g/mol at 0.534 g/cm3")
    )

    def contact(self, position):
        whole = np.ones(len(position))
        found = Electrode(
            whole,
            whole * float(self.capacitance),
            whole,
            law=as_arrays(without_sources(self.kinetics)),
            shift=float(self.molar_volume * self.stress / FARADAY),
            thermal_voltage=thermal_voltage(self.temperature),
        )
        return found._replace(admittance=whole * float(found.current(np.zeros(1))[1][0]))


class AbstractCover(Part):
    """Where an electrode touches: the share of contact, 0 to 1, at positions (m, d - 1) on its face, in metres."""

    @abstractmethod
    def __call__(self, position: np.ndarray) -> np.ndarray:
        """Share of contact at each position."""


class RandomPatches(AbstractCover):
    """Squares of edge ``size``, each touching with probability ``share``, drawn from a hash of its place and ``seed``."""

    share: float = parameter(low=0, high=1, open_low=True, doc="share of the face in contact, on the average")
    size: float = parameter(unit="m", low=0, open_low=True, doc="edge of a patch")
    seed: int = eqx.field(static=True, default=0)

    def __call__(self, position):
        places = np.floor(np.asarray(position, float) / self.size).astype(np.int64)
        return uniform_of(places, self.seed) < self.share


class ContactPatches(AbstractElectrode):
    """An electrode that touches only where ``covered(position)`` is True (or that share of the place, 0 to 1).

    ``position`` has shape (m, d - 1): x, or x and y, in metres. Elsewhere no current passes.
    """

    electrode: AbstractElectrode
    covered: AbstractCover | Callable[[np.ndarray], Any] = eqx.field(static=True)

    def contact(self, position):
        whole = self.electrode.contact(position)
        share = np.broadcast_to(np.asarray(self.covered(position), float), (len(position),))
        if not np.all((share >= 0) & (share <= 1)):
            raise InputError("ContactPatches.covered returned a share of contact outside its allowed range [0, 1].")
        if not share.any():
            raise InputError("ContactPatches.covered is zero everywhere on the face, so that no current can pass.")
        admittance = np.where(share > 0, whole.admittance, 0.0)
        admittance = np.where(np.isfinite(admittance), admittance * share, admittance)
        return whole._replace(admittance=admittance, capacitance=whole.capacitance * share, share=whole.share * share)


class ResistanceField(AbstractElectrode):
    """Linear kinetics with a resistance that varies over the face: ``resistance(position)`` in ohm m2; inf where no contact."""

    resistance: Callable[[np.ndarray], Any] = eqx.field(static=True)
    capacitance: float = parameter(
        0.01, unit="F/m2", low=0, doc="C_dl of the double layer", source=assumed(0.01, "1 uF/cm2, order of magnitude")
    )

    def contact(self, position):
        values = np.broadcast_to(np.asarray(self.resistance(position), float), (len(position),))
        if not np.all(values > 0) or not np.isfinite(values).any():
            raise InputError("ResistanceField.resistance must be positive (ohm m2), and finite somewhere on the face.")
        return Electrode(1 / values, np.where(np.isfinite(values), self.capacitance, 0.0), np.ones(len(position)))


class Polycrystal(AbstractSpecimen):
    """Grains and their boundaries between two electrodes."""

    experiments: ClassVar = ("conduction", "impedance_spectroscopy")
    instead: ClassVar = {
        "temperature": "no temperature acts on all of it, numbers are used as they are: give those that hold at yours, with the"
        " reference_temperature that a table of numbers takes"
    }
    sign_convention: ClassVar = (
        "A positive voltage at the bottom drives a positive current along +z; the ceramic begins at z = 0."
    )

    grain: Conductor
    boundary: AbstractGrainBoundary
    bottom: AbstractElectrode = Equipotential()
    top: AbstractElectrode = Equipotential()
    layers: tuple[Layer, ...] = ()

    def __check_init__(self):
        if not isinstance(self.layers, tuple) or not all(isinstance(layer, Layer) for layer in self.layers):
            raise InputError("Polycrystal.layers must be a tuple of Layer objects, e.g. (Layer(10e-6, 1e-2, 'top'),).")

    def in_double_precision(self) -> Polycrystal:
        """The same with every single number as a float: those of NumPy and JAX, of half the precision, of one element too."""
        return jax.tree.map(lambda value: float(np.reshape(value, ())) if np.size(value) == 1 else value, self)

    def stack(self, face: str) -> tuple[Layer, ...]:
        """The layers at one face, from the ceramic outward."""
        return tuple(layer for layer in self.layers if layer.face == face)


def lu2021(ratio: float = 1.0, *, layer: bool = False) -> Polycrystal:
    """The ceramic of Lu et al. between equipotential electrodes, with their layer on the top face where wanted.

    ``ratio``: Lambda = R_gb sigma_g / (10 um), 1 to 2 for what the paper prints (see :mod:`solion.materials.llzo`).
    """
    layers = ()
    if layer:
        thickness = stated(10e-6, "10 um of layer on either side; Lu et al., finite elements")
        layers = (build(Layer, thickness=thickness, conductivity=homogenising_conductivity(), face="top"),)
    return Polycrystal(llzo_grain(), llzo_boundary(ratio), layers=layers)
