"""Extremes, areas, charges and ratios do not depend on how many samples were asked for; they are those of a quadrature."""

import numpy as np
import pytest

import solion as so
from solion.analysis.step_curves import extremes, integrals, step_curves
from solion.units import nm

CELLS = 20


def metrics(samples, **drive):
    film = so.Film(so.materials.lithium_titanate(), thickness=80 * nm, filling=0.1)
    transfer = so.laws.ButlerVolmer(rate=1e-2 * film.units.i_D)
    device = so.FilmMemristor(top=so.Contact(transfer), film=film, bottom=so.Contact(transfer))
    scales = device.scales()
    loop = so.protocols.cyclic_voltammetry(
        limits=(-40 * scales.voltage, 40 * scales.voltage), rate=80 * scales.voltage / scales.time, samples=samples, **drive
    )
    result = so.simulate(device, loop, cells=CELLS)
    assert result.status == "finished", result.message
    return {entry.name: entry.value for entry in so.views.metrics(result)}, result


def test_numbers_of_a_run_are_the_same_with_20_samples_and_with_20000():
    (few, _), (many, dense) = metrics(20), metrics(20_000)
    names = [name for name in many if any(word in name for word in ("current_m", "loop_area", "lobe", "_energy", "charge"))]
    names += [name for name in many if "on_off_ratio" in name]
    assert len(names) >= 9
    for name in names:
        assert few[name] == pytest.approx(many[name], rel=1e-6), name
    current, voltage = dense.dataset["current"].values, dense.dataset["voltage"].values
    assert many["cycle_1_current_maximum"] == pytest.approx(current.max(), rel=3e-6)
    assert many["cycle_1_current_minimum"] == pytest.approx(current.min(), rel=3e-6)
    assert many["cycle_1_energy"] == pytest.approx(np.trapezoid(current * voltage, dense.dataset["time"].values), rel=1e-5)


def test_curves_are_exact_for_cubics_and_of_fourth_order():
    knots = np.array([0, 0.1, 0.5, 0.55, 1.0, 1.4, 2.0, 0, 0.3, 1.0])
    piece = np.array([0] * 7 + [3] * 3)
    cubic = np.where(piece == 0, knots**3 - 3 * knots**2 + 2 * knots, (knots - 0.5) ** 2)
    curves = step_curves(knots, piece, np.stack([cubic, knots - 1], axis=1))
    curves = curves._replace(group=(curves.group > 0).astype(int))
    high, when = extremes(curves, 2, 1)
    assert high[0, 0] == pytest.approx(2 / np.sqrt(27), rel=1e-12)
    assert when[0, 0] == pytest.approx(1 - 1 / np.sqrt(3), rel=1e-7)
    low, when = extremes(curves, 2, -1)
    assert low[1, 0] == pytest.approx(0, abs=1e-15)
    assert when[1, 0] == pytest.approx(0.5)
    assert integrals(curves, 2, lambda v, r: v[0]) == pytest.approx([0, 1 / 12], abs=1e-14)
    # over what lies beyond the second row's zero
    assert integrals(curves, 2, lambda v, r: v[0] * r[1], 1) == pytest.approx([-0.25, 0], abs=1e-13)
    errors = []
    for count in (21, 41):
        t = np.linspace(0, 1, count) ** 1.5
        curves = step_curves(t, np.zeros(count, int), np.sin(7 * t)[:, None])
        errors.append(
            abs(extremes(curves, 1, 1)[0][0, 0] - 1) + abs(integrals(curves, 1, lambda v, r: v[0])[0] - (1 - np.cos(7)) / 7)
        )
    assert errors[1] < errors[0] / 11


def test_a_knot_that_is_there_twice_is_one():
    time = np.array([0.0, 1.0, 1.0, 2.0, 3.0])
    curves = step_curves(time, np.zeros(5, int), (time**2)[:, None])
    np.testing.assert_array_equal(curves.length, np.ones(3))
    np.testing.assert_allclose(curves.powers.sum(axis=0)[:, 0], [1.0, 4.0, 9.0], rtol=1e-12)


def test_a_long_rest_adds_no_charge_to_the_pulse_after_it():
    film = so.Film(so.materials.lithium_titanate(), thickness=80 * nm, filling=0.1)
    contact = so.Contact(so.laws.ButlerVolmer(rate=1e-2 * film.units.i_D))
    device = so.FilmMemristor(top=contact, film=film, bottom=contact)
    pulse = so.protocols.hold(voltage=10 * device.scales().voltage, duration=1e-3, samples=3)
    rests = [so.protocols.rest(duration=seconds, samples=3) for seconds in (1e9, 1e4)]  # both far longer than the film's 64 s
    runs = [so.simulate(device, rest.then(pulse), cells=CELLS) for rest in rests]
    long, short = ({entry.name: entry.value for entry in so.views.metrics(run)} for run in runs)
    high = float(runs[0].dataset["current_highest"].max())
    assert 0 < float(long["charge"]) <= high * 1e-3
    assert long["charge_passed"] == pytest.approx(short["charge_passed"], rel=1e-5)
    assert long["charge"] == pytest.approx(short["charge"], rel=1e-5)
