"""Adaptive integration of a system through a schedule of segments, with samples, located events and a clear end.

The integrator knows no physics. A :class:`Schedule` is a row of segments; within one, time runs from zero, the
drive is smooth, and a step always lands on its end. Samples are read from the dense output. Monitors (numbers the
system names) stop a segment when they leave their limits and are recorded when they cross a level; both instants are
located on the dense output and carry derivatives. Everything runs under jit, vmap and forward differentiation;
:func:`advance` takes a bounded number of steps, so that its caller can report, save and resume exactly.
"""

from __future__ import annotations

import enum
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from solion.numerics import system as traced
from solion.numerics.stepping.events import StepEvents, explore, inside
from solion.numerics.stepping.jacobian import capacities
from solion.numerics.stepping.method import TakenStep, interpolate
from solion.numerics.stepping.record import RunRecord, room, write_events, write_knots, write_sample
from solion.numerics.system import AbstractSystem

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(3)
LEAST = 1e-30  # step, over the system's own unit of time or the segment where that is shorter; what is empty fills as quickly
RESOLVED = 1e-15  # step over the time that it is added to: less is lost in a double
GAUSS_NODES, GAUSS_WEIGHTS = 0.5 * (_NODES + 1), 0.5 * _WEIGHTS  # on [0, 1]
_PARABOLAS = np.linalg.inv(np.vander(GAUSS_NODES, increasing=True))  # coefficients of the parabola through values at the nodes


class Status(enum.IntEnum):
    """How a run stands."""

    RUNNING = 0
    FINISHED = 1
    STOPPED = 2  # a monitor left its limits in a segment that ends the run
    STEP_TOO_SMALL = 3
    NOT_FINITE = 4
    TOO_MANY_STEPS = 5
    FULL = 6  # the table of samples is to be emptied, then the run goes on


class Tolerance(eqx.Module):
    """Local error allowed per step.

    ``relative`` and ``absolute`` bound the error of the conserved quantities; ``guard`` bounds, relative to 1 + |y|, that of
    the unknowns themselves where a transform runs off to infinity and the conserved quantity no longer feels them.
    """

    relative: float = 1e-6
    absolute: float = 1e-6
    guard: float = 1e-3


class Schedule(NamedTuple):
    """Segments of a run; every entry has the segments along its first axis. One of no duration ends the run before it.

    ``drive`` is handed to the system; ``samples`` counts the equal parts of a segment at whose ends the state is
    read; monitors outside [``low``, ``high``] end the segment, and with ``final`` the run.
    """

    duration: Float[Array, " s"]
    samples: Int[Array, " s"]
    drive: Any
    low: Float[Array, "s m"]
    high: Float[Array, "s m"]
    final: Int[Array, "s m"]


class Watch(NamedTuple):
    """Levels whose crossing is recorded: which monitor, and the level."""

    monitor: Int[Array, " e"]
    level: Float[Array, " e"]


class State(NamedTuple):
    """Everything a run needs to go on; saving and restoring it resumes to the same numbers.

    One that is ``fresh`` has come to a segment whose w and monitors are still to be found, which the next attempt does.
    """

    start: Float[Array, ""]
    t: Float[Array, ""]
    segment: Int[Array, ""]
    y: Float[Array, " n"]
    invariants: Float[Array, " v"]
    w: Float[Array, " m"]
    integrals: Float[Array, " i"]
    monitors: Float[Array, " k"]
    h: Float[Array, ""]
    previous_error: Float[Array, ""]
    error_sum: Float[Array, ""]  # of the accepted steps of this segment, in units of the tolerance
    largest_error_sum: Float[Array, ""]  # of any segment so far
    next_sample: Int[Array, ""]
    steps: Int[Array, ""]
    rejected: Int[Array, ""]
    status: Int[Array, ""]
    fresh: Bool[Array, ""]
    reason: Int[Array, ""]
    culprit: Int[Array, ""]


