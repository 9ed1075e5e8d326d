"""Forward-mode derivatives of what a film does against central differences, through the whole of an adaptive run.

Both runs (a step of current, a voltammogram) have one shape and so share one compilation of the tangent program.
"""

import dataclasses
from itertools import pairwise

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solion as so
from solion.base.parameters import as_arrays
from solion.experiments.assembly import assemble
from solion.numerics.stepping.integrate import Status, Tolerance, advance, begin

CELLS, SAMPLES = 60, 30
TOLERANCE = Tolerance(*(jnp.asarray(value) for value in (1e-9, 1e-9, 1e-3)))
WATCH = {"composition_top": 0.5, "composition_bottom": 0.5}
PLACES = {  # where the numbers live in a device
    "rho": lambda device: device.film.material.free_energy.exponent,
    "rate_top": lambda device: device.top.transfer.rate,
    "rate_bottom": lambda device: device.bottom.transfer.rate,
    "alpha_top": lambda device: device.top.transfer.asymmetry,
    "alpha_bottom": lambda device: device.bottom.transfer.asymmetry,
    "series": lambda device: device.series_resistance,
}


def memristor(rates, asymmetries, filling):
    film = so.Film(so.materials.lithium_titanate(), 80e-9, filling)
    i_D, V_T = film.units.i_D, film.units.V_T
    top, bottom = (
        so.Contact(so.laws.ButlerVolmer(rate=rate * i_D, asymmetry=alpha)) for rate, alpha in zip(rates, asymmetries, strict=True)
    )
    return so.FilmMemristor(top=top, film=film, bottom=bottom, series_resistance=100.0 * V_T / i_D)


DEVICE = memristor((0.1, 1e-3), (0.05, 0.2), 0.9)


def outcome(numbers, profile, schedule, watch):
    """(first crossing of 0.5 at the bottom, current at every sample), and how the run ended."""
    device = eqx.tree_at(lambda d: [PLACES[name](d) for name in numbers], DEVICE, list(numbers.values()))
    system = as_arrays(device.system(CELLS))
    state, record = begin(system, schedule, system.unknowns(profile), samples=3 * (SAMPLES + 2), events=8)
    state, record = advance(system, schedule, watch, TOLERANCE, state, record, 100_000)

    def current(sample):
        segment, local, y = sample
        return system.start(local, y, jax.tree.map(lambda entry: entry[segment], schedule.drive))[0]

    currents = jax.lax.map(current, (record.segment, record.local, record.y))
    return (record.event_time[jnp.argmax(record.event[:8] == 1)], currents), (state.status, record.samples, record.events)


@jax.jit
def tangent(numbers, direction, profile, schedule, watch):
    """Outcome, its derivative along a direction in the space of numbers, and how the run ended."""
    return jax.jvp(lambda numbers: outcome(numbers, profile, schedule, watch), (numbers,), (direction,), has_aux=True)


class Run:
    """A protocol on a device: its outcome at any numbers, and derivatives both ways."""

    def __init__(self, device, corners, mode):
        scales = device.scales()
        unit = scales.voltage if mode == "voltage" else scales.current
        pieces = (
            so.protocols.ramp(**{mode: (v0 * unit, v1 * unit)}, duration=(t1 - t0) * scales.time, samples=SAMPLES).steps
            for (t0, v0), (t1, v1) in pairwise(corners)
        )
        model = assemble(device, so.Protocol(sum(pieces, ())), CELLS, WATCH)
        profile = jnp.asarray(device.profile(so.PhaseSeparated(), CELLS))
        self.inputs = profile, model.schedule, model.watch
        self.numbers = {name: jnp.asarray(float(place(device))) for name, place in PLACES.items()}
        self.value, _, (status, self.samples, events) = tangent(self.numbers, self.along(), *self.inputs)
        assert int(status) == Status.FINISHED
        assert int(events) >= 1

    def along(self, name=None):
        """Unit direction of a number, or none."""
        return {key: jnp.asarray(float(key == name)) for key in self.numbers}

    def derivatives(self, name, pick, step=1e-4):
        """(value, forward mode, central differences) of a number picked from (instant, currents)."""
        value, change, _ = tangent(self.numbers, self.along(name), *self.inputs)
        h = step * float(self.numbers[name])
        low, high = (
            float(pick(*tangent({**self.numbers, name: self.numbers[name] + side}, self.along(), *self.inputs)[0]))
            for side in (-h, h)
        )
        return float(pick(*value)), float(pick(*change)), (high - low) / (2 * h)


@pytest.fixture(scope="module")
def step():
    return Run(memristor((1e-2, 1e-4), (0.5, 0.5), 0.3), [(0, 0), (0.01, 0.12), (0.7, 0.12), (1.4, 0.12)], "current")


@pytest.fixture(scope="module")
def sweep():
    return Run(DEVICE, [(0, 0), (0.8, 100), (2.4, -100), (3.2, 0)], "voltage")


def test_switching_time_against_the_exponent(step):
    value, forward, central = step.derivatives("rho", lambda instant, currents: instant)
    print(value, forward, central)
    assert value == pytest.approx(0.99, rel=0.01)
    assert abs(forward) > 0.1
    assert forward == pytest.approx(central, rel=1e-4)


@pytest.mark.parametrize("name", ["rate_top", "rate_bottom", "alpha_top", "alpha_bottom"])
def test_largest_current_against_a_contact(sweep, name):
    top = int(jnp.argmax(sweep.value[1][: int(sweep.samples)]))
    value, forward, central = sweep.derivatives(name, lambda instant, currents: currents[top])
    print(name, value, forward, central)
    assert value == pytest.approx(0.78, rel=0.03)
    unit = float(DEVICE.film.units.i_D) if name.startswith("rate") else 1.0  # rates are in A/m2
    assert abs(forward) * unit > 1e-4
    assert forward == pytest.approx(central, rel=1e-4)


@pytest.mark.parametrize("sample", [25, 55, 85])
def test_current_against_the_series_resistance(sweep, sample):
    value, forward, central = sweep.derivatives("series", lambda instant, currents: currents[sample])
    print(value, forward, central)
    assert forward == pytest.approx(central, rel=1e-4)


def test_instant_of_switching_in_a_sweep_against_the_series_resistance(sweep):
    value, forward, central = sweep.derivatives("series", lambda instant, currents: instant)
    print(value, forward, central)
    assert forward == pytest.approx(central, rel=1e-4)


def test_assembly_can_be_traced():
    """Scales, schedule and system of a device whose numbers are being differentiated."""
    scales = DEVICE.scales()
    ramp = so.protocols.ramp(voltage=(0.0, scales.voltage), duration=scales.time)
    hold = so.protocols.hold(current=0.1 * scales.current, duration=scales.time)

    def assembled(thickness):
        film = dataclasses.replace(DEVICE.film, thickness=thickness)
        model = assemble(dataclasses.replace(DEVICE, film=film), ramp.then(hold), CELLS, WATCH)
        return (model.schedule.duration[0], model.schedule.drive.start[1, 0], model.system.regions[0].film.gradient_energy)

    h = DEVICE.film.thickness
    values, changes = jax.jit(lambda h: jax.jvp(assembled, (h,), (1.0,)))(h)
    np.testing.assert_allclose(values, [1.0, 0.1, 1.1e-3], rtol=1e-12)
    np.testing.assert_allclose(np.array(changes) * h, [-2.0, 0.1, -2.2e-3], rtol=1e-12)
