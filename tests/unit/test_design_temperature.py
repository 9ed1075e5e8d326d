"""Materials at another temperature, against closed forms; entries of ion diffusivities."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solion import thermodynamics
from solion.base.constants import BOLTZMANN, ELEMENTARY_CHARGE
from solion.base.errors import InputError
from solion.base.parameters import table
from solion.laws import FreeEnergy, LinearWetting, MarcusHushChidsey, RegularSolution
from solion.materials import (
    Diffusivity,
    arrhenius,
    at_temperature,
    critical_temperature,
    diffusivities,
    energies_scaled,
    lithium_titanate,
)

LTO = lithium_titanate()
ROOM = 298.15
OMEGA = -12.0  # of both carriers together, k_B T at ROOM
SYMMETRIC = dataclasses.replace(
    LTO, name="symmetric", free_energy=RegularSolution(ion_interaction=OMEGA, electron_interaction=0.0, electron_sites=1.0)
)  # mu_h = 2 ln(c/(1-c)) + Omega c
CLOSES = -OMEGA / 8 * ROOM  # where 2/(c(1-c)) + Omega T_ref/T first vanishes, at c = 1/2


def test_critical_temperature_of_the_symmetric_solution():
    assert critical_temperature(SYMMETRIC) == pytest.approx(CLOSES, rel=1e-9)


def test_no_critical_temperature_where_carriers_repel():
    repelling = dataclasses.replace(SYMMETRIC, free_energy=RegularSolution(3.0, 1.0, electron_sites=1.0))
    assert critical_temperature(repelling) == 0.0


@pytest.mark.parametrize("material", [SYMMETRIC, LTO], ids=lambda material: material.name)
def test_gap_is_open_below_the_critical_temperature_and_closed_above(material):
    critical = critical_temperature(material)
    assert thermodynamics.phase_diagram(at_temperature(material, 0.995 * critical)).two_phase
    assert not thermodynamics.phase_diagram(at_temperature(material, 1.0001 * critical)).two_phase


@pytest.mark.parametrize("temperature", [200.0, 300.0, 400.0, 440.0])
def test_phases_of_the_symmetric_solution_lie_on_its_coexistence_curve(temperature):
    """By symmetry both phases have mu_h = Omega/2, so T(c) = -Omega T_ref (c - 1/2) / (2 ln(c/(1-c)))."""
    cold = at_temperature(SYMMETRIC, temperature)
    poor, rich = thermodynamics.phase_diagram(cold).binodal
    assert poor + rich == pytest.approx(1, abs=1e-12)
    assert -OMEGA * ROOM * (rich - 0.5) / (2 * np.log(rich / (1 - rich))) == pytest.approx(temperature, rel=1e-9)
    stability = np.sqrt(1 - temperature / CLOSES) / 2  # spinodal: c (1 - c) = T / (4 T_c)
    assert thermodynamics.phase_diagram(cold).spinodal == pytest.approx((0.5 - stability, 0.5 + stability), rel=1e-9)
    assert thermodynamics.ion_poor_fraction(cold, 0.5) == pytest.approx(0.5, abs=1e-12)
    assert thermodynamics.ion_poor_fraction(cold, rich - 0.25 * (rich - poor)) == pytest.approx(0.25, rel=1e-9)


def test_gap_and_tension_vanish_at_the_critical_temperature_as_in_mean_field_theory():
    """c_rich - c_poor = sqrt(3 (T_c/T - 1)), tension ~ (T_c - T)^(3/2)."""
    tensions = []
    for below in (4e-3, 1e-3):
        near = at_temperature(SYMMETRIC, CLOSES * (1 - below))
        poor, rich = thermodynamics.phase_diagram(near).binodal
        assert rich - poor == pytest.approx(np.sqrt(3 * below / (1 - below)), rel=2 * below)
        tensions.append(thermodynamics.interface(near, CLOSES * (1 - below)).tension)
    assert tensions[0] / tensions[1] == pytest.approx(8, rel=0.02)


def test_cold_phases_are_nearly_empty_and_full():
    poor, rich = thermodynamics.phase_diagram(at_temperature(SYMMETRIC, 60.0)).binodal
    assert poor == pytest.approx(np.exp(OMEGA / 4 * ROOM / 60.0), rel=1e-3)  # 2 ln c = Omega T_ref/(2 T) far below
    assert rich == pytest.approx(1 - poor, rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.floats(150, 440))
def test_energies_are_constant_in_joules_and_the_way_back_is_exact(temperature):
    other = at_temperature(LTO, temperature)
    law, reference = other.free_energy, LTO.free_energy
    assert law.ion_interaction * temperature == pytest.approx(reference.ion_interaction * ROOM, rel=1e-14)
    assert law.electron_interaction * temperature == pytest.approx(reference.electron_interaction * ROOM, rel=1e-14)
    assert other.gradient_energy * temperature == pytest.approx(LTO.gradient_energy * ROOM, rel=1e-14)
    assert (law.exponent, law.electron_sites, law.defects) == (0.7, 5 / 3, 0.01)
    energy = np.log(other.ion_diffusivity / LTO.ion_diffusivity) / (1 / ROOM - 1 / temperature) if temperature != ROOM else None
    if energy is not None and abs(temperature - ROOM) > 1:
        assert energy * BOLTZMANN / ELEMENTARY_CHARGE == pytest.approx(LTO.ion_activation_energy, rel=1e-9)
    back = at_temperature(other, ROOM)
    for row, original in zip(table(back), table(LTO), strict=True):
        assert row.value == pytest.approx(original.value, rel=1e-12)


def test_material_at_its_own_temperature_is_itself():
    assert at_temperature(LTO, ROOM) is LTO


def test_sources_say_what_a_number_was_derived_from():
    rows = {row.path: row for row in table(at_temperature(LTO, 350.0))}
    assert {rows[name].provenance for name in ("ion_diffusivity", "gradient_energy", "free_energy.ion_interaction")} == {
        "derived"
    }
    assert rows["ion_diffusivity"].reference.endswith("at 350 K from 298.15 K")
    assert rows["concentration"].provenance == "stated"
    users = dataclasses.replace(LTO, ion_diffusivity=3e-16)
    assert {row.path: row.provenance for row in table(at_temperature(users, 350.0))}["ion_diffusivity"] == "user"


def test_every_number_in_k_b_t_is_scaled_and_no_other():
    wall = energies_scaled(LinearWetting(strength=0.5), 0.8)
    transfer = energies_scaled(MarcusHushChidsey(rate=0.1, reorganization=0.5), 0.8)
    assert (wall.strength, transfer.reorganization, transfer.rate) == (0.4, 0.5, 0.1)


def test_a_bare_function_has_no_other_temperature():
    unknown = dataclasses.replace(LTO, free_energy=FreeEnergy(lambda ion, electron: ion**2))
    for ask in (lambda: at_temperature(unknown, 350.0), lambda: critical_temperature(unknown)):
        with pytest.raises(InputError, match="enthalpy from entropy"):
            ask()


@pytest.mark.parametrize("temperature", [0.0, -5.0, 4000.0, float("nan")])
def test_impossible_temperatures_are_refused(temperature):
    with pytest.raises(InputError, match=r"at_temperature: temperature = .* \[1, 3000\] K"):
        at_temperature(LTO, temperature)


def test_arrhenius_limits():
    assert arrhenius(0.0, 500.0, ROOM) == 1.0
    assert arrhenius(0.5, ROOM, ROOM) == 1.0
    hot = ELEMENTARY_CHARGE * 0.5 / (BOLTZMANN * ROOM)
    assert np.log(arrhenius(0.5, 1e12, ROOM)) == pytest.approx(hot, rel=1e-9)


ENTRY = Diffusivity("host", "Li", 2, low=1e-16, high=1e-12, activation_low=0.1, activation_high=0.5)


def test_draws_are_even_by_decade_within_the_range_and_repeat():
    reference, hot = ENTRY.sample(350.0, 20_000, seed=3)
    assert np.all((reference >= ENTRY.low) & (reference <= ENTRY.high))
    decades = np.histogram(np.log10(reference), bins=4, range=(-16, -12))[0] / 20_000
    assert np.allclose(decades, 0.25, atol=0.015)
    low, high = ENTRY.range_at(350.0)
    assert np.all((hot >= low) & (hot <= high))
    assert hot.max() / high > 0.5
    assert np.array_equal(hot, ENTRY.sample(350.0, 20_000, seed=3)[1])


def test_range_by_both_ends_of_the_activation_energy():
    hot, cold = ENTRY.range_at(350.0), ENTRY.range_at(250.0)
    assert hot == pytest.approx((1e-16 * arrhenius(0.1, 350, ROOM), 1e-12 * arrhenius(0.5, 350, ROOM)))
    assert cold == pytest.approx((1e-16 * arrhenius(0.5, 250, ROOM), 1e-12 * arrhenius(0.1, 250, ROOM)))
    assert ENTRY.range_at(ROOM) == (1e-16, 1e-12)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"paths": 4}, "Diffusivity.paths = 4 is outside its allowed range: 1, 2 or 3"),
        ({"low": 1e-10}, "Diffusivity.low = 1e-10 is above high"),
        ({"activation_low": 0.6}, "Diffusivity.activation_low = 0.6 is above activation_high"),
        ({"low": 0.0}, "Diffusivity.low = 0"),
    ],
)
def test_impossible_entries_are_refused(changed, says):
    with pytest.raises(InputError, match=says):
        dataclasses.replace(ENTRY, **changed)


@pytest.mark.parametrize("name", list(diffusivities()))
def test_every_number_of_an_entry_has_a_source(name):
    host = diffusivities()[name]
    kinds = {row.path: row for row in table(host)}
    for key in ("low", "high", "activation_low", "activation_high"):
        assert kinds[key].provenance in {"stated", "derived", "literature", "assumed"}
        assert len(kinds[key].reference) > 20


def test_the_hosts_are_those_of_the_figure_with_their_paths():
    assert {name: host.paths for name, host in diffusivities().items()} == {
        "lithium_titanate": 3,
        "lithium_iron_phosphate": 1,
        "molybdenum_disulfide": 2,
        "expanded_molybdenum_disulfide": 2,
        "lithium_cobalt_oxide": 2,
        "graphite": 2,
        "bilayer_graphene": 2,
    }
    assert diffusivities()["lithium_titanate"].low == LTO.ion_diffusivity
