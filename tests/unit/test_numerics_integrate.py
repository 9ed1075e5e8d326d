"""The adaptive integrator: samples, located events, segments, refusals, resumption, derivatives; on a toy in closed form."""

from typing import Any, ClassVar, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solion.numerics.stepping.integrate import Schedule, Status, Tolerance, Watch, advance, begin
from solion.numerics.stepping.rosenbrock import Rodas5P
from solion.numerics.system import AbstractSystem


class Ramp(NamedTuple):
    """s(t), straight from ``start`` to ``end`` over ``duration``."""

    start: Any
    end: Any
    duration: Any


class Toy(AbstractSystem):
    """a' = s(t) - k a,  b' = s(t),  d' = burst d^2 (lumped),  sinh w = a. Monitors: a, b, w."""

    k: Any
    burst: Any

    method: ClassVar[Rodas5P] = Rodas5P()
    bandwidth: ClassVar[int] = 1
    border: ClassVar[int] = 1

    def conserved(self, y):
        return y

    def balance(self, t, y, w, drive):
        s = drive.start + (drive.end - drive.start) * t / drive.duration
        return jnp.stack([s - self.k * y[0], s, self.burst * y[2] ** 2]), jnp.sinh(w) - y[:1]

    def start(self, t, y, drive):
        return jnp.arcsinh(y[:1])

    def invariants(self, q):
        return q[:0]

    def admissible(self, y):
        return jnp.asarray(True)

    def monitors(self, t, y, w, drive):
        return jnp.stack([y[0], y[1], w[0]])

    def integrands(self, t, y, w, drive):
        return jnp.stack([y[0], jnp.sinh(w[0]) * t])


A, B, W = range(3)
INF = np.inf
TIGHT = Tolerance(relative=1e-10, absolute=1e-10)
SAMPLES = 80  # size of every record, so that runs share a compilation


def schedule(*segments, samples=10, limits=(), final=1):
    """Segments are (duration, start, end); limits are (segment, monitor, low, high)."""
    durations, starts, ends = (jnp.array(column, float) for column in zip(*segments, strict=True))
    count = len(segments)
    low, high, last = np.full((count, 3), -INF), np.full((count, 3), INF), np.zeros((count, 3), int)
    for segment, monitor, below, above in limits:
        low[segment, monitor], high[segment, monitor], last[segment, monitor] = below, above, final
    return Schedule(
        durations, jnp.full(count, samples), Ramp(starts, ends, durations), jnp.asarray(low), jnp.asarray(high), jnp.asarray(last)
    )


def watch(*levels):
    monitors, values = zip(*levels, strict=True) if levels else ((), ())
    return Watch(jnp.array(monitors, int), jnp.array(values, float))


def toy(k=1.0, burst=0.0):
    return Toy(jnp.asarray(k, float), jnp.asarray(burst, float))


_advance = jax.jit(advance)


def run(system, plan, y=(0.0, 0.0, 1.0), levels=(), tolerance=TIGHT, attempts=100_000, **options):
    state, record = begin(system, plan, jnp.asarray(y, float), samples=SAMPLES, events=8)
    tolerance = jax.tree.map(lambda value: jnp.asarray(value, float), tolerance)
    state, record = _advance(system, plan, watch(*levels), tolerance, state, record, attempts, **options)
    return state, record


def filled(record):
    n, e = int(record.samples), int(record.events)
    return np.asarray(record.time)[:n], np.asarray(record.y)[:n], np.asarray(record.event_time)[:e]


def test_samples_follow_the_closed_form():
    state, record = run(toy(2.0), schedule((3.0, 1.0, 1.0)))
    assert int(state.status) == Status.FINISHED
    time, y, _ = filled(record)
    np.testing.assert_allclose(time, np.linspace(0, 3, 11), atol=1e-14)
    np.testing.assert_allclose(y[:, A], 0.5 * (1 - np.exp(-2 * time)), atol=2e-9)
    np.testing.assert_allclose(y[:, B], time, atol=1e-12)


@pytest.mark.parametrize("stop", [None, 0.25])
def test_integrals_follow_the_closed_form(stop):
    """The integrals of a and of t sinh(w) at every sample, of which the last may be a located stop inside a step."""
    plan = schedule((3.0, 1.0, 1.0), limits=() if stop is None else ((0, W, -INF, stop),))
    _, record = run(toy(2.0), plan)
    time, _, _ = filled(record)
    end = 3.0 if stop is None else -0.5 * np.log(1 - 2 * np.sinh(stop))
    assert time[-1] == pytest.approx(end, rel=1e-9)
    decay = np.exp(-2 * time)
    exact = np.stack([0.5 * time - 0.25 * (1 - decay), 0.25 * time**2 - 0.125 * (1 - decay * (1 + 2 * time))], axis=1)
    np.testing.assert_allclose(np.asarray(record.integrals)[: len(time)], exact, atol=3e-9)


