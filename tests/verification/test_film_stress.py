"""Stress in a film: coherent phases, clamped and bent switching, exact energies; numbers of film_physics.md, section 1."""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import xarray as xr

from solion import thermodynamics
from solion.base.constants import AVOGADRO, GAS_CONSTANT
from solion.base.errors import InputError
from solion.base.parameters import as_arrays, without_sources
from solion.devices import Bending, Clamped, Curved, Flat, OnSubstrate, Unstressed
from solion.devices.film_stress import _inverse
from solion.devices.start import PhaseSeparated
from solion.explore.critical_current.runs import StepRuns
from solion.grids.line import Line
from solion.laws import AnisotropicMisfit, BiaxialMisfit, FreeEnergy, NoMisfit, mixing, plane_moduli
from solion.materials import graphite_misfit, lithium_cobalt_oxide_misfit, lithium_iron_phosphate_misfit, lithium_titanate
from solion.papers.film.setup import memristor
from solion.protocols.drive import Drive

TITANATE = lithium_titanate()
UNIT = TITANATE.concentration * GAS_CONSTANT * 298.15  # c_0 R T


def held(coefficient, mechanics, material=TITANATE, **numbers):
    """A film whose misfit of 1 % makes B this coefficient."""
    misfit = BiaxialMisfit(0.01, coefficient * UNIT / 1e-4, **numbers)
    device = memristor(0.3)
    film = dataclasses.replace(device.film, material=dataclasses.replace(material, misfit=misfit), mechanics=mechanics)
    return dataclasses.replace(device, film=film)


def test_clamping_limit():
    limit = thermodynamics.clamping_limit(TITANATE, 266.7e9)
    assert limit == pytest.approx((1.829515, 0.411713, 0.019343), rel=1e-4)
    assert not thermodynamics.phase_diagram(held(1.83, Clamped()).film.solid).two_phase
    assert thermodynamics.phase_diagram(held(1.82, Clamped()).film.solid).two_phase


def test_misfits_of_other_hosts():
    """B of film_physics.md, 1.6, from its strains, moduli and sites."""
    for normal, coefficient in (("a", 1.92), ("b", 3.56), ("c", 6.05)):
        found = lithium_iron_phosphate_misfit(normal).coefficient(1.3793e28 / AVOGADRO, 298.0)
        assert found == pytest.approx(coefficient, rel=5e-3)
    assert graphite_misfit().coefficient(1.7e28 / AVOGADRO, 298.0) == pytest.approx(1.75, rel=5e-3)
    for normal, coefficient in (("c", 0.0097), ("a", 0.585)):  # Y eps^2 with 0.2 %; half of it with 2.5 % in one direction
        assert lithium_cobalt_oxide_misfit(normal).coefficient(5e4, 298.0) == pytest.approx(coefficient, rel=5e-3)
    with pytest.raises(InputError, match="normal = 'd' is unknown; it is 'a', 'b' or 'c'"):
        lithium_iron_phosphate_misfit("d")


def test_a_clamped_regular_solution_is_another_regular_solution():
    def regular(strength):
        return dataclasses.replace(TITANATE, free_energy=FreeEnergy(lambda i, e: mixing(i, 1.0) + strength * i * (1 - i)))

    clamped = held(0.4, Clamped(), regular(3.0)).film.solid
    shifted = [thermodynamics.phase_diagram(solid) for solid in (clamped, regular(2.6))]
    np.testing.assert_allclose(shifted[0].binodal, shifted[1].binodal, rtol=1e-10)


@pytest.mark.parametrize(
    ("coefficient", "binodal", "spinodal", "plateau", "poor", "rich", "currents"),
    [
        (0.0024, (0.033022, 0.961859), (0.148500, 0.811520), -8.10998, 0.064619, 0.337118, (0.07878, 0.09068, 0.12995)),
        (0.2, (0.039413, 0.952041), (0.156393, 0.797327), -7.91371, 0.060920, 0.288175, (0.07393, 0.08527, 0.12299)),
        (1.0, (0.087173, 0.870236), (0.203444, 0.710538), -7.13127, 0.037872, 0.111878, (0.04425, 0.05201, 0.08010)),
        (1.5, (0.166631, 0.731835), (0.262983, 0.605792), -6.66532, 0.014776, 0.028886, (0.01570, 0.01934, 0.03602)),
    ],
)
def test_coherent_phases(coefficient, binodal, spinodal, plateau, poor, rich, currents):
    solid = held(coefficient, Clamped()).film.solid
    diagram = thermodynamics.phase_diagram(solid)
    np.testing.assert_allclose((*diagram.binodal, *diagram.spinodal), (*binodal, *spinodal), rtol=2e-4)
    assert diagram.plateau == pytest.approx(plateau, rel=1e-5)
    found = [thermodynamics.current_potential(solid, a, b) for a, b in zip(*sorted_ends(diagram), strict=True)]
    assert found == pytest.approx((poor, rich), rel=2e-4)
    assert [thermodynamics.critical_current(solid, c) for c in (0.2, 0.3, 0.5)] == pytest.approx(currents, rel=2e-4)


