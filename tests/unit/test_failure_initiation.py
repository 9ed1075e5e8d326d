"""Criteria of penetration, trigger biases on a map of boundaries, contact, cells."""

import numpy as np
import pytest

from solion import protocols
from solion.analysis.boundary_map import BoundaryMap
from solion.analysis.contact_fraction import constriction_resistance, decompose, interface_resistance
from solion.analysis.trigger import Trigger, poisson_voronoi_density, touch_probability
from solion.base.errors import InputError
from solion.devices.lithium_cell import (
    LithiumInterface,
    SymmetricCell,
    calibrate,
    calibrate_pressure,
    critical_current,
    implied_flaw,
    layer_resistance,
    limiting_current,
)
from solion.experiments.cell_test import alternating, run_cell, stable, staircase
from solion.grids.grains.tessellation import voronoi
from solion.laws.initiation import (
    DefectPower,
    Griffith,
    InterfacialPressure,
    Local,
    LocalCurrent,
    ShearStability,
    toughness_ratio,
)
from solion.result.standing import Entry, Panel

GRIFFITH = Griffith()


def test_flaws_and_overpotentials():
    flaws = np.array([1e-9, 10e-9, 100e-9, 1e-6, 5e-6, 10e-6])
    weak = Griffith(strength=1e12)
    np.testing.assert_allclose(weak.critical_overpotential(flaws), [2.10, 0.665, 0.210, 0.0665, 0.0297, 0.0210], rtol=5e-3)
    assert float(GRIFFITH.critical_flaw(0.12)) == pytest.approx(307e-9, rel=2e-3)
    assert float(GRIFFITH.critical_flaw(0.25)) == pytest.approx(71e-9, rel=5e-3)
    for toughness, depth in ((0.44e6, 62e-9), (1.51e6, 729e-9)):
        assert float(Griffith(toughness=toughness).critical_flaw(0.12)) == pytest.approx(depth, rel=5e-3)


def test_no_flaw_asks_for_more_than_the_theoretical_strength():
    assert GRIFFITH.largest == pytest.approx(2.02, rel=2e-3)
    assert float(GRIFFITH.critical_overpotential(1e-12)) == GRIFFITH.largest
    assert np.isnan(GRIFFITH.critical_flaw(9.0))
    assert float(GRIFFITH.pressure(9.0)) == pytest.approx(66.8e9, rel=1e-2)


def test_softer_boundaries_are_hardly_weaker():
    assert float(toughness_ratio(120 / 145)) == pytest.approx(0.91, abs=0.005)


def test_laws_are_exchangeable():
    place = Local(100e-9, 14e-4)
    found = {
        type(law).__name__: law.critical_current(place)
        for law in (GRIFFITH, LocalCurrent(), DefectPower(), ShearStability(), ShearStability(electrolyte=1e9))
    }
    assert found["Griffith"] == pytest.approx(0.2103 / 14e-4, rel=1e-3)
    assert found["LocalCurrent"] == found["DefectPower"] == 18.9
    assert found["ShearStability"] == 0.0  # the softer of the two, which came last
    assert ShearStability().critical_current(place) == np.inf
    assert DefectPower().critical_current(Local(400e-9, 1.0)) == pytest.approx(18.9 / 8)