@pytest.mark.parametrize("relative", [1e-4, 1e-6, 1e-8])
def test_error_follows_the_tolerance(relative):
    state, _ = run(toy(2.0), schedule((3.0, 0.0, 5.0)), tolerance=Tolerance(relative, relative))
    t = 3.0
    exact = 5 / 3 * (t / 2 - (1 - np.exp(-2 * t)) / 4)
    assert abs(float(state.y[A]) - exact) < 10 * relative


def test_steps_land_on_kinks():
    """Quartic accuracy cannot hide a kink: b is the integral of a triangle wave, exact if and only if they land."""
    plan = schedule((1.0, 0.0, 2.0), (2.0, 2.0, -2.0), (0.37, -2.0, 5.0), samples=7)
    _, record = run(toy(1e-3), plan, tolerance=Tolerance(1e-2, 1e-2))
    time, y, _ = filled(record)
    corners = np.array([0.0, 1.0, 3.0, 3.37])
    assert np.all(np.min(np.abs(time[:, None] - corners), axis=0) < 1e-15)
    s = np.interp(time, corners, [0.0, 2.0, -2.0, 5.0])
    np.testing.assert_allclose(y[:, B], np.concatenate([[0], np.cumsum(np.diff(time) * (s[1:] + s[:-1]) / 2)]), atol=1e-12)
    assert int(record.samples) == 3 * 7 + 3  # each segment has its own first sample
    np.testing.assert_allclose(np.asarray(record.local)[[0, 8, 16]], 0.0)
    np.testing.assert_array_equal(np.asarray(record.segment)[:24], np.repeat([0, 1, 2], 8))


def test_watched_levels_are_located():
    """Crossings of a, b and w = asinh(a) in one run, rising and falling."""
    plan = schedule((2.0, 1.0, 1.0), (2.0, -1.0, -1.0))
    _, record = run(toy(1.0), plan, levels=((A, 0.5), (B, 0.3), (W, 0.25)))
    _, _, times = filled(record)
    peak = 1 - np.exp(-2.0)
    level_w = np.sinh(0.25)

    def falling(level):  # a = -1 + (peak + 1) exp(-t)
        return 2 + np.log((peak + 1) / (level + 1))

    expected = [np.log(2.0), 0.3, -np.log(1 - level_w), falling(0.5), 2 + 1.7, falling(level_w)]
    # events of one step come in the order of their levels, not of time
    which, rising = np.asarray(record.event)[:6], np.asarray(record.event_rising)[:6]
    for event in range(3):
        np.testing.assert_allclose(times[which == event], [expected[event], expected[event + 3]], atol=1e-8)
        np.testing.assert_array_equal(rising[which == event], [1, 0])


@pytest.mark.parametrize("stops", [False, True])
def test_a_turn_within_one_step_passes_its_level_twice(stops):
    """a = 6 - 4 t - 6 exp(-t) turns at t = ln 1.5; levels just below its peak are passed twice within any but short steps."""
    peak, below = 2 - 4 * np.log(1.5), 1e-4
    limits = ((0, A, -INF, peak - below),) if stops else ()
    plan = schedule((1.0, 2.0, -2.0), (1.0, -2.0, -2.0), limits=limits)
    levels = ((A, peak - below), (W, np.arcsinh(peak - below)), (A, 9.0))
    state, record = run(toy(1.0), plan, levels=levels, tolerance=Tolerance(0.1, 0.1))
    _, _, times = filled(record)
    if stops:
        assert int(state.status) == Status.STOPPED
        assert float(state.t) == pytest.approx(np.log(1.5) - np.sqrt(2 * below / 4), abs=1e-3)
    else:
        which = np.asarray(record.event)[: times.size]
        for event in (0, 1):
            near = np.log(1.5) + np.sqrt(2 * below / 4) * np.array([-1, 1])
            np.testing.assert_allclose(times[which == event], near, atol=1e-3)


@pytest.mark.parametrize(("monitor", "level", "instant"), [(A, 0.75, np.log(4.0)), (B, 0.4, 0.4), (W, 0.6, None)])
def test_limits_end_a_run_where_they_are_met(monitor, level, instant):
    instant = -np.log(1 - np.sinh(level)) if instant is None else instant
    near = 1e-8
    state, record = run(toy(1.0), schedule((5.0, 1.0, 1.0), limits=((0, monitor, -INF, level),)))
    assert int(state.status) == Status.STOPPED
    assert int(state.reason) == monitor
    assert float(state.t) == pytest.approx(instant, abs=near)
    time, y, _ = filled(record)
    assert time[-1] == pytest.approx(instant, abs=near)
    assert y[-1, A] == pytest.approx(1 - np.exp(-instant), abs=near)
    assert np.all(np.diff(time) > 0)


