"""Derivatives of whole runs with respect to numbers of material, contacts, device and protocol, against central differences.

Every run of this module and of test_fit_recovery has one shape (40 cells, 8 steps, 256 rows), so that all share one
compilation.
"""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solion as so
from solion.base.compiled import Program
from solion.base.errors import InputError
from solion.explore.fitting.numbers import at, find, run_of
from solion.explore.tangents import Run, complete, differentiate, outcome
from solion.numerics.stepping.integrate import Status
from solion.study import interpret

CELLS = 40
STEPS = [
    {"kind": "ramp", "voltage": ["0 V_T", "80 V_T"], "duration": "0.5 tau_D", "samples": 20},
    {"kind": "hold", "voltage": "80 V_T", "duration": "0.4 tau_D", "samples": 20},
    {"kind": "ramp", "voltage": ["80 V_T", "0 V_T"], "rate": "125 V_T/tau_D", "samples": 20},
    {"kind": "hold", "current": "-0.15 i_D", "duration": "0.3 tau_D", "samples": 20},
    {"kind": "open_circuit", "duration": "0.1 tau_D", "samples": 10},
    {"kind": "resistor", "source_voltage": "-60 V_T", "resistance": "0.5 ohm", "duration": "0.5 tau_D", "samples": 20},
    {
        "kind": "ramp",
        "voltage": ["0 V_T", "-80 V_T"],
        "duration": "0.5 tau_D",
        "samples": 20,
        "until": {"quantity": "composition_top", "above": 0.2},
    },
    {"kind": "rest", "duration": "0.2 tau_D", "samples": 10},
]
OVER = [
    "device.material.exponent",
    "device.material.ion_diffusivity",
    "device.thickness",
    "device.filling",
    "device.top.rate",
    "device.bottom.asymmetry",
    "device.series_resistance",
    "protocol.1.voltage",
    "protocol.2.rate",
    "protocol.3.current",
    "protocol.5.resistance",
    "protocol.6.until.above",
]


@pytest.fixture(scope="module")
def study():
    data = so.study.load("lto7-voltammogram").data
    numerics = {"cells": CELLS, "relative": 2e-10, "absolute": 2e-10}
    return interpret(data | {"protocol": STEPS, "numerics": numerics}, name="varied", shown="varied")


@pytest.fixture(scope="module")
def numbers(study):
    return [find(study, key) for key in OVER]


@pytest.fixture(scope="module")
def tangents(study, numbers):
    found = differentiate(lambda values: run_of(at(study, numbers, values)), {number.key: number.value for number in numbers})
    assert found.finished.complete
    return found


SHARES = {"device.filling": 1e-5, "device.material.exponent": 2e-5}  # which move a switch far; of a number, 5e-5 for others


def central(study, number):
    """Central differences of the datasets of whole runs at two distances, extrapolated to none; by variable."""
    step = SHARES.get(number.key, 5e-5) * abs(number.value)

    def slopes(side):
        low, high = (
            complete(run_of(at(study, [number], {number.key: number.value + shift}))).result().dataset for shift in (-side, side)
        )
        # whole runs take steps of their own: what is known at the end of each has no partner in another
        names = [
            name for name in high.variables if np.issubdtype(high[name].dtype, np.floating) and "knot" not in high[name].dims
        ]
        return {name: (high[name].values - low[name].values) / (2 * side) for name in names}

    near, far = slopes(step), slopes(2 * step)
    return {name: (4 * near[name] - far[name]) / 3 for name in near}


@pytest.mark.parametrize("key", OVER)
def test_everything_a_run_leaves_against_central_differences(study, numbers, tangents, key):
    """Samples of all observables and compositions, times of samples and events, energies; 1e-4 of the largest derivative."""
    number = next(number for number in numbers if number.key == key)
    exact, found = central(study, number), tangents.derivative(key)
    data = tangents.finished.result().dataset
    compared = 0
    for name, expected in exact.items():
        size = np.abs(expected).max(initial=0.0)
        largest = np.abs(data[name].values).max(initial=0.0)
        if size * abs(number.value) < 0.02 * largest:
            continue  # the number hardly acts on it: the differences see the tolerance over the step
        np.testing.assert_allclose(found[name].values, expected, rtol=0, atol=1e-4 * size, err_msg=f"{name} over {key}")
        compared += 1
    assert compared >= 3


