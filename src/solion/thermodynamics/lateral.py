"""Stability along the film: fingers of a front under current, and the focusing of electron transfer at a contact.

A flat front x = d_1 between ion-rich (towards the top) and ion-poor phase, of thicknesses d_1 and d_0 = 1 - d_1 over that of the
film, is the top-heavy fluid of Rayleigh and Taylor: the current is the weight, the tension of the interface holds it. Each
harmonic cos(k y) of a small wiggle grows as exp(s t),

    s = [k (M_p0 T_0 + M_p1 T_1) + S_p k^2]/dc [i (E_0 + E_1)/(M_n0 E_0 + M_n1 E_1) - gamma k^2/dc],    T_j = tanh(k d_j)

with dc the difference of the phases, M their mobilities, S_p the ions' excess mobility along the interface, and E_j = T_j where
the contact of phase j passes the current evenly, 1/T_j where it is equipotential. Sharp interface, phases at their
binodals: the limit of small currents. Lengths are in h, times in tau_D, currents in i_D, positive from top to bottom with the
ion-rich phase at the top; a front the other way round has the sign of the current turned.

Focusing: where ions gather at the bottom contact its rate rises, current gathers there and brings more. With a current
forced and the contact far from equilibrium, a ripple of the contact's composition neither grows nor decays where

    i [d ln i_n/dc + (d ln i_n/d eta)(mu_h' + 2 kappa k^2)] = M_n (mu_h' + 2 kappa k^2) k coth(k d_0),   i d_0 = F(c_B) - F(b_0)

with i_n the contact's law; the prefactor of the rate drops out. Derived for Solion, on the model of Tian and Bazant; the
interface's own width is left out (it is worth ten per cent in one dimension, less here).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from solion.base.constants import AVOGADRO, BOLTZMANN, thermal_voltage
from solion.base.errors import InputError
from solion.base.parameters import without_sources
from solion.laws.charge_transfer import AbstractChargeTransfer, Surface
from solion.laws.free_energy import chemical_potentials
from solion.materials.mixed_conductor import MixedConductor
from solion.thermodynamics.flat_interface import interface
from solion.thermodynamics.phases import _evaluate, _root, _two_phases, electron_mobility, ion_mobility
from solion.thermodynamics.polarizing import current_potential, ion_poor_fraction

FAR = 40.0  # k_B T/e, an overpotential so far from equilibrium that only one direction of the transfer is left
Passes = Literal["evenly", "equipotential"]


class Front(NamedTuple):
    """What moves along an interface, over the film's thickness h: see :mod:`solion.thermodynamics.lateral`.

    ``tension`` in c_0 R T h, ``excess_ions`` and ``excess_electrons`` the Gibbs excess of either mobility in units of D_0 c_0 h;
    ``step`` the difference of the phases; mobilities of the ion-poor and the ion-rich phase.
    """

    tension: float
    excess_ions: float
    excess_electrons: float
    step: float
    ions: tuple[float, float]
    electrons: tuple[float, float]


def front(material: MixedConductor, thickness: float) -> Front:
    """Tension and mobilities of the interface and of both phases, for a film of ``thickness`` (m).

    Raises InputError for a single-phase material and a thickness that is not positive.
    """
    if not thickness > 0:
        raise InputError(f"front: thickness = {thickness!r} m is outside its allowed range (0, inf) m.")
    poor, rich = _two_phases(material).binodal
    profile = interface(material, points=1601)
    ions, electrons = (
        mobility(material, np.append(profile.composition, [poor, rich])) for mobility in (ion_mobility, electron_mobility)
    )
    share = (profile.composition - poor) / (rich - poor)

    def excess(mobility):
        *along, low, high = mobility
        return float(np.trapezoid(along - low - (high - low) * share, profile.position) / thickness)

    unit = material.concentration * AVOGADRO * BOLTZMANN * 298.15 * thickness  # the interface's tension holds at this temperature
    pair = [(float(values[-2]), float(values[-1])) for values in (ions, electrons)]
    return Front(profile.tension / unit, excess(ions), excess(electrons), rich - poor, pair[0], pair[1])


def _contacts(depths, wavenumber, passes: tuple[Passes, Passes]):
    """E_0 and E_1 of the ion-poor and the ion-rich phase."""
    for how in passes:
        if how not in ("evenly", "equipotential"):
            raise InputError(f"passes: {how!r} is unknown; a contact passes the current 'evenly' or is 'equipotential'.")
    tanh = np.tanh(wavenumber * np.asarray(depths))
    return np.where(np.asarray(passes) == "evenly", tanh, 1 / tanh), tanh


def front_growth(
    material: MixedConductor,
    mean_composition: float,
    thickness: float,
    wavenumber: float,
    current: float,
    passes: tuple[Passes, Passes] = ("evenly", "equipotential"),
) -> float:
    """Growth rate s of a wiggle of a flat front, per tau_D; negative where the tension smoothes it.

    ``wavenumber`` k in 1/h; ``current`` in i_D; ``passes`` how the contacts of the ion-poor and the ion-rich phase let the
    current through: by default as a law of transfer does that is slow where ions are few and fast where they are many. Within 2
    to 12 % of simulations at 0.03 i_D. Raises InputError outside the binodal and for a wavenumber that is not positive.
    """
    if not wavenumber > 0:
        raise InputError(f"front_growth: wavenumber = {wavenumber!r} is outside its allowed range (0, inf) 1/h.")
    here, poor = front(material, thickness), ion_poor_fraction(material, mean_composition)
    even, tanh = _contacts((poor, 1 - poor), wavenumber, passes)
    mobility = wavenumber * np.dot(here.ions, tanh) + here.excess_ions * wavenumber**2
    pull = current * np.sum(even) / np.dot(here.electrons, even) - here.tension * wavenumber**2 / here.step
    return float(mobility / here.step * pull)


def finger_current(
    material: MixedConductor,
    mean_composition: float,
    thickness: float,
    width: float,
    passes: tuple[Passes, Passes] = ("evenly", "equipotential"),
    sides: Literal["mirror", "periodic"] = "mirror",
) -> float:
    """Smallest current (i_D) at which a front in a film of ``width`` (in h) begins to finger: s = 0 at the longest wave.

    Above it a front fingers in a time that its seed decides; a film so narrow that this exceeds its critical current switches as
    in one dimension. Raises InputError for a width that is not positive and other ``sides`` than mirror or periodic.
    """
    if not width > 0:
        raise InputError(f"finger_current: width = {width!r} is outside its allowed range (0, inf) h.")
    if sides not in ("mirror", "periodic"):
        raise InputError(f"finger_current: sides = {sides!r} is unknown; take 'mirror' or 'periodic'.")
    wavenumber = np.pi / width * (1 if sides == "mirror" else 2)
    here, poor = front(material, thickness), ion_poor_fraction(material, mean_composition)
    even, _ = _contacts((poor, 1 - poor), wavenumber, passes)
    return float(here.tension * wavenumber**2 / here.step * np.dot(here.electrons, even) / np.sum(even))


class Focusing(NamedTuple):
    """Where current begins to gather on a contact: its ``composition`` there and the ``current`` (i_D), positive."""

    composition: float
    current: float


def focusing_current(
    material: MixedConductor, transfer: AbstractChargeTransfer, mean_composition: float, thickness: float, wavenumber: float = 0.0
) -> Focusing:
    """Smallest forced current at which electron transfer focuses on the bottom contact of a film in state I.

    ``transfer``: the law of that contact, of which only its dependence on composition and overpotential matters;
    ``wavenumber`` of the ripple in 1/h, pi/width in a film with mirror sides, zero for a film without bounds. Never above the
    current at which the poor phase reaches its spinodal (Eq. 5), which is returned where a law does not rise with the ions.
    Raises InputError outside the binodal and for a negative wavenumber.
    """
    if not wavenumber >= 0:
        raise InputError(f"focusing_current: wavenumber = {wavenumber!r} is outside its allowed range [0, inf) 1/h.")
    depth = ion_poor_fraction(material, mean_composition)
    phases = _two_phases(material)
    low, high = phases.binodal[0], phases.spinodal[0]
    stiffness = 2 * material.gradient_energy / thickness**2 * wavenumber**2
    reach = wavenumber / np.tanh(wavenumber * depth) if wavenumber else 1 / depth
    evaluate = _evaluate(material)

    def excess(composition):
        slope = float(evaluate(composition).slope) + stiffness
        rises, falls = _logarithmic(material, transfer, composition)
        current = current_potential(material, low, composition) / depth
        mobility = float(electron_mobility(material, np.array([composition]))[0])
        return current * (rises + falls * slope) - mobility * slope * reach, 0.0

    if excess(high)[0] <= 0:
        return Focusing(high, current_potential(material, low, high) / depth)
    at = _root(excess, low * (1 + 1e-9), high)
    return Focusing(at, current_potential(material, low, at) / depth)


def _logarithmic(material: MixedConductor, transfer: AbstractChargeTransfer, composition: float):
    """d ln|i|/dc and d ln|i|/d eta of a contact through which electrons enter far from equilibrium."""
    parts = (material.free_energy, transfer)
    laws = jax.tree.map(lambda leaf: jnp.asarray(leaf, float), tuple(map(without_sources, parts)))
    volt = jnp.asarray(thermal_voltage(float(material.reference_temperature)))
    return tuple(map(float, _slopes(*laws, jnp.asarray(float(composition)), jnp.asarray(-FAR), volt)))


def _logarithm(energy, transfer, c, eta, volt):
    _, activity = chemical_potentials(energy, c)
    filled = (c + energy.defects) / energy.electron_sites
    return jnp.log(-transfer.current(eta * volt, Surface(c, filled, activity, energy.capacity, volt)))


_slopes = jax.jit(jax.grad(_logarithm, (2, 3)))
