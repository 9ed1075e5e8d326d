"""The one verb: run a device through a protocol."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import jax.numpy as jnp
import numpy as np

from solion.base.errors import InputError
from solion.devices.device import AbstractDevice
from solion.devices.start import AbstractInitial
from solion.experiments.assembly import Model, assemble
from solion.experiments.experiment import refuse_traced, require
from solion.experiments.field_store import FieldStore
from solion.experiments.recording import build_result
from solion.experiments.run_loop import (
    ROW,
    Checkpoint,
    Progress,
    checked,
    emptied_rows,
    pace,
    prepare_run,
    progress_of,
    run_loop,
    start_run,
    table_rows,
)
from solion.numerics.stepping.integrate import State, Tolerance
from solion.numerics.stepping.record import RunRecord
from solion.protocols.protocol import Protocol
from solion.result.ledger import FINER as REMEDY
from solion.result.ledger import failures, inaccurate
from solion.result.result import Result

ERRORS = ("relative", "absolute", "guard")
FINER = (0.1, 0.01, 0.001)  # of a device's own tolerance, where a run with that is not accurate enough
MEMORY = 1.0  # GB that the samples of a run may take, as unknowns and as compositions
MOST_SAMPLES = 500_000  # whose numbers, without their fields, take as much
FEWER = "give its steps fewer samples, or take fewer steps: long trains of pulses are for solion.compact.pulse_map"


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
    fields: str | os.PathLike | None = None,
    title: str = "",
) -> Result:
    """Run ``device`` through ``protocol`` and return everything that happened.

    Where the device's own ``tolerance`` is not enough for the audit's checks of accuracy, the run is done anew with a tenth, a
    hundredth and a thousandth of it, and its warnings say so; one that is given stays, and the run then ends ``doubtful``.

    A run that cannot go on does not raise: its :class:`Result` says in ``status`` and ``message`` what happened, when, where
    and what to try. ``initial`` is the start state (phases separated, ion-rich at the top, unless given), ``cells`` the
    resolution, ``watch`` the levels whose crossing is recorded. With ``checkpoint`` the state is saved there every
    ``checkpoint_every`` seconds; ``resume`` goes on from it to the same numbers as an uninterrupted run.

    Samples whose fields would take more than 1 GB of memory need ``fields``, a Zarr store (.zarr) that they go to as the run
    goes; the result's fields are then read where they are looked at.

    Raises :class:`InputError` where the input cannot be.
    """
    if isinstance(cells, bool) or not isinstance(cells, (int, np.integer)) or not 8 <= cells <= 100_000:
        raise InputError(f"cells = {cells!r} is outside its allowed range: a whole number in [8, 100000].")
    began = time.perf_counter()
    require("simulate", device, AbstractDevice)
    for name, value, kind in (("protocol", protocol, Protocol), ("initial", initial, AbstractInitial)):
        if value is not None and not isinstance(value, kind):
            hint = "; begin with what it ended with by Profile.of(result)" if isinstance(value, Result) else ""
            raise InputError(f"simulate: {name} = {value!r} is no {kind.__name__.removeprefix('Abstract')} object{hint}.")
    refuse_traced("simulate", protocol, initial)
    own = device.unless_given()
    initial, asked = initial or own.initial, checked(tolerance or own.tolerance)
    model = assemble(device, protocol, int(cells), dict(own.watch if watch is None else watch))
    profile = jnp.asarray(device.profile(initial, int(cells)), float)
    place = _place_of_fields(model, profile.size, table_rows(model, profile), fields)
    rows = None if place is None else emptied_rows(model, profile)
    prepare_run(model, profile, asked, rows)
    saved = None if checkpoint is None else Checkpoint(checkpoint, checkpoint_every, model, profile, asked)

    def run(tolerance: Tolerance, saved: Checkpoint | None) -> Result:
        state, record = start_run(model, profile, rows)
        store = None if place is None else FieldStore(model, record, place)
        record = record._replace(emptied=jnp.asarray(store is not None))
        if saved is not None and resume:
            state, record, kept = saved.load(state, record, () if store is None else store.samples)
            if store is not None:
                store.goes_on(kept)

        def on_pause(state: State, record: RunRecord) -> None:
            kept = () if store is None else store.samples
            if saved is not None:
                saved.save_when_due(state, record, kept)
            if on_progress is None:
                return
            try:
                on_progress(progress_of(model, state, time.perf_counter() - began))
            except BaseException:  # whoever listens ends the run: it goes on from here, not from the last time that was due
                if saved is not None:
                    saved.save(state, record, kept)
                raise

        full, attempts = None if store is None else store.empty, pace(profile.size)
        state, record = run_loop(model, tolerance, state, record, attempts=attempts, on_pause=on_pause, on_full=full)
        elapsed = time.perf_counter() - began
        return build_result(device, protocol, model, state, record, initial, int(cells), tolerance, elapsed, title, store)

    first = run(asked, saved)
    if not inaccurate(first.audit) or not all(float(getattr(asked, name)) == getattr(own.tolerance, name) for name in ERRORS):
        return first
    for share in FINER:  # the device's own choice was not enough: what a user would be told to do
        found = run(dataclasses.replace(asked, relative=share * asked.relative, absolute=share * asked.absolute), None)
        if all(entry["ok"] for entry in found.audit.values()) and found.status != "failed":
            why = f"the device's own tolerance was not enough ({failures(first.audit)})"
            return _told(found, f"{why}: these numbers are found with {share:g} of it.")
    tried = f"down to {FINER[-1]:g} of the device's own tolerance were tried as well, and ended no better"
    first.dataset.attrs["message"] = first.message.replace(REMEDY, f"tolerances {tried}: please report the study")
    return _told(first, f"Tolerances {tried}.")


def _told(result: Result, note: str) -> Result:
    result.dataset.attrs["warnings"] = json.dumps([note, *result.warnings])
    return result


def check_samples(samples: int) -> None:
    """Refuse a run of more samples than can be kept, wherever their fields go."""
    if samples > MOST_SAMPLES:
        raise InputError(f"protocol: {samples} samples are more than the {MOST_SAMPLES} that a run may have; {FEWER}.")


def _place_of_fields(model: Model, cells: int, rows: int, fields: str | os.PathLike | None) -> Path | None:
    """Where the fields of a run go that do not fit in memory; None where they do.

    Raises :class:`InputError` where they have no place, or one in which they do not fit either.
    """
    check_samples(model.samples)
    size = 1e-9 * ROW * rows * cells
    if size <= MEMORY:
        return None
    needed = f"protocol: {rows} samples of {cells} cells would take {size:.3g} GB of memory, more than {MEMORY:g} GB"
    if fields is None:
        raise InputError(
            f"{needed}; {FEWER}; or let their fields go to disk as the run goes: simulate(..., fields='NAME.zarr'), as solion run"
            " does by itself."
        )
    path = Path(fields)
    if path.suffix.lower() != ".zarr":
        raise InputError(f"fields: {path}: they go to a Zarr store, whose name ends in .zarr; give such a path.")
    path.parent.mkdir(parents=True, exist_ok=True)
    written = 8 * model.samples * cells * sum(item.role != "coordinate" for item in model.system.spatial)
    if (free := shutil.disk_usage(path.parent).free) < written:
        raise InputError(f"{needed}, and {written / 1e9:.3g} GB on disk, where {free / 1e9:.3g} GB are free; {FEWER}.")
    return path
