"""Switching times over current and filling: the numbers of film.md, the law of the paper's Fig. 2c, and the map."""

import numpy as np
import pytest
from test_threshold import TITANATE, film

import solion as so
from solion.base.errors import InputError
from solion.explore.critical_current import fold, switching_map, switching_times

CELLS = 100


def test_times_of_the_specification():
    """c_m = 0.3: none at 0.08 i_D; tau_B = 0.993, tau_T = 3.256 at 0.12 i_D."""
    found = switching_times(film(0.3), [0.08, 0.12], cells=CELLS)
    assert found["polarization"].values.tolist() == ["none", "full"]
    assert found["status"].values.tolist() == ["finished", "finished"]
    assert np.isnan(found["tau_T"].values[0])
    assert np.isnan(found["tau_B"].values[0])
    assert float(found["tau_B"][1]) == pytest.approx(0.993, rel=5e-3)
    assert float(found["tau_T"][1]) == pytest.approx(3.256, rel=5e-3)


def test_times_are_those_of_a_simulation():
    device = film(0.6)
    scales, found = device.scales(), switching_times(device, [0.3], cells=CELLS)
    protocol = so.protocols.ramp(current=(0, 0.3 * scales.current), duration=0.01 * scales.time, samples=1) + (
        so.protocols.hold(current=0.3 * scales.current, duration=4 * scales.time, samples=1)
    )
    times = so.analysis.switching_times(so.simulate(device, protocol, cells=CELLS))
    assert float(found["tau_T"][0]) == pytest.approx(times.scaled_top, rel=1e-4)
    assert float(found["tau_B"][0]) == pytest.approx(times.scaled_bottom, rel=1e-4)


@pytest.fixture(scope="module")
def law():
    """Runs at 1.5 to 6 times the critical current of each filling: {filling: (excess current, tau_T, tau_B)}."""
    found = {}
    for filling in (0.1, 0.3, 0.5, 0.7, 0.9):
        critical = fold(film(filling), cells=CELLS).current
        runs = switching_times(film(filling), critical * np.array([1.5, 2.0, 3.0, 4.0, 6.0]), cells=CELLS)
        assert set(runs["polarization"].values) == {"full"}
        found[filling] = runs["current"].values - critical, runs["tau_T"].values, runs["tau_B"].values
    return found


def test_reciprocal_times_rise_in_straight_lines(law):
    """Fig. 2c, "roughly proportional": a straight line; the exceptions are where another way of switching takes over."""
    for filling in (0.1, 0.3, 0.5, 0.9):
        excess, top, bottom = law[filling]
        assert np.corrcoef(excess, 1 / top)[0, 1] > 0.99, filling
        assert np.corrcoef(excess, 1 / bottom)[0, 1] > 0.99, filling


def test_charge_of_switching(law):
    """The bottom takes a charge beyond i_c that does not depend on the filling; the top the charge that moves the front."""
    for filling in (0.1, 0.3, 0.5):
        excess, _, bottom = law[filling]
        np.testing.assert_allclose((bottom * excess)[1:], 0.036, rtol=0.27)
    charge = {}
    for filling in (0.3, 0.5):
        excess, top, _ = law[filling]
        moved = top * (excess + excess[1])  # the second run is at 2 i_c, so its excess is i_c
        charge[filling] = moved[-1]
        np.testing.assert_allclose(moved[1:], charge[filling], rtol=0.06)
    assert charge[0.5] - charge[0.3] == pytest.approx(0.2 * 1.27, rel=0.03)


@pytest.mark.parametrize(("filling", "travel", "delays"), [(0.3, 0.2224, (0.8, 1.45)), (0.5, None, (0.95, 1.5))])
def test_two_fronts_in_the_place_of_a_field(filling, travel, delays):
    """The charge of the second switching is that of the layer less an interface; the first is a delay of diffusion."""
    device = film(filling)
    critical = fold(device, cells=CELLS).current
    runs = switching_times(device, critical * np.array([1.1, 1.3, 1.6, 2.0, 4.0]), cells=CELLS)
    current = runs["current"].values
    first, second = np.sort([runs["tau_T"].values, runs["tau_B"].values], axis=0)
    found = so.thermodynamics.two_front_times(TITANATE, filling, device.film.thickness, current)
    assert found.layer_phase == "ion-rich"
    np.testing.assert_allclose(second - first, found.full - found.partial, rtol=0.012)
    if travel is not None:  # of the specification
        np.testing.assert_allclose((second - first) * found.speed * current, travel, rtol=0.01)
    step = -((1 - found.layer) ** 2) * np.log1p(-critical / current)
    assert np.all((delays[0] < first / step) & (first / step < delays[1]))


