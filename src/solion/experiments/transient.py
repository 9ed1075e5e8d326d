"""The one verb: run a device through a protocol."""

from __future__ import annotations

import functools
import hashlib
import os
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import xarray as xr

from solion.base.compiled import Program, source_digest
from solion.base.errors import InputError
from solion.devices.device import AbstractDevice
from solion.devices.start import AbstractInitial
from solion.experiments.assembly import Model, assemble
from solion.experiments.recording import build_result, check_report, observe_run
from solion.numerics.stepping.integrate import Record, State, Status, Tolerance, advance, begin
from solion.protocols.protocol import Protocol
from solion.result.result import Result

MEMORY = 1.0  # GB that the samples of a run may take, as unknowns and as compositions
WORK = 200_000  # steps times cells between looks at the clock
STEPS = 100_000  # of a run whose lengths are kept, so that another can follow them


class Progress(NamedTuple):
    """How far a run is; times in seconds, ``time`` and ``step_size`` simulated, ``elapsed`` and ``remaining`` of the clock."""

    time: float
    duration: float
    fraction: float
    step_size: float
    steps: int
    rejected: int
    elapsed: float
    remaining: float


def simulate(
    device: AbstractDevice,
    protocol: Protocol,
    *,
    initial: AbstractInitial | None = None,
    cells: int = 200,
    tolerance: Tolerance | None = None,
    watch: Mapping[str, float] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    checkpoint: str | os.PathLike | None = None,
    resume: bool = False,
    checkpoint_every: float = 5.0,
    title: str = "",
) -> Result:
    """Run ``device`` through ``protocol`` and return everything that happened.

    A run that cannot go on does not raise: its :class:`Result` says in ``status`` and ``message`` what happened, when, where
    and what to try. ``initial`` is the start state (phases separated, ion-rich at the top, unless given), ``cells`` the
    resolution, ``watch`` the levels whose crossing is recorded. With ``checkpoint`` the state is saved there every
    ``checkpoint_every`` seconds; ``resume`` goes on from it to the same numbers as an uninterrupted run.

    Raises :class:`InputError` where the input cannot be.
    """
    if isinstance(cells, bool) or not isinstance(cells, (int, np.integer)) or not 8 <= cells <= 100_000:
        raise InputError(f"cells = {cells!r} is outside its allowed range: a whole number in [8, 100000].")
    began = time.perf_counter()
    for name, value, kind in (
        ("device", device, AbstractDevice),
        ("protocol", protocol, Protocol),
        ("initial", initial, AbstractInitial),
    ):
        if value is not None and not isinstance(value, kind):
            raise InputError(f"simulate: {name} = {value!r} is not a {kind.__name__.removeprefix('Abstract')} object.")
    initial, tolerance = initial or device.initial, checked(tolerance or device.tolerance)
    model = assemble(device, protocol, int(cells), dict(device.watch if watch is None else watch))
    check_memory(model.samples, int(cells))
    profile = jnp.asarray(device.profile(initial, int(cells)), float)
    prepare_run(model, profile, tolerance)
    state, record = begin_run(model.system, model.schedule, profile, model.samples)
    store = None if checkpoint is None else _Checkpoint(Path(checkpoint), _fingerprint(model, profile, tolerance))
    if store is not None and resume:
        state, record = store.load(state, record)

    saved = time.perf_counter()
    attempts = pace(int(cells))
    while int(state.status) == Status.RUNNING:
        state, record = advance_run(model.system, model.schedule, model.watch, tolerance, state, record, attempts)
        jax.block_until_ready(state)
        now = time.perf_counter()
        if store is not None and now - saved > checkpoint_every:
            store.save(state, record)
            saved = now
        if on_progress is not None:
            on_progress(_progress(model, state, now - began))
    elapsed = time.perf_counter() - began
    return build_result(device, protocol, model, state, record, initial, int(cells), tolerance, elapsed, title)


def check_memory(samples: int, cells: int) -> None:
    """Refuse a run whose samples would not fit."""
    size = 16e-9 * samples * cells
    if size > MEMORY:
        raise InputError(
            f"protocol: {samples} samples of {cells} cells would take {size:.1f} GB of memory, more than {MEMORY:g} GB; "
            "give its steps fewer samples."
        )