def test_the_first_of_two_limits_counts():
    plan = schedule((5.0, 1.0, 1.0), limits=((0, A, -INF, 0.8), (0, B, -INF, 0.9)))
    state, _ = run(toy(1.0), plan)
    assert int(state.reason) == B
    assert float(state.t) == pytest.approx(0.9, abs=1e-9)


def test_events_after_the_stop_are_not_recorded():
    plan = schedule((5.0, 1.0, 1.0), limits=((0, B, -INF, 0.5),))
    _, record = run(toy(1.0), plan, levels=((B, 0.4999), (B, 0.5001)), tolerance=Tolerance(1e-3, 1e-3))
    np.testing.assert_allclose(filled(record)[2], [0.4999], atol=1e-9)


def test_a_limit_that_ends_only_its_segment():
    plan = schedule((5.0, 1.0, 1.0), (2.0, 0.0, 0.0), limits=((0, A, -INF, 0.5),), final=0)
    state, _ = run(toy(1.0), plan)
    assert int(state.status) == Status.FINISHED
    assert float(state.start + state.t) == pytest.approx(np.log(2.0) + 2.0, abs=1e-8)
    assert float(state.y[A]) == pytest.approx(0.5 * np.exp(-2.0), abs=1e-8)
    assert float(state.y[B]) == pytest.approx(np.log(2.0), abs=1e-8)


def test_a_singularity_in_finite_time_is_refused():
    state, record = run(toy(burst=1.0), schedule((3.0, 1.0, 1.0)))
    assert int(state.status) == Status.STEP_TOO_SMALL
    assert float(state.t) == pytest.approx(1.0, abs=1e-6)
    for part in jax.tree.leaves(record):
        assert np.all(np.isfinite(part))
    assert np.all(np.isfinite(state.y))
    np.testing.assert_allclose(filled(record)[0], [0.0, 0.3, 0.6, 0.9], atol=1e-14)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_start_that_is_not_finite_is_refused(bad):
    state, _ = run(toy(), schedule((1.0, 1.0, 1.0)), y=(bad, 0.0, 1.0))
    assert int(state.status) == Status.NOT_FINITE


def test_a_budget_of_steps():
    state, _ = run(toy(), schedule((1.0, 1.0, 1.0)), limit=5)
    assert int(state.status) == Status.TOO_MANY_STEPS
    assert int(state.steps + state.rejected) == 5


def busy():
    """A run with everything in it."""
    plan = schedule((1.0, 0.0, 2.0), (2.0, 2.0, -2.0), (0.5, 1.0, 1.0), limits=((1, A, -0.3, INF),), final=0)
    return toy(1.3, 0.1), plan, ((A, 0.5), (W, 0.2))


@pytest.mark.parametrize("chunk", [1, 7])
def test_pieces_give_the_same_bits(chunk):
    system, plan, levels = busy()
    whole = run(system, plan, levels=levels)
    state, record = begin(system, plan, jnp.array([0.0, 0.0, 1.0]), samples=SAMPLES, events=8)
    tolerance = jax.tree.map(lambda value: jnp.asarray(value, float), TIGHT)
    calls = 0
    while int(state.status) == Status.RUNNING:
        state, record = _advance(system, plan, watch(*levels), tolerance, state, record, chunk)
        state, record = jax.tree.map(jnp.asarray, jax.device_get((state, record)))  # through memory, as a checkpoint
        calls += 1
    assert calls > 5
    for a, b in zip(jax.tree.leaves(whole), jax.tree.leaves((state, record)), strict=True):
        np.testing.assert_array_equal(a, b)


def kept(system, plan, levels=(), tolerance=TIGHT, given=None):
    """A run that keeps the lengths of its steps, or takes those of another (its state and record)."""
    state, record = begin(system, plan, jnp.array([0.0, 0.0, 1.0]), samples=SAMPLES, events=8, steps=500)
    if given is not None:
        record = record._replace(shares=given[1].shares, followed=given[0].steps)
    tolerance = jax.tree.map(lambda value: jnp.asarray(value, float), tolerance)
    return _advance(system, plan, watch(*levels), tolerance, state, record, 100_000)


