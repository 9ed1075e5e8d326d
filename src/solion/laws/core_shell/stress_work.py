"""What stress costs the reaction: dG_m per carrier, in V; positive slows the host's conversion.

    dG = dG_r - e phi + (1/x) [sbar_M Omega_M - sbar_P Omega_P]

A compressed product is harder to make, a compressed host gives way more readily; as Omega_P = beta Omega_M the product decides.
Choi, Scanlon and Lee, Eq. 1, which is ``mean_stress``; their line 568 has the opposite sign, a slip. Every result says which of
these it used.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar, NamedTuple

from jaxtyping import Array, Float

from solion.base.constants import ELEMENTARY_CHARGE
from solion.base.parameters import Part, assumed, parameter
from solion.laws.core_shell.kinematics import CoreShell
from solion.laws.core_shell.shell import AbstractShell, core_mean_stress


class Formula(NamedTuple):
    """A host atom and what it takes up: x carriers, Omega_M (m3), nu of the host."""

    stoichiometry: Any
    host_volume: Any
    poisson: Any

    @property
    def per_stress(self):
        """Omega_M/(x e), V/Pa."""
        return self.host_volume / (self.stoichiometry * ELEMENTARY_CHARGE)


class AbstractStressWork(Part):
    """dG_m of a shell, without external pressure. ``flows``: whether it is work of plastic flow, which is lost and changes
    sign with the front's direction; otherwise it is stored."""

    flows: ClassVar[bool]

    @abstractmethod
    def work(self, shape: CoreShell, shell: AbstractShell, formula: Formula, strain_rate=0.0) -> Float[Array, "..."]:
        """dG_m in V while the front moves inward."""

    def pressure_work(self, pressure, ratio, formula: Formula):
        """What an external pressure (Pa) adds, p (beta - 1) Omega_M/x in V, whichever way the front moves."""
        return pressure * (ratio - 1) * formula.per_stress


class Traction(AbstractStressWork):
    """-sigma_r(a) (beta - 1) Omega_M/x: work against the traction on the front, the leading configurational term."""

    flows: ClassVar = True

    def work(self, shape, shell, formula, strain_rate=0.0):
        return -shell.radial(shape, shape.core, strain_rate) * (shape.ratio - 1) * formula.per_stress


class MeanStress(AbstractStressWork):
    """Eq. 1 as printed. Negative of a thin rigid-plastic shell, an artefact: take :class:`ElasticReversal` with it."""

    flows: ClassVar = False

    def work(self, shape, shell, formula, strain_rate=0.0):
        traction = shell.radial(shape, shape.core, strain_rate)
        host = core_mean_stress(traction, shape.order, formula.poisson)
        return (host - shell.mean(shape, shape.core, strain_rate) * shape.ratio) * formula.per_stress

    def pressure_work(self, pressure, ratio, formula):
        return pressure * (ratio - 1) * formula.per_stress


class Eshelby(AbstractStressWork):
    """Traction, and the elastic energy of new product less that of the host it was made of."""

    flows: ClassVar = False

    product_modulus: float = parameter(
        15e9, unit="Pa", low=1e8, high=1e12, doc="G of the product", source=assumed(15e9, "lithiated silicon, from memory")
    )
    host_modulus: float = parameter(
        160e9, unit="Pa", low=1e9, high=2e12, doc="E of the host", source=assumed(160e9, "silicon, a mean over directions")
    )

    def work(self, shape, shell, formula, strain_rate=0.0):
        order, nu = shape.order, formula.poisson
        traction = shell.radial(shape, shape.core, strain_rate)
        tau = shell.deviator(shape, shape.core, strain_rate)
        product = tau**2 / (self.product_modulus * (6.0, 8.0, 6.0)[order])
        host = traction**2 / self.host_modulus * (0.0, (1 + nu) * (1 - 2 * nu), 1.5 * (1 - 2 * nu))[order]
        return (-traction * (shape.ratio - 1) + product * shape.ratio - host) * formula.per_stress
