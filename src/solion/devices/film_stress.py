"""What holds a film in its plane: clamped, free and flat, free to bend, or on a substrate; and the stress that follows.

The in-plane strain is the same function of depth in the whole stack, e(xi) = a + b xi, xi = x/h, in units of the misfit eps_0. A
clamped film has a given; a film without a net force or moment relaxes both (film 0 to 1, substrate of S = Y_s/Y from 1 to z):

    [A_0 A_1; A_1 A_2] [a; b] = [<c - c_ref>; <xi (c - c_ref)>],    A_n = <xi^n> + S (z^(n+1) - 1)/(n+1)
    mu_el = 2 B (c - c_ref - a - b xi),    energy B {<(c - c_ref)^2> - a <c - c_ref> - b <xi (c - c_ref)>}

A load adds L = (N, N/2 + M/h)/(Y eps_0 h) to the right side, the force N and moment M per width; energy then counts the load's
own potential, B {<(c - c_ref)^2> - (a, b) . (right side)}. Where a and b are imposed it is B <(c - c_ref - a - b xi)^2>.
Averages are those of the grid: mu_el is the exact derivative of that energy, and a linear profile costs a free film nothing.
Where the film may bend, the moment m_1 = <(xi - 1/2) c> is an unknown of the run's border, on which every cell depends.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from solion.base.constants import GAS_CONSTANT
from solion.base.errors import InputError
from solion.base.parameters import Part, assumed, parameter, positive_parameter
from solion.base.quantity import Quantity
from solion.grids.line import Line
from solion.laws.misfit import AbstractMisfit, AnisotropicMisfit, BiaxialMisfit, Strained
from solion.materials.mixed_conductor import MixedConductor


class NoStress(eqx.Module):
    """The film has no stress, or none that is followed."""

    lumped: ClassVar[int] = 0
    quantities: ClassVar[tuple[Quantity, ...]] = ()
    fields: ClassVar[tuple[Quantity, ...]] = ()

    def moment(self, content, grid):
        """No unknowns."""
        return jnp.zeros(0)

    def beyond(self, place, *moment):
        """Nothing beside what the free energy says."""
        return 0.0

    def energy(self, *moment):
        """The same."""
        return 0.0

    def observe(self, content, ends, grid, *moment):
        """Nothing to say."""
        return {}

    def profile(self, content, grid):
        """The same."""
        return {}


class FilmStress(eqx.Module):
    """Stress of a film in scaled numbers: B (k_B T), strains as compositions, stresses in c_0 R T."""

    coefficient: Any
    electron_share: Any
    rest: Any  # composition at which a + b xi = 0 has no stress
    mean: Any  # <c> - rest
    start: tuple[Any, Any]  # a and b where m_1 = 0
    response: tuple[Any, Any]  # and for each unit of it
    stiffness: Any  # -d(stress)/dc
    misfit: Any
    bends: bool = eqx.field(static=True, default=False)
    load: Any = None  # L, where something pulls
    imposed: bool = eqx.field(static=True, default=False)  # a and b, which then have no response

    quantities: ClassVar[tuple[Quantity, ...]] = (
        Quantity("stress_top", "stress", "in-plane stress at the first end, tension positive"),
        Quantity("stress_bottom", "stress", "in-plane stress at the last end, tension positive"),
        Quantity("film_force", "surface_energy", "in-plane force of the film, mean stress times thickness, N/m"),
        Quantity("elastic_energy", "energy", "elastic energy of film, substrate and load, part of the free energy"),
        Quantity("curvature", "curvature", "curvature of the stack, positive where its top is convex"),
    )
    fields: ClassVar[tuple[Quantity, ...]] = (
        Quantity("stress", "stress", "in-plane stress, tension positive", "field", dimensions=("x",)),
    )

    @property
    def lumped(self):
        return int(self.bends)

    def moment(self, content, grid):
        """m_1, where the film bends."""
        return grid.integral((grid.centres - 0.5) * content)[None] if self.bends else jnp.zeros(0)

    def strain(self, place, *moment):
        """a + b xi at a place, in compositions from ``rest``."""
        (a, b), (da, db) = self.start, self.response
        m = moment[0] if moment else 0.0
        return a + da * m + (b + db * m) * place

    def beyond(self, place, *moment):
        """The part of mu_el that the free energy, clamped at ``rest``, has not."""
        return -2 * self.coefficient * self.strain(place, *moment) if self.bends else 0.0

    def energy(self, *moment):
        """The same of the energy: -B (a <c - rest> + b <xi (c - rest)>)."""
        if not self.bends:
            return 0.0
        mean, first = self.mean, self.mean / 2 + moment[0]
        if self.load is not None:
            mean, first = mean + self.load[0], first + self.load[1]
        a, both = self.strain(0.0, *moment), self.strain(1.0, *moment)
        if self.imposed:
            b = both - a
            return self.coefficient * (a**2 + a * b + b**2 / 3 - 2 * (a * mean + b * first))
        return -self.coefficient * (a * mean + (both - a) * first)

    def stress(self, content, place, *moment):
        """Tension positive, c_0 R T."""
        return self.stiffness * (self.rest + self.strain(place, *moment) - content)

    def observe(self, content, ends, grid, *moment):
        """By the names of ``quantities``; the energy per site."""
        along = self.stress(content, grid.centres, *moment)
        bending = self.strain(1.0, *moment) - self.strain(0.0, *moment)
        held = self.coefficient * grid.integral((content - self.rest) ** 2)
        return {
            "stress_top": self.stress(ends[0], 0.0, *moment),
            "stress_bottom": self.stress(ends[1], 1.0, *moment),
            "film_force": grid.integral(along),
            "elastic_energy": held + self.energy(*moment),
            "curvature": -self.misfit * bending,
        }

    def profile(self, content, grid):
        """By the names of ``fields``."""
        return {"stress": self.stress(content, grid.centres, *self.moment(content, grid))}


class AbstractMechanics(Part):
    """How a film is held in its plane; ``takes``: the misfits of which it says something; ``acts``: whether it makes stress."""

    acts: ClassVar[bool] = True
    takes: ClassVar[tuple[type[AbstractMisfit], ...]] = (BiaxialMisfit, AnisotropicMisfit)

    @abstractmethod
    def held(self, misfit: AbstractMisfit, filling: Any) -> Any:
        """Composition at which the film, of this mean, would have no stress if it could not bend."""

    def bending(self, misfit: AbstractMisfit, thickness: Any, grid: Line) -> Any:
        """The inverse of A, 2 x 2, where the film may bend; None where it stays flat."""
        return None

    def load(self, misfit: AbstractMisfit, thickness: Any) -> Any:
        """L in compositions; None where nothing pulls."""
        return None

    def curved(self, misfit: AbstractMisfit, thickness: Any) -> Any:
        """b where it is imposed; None where it is not."""
        return None

    def solid(self, material: MixedConductor, filling: Any) -> MixedConductor:
        """The material with the elastic energy that it has in this film kept flat, on which phases and critical currents rest."""
        return eqx.tree_at(lambda solid: solid.free_energy, material, self._law(material, self.held(material.misfit, filling)))

    def _law(self, material: MixedConductor, clamp) -> Strained:
        law, misfit = material.free_energy, self._known(material)
        return Strained(
            base=law,
            coefficient=misfit.coefficient(material.concentration, material.reference_temperature),
            clamp=clamp,
            electron_share=misfit.electron_share,
            ion_sites=law.ion_sites,
            electron_sites=law.electron_sites,
            defects=law.defects,
        )

    def _known(self, material: MixedConductor) -> AbstractMisfit:
        misfit = material.misfit
        if not isinstance(misfit, self.takes):
            raise InputError(
                f"device.mechanics = {type(self).__name__}: {material.name} has {type(misfit).__name__} as its misfit, of which"
                " no stress of such a film follows; give the material misfit = BiaxialMisfit(misfit, biaxial_modulus), or leave"
                " mechanics out."
            )
        return misfit

    def stressed(self, material: MixedConductor, filling: Any, thickness: Any, grid: Line) -> tuple[Any, Any]:
        """The free energy of the film's cells, and the stress beside it."""
        misfit = self._known(material)
        inverse = self.bending(misfit, thickness, grid)
        rest = self.held(misfit, filling) if inverse is None else misfit.stress_free
        law, mean, zero = self._law(material, rest), filling - rest, (0.0, 0.0)
        start = zero if inverse is None else tuple(row[0] * mean + row[1] * mean / 2 for row in inverse)
        response = zero if inverse is None else tuple(row[1] for row in inverse)
        load, b = self.load(misfit, thickness), self.curved(misfit, thickness)
        if load is not None and inverse is not None:
            start = tuple(value + row[0] * load[0] + row[1] * load[1] for value, row in zip(start, inverse, strict=True))
        if b is not None:
            start = -b / 2, b
        unit = material.concentration * GAS_CONSTANT * material.reference_temperature
        strain = misfit.misfit if isinstance(misfit, BiaxialMisfit) else 0.0
        stiffness = (1 - misfit.relaxed) * misfit.stiffness() / unit
        numbers = (law.coefficient, misfit.electron_share, rest, mean, start, response, stiffness, strain)
        return law, FilmStress(*numbers, inverse is not None or b is not None, load, b is not None)