def sorted_ends(diagram):
    (b0, b1), (s0, s1) = diagram.binodal, diagram.spinodal
    return (b0, s1), (s0, b1)


def test_titanate_strains_so_little_that_its_own_coefficient_is_this():
    assert TITANATE.misfit.coefficient(TITANATE.concentration, 298.15) == pytest.approx(0.0024, rel=2e-3)


def test_anisotropic_iron_phosphate_held_on_each_of_its_faces():
    stiffness = 1e9 * np.array([[175.9, 29.6, 54.0], [29.6, 153.6, 19.6], [54.0, 19.6, 135.0]])
    strain, sites = np.array([0.0517, 0.0359, -0.0186]), 1.3793e28 / 6.02214076e23
    for normal, coefficient in ((1, 3.559), (0, 1.924), (2, 6.054)):
        first, second = np.delete(strain, normal)
        misfit = AnisotropicMisfit(first, second, *plane_moduli(stiffness, normal))
        assert misfit.coefficient(sites, 298.15) == pytest.approx(coefficient, rel=1e-3)


def test_the_potential_is_that_of_the_hydrostatic_stress():
    """mu_el = -sig_h Vbar with sig_h = 2 sig/3, Vbar = 3 eps_0/c_0: the same term, not another (M6)."""
    device, grid = held(0.2, Clamped(0.003)), Line(8)
    law, stress = device.film.mechanics.stressed(device.film.material, 0.3, 80e-9, grid)
    content = jnp.linspace(0.1, 0.9, 8)
    elastic = 2 * law.coefficient * (content - law.clamp)
    sigma = stress.stress(content, grid.centres) * UNIT
    np.testing.assert_allclose(elastic, -(2 * sigma / 3) * (3 * 0.01) / UNIT, rtol=1e-12)
    np.testing.assert_allclose(sigma, 0.2 * UNIT / 1e-4 * (0.003 - 0.01 * content), rtol=1e-10)


@pytest.mark.parametrize("ratio", [0.1, 0.5, 1.0, 2.0, 10.0])
def test_a_substrate_of_the_films_modulus_leaves_a_cube_of_the_bending(ratio):
    end, fine = 1 + ratio, Line(200_000)
    free, stiff = _inverse(fine, 0.0, 1.0)[1][1], _inverse(fine, 1.0, end)[1][1]
    assert stiff / free == pytest.approx(end**-3, rel=1e-10)
    mean = _inverse(fine, 1.0, end)[1]
    expected = {0.1: -0.4508, 0.5: -0.8889, 1.0: -0.7500, 2.0: -0.4444, 10.0: -0.0451}[ratio]
    assert mean[0] + mean[1] / 2 == pytest.approx(expected, abs=5e-5)


@eqx.filter_jit
def exchange_currents(system, y):
    return [junction.exchange for junction in system.fields(y).circuit.junctions]


CONDITIONS = [Clamped(0.002), Flat(), Bending(), OnSubstrate(40e-9, 150e9)]
CONDITIONS += [Bending(force=2.0, moment=3e-8), Curved(2e4, 0.002)]


@eqx.filter_jit
def one_instant(system, y, drive):
    """What is observed, dG/dt along the motion, and the profiles."""

    def seen(y):
        return system.observe(0.0, y, system.start(0.0, y, drive), drive)

    speed = system.balance(0.0, y, system.start(0.0, y, drive), drive)[0]
    speed = speed / jax.jvp(system.conserved, (y,), (jnp.ones(y.shape),))[1]
    found, along = jax.jvp(seen, (y,), (speed,))
    return found, along["free_energy"], system.profiles(y)


