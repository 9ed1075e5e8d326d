"""Phases, interface and critical current: the numbers of the film specification, and closed forms."""

import dataclasses

import jax.numpy as jnp
import numpy as np
import pytest

from solion import thermodynamics
from solion.base.constants import AVOGADRO, BOLTZMANN
from solion.base.errors import InputError
from solion.base.parameters import table
from solion.laws import FreeEnergy, chemical_potentials, mixing, total_potential
from solion.materials import catalogue, lithium_titanate

TITANATE = lithium_titanate()


def with_energy(function):
    return dataclasses.replace(TITANATE, name="test solid", free_energy=FreeEnergy(function))


def regular(strength):
    """Symmetric regular solution of the ions; the electrons cost nothing."""
    return with_energy(lambda ion, electron: mixing(ion, 1.0) + strength * ion * (1 - ion))


def test_phases_of_lithium_titanate():
    diagram = thermodynamics.phase_diagram(TITANATE)
    assert diagram.two_phase
    np.testing.assert_allclose(diagram.spinodal, (0.148410, 0.811680), atol=5e-7)
    np.testing.assert_allclose(diagram.binodal, (0.032952, 0.961964), atol=5e-7)
    assert diagram.plateau == pytest.approx(-8.11237, abs=5e-6)


def test_common_tangent_holds_to_round_off():
    diagram = thermodynamics.phase_diagram(TITANATE)
    law, (poor, rich) = TITANATE.free_energy, jnp.asarray(diagram.binodal)
    np.testing.assert_allclose(total_potential(law, jnp.asarray(diagram.binodal)), diagram.plateau, atol=1e-12)
    rise = law.energy(rich, rich) - law.energy(poor, poor)
    assert float(rise) == pytest.approx(diagram.plateau * float(rich - poor), abs=1e-12)


def test_current_potentials_of_both_phases():
    diagram = thermodynamics.phase_diagram(TITANATE)
    poor = thermodynamics.current_potential(TITANATE, diagram.binodal[0], diagram.spinodal[0])
    rich = thermodynamics.current_potential(TITANATE, diagram.spinodal[1], diagram.binodal[1])
    assert poor == pytest.approx(0.0646602, abs=5e-8)
    assert rich == pytest.approx(0.337723, abs=5e-7)


def test_current_potential_is_the_integral_and_adds_up():
    c = np.linspace(0.02, 0.97, 200001)
    total = np.asarray(total_potential(TITANATE.free_energy, jnp.asarray(c)))
    content = (c[1:] + c[:-1]) / 2 + 0.01
    expected = np.sum(content * (1 - content * 0.6) * np.diff(total))
    assert thermodynamics.current_potential(TITANATE, 0.02, 0.97) == pytest.approx(expected, rel=1e-8)
    halves = [thermodynamics.current_potential(TITANATE, *ends) for ends in ((0.02, 0.4), (0.4, 0.97))]
    assert sum(halves) == pytest.approx(expected, rel=1e-8)
    assert thermodynamics.current_potential(TITANATE, 0.97, 0.02) == pytest.approx(-expected, rel=1e-8)


@pytest.mark.parametrize(
    ("mean_composition", "current"), [(0.1, 0.0697), (0.3, 0.0907), (0.5, 0.1300), (0.7, 0.2293), (0.9, 0.3619)]
)
def test_critical_current(mean_composition, current):
    assert thermodynamics.critical_current(TITANATE, mean_composition) == pytest.approx(current, abs=5e-5)


def test_lever_rule_and_its_limits():
    poor, rich = thermodynamics.phase_diagram(TITANATE).binodal
    assert thermodynamics.ion_poor_fraction(TITANATE, poor) == 1
    assert thermodynamics.ion_poor_fraction(TITANATE, rich) == 0
    assert thermodynamics.ion_poor_fraction(TITANATE, (poor + rich) / 2) == pytest.approx(0.5)
    assert thermodynamics.critical_current(TITANATE, rich) == pytest.approx(0.337723, abs=5e-7)
    with pytest.raises(InputError, match=r"mean_composition = 0\.01 is outside"):
        thermodynamics.critical_current(TITANATE, 0.01)


