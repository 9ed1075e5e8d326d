"""Current of a small electrode: its kinetics in series with the spreading resistance of the electrolyte."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from solion.balances.disk import Disk
from solion.balances.electrode import current_and_slope, overpotential_behind
from solion.base.constants import thermal_voltage
from solion.base.parameters import Part, assumed, build, literature, parameter, stated
from solion.laws.charge_transfer import AbstractChargeTransfer, InsertionButlerVolmer, exchange_current, metal_surface
from solion.laws.indentation import DEFAULT_RADIUS


class NanoElectrode(Part):
    """A disk electrode on a slab of electrolyte: i = A j(eta) with eta = V - i R_s, j its kinetics.

    Positive V and i strip lithium at the electrode (oxidation), negative ones plate it. sigma R_ct against a
    (``wagner``) tells whether kinetics or the electrolyte limits.
    """

    radius: float = parameter(4.642e-9, unit="m", low=1e-10, high=1e-2, doc="a, of the contact", source=DEFAULT_RADIUS)
    thickness: float = parameter(
        300e-6, unit="m", low=1e-8, high=1.0, doc="L, of the electrolyte", source=stated(300e-6, "Lu et al., methods")
    )
    conductivity: float = parameter(
        0.05,
        unit="S/m",
        low=0,
        open_low=True,
        doc="sigma of the grain",
        source=literature(0.05, "Ta-doped LLZO, total conductivity 4.5e-4 to 6.4e-4 S/cm (Hu 2022)"),
    )
    kinetics: AbstractChargeTransfer = build(
        InsertionButlerVolmer,
        exchange_current=literature(2570.0, "RT/(F R_ct), R_ct = 0.1 ohm cm2 of a clean, pressed contact (Krauskopf 2019)"),
    )
    floor: float = parameter(
        1e-10,
        unit="A",
        low=0,
        doc="smallest current the instrument tells from none",
        source=assumed(1e-10, "typical of a current-sensing AFM amplifier; the paper gives none"),
    )
    temperature: float = parameter(298.15, unit="K", low=100, high=1500, doc="T", source=assumed(298.15, "room temperature"))

    @property
    def area(self) -> float:
        """Area of contact, m^2."""
        return float(np.pi * self.radius**2)

    @property
    def spreading_resistance(self) -> float:
        """R_s from the disk to the far electrode, ohm."""
        return Disk(float(self.radius), float(self.thickness)).resistance(float(self.conductivity))

    @property
    def thermal_voltage(self) -> float:
        """k_B T/e in V."""
        return float(thermal_voltage(self.temperature))

    @property
    def transfer_resistance(self) -> float:
        """R_ct = k_B T/(e i_0), ohm m^2, the kinetics at small overpotentials."""
        volt = self.thermal_voltage
        return volt / float(exchange_current(self.kinetics, metal_surface(volt)))

    @property
    def wagner(self) -> float:
        """sigma R_ct/a: kinetics limits where it is large, the electrolyte where it is small."""
        return float(self.conductivity * self.transfer_resistance / self.radius)

    def overpotential(self, voltage: ArrayLike) -> NDArray:
        """eta in V at a bias in V, of either sign."""
        drop = np.asarray(voltage, float)
        return overpotential_behind(self.kinetics, self.thermal_voltage, drop, self.spreading_resistance * self.area)

    def current(self, voltage: ArrayLike) -> NDArray:
        """Current in A at a bias in V against lithium."""
        return self.area * current_and_slope(self.kinetics, self.thermal_voltage, self.overpotential(voltage))[0]

    def ohmic_limit(self, voltage: ArrayLike) -> NDArray:
        """V/R_s in A: the most that the electrolyte lets through."""
        return np.asarray(voltage, float) / self.spreading_resistance
