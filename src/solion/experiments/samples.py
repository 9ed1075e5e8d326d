"""The samples of a run: what its equations say of each, taken from the run's table."""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from solion.base.compiled import Program
from solion.base.quantity import check_names
from solion.devices.device import observe
from solion.experiments.assembly import Model
from solion.numerics import system as traced
from solion.numerics.stepping.jacobian import capacities
from solion.numerics.stepping.record import RunRecord


class Samples(NamedTuple):
    """Samples in scaled numbers, along the first axis of every entry.

    ``columns`` and ``spatial`` hold what is observed and what is spread over cells, each by name; ``leaking``, ``moving`` and
    ``sizes`` how fast each invariant changes by the equations, which it must not, how fast its parts do, and how large they are.
    """

    time: Any
    segment: Any
    local: Any
    integrals: Any
    columns: dict[str, Any]
    spatial: dict[str, Any]
    leaking: Any
    moving: Any
    sizes: Any

    def plus(self, other: Samples) -> Samples:
        """Those of this and, after them, of another."""
        return Samples(*jax.tree.map(lambda a, b: np.concatenate([a, b]), tuple(self), tuple(other)))


def observe_record(system, schedule, record: RunRecord, certain: bool = True):
    """At every sample: what is observed and what is spread over cells, each by name; how fast each invariant changes by the
    equations, which it must not, how fast its parts do, and how large these are. Where w is not ``certain`` it is solved for
    from that of the record, and no number where Newton's method fails."""

    def one(sample):
        k, segment, *rest = sample
        here = system, *rest, jax.tree.map(lambda entry: entry[segment], schedule.drive)
        shapes = jax.eval_shape(functools.partial(_look, certain), *here)
        empty = jax.tree.map(lambda entry: jnp.zeros(entry.shape, entry.dtype), shapes)
        return jax.lax.cond(k < record.samples, functools.partial(_look, certain), lambda *_: empty, *here)

    rows = jnp.arange(record.segment.shape[0]), record.segment, record.local, record.y, record.w
    columns, flows, leaking, moving, sizes, found = jax.lax.map(one, rows)
    found = jnp.all(found | (rows[0] >= record.samples))
    return columns, jax.vmap(system.profiles)(record.y) | flows, leaking, moving, sizes, found


@functools.partial(jax.jit, static_argnums=0)
def _look(certain: bool, system, local, y, near, drive):
    w = traced.start(system, local, y, drive) if certain else system.method.solved(system, local, y, near, drive)
    rates = jnp.where(capacities(system, y) == 0, 0.0, traced.balance(system, local, y, w, drive)[0])
    content = system.conserved(y)
    invariants, pull = jax.vjp(system.invariants, content)
    (weights,) = jax.vmap(pull)(jnp.eye(invariants.shape[0]))
    return (
        observe(system, local, y, w, drive),
        system.flows(y, w),
        weights @ rates,
        jnp.abs(weights) @ jnp.abs(rates),
        jnp.abs(weights) @ jnp.abs(content),
        jnp.all(jnp.isfinite(w)),
    )


observe_program = Program(observe_record, static=(3,), most=24, few=8)


def observe_run(system, schedule, record: RunRecord):
    """What :func:`observe_record` says of a run. The certain search is most of the program, so that it is compiled only for a run
    of which some sample needs it."""
    *seen, found = observe_program(system, schedule, record, False)
    return seen if bool(found) else observe_program(system, schedule, record, True)[:-1]


def check_report(model: Model, record) -> None:
    """Refuse a system whose reports are not those it declares; nothing is computed, for a ``record`` of shapes."""
    columns, spatial, *_ = observe_program.shape(model.system, model.schedule, record, False)
    owner = type(model.system).__name__
    check_names(owner, [item for item in model.system.observables if not item.integral_of], columns)
    check_names(owner, model.system.spatial, spatial)


def samples_of(model: Model, record: RunRecord) -> Samples:
    """The samples in a run's table. It is observed whole, so that runs of the same shape share one compilation."""
    columns, spatial, leaking, moving, sizes = observe_run(model.system, model.schedule, record)
    whole = record.time, record.segment, record.local, record.integrals, columns, spatial, leaking, moving, sizes
    return Samples(*jax.tree.map(lambda values: np.asarray(values)[: int(record.samples)], whole))


def no_samples(model: Model, record) -> Samples:
    """None, with the shapes of those of a ``record``; nothing is computed."""
    columns, spatial, leaking, moving, sizes, _ = observe_program.shape(model.system, model.schedule, record, False)
    whole = record.time, record.segment, record.local, record.integrals, columns, spatial, leaking, moving, sizes
    return Samples(*jax.tree.map(lambda values: np.zeros((0, *values.shape[1:]), values.dtype), whole))


def distinct(model: Model, segment, time) -> np.ndarray:
    """Samples to keep: of the two at a boundary of steps, one where nothing jumps there."""
    steps, kind = model.steps, model.kinds[segment]
    known: dict = {}
    mode = np.array([known.setdefault(step.mode, len(known)) for step in steps])[kind]
    start, end = (np.array([float(getattr(step, name)) for step in steps])[kind] for name in ("start", "end"))
    smooth = (mode[:-1] == mode[1:]) & (end[:-1] == start[1:])
    keep = np.ones(len(time), bool)
    keep[1:] = ~((np.diff(segment) > 0) & smooth & (np.diff(time) == 0))
    return keep
