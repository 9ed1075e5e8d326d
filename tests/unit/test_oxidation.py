"""Reaction energies with oxygen, against the numbers of Schwacke et al."""

import math

import pytest

from solion.base.errors import InputError
from solion.thermodynamics.oxidation import (
    AIR,
    ATMOSPHERE,
    MAGNESIUM,
    MAGNESIUM_TUNGSTEN_OXIDE,
    equilibrium_pressure,
    insertion_voltage,
    oxygen_potential,
    per_mole,
    reaction_energy,
)

ROOM = 298.15


def test_energies_per_mole_and_at_one_atmosphere():
    for entry, kilojoules, one_atmosphere in ((MAGNESIUM, -592.4, -6.160), (MAGNESIUM_TUNGSTEN_OXIDE, -248.0, -2.590)):
        assert per_mole(entry.value) / 1e3 == pytest.approx(kilojoules, abs=0.5)
        assert reaction_energy(entry.value, ROOM, ATMOSPHERE) == pytest.approx(one_atmosphere, abs=1e-3)
        assert reaction_energy(entry.value, ROOM, AIR) == entry.value


def test_oxygen_of_air_is_below_that_of_pure_oxygen():
    assert oxygen_potential(ROOM, AIR) == pytest.approx(-0.0200, abs=1e-4)
    assert oxygen_potential(ROOM, ATMOSPHERE) == 0


def test_energy_falls_by_half_a_thermal_energy_per_e_fold_of_pressure():
    change = reaction_energy(-1.0, ROOM, math.e * AIR) - reaction_energy(-1.0, ROOM, AIR)
    assert change == pytest.approx(-0.5 * 0.0256926, rel=1e-5)


def test_equilibrium_pressure_is_where_the_reaction_has_no_drive():
    pressure = equilibrium_pressure(MAGNESIUM_TUNGSTEN_OXIDE.value, ROOM)
    assert math.log10(pressure / ATMOSPHERE) == pytest.approx(-87.6, abs=0.1)
    assert reaction_energy(MAGNESIUM_TUNGSTEN_OXIDE.value, ROOM, pressure) == pytest.approx(0, abs=1e-12)


def test_insertion_voltage_at_any_pressure():
    for pressure in (AIR, ATMOSPHERE, 1.0):
        metal, host = (reaction_energy(entry.value, ROOM, pressure) for entry in (MAGNESIUM, MAGNESIUM_TUNGSTEN_OXIDE))
        assert insertion_voltage(metal, host, 2) == pytest.approx(1.785, abs=1e-12)


def test_a_vacuum_has_no_reaction_energy():
    with pytest.raises(InputError, match=r"pressure = 0.0 is outside its allowed range \(0, inf\)"):
        reaction_energy(-1.0, ROOM, 0.0)
