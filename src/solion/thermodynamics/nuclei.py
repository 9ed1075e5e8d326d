"""Nuclei, islands and wetting of an ion-rich phase at a contact: closed forms of the sharp interface and of a wetted wall.

A cap of the rich phase on a contact that it meets at the angle theta (Young; below 90 degrees the contact attracts it) costs

    along a line  R = gamma/g,   G = gamma^2/g (theta - sin theta cos theta), per length in h
    in space      R = 2 gamma/g, G = 16 pi gamma^3/(3 g^2) (2 + cos theta)(1 - cos theta)^2/4

with g the drive, the fall of grand potential per volume from the supersaturated poor phase to the rich phase of the same mu. Good
only where R is much larger than the interface: near the spinodal it is off by a factor of ten. Numbers with the interface as
wide as it is: :func:`solion.explore.nucleus.critical_nucleus`. Lengths are in h, energies in c_0 R T h^3 (along a line h^2),
times in tau_D, compositions in c_0; :func:`sites` turns an energy in space into k_B T. Derived for Solion.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from solion.base.constants import AVOGADRO
from solion.base.errors import InputError
from solion.materials.mixed_conductor import MixedConductor
from solion.thermodynamics.flat_interface import steepest_gradient
from solion.thermodynamics.lateral import front
from solion.thermodynamics.phases import _evaluate, _root, _two_phases, above_tangent
from solion.thermodynamics.polarizing import current_potential, ion_poor_fraction


class SharpNucleus(NamedTuple):
    """A cap at its critical size: ``radius`` of curvature, ``barrier`` and ``drive``."""

    radius: float
    barrier: float
    drive: float


def sites(material: MixedConductor, thickness: float) -> float:
    """c_0 N_A h^3: how many reference sites a cube of the film's thickness holds, and the k_B T in an energy of one."""
    return float(material.concentration * AVOGADRO * thickness**3)


def rich_composition(material: MixedConductor, composition: float) -> float:
    """Content of the ion-rich phase at the potential of a supersaturated poor one.

    Raises InputError where the poor phase is not between its binodal and its spinodal.
    """
    diagram, evaluate = _two_phases(material), _evaluate(material)
    low, high = diagram.binodal[0], diagram.spinodal[0]
    if not low < composition < high:
        raise InputError(
            f"nucleus: composition = {composition:g} is outside its allowed range ({low:.6g}, {high:.6g}), between which an"
            f" ion-poor phase of {material.name} is supersaturated and still stable."
        )
    level = float(evaluate(composition).potential)

    def above(c):
        point = evaluate(c)
        return float(point.potential) - level, float(point.slope)

    top = float(material.free_energy.capacity)
    return _root(above, diagram.spinodal[1], top * (1 - 1e-12))


def sharp_nucleus(
    material: MixedConductor, composition: float, thickness: float, angle: float = 90.0, dimensions: int = 3
) -> SharpNucleus:
    """The critical cap of the rich phase at a contact, or along a line of it where ``dimensions`` is 2.

    ``angle`` in degrees, 0 to 180; 180 is a whole drop. Raises InputError for an angle or a composition outside its range.
    """
    if not 0 <= angle <= 180:
        raise InputError(f"sharp_nucleus: angle = {angle!r} is outside its allowed range [0, 180] degrees.")
    if dimensions not in (2, 3):
        raise InputError(f"sharp_nucleus: dimensions = {dimensions!r} is not 2 or 3.")
    rich, evaluate = rich_composition(material, composition), _evaluate(material)
    poor, there = evaluate(composition), evaluate(rich)
    drive = -float(above_tangent(there, poor, rich - composition))
    tension, theta = front(material, thickness).tension, np.deg2rad(angle)
    if dimensions == 2:
        return SharpNucleus(tension / drive, float(tension**2 / drive * (theta - np.sin(theta) * np.cos(theta))), drive)
    share = (2 + np.cos(theta)) * (1 - np.cos(theta)) ** 2 / 4
    return SharpNucleus(2 * tension / drive, float(16 * np.pi * tension**3 / (3 * drive**2) * share), drive)


class WettingLimit(NamedTuple):
    """Where an attractive contact nucleates without a barrier: content of the poor phase there and the current (i_D)."""

    composition: float
    current: float


