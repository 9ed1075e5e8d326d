"""Reactions with the oxygen of air: their energy at a pressure, where they would stop, and the voltage two of them give.

Energies in eV per reaction, pressures in Pa. The oxygen of a gas has mu_O(T, p) = (1/2) [E(O2) + k_B T ln(p/1 atm)], so that
a reaction that takes up n molecules of O2 changes its energy by -n k_B T ln(p2/p1) from p1 to p2. Vibrations and
heat capacities are left out, as in Schwacke et al. (2024), doi:10.1002/aelm.202300577.
"""

from __future__ import annotations

import math

from solion.base.constants import BOLTZMANN, ELEMENTARY_CHARGE, FARADAY
from solion.base.errors import InputError
from solion.base.parameters import stated

ATMOSPHERE = 101325.0  # Pa
AIR = 0.21 * ATMOSPHERE  # Pa, oxygen in air
PAPER = "density functional theory at 298.15 K and 0.21 atm; Schwacke et al. (2024), doi:10.1002/aelm.202300577"
MAGNESIUM = stated(-6.14, f"Mg + 1/2 O2 -> MgO, eV; {PAPER}")
MAGNESIUM_TUNGSTEN_OXIDE = stated(-2.57, f"Mg(WO3)64 + 1/2 O2 -> MgO + (WO3)64, eV; {PAPER}")


def oxygen_potential(temperature: float, pressure: float) -> float:
    """mu_O - E(O2)/2 (eV per O atom) at ``temperature`` (K) and oxygen ``pressure`` (Pa)."""
    return 0.5 * _thermal(temperature) * math.log(_positive("pressure", pressure) / ATMOSPHERE)


def reaction_energy(
    energy: float, temperature: float, pressure: float, *, given_at: float = AIR, molecules: float = 0.5
) -> float:
    """Energy (eV) at oxygen ``pressure`` (Pa) of a reaction that has ``energy`` at the pressure ``given_at``.

    ``molecules`` of O2 are taken up: d(energy)/d ln p = -molecules k_B T. Raises InputError for a pressure or a temperature
    that is not positive.
    """
    ratio = _positive("pressure", pressure) / _positive("given_at", given_at)
    return energy - molecules * _thermal(temperature) * math.log(ratio)


def equilibrium_pressure(energy: float, temperature: float, *, given_at: float = AIR, molecules: float = 0.5) -> float:
    """Oxygen pressure (Pa) at which the reaction has no drive: oxidation proceeds above it. 0 where a double cannot hold it."""
    exponent = energy / (molecules * _thermal(temperature))
    return math.exp(exponent + math.log(_positive("given_at", given_at)))


def insertion_voltage(of_metal: float, of_host: float, charge: float) -> float:
    """Voltage (V) of the host against the metal, from the energies (eV) of their oxidation to the same oxide at one pressure.

    The difference of the two reactions is metal + host -> filled host, which gives V = (of_host - of_metal)/z: the
    oxygen cancels. ``charge`` is z of the ion.
    """
    return (of_host - of_metal) / charge


def per_mole(energy: float) -> float:
    """Energy in J/mol of one in eV."""
    return energy * FARADAY


def _thermal(temperature: float) -> float:
    return BOLTZMANN * _positive("temperature", temperature) / ELEMENTARY_CHARGE


def _positive(name: str, value: float) -> float:
    if not (value > 0 and math.isfinite(value)):
        raise InputError(f"{name} = {value!r} is outside its allowed range (0, inf).")
    return value