def begin(
    system: AbstractSystem, schedule: Schedule, y, *, samples: int, events: int = 256, steps: int = 0, first_step=1e-6
) -> tuple[State, RunRecord]:
    """Start of a run; ``samples``, ``events`` and ``steps`` size its record, ``first_step`` is a share of the first segment.

    Nothing is solved for yet, and the record is empty: the first attempt to advance does so (:class:`State`).
    """
    n = y.shape[0]
    zero, none = jnp.zeros(()), jnp.zeros((), int)
    drive = _drive(schedule, none)
    w = _zeros(traced.start, system, zero, y, drive)
    monitors = _zeros(traced.monitors, system, zero, y, w, drive)
    integrals = _zeros(traced.integrands, system, zero, y, w, drive)
    state = State(
        start=zero,
        t=zero,
        segment=none,
        y=y,
        invariants=system.invariants(system.conserved(y)),
        w=w,
        integrals=integrals,
        monitors=monitors,
        h=first_step * schedule.duration[0],
        previous_error=jnp.ones(()),
        error_sum=jnp.zeros(()),
        largest_error_sum=jnp.zeros(()),
        next_sample=none + 1,
        steps=none,
        rejected=none,
        status=jnp.asarray(Status.RUNNING, int),
        fresh=jnp.asarray(True),
        reason=none,
        culprit=none,
    )
    # the last slot of each table takes the writes that are not wanted
    record = RunRecord(
        jnp.zeros(samples + 1),
        jnp.zeros(samples + 1, int),
        jnp.zeros(samples + 1),
        jnp.zeros((samples + 1, n)),
        jnp.zeros((samples + 1, w.shape[0])),
        jnp.zeros((samples + 1, integrals.shape[0])),
        none,
        jnp.zeros(events + 1),
        jnp.zeros(events + 1, int),
        jnp.zeros(events + 1, int),
        none,
        jnp.zeros((steps + 1, 2 + monitors.shape[0])),
        none,
        jnp.zeros(steps + 1),
        none,
        jnp.asarray(False),
    )
    return state, record


def _zeros(function, *arguments):
    """What a function returns, with zeros in it."""
    shape = jax.eval_shape(function, *arguments)
    return jnp.zeros(shape.shape, shape.dtype)


def advance(
    system: AbstractSystem,
    schedule: Schedule,
    watch: Watch,
    tolerance: Tolerance,
    state: State,
    record: RunRecord,
    attempts,
    limit=None,
    axis: str | None = None,
) -> tuple[State, RunRecord]:
    """Take up to ``attempts`` steps (accepted or not), or fewer where the run ends or its table of samples is full.

    ``limit`` bounds them all; unless given it is a million, and a thousand for each segment.

    Under vmap over an axis with a name, give the name: loops then run until every lane is done, each lane standing
    still once it is, which spares copying all records at every step.
    """

    limit = 1_000_000 + 1000 * schedule.duration.shape[0] if limit is None else limit

    def some(flag):
        """Whether the flag is up, in any lane."""
        return flag if axis is None else jax.lax.pmax(flag.astype(int), axis) > 0

    def proceed(carry):
        state, _, taken = carry
        return some(state.status == Status.RUNNING) & (taken < attempts)

    def attempt(carry):
        state, record, taken = carry
        tried, record = _attempt(system, schedule, watch, tolerance, state, record, some)
        over = (tried.status == Status.RUNNING) & (tried.steps + tried.rejected >= limit)
        tried = tried._replace(status=jnp.where(over, Status.TOO_MANY_STEPS, tried.status).astype(int))
        return _select(state.status == Status.RUNNING, tried, state), record, taken + 1

    state, record, _ = jax.lax.while_loop(proceed, attempt, (state, record, 0))
    return state, record


def _drive(schedule, segment):
    return jax.tree.map(lambda entry: entry[segment], schedule.drive)


def _select(condition, new, old):
    return jax.tree.map(lambda a, b: jnp.where(condition, a, b), new, old)


