"""The one place where SI meets the scaled numbers the equations are solved in."""

from __future__ import annotations

import dataclasses
from typing import Any

import equinox as eqx

from solion.base.constants import FARADAY, thermal_voltage


@dataclasses.dataclass(frozen=True)
class Observable:
    """A number that a model reports at each instant: its name, the scale of its kind (None where it has no unit), its meaning."""

    name: str
    kind: str | None
    meaning: str


UNITS = {
    "length": "m",
    "time": "s",
    "voltage": "V",
    "current_density": "A/m2",
    "current": "A",
    "energy": "J",
    "power": "W",
    "charge": "C",
    "conductance": "S",
    "conductance_time": "S s",
}


class Scales(eqx.Module):
    """Units of a scaled model, each in SI: a quantity in SI is its scaled value times the scale of its kind."""

    length: Any  # m
    time: Any  # s
    voltage: Any  # V
    current_density: Any  # A/m2
    concentration: Any  # mol/m3
    area: Any  # m2

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


def mixed_conductor_scales(
    *, thickness, area, concentration, ion_diffusivity, electron_diffusivity, temperature
) -> Scales:
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
    )
