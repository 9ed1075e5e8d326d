"""What lets lithium penetrate: laws of the largest local current that an interface bears, to be chosen among.

Each law answers one question, ``critical_current(local)``, for a place of given flaw size and resistance (:class:`Local`).
Overpotentials and currents are magnitudes of plating.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from solion.base.constants import FARADAY, VACUUM_PERMITTIVITY
from solion.base.parameters import Part, assumed, calibrated, literature, parameter, positive_parameter, stated

VORONOI_AREA = 2.910  # area of boundaries per volume times (mean volume)^(1/3), Poisson-Voronoi grains in space
MOLAR_VOLUME = literature(13.0e-6, "lithium metal, 6.94 g/mol at 0.534 g/cm3")


class Local(NamedTuple):
    """A place of the interface: depth of its ``flaw`` in m and its ``resistance`` in ohm m^2."""

    flaw: float
    resistance: float


class AbstractInitiation(Part):
    """A criterion for the penetration of lithium."""

    @abstractmethod
    def critical_current(self, local: Local) -> float:
        """Largest local current density in A/m^2 that does not penetrate; infinite where none does."""


class Griffith(AbstractInitiation):
    """A flaw full of lithium opens when its pressure F eta/V_m brings the crack to its toughness (Porz et al. 2017,
    doi:10.1002/aenm.201701003): Y (F eta/V_m) sqrt(pi c) = K_IC.

    The pressure cannot exceed the theoretical strength, so no flaw asks for more than F eta = V_m ``strength``.
    """

    toughness: float = positive_parameter(
        0.98e6,
        unit="Pa m^0.5",
        doc="K_IC; 0.44 (83 % dense) to 1.51 MPa sqrt(m)",
        source=literature(0.98e6, "Ta-doped LLZO, middle of the range of Hu et al., Chinese Physics Letters, 2022"),
    )
    geometry: float = positive_parameter(1.12, doc="Y", source=literature(1.12, "edge crack in a half-plane"))
    molar_volume: float = positive_parameter(13.0e-6, unit="m^3/mol", doc="V_m", source=MOLAR_VOLUME)
    strength: float = positive_parameter(
        15e9,
        unit="Pa",
        doc="theoretical strength, some E/10",
        source=assumed(15e9, "a tenth of Young's modulus of LLZO, 150 GPa"),
    )

    def pressure(self, overpotential: ArrayLike) -> NDArray:
        """F eta/V_m in Pa."""
        return FARADAY * np.asarray(overpotential, float) / self.molar_volume

    @property
    def largest(self) -> float:
        """Overpotential in V whose pressure is the theoretical strength."""
        return float(self.molar_volume * self.strength / FARADAY)

    def critical_overpotential(self, flaw: ArrayLike) -> NDArray:
        """eta_c in V for flaws of depth c in m, K_IC V_m/(F Y sqrt(pi c)) up to that of the theoretical strength."""
        flaw = np.asarray(flaw, float)
        crack = self.toughness * self.molar_volume / (FARADAY * self.geometry * np.sqrt(np.pi * flaw))
        return np.minimum(crack, self.largest)

    def critical_flaw(self, overpotential: ArrayLike) -> NDArray:
        """Depth in m of the flaw that opens at an overpotential in V; nan beyond the theoretical strength."""
        eta = np.asarray(overpotential, float)
        depth = (self.toughness * self.molar_volume / (FARADAY * self.geometry * eta)) ** 2 / np.pi
        return np.where(eta <= self.largest, depth, np.nan)

    def critical_current(self, local):
        return float(self.critical_overpotential(local.flaw) / local.resistance)


class LocalCurrent(AbstractInitiation):
    """Penetration above one local current density, whatever the place."""

    limit: float = positive_parameter(
        18.9,
        unit="A/m^2",
        doc="j_crit",
        source=calibrated(18.9, "1.8 mA/cm2 of the layered cell of Lu et al. with H = 1.05 and full contact"),
    )

    def critical_current(self, local):
        return float(self.limit)


class DefectPower(AbstractInitiation):
    """j_crit = ``limit`` (c/``flaw``)^(-exponent): the longest defect decides (Lowack 2026, arXiv:2603.20113).

    The energy to open a defect is held against that lost by current that detours around it, which grows as j^2 c^3:
    hence an exponent of 3/2. The abstract of the source prints the power without its minus sign.
    """

    limit: float = positive_parameter(
        18.9,
        unit="A/m^2",
        doc="at a defect of length ``flaw``",
        source=calibrated(18.9, "1.8 mA/cm2 of the layered cell of Lu et al. with H = 1.05 and full contact"),
    )
    flaw: float = positive_parameter(100e-9, unit="m", doc="reference length", source=assumed(100e-9, "window of H"))
    exponent: float = parameter(
        1.5, low=0, high=5, doc="decay with length", source=literature(1.5, "Lowack 2026, arXiv:2603.20113")
    )

    def critical_current(self, local):
        return float(self.limit * (local.flaw / self.flaw) ** -self.exponent)


class InterfacialPressure(AbstractInitiation):
    """Lithium enters the grain boundaries once the pressure at the interface does the work of opening them.

    The field of an overpotential eta across a screened layer of thickness lambda presses with eps (eta/lambda)^2/2. To
    fill every boundary with lithium takes Delta gamma S_V per volume, S_V = 2.91/d for Poisson-Voronoi grains of size d:

        eta_c = lambda sqrt(2 Delta gamma S_V/eps),    j_crit = eta_c/R.

    Li and Monroe (Phys. Chem. Chem. Phys. 21, 20354, 2019, doi:10.1039/c9cp03884a) report a critical interfacial pressure of
    this origin and a critical current that depends on interfacial impedance, permittivity and grain size. Their formula
    is not at hand: this closure is our own, and ``screening`` is to be calibrated.
    """

    surface_energy: float = positive_parameter(
        1.0,
        unit="J/m^2",
        doc="Delta gamma, of a boundary filled with lithium less that of an empty one",
        source=assumed(1.0, "order of the surface energies of oxides"),
    )
    grain_size: float = positive_parameter(
        10e-6, unit="m", doc="d, cube root of the mean volume", source=stated(10e-6, "Lu et al.")
    )
    permittivity: float = parameter(
        50.0, low=1, doc="relative permittivity", source=assumed(50.0, "of the order of garnets', 30 to 100")
    )
    screening: float = positive_parameter(
        1e-9, unit="m", doc="lambda", source=assumed(1e-9, "space charge in garnets is thinner than 1 nm")
    )

    @property
    def critical_pressure(self) -> float:
        """Delta gamma S_V in Pa."""
        return float(self.surface_energy * VORONOI_AREA / self.grain_size)

    def pressure(self, overpotential: ArrayLike) -> NDArray:
        """eps (eta/lambda)^2/2 in Pa."""
        field = np.asarray(overpotential, float) / self.screening
        return VACUUM_PERMITTIVITY * self.permittivity * field**2 / 2

    @property
    def critical_overpotential(self) -> float:
        """eta_c in V."""
        dielectric = VACUUM_PERMITTIVITY * self.permittivity
        return float(self.screening * np.sqrt(2 * self.critical_pressure / dielectric))

    def critical_current(self, local):
        return self.critical_overpotential / local.resistance


class ShearStability(AbstractInitiation):
    """Linear elastic stability of a flat interface (Monroe and Newman 2005, doi:10.1149/1.1850854).

    Stable without limit where the electrolyte's shear modulus exceeds some twice that of lithium. The historical
    control: it calls every garnet safe.
    """

    electrolyte: float = positive_parameter(
        60e9, unit="Pa", doc="shear modulus of the electrolyte", source=literature(60e9, "LLZO, Yu et al. 2016")
    )
    lithium: float = positive_parameter(3.4e9, unit="Pa", doc="shear modulus of lithium", source=literature(3.4e9, "handbook"))
    ratio: float = positive_parameter(2.2, doc="least ratio of the two", source=literature(2.2, "Monroe and Newman 2005"))

    def critical_current(self, local):
        return np.inf if self.electrolyte > self.ratio * self.lithium else 0.0


def toughness_ratio(modulus: ArrayLike, energy: ArrayLike = 1.0) -> NDArray:
    """K_boundary/K_grain from the ratios of modulus and surface energy, as K_IC^2 = 2 gamma E."""
    return np.sqrt(np.asarray(modulus, float) * np.asarray(energy, float))