def test_interfacial_pressure():
    """The field's pressure at eta_c opens the boundaries; j_crit goes as R^-1, (eps d)^-1/2, (Delta gamma)^1/2."""
    law, place = InterfacialPressure(), Local(1e-7, 14e-4)
    assert law.critical_pressure == pytest.approx(2.910e5)
    assert float(law.pressure(law.critical_overpotential)) == pytest.approx(law.critical_pressure, rel=1e-12)
    assert law.critical_overpotential == pytest.approx(1e-9 * np.sqrt(2 * 2.91e5 / (50 * 8.8541878e-12)), rel=1e-6)
    current = law.critical_current(place)
    assert InterfacialPressure(grain_size=40e-6).critical_current(place) == pytest.approx(current / 2)
    assert InterfacialPressure(permittivity=200.0).critical_current(place) == pytest.approx(current / 2)
    assert InterfacialPressure(surface_energy=4.0).critical_current(place) == pytest.approx(2 * current)
    assert law.critical_current(Local(1e-6, 28e-4)) == pytest.approx(current / 2)
    layered, gold = LithiumInterface(50e-4, 1.05), LithiumInterface(200e-4, 9.5)
    fitted = calibrate_pressure(18.0, layered, "layered cell")
    assert critical_current(fitted, layered) == pytest.approx(18.0)
    assert critical_current(fitted, gold) == pytest.approx(18.0 * (50 * 1.05) / (200 * 9.5))
    assert dict(fitted.sources)["screening"].source.provenance == "calibrated"
    with pytest.raises(InputError, match="measured = 0"):
        calibrate_pressure(0.0, layered, "")


def test_trigger_bias_against_distance():
    trigger = Trigger()
    x = np.array([0.0, 4.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 300.0]) * 1e-9
    np.testing.assert_allclose(trigger.bias(x), [0.12, 0.12, 0.158, 0.390, 0.805, 2.03, 4.06, 8.12, 9.0], rtol=5e-3)
    assert trigger.slope == pytest.approx(0.0406e9, rel=1e-3)
    assert trigger.saturation == pytest.approx(222e-9, rel=2e-3)
    assert float(trigger.bias_over_layer(10e-6)) == pytest.approx(406, rel=2e-3)
    assert float(Trigger(weibull=4.0).bias(0.0, 4.642e-7)) == pytest.approx(0.12 * 1e4**-0.25)


@pytest.fixture(scope="module")
def grains():
    made = voronoi((200e-6, 200e-6), 10e-6, seed=3)
    return BoundaryMap.of_polygons(made.box, made.polygons())


def test_the_length_of_boundaries_is_that_of_a_poisson_voronoi_tessellation(grains):
    assert grains.density == pytest.approx(poisson_voronoi_density(10e-6), rel=0.05)
    assert poisson_voronoi_density(10e-6, section=True) == pytest.approx(2.29e5, rel=2e-3)


def test_small_disks_touch_with_the_first_order_chance_and_large_ones_always(grains):
    assert float(touch_probability(9.3e-9, 2e5)) == pytest.approx(0.0019, rel=0.03)
    chance = float(touch_probability(0.5e-6, grains.density))
    assert grains.touched(0.5e-6, count=20_000) == pytest.approx(chance, abs=4 * np.sqrt(chance / 20_000))
    assert grains.touched(10e-6) > 0.9
    assert grains.touched(50e-6) == 1.0


def test_distances_to_boundaries():
    square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 2.0], [0.0, 2.0]])
    lines = BoundaryMap.of_polygons((2.0, 2.0), [square, square + np.array([1.0, 0.0])])
    assert len(lines.segments) == 1  # once, and no side of the box
    np.testing.assert_allclose(lines.distance([[0.2, 0.5], [1.7, 1.0]]), [0.8, 0.7])
    np.testing.assert_allclose(lines.nearest_boundary([[0.2, 0.5]]), [[1.0, 0.5]])
    assert lines.trigger_bias(Trigger(radius=0.1), [[1.05, 1.0], [0.0, 1.0]]) == pytest.approx([0.12, 1.881], rel=2e-3)
    assert abs(lines.deepest(1, seed=1)[0, 0] - 1.0) > 0.99


def test_the_interior_is_stronger_below_the_grain_size_only(grains):
    trigger = Trigger()
    for diameter in (9.3e-9, 1e-6, 5e-6, 50e-6):
        inside = grains.deepest(5, margin=diameter / 2)
        at = grains.nearest_boundary(grains.random_points(5, 1, margin=diameter / 2))
        deep, shallow = (grains.trigger_bias(trigger, points, diameter) for points in (inside, at))
        np.testing.assert_allclose(shallow, 0.12)
        assert np.all(deep > 0.13) if diameter < 10e-6 else np.allclose(deep, 0.12)