def wetting_limit(
    material: MixedConductor,
    mean_composition: float,
    thickness: float,
    *,
    strength: float | None = None,
    angle: float | None = None,
) -> WettingLimit:
    """The poor phase beside a wide attractive contact ceases to be metastable: kappa (dc/dx)^2 = W*(c_s) has no root left.

    W* is the height of G above the tangent at the poor phase; the contact asks for W* = w^2/(4 kappa) with a ``strength`` w
    (k_B T h, below zero where it attracts), or for W* = cos^2(theta) W(c_s) with an ``angle`` (degrees, below 90). The current,
    (F(c_w) - F(b_0))/h_0, takes the place of Eq. 5. Raises InputError unless one of the two is given and attracts; a contact that
    the rich phase wets completely at rest has its limit at the binodal.
    """
    if (strength is None) == (angle is None):
        raise InputError("wetting_limit: give either strength (k_B T h) or angle (degrees).")
    if strength is not None and not strength < 0:
        raise InputError(f"wetting_limit: strength = {strength!r} does not attract; it must be below 0.")
    if angle is not None and not 0 <= angle < 90:
        raise InputError(f"wetting_limit: angle = {angle!r} does not attract; it must be in [0, 90) degrees.")
    diagram, evaluate = _two_phases(material), _evaluate(material)
    low, high, rich = diagram.binodal[0], diagram.spinodal[0], diagram.binodal[-1]
    kappa = material.gradient_energy / thickness**2
    surface = low + (rich - low) * (1 - np.cos(np.pi * np.linspace(0, 1, 4001)[1:-1])) / 2
    points, plateau = evaluate(surface), evaluate(low)
    flat = np.maximum(above_tangent(points, plateau, surface - low), 0.0)
    asked = (
        np.full(surface.shape, strength**2 / (4 * kappa)) if strength is not None else np.cos(np.deg2rad(angle or 0)) ** 2 * flat
    )

    def left(composition):
        """The largest W* - asked between the poor phase and the rich: above zero while a root is left."""
        height = above_tangent(points, evaluate(composition), surface - composition)
        return float(np.max(np.where(surface > composition, height - asked, -np.inf)))

    if left(low * (1 + 1e-9)) <= 0:
        return WettingLimit(low, 0.0)
    reach = low, high
    for _ in range(50):
        middle = 0.5 * (reach[0] + reach[1])
        reach = (middle, reach[1]) if left(middle) > 0 else (reach[0], middle)
    at = 0.5 * (reach[0] + reach[1])
    return WettingLimit(at, current_potential(material, low, at) / ion_poor_fraction(material, mean_composition))


def complete_wetting(material: MixedConductor, thickness: float, composition: float | None = None) -> float:
    """|dgamma_w/dc| (k_B T h) above which a contact is wetted or dried completely at rest: 2 sqrt(kappa max W).

    ``composition``: of the bulk beside it; unless given, of the two phases at rest.
    """
    bulk = _two_phases(material).binodal[0] if composition is None else composition
    return 2 * float(material.gradient_energy) / thickness * steepest_gradient(material, bulk)


def island_life(
    material: MixedConductor, mean_composition: float, thickness: float, radius: float, dimensions: int = 3, angle: float = 90.0
) -> float:
    """Time (tau_D) in which a drop at the bottom dissolves into a flat rich layer at the top, by capillarity.

    ``radius`` (h) of the half drop that holds as much. In space t = R^3 dc^2/(6 M_p0 gamma), along a line
    t = R^3 dc^2 arccosh(d_0/R)/(3 M_p0 gamma), d_0 the depth of the poor phase between them. A contact that the drop meets at
    another ``angle`` (degrees) makes it flatter or rounder, its pressure gamma/R_c and its life change by
    sqrt((pi/2)/(theta - sin theta cos theta)), in space by the cube root of 2/((2 + cos theta)(1 - cos theta)^2): within 11 % of
    runs from 60 to 120 degrees. Quasi-steady and sharp: an upper bound, twice the life of an island as small as twice its
    interface. Raises InputError for a radius beyond the poor phase and an angle outside (0, 180].
    """
    depth, here = ion_poor_fraction(material, mean_composition), front(material, thickness)
    if not 0 < radius < depth:
        raise InputError(f"island_life: radius = {radius:g} is outside its allowed range (0, {depth:.4g}) h, the poor phase.")
    if dimensions not in (2, 3):
        raise InputError(f"island_life: dimensions = {dimensions!r} is not 2 or 3.")
    if not 0 < angle <= 180:
        raise InputError(f"island_life: angle = {angle!r} is outside its allowed range (0, 180] degrees.")
    theta = np.deg2rad(angle)
    if dimensions == 3:
        share = np.cbrt(2 / ((2 + np.cos(theta)) * (1 - np.cos(theta)) ** 2)) / 6
    else:
        share = np.sqrt(np.pi / 2 / (theta - np.sin(theta) * np.cos(theta))) * np.arccosh(depth / radius) / 3
    return float(radius**3 * here.step**2 / (here.ions[0] * here.tension) * share)
