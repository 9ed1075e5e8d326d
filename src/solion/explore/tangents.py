"""Derivatives of whole runs with respect to any numbers of a device, its protocol or its start.

Two ways. :func:`differentiate` takes a function that builds a run from numbers and gives the derivative of everything
that the run leaves: samples, event times, metrics, final state. :func:`outcome` is a run as a pure JAX function of device
and protocol, for scripts that call ``jax.jvp`` themselves.

How the first works: the run is made at p + h and p - h too, in the very steps of the run at p. The choice of steps, by which
whole runs differ within their tolerance, is then the same for all three, and their difference is the derivative of the
numerical solution itself (internal numerical differentiation: Bock, Springer Ser. Chem. Phys. 18, 102 (1981)).
Any number that a run can be built from will do, and no program is compiled but that of the run.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import xarray as xr

from solion.base.backend import processors
from solion.base.errors import InputError, RunError
from solion.devices.device import AbstractDevice
from solion.devices.start import AbstractInitial
from solion.experiments.assembly import Model, assemble
from solion.experiments.recording import build_result, verdict
from solion.experiments.run_loop import STEPS, checked, prepare_run, run_loop, start_run, table_rows, whole_run
from solion.experiments.samples import observe_record, observe_run
from solion.numerics.stepping.integrate import State, Status, Tolerance
from solion.numerics.stepping.record import RunRecord
from solion.protocols.protocol import Protocol
from solion.result.result import Result

SMALL = 1e-3  # of a drive in the device's own units, below which a share of it is lost in round-off
STEP = 2e-6  # of a number, for differences; 1e-5 left errors of 2e-4 where a front moves far


@dataclasses.dataclass(frozen=True)
class Run:
    """All that a run is of; the fields are the arguments of :func:`solion.experiments.transient.simulate`."""

    device: AbstractDevice
    protocol: Protocol
    initial: AbstractInitial = None  # pyright: ignore[reportAssignmentType]
    cells: int = 200
    tolerance: Tolerance = None  # pyright: ignore[reportAssignmentType]
    watch: Mapping[str, float] = None  # pyright: ignore[reportAssignmentType]
    title: str = ""

    def __post_init__(self):
        """What is not given is the device's own choice."""
        own = self.device.unless_given()
        for name in ("initial", "tolerance", "watch"):
            if getattr(self, name) is None:
                object.__setattr__(self, name, getattr(own, name))


class Inputs(NamedTuple):
    """A run as the stepper takes it: the scaled model, the start profile and the tolerance."""

    model: Model
    profile: Any
    tolerance: Tolerance


class Finished(NamedTuple):
    """A run with its tables."""

    run: Run
    inputs: Inputs
    state: State
    record: RunRecord
    seconds: float

    @property
    def complete(self) -> bool:
        """Whether it reached its end."""
        return int(self.state.status) == Status.FINISHED

    @property
    def message(self) -> str:
        """How it ended, in words."""
        return verdict(self.inputs.model, self.state)[1]

    def result(self) -> Result:
        """Everything about it, as :func:`solion.experiments.transient.simulate` returns it."""
        run, model = self.run, self.inputs.model
        return build_result(
            run.device,
            run.protocol,
            model,
            self.state,
            self.record,
            run.initial,
            run.cells,
            self.inputs.tolerance,
            self.seconds,
            run.title,
        )

    def signals(self, *names: str) -> tuple[np.ndarray, ...]:
        """Time in s and observables by their names in SI, at every sample."""
        model, filled = self.inputs.model, int(self.record.samples)
        columns, *_ = observe_run(model.system, model.schedule, self.record)
        scales = {item.name: model.scales.of(item.kind) for item in model.system.observables}
        time = np.asarray(self.record.time)[:filled] * float(model.scales.time)
        return time, *(np.asarray(columns[name])[:filled] * float(scales[name]) for name in names)


def inputs_of(run: Run) -> Inputs:
    """The scaled model and start profile of a run."""
    model = assemble(run.device, run.protocol, run.cells, dict(run.watch))
    profile = jnp.asarray(run.device.profile(run.initial, run.cells), float)
    return Inputs(model, profile, checked(run.tolerance))


def prepare(run: Run) -> None:
    """Compile all that a run needs side by side."""
    prepare_run(*inputs_of(run))