class Unstressed(AbstractMechanics):
    """No stress: the film's material has no misfit, or what holds it is left out."""

    acts: ClassVar[bool] = False

    def held(self, misfit, filling):
        return 0.0

    def solid(self, material, filling):
        return material

    def stressed(self, material, filling, thickness, grid):
        return material.free_energy, NoStress()


class Clamped(AbstractMechanics):
    """On a substrate so thick that it keeps the film's in-plane size: a local energy, B (c - c_clamp)^2.

    ``strain``: in-plane, of the film against its lattice without stress. Where the misfit is a constant it changes stresses and
    the contacts' rates (by the electron's share), but neither the phases nor the transport.
    """

    strain: float = parameter(0.0, low=-0.2, high=0.2, doc="e_s", source=assumed(0.0, "grown without stress"))

    def held(self, misfit, filling):
        return misfit.stress_free + misfit.of_strain(self.strain)


class Flat(AbstractMechanics):
    """Free in its plane but kept flat: no net force. Transport and phases as in a clamped film."""

    def held(self, misfit, filling):
        return filling


def _part_of_load(unit: str, most: float, doc: str) -> Any:
    return parameter(0.0, unit=unit, low=-most, high=most, doc=doc, source=assumed(0.0, "no load"))


def _force() -> Any:
    return _part_of_load("N/m", 1e6, "N, pull in every direction of the plane, per width")


