"""Resistance of grain boundaries: a jump of potential, phi_1 - phi_2 = R j.n, at each boundary between two grains.

A law gives R (ohm m2) and the capacitance C (F/m2) of each facet. Random laws draw one number for each *pair of
grains* from a hash of the pair and a seed, so that all facets of one boundary agree, in any engine and in any order.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

import equinox as eqx
import numpy as np

from solion.base.constants import VACUUM_PERMITTIVITY
from solion.base.errors import InputError
from solion.base.parameters import Part, assumed, parameter, positive_parameter
from solion.base.reference_temperature import reference_temperature


class BoundaryFacets(NamedTuple):
    """What a law may know of grain-boundary facets: ``grains`` (m, 2), ``position`` and unit ``normal`` (m, d).

    ``orientations``: of each grain, a unit quaternion (scalar first), nan where unknown; None where a microstructure has none.
    """

    grains: np.ndarray
    position: np.ndarray
    normal: np.ndarray
    orientations: np.ndarray | None = None


class AbstractGrainBoundary(Part):
    """Law of the resistance and capacitance of grain boundaries."""

    @abstractmethod
    def resistance(self, facets: BoundaryFacets) -> np.ndarray:
        """R of each facet, ohm m2; zero where it conducts perfectly."""

    @abstractmethod
    def capacitance(self, facets: BoundaryFacets) -> np.ndarray:
        """C of each facet, F/m2."""

    @property
    def lengthwise(self) -> bool:
        """Whether boundaries conduct along themselves."""
        return False

    def sheet(self, facets: BoundaryFacets) -> np.ndarray:
        """Conductance along each facet, S: excess of the conductivity over that of the grains times the thickness."""
        return np.zeros(len(facets.grains))


class UniformBoundary(AbstractGrainBoundary):
    """R = thickness / conductivity and C = eps0 permittivity / thickness at every boundary."""

    holds_at: ClassVar[float | str | None] = "reference_temperature"
    thickness: float = positive_parameter(unit="m", doc="width of the boundary")
    conductivity: float = positive_parameter(unit="S/m", doc="conductivity of its material")
    permittivity: float = parameter(
        50.0, low=1, doc="relative permittivity of its material", source=assumed(50.0, "of the order of garnets', 30 to 100")
    )
    reference_temperature: float = reference_temperature()

    def resistance(self, facets):
        return np.full(len(facets.grains), self.thickness / self.conductivity)

    def capacitance(self, facets):
        return np.full(len(facets.grains), VACUUM_PERMITTIVITY * self.permittivity / self.thickness)


class TransparentBoundary(AbstractGrainBoundary):
    """No resistance at any boundary: the ceramic is one body."""

    def resistance(self, facets):
        return np.zeros(len(facets.grains))

    def capacitance(self, facets):
        return np.zeros(len(facets.grains))


class FastBoundary(AbstractGrainBoundary):
    """Boundaries that also conduct along themselves: div_s(sheet grad_s phi) joins the balance, phi the mean of both sides.

    The second term of the expansion for a thin layer: ``excess`` is its conductivity less that of the grains, which the
    grains already count, and the sheet conductance that times its thickness. Where boundaries resist it is negligible.
    """

    typical: UniformBoundary
    excess: float = positive_parameter(unit="S/m", doc="conductivity along the boundary less sigma_g")

    @property
    def lengthwise(self):
        return True

    def sheet(self, facets):
        return np.full(len(facets.grains), self.typical.thickness * self.excess)

    def resistance(self, facets):
        return self.typical.resistance(facets)

    def capacitance(self, facets):
        return self.typical.capacitance(facets)


class LogNormalBoundary(AbstractGrainBoundary):
    """R = median exp(spread g), g a standard normal number of the pair of grains; the thickness sets C."""

    typical: UniformBoundary
    spread: float = parameter(low=0, high=5, doc="standard deviation of ln R")
    seed: int = eqx.field(static=True, default=0)

    def resistance(self, facets):
        return self.typical.resistance(facets) * np.exp(self.spread * normal_of(facets.grains, self.seed))

    def capacitance(self, facets):
        return self.typical.capacitance(facets)


class MisorientationBoundary(AbstractGrainBoundary):
    """Two classes: boundaries of cubic crystals turned by less than ``threshold`` against each other are ``low``.

    ``orientations``: unit quaternions (grains, 4), scalar first; None for those that the microstructure has (a map of
    orientations), or random ones from ``seed`` where it has none. The angle is the least over the 24 rotations of the
    cube (disorientation, at most 62.8 degrees).
    """

    low: AbstractGrainBoundary
    high: AbstractGrainBoundary
    threshold: float = parameter(
        15.0,
        unit="degree",
        low=0,
        high=62.8,
        doc="largest angle of a low-angle boundary",
        source=assumed(15.0, "customary limit of low-angle boundaries, where dislocation cores begin to overlap"),
    )
    seed: int = eqx.field(static=True, default=0)
    orientations: Any = None

    def angles(self, facets: BoundaryFacets) -> np.ndarray:
        """Disorientation of each facet in degrees."""
        held = facets.orientations if self.orientations is None else self.orientations
        if held is None:
            pair = [random_rotations(facets.grains[:, side], self.seed) for side in (0, 1)]
        else:
            given = np.asarray(held, float)
            if given.ndim != 2 or given.shape[1] != 4 or len(given) <= np.max(facets.grains, initial=-1):
                raise InputError(
                    f"MisorientationBoundary.orientations has shape {given.shape}; it must hold one unit quaternion for "
                    f"each grain, shape ({int(np.max(facets.grains, initial=-1)) + 1}, 4)."
                )
            pair = [given[facets.grains[:, side]] for side in (0, 1)]
            if unknown := np.unique(facets.grains[~np.isfinite(np.stack(pair, axis=1)).all(axis=2)]).size:
                raise InputError(f"MisorientationBoundary: the orientations of {unknown} grains are not known; give all of them.")
        return disorientation(*pair)

    @property
    def lengthwise(self):
        return self.low.lengthwise or self.high.lengthwise

    def sheet(self, facets):
        return np.where(self.angles(facets) < self.threshold, self.low.sheet(facets), self.high.sheet(facets))

    def resistance(self, facets):
        return np.where(self.angles(facets) < self.threshold, self.low.resistance(facets), self.high.resistance(facets))

    def capacitance(self, facets):
        return np.where(self.angles(facets) < self.threshold, self.low.capacitance(facets), self.high.capacitance(facets))


class GrainBoundary(AbstractGrainBoundary):
    """A law of your own: ``function(facets)`` returns R of each facet in ohm m2; C comes from ``typical``."""

    function: Callable[[BoundaryFacets], Any] = eqx.field(static=True)
    typical: UniformBoundary

    def resistance(self, facets):
        values = np.broadcast_to(np.asarray(self.function(facets), float), (len(facets.grains),))
        if not np.all(np.isfinite(values) & (values >= 0)):
            raise InputError("GrainBoundary.function returned a resistance that is negative or not finite (ohm m2).")
        return values

    def capacitance(self, facets):
        return self.typical.capacitance(facets)


def uniform_of(numbers: np.ndarray, seed: int) -> np.ndarray:
    """A number in (0, 1) for each row of whole numbers, the same for the same row (splitmix64 of the row)."""
    rows = np.asarray(numbers, dtype=np.uint64)
    rows = rows.reshape(len(rows), int(np.prod(rows.shape[1:])))
    state = np.full(len(rows), np.uint64(seed & 0xFFFFFFFF), dtype=np.uint64)
    with np.errstate(over="ignore"):
        for column in rows.T:
            state = state + column + np.uint64(0x9E3779B97F4A7C15)
            state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            state = state ^ (state >> np.uint64(31))
    return ((state >> np.uint64(11)).astype(float) + 0.5) / 2.0**53


def normal_of(numbers: np.ndarray, seed: int) -> np.ndarray:
    """A standard normal number for each row of whole numbers; a pair counts the same in either order."""
    from scipy.special import ndtri

    rows = np.asarray(numbers)
    return ndtri(uniform_of(np.sort(rows, axis=1) if rows.ndim == 2 else rows, seed))


def random_rotations(grains: np.ndarray, seed: int) -> np.ndarray:
    """A random unit quaternion for each grain number (Shoemake 1992), the same for the same number."""
    u, v, w = (uniform_of(np.column_stack((grains, np.full(len(grains), k))), seed) for k in range(3))
    a, b = np.sqrt(1 - u), np.sqrt(u)
    return np.column_stack(
        (a * np.sin(2 * np.pi * v), a * np.cos(2 * np.pi * v), b * np.sin(2 * np.pi * w), b * np.cos(2 * np.pi * w))
    )


def disorientation(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Least angle in degrees between two cubic crystals given by unit quaternions (m, 4).

    With the four numbers of the relative rotation sorted by size a >= b >= c >= d, the largest real part over the
    symmetry of the cube is max(a, (a + b)/sqrt 2, (a + b + c + d)/2) (Grimmer 1974).
    """
    w, x, y, z = (first * [1, -1, -1, -1]).T
    p, q, r, s = second.T
    relative = np.abs(
        [
            w * p - x * q - y * r - z * s,
            w * q + x * p + y * s - z * r,
            w * r - x * s + y * p + z * q,
            w * s + x * r - y * q + z * p,
        ]
    )
    a, b, c, d = np.sort(relative, axis=0)[::-1]
    cosine = np.max([a, (a + b) / np.sqrt(2), (a + b + c + d) / 2], axis=0)
    return np.degrees(2 * np.arccos(np.minimum(cosine, 1.0)))