def complete(run: Run, inputs: Inputs | None = None, *, limit: int = STEPS, beside: Finished | None = None) -> Finished:
    """Run to the end in one go, without progress or checkpoints, with at most ``limit`` steps, or in those of ``beside``."""
    began = time.perf_counter()
    inputs = inputs_of(run) if inputs is None else inputs
    model = inputs.model
    state, record = start_run(model, inputs.profile)
    if beside is not None:  # copies, since the memory of a record is reused
        record = record._replace(shares=jnp.array(beside.record.shares), followed=jnp.array(beside.state.steps))
    state, record = run_loop(
        model, inputs.tolerance, state, record, attempts=limit, done=lambda state: int(state.steps + state.rejected) >= limit
    )
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
        do their times, and ``time`` has a derivative of its own. Curves along the run's own steps are left out where the
        two runs keep different ones.
        """
        low, high, distance = self._beside[name]
        below, above = low.result().dataset, high.result().dataset
        kept = [key for key in above.variables if above[key].dtype.kind == "f" and above[key].shape == below[key].shape]
        return xr.Dataset(
            {key: (above[key].dims, (above[key].values - below[key].values) / distance, above[key].attrs) for key in kept}
        )


def differentiate(
    build: Callable[[Mapping[str, float]], Run],
    values: Mapping[str, float],
    *,
    limit: int = STEPS,
    finished: Finished | None = None,
) -> Tangents:
    """Run ``build(values)`` and differentiate everything it leaves with respect to each of ``values``.

    ``build`` makes a :class:`Run` from numbers by their names; it is called next to each value too, so it must be smooth
    there. A number is moved by 2e-6 of itself, one that is zero by 2e-6 of its unit, a drive that is zero or far below the
    device's scales of voltage and current by 2e-6 of these, or less where what is seen moves by more than 1e-3. At
    an end of its range a number is moved to one side only,
    and so it is where an event or a sample comes or goes on the other. ``finished`` is the run itself where there is one
    already. Agrees with central differences of whole runs to their accuracy (tests: 1e-4); in space, whose steps are of order 3
    and coarser, the slope of a switching time is 4 % off at the tolerance 2e-5 of such runs, 1.5 at 5e-6, 0.4 at 1e-6.

    Raises :class:`InputError` where the shape of the run depends on a number (a count of cycles has no derivative), and where
    there is no number; :class:`RunError` where runs on both sides take another course.
    """
    if not values:
        raise InputError("differentiate: name at least one number.")
    values = {name: float(value) for name, value in values.items()}
    centre = complete(build(values), limit=limit) if finished is None else finished
    wanted, scaled = [], {name: _step(build, values, centre.inputs, name) for name in values}
    for name, value in values.items():
        step = scaled[name] or STEP * (abs(value) or 1.0)
        wanted += [(name, value - step), (name, value + step)]
    with ThreadPoolExecutor(processors(), thread_name_prefix="beside") as pool:  # compiled programs hold no lock
        sides = list(pool.map(lambda entry: _side(build, values, centre, limit, *entry), wanted))
    beside = {}
    for name, low, high in zip(values, sides[::2], sides[1::2], strict=True):
        step = scaled[name]
        for _ in range(6 if step else 0):  # a law steeper than its scale says: until what is seen moves little
            moved = _moved(low.finished, high.finished)
            if (moved < SMALL and low.value != high.value) or (low.refusal and high.refusal):
                break
            step *= STEP**0.5 / max(moved, 1.0)
            low, high = (_side(build, values, centre, limit, name, values[name] + way * step) for way in (-1, 1))
        if low.value == high.value:
            raise (
                high.refusal
                or low.refusal
                or RunError(
                    f"{name} = {values[name]:g}: an event, a stop or a sample comes or goes there, or the run fails beside it; "
                    "the run has no derivative."
                )
            )
        beside[name] = low.finished, high.finished, high.value - low.value
    return Tangents(centre, beside)


def keeps_shape(build: Callable[[Mapping[str, float]], Run], values: Mapping[str, float], centre: Finished, name: str) -> bool:
    """Whether the run beside a number has the same equations, steps and samples, as :func:`differentiate` asks of it."""
    for way in (1, -1):
        try:
            inputs = inputs_of(build({**values, name: values[name] + way * STEP * (abs(values[name]) or 1.0)}))
        except InputError:
            continue
        return _shape(inputs) == _shape(centre.inputs)
    return True


def _step(build, values, centre: Inputs, name: str) -> float:
    """By how much a drive of none, or a small one, is moved so that it changes by STEP of the device's scale; 0 for others."""
    value = values[name]
    drives = np.concatenate([np.ravel(leaf) for leaf in _numbers(centre.model.schedule.drive)] or [np.ones(1)])
    if value and not np.any((drives != 0) & (np.abs(drives) < SMALL)):
        return 0.0
    size = STEP * abs(value) or STEP
    for tried in (size, -size):
        try:
            beside = inputs_of(build({**values, name: value + tried}))
        except InputError:
            continue
        if _shape(beside) != _shape(centre):
            break
        changed = _change(*((inputs.model.system, inputs.model.schedule, inputs.profile) for inputs in (beside, centre)))
        driven = _change(beside.model.schedule.drive, centre.model.schedule.drive)
        if changed > 0 and driven == changed:
            return max(STEP * abs(value), size * STEP / changed)
        break
    return 0.0