def _moment() -> Any:
    return _part_of_load("N", 1e3, "M about the film's middle, per width; stretches below")


def _pulled(force, moment, misfit: AbstractMisfit, thickness) -> Any:
    """L of a load; None where there is none."""
    if not isinstance(force, Tracer) and not isinstance(moment, Tracer) and force == 0 and moment == 0:
        return None
    unit = (1 - misfit.relaxed) * misfit.stiffness() * thickness
    return force / unit, (force / 2 + moment / thickness) / unit


class Bending(AbstractMechanics):
    """Free to bend, as a membrane without a stiff layer on it: no net force and no moment but those of a load."""

    takes: ClassVar[tuple[type[AbstractMisfit], ...]] = (BiaxialMisfit,)
    force: float = _force()
    moment: float = _moment()

    def load(self, misfit, thickness):
        return _pulled(self.force, self.moment, misfit, thickness)

    def held(self, misfit, filling):
        return filling

    def bending(self, misfit, thickness, grid):
        return _inverse(grid, 0.0, 1.0)


class Curved(AbstractMechanics):
    """On a holder that is much stiffer and bends it: a given strain in the film's middle and a given ``curvature``.

    The film is driven by 2 B b, b = -(curvature) h/eps_0: a bias without a voltage, towards the stretched side where ions swell.
    """

    takes: ClassVar[tuple[type[AbstractMisfit], ...]] = (BiaxialMisfit,)
    curvature: float = parameter(unit="1/m", low=-1e7, high=1e7, doc="positive where the film's top is convex")
    strain: float = parameter(0.0, low=-0.2, high=0.2, doc="e_s in the middle", source=assumed(0.0, "grown without stress"))

    def held(self, misfit, filling):
        return misfit.stress_free + misfit.of_strain(self.strain)

    def curved(self, misfit, thickness):
        return -misfit.of_strain(self.curvature * thickness)


class OnSubstrate(AbstractMechanics):
    """On a substrate beneath it, the whole free to stretch and bend: (1 + H/h)^-3 of the bending is left at equal moduli."""

    takes: ClassVar[tuple[type[AbstractMisfit], ...]] = (BiaxialMisfit,)
    thickness: float = positive_parameter(unit="m", high=1.0, doc="H, of the substrate")
    biaxial_modulus: float = positive_parameter(unit="Pa", high=1e13, doc="Y_s = E/(1 - nu) of the substrate")
    force: float = _force()
    moment: float = _moment()

    def load(self, misfit, thickness):
        return _pulled(self.force, self.moment, misfit, thickness)

    def held(self, misfit, filling):
        return filling

    def bending(self, misfit, thickness, grid):
        assert isinstance(misfit, BiaxialMisfit)  # what it takes
        return _inverse(grid, self.biaxial_modulus / misfit.biaxial_modulus, 1 + self.thickness / thickness)


def _inverse(grid: Line, stiffness, end):
    """Inverse of A, its film part by the sums of the grid."""
    places = np.asarray(grid.centres)
    a0, a1, a2 = (float(np.mean(places**n)) + stiffness * (end ** (n + 1) - 1) / (n + 1) for n in range(3))
    determinant = a0 * a2 - a1**2
    return (a2 / determinant, -a1 / determinant), (-a1 / determinant, a0 / determinant)