def test_a_run_in_the_steps_of_another_is_that_run():
    """Whatever its own tolerance, through segments, a stop and events, and none of its steps is refused."""
    system, plan, levels = busy()
    state, record = kept(system, plan, levels)
    again, copy = kept(system, plan, levels, Tolerance(1e-9, 1e-9), (state, record))
    assert int(state.rejected) > 0 == int(again.rejected)
    assert int(state.steps) == int(again.steps)
    for a, b in zip(filled(record), filled(copy), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-13)


def test_runs_in_the_same_steps_differ_by_their_derivative():
    """Seven digits of d/dk at a tolerance of four, where runs in their own steps differ by their choice of them."""
    plan, rough, k, apart = schedule((2.0, 1.0, 1.0)), Tolerance(1e-4, 1e-4), 1.0, 1e-6
    given = kept(toy(k), plan, tolerance=rough)

    def one(k):
        system = Toy(k, jnp.asarray(0.0))
        start, empty = begin(system, plan, jnp.array([0.0, 0.0, 1.0]), samples=SAMPLES, events=8)
        return advance(system, plan, watch(), rough, start, empty, 100_000)[0].y[A]

    exact = jax.jit(lambda k: jax.jvp(one, (k,), (1.0,)))(k)[1]
    low, high = (kept(toy(value), plan, tolerance=rough, given=given)[0].y[A] for value in (k - apart, k + apart))
    assert float((high - low) / (2 * apart)) == pytest.approx(float(exact), rel=1e-7)


def test_a_given_step_that_cannot_be_taken_ends_the_run():
    system, plan = toy(1.0), schedule((2.0, 1.0, 1.0))
    state, record = kept(system, plan)
    state, _ = kept(system, plan, given=(state, record._replace(shares=record.shares.at[2].set(jnp.nan))))
    assert int(state.status) == Status.STEP_TOO_SMALL
    assert int(state.steps) == 2


