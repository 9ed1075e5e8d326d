"""Derivatives of whole runs with respect to any numbers of a device, its protocol or its start.

Two ways. :func:`differentiate` takes a function that builds a run from numbers and gives the derivative of everything
that the run leaves: samples, event times, metrics, final state. :func:`outcome` is a run as a pure JAX function of device
and protocol, for scripts that call ``jax.jvp`` themselves.

How the first works: the scaled equations, the schedule and the start profile are smooth algebra of the numbers and cost no run,
so their tangents are differences of what is assembled at p + h and p - h. One forward-mode pass then carries all tangents
through the adaptive run beside its solution (the steps are those of the run itself; instants located in it move too). What is
observed follows from the run shifted along its tangent by h and -h, so that scales, units and metrics need no rules of
their own.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import xarray as xr

from solion.assembly import Model, assemble
from solion.compiled import Program
from solion.devices.device import AbstractDevice
from solion.devices.initial import AbstractInitial
from solion.errors import InputError, RunError
from solion.numerics.integrate import Record, State, Status, Tolerance, advance
from solion.protocols.protocol import Protocol
from solion.result import Result, build_result, observe_run, verdict
from solion.simulation import advance_run, begin_run, checked, prepare_run

LANES = 4  # tangents carried side by side; more wait for the next pass
STEP = 2e-6  # of a number, for differences of what is assembled and observed; 1e-5 left errors of 2e-4 where a front moves far
ROWS = 256  # tables of samples are this long, or twice, ..., so that few programs serve runs of all lengths
MOST_STEPS = 100_000


@dataclasses.dataclass(frozen=True)
class Run:
    """All that a run is of; the fields are the arguments of :func:`solion.simulation.simulate`."""

    device: AbstractDevice
    protocol: Protocol
    initial: AbstractInitial = None  # pyright: ignore[reportAssignmentType]
    cells: int = 200
    tolerance: Tolerance = None  # pyright: ignore[reportAssignmentType]
    watch: Mapping[str, float] = None  # pyright: ignore[reportAssignmentType]
    title: str = ""

    def __post_init__(self):
        """What is not given is the device's own choice."""
        for name in ("initial", "tolerance", "watch"):
            if getattr(self, name) is None:
                object.__setattr__(self, name, getattr(self.device, name))


class Inputs(NamedTuple):
    """A run as the stepper takes it: the scaled model, the start profile and the tolerance."""

    model: Model
    profile: Any
    tolerance: Tolerance


class Finished(NamedTuple):
    """A run with its tables, or one next to it: shifted along its tangent."""

    run: Run
    inputs: Inputs
    state: State
    record: Record
    seconds: float

    @property
    def complete(self) -> bool:
        """Whether it reached its end."""
        return int(self.state.status) == Status.FINISHED

    @property
    def message(self) -> str:
        """How it ended, in words."""
        return verdict(self.run.device, self.inputs.model, self.state)[1]

    def result(self) -> Result:
        """Everything about it, as :func:`solion.simulation.simulate` returns it."""
        run, model = self.run, self.inputs.model
        return build_result(
            run.device, run.protocol, model, self.state, self.record, run.initial, run.cells, self.inputs.tolerance,
            self.seconds, run.title,
        )  # fmt: skip

    def signals(self, *names: str) -> tuple[np.ndarray, ...]:
        """Time in s and observables by their names in SI, at every sample."""
        model, filled = self.inputs.model, int(self.record.samples)
        columns, _ = observe_run(model.system, model.schedule, self.record)
        scales = {
            item.name: getattr(model.scales, item.kind) if item.kind else 1.0 for item in model.system.observables
        }
        time = np.asarray(self.record.time)[:filled] * float(model.scales.time)
        return time, *(np.asarray(columns[name])[:filled] * float(scales[name]) for name in names)


def inputs_of(run: Run) -> Inputs:
    """The scaled model and start profile of a run, its tables of samples rounded up in length."""
    model = assemble(run.device, run.protocol, run.cells, dict(run.watch))
    profile = jnp.asarray(run.device.profile(run.initial, run.cells), float)
    rows = ROWS
    while rows < model.samples:
        rows *= 2
    return Inputs(model._replace(samples=rows), profile, checked(run.tolerance))


def _run(system, schedule, watch, profile, tolerance, limit, samples):
    state, record = begin_run.function(system, schedule, profile, samples)
    return advance(system, schedule, watch, tolerance, state, record, limit)


def _run_with_tangents(system, schedule, watch, profile, tolerance, limit, directions, samples):
    """A run, and the tangents of the floats it leaves, for each lane of directions of the floats it takes."""
    leaves, structure = jax.tree.flatten((system, schedule, watch, profile))
    positions = _floats(leaves)

    def finish(*numbers):
        changed = list(leaves)
        for position, number in zip(positions, numbers, strict=True):
            changed[position] = number
        system, schedule, watch, profile = jax.tree.unflatten(structure, changed)
        return _run(system, schedule, watch, profile, tolerance, limit, samples)

    def lane(direction):
        ends, tangents = jax.jvp(finish, [leaves[k] for k in positions], direction)
        kept, tangents = jax.tree.leaves(ends), jax.tree.leaves(tangents)
        return ends, [tangents[k] for k in _floats(kept)]

    return jax.vmap(lane, out_axes=(None, 0))(directions)


