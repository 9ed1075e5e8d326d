"""Neutral transport of ions and electrons through a film with a gradient energy, in one dimension.

With k = p, n, z_p = +1, z_n = -1 and the local composition c (Tian and Bazant, Eqs. 1-3, scaled):

    mu_k = mu_k_h(c) + z_k phi - kappa lap c
    dc/dt + dJ_p/dx = 0,    J_p = -M_p dmu_p/dx
    i = r J_p - J_n uniform in x,    r = D_p0 / D_n0

Eliminating mu_n leaves the ion balance with the current as a number,

    dmu_p/dx = (M_n dmu/dx - i) / (M_n + r M_p),    mu = mu_p + mu_n = mu_h - 2 kappa lap c.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.grids.line import Line, materialise
from solion.laws.free_energy import AbstractFreeEnergy, total_potential
from solion.laws.mobility import AbstractMobility
from solion.numerics.pointwise import pointwise


class Faces(NamedTuple):
    """Fields between cells: gradient of mu and the two mobilities; in the cells mu, lap c and, of a film whose temperature is an
    unknown, the mu_h of mixing alone."""

    driving: Float[Array, " n-1"]
    ion_mobility: Float[Array, " n-1"]
    electron_mobility: Float[Array, " n-1"]
    potential: Float[Array, " n"]
    laplacian: Float[Array, " n"]
    mixing: tuple[Float[Array, " n"], ...]


# What acts place by place is differentiated as such (numerics.pointwise). Each function asks for what it needs and no more: a
# slope along anything else would be a field of zeros that every direction of a Jacobian carries.


def _potential(energy: AbstractFreeEnergy, composition):
    return (total_potential(energy, composition),)


def _ion_mobility(laws, composition):
    law, sites = laws
    return (law.mobility(composition, sites),)


def _electron_mobility(laws, composition):
    law, defects, sites = laws
    return (law.mobility(composition + defects, sites),)


def _ion_force(numbers, driving, ions, electrons):
    r, current = numbers
    return ((electrons * driving - current) / (electrons + r * ions),)


def _drop(r, driving, ions, electrons):
    share = 1.0 / (electrons + r * ions)
    return r * ions * driving * share, share


def _losses(numbers, driving, ions, electrons):
    r, current = numbers
    (force,) = _ion_force(numbers, driving, ions, electrons)
    return ions * force**2, (current + r * ions * force) ** 2 / electrons


class MixedConduction(eqx.Module):
    """The scaled balance of one film: its grid, energy, mobilities, kappa and r."""

    grid: Line
    free_energy: AbstractFreeEnergy
    ion_law: AbstractMobility
    electron_law: AbstractMobility
    gradient_energy: Any
    diffusivity_ratio: Any

    def electron_mobility(self, composition):
        """M_n of the neutral film."""
        energy = self.free_energy
        return self.electron_law.mobility(composition + energy.defects, energy.electron_sites)

    def potentials(self, told) -> tuple[Float[Array, " n"], ...]:
        """mu_h of each cell; of one whose temperature is an unknown, then that of mixing alone. ``told`` as in :meth:`faces`."""
        return pointwise(_potential, self.free_energy, told)

    def mobilities(self, composition, told) -> tuple[Float[Array, " n"], Float[Array, " n"]]:
        """M_p and M_n of each cell."""
        energy = self.free_energy
        (ions,) = pointwise(_ion_mobility, (self.ion_law, energy.ion_sites), composition)
        (electrons,) = pointwise(_electron_mobility, (self.electron_law, energy.defects, energy.electron_sites), told)
        return ions, electrons

    def faces(self, composition: Float[Array, " n"], told: Float[Array, " n"], beyond, left_slope, right_slope) -> Faces:
        """Fields of a composition whose gradient along +x at the two ends is given.

        ``told`` is the composition kept as far from empty and full as its laws can tell, ``beyond`` what ideal mixing adds to
        mu between there and the composition.
        """
        grid = self.grid
        laplacian = grid.laplacian(composition, left_slope, right_slope)
        homogeneous, *mixing = self.potentials(told)
        potential = homogeneous + beyond - 2 * self.gradient_energy * laplacian
        potential, ions, electrons, *mixing = materialise(potential, *self.mobilities(composition, told), *mixing)
        driving = grid.gradient(potential)
        return Faces(driving, grid.average(ions), grid.average(electrons), potential, laplacian, tuple(mixing))

    def ion_force(self, faces: Faces, current) -> Float[Array, " n-1"]:
        """dmu_p/dx at the inner faces; it is zero at the ends, which block ions."""
        return self._at_faces(_ion_force, (self.diffusivity_ratio, current), faces)[0]

    def _at_faces(self, function, numbers, faces: Faces):
        return pointwise(function, numbers, faces.driving, faces.ion_mobility, faces.electron_mobility)

    def ion_balance(self, faces: Faces, current) -> Float[Array, " n"]:
        """dc/dt in each cell; no ions pass the ends."""
        flux = -faces.ion_mobility * self.ion_force(faces, current)
        return -self.grid.divergence(flux)

    def electron_drop(self, faces: Faces, left, right):
        """(offset, resistance) of mu_n(right end) - mu_n(left end) = offset + resistance * current.

        The drop is the integral of (i + r M_p dmu_p/dx) / M_n; in the half cells at the ends, of mobility M_n ``left`` and
        ``right``, ions stand still.
        """
        offsets, shares = self._at_faces(_drop, self.diffusivity_ratio, faces)
        half_cells = 0.5 / left + 0.5 / right
        return jnp.sum(offsets) * self.grid.spacing, (jnp.sum(shares) + half_cells) * self.grid.spacing

    def energy(self, composition) -> Float[Array, ""]:
        """Free energy of the film, in k_B T c_0 h: homogeneous part and gradient part kappa |dc/dx|^2."""
        homogeneous = self.grid.integral(self.free_energy.energy(composition, composition))
        return homogeneous + self.gradient_energy * jnp.sum(self.grid.gradient(composition) ** 2) * self.grid.spacing

    def losses(self, faces: Faces, current):
        """M_p (dmu_p/dx)^2 of the ions and M_n (dmu_n/dx)^2 of the electrons at the inner faces."""
        return self._at_faces(_losses, (self.diffusivity_ratio, current), faces)

    def dissipation(self, faces: Faces, current, left, right):
        """Power lost to ions and to electrons in the film, in V_T i_D; both are never negative."""
        spacing, (of_ions, of_electrons) = self.grid.spacing, self.losses(faces, current)
        ions = self.diffusivity_ratio * jnp.sum(of_ions) * spacing
        electrons = (jnp.sum(of_electrons) + current**2 * (0.5 / left + 0.5 / right)) * spacing
        return ions, electrons
