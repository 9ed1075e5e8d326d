"""Shapes in which two phases rest in a film, their energies, and holes through a layer: closed forms of a sharp interface.

Of a film of thickness one and a ``width`` between mirrors, whose share x is ion-rich, per depth and in units of the tension
gamma, with the ion-rich phase meeting a contact at the angle theta (Young) and a contact's energy that of the ion-poor one:

    flat layer at a contact    width (1 - cos theta)
    lamella between contacts   1 - x width (cos theta_T + cos theta_B)
    cap in a corner            sqrt(2 x width (theta - sin theta cos theta)),   its height below 1, its base below the width
    dry cap in a corner        the same of 1 - x and 180 degrees - theta, less width (cos theta_T + cos theta_B)

Lamellae have no curvature, so that any number of them rests anywhere: they keep, but all cover the contacts alike. A pillar
between the contacts of a film in space breaks by itself where its radius is below 1/pi (Plateau and Rayleigh, mirror ends): a
wave cos(k x) of its radius, k = pi the longest that fits, grows with the diffusion through both phases and along the interface as

    s = gamma/dc^2 (1/R^2 - k^2) [k (M_p1 I_1(kR)/I_0(kR) + M_p0 K_1(kR)/K_0(kR)) + S_p k^2].

A hole through a flat layer of depth d on a neutral contact costs least as a catenoid r = a cosh(x/a) that meets the contact
upright, flat again at the distance R:   d = a arccosh(R/a),   E = pi gamma [a d + R sqrt(R^2 - a^2) - R^2].
It falls with ln R only; a cylinder, pi gamma d^2, costs more. A hole that is there (for whatever reason) widens: the edge of the
layer, curved by some 1/d, drives ions into the rest of it, which takes about

    t = dc^2 d^2 L^2/(2 gamma (M_p1 d + M_p0 (1 - d) + S_p))

to move half of a layer L wide; right within a factor of two or three. Derived for Solion; lengths in h, times in tau_D,
energies in c_0 R T h^2 (per depth) and c_0 R T h^3.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from solion.base.errors import InputError
from solion.materials.mixed_conductor import MixedConductor
from solion.thermodynamics.lateral import front
from solion.thermodynamics.nuclei import sites
from solion.thermodynamics.phases import _root
from solion.thermodynamics.polarizing import ion_poor_fraction

PILLAR = 1 / np.pi  # of the thickness, radius below which a pillar breaks


def pillar_growth(material: MixedConductor, thickness: float, radius: float, wavenumber: float = np.pi) -> float:
    """Growth rate (1/tau_D) of a wave of an ion-rich pillar's ``radius`` (h), ``wavenumber`` in 1/h; negative where it smoothes.

    Sharp interface, at rest, in a film without other pillars near: 2 to 12 % below that of the diffuse one for radii of 0.3 to
    0.19 h. Raises InputError for a single-phase material and a radius or a wavenumber that is not positive.
    """
    if not (radius > 0 and wavenumber > 0):
        raise InputError(f"pillar_growth: radius = {radius!r} h and wavenumber = {wavenumber!r} 1/h are to be positive.")
    from scipy.special import i0e, i1e, k0e, k1e

    here, around = front(material, thickness), wavenumber * radius
    inside, outside = i1e(around) / i0e(around), k1e(around) / k0e(around)
    moves = wavenumber * (here.ions[1] * inside + here.ions[0] * outside) + here.excess_ions * wavenumber**2
    return float(moves * here.tension / here.step**2 * (1 / radius**2 - wavenumber**2))


class RestShapes(NamedTuple):
    """Energies per depth (c_0 R T h^2) of what a film can rest in; inf where it has no place."""

    flat_top: float
    flat_bottom: float
    lamella: float
    corner_top: float
    corner_bottom: float
    dry_corner_top: float
    dry_corner_bottom: float

    @property
    def least(self) -> str:
        """The name of the lowest."""
        return self._fields[int(np.argmin(self))]


def rest_shapes(
    material: MixedConductor, mean_composition: float, thickness: float, width: float, angles: tuple[float, float] = (90.0, 90.0)
) -> RestShapes:
    """Energies of the shapes at rest in a film of ``width`` (h) with contact ``angles`` (degrees) at the top and the bottom.

    Raises InputError outside the binodal, for a width that is not positive and an angle outside [0, 180].
    """
    if not width > 0:
        raise InputError(f"rest_shapes: width = {width!r} is outside its allowed range (0, inf) h.")
    if not all(0 <= angle <= 180 for angle in angles):
        raise InputError(f"rest_shapes: angles = {angles!r} are outside their allowed range [0, 180] degrees.")
    tension, rich = front(material, thickness).tension, 1 - ion_poor_fraction(material, mean_composition)
    return RestShapes(*(float(tension * value) for value in _energies(rich, width, np.deg2rad(angles))))


def _energies(rich: float, width: float, theta: np.ndarray) -> list[float]:
    """Energies of the shapes in units of the tension, in the order of :class:`RestShapes`."""
    cosine = np.cos(theta)
    lamella = 1 - rich * width * cosine.sum()
    dry = _caps((1 - rich) * width, np.pi - theta, width) - width * cosine.sum()
    return [*(width * (1 - cosine)), lamella, *_caps(rich * width, theta, width), *dry]


def _caps(area: float, theta: np.ndarray, width: float) -> np.ndarray:
    """Length of a cap's interface less cos(theta) times its base, half of it beyond the mirror; inf where it has no place."""
    share = theta - np.sin(theta) * np.cos(theta)
    curved = np.sqrt(2 * area / np.maximum(share, 1e-12))  # its radius of curvature
    widest = np.where(theta > np.pi / 2, 1.0, np.sin(theta))
    fits = (curved * (1 - np.cos(theta)) <= 1) & (curved * widest <= width)
    return np.where(fits, curved * share, np.inf)