def test_vmap_over_parameters_equals_a_loop():
    system, plan, levels = busy()
    rates = np.array([0.3, 1.3, 4.0])

    def one(k):
        state, record = begin(Toy(k, system.burst), plan, jnp.array([0.0, 0.0, 1.0]), samples=SAMPLES, events=8)
        return advance(Toy(k, system.burst), plan, watch(*levels), TIGHT, state, record, 100_000)

    states, records = jax.jit(jax.vmap(one))(jnp.asarray(rates))
    for j, k in enumerate(rates):
        state, record = run(toy(k, 0.1), plan, levels=levels)
        assert int(states.status[j]) == int(state.status) == Status.FINISHED
        assert (int(states.steps[j]), int(states.rejected[j])) == (int(state.steps), int(state.rejected))
        n, e = int(record.samples), int(record.events)
        assert (int(records.samples[j]), int(records.events[j])) == (n, e)
        np.testing.assert_allclose(records.y[j][:n], record.y[:n], rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(records.event_time[j][:e], record.event_time[:e], rtol=1e-11)


def test_derivatives_of_the_state_and_of_an_instant():
    """d a(T)/dk, d t*/dk of a watched level and d/dk of the state at a stop, against closed forms."""
    plan = schedule((2.0, 1.0, 1.0), limits=((0, A, -INF, 0.6),))
    free = schedule((2.0, 1.0, 1.0), limits=((0, A, -INF, INF),))

    def one(k, plan):
        system = Toy(k, jnp.asarray(0.0))
        state, record = begin(system, plan, jnp.array([0.0, 0.0, 1.0]), samples=SAMPLES, events=8)
        state, record = advance(system, plan, watch((A, 0.5), (W, 0.4)), TIGHT, state, record, 100_000)
        instants = [jnp.sum(jnp.where(record.event[:2] == e, record.event_time[:2], 0.0)) for e in range(2)]
        return state.y[A], state.y[B], state.t, *instants, record.y[5, A]

    derivative = jax.jit(lambda k, plan: jax.jvp(lambda k: one(k, plan), (k,), (1.0,)))
    k = 1.0

    def instant(k, level):
        return -jnp.log(1 - k * level) / k

    def closed(k, t):
        return (1 - jnp.exp(-k * t)) / k

    value, change = derivative(k, free)
    np.testing.assert_allclose(value[3:5], [instant(k, 0.5), instant(k, np.sinh(0.4))], atol=1e-8)
    assert float(change[0]) == pytest.approx(float(jax.grad(closed)(k, 2.0)), rel=1e-7)
    assert float(change[5]) == pytest.approx(float(jax.grad(closed)(k, 1.0)), rel=1e-7)
    assert float(change[3]) == pytest.approx(float(jax.grad(instant)(k, 0.5)), rel=1e-6)
    assert float(change[4]) == pytest.approx(float(jax.grad(instant)(k, float(np.sinh(0.4)))), rel=1e-6)  # of w

    value, change = derivative(k, plan)
    slope = float(jax.grad(instant)(k, 0.6))
    assert float(value[2]) == pytest.approx(float(instant(k, 0.6)), abs=1e-8)
    assert float(change[2]) == pytest.approx(slope, rel=1e-6)  # the instant itself
    assert float(change[1]) == pytest.approx(slope, rel=1e-6)  # b there is the time
    assert abs(float(change[0])) < 1e-6 * abs(slope)  # a there is the level


def test_derivative_goes_on_after_a_stopped_segment():
    """The state after a segment that ends at an event carries the derivative of its instant."""
    plan = schedule((5.0, 1.0, 1.0), (2.0, 0.0, 0.0), limits=((0, A, -INF, 0.5),), final=0)

    def last(k):
        system = Toy(k, jnp.asarray(0.0))
        state, record = begin(system, plan, jnp.array([0.0, 0.0, 1.0]), samples=SAMPLES, events=8)
        state, _ = advance(system, plan, watch(), TIGHT, state, record, 100_000)
        return state.y[B], state.start + state.t

    _, (b, end) = jax.jit(lambda k: jax.jvp(last, (k,), (1.0,)))(1.0)
    slope = float(jax.grad(lambda k: -jnp.log(1 - k * 0.5) / k)(1.0))
    assert float(b) == pytest.approx(slope, rel=1e-6)
    assert float(end) == pytest.approx(slope, rel=1e-6)


def test_a_limit_already_passed_at_the_start_ends_its_segment_at_once():
    plan = schedule((5.0, 1.0, 1.0), (2.0, 0.0, 0.0), limits=((1, A, -INF, 0.5),))
    state, _ = run(toy(1.0), plan, tolerance=Tolerance(1e-3, 1e-3))
    assert int(state.status) == Status.STOPPED
    assert int(state.segment) == 1
    assert float(state.t) < 1e-6


def test_a_start_on_a_limit_stops_there():
    """Already at the upper limit and rising, or at the lower and falling: the instant is the start, not the step's end."""
    for sign in (1.0, -1.0):
        limits = [(0, B, -INF, 0.0)] if sign > 0 else [(0, B, 0.0, INF)]
        plan = schedule((1.0, 0.0, sign), limits=limits)
        state, _ = run(toy(), plan)
        assert int(state.status) == Status.STOPPED
        assert float(state.t) == pytest.approx(0.0, abs=1e-7)


def test_derivative_of_an_instant_at_the_very_end():
    """b = s t reaches its level exactly at the end of the segment: dt/ds = -t/s there as anywhere."""

    @jax.jit
    def instant(s):
        plan = schedule((1.0, 1.0, 1.0))
        plan = plan._replace(drive=Ramp(plan.drive.start * s, plan.drive.end * s, plan.drive.duration))
        state, record = begin(toy(), plan, jnp.asarray([0.0, 0.0, 1.0]), samples=SAMPLES, events=8)
        tolerance = jax.tree.map(jnp.asarray, TIGHT)
        _, record = advance(toy(), plan, watch((B, 1.0)), tolerance, state, record, 1000)
        return record.event_time[0], record.events

    (time, events), (change, _) = jax.jvp(instant, (1.0 + 1e-15,), (1.0,))
    assert int(events) == 1
    assert float(time) == pytest.approx(1.0, abs=1e-12)
    assert float(change) == pytest.approx(-1.0, rel=1e-6)


def test_lanes_with_an_axis_equal_single_runs():
    plan, rates = schedule((3.0, 1.0, 1.0), (1.0, 1.0, 0.0), limits=[(1, B, -INF, 3.2)]), jnp.asarray([0.5, 1.0, 4.0])
    tolerance = jax.tree.map(jnp.asarray, TIGHT)

    def one(k, axis=None):
        system = Toy(k, jnp.zeros(()))
        state, record = begin(system, plan, jnp.asarray([0.0, 0.0, 1.0]), samples=SAMPLES, events=8)
        state, record = advance(system, plan, watch((A, 0.2)), tolerance, state, record, 10_000, axis=axis)
        return state.y, state.status, record.time, record.y, record.event_time[:1]

    together = jax.jit(jax.vmap(lambda k: one(k, "lanes"), axis_name="lanes"))(rates)
    single = jax.jit(one, static_argnums=1)
    for lane, k in enumerate(rates):
        for got, expected in zip(together, single(k, None), strict=True):
            np.testing.assert_allclose(got[lane], expected, rtol=1e-9, atol=1e-10)