@pytest.mark.parametrize("strength", [2.05, 3.0, 6.0, 20.0])
def test_symmetric_regular_solution(strength):
    diagram = thermodynamics.phase_diagram(regular(strength))
    offset = np.sqrt(1 - 2 / strength) / 2
    np.testing.assert_allclose(diagram.spinodal, (0.5 - offset, 0.5 + offset), rtol=0, atol=1e-12)
    poor, rich = diagram.binodal
    assert poor + rich == pytest.approx(1, abs=1e-9)
    assert np.log(poor / (1 - poor)) == pytest.approx(strength * (2 * poor - 1), abs=1e-9)
    assert diagram.plateau == pytest.approx(0, abs=1e-11)


@pytest.mark.parametrize("strength", [-3.0, 0.0, 2.0])
def test_single_phase_is_said_so(strength):
    solid = regular(strength)
    diagram = thermodynamics.phase_diagram(solid)
    assert not diagram.two_phase
    assert (diagram.spinodal, diagram.binodal) == ((), ())
    for function in (thermodynamics.interface, lambda m: thermodynamics.critical_current(m, 0.5)):
        with pytest.raises(InputError, match="test solid is stable as one phase"):
            function(solid)


def test_an_energy_unstable_at_its_end_is_refused():
    with pytest.raises(InputError, match="a phase diagram needs stable phases at both ends"):
        thermodynamics.phase_diagram(with_energy(lambda ion, electron: -(ion**2)))


def test_interface_of_a_double_well_is_a_logistic():
    """G = A c^2 (1-c)^2: tension sqrt(kappa A)/3, c' = sqrt(A/kappa) c (1-c), width 4 sqrt(kappa/A)."""
    height = 40.0
    solid = with_energy(lambda ion, electron: height * ion**2 * (1 - ion) ** 2)
    diagram = thermodynamics.phase_diagram(solid)
    np.testing.assert_allclose(diagram.binodal, (0, 1), atol=1e-9)
    profile = thermodynamics.interface(solid, temperature=300.0)
    length = np.sqrt(solid.gradient_energy / height)
    joules = solid.concentration * AVOGADRO * BOLTZMANN * 300.0
    assert profile.tension == pytest.approx(joules * length * height / 3, rel=1e-9)
    assert profile.width == pytest.approx(4 * length, rel=1e-9)
    np.testing.assert_allclose(profile.composition, 1 / (1 + np.exp(-profile.position / length)), atol=1e-9)
    assert thermodynamics.steepest_gradient(solid, 0.5) == pytest.approx(1 / (4 * length), rel=1e-5)
    assert thermodynamics.steepest_gradient(solid, 1e-9) == pytest.approx(1 / (4 * length), rel=1e-5)


def test_interface_of_lithium_titanate_balances_the_plateau():
    """mu_h - 2 kappa c'' = plateau along the profile; the interface covers 0.06 of an 80 nm film."""
    diagram = thermodynamics.phase_diagram(TITANATE)
    profile = thermodynamics.interface(TITANATE)
    assert profile.width / 80e-9 == pytest.approx(0.06, abs=5e-4)
    slope = np.gradient(profile.composition, profile.position)
    bend = np.gradient(slope, profile.position)
    total = np.asarray(total_potential(TITANATE.free_energy, jnp.asarray(profile.composition)))
    balance = total - 2 * TITANATE.gradient_energy * bend - diagram.plateau
    assert np.max(np.abs(balance[2:-2])) < 5e-3
    coarse = thermodynamics.interface(TITANATE, points=101)
    assert coarse.tension == pytest.approx(profile.tension, rel=1e-9)


def test_curves_agree_with_the_laws():
    curves = thermodynamics.curves(TITANATE, points=51)
    ion, electron = chemical_potentials(TITANATE.free_energy, jnp.asarray(curves.composition))
    np.testing.assert_allclose(curves.potential, ion + electron, rtol=1e-13)
    content = curves.composition + 0.01
    np.testing.assert_allclose(curves.electron_mobility, content * (1 - 0.6 * content), rtol=1e-13)
    assert all(value.shape == (51,) and np.all(np.isfinite(value)) for value in curves)


def test_every_number_of_every_material_has_a_source():
    for function, description in catalogue().values():
        assert description
        assert all(row.provenance != "user" and row.reference for row in table(function()))


def test_replaced_numbers_are_the_users():
    changed = dataclasses.replace(TITANATE, concentration=21e3)
    provenance = {row.path: row.provenance for row in table(changed)}
    assert provenance["concentration"] == "user"
    assert provenance["free_energy.exponent"] == "stated"
