"""Hosts that take up ions of any charge together with their electrons, and the kinetics of insertion.

A host's energy is in k_B T per formula unit, of the ions per formula unit ``ion`` and of the electrons per formula unit
and ion charge, ``electron = gamma / z``, so that neutrality reads ``ion == electron`` as in every film. The potential of the
neutral host, mu_h = dg/d ion + dg/d electron, is z F phi/RT with phi the host potential in volts, which rises as the
host fills.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.base.parameters import Part, assumed, parameter
from solion.laws.free_energy import AbstractFreeEnergy, mixing
from solion.laws.marcus import marcus_factor


@jax.custom_jvp
def dilution(x):
    """Ideal mixing of ``x`` dilute carriers; the derivative is ln x."""
    return x * jnp.log(x) - x


@dilution.defjvp
def _dilution_jvp(primals, tangents):
    (x,), (dx,) = primals, tangents
    return dilution(x), jnp.log(x) * dx


class HostPotential(AbstractFreeEnergy):
    """Dilute ions that each release free polarons, and a potential that rises in a straight line.

    mu_h = nu ln x + G x: nu = 1 + z where each ion releases z free polarons, 1 where all stay bound to it; G = z F g/RT of
    a slope g of the host potential in volts per x.
    """

    releases: float = parameter(low=0, open_low=True, doc="nu, entropy of an ion and the polarons it frees")
    slope: float = parameter(unit="k_B T", doc="G, rise of the potential with x")

    def energy(self, ion, electron):
        return dilution(ion) + (self.releases - 1) * dilution(electron) + 0.5 * self.slope * electron**2


class LatticeHost(AbstractFreeEnergy):
    """Ions and polarons on a finite number of sites, with Redlich-Kister interactions beside the straight line.

    mu_h = nu ln(x/(x_m - x)) + G x + d/dx [x (x_m - x) (L_0 + L_1 (x_m - 2 x))], x_m the ``ion_sites``. Phases
    separate where L_0 x_m^2 > 2 nu.
    """

    releases: float = parameter(low=0, open_low=True, doc="nu, entropy of an ion and the polarons it frees")
    slope: float = parameter(0.0, unit="k_B T", doc="G", source=assumed(0.0, "none unless given"))
    interaction: float = parameter(0.0, unit="k_B T", doc="L_0", source=assumed(0.0, "none unless given"))
    skew: float = parameter(0.0, unit="k_B T", doc="L_1", source=assumed(0.0, "none unless given"))

    def energy(self, ion, electron):
        sites = self.ion_sites
        excess = ion * (sites - ion) * (self.interaction + self.skew * (sites - 2 * ion))
        entropy = mixing(ion, sites) + (self.releases - 1) * mixing(electron, sites)
        return entropy + 0.5 * self.slope * electron**2 + excess


class Site(NamedTuple):
    """What the kinetics may know of the host's surface: ions per formula unit there, and how many there can be."""

    composition: Float[Array, ""]
    sites: Float[Array, ""]


class AbstractInsertion(Part):
    """Kinetics of an ion that enters a host from an electrolyte."""

    @abstractmethod
    def current(self, overpotential: Float[Array, ""], site: Site) -> Float[Array, ""]:
        """Current density of ions into the host, A/m2 of the interface.

        Increasing in the overpotential (k_B T/e, positive where it drives ions in) and zero at zero.
        """


class InsertionButlerVolmer(AbstractInsertion):
    """i = i_0 [exp(alpha n eta) - exp(-(1 - alpha) n eta)] with a constant exchange current."""

    exchange_current: float = parameter(unit="A/m2", low=0, open_low=True, doc="i_0, exchange current density")
    asymmetry: float = parameter(
        0.5, low=0, high=1, open_low=True, open_high=True, doc="alpha", source=assumed(0.5, "a symmetric barrier")
    )
    electrons: float = parameter(
        1.0, low=0, open_low=True, doc="n, charges in the rate-limiting step", source=assumed(1.0, "one at a time")
    )

    def current(self, overpotential, site):
        driven = self.electrons * overpotential
        return self.exchange_current * (jnp.exp(self.asymmetry * driven) - jnp.exp(-(1 - self.asymmetry) * driven))


class LatticeButlerVolmer(AbstractInsertion):
    """Butler-Volmer kinetics whose exchange current follows the surface, i_0 = i_00 x^alpha (x_m - x)^(1 - alpha) / (x_m/2)."""

    rate: float = parameter(unit="A/m2", low=0, open_low=True, doc="i_00, exchange current at half filling")
    asymmetry: float = parameter(
        0.5, low=0, high=1, open_low=True, open_high=True, doc="alpha", source=assumed(0.5, "a symmetric barrier")
    )

    def current(self, overpotential, site):
        alpha = self.asymmetry
        share = site.composition**alpha * (site.sites - site.composition) ** (1 - alpha) / (0.5 * site.sites)
        return self.rate * share * (jnp.exp(alpha * overpotential) - jnp.exp(-(1 - alpha) * overpotential))


class MarcusInsertion(AbstractInsertion):
    """Marcus-Hush-Chidsey kinetics: as symmetric Butler-Volmer for small overpotentials, levelling off beyond lambda."""

    exchange_current: float = parameter(unit="A/m2", low=0, open_low=True, doc="i_0, exchange current density")
    reorganization: float = parameter(unit="k_B T", low=0, high=100, open_low=True, doc="lambda")

    def current(self, overpotential, site):
        return self.exchange_current * 2 * jnp.tanh(0.5 * overpotential) * marcus_factor(
            overpotential, self.reorganization
        )  # fmt: skip


class LinearInsertion(AbstractInsertion):
    """i = eta/R_ct, an area-specific charge-transfer resistance."""

    conductance: float = parameter(unit="A/m2", low=0, open_low=True, doc="k_B T/(e R_ct), current at one k_B T/e")

    def current(self, overpotential, site):
        return self.conductance * overpotential


class Insertion(AbstractInsertion):
    """A user's own function ``current(overpotential, site)`` in A/m2, increasing, zero at zero."""

    function: Callable = eqx.field(static=True)

    def current(self, overpotential, site):
        return self.function(overpotential, site)
