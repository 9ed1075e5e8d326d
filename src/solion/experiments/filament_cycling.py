"""Running filament memristors through a protocol: one or many devices, cycle by cycle, vectorised and seeded.

Within a cycle the state of each device advances by explicit steps between samples: growth, thickening and dissolution are
slow against a step, and thresholds are passed to within one. The numbers of each cycle are drawn beforehand.
"""

from __future__ import annotations

import functools
from typing import ClassVar, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import xarray as xr
from numpy.typing import NDArray

import solion.base.backend  # noqa: F401
from solion.base.errors import InputError
from solion.base.parameters import assumed, parameter, table
from solion.base.quantity import Quantity
from solion.devices.filament_memristor import FilamentMemristor
from solion.experiments.experiment import AbstractExperiment, refuse_resume, require
from solion.experiments.filament_rates import OPENED, VOLTAGES, FilamentState, Numbers, numbers_of, rates_of, read_table
from solion.protocols import Protocol
from solion.protocols.protocol import step_values, whole_number
from solion.result.description import describe, row_values
from solion.result.result import Result


def _ionic_current(voltage, n: Numbers):
    """Current through the whole electrode, eta = V - i R_ion, from a table of it."""
    size = jnp.abs(voltage)
    linear = jnp.minimum(size / VOLTAGES[0], 1.0)
    return jnp.sign(voltage) * linear * jnp.exp(read_table(n.log_ionic, VOLTAGES, jnp.log(jnp.maximum(size, VOLTAGES[0]))))


def _terminal(state: FilamentState, voltage, compliance, n: Numbers):
    """(current, voltage across the device, whether metallic) at a programmed voltage."""
    metallic = state.gap <= 0
    radius = jnp.sqrt(state.body)
    resistance = n.metal * (1 + n.path / radius) / state.body + n.contact
    held = jnp.where(metallic, jnp.sign(voltage) * jnp.minimum(jnp.abs(voltage), compliance * resistance), voltage)
    ionic = _ionic_current(held, n)
    floor = n.floor * jnp.sign(voltage)
    current = jnp.where(metallic, held / resistance, floor) + ionic
    return jnp.clip(current, -compliance, compliance), held, metallic, ionic


def _advance(state: FilamentState, threshold, fresh, widest, voltage, compliance, dt, n: Numbers) -> FilamentState:
    """One step of ``dt`` at a programmed voltage."""
    _, held, metallic, ionic = _terminal(state, voltage, compliance, n)
    head, held = jnp.sqrt(jnp.where(metallic, state.neck, fresh**2)), jnp.where(metallic, held, voltage)
    rates = rates_of(state, head, threshold, widest, voltage, held, ionic, n)
    gap = jnp.maximum(state.gap + dt * (rates.opening - rates.closing), 0.0)
    opened = jnp.where(voltage > 0, gap, state.opened)
    closes = ~metallic & (gap <= 0)
    stripped = jnp.maximum(state.stripped + dt * (rates.strip - rates.mend), 0.0)
    added = jnp.where(metallic, dt * rates.added, 0.0)
    neck = state.neck + jnp.maximum(added, 0.0)
    body = jnp.maximum(state.body + added, jnp.minimum(state.body, fresh**2))
    breaks = metallic & (stripped**2 >= neck)
    return FilamentState(
        jnp.where(breaks, OPENED, jnp.where(metallic, 0.0, gap)),
        jnp.where(breaks, OPENED, jnp.where(metallic, 0.0, opened)),
        jnp.where(closes, jnp.maximum(body, fresh**2), body),
        jnp.where(closes, fresh**2, neck),
        jnp.where(breaks | closes | ~metallic, 0.0, stripped),
    )


class Drawn(NamedTuple):
    """Numbers of each cycle and device, arrays (cycles, devices): threshold in V, fresh radius and widest gap in m."""

    threshold: NDArray
    radius: NDArray
    gap: NDArray


def draw(device: FilamentMemristor, cycles: int, devices: int, seed: int) -> Drawn:
    """Thresholds, radii and gaps: ln of the first two relax over ``settling`` cycles with stationary jitters."""
    random = np.random.default_rng(seed)
    keep = float(np.exp(-1 / device.settling))
    noise = np.sqrt(1 - keep**2) * random.standard_normal((2, cycles, devices))
    own = device.spread * random.standard_normal(devices)
    level = np.empty((cycles, devices))
    size = np.empty((cycles, devices))
    level[0], size[0] = (np.log(device.forming / device.threshold), device.radius_jitter * random.standard_normal(devices))
    for k in range(1, cycles):
        level[k] = keep * level[k - 1] + device.jitter * noise[0, k]
        size[k] = keep * size[k - 1] + device.radius_jitter * noise[1, k]
    gap = device.gap * np.exp(device.gap_jitter * random.standard_normal((cycles, devices)))
    return Drawn(device.threshold * np.exp(level + own), device.radius * np.exp(size), gap)


