"""The excess grand potential of an interfacial film: Phi(h, x) - gamma_0 = dgamma(x) f(h) + forces(h) + dG(x) h, in J/m2."""

from __future__ import annotations

import math

import jax.numpy as jnp

from solion.base.parameters import Part
from solion.laws.film_force import AbstractFilmForce
from solion.laws.film_penalty import AbstractFilmPenalty, GivenPenalty
from solion.laws.interfacial_change import AbstractInterfacialChange
from solion.laws.interfacial_coefficient import AbstractInterfacialCoefficient, CutDispersionCoefficient, DispersionCoefficient

LARGEST_HAMAKER = 2e-19  # J; no pair of real materials has more


class FilmEnergy(Part):
    """What a film of thickness h (m) and composition x costs an interface, against the clean one.

    Negative dgamma draws a film, positive dG thins it. ``forces``: dispersion, double layers and others beside f(h).
    """

    change: AbstractInterfacialChange
    coefficient: AbstractInterfacialCoefficient
    penalty: AbstractFilmPenalty = GivenPenalty()
    forces: tuple[AbstractFilmForce, ...] = ()

    def interfacial(self, thickness, composition):
        """dgamma(x) f(h) + forces(h): all but the bulk, J/m2."""
        forces = sum((force.energy(thickness) for force in self.forces), jnp.zeros_like(thickness))
        return self.change.change(composition) * self.coefficient.value(thickness) + forces

    def far(self, composition):
        """The same of two separate interfaces, at infinite thickness: -S, less than 0 where it wets."""
        return self.change.change(composition) + sum(force.limit for force in self.forces)

    def excess(self, thickness, composition, temperature, control):
        """Phi - gamma_0, J/m2."""
        bulk = self.penalty.density(temperature, control, composition)
        return self.interfacial(thickness, composition) + bulk * thickness

    @property
    def finest(self) -> float:
        """The step that resolves all of it, m."""
        return float(min(map(float, (self.coefficient.finest, *(force.finest for force in self.forces)))))

    def doubts(self, coldest: float, hottest: float) -> list[str]:
        """Sentences on numbers that no real film has, and on temperatures (K) on which its penalty does not rest."""
        found = []
        low, high = map(float, self.penalty.temperatures)
        if coldest < low or hottest > high:
            found.append(
                f"{coldest:g} to {hottest:g} K go beyond the {low:g} to {high:g} K that the penalty rests on, and are"
                " extrapolated; give it a wider range, or the film a narrower one."
            )
        if isinstance(self.coefficient, (DispersionCoefficient, CutDispersionCoefficient)):
            implied = 12 * math.pi * float(self.change.change(jnp.asarray(1.0))) * float(self.coefficient.cutoff) ** 2
            if abs(implied) > LARGEST_HAMAKER:
                found.append(
                    f"taken as dispersion alone, dgamma and the cutoff are a Hamaker constant of {implied:.3g} J, "
                    f"more than the {LARGEST_HAMAKER:g} J of any real pair; use a short-range f and the force of dispersion."
                )
        host, solute = (float(self.change.change(jnp.asarray(x))) for x in (0.0, 1.0))
        if host != solute and not type(self.penalty).mixes:
            found.append("dgamma depends on the film's composition but its penalty does not: the film stays at half of each.")
        if min(float(self.far(jnp.asarray(x))) for x in (0.0, 1.0)) > 0:
            found.append("a thick film raises the energy of the interface (dgamma > 0): no film wets it, whatever its penalty.")
        return found
