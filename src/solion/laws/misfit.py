"""How much a lattice swells in the plane of a film as ions enter, and what it costs to hold it: small strains, linear elastic.

With the normal free of traction and in-plane strains e_i of the film against its lattice without stress at ``stress_free``,

    w = (C*_11 e_1^2 + C*_22 e_2^2 + 2 C*_12 e_1 e_2)/2,  e_i = e_i^total - eps_i (c - c_ref),  C*_ij = C_ij - C_ik C_jk/C_kk

per volume, k the normal; in an isotropic plane w = Y e^2 with Y = E/(1 - nu). The energy per site is B (c - c_clamp)^2, B = w of
a unit of composition over c_0 R T (:class:`Strained`). One chemical potential follows, 2 B (c - c_clamp): no term of pressure
times a partial molar volume stands beside it, it is the same (Larche and Cahn 1985, doi:10.1016/0001-6160(85)90077-X).
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
from jax.core import Tracer

from solion.base.constants import GAS_CONSTANT
from solion.base.errors import InputError
from solion.base.parameters import Part, assumed, parameter, positive_parameter
from solion.laws.free_energy import AbstractFreeEnergy


class AbstractMisfit(Part):
    """Misfit strains of a film's plane per unit of composition, and its moduli."""

    stress_free: float = parameter(
        0.0, low=0, high=10, kw_only=True, doc="c_ref, composition from which strains count", source=assumed(0.0, "grown empty")
    )
    electron_share: float = parameter(
        0.5,
        low=0,
        high=1,
        kw_only=True,
        doc="s_n, part of the stress's potential that electrons feel",
        source=assumed(0.5, "no measurement: an even split; it acts at the contacts alone"),
    )
    relaxed: float = parameter(
        0.0,
        low=0,
        high=1,
        kw_only=True,
        doc="part of the misfit energy that dislocations have taken",
        source=assumed(0.0, "coherent"),
    )

    @property
    @abstractmethod
    def density(self) -> Any:
        """w of a unit of composition in a film that cannot strain, J/m3; zero where nothing swells."""

    @abstractmethod
    def stiffness(self) -> Any:
        """-d(stress)/dc along the first axis of a film that cannot strain, Pa."""

    @abstractmethod
    def of_strain(self, strain: Any) -> Any:
        """Composition whose free strain leaves the film as it is under an in-plane ``strain``, the same in all directions."""

    def coefficient(self, concentration: Any, temperature: Any) -> Any:
        """B of what is not relaxed, in k_B T per site, for c_0 (mol/m3) at a temperature (K)."""
        return (1 - self.relaxed) * self.density / (concentration * GAS_CONSTANT * temperature)


class NoMisfit(AbstractMisfit):
    """The lattice keeps its size, or nothing is known of it."""

    @property
    def density(self):
        return 0.0

    def stiffness(self):
        return 0.0

    def of_strain(self, strain):
        return 0.0 * strain


class BiaxialMisfit(AbstractMisfit):
    """The same in every direction of the plane: w = Y eps_0^2 (c - c_ref)^2."""

    misfit: float = parameter(low=-0.3, high=0.3, doc="eps_0, free in-plane strain from c = 0 to 1, 0.01 for 1 %")
    biaxial_modulus: float = positive_parameter(unit="Pa", high=1e13, doc="Y = E/(1 - nu)")

    def __check_init__(self):
        if not isinstance(self.misfit, Tracer) and self.misfit == 0:
            raise InputError("BiaxialMisfit.misfit = 0 swells nothing; take NoMisfit().")

    @property
    def density(self):
        return self.biaxial_modulus * self.misfit**2

    def stiffness(self):
        return self.biaxial_modulus * self.misfit

    def of_strain(self, strain):
        return strain / self.misfit


class AnisotropicMisfit(AbstractMisfit):
    """Two principal axes of the plane; the moduli are those of :func:`plane_moduli`."""

    first: float = parameter(low=-0.3, high=0.3, doc="eps_1")
    second: float = parameter(low=-0.3, high=0.3, doc="eps_2")
    modulus_11: float = positive_parameter(unit="Pa", high=1e13, doc="C*_11")
    modulus_22: float = positive_parameter(unit="Pa", high=1e13, doc="C*_22")
    modulus_12: float = parameter(unit="Pa", low=-1e13, high=1e13, doc="C*_12")

    @property
    def density(self):
        return (self.first * self.stiffness() + self.second * self._second()) / 2

    def stiffness(self):
        return self.modulus_11 * self.first + self.modulus_12 * self.second

    def _second(self):
        return self.modulus_12 * self.first + self.modulus_22 * self.second

    def of_strain(self, strain):
        return strain * (self.stiffness() + self._second()) / (2 * self.density)


def plane_moduli(stiffness: Any, normal: int) -> tuple[float, float, float]:
    """(C*_11, C*_22, C*_12) of a film from the 3 x 3 block of its stiffness matrix (Pa) and the place of its normal, 0 to 2.

    The in-plane axes are the other two, in order. Of a cubic film on (100) C*_11 + C*_12 = C11 + C12 - 2 C12^2/C11 = Y.
    """
    c, (i, j) = np.asarray(stiffness, float), [axis for axis in range(3) if axis != normal]
    free = c - np.outer(c[:, normal], c[normal]) / c[normal, normal]
    return float(free[i, i]), float(free[j, j]), float(free[i, j])


class Strained(AbstractFreeEnergy):
    """A free energy, and the elastic energy B (c - c_clamp)^2 of a lattice held in the plane: what a coherent film has.

    mu_p + mu_n gains 2 B (c - c_clamp), of which electrons feel the share s_n. Limits of stability and the gap narrow: a regular
    solution Omega becomes one of Omega - B, and no film separates above B_c = -min mu_h'/2.
    """

    base: AbstractFreeEnergy  # pyright: ignore[reportGeneralTypeIssues]
    coefficient: float = parameter(unit="k_B T", low=0, doc="B")
    clamp: float = parameter(0.0, doc="c_clamp, composition without stress")
    electron_share: float = parameter(0.5, low=0, high=1, doc="s_n")

    def energy(self, ion, electron):
        share = self.electron_share
        elastic = (1 - share) * (ion - self.clamp) ** 2 + share * (electron - self.clamp) ** 2
        return self.base.energy(ion, electron) + self.coefficient * elastic
