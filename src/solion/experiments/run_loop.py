"""The time loop of every run: start, advance to the end with progress and checkpoints, resume.

:func:`solion.experiments.transient.simulate`, derivatives of runs and thresholds all advance here. A loop takes a bounded
number of steps at a time, so that between two calls its caller can look at the clock; the numbers do not depend on how
many.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from solion.base.cache import source_digest
from solion.base.compiled import Program
from solion.base.errors import InputError
from solion.base.parameters import as_arrays
from solion.experiments.assembly import Model, roomy
from solion.experiments.samples import check_report
from solion.numerics.stepping.integrate import State, Status, Tolerance, advance, begin
from solion.numerics.stepping.record import RunRecord

WORK = 200_000  # steps times cells between looks at the clock
# rows that every table has, up to so many cells: where cells are many a row costs memory, in boxes more than all else
ROWS = ((4000, 512), (65536, 128), (10**12, 8))
ROW = 16.0  # bytes a row and cell: unknowns, and what acts on all cells
TABLE = 1.25e8  # bytes that a table may take which is emptied as it fills
LONGER = 4  # tables, each twice as long as the one before, that are looked for
LOOPS = 12  # compiled time loops that are held
LOADED = 8  # of them that can be read again from disk
STEPS = 100_000  # of a run that are recorded, so that another run can follow them and numbers do not depend on its samples


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


def _begin(system, schedule, profile, samples, steps=STEPS):
    events = max(256, 8 * schedule.duration.shape[0])
    return begin(system, schedule, system.unknowns(profile), samples=samples, events=events, steps=steps)


def table_rows(model: Model, profile) -> int:
    """Rows of the table of samples, so many that runs of most protocols share one compilation, fewer where cells are many."""
    return roomy(model.samples, next(rows for cells, rows in ROWS if profile.size <= cells))


def known_rows(model: Model, profile) -> int:
    """:func:`table_rows`, or those of a longer table for which this process has a program: what is not filled is not computed."""
    rows = table_rows(model, profile)
    longer = (rows * 2**k for k in range(LONGER))
    return next((each for each in longer if begin_run.knows(model.system, model.schedule, profile, each)), rows)


begin_run = Program(_begin, static=(3,))
advance_run = Program(advance, donate=(5,), slow=True, most=LOOPS, few=LOADED)


def emptied_rows(model: Model, profile) -> int:
    """Rows of a table that is emptied as it fills, as many as :data:`TABLE` holds."""
    least = table_rows(model._replace(samples=1), profile)
    return least * 2 ** max(int(np.log2(TABLE / (ROW * least * profile.size))), 0)


def prepare_run(model: Model, profile, tolerance: Tolerance, rows: int | None = None) -> None:
    """Compile all that a run needs side by side; :func:`known_rows` in its table of samples unless given."""
    rows = known_rows(model, profile) if rows is None else rows
    if begin_run.knows(model.system, model.schedule, profile, rows):
        return
    state, record = begin_run.shape(model.system, model.schedule, profile, rows)
    advance_run.prepare(model.system, model.schedule, model.watch, tolerance, state, record, pace(1))
    check_report(model, record)
    import xarray as xr  # it takes half a second, which passes while programs are read

    xr.Dataset({"none": ("none", [0.0])})  # and the first one looks for other packages for 0.4 s


def start_run(model: Model, profile, rows: int | None = None) -> tuple[State, RunRecord]:
    """The state of a run before its first step, and its empty record, with rows as :func:`prepare_run` has them."""
    return begin_run(model.system, model.schedule, profile, known_rows(model, profile) if rows is None else rows)


def run_loop(
    model: Model,
    tolerance: Tolerance,
    state: State,
    record: RunRecord,
    *,
    attempts: int | np.int64,
    done: Callable[[State], bool] | None = None,
    on_pause: Callable[[State, RunRecord], None] | None = None,
    on_full: Callable[[State, RunRecord], tuple[State, RunRecord]] | None = None,
) -> tuple[State, RunRecord]:
    """Advance a run until it ends, or ``done(state)`` holds.

    ``attempts`` steps are taken, accepted or not, between two looks at the state (see :func:`pace`); after each look,
    ``on_pause`` is told state and record. Where the table of samples is to be emptied, ``on_full`` does so and returns both. The
    memory of ``record`` is reused: what is handed in is gone.
    """
    while int(state.status) == Status.RUNNING and not (done is not None and done(state)):
        state, record = advance_run(model.system, model.schedule, model.watch, tolerance, state, record, np.int64(attempts))
        jax.block_until_ready(state)
        if on_full is not None and int(state.status) == Status.FULL:
            state, record = on_full(state, record)
        if on_pause is not None:
            on_pause(state, record)
    return state, record


def whole_run(system, schedule, watch, profile, tolerance, limit, samples) -> tuple[State, RunRecord]:
    """The same as a pure function for ``jax.jit``, ``jax.jvp`` and ``jax.vmap``, with at most ``limit`` steps."""
    return advance(system, schedule, watch, tolerance, *_begin(system, schedule, profile, samples, 0), limit)


def pace(cells: int) -> np.int64:
    """Steps between looks at the clock, some tenths of a second."""
    return np.int64(max(WORK // cells, 10))


def checked(tolerance: Tolerance) -> Tolerance:
    """The same tolerance with its numbers as arrays, or a refusal that names the wrong one."""
    for name in ("relative", "absolute", "guard"):
        value = getattr(tolerance, name)
        if not 1e-13 <= value <= 0.1:
            raise InputError(f"tolerance.{name} = {value:g} is outside its allowed range [1e-13, 0.1].")
    return as_arrays(tolerance)


def progress_of(model: Model, state: State, elapsed: float) -> Progress:
    """How far a run is after ``elapsed`` s of the clock."""
    scale = float(model.scales.time)
    total = float(np.sum(model.schedule.duration))
    done = float(state.start + state.t)
    fraction = min(done / total, 1.0)
    remaining = elapsed * (1 - fraction) / fraction if fraction > 0 else float("inf")
    steps, rejected = int(state.steps), int(state.rejected)
    return Progress(done * scale, total * scale, fraction, float(state.h) * scale, steps, rejected, elapsed, remaining)


class Checkpoint:
    """A run's state on disk, saved every so many seconds, or less often where that would take a tenth of the time; a new one
    replaces the old in one move, so that an interruption leaves either. ``kept`` are the samples that left the run's table."""

    def __init__(self, path: str | os.PathLike, every: float, model: Model, profile, tolerance: Tolerance):
        self.path, self.every = Path(path), every
        self.fingerprint = _fingerprint(model, profile, tolerance)
        self._saved = time.perf_counter()
        self._cost = 0.0

    def save_when_due(self, state: State, record: RunRecord, kept: Any = ()) -> None:
        """Save where the last one is old enough."""
        now = time.perf_counter()
        if now - self._saved > max(self.every, 10 * self._cost):
            self.save(state, record, kept)
            self._saved = time.perf_counter()
            self._cost = self._saved - now

    def save(self, state: State, record: RunRecord, kept: Any = ()) -> None:
        """Write state and record."""
        leaves = {f"leaf{k}": np.asarray(leaf) for k, leaf in enumerate(jax.tree.leaves((state, record, kept)))}
        partial = self.path.with_name(self.path.name + ".partial")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            np.savez(file, allow_pickle=False, fingerprint=np.array(self.fingerprint), **leaves)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self.path)

    def load(self, state: State, record: RunRecord, kept: Any = ()) -> tuple[State, RunRecord, Any]:
        """What was saved, or the given start where nothing was."""
        if not self.path.exists():
            return state, record, kept
        try:
            with np.load(self.path, allow_pickle=False) as saved:
                entries = {name: saved[name] for name in saved.files}
            leaves, structure = jax.tree.flatten((state, record, kept))
            own = str(entries["fingerprint"]) == self.fingerprint
            found = [_as_given(leaf, entries[f"leaf{k}"]) for k, leaf in enumerate(leaves)] if own else []
        except Exception as error:  # a damaged file may raise anything
            raise InputError(
                f"{self.path}: this checkpoint is damaged ({type(error).__name__}); remove it, or start anew without resume."
            ) from None
        if not own:
            raise InputError(
                f"{self.path}: this checkpoint belongs to another run (device, protocol, start or tolerance differ); "
                "restore them, or start anew without resume."
            )
        return jax.tree.unflatten(structure, found)


def _as_given(leaf: Any, saved: np.ndarray) -> Any:
    """A saved array, on the device where the one that was given lies there."""
    return saved if isinstance(leaf, np.ndarray) else jnp.asarray(saved)


def _fingerprint(model: Model, profile, tolerance: Tolerance) -> str:
    """A digest of all that determines a run, so that a checkpoint of another one is not taken for this one's."""
    fields = (State._fields, RunRecord._fields, jax.tree.structure((model.system, model.schedule)))
    # a function's address is not its identity
    structure = re.sub(r" at 0x[0-9a-f]+", "", source_digest() + repr(fields))
    digest = hashlib.sha256(structure.encode())
    for leaf in jax.tree.leaves((model.system, model.schedule, model.watch, profile, tolerance)):
        digest.update(np.ascontiguousarray(leaf).tobytes())
    return digest.hexdigest()