class Grid(NamedTuple):
    """Samples of the protocol by cycle, arrays (cycles, samples): time step before each sample in s, source voltage,
    compliance, which are real (the shorter cycles are filled up), and the step of the protocol of each."""

    step: NDArray
    voltage: NDArray
    compliance: NDArray
    real: NDArray
    segment: NDArray


def grid(protocol: Protocol, refine: int = 1) -> Grid:
    """The samples of a protocol of voltages, each interval divided by ``refine``.

    Raises InputError for a step that gives the current or a source behind a resistor.
    """
    rows: dict[int, list] = {}
    for k, step in enumerate(protocol.steps):
        if step.mode != "voltage":
            raise InputError(
                f"run_filament: step {k + 1} of the protocol gives the {step.mode}; drive the voltage, with a compliance on "
                f"the current."
            )
        count = max(int(step.samples) - 1, 1) * refine
        share = np.arange(count + 1) / count
        dt = np.full(count + 1, float(step.duration) / count)
        dt[0] = 0.0
        volts = float(step.start) + (float(step.end) - float(step.start)) * share
        rows.setdefault(step.cycle, []).append(
            (dt, volts, np.full(count + 1, float(step.current_compliance)), np.full(count + 1, k))
        )
    parts = [[np.concatenate(column) for column in zip(*rows[cycle], strict=True)] for cycle in sorted(rows)]
    longest = max(part[0].size for part in parts)
    filled = [[np.pad(column, (0, longest - column.size), mode="edge") for column in part] for part in parts]
    real = np.array([np.arange(longest) < part[0].size for part in parts])
    step, voltage, compliance, segment = (np.array([part[k] for part in filled]) for k in range(4))
    return Grid(np.where(real, step, 0.0), voltage, np.minimum(compliance, 1e6), real, segment)


@functools.partial(jax.jit, static_argnames="keep")
def _cycles(state: FilamentState, drawn: Drawn, samples: Grid, read, numbers: Numbers, keep: bool):
    """All cycles; for each, what :func:`_summary` makes of it, and the traces if they are kept."""

    def one(state, inputs):
        (threshold, radius, gap), (steps, volts, limits, real, _) = inputs

        def sample(state, row):
            dt, volt, limit = row
            new = _advance(state, threshold, radius, gap, volt, limit, dt, numbers)
            current, held, metallic, _ = _terminal(new, volt, limit, numbers)
            return new, (current, held, metallic, new.gap, jnp.sqrt(new.body))

        before = state.gap <= 0
        state, traces = jax.lax.scan(sample, state, (steps, volts, limits))
        return state, (_summary(before, volts, real, traces, read), traces if keep else None)

    return jax.lax.scan(one, state, (drawn, samples))


def _summary(before, volts, real, traces, read):
    """Per device: bias of set and reset, smallest and largest current at the read voltage, radius at the end."""
    current, _, metallic, _, radius = traces
    was = jnp.concatenate((before[None], metallic[:-1]))
    sets, resets = metallic & ~was, ~metallic & was

    def first(events):
        return jnp.where(events.any(0), volts[jnp.argmax(events, axis=0)], jnp.nan)

    crossed = ((volts[:-1] - read) * (volts[1:] - read) <= 0) & (volts[:-1] != volts[1:]) & real[1:]
    share = jnp.where(crossed, (read - volts[:-1]) / jnp.where(volts[1:] == volts[:-1], 1.0, volts[1:] - volts[:-1]), 0)
    same = metallic[1:] == metallic[:-1]
    at = jnp.abs(current[:-1] + share[:, None] * (current[1:] - current[:-1]))
    valid = crossed[:, None] & same
    low, high = jnp.min(jnp.where(valid, at, jnp.inf), axis=0), jnp.max(jnp.where(valid, at, -jnp.inf), axis=0)
    return first(sets), first(resets), low, high, radius[-1], metallic[-1]


QUANTITIES = (
    Quantity("set_bias", "voltage", "bias at which the filament closes in a cycle, nan where it does not"),
    Quantity("reset_bias", "voltage", "bias at which it opens in a cycle, nan where it does not"),
    Quantity("on_off", None, "largest over smallest current at the read voltage in a cycle"),
    Quantity("end_radius", "length", "radius of the filament at the end of a cycle"),
    Quantity("metallic", None, "whether the device is metallic at the end of a cycle"),
)
TRACES = (
    Quantity("current", "current", "current from the electrode into the electrolyte", "terminal", "electrode"),
    Quantity("device_voltage", "voltage", "voltage across the device, below the programmed one at the compliance"),
    Quantity("metallic_trace", None, "whether the device is metallic"),
    Quantity("gap", "length", "gap between the filament's head and the electrode"),
    Quantity("radius", "length", "radius of the filament"),
)
VOLTAGE = Quantity("voltage", "voltage", "programmed voltage of the electrode", "terminal", "electrode")


