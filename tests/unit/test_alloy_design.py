"""Rate and design of alloying particles: utilisation, arrest, populations, sizes, against printed digits and scaling."""

import dataclasses

import numpy as np
import pytest

import solion as so
from solion.devices import AlloyParticle, Sphere, Wire
from solion.experiments import design_map
from solion.explore import alloy_design
from solion.laws import GivenAmorphisation, SurfaceFilm
from solion.materials import lithium_germanium, lithium_silicon, sodium_antimony

RATES = [0.1, 1, 10, 100]


def limited(host, radius, film=False):
    """Only the layer limits, and c_eq is nothing: k without bound, a plateau of 1 V, no stress."""
    bare = dataclasses.replace(host, front_rate=1e3, plateau=1.0, amorphisation=GivenAmorphisation(1.0))
    return AlloyParticle(bare, Sphere(radius), **({"film": SurfaceFilm()} if film else {}))


@pytest.mark.parametrize(
    ("host", "radius", "expected"),
    [
        (lithium_silicon, 50e-9, [1.000, 1.000, 0.996, 0.555]),
        (lithium_silicon, 500e-9, [0.996, 0.555, 0.048, 0.005]),
        (sodium_antimony, 50e-9, [1, 1, 1, 1]),
        (sodium_antimony, 500e-9, [1.000, 1.000, 0.984, 0.315]),
    ],
)
def test_utilisation_limited_by_the_layer(host, radius, expected):
    np.testing.assert_allclose(design_map.utilisation(limited(host(), radius), RATES), expected, atol=5e-3)


def test_utilisation_behind_a_film():
    assert design_map.utilisation(limited(lithium_silicon(), 500e-9, True), [0.1, 1]) == pytest.approx([0.995, 0], abs=5e-3)
    assert list(design_map.utilisation(limited(sodium_antimony(), 50e-9, True), [10, 100])) == [0, 0]


def test_arrest_by_quadrature_and_in_closed_form():
    silicon = AlloyParticle(lithium_silicon(), Sphere(60e-9))
    found = alloy_design.arrested_fraction(silicon, 0.11 - 0.0955)
    closed = design_map.arrest_map(silicon, [1e9, 2e9], [0.0955, 0.1455])
    assert found == pytest.approx(closed[0, 0], abs=1e-9)
    assert closed[0] == pytest.approx([0.487, 0.709], abs=1e-3)
    assert closed[1, 0] < closed[0, 0]


def test_mechanical_hysteresis_is_twice_the_work_of_flow():
    wire = AlloyParticle(lithium_silicon(), Wire(64.5e-9))
    np.testing.assert_allclose(alloy_design.mechanical_hysteresis(wire, [0.55]), 2 * 0.0937, atol=1e-4)


def test_germanium_is_full_at_every_size_with_enough_drive():
    germanium = AlloyParticle(lithium_germanium(), Sphere(310e-9))
    full = design_map.arrest_map(germanium, [0.3e9, 0.76e9], [0.1, 0.2, 0.3])
    assert full[0, 0] >= 0.977
    assert full[0, 1] >= 0.99985  # 0.9999 as printed, of a sphere
    assert 0.64 < full[1, 0] < 0.72
    assert 0.9385 < full[1, 1] < 0.97  # 0.94 as printed
    assert 0.9915 < full[1, 2] < 0.997


def test_sizes_and_populations():
    host = dataclasses.replace(lithium_silicon(), amorphisation=GivenAmorphisation(1.0), front_rate=1e-3, plateau=0.4)
    particle = AlloyParticle(host, Sphere(50e-9))
    time = alloy_design.time_to(particle, 0.0)
    larger = alloy_design.largest_radius(particle, 0.0, 4 * time)
    assert larger == pytest.approx(100e-9, rel=1e-3)  # limited by the layer: time goes as the square of the size
    many = alloy_design.population(particle, 0.0, spread=0.3, count=8, duration=4 * time)
    assert many.fraction.shape == (8, 100)
    assert np.all(np.diff(many.whole) >= -1e-12)
    order = np.argsort(many.radius)
    assert np.all(np.diff(many.fraction[order, 20]) <= 1e-9)
    assert np.isinf(alloy_design.time_to(AlloyParticle(lithium_silicon(), Sphere(50e-9)), 0.0145))


def test_a_design_map_holds_rates_sizes_stress_and_populations():
    from solion.experiments import DesignMap

    whole = DesignMap(smallest=50e-9, largest=500e-9).run(limited(lithium_silicon(), 50e-9)).dataset
    np.testing.assert_allclose(whole["utilisation"][0], [1.000, 1.000, 0.996, 0.555], atol=5e-3)
    np.testing.assert_allclose(whole["utilisation"][1], [0.996, 0.555, 0.048, 0.005], atol=5e-3)
    assert whole["arrested_fraction"].shape == (40, 40)
    assert float(whole["fracture_diameter"][0]) > 100 * float(whole["fracture_diameter"][-1])
    mixed = DesignMap(smallest=50e-9, largest=50e-9, sizes=1, spread=0.3, slowest=100, rates=1, stresses=1, drives=1)
    used = float(mixed.run(limited(lithium_silicon(), 50e-9)).dataset["utilisation"][0, 0])
    radius = 50e-9 * np.exp(0.3 * np.random.default_rng(0).standard_normal(4000))
    each = np.interp(radius**2, (50e-9 * np.geomspace(0.2, 5, 60)) ** 2, _by_size(np.geomspace(0.2, 5, 60)))
    assert used == pytest.approx(np.sum(each * radius**3) / np.sum(radius**3), abs=0.02)


def _by_size(factors):
    """Utilisation at 100C of radii of 50 nm times these: only C a_0^2 counts."""
    return design_map.utilisation(limited(lithium_silicon(), 50e-9), 100 * factors**2)


def test_a_rate_that_cannot_be_is_refused():
    with pytest.raises(so.InputError, match="c_rate = -1"):
        design_map.utilisation(limited(lithium_silicon(), 50e-9), [-1.0])


def test_the_paper_is_held_against_its_own_numbers():
    from solion.papers import load, reproduce

    outcome = reproduce(load("alloying"), ["numbers-together", "utilisation"], workers=1)
    assert outcome.reproduced, [entry for entry in outcome.verdicts if entry.verdict == "FAILS"]
    assert sum(entry.verdict == "paper contradicted" for entry in outcome.verdicts) == 5