def test_derivatives_of_event_times_and_of_the_end(tangents):
    found = tangents.derivative("device.top.rate")
    assert found.sizes["event"] >= 2
    assert np.all(np.isfinite(found["event_time"]))
    assert float(np.abs(found["composition"][-1]).max()) > 0


def test_scaling_laws_hold_to_round_off(tangents):
    """Under a protocol in units of the device, times go with 1/D_p0 and the current does not move."""
    data, found = tangents.finished.result().dataset, tangents.derivative("device.material.ion_diffusivity")
    diffusivity = 1e-16
    np.testing.assert_allclose(found["time"] * diffusivity, -data["time"], rtol=1e-6, atol=1e-9)


def test_a_shape_that_depends_on_a_number_has_no_derivative(study):
    def build(values):
        run = run_of(study)
        steps = run.protocol.steps
        return dataclasses.replace(run, protocol=so.Protocol(steps if values["n"] < 1 else steps[:4]))

    with pytest.raises(InputError, match="n: the shape of the run depends on it"):
        differentiate(build, {"n": 1.0})
    with pytest.raises(InputError, match="at least one number"):
        differentiate(build, {})


def test_a_number_at_the_end_of_its_range_is_moved_to_one_side(study):
    """No series resistance: the derivative from above, against a difference of whole runs."""
    scales = run_of(study).device.scales()
    unit = scales.voltage / scales.current_density

    def build(values):
        run = run_of(study)
        return dataclasses.replace(run, device=dataclasses.replace(run.device, series_resistance=values["R"] * unit))

    found = differentiate(build, {"R": 0.0}).derivative("R")["current"].values
    ends = [complete(build({"R": value})).signals("current")[1] for value in (0.0, 1e-3, 2e-3)]
    expected = (-3 * ends[0] + 4 * ends[1] - ends[2]) / 2e-3
    kept = complete(build({"R": 0.0})).result().dataset.sizes["time"]
    assert len(found) == kept
    assert np.abs(found).max() == pytest.approx(np.abs(expected).max(), rel=1e-3)


def test_a_drive_of_none_is_moved_by_the_devices_own_scales(study):
    """dV/dI at 0 A, and at next to none: 2e-6 A were 1e4 times what this contact exchanges, so that there was no derivative."""
    device = dataclasses.replace(run_of(study).device, area=1e-12)

    def build(values):
        return Run(device, so.protocols.hold(current=values["I"], duration=1.0, samples=3), cells=20)

    small = 1e-6 * min(device.top.transfer.rate, device.bottom.transfer.rate) * device.area
    below, above = (complete(build({"I": current})).signals("voltage")[1] for current in (-1e3 * small, 1e3 * small))
    for current in (0.0, 1e-3 * small):
        found = differentiate(build, {"I": current}).derivative("I")["voltage"].values
        np.testing.assert_allclose(found, (above - below) / (2e3 * small), rtol=2e-3)


def test_a_run_inside_a_users_own_jax_function(study):
    """``outcome`` under jvp and jit, as a script uses it, against :func:`differentiate`."""
    run = run_of(study)
    short = Run(run.device, so.Protocol(run.protocol.steps[:2]), cells=20)
    profile = run.device.profile(run.initial, 20)

    def peak(rate):
        device = dataclasses.replace(short.device, top=so.Contact(so.laws.ButlerVolmer(rate * run.device.film.units.i_D, 0.05)))
        end = outcome(device, short.protocol, profile)
        return jnp.max(end.values["current"]), end.status

    def peak_and_slope(rate):
        return jax.jvp(peak, (rate,), (jnp.ones(()),))

    (value, status), (slope, _) = Program(peak_and_slope)(jnp.asarray(0.1))  # jax.jit, and kept on disk
    assert int(status) == Status.FINISHED

    def whole(rate):
        device = dataclasses.replace(short.device, top=so.Contact(so.laws.ButlerVolmer(rate * run.device.film.units.i_D, 0.05)))
        return float(so.simulate(device, short.protocol, cells=20).dataset["current"].max())

    low, high = whole(0.1 - 1e-4), whole(0.1 + 1e-4)
    assert float(value) == pytest.approx(0.5 * (low + high), rel=1e-6)
    assert float(slope) == pytest.approx((high - low) / 2e-4, rel=1e-2)
