"""The end of a step made exact, and the instants in it at which monitors leave their limits or cross a level."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from solion.numerics import system as traced
from solion.numerics.stepping.method import TakenStep, interpolate, restore

HALVINGS = 22  # of a step, by which an instant in it is bracketed
# Where monitors are read in a step in which w turns, from there to the ends of the step: not at the turn itself, which would tie
# with the vertex of the curve through what was read, so that now the one, now the other is the time of an extreme.
BESIDE = np.array([-0.1, -0.02, 0.1])
STIR = 1e-9  # of 1 + |w|: slopes below it are noise


class StepEvents(NamedTuple):
    """What a step led to, with instants as fractions of it."""

    monitors: Float[Array, " k"]  # at its end
    sound: Bool[Array, ""]  # finite and admissible
    exits: Float[Array, " k"]  # where each monitor left its limits; 2 where it did not
    times: Float[Array, " e"]  # where each watched level was crossed
    crossed: Bool[Array, " e"]
    rising: Bool[Array, " e"]
    turned: Bool[Array, ""]  # w turns in the step
    places: Float[Array, " 3"]  # if so, where else monitors are known
    between: Float[Array, "3 k"]  # and the monitors there
    missed: Bool[Array, ""]  # the turn passes a level or a limit twice: a shorter step passes it once


class _Search(NamedTuple):
    """Where the search for instants stands: the end of the step, what is still wanted, and a bracket."""

    k: Int[Array, ""]  # looks into the bracket so far; -1 before the look at the end of the step
    y: Float[Array, " n"]
    w: Float[Array, " m"]
    monitors: Float[Array, " k"]
    wanted: Bool[Array, " i"]
    located: Float[Array, " i"]
    low: Float[Array, ""]
    high: Float[Array, ""]
    low_value: Float[Array, ""]
    between: Float[Array, "3 k"]


def explore(system, schedule, watch, state, step: TakenStep, h, end, drive, passed) -> tuple[TakenStep, StepEvents]:
    """The step with its end made exact, and the instants at which monitors leave their limits or cross a level.

    Where the state is ``fresh``, just come to a segment whose drive may have jumped, there is no step yet: its w and monitors are
    found, and nothing is looked for.

    One loop looks at a fraction of the step at a time, with invariants restored and w solved for: first at its end, then,
    for each instant of an accepted step, at the middles of a bracket and at its ends for a secant, and between its ends where
    w turns, so that extremes are known. (A loop, so that the equations, and the certain search of w that is the largest part of
    many a program, are compiled only here and once.)
    """
    low, high = schedule.low[state.segment], schedule.high[state.segment]
    already = (state.monitors < low) | (state.monitors > high)  # only at the start of a segment
    which = jnp.concatenate([jnp.arange(state.monitors.shape[0]), watch.monitor])
    start = state.monitors[which]

    def judge(monitors):
        outside = already | (monitors < low) | (monitors > high)
        crossed = (start[low.shape[0] :] < watch.level) != (monitors[watch.monitor] < watch.level)
        # both are located alike
        level = jnp.concatenate([jnp.where(outside, jnp.where(monitors > high, high, low), 0.0), watch.level])
        return outside, crossed, level

    located = which.shape[0]
    turned, turn = _turn(system.method, state, step)
    places = turn + BESIDE * jnp.minimum(turn, 1 - turn)
    zero, wanted = jnp.zeros(()), jnp.zeros(located + BESIDE.size, bool)
    unseen = jnp.broadcast_to(state.monitors, (BESIDE.size, low.shape[0]))
    search = _Search(jnp.asarray(-1), step.y, step.w, state.monitors, wanted, jnp.ones(which.shape), zero, zero + 1, zero, unseen)

    def advance_search(search):
        k, first = search.k, search.k < 0
        this = jnp.argmax(search.wanted)
        reads = ~first & (this >= located)
        inside = jnp.where(k < HALVINGS, 0.5 * (search.low + search.high), jnp.where(k == HALVINGS, search.low, search.high))
        inside = jnp.where(reads, places[this - located], inside)
        theta = jnp.where(first, 1.0, inside)
        y, w, monitors = _look(system, state, step, h, end, drive, theta, jnp.where(first, step.w, search.w))
        end_monitors = jnp.where(first, monitors, search.monitors)
        outside, crossed, level = judge(end_monitors)

        arrived = _sound(system, y, w, monitors) & passed
        asked = jnp.concatenate([outside & ~already, crossed, jnp.broadcast_to(turned, BESIDE.size)])
        wanted = jnp.where(first, asked & arrived, search.wanted)
        value = monitors[which[this]] - level[this]
        still = (value < 0) != (end_monitors[which[this]] < level[this])  # the start may lie on the level itself
        halving = k < HALVINGS
        low = jax.lax.stop_gradient(jnp.where(halving & still, inside, search.low))
        high = jax.lax.stop_gradient(jnp.where(halving & ~still, inside, search.high))
        # the secant of a bracket of 2e-7 is exact to round-off, and its values carry the derivatives of the instant
        drop = jax.lax.stop_gradient(search.low_value - value)
        instant = search.low + search.low_value / jnp.where(drop == 0, 1.0, drop) * (search.high - search.low)
        over = (k == HALVINGS + 1) | reads
        settled = over & (jnp.arange(wanted.shape[0]) == this)
        instants = jnp.where(settled[:located], _kept_inside(instant), search.located)
        between = jnp.where((settled & reads)[located:, None], monitors, search.between)
        anew = first | over
        return _Search(
            jnp.where(anew, 0, k + 1),
            jnp.where(first, y, search.y),
            jnp.where(first, w, search.w),
            end_monitors,
            wanted & ~settled,
            instants,
            jnp.where(anew, 0.0, low),
            jnp.where(anew, 1.0, high),
            value,
            between,
        )

    search = jax.lax.while_loop(lambda search: (search.k < 0) | jnp.any(search.wanted), advance_search, search)
    outside, crossed, _ = judge(search.monitors)
    count = low.shape[0]  # the limits come first
    exits = jnp.where(already, 0.0, jnp.where(outside, search.located[:count], 2.0))
    over = jnp.any((search.between < low) | (search.between > high), axis=0) & ~already & ~outside
    twice = _passed_twice(watch, jnp.concatenate([state.monitors[None], search.between, search.monitors[None]]))
    found = StepEvents(
        search.monitors,
        _sound(system, search.y, search.w, search.monitors),
        exits,
        search.located[count:],
        crossed,
        start[count:] < watch.level,
        turned,
        places,
        search.between,
        turned & passed & (jnp.any(over) | twice),
    )
    return step._replace(y=search.y, w=search.w), found


def _look(system, state, step: TakenStep, h, end, drive, theta, w):
    """y, w and monitors at a fraction of a step to a w near its end, or where a segment starts."""
    t = jnp.where(state.fresh, state.t, jnp.where(theta == 1, end, state.t + theta * h))
    y = jnp.where(state.fresh, state.y, inside(system, state, step, theta))
    w = system.method.certain(system, t, y, interpolate(theta, state.w, w, step.dense_w), drive, state.fresh)
    return y, w, traced.monitors(system, t, y, w, drive)


def _passed_twice(watch, monitors):
    """Whether some watched level is passed more than once by monitors in the order of time."""
    below = monitors[:, watch.monitor] < watch.level
    return jnp.any(jnp.sum(below[1:] != below[:-1], axis=0) > 1)


def _turn(method, state, step: TakenStep):
    """Whether w turns within a step, and where the first of it that does so turns on the dense output."""
    before, after, between = map(method.moving, (state.w, step.w, step.dense_w))
    if before.shape[0] == 0:
        return jnp.asarray(False), jnp.asarray(0.5)
    rise = after - before
    slopes = rise + between[0], rise - jnp.sum(between, axis=0)
    clear = jnp.minimum(jnp.abs(slopes[0]), jnp.abs(slopes[1])) > STIR * (1 + jnp.abs(before))
    turns = (slopes[0] * slopes[1] < 0) & clear
    start, end, dense, first = (values[..., jnp.argmax(turns)] for values in (before, after, between, slopes[0]))

    def slope(theta):
        return jax.jvp(lambda theta: interpolate(theta, start, end, dense), (theta,), (jnp.ones(()),))[1]

    def halve(_, bracket):
        low, high = bracket
        middle = 0.5 * (low + high)
        early = slope(middle) * first > 0
        return jnp.where(early, middle, low), jnp.where(early, high, middle)

    low, high = jax.lax.stop_gradient(jax.lax.fori_loop(0, HALVINGS, halve, (jnp.zeros(()), jnp.ones(()))))
    # the secant of the bracket: to round-off, so that the turn moves smoothly with every number of the run
    before, after = slope(low), slope(high)
    drop = before - after
    return jnp.any(turns), low + jnp.where(drop == 0, 0.5, before / jnp.where(drop == 0, 1.0, drop)) * (high - low)


def _sound(system, y, w, monitors):
    return jnp.all(jnp.isfinite(w)) & jnp.all(jnp.isfinite(monitors)) & system.admissible(y)


def _kept_inside(instant):
    """A fraction of a step within [0, 1]; its derivative is its own even where round-off puts it beyond an end."""
    return instant + jax.lax.stop_gradient(jnp.clip(instant, 0, 1) - instant)


def inside(system, state, step, theta):
    """Unknowns at a fraction of a step."""
    return restore(system, interpolate(theta, state.y, step.y, step.dense_y), state.invariants)