def _moved(low: Finished, high: Finished) -> float:
    """The largest change of a scaled observable between two runs of one course."""
    filled = int(low.record.samples)
    seen = [observe_run(run.inputs.model.system, run.inputs.model.schedule, run.record)[0] for run in (low, high)]
    return _change(*({name: np.asarray(column)[:filled] for name, column in one.items()} for one in seen))


def _numbers(tree) -> list[np.ndarray]:
    return [np.asarray(leaf) for leaf in jax.tree.leaves(tree) if np.asarray(leaf).dtype.kind == "f"]


def _change(beside, centre) -> float:
    """The largest finite difference between the numbers of two trees."""
    pairs = [
        (one, other, np.isfinite(one) & np.isfinite(other)) for one, other in zip(_numbers(beside), _numbers(centre), strict=True)
    ]
    known = [np.abs(one[here] - other[here]) for one, other, here in pairs]
    return max((float(gap.max()) for gap in known if gap.size), default=0.0)


class _Side(NamedTuple):
    """A number next to its own value and the run there; or its own value, where that cannot be, and why if it is refused."""

    value: float
    finished: Finished
    refusal: InputError | None = None


def _side(build, values, centre: Finished, limit: int, name: str, shifted: float) -> _Side:
    """The run with one number shifted, in the steps of ``centre``."""
    try:
        run = build({**values, name: shifted})
        inputs = inputs_of(run)
    except InputError as error:
        return _Side(values[name], centre, InputError(f"{name} = {values[name]:g} cannot be varied: {error}"))
    if _shape(inputs) != _shape(centre.inputs):
        raise InputError(f"{name}: the shape of the run depends on it, so that it has no derivative.")
    finished = complete(run, inputs, limit=limit, beside=centre)
    if _course(finished) != _course(centre):
        return _Side(values[name], centre)
    return _Side(shifted, finished)


def _shape(inputs: Inputs):
    model = inputs.model
    leaves, structure = jax.tree.flatten((*model[:3], inputs.profile))
    steps = [model.steps[kind].samples for kind in model.kinds]
    return structure, [leaf.shape for leaf in leaves], model.samples, steps


def _course(finished: Finished):
    """What has no derivative: how a run ended, and which samples and events it has."""
    state, record = finished.state, finished.record
    samples, events = int(record.samples), int(record.events)
    which = np.asarray(record.segment)[:samples].tolist(), np.asarray(record.event)[:events].tolist()
    return int(state.status), samples, events, which


class RunOutcome(NamedTuple):
    """What :func:`outcome` returns: JAX arrays in SI; only the first ``samples`` and ``events`` rows are filled.

    ``values`` holds the device's observables by name, ``spatial`` its scaled fields and coordinates, ``event`` the position of
    the event's quantity in ``watch``.
    """

    time: Any
    values: dict[str, Any]
    spatial: dict[str, Any]
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
    limit: int = STEPS,
) -> RunOutcome:
    """A run as a pure function for ``jax.jit``, ``jax.jvp`` and ``jax.vmap``; any number in it may be traced.

    ``profile`` is the composition of each cell at the start; ``device.profile(initial, cells)`` makes one from plain numbers
    (phase diagrams are worked out outside JAX), and where it depends on a traced number its tangent is for the
    caller to give. Compliances and a resistor's resistance stay plain numbers. ``status`` is that of
    :class:`solion.numerics.stepping.integrate.Status` (1: finished).
    """
    profile = jnp.asarray(profile, float)
    model = assemble(device, protocol, profile.shape[0], dict(device.unless_given().watch if watch is None else watch))
    system, schedule, scales = model.system, model.schedule, model.scales
    limits = checked(tolerance or device.unless_given().tolerance)
    rows = table_rows(model, profile)
    state, record = whole_run(system, schedule, model.watch, profile, limits, limit, rows)
    columns, spatial, *_ = observe_record(system, schedule, record)
    kinds = {item.name: item.kind for item in system.observables}
    values = {name: column[:-1] * scales.of(kinds[name]) for name, column in columns.items()}
    return RunOutcome(
        record.time[:-1] * scales.time,
        values,
        {name: table[:-1] for name, table in spatial.items()},
        record.samples,
        record.event_time[:-1] * scales.time,
        record.event[:-1],
        record.events,
        state.status,
    )


def required(finished: Finished) -> Finished:
    """The run if it reached its end, else a :class:`RunError` that says how it ended."""
    if not finished.complete:
        raise RunError(f"the run did not reach its end: {finished.message}")
    return finished
