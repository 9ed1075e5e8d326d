"""Free energies of hosts that take up ions of any charge together with their electrons.

A host's energy is in k_B T per formula unit, of the ions per formula unit ``ion`` and of the electrons per formula unit
and ion charge, ``electron = gamma / z``, so that neutrality reads ``ion == electron`` as in every film. The potential of the
neutral host, mu_h = dg/d ion + dg/d electron, is z F phi/RT with phi the host potential in volts, which rises as the
host fills.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp

from solion.base.parameters import assumed, parameter
from solion.laws.free_energy import AbstractFreeEnergy, mixing


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