def _attempt(system, schedule, watch, tolerance, state, record, some):
    drive = _drive(schedule, state.segment)
    duration = schedule.duration[state.segment]
    remaining = duration - state.t
    follows = state.steps < record.followed
    given = record.shares[jnp.minimum(state.steps, record.shares.shape[0] - 1)] * duration
    wanted = jax.lax.stop_gradient(jnp.where(follows, given, state.h))
    last = wanted >= remaining * (1 - 1e-10)
    # two equal steps rather than one long and one tiny
    h = jnp.where(last, remaining, jnp.where(wanted > 0.5 * remaining, 0.5 * remaining, wanted))

    step = system.method.step(system, state.t, state.y, state.w, h, drive, state.steps)
    end = jnp.where(last, duration, state.t + h)
    scaled = _scaled_error(system, tolerance, state, step)
    error = jnp.sqrt(jnp.mean(scaled**2))
    passed = (follows | (error <= 1)) & (state.status == Status.RUNNING) & ~state.fresh
    step, found = explore(system, schedule, watch, state, step, h, end, drive, passed)
    sound = jnp.isfinite(error) & found.sound & (follows | ~found.missed)
    accepted = sound & passed
    error = jax.lax.stop_gradient(jnp.where(sound, error, 1e6))
    h_next = system.method.next_length(h, error, state.previous_error, accepted)
    hopeless = follows | (h_next < LEAST * jnp.minimum(duration, 1.0) + RESOLVED * state.t)

    # a drive that at once puts a monitor beyond its limit may let no step be taken: the run ends there, for that reason
    outside = jnp.argmin(found.exits)
    beyond = (found.exits[outside] <= 0) & (schedule.final[state.segment, outside] == 1)
    slot = jnp.where(accepted & ~follows, state.steps, record.shares.shape[0] - 1)
    share = jax.lax.stop_gradient(jnp.where(last, 1.0, h / duration))  # one: whatever is left of the segment
    record = record._replace(shares=record.shares.at[slot].set(share, mode="drop"))
    moved, record, done, full = _accept(system, schedule, state, record, step, found, h, end, drive, accepted, some)
    ended = jnp.where(beyond, Status.STOPPED, Status.STEP_TOO_SMALL)
    refused = state._replace(
        h=jnp.where(full, state.h, h_next),
        rejected=state.rejected + ~full,
        next_sample=moved.next_sample,
        culprit=jnp.where(jnp.all(jnp.isfinite(scaled)), jnp.argmax(jnp.abs(scaled)), state.culprit),
        reason=jnp.where(hopeless & beyond, outside, state.reason),
        status=jnp.where(full, Status.FULL, jnp.where(hopeless, ended, state.status)).astype(int),
    )
    error_sum = state.error_sum + error
    moved = moved._replace(
        error_sum=error_sum,
        largest_error_sum=jnp.maximum(state.largest_error_sum, error_sum),
        h=jnp.where(last, jnp.maximum(wanted, h_next), h_next),
        previous_error=jnp.maximum(error, 1e-4),
        steps=state.steps + 1,
    )
    fresh, taken = state.fresh, accepted & ~full
    state = _select(fresh, _entered(state, step, found), _select(taken, moved, refused))
    record = write_sample(record, fresh, state, state.t, state.y, state.w, state.integrals)
    return _select(taken & done & (state.status == Status.RUNNING), _next(schedule, state), state), record


def _scaled_error(system, tolerance, state, step):
    """Error of each unknown over what is allowed: in q where q feels it at either end of the step, else in y."""
    unknown = 1 + jnp.maximum(jnp.abs(state.y), jnp.abs(step.y))
    content = jnp.maximum(jnp.abs(system.conserved(state.y)), jnp.abs(system.conserved(step.y)))
    conserved = tolerance.absolute * system.fineness + tolerance.relative * content
    algebraic = step.capacity == 0
    capacity = jnp.maximum(jnp.abs(step.capacity), jnp.abs(capacities(system, step.y)))
    felt = conserved / jnp.where(algebraic, 1.0, capacity)
    allowed = jnp.where(algebraic, tolerance.relative * unknown, jnp.minimum(felt, tolerance.guard * unknown))
    return step.error / allowed


def _accept(system, schedule, state, record, step: TakenStep, found: StepEvents, h, end, drive, accepted, some):
    """The state after a step, shortened to the instant at which a monitor leaves its limits, its record, whether its segment is
    done, and whether its samples overfill their table: then those that fit are written, and the same step is to be taken anew."""
    theta = jnp.minimum(jnp.min(found.exits), 1.0)
    stop = jnp.min(found.exits) <= 1
    t = jnp.where(stop, state.t + theta * h, end)
    last = state.next_sample + room(record)  # the first sample that has no row
    full = accepted & ((last == state.next_sample) | _due(schedule, state, t, last))
    taken = accepted & ~full
    events = found.crossed & taken & (found.times <= theta)
    record = write_events(record, state.start + state.t + found.times * h, events, found.rising)
    record = write_knots(record, state, found, h, end, theta, taken)
    y = jax.lax.cond(stop, lambda: inside(system, state, step, theta), lambda: step.y)
    w = jnp.where(stop, interpolate(theta, state.w, step.w, step.dense_w), step.w)
    written = _write_samples(system, schedule, state, record, step, h, t, theta, drive, accepted, last, some)
    record, next_sample, integrals = written
    first = jnp.argmin(found.exits)
    final = stop & (schedule.final[state.segment, first] == 1)
    state = state._replace(
        t=t,
        y=y,
        w=w,
        integrals=integrals,
        monitors=found.monitors,
        next_sample=next_sample,
        reason=jnp.where(stop, first, state.reason),
        status=jnp.where(final, Status.STOPPED, state.status).astype(int),
    )
    done = stop | (end >= schedule.duration[state.segment])
    return state, write_sample(record, taken & stop, state, t, y, w, integrals), done, full