_tangent_program = Program(_run_with_tangents, static=(7,))


def _floats(leaves) -> list[int]:
    return [k for k, leaf in enumerate(leaves) if jnp.issubdtype(leaf.dtype, jnp.floating)]


def prepare(run: Run) -> None:
    """Compile all that a run and its tangents need side by side."""
    inputs = inputs_of(run)
    directions = [jnp.zeros((LANES, *leaf.shape)) for leaf in _float_leaves(inputs)]
    _tangent_program.prepare(
        *_dynamic(inputs), inputs.tolerance, np.int64(MOST_STEPS), directions, inputs.model.samples
    )
    prepare_run(inputs.model, inputs.profile, inputs.tolerance)


def complete(run: Run, inputs: Inputs | None = None, *, limit: int = MOST_STEPS) -> Finished:
    """Run to the end in one go, without progress or checkpoints, with at most ``limit`` steps."""
    began = time.perf_counter()
    inputs = inputs_of(run) if inputs is None else inputs
    model = inputs.model
    state, record = begin_run(model.system, model.schedule, inputs.profile, model.samples)
    state, record = advance_run(
        model.system, model.schedule, model.watch, inputs.tolerance, state, record, np.int64(limit)
    )
    jax.block_until_ready(state)
    return Finished(run, inputs, state, record, time.perf_counter() - began)


class Tangents:
    """A run and its derivatives with respect to several numbers, made by :func:`differentiate`."""

    def __init__(self, finished: Finished, beside: dict[str, tuple[Finished, Finished, float]]):
        self.finished = finished
        self._beside = beside

    @property
    def names(self) -> list[str]:
        """The numbers differentiated with respect to."""
        return list(self._beside)

    def beside(self, name: str) -> tuple[Finished, Finished, float]:
        """The run shifted along its tangent to a little below and above a number, and the distance between the two."""
        return self._beside[name]

    def of(self, measure: Callable[[Result], float], name: str) -> float:
        """Derivative of a number that a function reads from a result, such as a metric."""
        low, high, distance = self._beside[name]
        return (measure(high.result()) - measure(low.result())) / distance

    def derivative(self, name: str) -> xr.Dataset:
        """Derivatives of all numbers of the result's dataset, coordinates and event times included, per unit of the number.

        Samples are taken at fixed shares of each step of the protocol; where the step's duration depends on the number, so
        do their times, and ``time`` has a derivative of its own.
        """
        low, high, distance = self._beside[name]
        below, above = low.result().dataset, high.result().dataset
        kept = [key for key in above.variables if np.issubdtype(above[key].dtype, np.floating)]
        return xr.Dataset({
            key: (above[key].dims, (above[key].values - below[key].values) / distance, above[key].attrs) for key in kept
        })  # fmt: skip


def differentiate(
    build: Callable[[Mapping[str, float]], Run], values: Mapping[str, float], *, limit: int = MOST_STEPS
) -> Tangents:
    """Run ``build(values)`` and differentiate everything it leaves with respect to each of ``values``.

    ``build`` makes a :class:`Run` from numbers by their names; it is called next to each value too, so it must be smooth
    there. Numbers that are zero are moved by 2e-6 in their own unit; at an end of its range a number is
    moved to one side only. Agrees with central differences of whole runs to their accuracy (tests: 1e-4).

    Raises :class:`InputError` where the shape of the run depends on a number (a count of cycles has no derivative), and where
    there is no number.
    """
    if not values:
        raise InputError("differentiate: name at least one number.")
    values = {name: float(value) for name, value in values.items()}
    run = build(values)
    centre = inputs_of(run)
    sides = {name: _sides(build, values, name) for name in values}
    directions = {name: _direction(centre, name, *entry) for name, entry in sides.items()}
    began = time.perf_counter()
    state, record, tangents = _passes(centre, directions, limit)
    finished = Finished(run, centre, state, record, time.perf_counter() - began)
    beside = {}
    for name, (low, high) in sides.items():
        shifted = [_shifted(finished, side, tangents[name], side[0] - values[name]) for side in (low, high)]
        beside[name] = (*shifted, high[0] - low[0])
    return Tangents(finished, beside)


Side = tuple[float, Run, Inputs]  # a number's value next to its own, and the run there


def _sides(build, values, name) -> tuple[Side, Side]:
    """The run assembled a little below and above a number, or at it where its range ends."""
    value = values[name]
    step = STEP * (abs(value) or 1.0)
    found: list[Side] = []
    refusals = []
    for shifted in (value - step, value + step):
        try:
            run = build({**values, name: shifted})
            found.append((shifted, run, inputs_of(run)))
        except InputError as error:
            refusals.append(error)
            run = build(values)
            found.append((value, run, inputs_of(run)))
    if len(refusals) == 2:
        raise InputError(f"{name} = {value:g} cannot be varied: {refusals[-1]}")
    return found[0], found[1]