def test_contact_spots():
    for radius, fraction in ((1e-6, 1.6e-4), (10e-6, 1.6e-3)):
        alone = decompose(0.1, radius, 0.05)
        assert alone.fraction == pytest.approx(fraction, rel=0.1)
        total = interface_resistance(alone.fraction, radius, 0.05, 0.0)
        assert float(total) == pytest.approx(0.1, rel=1e-9)
    film = decompose(0.1, 1e-6, 0.05, local=0.04)
    assert film.local / film.fraction + film.constriction == pytest.approx(0.1, rel=1e-9)
    assert film.constriction < 1e-4 * film.total  # nearly all of it is what lies under the spots
    assert float(constriction_resistance(1.0, 1e-6, 0.05)) == 0.0
    with pytest.raises(InputError, match=r"local = 0\.2"):
        decompose(0.1, 1e-6, 0.05, local=0.2)


def test_one_calibration_predicts_the_other_cells():
    layered, gold, bare = LithiumInterface(14e-4, 1.05), LithiumInterface(200e-4, 9.5), LithiumInterface(0.1, 9.5, 0.45)
    law = calibrate(18.0, layered, "layered cell")
    assert law.limit == pytest.approx(18.9)
    assert dict(law.sources)["limit"].source.provenance == "calibrated"
    assert critical_current(law, layered) == pytest.approx(18.0)
    assert critical_current(law, gold) == pytest.approx(2.0, rel=0.15)
    assert 0.8 <= critical_current(law, bare) <= 1.0
    assert implied_flaw(GRIFFITH, 18.0, LithiumInterface(14e-4)) == pytest.approx(7e-6, rel=0.02)
    assert implied_flaw(GRIFFITH, 1.0, LithiumInterface(0.1)) == pytest.approx(0.44e-6, rel=0.02)


def test_staircase():
    interface = LithiumInterface(14e-4, 1.05)
    found = run_cell(SymmetricCell(interface), 18.0, staircase(30.0, 0.5, 10.0))
    data = found.dataset
    assert (float(data["critical_current_density"]), float(data["failed_current_density"])) == (18.0, 18.5)
    assert not stable(found)
    whole = ~data["shorted"].values
    area_resistance = 300e-6 / 0.05 + 2 * 14e-4
    np.testing.assert_allclose((data.voltage / data.current_density).values[whole], area_resistance)
    np.testing.assert_allclose((data.voltage / data.current_density).values[~whole], 0.03 * area_resistance)
    assert data.time.values[-1] == pytest.approx(600.0)


def test_a_short_stays():
    found = run_cell(SymmetricCell(LithiumInterface(14e-4)), 5.0, alternating(8.0, 10.0, 2))
    assert float(found.dataset["failed_current_density"]) == 8.0
    assert found.dataset["shorted"].values.all()
    assert stable(run_cell(SymmetricCell(LithiumInterface(14e-4)), 18.0, alternating(8.0, 10.0, 2)))
    with pytest.raises(InputError, match="step 1 gives the voltage"):
        run_cell(SymmetricCell(LithiumInterface(14e-4)), 5.0, protocols.hold(voltage=1.0, duration=1.0))


def test_layer_arithmetic():
    assert layer_resistance(10e-6, 1e-2) == pytest.approx(1e-3)  # 10 ohm cm2
    assert limiting_current(1e-12, 1000.0, 0.2, 10e-6) == pytest.approx(4 * 96485.33 * 1e-9 / (0.8 * 1e-5))
    with pytest.raises(InputError, match="transference"):
        limiting_current(1e-12, 1000.0, 1.0, 10e-6)


def test_the_panel_prints_and_counts():
    panel = Panel((Entry("a", "1", "2", "contradicted", "b"), Entry("c", "1", "1", "calibrated", "d")))
    assert panel.count("contradicted") == 1
    assert panel.of("calibrated")[0].name == "c"
    assert str(panel).splitlines()[2] == "| a | 1 | 2 | contradicted | b |"
    with pytest.raises(InputError, match="standing = 'proved'"):
        Entry("a", "1", "2", "proved", "b")
