"""Neutral diffusion through a film that takes up ions at one face, in one dimension.

With z from the inserting face (0) to the back (1, of the film's thickness) and x the ions per formula unit,

    dx/dt + dJ/dz = 0,    J(0) = k i,    J(1) = 0,

where i is the current density of ions into the film and k turns it into the rate of the mean composition. The flux J is
a law's; its potential is mu = mu_h(x) - 2 kappa lap x. Energies and powers are divided by z_i k, which makes the power
that enters with the ions i mu/z_i.
"""

from __future__ import annotations

from typing import Any, ClassVar

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.grids.graded import GradedLine
from solion.laws.ambipolar import AbstractAmbipolar
from solion.laws.free_energy import AbstractFreeEnergy, total_potential


class Ambipolar(eqx.Module):
    """The scaled balance of one film; ``diffusivity`` is D over (thickness squared per unit of time)."""

    grid: GradedLine
    free_energy: AbstractFreeEnergy
    law: AbstractAmbipolar
    diffusivity: Any
    gradient_energy: Any
    uptake: Any  # k
    charge: Any  # z_i

    def potential(self, composition: Float[Array, " n"]) -> Float[Array, " n"]:
        """mu in each cell, k_B T."""
        homogeneous = total_potential(self.free_energy, composition)
        if self.law.reach == 1:
            return homogeneous
        return homogeneous - 2 * self.gradient_energy * self.grid.divergence(self.grid.gradient(composition))

    def surface(self, composition: Float[Array, " n"], potential: Float[Array, " n"], current):
        """(x, mu) at the inserting face while ``current`` flows in; a film of one cell is the same everywhere."""
        if self.grid.cells == 1:
            return composition[0], potential[0]
        inflow = self.uptake * current / self.diffusivity
        return self.law.surface(self.free_energy, composition[0], potential[0], inflow, self.grid.depth)

    @property
    def cells(self) -> int:
        """How many the film is cut into."""
        return self.grid.cells

    def mean(self, composition) -> Float[Array, ""]:
        """Mean composition."""
        return self.grid.integral(composition)

    def kept(self, composition, given) -> Float[Array, " 1"]:
        """What never changes: the mean composition less what entered, of which ``given`` is the integral of i."""
        return (self.mean(composition) - self.uptake * given)[None]

    def held(self, composition, given) -> Float[Array, ""]:
        """What the film holds, in the unit of the integral of i."""
        return self.mean(composition) / self.uptake

    def flux(self, composition, potential) -> Float[Array, " n-1"]:
        """J at the inner faces."""
        places, potentials = ((values[:-1], values[1:]) for values in (composition, potential))
        return self.diffusivity * self.law.flux(self.free_energy, places, potentials, self.grid.distances)

    def rate(self, composition, potential, current) -> Float[Array, " n"]:
        """dx/dt in each cell."""
        return -self.grid.divergence(self.flux(composition, potential), left=self.uptake * current)

    def energy(self, composition, given) -> Float[Array, ""]:
        """Free energy of the film."""
        homogeneous = self.grid.integral(self.free_energy.energy(composition, composition))
        gradient = jnp.sum(self.grid.gradient(composition) ** 2 * self.grid.distances)
        return (homogeneous + self.gradient_energy * gradient) / (self.charge * self.uptake)

    def energy_rate(self, composition, potential, current) -> Float[Array, ""]:
        """Rate of the free energy while ``current`` flows in."""
        return self.grid.integral(potential * self.rate(composition, potential, current)) / (self.charge * self.uptake)

    def carried(self, potential, rate) -> Float[Array, ""]:
        """Free energy that leaves with pairs lost at ``rate`` (dx/dt) in each cell."""
        return self.grid.integral(potential * rate) / (self.charge * self.uptake)

    def dissipation(self, composition, potential, current) -> Float[Array, ""]:
        """Power lost to diffusion in the film; never negative where the law's flux runs down the potential."""
        _, at_surface = self.surface(composition, potential, current)
        inside = jnp.sum(self.flux(composition, potential) * (potential[:-1] - potential[1:]))
        return (inside / self.uptake + current * (at_surface - potential[0])) / self.charge


class Pinned(eqx.Module):
    """A film so large that its composition never changes; it has no cells, and otherwise answers as :class:`Ambipolar`."""

    free_energy: AbstractFreeEnergy
    composition: Any
    charge: Any

    cells: ClassVar[int] = 0

    @property
    def _potential(self):
        return total_potential(self.free_energy, jnp.asarray(self.composition, float))

    def potential(self, composition):
        """None, as there are no cells."""
        return composition

    def surface(self, composition, potential, current):
        """(x, mu), whatever flows."""
        return jnp.asarray(self.composition, float), self._potential

    def mean(self, composition):
        """The composition."""
        return jnp.asarray(self.composition, float)

    def kept(self, composition, given):
        """None."""
        return jnp.zeros(0)

    def held(self, composition, given):
        """What it was given since the start."""
        return given

    def rate(self, composition, potential, current):
        """None."""
        return composition

    def energy(self, composition, given):
        """Free energy of what it was given since the start."""
        return self._potential * given / self.charge

    def energy_rate(self, composition, potential, current):
        """Rate of the free energy while ``current`` flows in."""
        return self._potential * current / self.charge

    def dissipation(self, composition, potential, current):
        """None."""
        return jnp.zeros(())
