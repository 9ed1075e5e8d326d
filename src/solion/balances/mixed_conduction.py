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
from solion.laws.free_energy import AbstractFreeEnergy, chemical_potentials
from solion.laws.mobility import AbstractMobility
from solion.numerics.pointwise import pointwise


class Faces(NamedTuple):
    """Fields between cells: gradient of mu and the two mobilities; and mu and lap c in the cells."""

    driving: Float[Array, " n-1"]
    ion_mobility: Float[Array, " n-1"]
    electron_mobility: Float[Array, " n-1"]
    potential: Float[Array, " n"]
    laplacian: Float[Array, " n"]


def local_laws(laws: tuple[AbstractFreeEnergy, AbstractMobility, AbstractMobility], composition, told):
    """mu_h, M_p and M_n of the neutral film."""
    energy, ion_law, electron_law = laws
    ion, electron = chemical_potentials(energy, told)
    ions = ion_law.mobility(composition, energy.ion_sites)
    return ion + electron, ions, electron_law.mobility(told + energy.defects, energy.electron_sites)


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

    def local(self, composition, told):
        """mu_h, M_p and M_n of each cell; ``told`` as in :meth:`faces`."""
        return pointwise(local_laws, (self.free_energy, self.ion_law, self.electron_law), composition, told)

    def faces(self, composition: Float[Array, " n"], told: Float[Array, " n"], beyond, left_slope, right_slope) -> Faces:
        """Fields of a composition whose gradient along +x at the two ends is given.

        ``told`` is the composition kept as far from empty and full as its laws can tell, ``beyond`` what ideal mixing adds to
        mu between there and the composition.
        """
        grid = self.grid
        laplacian = grid.laplacian(composition, left_slope, right_slope)
        homogeneous, ions, electrons = self.local(composition, told)
        potential, ions, electrons = materialise(homogeneous + beyond - 2 * self.gradient_energy * laplacian, ions, electrons)
        return Faces(grid.gradient(potential), grid.average(ions), grid.average(electrons), potential, laplacian)

    def ion_force(self, faces: Faces, current) -> Float[Array, " n-1"]:
        """dmu_p/dx at the inner faces; it is zero at the ends, which block ions."""
        conductance = faces.electron_mobility + self.diffusivity_ratio * faces.ion_mobility
        return (faces.electron_mobility * faces.driving - current) / conductance

    def ion_balance(self, faces: Faces, current) -> Float[Array, " n"]:
        """dc/dt in each cell; no ions pass the ends."""
        flux = -faces.ion_mobility * self.ion_force(faces, current)
        return -self.grid.divergence(flux)

    def electron_drop(self, faces: Faces, left, right):
        """(offset, resistance) of mu_n(right end) - mu_n(left end) = offset + resistance * current.

        The drop is the integral of (i + r M_p dmu_p/dx) / M_n; in the half cells at the ends, of mobility M_n ``left`` and
        ``right``, ions stand still.
        """
        r, ions, electrons = self.diffusivity_ratio, faces.ion_mobility, faces.electron_mobility
        share = 1.0 / (electrons + r * ions)
        spacing = self.grid.spacing
        offset = jnp.sum(r * ions * faces.driving * share) * spacing
        half_cells = 0.5 / left + 0.5 / right
        return offset, (jnp.sum(share) + half_cells) * spacing

    def energy(self, composition) -> Float[Array, ""]:
        """Free energy of the film, in k_B T c_0 h: homogeneous part and gradient part kappa |dc/dx|^2."""
        homogeneous = self.grid.integral(self.free_energy.energy(composition, composition))
        return homogeneous + self.gradient_energy * jnp.sum(self.grid.gradient(composition) ** 2) * self.grid.spacing

    def losses(self, faces: Faces, current):
        """M_p (dmu_p/dx)^2 of the ions and M_n (dmu_n/dx)^2 of the electrons at the inner faces."""
        force = self.ion_force(faces, current)
        electron_current = current + self.diffusivity_ratio * faces.ion_mobility * force
        return faces.ion_mobility * force**2, electron_current**2 / faces.electron_mobility

    def dissipation(self, faces: Faces, current, left, right):
        """Power lost to ions and to electrons in the film, in V_T i_D; both are never negative."""
        spacing, (of_ions, of_electrons) = self.grid.spacing, self.losses(faces, current)
        ions = self.diffusivity_ratio * jnp.sum(of_ions) * spacing
        electrons = (jnp.sum(of_electrons) + current**2 * (0.5 / left + 0.5 / right)) * spacing
        return ions, electrons