def run_filament(
    device: FilamentMemristor,
    protocol: Protocol,
    *,
    devices: int = 1,
    seed: int = 0,
    formed: bool = False,
    read: float = -0.1,
    refine: int = 1,
    traces: bool = True,
    title: str = "",
) -> Result:
    """Run ``devices`` copies, each with its own random numbers, through a protocol of voltages.

    ``formed`` starts with a filament instead of the pristine electrolyte. The dataset (SI) has, with ``traces``, voltage
    (programmed), current, device_voltage (below it at the compliance), gap and radius by time (and device, where there are
    several); always, by run (cycle) and device: bias of set and reset (nan where none), on/off ratio at ``read`` (V), radius,
    and whether metallic at the end. Raises InputError for a protocol that does not give the voltage.
    """
    require("run_filament", device, FilamentMemristor)
    whole_number("run_filament: devices", devices)
    whole_number("run_filament: refine", refine)
    samples = grid(protocol, refine)
    cycles = samples.step.shape[0]
    drawn = draw(device, cycles, devices, seed)
    size = np.full(devices, float(device.radius) ** 2)
    zero = np.zeros(devices)
    gap = zero if formed else zero + float(device.electrode.thickness)
    state = FilamentState(*map(jnp.asarray, (gap, gap, size, size, zero)))
    _, (summary, sampled) = _cycles(state, drawn, samples, read, numbers_of(device), traces)
    dataset = _dataset(summary, sampled, samples, read, traces)
    sets = int(np.isfinite(dataset["set_bias"].values).sum())
    dataset.attrs |= describe(
        title=title or "Filament memristor",
        device=type(device).__name__,
        experiment="FilamentCycling",
        status="finished",
        message=f"finished: {cycles} cycles of {devices} device{'s' if devices > 1 else ''}, {sets} times set.",
        sign_convention=device.sign_convention,
        parameters=[row_values(row) for row in table(device)],
        settings={"devices": devices, "seed": seed, "formed": formed, "read": read, "refine": refine},
        protocol=[step_values(step) for step in protocol.steps],
        audit={},
        warnings=[],
    )
    return Result(dataset)


def _dataset(summary, sampled, samples: Grid, read: float, traces: bool) -> xr.Dataset:
    sets, resets, low, high, radius, metallic = (np.asarray(part) for part in summary)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(np.isfinite(low) & (high > 0), high / low, np.nan)
    dataset = xr.Dataset(
        {
            item.name: (("run", "device"), values, item.attributes())
            for item, values in zip(QUANTITIES, (sets, resets, ratio, radius, metallic), strict=True)
        },
        coords={"run": ("run", np.arange(len(sets)), {"long_name": "cycle"})},
        attrs={"read_voltage": read},
    )
    if not traces:
        return dataset
    real = samples.real.ravel()
    flat = [np.asarray(part).reshape(real.size, -1)[real] for part in sampled]
    alone = flat[0].shape[1] == 1
    for item, values in zip(TRACES, flat, strict=True):
        columns = ("time", values[:, 0]) if alone else (("time", "device"), values)
        dataset[item.name] = (*columns, item.attributes())
    segment = np.flatnonzero(real)
    time = np.cumsum(samples.step.ravel()[real])
    return dataset.assign_coords(
        time=("time", time, {"units": "s", "long_name": "time"}),
        cycle=("time", np.repeat(np.arange(len(sets)), samples.real.sum(1)), {"long_name": "cycle of the protocol"}),
        segment=("time", samples.segment.ravel()[segment], {"long_name": "step of the protocol"}),
    ).assign(voltage=("time", samples.voltage.ravel()[real], VOLTAGE.attributes()))


class FilamentCycling(AbstractExperiment):
    """Cycles of filament memristors, each device and each cycle with its own random numbers.

    ``devices`` copies; ``formed`` starts with a filament in place; ``read``: the voltage of the on/off ratio (V); ``refine``:
    parts into which each sample's step is cut; ``traces``: whether the samples are kept, or the numbers of each cycle alone.
    """

    protocol: Protocol
    devices: int = 1
    seed: int = 0
    formed: bool = False
    read: float = parameter(-0.1, unit="V", doc="voltage of the on/off ratio", source=assumed(-0.1, "below the set bias"))
    refine: int = 1
    traces: bool = True

    takes: ClassVar = FilamentMemristor
    verb: ClassVar = "run_filament"
    quantities: ClassVar = (*QUANTITIES, VOLTAGE, *TRACES)

    def run(self, device, *, on_progress=None, checkpoint=None, resume=False, title=""):
        refuse_resume(resume)
        return run_filament(
            device,
            self.protocol,
            devices=self.devices,
            seed=self.seed,
            formed=self.formed,
            read=float(self.read),
            refine=self.refine,
            traces=self.traces,
            title=title,
        )

    def check(self, device):
        require(self.verb, device, FilamentMemristor)
        grid(self.protocol)

    def outline(self, device):
        samples = sum(step.samples for step in self.protocol.steps)
        return {"protocol": f"{len(self.protocol.steps)} steps, {samples} samples", "devices": f"{self.devices}"}
