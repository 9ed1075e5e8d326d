"""Current of a small electrode: Butler-Volmer kinetics in series with the spreading resistance of the electrolyte."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from solion.balances.disk import Disk
from solion.base.constants import FARADAY, GAS_CONSTANT
from solion.base.parameters import Part, assumed, literature, parameter, stated
from solion.laws.indentation import DEFAULT_RADIUS


class NanoElectrode(Part):
    """A disk electrode on a slab of electrolyte: i = A i_0 2 sinh(F eta/2RT) with eta = V - i R_s.

    Positive V and i strip lithium at the electrode (oxidation), negative ones plate it. sigma R_ct against a
    (``wagner``) tells whether kinetics or the electrolyte limits.
    """

    radius: float = parameter(4.642e-9, unit="m", low=1e-10, high=1e-2, doc="a, of the contact", source=DEFAULT_RADIUS)
    thickness: float = parameter(
        300e-6, unit="m", low=1e-8, high=1.0, doc="L, of the electrolyte", source=stated(300e-6, "Lu et al., methods")
    )
    conductivity: float = parameter(
        0.05, unit="S/m", low=0, open_low=True, doc="sigma of the grain",
        source=literature(0.05, "Ta-doped LLZO, total conductivity 4.5e-4 to 6.4e-4 S/cm (Hu 2022)"),
    )  # fmt: skip
    exchange_current: float = parameter(
        2570.0, unit="A/m^2", low=0, open_low=True, doc="i_0 = RT/(F R_ct)",
        source=literature(2570.0, "R_ct = 0.1 ohm cm2 of a clean, pressed contact (Krauskopf 2019)"),
    )  # fmt: skip
    floor: float = parameter(
        1e-10, unit="A", low=0, doc="smallest current the instrument tells from none",
        source=assumed(1e-10, "typical of a current-sensing AFM amplifier; the paper gives none"),
    )  # fmt: skip
    temperature: float = parameter(
        298.15, unit="K", low=100, high=1500, doc="T", source=assumed(298.15, "room temperature")
    )

    @property
    def area(self) -> float:
        """Area of contact, m^2."""
        return float(np.pi * self.radius**2)

    @property
    def spreading_resistance(self) -> float:
        """R_s from the disk to the far electrode, ohm."""
        return Disk(float(self.radius), float(self.thickness)).resistance(float(self.conductivity))

    @property
    def transfer_resistance(self) -> float:
        """R_ct = RT/(F i_0), ohm m^2."""
        return float(GAS_CONSTANT * self.temperature / (FARADAY * self.exchange_current))

    @property
    def wagner(self) -> float:
        """sigma R_ct/a: kinetics limits where it is large, the electrolyte where it is small."""
        return float(self.conductivity * self.transfer_resistance / self.radius)

    def overpotential(self, voltage: ArrayLike) -> NDArray:
        """eta in V at a bias in V, of either sign."""
        thermal = 2 * GAS_CONSTANT * self.temperature / FARADAY
        return overpotential(voltage, self.spreading_resistance * 2 * self.area * float(self.exchange_current), thermal)

    def current(self, voltage: ArrayLike) -> NDArray:
        """Current in A at a bias in V against lithium."""
        thermal = 2 * GAS_CONSTANT * self.temperature / FARADAY
        return 2 * self.area * float(self.exchange_current) * np.sinh(self.overpotential(voltage) / thermal)

    def ohmic_limit(self, voltage: ArrayLike) -> NDArray:
        """V/R_s in A: the most that the electrolyte lets through."""
        return np.asarray(voltage, float) / self.spreading_resistance


def overpotential(voltage: ArrayLike, ohmic: float, thermal: float) -> NDArray:
    """eta with eta + ohmic sinh(eta/thermal) = V, all in V, by Newton's method from above, where it converges always.

    The left side is convex for eta > 0; the start min(V, thermal asinh(V/ohmic)) lies above the root.
    """
    bias = np.abs(np.asarray(voltage, float))
    eta = np.minimum(bias, thermal * np.arcsinh(bias / ohmic))
    for _ in range(60):
        step = (eta + ohmic * np.sinh(eta / thermal) - bias) / (1 + ohmic / thermal * np.cosh(eta / thermal))
        eta = np.maximum(eta - step, 0.0)
        if np.all(np.abs(step) <= 1e-15 * (1 + bias)):
            break
    return np.copysign(eta, voltage)