def pace(cells: int) -> np.int64:
    """Steps between looks at the clock, some tenths of a second."""
    return np.int64(max(WORK // cells, 10))


def checked(tolerance: Tolerance) -> Tolerance:
    """The same tolerance with its numbers as arrays, or a refusal that names the wrong one."""
    for name in ("relative", "absolute", "guard"):
        value = getattr(tolerance, name)
        if not 1e-13 <= value <= 0.1:
            raise InputError(f"tolerance.{name} = {value:g} is outside its allowed range [1e-13, 0.1].")
    return jax.tree.map(lambda value: jnp.asarray(value, float), tolerance)


def _begin(system, schedule, profile, samples):
    events = max(256, 8 * schedule.duration.shape[0])
    return begin(system, schedule, system.unknowns(profile), samples=samples, events=events, steps=STEPS)


begin_run = Program(_begin, static=(3,))
advance_run = Program(advance, donate=(5,), slow=True)


def prepare_run(model: Model, profile, tolerance) -> None:
    """Compile all that a run needs side by side."""
    if begin_run.knows(model.system, model.schedule, profile, model.samples):
        return
    start = jax.eval_shape(functools.partial(_begin, samples=model.samples), model.system, model.schedule, profile)
    check_report(model, *start)
    advance_run.prepare(model.system, model.schedule, model.watch, tolerance, *start, pace(1))
    begin_run.prepare(model.system, model.schedule, profile, model.samples)
    observe_run.prepare(model.system, model.schedule, start[1])
    xr.Dataset({"none": ("none", [0.0])})  # the first one looks for other packages for 0.4 s, which pass meanwhile


def _progress(model: Model, state: State, elapsed: float) -> Progress:
    scale = float(model.scales.time)
    total = float(jnp.sum(model.schedule.duration))
    done = float(state.start + state.t)
    fraction = min(done / total, 1.0)
    remaining = elapsed * (1 - fraction) / fraction if fraction > 0 else float("inf")
    return Progress(
        done * scale,
        total * scale,
        fraction,
        float(state.h) * scale,
        int(state.steps),
        int(state.rejected),
        elapsed,
        remaining,
    )


def _fingerprint(model: Model, profile, tolerance) -> str:
    """A digest of all that determines a run, so that a checkpoint of another one is not taken for this one's."""
    structure = source_digest() + repr(
        (State._fields, Record._fields, jax.tree.structure((model.system, model.schedule)))
    )
    digest = hashlib.sha256(
        re.sub(r" at 0x[0-9a-f]+", "", structure).encode()
    )  # a function's address is not its identity
    for leaf in jax.tree.leaves((model.system, model.schedule, model.watch, profile, tolerance)):
        digest.update(np.ascontiguousarray(leaf).tobytes())
    return digest.hexdigest()


class _Checkpoint:
    """A run's state on disk; a new one replaces the old in one move, so that an interruption leaves either."""

    def __init__(self, path: Path, fingerprint: str):
        self.path, self.fingerprint = path, fingerprint

    def save(self, state: State, record: Record) -> None:
        leaves = {f"leaf{k}": np.asarray(leaf) for k, leaf in enumerate(jax.tree.leaves((state, record)))}
        partial = self.path.with_name(self.path.name + ".partial")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            np.savez(file, allow_pickle=False, fingerprint=np.array(self.fingerprint), **leaves)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self.path)

    def load(self, state: State, record: Record) -> tuple[State, Record]:
        """The saved state, or the given start where none was saved."""
        if not self.path.exists():
            return state, record
        with np.load(self.path, allow_pickle=False) as saved:
            if str(saved["fingerprint"]) != self.fingerprint:
                raise InputError(
                    f"{self.path}: this checkpoint belongs to another run (device, protocol, start or tolerance differ); "
                    "restore them, or start anew without resume."
                )
            leaves, structure = jax.tree.flatten((state, record))
            return jax.tree.unflatten(structure, [jnp.asarray(saved[f"leaf{k}"]) for k in range(len(leaves))])
