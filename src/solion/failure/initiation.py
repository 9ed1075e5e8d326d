"""What lets lithium penetrate: laws of the largest local current that an interface bears, to be chosen among.

Each law answers one question, ``critical_current(local)``, for a place of given flaw size and resistance (:class:`Local`).
Overpotentials and currents are magnitudes of plating.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from solion.constants import FARADAY
from solion.parameters import Part, assumed, calibrated, literature, parameter

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

    toughness: float = parameter(
        0.98e6, unit="Pa m^0.5", low=0, open_low=True, doc="K_IC; 0.44 (83 % dense) to 1.51 MPa sqrt(m)",
        source=literature(0.98e6, "LLZO, middle of Ni 2012 (doi:10.1007/s10853-012-6687-5) and Hu 2022"),
    )  # fmt: skip
    geometry: float = parameter(
        1.12, low=0, open_low=True, doc="Y", source=literature(1.12, "edge crack in a half-plane")
    )
    molar_volume: float = parameter(13.0e-6, unit="m^3/mol", low=0, open_low=True, doc="V_m", source=MOLAR_VOLUME)
    strength: float = parameter(
        15e9, unit="Pa", low=0, open_low=True, doc="theoretical strength, some E/10",
        source=assumed(15e9, "a tenth of Young's modulus of LLZO, 150 GPa"),
    )  # fmt: skip

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

    limit: float = parameter(
        18.9, unit="A/m^2", low=0, open_low=True, doc="j_crit",
        source=calibrated(18.9, "1.8 mA/cm2 of the layered cell of Lu et al. with H = 1.05 and full contact"),
    )  # fmt: skip

    def critical_current(self, local):
        return float(self.limit)


class DefectPower(AbstractInitiation):
    """j_crit = ``limit`` (c/``flaw``)^(-exponent): the longest defect decides (Lowack 2026, arXiv:2603.20113).

    The energy to open a defect is held against that lost by current that detours around it, which grows as j^2 c^3:
    hence an exponent of 3/2. The abstract of the source prints the power without its minus sign.
    """

    limit: float = parameter(
        18.9, unit="A/m^2", low=0, open_low=True, doc="at a defect of length ``flaw``",
        source=calibrated(18.9, "1.8 mA/cm2 of the layered cell of Lu et al. with H = 1.05 and full contact"),
    )  # fmt: skip
    flaw: float = parameter(
        100e-9, unit="m", low=0, open_low=True, doc="reference length", source=assumed(100e-9, "window of H")
    )
    exponent: float = parameter(
        1.5, low=0, high=5, doc="decay with length", source=literature(1.5, "Lowack 2026, arXiv:2603.20113")
    )

    def critical_current(self, local):
        return float(self.limit * (local.flaw / self.flaw) ** -self.exponent)


class ShearStability(AbstractInitiation):
    """Linear elastic stability of a flat interface (Monroe and Newman 2005, doi:10.1149/1.1850854): stable without limit where
    the electrolyte's shear modulus exceeds some twice that of lithium. The historical control: it calls every garnet safe."""

    electrolyte: float = parameter(
        60e9, unit="Pa", low=0, open_low=True, doc="shear modulus of the electrolyte",
        source=literature(60e9, "LLZO, Yu et al. 2016, doi:10.1021/acs.chemmater.5b03854"),
    )  # fmt: skip
    lithium: float = parameter(
        3.4e9, unit="Pa", low=0, open_low=True, doc="shear modulus of lithium", source=literature(3.4e9, "handbook")
    )
    ratio: float = parameter(
        2.2, low=0, open_low=True, doc="least ratio of the two", source=literature(2.2, "Monroe and Newman 2005")
    )

    def critical_current(self, local):
        return np.inf if self.electrolyte > self.ratio * self.lithium else 0.0


def toughness_ratio(modulus: ArrayLike, energy: ArrayLike = 1.0) -> NDArray:
    """K_boundary/K_grain from the ratios of modulus and surface energy, as K_IC^2 = 2 gamma E."""
    return np.sqrt(np.asarray(modulus, float) * np.asarray(energy, float))
