"""What a run leaves, and how it is written: the last slot of each table takes the writes that are not wanted."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from solion.numerics.stepping.events import StepEvents

ENDLESS = 2**40  # rows


class RunRecord(NamedTuple):
    """What a run leaves: samples and events; only the first ``samples`` and ``events`` entries are filled.

    ``ends`` has a row for the end of each accepted step, and for instants in it where w turns, but not beyond where it was cut
    short: its segment, the time since that began, and the monitors; ``knots`` counts them. ``shares`` are the lengths of its
    steps over those of their segments. The first ``followed`` of them are not what the run leaves but what it is given: it
    takes those steps instead of choosing its own, as a run beside another does, whose difference from it shall not show the
    choice. One that is ``emptied`` by its caller waits where its table of samples is full; else what is beyond it is not kept.
    """

    time: Float[Array, " r"]
    segment: Int[Array, " r"]
    local: Float[Array, " r"]
    y: Float[Array, "r n"]
    w: Float[Array, "r m"]  # near: exact where a segment starts, from the dense output within it
    integrals: Float[Array, "r i"]
    samples: Int[Array, ""]
    event_time: Float[Array, " v"]
    event: Int[Array, " v"]
    event_rising: Int[Array, " v"]
    events: Int[Array, ""]
    ends: Float[Array, "p c"]
    knots: Int[Array, ""]
    shares: Float[Array, " p"]
    followed: Int[Array, ""]
    emptied: Bool[Array, ""]


def room(record: RunRecord):
    """Rows that a step may fill where the caller empties the table; two are left to where a segment ends and the next begins."""
    return jnp.where(record.emptied, jnp.maximum(record.time.shape[0] - 3 - record.samples, 0), ENDLESS)


def write_sample(record, wanted, state, t, y, w, integrals):
    """A sample of the run at a time of its segment."""
    slot = jnp.where(wanted, record.samples, record.time.shape[0] - 1)
    return record._replace(
        time=record.time.at[slot].set(state.start + t),
        segment=record.segment.at[slot].set(state.segment),
        local=record.local.at[slot].set(t),
        y=record.y.at[slot].set(y),
        w=record.w.at[slot].set(w),
        integrals=record.integrals.at[slot].set(integrals),
        samples=record.samples + wanted,
    )


def write_events(record, time, crossed, rising):
    """Crossings of the watched levels."""
    for e in range(crossed.shape[0]):
        slot = jnp.where(crossed[e], record.events, record.event.shape[0] - 1)
        record = record._replace(
            event_time=record.event_time.at[slot].set(time[e]),
            event=record.event.at[slot].set(e),
            event_rising=record.event_rising.at[slot].set(rising[e].astype(int)),
            events=record.events + crossed[e],
        )
    return record


def write_knots(record, state, found: StepEvents, h, end, theta, accepted):
    """Monitors at the end of an accepted step, and between its ends where w turns; not beyond where it was cut short."""
    local = jnp.append(state.t + found.places * h, end)
    rows = jnp.concatenate([found.between, found.monitors[None]])
    rows = jnp.concatenate([jnp.stack([jnp.full(local.shape, state.segment, float), local], axis=1), rows], axis=1)
    wanted = (
        accepted
        & (jnp.append(found.places, 1.0) < theta + (found.exits > 1).all())
        & jnp.append(jnp.repeat(found.turned, 3), True)
    )
    wanted &= jnp.all(jnp.isfinite(rows), axis=1)  # between the ends the constraints may have had no solution nearby
    slots = jnp.where(wanted, record.knots + jnp.cumsum(wanted) - 1, record.ends.shape[0] - 1)
    ends, rows = record.ends, jax.lax.stop_gradient(jnp.where(wanted[:, None], rows, 0.0))
    for k in range(local.shape[0]):  # one by one: XLA copies a table of which it scatters to several rows
        ends = ends.at[slots[k]].set(rows[k], mode="drop")
    return record._replace(ends=ends, knots=record.knots + jnp.sum(wanted))