def test_two_fronts_refuse_what_they_do_not_describe():
    below = so.thermodynamics.two_front_times(TITANATE, 0.3, 80e-9, 0.05)
    assert np.isinf(below.partial).all()
    assert np.isinf(below.full).all()
    with pytest.raises(InputError, match=r"layers of a film of 8e-08 m .* thinner than two interfaces"):
        so.thermodynamics.two_front_times(TITANATE, 0.1, 80e-9, 0.2)
    with pytest.raises(InputError, match="current holds what is no finite number"):
        so.thermodynamics.two_front_times(TITANATE, 0.3, 80e-9, np.nan)


def test_ends_switch_together_at_both_limits_of_filling_and_apart_between(law):
    """Times of fully over partially switched: below 2 at c_m = 0.1 and 0.9, above 3 in the middle."""
    window = {filling: np.max([top, bottom], axis=0) / np.min([top, bottom], axis=0) for filling, (_, top, bottom) in law.items()}
    assert np.all(window[0.1] < 1.5)
    assert np.all(window[0.9] < 2.0)
    assert np.all(window[0.3][1:] > 4.0)
    assert np.all(window[0.5][1:] > 3.0)


@pytest.mark.parametrize(("filling", "end"), [(0.08, "tau_T"), (0.9, "tau_B")])
def test_partial_polarization_lasts_where_a_dissolved_layer_leaves_a_steady_film(filling, end):
    """Between the folds of state I and of the uniform film one end switches and the other never does."""
    first = fold(film(filling), cells=CELLS).current
    second = fold(film(filling), cells=CELLS, initial=so.Uniform()).current
    found = switching_times(film(filling), [0.99 * first, 0.5 * (first + second), 1.01 * second], cells=CELLS)
    assert found["polarization"].values.tolist() == ["none", "partial", "full"]
    assert np.isfinite(found[end].values[1])


def test_poor_films_switch_faster_than_rich_ones():
    """At the same current, and from a smaller one on: LTO4 before LTO7."""
    poor, rich = (switching_times(film(filling), [0.25, 0.4, 0.6], cells=CELLS) for filling in (0.1, 0.9))
    for name in ("tau_T", "tau_B"):
        assert np.all(poor[name].values < 0.35 * rich[name].values)


def test_current_shortens_the_switching_time_more_than_tenfold():
    found = switching_times(film(0.3), [0.12, 1.2], cells=CELLS)
    assert np.all(found["tau_B"].values[0] / found["tau_B"].values[1] > 10)
    assert np.all(found["tau_T"].values[0] / found["tau_T"].values[1] > 10)


def test_map_has_the_runs_of_its_rows_and_says_how_they_end():
    currents = [0.06, 0.2, 30.0]
    table = switching_map(film(), [0.1, 0.5], currents, cells=CELLS, plateau=20.0, workers=2)
    assert dict(table.sizes) == {"filling": 2, "current": 3}
    assert table["tau_T"].attrs["units"] == "tau_D"
    assert table["current"].attrs["units"] == "i_D"
    row = switching_times(film(0.5), currents, cells=CELLS, plateau=20.0, workers=1)
    for name in ("tau_T", "tau_B"):
        np.testing.assert_array_equal(table[name].sel(filling=0.5), row[name])
    assert table["polarization"].values.tolist() == [["full", "full", "full"], ["none", "full", "full"]]
    assert str(table["status"].sel(filling=0.1, current=30.0).values) == "depleted"
    assert str(table["status"].sel(filling=0.5, current=0.2).values) == "finished"


def test_negative_currents_switch_the_mirrored_film():
    up = switching_times(film(0.3), [0.2], cells=CELLS)
    down = switching_times(film(0.3), [-0.2], cells=CELLS, initial=so.PhaseSeparated("bottom"))
    assert float(down["tau_B"][0]) == pytest.approx(float(up["tau_T"][0]), rel=1e-5)
    assert float(down["tau_T"][0]) == pytest.approx(float(up["tau_B"][0]), rel=1e-5)


@pytest.mark.parametrize(
    ("arguments", "options", "sentence"),
    [
        (([0.0, 0.1],), {}, "currents holds 0, at which nothing switches"),
        (([],), {}, "currents needs a list of at least one number"),
        ((["fast"],), {}, r"currents = \['fast'\] is not a list of numbers"),
        (([0.1, np.nan],), {}, "currents needs a list of at least one number, all finite"),
        (([0.1],), {"workers": 0}, r"workers = 0 is outside its allowed range: a whole number in \[1, inf\)"),
        (([0.1],), {"plateau": np.inf}, r"plateau = inf tau_D is outside its allowed range \(0, inf\) tau_D"),
    ],
)
def test_refusals(arguments, options, sentence):
    with pytest.raises(InputError, match=sentence):
        switching_times(film(), *arguments, **options)


def test_map_refuses_a_filling_that_cannot_be():
    with pytest.raises(InputError, match=r"Film\.filling = 1\.2 is outside its allowed range \(0, 1\)"):
        switching_map(film(), [0.3, 1.2], [0.1])
