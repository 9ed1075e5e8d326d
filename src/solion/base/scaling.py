"""The one place where SI meets the scaled numbers the equations are solved in."""

from __future__ import annotations

from typing import Any

import equinox as eqx

from solion.base.constants import FARADAY, thermal_voltage


class Scales(eqx.Module):
    """Units of a scaled model, each in SI: a quantity in SI is its scaled value times the scale of its kind."""

    length: Any  # m
    time: Any  # s
    voltage: Any  # V
    current_density: Any  # A/m2
    concentration: Any  # mol/m3
    area: Any  # m2
    symbols: tuple[tuple[str, str], ...] = eqx.field(static=True, default=())  # what a paper calls them: ("time", "tau_D")

    @property
    def sizes(self) -> dict[str, Any]:
        """The scales that all others follow from, by kind."""
        kinds = ("length", "time", "voltage", "current_density", "concentration", "area")
        return {kind: getattr(self, kind) for kind in kinds}

    def symbol(self, kind: str) -> str:
        """The paper's name of the scale of a kind, empty where it has none."""
        return dict(self.symbols).get(kind, "")

    def of(self, kind: str | None):
        """The scale of a kind of quantity, 1 of a pure number."""
        return 1.0 if kind is None else getattr(self, kind)

    @property
    def current(self):
        """Current of one scaled unit through the whole area, A."""
        return self.current_density * self.area

    @property
    def resistance(self):
        """V/A of the whole area."""
        return self.voltage / self.current

    @property
    def conductance(self):
        """A/V of the whole area."""
        return self.current / self.voltage

    @property
    def charge(self):
        """Charge of one unit of current times time, C."""
        return self.current * self.time

    @property
    def conductance_time(self):
        """Conductance times time, S s."""
        return self.conductance * self.time

    @property
    def power(self):
        """Power of one unit of voltage times current, W."""
        return self.voltage * self.current

    @property
    def energy(self):
        """Energy of one unit of voltage times current times time, J."""
        return self.voltage * self.current * self.time

    @property
    def power_density(self):
        """Power of one unit of voltage times current density, W/m2."""
        return self.voltage * self.current_density

    @property
    def area_resistance(self):
        """Voltage over current density, ohm m2."""
        return self.voltage / self.current_density

    @property
    def conductivity(self):
        """Current density times length over voltage, S/m."""
        return self.current_density * self.length / self.voltage

    @property
    def velocity(self):
        """Length over time, m/s."""
        return self.length / self.time

    @property
    def frequency(self):
        """One over time, Hz."""
        return 1 / self.time

    @property
    def amount(self):
        """Concentration times the volume of one unit of length, mol."""
        return self.concentration * self.area * self.length

    @property
    def stress(self):
        """Energy of one unit of voltage per charge of the unit of concentration, Pa."""
        return FARADAY * self.voltage * self.concentration

    @property
    def surface_energy(self):
        """Stress times length, J/m2 or N/m."""
        return self.stress * self.length

    @property
    def curvature(self):
        """One over length, 1/m."""
        return 1 / self.length

    @property
    def temperature(self):
        """Temperatures are in kelvin, scaled or not."""
        return 1.0


MIXED_CONDUCTION = (
    ("time", "tau_D"),
    ("voltage", "V_T"),
    ("current_density", "i_D"),
    ("current", "i_D S"),
    ("conductance", "i_D S/V_T"),
    ("resistance", "V_T/(i_D S)"),
    ("charge", "i_D S tau_D"),
    ("power", "V_T i_D S"),
    ("energy", "V_T i_D S tau_D"),
    ("length", "h"),
)


def mixed_conductor_scales(*, thickness, area, concentration, ion_diffusivity, electron_diffusivity, temperature) -> Scales:
    """Scales of a film that conducts ions and electrons (Tian and Bazant).

    h, tau_D = h^2/D_p0, V_T = k_B T/e, i_D = D_n0 c_0 N_A e/h.
    """
    return Scales(
        length=thickness,
        time=thickness**2 / ion_diffusivity,
        voltage=thermal_voltage(temperature),
        current_density=electron_diffusivity * concentration * FARADAY / thickness,
        concentration=concentration,
        area=area,
        symbols=MIXED_CONDUCTION,
    )
