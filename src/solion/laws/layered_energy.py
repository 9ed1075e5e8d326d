"""Homogeneous free energies of a host whose sites lie in two kinds of layers, filled each for itself.

An energy is a function ``energy(first, second, electron)`` in k_B T per reference site: how full the sites of each layer are,
from 0 to 1, and the electrons (c_n - c_d)/c_0 that neutralise the ions, c = (c_1 + c_2)/2. Half of the sites are in each layer:

    mu_i = 2 dG/dc_i,    mu_n = dG/d(electron),    mu = mu_i + mu_n of the neutral film

by automatic differentiation; nothing else about the thermodynamics is written down anywhere.
"""

from __future__ import annotations

from abc import abstractmethod

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.base.parameters import Part, parameter, positive_parameter
from solion.laws.free_energy import mixing


class AbstractLayeredEnergy(Part):
    """Free energy of two layers and the electrons that both share."""

    electron_sites: float = positive_parameter(2.0, kw_only=True, doc="c_n_max / c_0")
    defects: float = parameter(0.0, low=0, kw_only=True, doc="c_d / c_0, fixed positive charge")

    @abstractmethod
    def energy(
        self, first: Float[Array, "..."], second: Float[Array, "..."], electron: Float[Array, "..."]
    ) -> Float[Array, "..."]:
        """Free energy per reference site, k_B T."""


class TwoLayer(AbstractLayeredEnergy):
    """Two layers, each a regular solution that repels what is in the other: stages 2 and 1 of graphite.

    mu_i = ln(c_i/(1 - c_i)) + Omega_a (1 - 2 c_i) + Omega_b c_j + Omega_c c_j (1 - c_j)(1 - 2 c_i), j the other layer;
    mu_n = ln(c_n/(c_n_max - c_n)). Ferguson and Bazant (2014), Electrochim. Acta 146, 89.
    """

    within: float = parameter(unit="k_B T", doc="Omega_a, of ions in a layer; above 2 a layer separates")
    between: float = parameter(
        unit="k_B T", doc="Omega_b, repulsion of ions in neighbouring layers: how far apart the plateaus are"
    )
    ordering: float = parameter(0.0, unit="k_B T", doc="Omega_c, cost of two layers that are both half full")

    def energy(self, first, second, electron):
        def free(x):
            return mixing(x, 1.0) + self.within * x * (1 - x)

        both = self.between * first * second + self.ordering * first * (1 - first) * second * (1 - second)
        return (free(first) + free(second) + both) / 2 + mixing(electron + self.defects, self.electron_sites)


def layer_potentials(
    law: AbstractLayeredEnergy, layers: Float[Array, "... 2"]
) -> tuple[Float[Array, "... 2"], Float[Array, "..."]]:
    """Homogeneous (mu_1, mu_2) of the ions and mu_n of the electrons, k_B T, in the neutral film."""
    first, second = layers[..., 0], layers[..., 1]
    electron, one = (first + second) / 2, jnp.ones_like(first)
    one_layer = jax.jvp(lambda x: law.energy(x, second, electron), (first,), (one,))[1]
    other = jax.jvp(lambda x: law.energy(first, x, electron), (second,), (one,))[1]
    electrons = jax.jvp(lambda x: law.energy(first, second, x), (electron,), (one,))[1]
    return 2 * jnp.stack([one_layer, other], axis=-1), electrons