@pytest.mark.parametrize("mechanics", CONDITIONS, ids=lambda mechanics: type(mechanics).__name__)
def test_power_goes_where_the_ledger_says_and_the_energy_is_a_state_function(mechanics):
    """At a state of no symmetry: V i = losses + dG/dt, and dG/dt is the derivative of the reported G along the motion (M11)."""
    system = as_arrays(without_sources(held(0.4, mechanics, stress_free=0.1)).system(24))
    place = np.asarray(Line(24).centres) - 0.5
    one, none = jnp.ones(1), jnp.zeros(1)
    drive = Drive(none, one, 0.4 * one, 0.4 * one, one, jnp.inf * one, jnp.inf * one)
    y = system.unknowns(jnp.asarray(0.3 - 0.25 * np.cos(2.0 * np.pi * place) + 0.1 * place))
    seen, along, profiles = one_instant(system, y, drive)
    lost = sum(value for name, value in seen.items() if name.startswith("dissipation"))
    assert abs(seen["electrical_power"] - lost - seen["energy_rate"]) < 1e-12 * abs(seen["electrical_power"])
    assert along == pytest.approx(float(seen["energy_rate"]), rel=1e-9)
    stress = profiles["stress"]
    assert seen["film_force"] == pytest.approx(float(jnp.mean(stress)), abs=1e-14)
    if isinstance(mechanics, Curved):
        assert seen["curvature"] == pytest.approx(2e4 * 80e-9, rel=1e-12)
        held_energy = 1e-5 * 0.4 * float(jnp.mean((stress / 40) ** 2))  # r B <(sig eps_0/B)^2>
        assert seen["elastic_energy"] == pytest.approx(held_energy, rel=1e-3)
    force, moment = (getattr(mechanics, name, 0.0) for name in ("force", "moment"))
    if isinstance(mechanics, (Flat, Bending)):
        assert seen["film_force"] == pytest.approx(force / (UNIT * 80e-9), rel=1e-12, abs=1e-12)
    if isinstance(mechanics, Bending):
        assert jnp.mean(stress * place) == pytest.approx(moment / (UNIT * 80e-9**2), rel=1e-9, abs=1e-12)
    if isinstance(mechanics, Bending) and not force:
        line, _, _ = one_instant(system, system.unknowns(jnp.asarray(0.3 + 0.4 * place)), drive)
        assert abs(line["elastic_energy"]) < 1e-10 * abs(seen["elastic_energy"])  # bending relaxes a slope completely (M9)


def test_what_a_film_is_clamped_at_and_whether_it_is_free_but_flat_move_no_ions():
    """Without electrons' share speeds are the same (M4, M5); with it exchange currents gain exp(-2 alpha s_n B e_s/eps_0)."""
    place = np.asarray(Line(24).centres) - 0.5
    one, none = jnp.ones(1), jnp.zeros(1)
    drive = Drive(none, one, 0.4 * one, 0.4 * one, one, jnp.inf * one, jnp.inf * one)
    found, exchanges = [], []
    for share, mechanics in ((0.0, Clamped()), (0.0, Clamped(0.004)), (0.0, Flat()), (0.5, Clamped()), (0.5, Clamped(0.004))):
        system = as_arrays(without_sources(held(0.5, mechanics, electron_share=share)).system(24))
        y = system.unknowns(jnp.asarray(0.3 - 0.2 * np.cos(2.0 * np.pi * place)))
        seen, _, _ = one_instant(system, y, drive)
        found.append([seen[name] for name in ("energy_rate", "dissipation_ions", "voltage")])
        exchanges.append(exchange_currents(system, y))
    np.testing.assert_allclose(found[1:3], [found[0]] * 2, rtol=1e-9)
    np.testing.assert_allclose(np.divide(exchanges[4], exchanges[3]), np.exp(-2 * 0.5 * 0.5 * 0.5 * 0.4), rtol=1e-9)


def test_a_film_free_to_bend_switches_later():
    """1.7907 and 3.9720 tau_D at B = 0.1, against 0.9346 and 3.1102 where it is clamped (M8, 200 cells; benchmarks: more)."""
    device = held(0.1, Bending())
    found = StepRuns(device, plateau=8.0, cells=100)(np.asarray(device.profile(PhaseSeparated(), 100), float), 0.12)
    assert (found.bottom, found.top) == pytest.approx((1.7907, 3.9720), rel=5e-3)


def test_estimate_of_the_bent_critical_current():
    for coefficient, current in ((0.1, 0.1060), (0.2, 0.1229), (0.5, 0.1853)):
        solid = held(coefficient, Bending()).film.solid
        assert thermodynamics.critical_current_bent(solid, 0.3) == pytest.approx(current, rel=2e-3)


def test_refusals_name_the_remedy():
    with pytest.raises(InputError, match=r"mechanics = Clamped: lithium titanate has NoMisfit as its misfit"):
        Clamped().solid(dataclasses.replace(TITANATE, misfit=NoMisfit()), 0.3)
    with pytest.raises(InputError, match="take NoMisfit"):
        BiaxialMisfit(0.0, 1e11)
    with pytest.raises(InputError, match=r"OnSubstrate.thickness = 0 m is outside its allowed range \(0, 1\]"):
        OnSubstrate(0.0, 1e11)


def test_a_misfit_that_nothing_holds_is_told():
    """B = 0.2 without mechanics has no effect, which is said; lithium titanate's own 0.0024 and a film that is held are not."""
    even = xr.Dataset({"composition": (("time", "x"), np.full((2, 200), 0.3))})
    free, clamped = (held(0.2, mechanics).warnings(even) for mechanics in (Unstressed(), Clamped()))
    assert any("B = 0.2 k_B T" in text and "device.mechanics is left out" in text for text in free)
    assert not any("swells" in text for text in clamped)
