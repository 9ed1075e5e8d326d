"""Critical current density of a cell: a local limit, the contact fraction and the concentration of the current.

    CCD = f j_crit(local)/H

f is the share of the area in contact, H the hot-spot factor at the scale of the flaw (its window must be named: 100 nm
here), and j_crit a law of initiation. One measured cell calibrates j_crit; every other cell is then predicted.
"""

from __future__ import annotations

from typing import ClassVar

from solion.base.errors import InputError
from solion.base.parameters import Part, assumed, build, calibrated, parameter, stated
from solion.devices.specimen import AbstractSpecimen
from solion.laws.initiation import AbstractInitiation, Griffith, InterfacialPressure, Local, LocalCurrent


class LithiumInterface(Part):
    """One kind of interface between lithium and the electrolyte."""

    resistance: float = parameter(unit="ohm m^2", low=0, open_low=True, doc="R_int, of one interface with its layer")
    hot_spot: float = parameter(1.0, low=1, doc="H, largest over mean current at the window of the flaw")
    contact: float = parameter(1.0, low=0, high=1, open_low=True, doc="f, share of the area in contact")
    flaw: float = parameter(
        100e-9, unit="m", low=0, open_low=True, doc="c, depth of the flaws", source=assumed(100e-9, "window of H")
    )

    @property
    def concentration(self) -> float:
        """Largest local over mean current density, H/f."""
        return float(self.hot_spot / self.contact)

    @property
    def local_resistance(self) -> float:
        """Resistance in ohm m^2 under the contact, R_int f: what the local current passes."""
        return float(self.resistance * self.contact)


def critical_current(law: AbstractInitiation, interface: LithiumInterface) -> float:
    """CCD in A/m^2 (of the cell's area)."""
    place = Local(float(interface.flaw), interface.local_resistance)
    return law.critical_current(place) / interface.concentration


def calibrate(measured: float, interface: LithiumInterface, reason: str) -> LocalCurrent:
    """The local limit for which an interface has a measured CCD (A/m^2); its source says so."""
    if not measured > 0:
        raise InputError(f"calibrate: measured = {measured!r} A/m^2 is outside its allowed range (0, inf) A/m^2.")
    return build(LocalCurrent, limit=calibrated(measured * interface.concentration, reason))


def calibrate_pressure(measured: float, interface: LithiumInterface, reason: str) -> InterfacialPressure:
    """The screening length for which an interface has a measured CCD (A/m^2) by :class:`InterfacialPressure`."""
    if not measured > 0:
        raise InputError(f"calibrate_pressure: measured = {measured!r} A/m^2 is outside its allowed range (0, inf) A/m^2.")
    unit = InterfacialPressure(screening=1.0).critical_overpotential
    overpotential = measured * interface.concentration * interface.local_resistance
    return build(InterfacialPressure, screening=calibrated(overpotential / unit, reason))


def implied_flaw(law: Griffith, measured: float, interface: LithiumInterface) -> float:
    """Depth in m of the flaw that the overpotential law needs for a measured CCD (A/m^2): j H/f times R_int f is eta_c."""
    local = measured * interface.concentration * interface.local_resistance
    return float(law.critical_flaw(local))


class SymmetricCell(AbstractSpecimen):
    """A symmetric cell: lithium, interface, electrolyte, interface, lithium."""

    experiments: ClassVar = ("cell_test",)
    instead: ClassVar = {"temperature": "no temperature acts on its numbers: give those that hold at yours"}
    unit_area: ClassVar = 1.0  # currents are densities
    sign_convention: ClassVar = "A positive current plates lithium at one side and strips it from the other; V has its sign."

    interface: LithiumInterface
    thickness: float = parameter(
        300e-6, unit="m", low=0, open_low=True, doc="of the electrolyte", source=stated(300e-6, "Lu et al., methods")
    )
    conductivity: float = parameter(
        0.05,
        unit="S/m",
        low=0,
        open_low=True,
        doc="effective, grain boundaries included",
        source=assumed(0.05, "grains alone; multiply by sigma_eff/sigma_g of a solved microstructure"),
    )
    short: float = parameter(
        0.03,
        low=0,
        high=1,
        open_low=True,
        doc="voltage of a shorted cell over that before",
        source=assumed(0.03, "0.01 to 0.1 is usual; the paper's text gives none"),
    )

    @property
    def resistance(self) -> float:
        """Area-specific resistance, ohm m^2."""
        return float(self.thickness / self.conductivity + 2 * self.interface.resistance)


def layer_resistance(thickness: float, conductivity: float) -> float:
    """t/sigma of a layer in ohm m^2: 10 um at 1e-2 S/m make 1e-3 (10 ohm cm2)."""
    return thickness / conductivity


def limiting_current(diffusivity: float, concentration: float, transference: float, thickness: float) -> float:
    """4 F D c/((1 - t+) t) in A/m^2: the most that a binary salt carries through a layer of thickness t (m).

    D in m^2/s, salt concentration in mol/m^3; beyond it the salt at one side is used up.
    """
    from solion.base.constants import FARADAY

    if not 0 <= transference < 1:
        raise InputError(f"limiting_current: transference = {transference!r} is outside its allowed range [0, 1).")
    return 4 * FARADAY * diffusivity * concentration / ((1 - transference) * thickness)