def _next(schedule, state):
    """Move to the following segment, or end the run after the last."""
    segments = schedule.duration.shape[0]
    segment = jnp.minimum(state.segment + 1, segments - 1)
    finished = (state.segment + 1 >= segments) | (schedule.duration[segment] == 0)
    fresh = state._replace(
        start=state.start + state.t,
        t=jnp.zeros(()),
        segment=segment,
        fresh=jnp.asarray(True),
        error_sum=jnp.zeros(()),
        next_sample=jnp.ones((), int),
    )
    return _select(finished, state._replace(status=jnp.asarray(Status.FINISHED, int)), fresh)


def _entered(state, step: TakenStep, found: StepEvents):
    """The start of a segment with its w and monitors; a run whose very start gives no numbers ends there."""
    broken = (state.steps + state.rejected == 0) & (state.segment == 0) & ~found.sound
    status = jnp.where(broken & (state.status == Status.RUNNING), Status.NOT_FINITE, state.status).astype(int)
    return state._replace(w=step.w, monitors=found.monitors, fresh=jnp.asarray(False), status=status)


def _due(schedule, state, t, j):
    """Whether a segment has a j-th sample, and time has come to it."""
    duration, count = schedule.duration[state.segment], schedule.samples[state.segment]
    return (j <= count) & (duration * (j / count) <= t * (1 + 1e-14))


def _write_samples(system, schedule, state, record, step, h, t_end, theta_end, drive, accepted, last, some):
    """The record with the samples that a step passes, up to the ``last``, the number of the next one, and the integrals at the
    step's end."""
    duration, count = schedule.duration[state.segment], schedule.samples[state.segment]
    rates = _rates(system, state, step, h, theta_end, drive, some(accepted))

    def due(j):
        return accepted & (j < last) & _due(schedule, state, t_end, j)

    def write(carry):
        record, j = carry
        sampled, t = due(j), duration * (j / count)
        theta = jnp.where(sampled, jnp.clip((t - state.t) / h, 0, 1), theta_end)
        y = inside(system, state, step, theta)
        w = interpolate(theta, state.w, step.w, step.dense_w)
        share = jnp.where(sampled, jnp.clip((t - state.t) / jnp.maximum(theta_end * h, LEAST), 0, 1), 1.0)
        passed = theta_end * h * _up_to(share) @ rates
        return write_sample(record, sampled, state, t, y, w, state.integrals + passed), j + sampled

    record, following = jax.lax.while_loop(lambda carry: some(due(carry[1])), write, (record, state.next_sample))
    return record, following, state.integrals + jnp.where(accepted, theta_end * h * GAUSS_WEIGHTS @ rates, 0.0)


def _up_to(share):
    """Weights of the rates at Gauss's nodes for their integral from 0 to a share of the step, by the parabola through them."""
    powers = share ** jnp.arange(1, len(GAUSS_NODES) + 1) / np.arange(1, len(GAUSS_NODES) + 1)
    return powers @ _PARABOLAS


def _rates(system, state, step, h, theta_end, drive, wanted):
    """What the integrals kept grow by, at Gauss's nodes of a step up to ``theta_end``; nothing of a step that is not taken.

    The constraints are solved anew at the nodes: where w acts steeply, as a potential does on a current that is forced, an
    interpolated w would not carry that current by far.
    """
    none = jnp.zeros((len(GAUSS_NODES), state.integrals.shape[0]))
    if not none.size:
        return none

    def rate(node):
        share = theta_end * node
        y = interpolate(share, state.y, step.y, step.dense_y)
        near = interpolate(share, state.w, step.w, step.dense_w)
        solved = system.method.solved(system, state.t + share * h, y, near, drive, enough=1e-4)
        w = jnp.where(jnp.all(jnp.isfinite(solved)), solved, near)
        return traced.integrands(system, state.t + share * h, y, w, drive)

    return jax.lax.cond(wanted, lambda: jax.vmap(rate)(GAUSS_NODES), lambda: none)
