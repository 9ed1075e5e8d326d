"""Neutral transport of ions in two kinds of layers, and of the electrons that both share, in one dimension.

With c_i the share of filled sites in layer i = 1, 2, half of all sites in each, c = (c_1 + c_2)/2 and r = D_p0/D_n0:

    mu_i = mu_i_h(c_1, c_2) + phi - kappa lap c_i,    mu_n = mu_n_h(c) - phi
    dc_i/dt + dJ_i/dx = -k_x (mu_i - mu_j),    J_i = -M(c_i) dmu_i/dx,    J_n = -M_n dmu_n/dx
    i = r (J_1 + J_2)/2 - J_n uniform in x

Eliminating phi leaves the two ion balances with the current as a number: with mu_i + mu_n = m_i, which has no phi,

    dmu_n/dx = (i + r (M_1 dm_1/dx + M_2 dm_2/dx)/2) / (M_n + r (M_1 + M_2)/2),    dmu_i/dx = dm_i/dx - dmu_n/dx.

The gradient term is of the ions alone. Composition arrays are (cells, 2).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.grids.line import Line
from solion.laws.layered_energy import AbstractLayeredEnergy, layer_potentials
from solion.laws.mobility import AbstractMobility


class LayeredFaces(NamedTuple):
    """Fields between cells: gradients of m_i and the mobilities; and m_i in the cells."""

    driving: Float[Array, "n-1 2"]
    ion_mobility: Float[Array, "n-1 2"]
    electron_mobility: Float[Array, " n-1"]
    potential: Float[Array, "n 2"]


class LayeredConduction(eqx.Module):
    """The scaled balance of one film: grid, energy, mobilities, kappa, r, and the rate k_x of exchange between its layers."""

    grid: Line
    free_energy: AbstractLayeredEnergy
    ion_law: AbstractMobility
    electron_law: AbstractMobility
    gradient_energy: Any
    diffusivity_ratio: Any
    exchange_rate: Any

    def electron_mobility(self, layers):
        """M_n of the neutral film."""
        energy = self.free_energy
        return self.electron_law.mobility(jnp.mean(layers, axis=-1) + energy.defects, energy.electron_sites)

    def faces(self, composition: Float[Array, "n 2"], told: Float[Array, "n 2"], beyond) -> LayeredFaces:
        """Fields of a composition that is flat at both ends; ``told`` and ``beyond`` as in
        :class:`solion.balances.mixed_conduction.MixedConduction`."""
        grid = self.grid
        ions, electrons = layer_potentials(self.free_energy, told)
        potential = ions + electrons[:, None] + beyond - self.gradient_energy * grid.laplacian(composition)
        mobile = grid.average(self.ion_law.mobility(composition, 1.0))
        return LayeredFaces(grid.gradient(potential), mobile, grid.average(self.electron_mobility(told)), potential)

    def electron_force(self, faces: LayeredFaces, current) -> Float[Array, " n-1"]:
        """dmu_n/dx at the inner faces."""
        r, mobile = self.diffusivity_ratio, faces.ion_mobility
        pushed = current + r * jnp.mean(mobile * faces.driving, axis=-1)
        return pushed / (faces.electron_mobility + r * jnp.mean(mobile, axis=-1))

    def transport(self, faces: LayeredFaces, current) -> Float[Array, "n 2"]:
        """Rates by motion along the film, whose ends block ions."""
        force = faces.driving - self.electron_force(faces, current)[:, None]
        return -self.grid.divergence(-faces.ion_mobility * force)

    def exchange(self, faces: LayeredFaces) -> Float[Array, "n 2"]:
        """Rates by exchange between the layers."""
        passed = self.exchange_rate * (faces.potential[:, 0] - faces.potential[:, 1])
        return jnp.stack([-passed, passed], axis=-1)

    def electron_drop(self, faces: LayeredFaces, left, right):
        """(offset, resistance) of mu_n(right end) - mu_n(left end); in the half cells at the ends ions stand still."""
        offset, one = (self.electron_force(faces, current) for current in (0.0, 1.0))
        half_cells = 0.5 / self.electron_mobility(left) + 0.5 / self.electron_mobility(right)
        return jnp.sum(offset) * self.grid.spacing, (jnp.sum(one - offset) + half_cells) * self.grid.spacing

    def energy(self, layers: Float[Array, "n 2"]) -> Float[Array, ""]:
        """Free energy of the film, in k_B T c_0 h: homogeneous part and gradient part kappa (|dc_1/dx|^2 + |dc_2/dx|^2)/4."""
        homogeneous = self.free_energy.energy(layers[:, 0], layers[:, 1], jnp.mean(layers, axis=-1))
        steep = jnp.sum(self.grid.gradient(layers) ** 2)
        return self.grid.integral(homogeneous) + 0.25 * self.gradient_energy * steep * self.grid.spacing

    def dissipation(self, faces: LayeredFaces, current, left, right):
        """Power lost to ions, to electrons and in the exchange, in V_T i_D; none is ever negative."""
        r, spacing = self.diffusivity_ratio, self.grid.spacing
        force = self.electron_force(faces, current)
        ions = 0.5 * r * jnp.sum(faces.ion_mobility * (faces.driving - force[:, None]) ** 2) * spacing
        half_cells = 0.5 / self.electron_mobility(left) + 0.5 / self.electron_mobility(right)
        electrons = (jnp.sum(faces.electron_mobility * force**2) + current**2 * half_cells) * spacing
        apart = faces.potential[:, 0] - faces.potential[:, 1]
        return ions, electrons, 0.5 * r * self.exchange_rate * self.grid.integral(apart**2)