def _direction(centre: Inputs, name: str, low: Side, high: Side) -> list:
    """Tangent of the stepper's inputs along a number; numbers that stay, infinite ones included, have none."""
    structures = [jax.tree.flatten(_dynamic(inputs)) for inputs in (low[2], high[2], centre)]
    if len({structure for _, structure in structures}) > 1 or any(
        a.shape != b.shape or b.shape != c.shape for a, b, c in zip(*(leaves for leaves, _ in structures), strict=True)
    ):
        raise InputError(f"{name}: the shape of the run depends on it, so that it has no derivative.")
    distance = high[0] - low[0]
    (below, _), (above, _), _ = structures
    return [
        np.where(b == a, 0.0, (np.where(b == a, 0.0, b) - np.where(b == a, 0.0, a)) / distance)
        for a, b in ((np.asarray(below[k]), np.asarray(above[k])) for k in _floats(below))
    ]


def _dynamic(inputs: Inputs):
    return inputs.model.system, inputs.model.schedule, inputs.model.watch, inputs.profile


def _passes(centre: Inputs, directions: Mapping[str, list], limit: int):
    """State and record of the run, and by name the tangents of their floats; LANES names in each pass."""
    names, tangents = list(directions), {}
    state: Any = None
    record: Any = None
    for first in range(0, len(names), LANES):
        chosen = names[first : first + LANES]
        lanes = [directions[name] for name in chosen]
        template = [np.zeros(np.shape(leaf)) for leaf in _float_leaves(centre)]
        lanes += [template] * (LANES - len(lanes))
        stacked = [jnp.asarray(np.stack(leaf)) for leaf in zip(*lanes, strict=True)]
        (state, record), changes = _tangent_program(
            *_dynamic(centre), centre.tolerance, np.int64(limit), stacked, centre.model.samples
        )
        jax.block_until_ready(changes)
        for lane, name in enumerate(chosen):
            tangents[name] = [np.asarray(change[lane]) for change in changes]
    return state, record, tangents


def _float_leaves(inputs: Inputs) -> list:
    leaves = jax.tree.leaves(_dynamic(inputs))
    return [leaves[k] for k in _floats(leaves)]


def _shifted(finished: Finished, side: Side, tangents: list, distance: float) -> Finished:
    leaves, structure = jax.tree.flatten((finished.state, finished.record))
    for position, tangent in zip(_floats(leaves), tangents, strict=True):
        leaves[position] = leaves[position] + distance * tangent
    state, record = jax.tree.unflatten(structure, leaves)
    return Finished(side[1], side[2], state, record, finished.seconds)


class Outcome(NamedTuple):
    """What :func:`outcome` returns: JAX arrays in SI; only the first ``samples`` and ``events`` rows are filled.

    ``values`` holds the device's observables by name, ``event`` the position of the event's quantity in ``watch``.
    """

    time: Any
    values: dict[str, Any]
    composition: Any
    samples: Any
    event_time: Any
    event: Any
    events: Any
    status: Any


def outcome(
    device: AbstractDevice,
    protocol: Protocol,
    profile: Any,
    *,
    tolerance: Tolerance | None = None,
    watch: Mapping[str, float] | None = None,
    limit: int = MOST_STEPS,
) -> Outcome:
    """A run as a pure function for ``jax.jit``, ``jax.jvp`` and ``jax.vmap``; any number in it may be traced.

    ``profile`` is the composition of each cell at the start; ``device.profile(initial, cells)`` makes one from plain numbers
    (phase diagrams are worked out outside JAX), and where it depends on a traced number its tangent is for the
    caller to give. Compliances and a resistor's resistance stay plain numbers. ``status`` is that of
    :class:`solion.numerics.integrate.Status` (1: finished).
    """
    profile = jnp.asarray(profile, float)
    model = assemble(device, protocol, profile.shape[0], dict(device.watch if watch is None else watch))
    system, schedule, scales = model.system, model.schedule, model.scales
    limits = checked(tolerance or device.tolerance)
    state, record = _run(system, schedule, model.watch, profile, limits, limit, model.samples)
    columns, content = observe_run.function(system, schedule, record)
    kinds = {item.name: item.kind for item in system.observables}
    values = {
        name: column[:-1] * (getattr(scales, kind) if (kind := kinds[name]) else 1.0)
        for name, column in columns.items()
    }
    return Outcome(
        record.time[:-1] * scales.time, values, content[:-1], record.samples, record.event_time[:-1] * scales.time,
        record.event[:-1], record.events, state.status,
    )  # fmt: skip


def required(finished: Finished) -> Finished:
    """The run if it reached its end, else a :class:`RunError` that says how it ended."""
    if not finished.complete:
        raise RunError(f"the run did not reach its end: {finished.message}")
    return finished