def flat_layer_width(
    material: MixedConductor, mean_composition: float, thickness: float, angles: tuple[float, float] = (90.0, 90.0), at: int = 1
) -> float:
    """Largest width (h) of a film in which no shape is lower than a flat layer at contact ``at`` (0 top, 1 bottom).

    Beyond it the layer is metastable and gives way where something opens a hole in it. Raises InputError as :func:`rest_shapes`.
    """

    rich, theta = 1 - ion_poor_fraction(material, mean_composition), np.deg2rad(angles)

    def holds(width):
        here = _energies(rich, width, theta)
        return here[at] <= min(here) + 1e-12 * width

    widths = np.geomspace(1e-3, 1e3, 601)
    good = [holds(width) for width in widths]
    if all(good):
        return float("inf")
    first = good.index(False)
    if first == 0:
        return 0.0
    low, high = widths[first - 1], widths[first]
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if holds(middle) else (low, middle)
    return float(low)


class Hole(NamedTuple):
    """The critical hole through a layer: radius at the contact (h), energy (c_0 R T h^3) and ``barrier`` (k_B T)."""

    waist: float
    energy: float
    barrier: float


def critical_hole(material: MixedConductor, mean_composition: float, thickness: float, reach: float, poor: bool = False) -> Hole:
    """The hole that must open in a flat layer on a neutral contact before it gives way, by heat alone.

    ``reach`` (h): where the layer is flat again, such as half the distance of mirrors or the radius of an electrode; ``poor``
    for a hole through the ion-poor layer, by which an island reaches the opposite contact. A waist below the interface's width
    makes it an estimate. Raises InputError outside the binodal and for a reach below the layer's depth.
    """
    share = ion_poor_fraction(material, mean_composition)
    depth = share if poor else 1 - share
    if not reach > 1.6 * depth:
        raise InputError(
            f"critical_hole: reach = {reach:g} h is too short for a layer {depth:.3g} h deep; at least {1.6 * depth:.3g}."
        )

    def excess(waist):
        return waist * np.arccosh(reach / waist) - depth, 0.0

    # of the two catenoids through the same rim the thin one is the saddle
    rising = np.geomspace(1e-9 * reach, reach / 1.8102, 2000)
    waist = _root(excess, float(rising[0]), float(rising[-1]))
    energy = np.pi * front(material, thickness).tension * (waist * depth - waist**2 / (1 + np.sqrt(1 - (waist / reach) ** 2)))
    return Hole(float(waist), float(energy), float(energy * sites(material, thickness)))


def dewetting_time(material: MixedConductor, mean_composition: float, thickness: float, width: float) -> float:
    """About how long (tau_D) a flat layer of ``width`` (h) with a hole takes to leave half of its contact."""
    here, depth = front(material, thickness), 1 - ion_poor_fraction(material, mean_composition)
    conducts = here.ions[1] * depth + here.ions[0] * (1 - depth) + here.excess_ions
    return float(here.step**2 * depth**2 * width**2 / (2 * here.tension * conducts))
