"""Homogeneous free energies of a film that holds ions and electrons: the one source of its potentials.

An energy is a function ``energy(ion, electron)`` in k_B T per reference site, of the ions c_p/c_0 and of the
electrons (c_n - c_d)/c_0 beyond those that neutralise the fixed defects, so that electroneutrality reads
``ion == electron``. Chemical potentials are its two derivatives, by automatic differentiation; nothing else
about a material's thermodynamics is written down anywhere.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.base.elementary import log
from solion.base.parameters import Part, parameter, positive_parameter


class AbstractFreeEnergy(Part):
    """Free energy of a mixed conductor and the sites it counts."""

    ion_sites: float = positive_parameter(1.0, kw_only=True, doc="c_p_max / c_0")
    electron_sites: float = positive_parameter(2.0, kw_only=True, doc="c_n_max / c_0")
    defects: float = parameter(0.0, low=0, kw_only=True, doc="c_d / c_0, fixed positive charge")

    @property
    def capacity(self):
        """Largest composition c_p/c_0 at which ions and electrons all have sites."""
        ions, electrons = self.ion_sites, self.electron_sites - self.defects
        known = isinstance(ions, (int, float)) and isinstance(electrons, (int, float))
        return min(ions, electrons) if known else jnp.minimum(ions, electrons)

    @abstractmethod
    def energy(self, ion: Float[Array, "..."], electron: Float[Array, "..."]) -> Float[Array, "..."]:
        """Free energy per reference site, k_B T."""


@jax.custom_jvp
def mixing(x, sites):
    """Ideal mixing of ``x`` carriers with the vacancies of ``sites`` sites; the derivative is ln(x / (sites - x))."""
    return x * log(x) + (sites - x) * log(sites - x)


@mixing.defjvp
def _mixing_jvp(primals, tangents):
    # one logarithm instead of two, and no difference of large terms near a full or an empty lattice
    x, sites = primals
    dx, dsites = tangents
    return mixing(x, sites), log(x / (sites - x)) * dx + (log(sites - x) + 1) * dsites


def chemical_potentials(law: AbstractFreeEnergy, composition: Float[Array, "..."]):
    """Homogeneous (mu_p, mu_n) of ions and electrons, k_B T, in the neutral film of this composition c_p/c_0."""
    one = jnp.ones_like(composition)
    _, ion = jax.jvp(lambda x: law.energy(x, composition), (composition,), (one,))
    _, electron = jax.jvp(lambda x: law.energy(composition, x), (composition,), (one,))
    return ion, electron


def total_potential(law: AbstractFreeEnergy, composition: Float[Array, "..."]) -> Float[Array, "..."]:
    """mu_h = mu_p + mu_n of the neutral film (k_B T): what phase stability and the plateau follow from."""
    return jax.jvp(lambda x: law.energy(x, x), (composition,), (jnp.ones_like(composition),))[1]


class RegularSolution(AbstractFreeEnergy):
    """Ions and electrons mixed ideally with their vacancies, and an enthalpy whose potential is Omega_k c^rho.

    mu_k = ln(c_k / (c_k_max - c_k)) + Omega_k c^rho, k = p, n (Tian and Bazant, Eq. 2, homogeneous part);
    rho = 1 is the ordinary regular solution, rho < 1 skews it towards the ion-poor side.
    """

    ion_interaction: float = parameter(unit="k_B T", doc="Omega_p, enthalpy of the ions")
    electron_interaction: float = parameter(unit="k_B T", doc="Omega_n, lift of the Fermi level by inserted ions")
    exponent: float = positive_parameter(1.0, high=10, doc="rho, skewness of the enthalpy")

    def energy(self, ion, electron):
        power = self.exponent + 1.0
        enthalpy = self.ion_interaction * _raised(ion, power) + self.electron_interaction * _raised(electron, power)
        return mixing(ion, self.ion_sites) + mixing(electron + self.defects, self.electron_sites) + enthalpy


def _raised(x, power):
    """x^power / power, written with the logarithm that mixing needs anyway (half the time of a power)."""
    return jnp.exp(power * log(x)) / power


class Staged(AbstractFreeEnergy):
    """A :class:`RegularSolution` whose ions order in ``stages`` equal steps: several plateaus, a phase between each two.

    mu_p gains A sin(2 pi m c), m = ``stages``: wells of the energy at c = 0, 1/m, 2/m ... 1. A of 0.3 to 1 k_B T is typical.
    """

    ion_interaction: float = parameter(unit="k_B T", doc="Omega_p, enthalpy of the ions")
    electron_interaction: float = parameter(unit="k_B T", doc="Omega_n, lift of the Fermi level by inserted ions")
    amplitude: float = parameter(unit="k_B T", low=0, doc="A, depth of the wells of the stages in mu")
    exponent: float = positive_parameter(1.0, high=10, doc="rho, skewness of the enthalpy")
    stages: float = parameter(2.0, low=1, high=20, doc="m, wells beyond the first: the energy has one at each k/m")

    def energy(self, ion, electron):
        power, turns = self.exponent + 1.0, 2 * jnp.pi * self.stages
        enthalpy = self.ion_interaction * _raised(ion, power) + self.electron_interaction * _raised(electron, power)
        ordering = -self.amplitude / turns * jnp.cos(turns * ion)
        return mixing(ion, self.ion_sites) + mixing(electron + self.defects, self.electron_sites) + enthalpy + ordering


class FreeEnergy(AbstractFreeEnergy):
    """A user's own function ``energy(ion, electron)`` in k_B T per reference site.

    ``FreeEnergy(lambda ion, electron: 40 * ion**2 * (1 - ion) ** 2)`` is a double well; add :func:`mixing` terms
    where configurational entropy matters. The function must be written with ``jax.numpy``.
    """

    function: Callable = eqx.field(static=True)  # pyright: ignore[reportGeneralTypeIssues]

    def energy(self, ion, electron):
        return self.function(ion, electron)
