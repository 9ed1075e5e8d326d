"""A sweep from its description to its results: in memory, or in a folder that a kill leaves in order."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from os import PathLike
from pathlib import Path
from typing import Any

import xarray as xr

from solion.base.errors import InputError
from solion.explore.sweeps.executors import opened
from solion.explore.sweeps.plan import Plan, make_plan
from solion.explore.sweeps.report import write_sweep_report
from solion.explore.sweeps.runner import SweepProgress, first_outcomes, work_off
from solion.explore.sweeps.store import Store, create, load_sweep, reopen
from solion.explore.sweeps.task import PointOutcome
from solion.study.folder import LOCK, RESULTS, claimed, clear, locked, move, no_link
from solion.study.study import Study


def sweep(
    study: str | PathLike | Study,
    over: Mapping[str, Any] | Sequence[str] = (),
    *,
    points: Any = None,
    sample: str | None = None,
    runs: int | None = None,
    seed: int | None = None,
    settings: Iterable[str] = (),
    metrics: Sequence[str] = (),
    curves: bool = False,
    out: str | PathLike | None = None,
    force: bool = False,
    resume: bool = False,
    executor: str | Executor = "threads",
    workers: int | None = None,
    scheduler: str | None = None,
    on_progress: Callable[[SweepProgress], None] | None = None,
) -> xr.Dataset:
    """Run a study over a grid, a list or a sample of its parameters; one labelled dataset of all that came out.

    ``over`` names the axes: dotted keys of the study with their values, as lists or as text, such as
    ``{"device.filling": "0.1 ... 0.9 in 9", "device.thickness": ["80 nm", "100 nm"]}``. Alone they span a grid. With ``sample``
    ("latin_hypercube" or "sobol") and ``runs`` points are drawn from their ranges, the same for the same ``seed``.
    ``points`` gives the points one by one, as a list of tables or a CSV file whose first line names the keys; ``over`` is
    then empty or the keys to take.

    ``metrics`` are the names of the metrics to keep, all of them unless given; ``curves`` keeps time, voltage and current of
    each run. ``out`` is the folder of the results, which are kept in memory only where it is None. ``resume`` goes on from a
    sweep into that folder that was killed, ``force`` replaces one. Runs are worked off by ``executor``: "threads",
    "processes", or anything with the interface of :class:`concurrent.futures.Executor`; or by the Dask cluster whose
    ``scheduler`` has this address.

    Dimensions of the dataset are the keys of a grid, else ``run``. ``status`` and ``message`` tell how each run ended; a run
    that failed has them too and harms no other. Metrics that a run cannot have are NaN.

    Raises :class:`InputError` for a sweep that cannot be, :class:`RunError` where the workers are lost.
    """
    folder = None if out is None else Path(out)
    name = study if isinstance(study, Study) else Path(study) if isinstance(study, PathLike) else study
    plan = make_plan(
        name, over, points=points, sampling=sample, runs=runs, seed=seed, settings=tuple(settings), metrics=metrics, curves=curves
    )
    return execute_sweep(
        plan, folder, force=force, resume=resume, executor=executor, workers=workers, scheduler=scheduler, on_progress=on_progress
    )


def execute_sweep(
    plan: Plan,
    folder: Path | None,
    *,
    force: bool = False,
    resume: bool = False,
    executor: str | Executor = "threads",
    workers: int | None = None,
    scheduler: str | None = None,
    on_progress: Callable[[SweepProgress], None] | None = None,
) -> xr.Dataset:
    """Run a checked plan; the arguments are those of :func:`sweep`."""
    began = time.monotonic()
    folder = None if folder is None else no_link(folder)
    if folder is not None:
        _refuse_existing(folder, force, resume)
    with contextlib.ExitStack() as stack:
        store = None
        if folder is not None and (folder / RESULTS).is_dir():
            stack.enter_context(locked(folder))
            store = reopen(plan, folder) if resume else None
        if store is None or store.missing():
            pool = stack.enter_context(opened(executor, workers, scheduler))
            if store is None:
                outcomes = first_outcomes(plan, pool)
                store = create(plan, outcomes, None) if folder is None else _begin(plan, outcomes, folder, force, stack)
            try:
                work_off(plan, store, pool, on_progress, began)
            except BaseException:  # Ctrl-C included: what is done stays
                store.flush()
                raise
        store.close()
        dataset = store.dataset()
        if folder is not None and plan.study.figures:
            write_sweep_report(dataset, folder)
    return dataset


def _begin(plan: Plan, outcomes: Iterable[PointOutcome], folder: Path, force: bool, stack: contextlib.ExitStack) -> Store:
    """The folder with a store of the first runs, made beside its place and moved there when it is in order.

    The place is looked at again just before, since the first runs may have taken long.
    """
    with claimed(folder) as partial:
        try:
            clear(partial, LOCK)  # what a killed process left
            plan.study.save(partial)
            create(plan, outcomes, partial)
            _refuse_existing(folder, force, False)
            move(partial, folder, force)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
    stack.enter_context(locked(folder))
    return reopen(plan, folder)


def finished_runs(folder: Path) -> tuple[int, int] | None:
    """Runs that are done and all runs of the sweep in a folder; None where it holds none."""
    if not (folder / RESULTS).is_dir():
        return None
    dataset = load_sweep(folder)
    return int((dataset["status"] != "").sum()), dataset["status"].size


def _refuse_existing(folder: Path, force: bool, resume: bool) -> None:
    if force and resume:
        raise InputError("--resume goes on from what --force would replace; give one of them.")
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not (folder / RESULTS).is_dir():
        raise InputError(f"{folder}: it exists and holds no sweep of solion, so it is left alone; choose another --out.")
    if resume or force:
        return
    done, total = finished_runs(folder) or (0, 0)
    if done < total:
        raise InputError(
            f"{folder}: it holds a sweep with {done} of {total} runs done; --resume goes on from there, --force starts anew."
        )
    raise InputError(f"{folder}: it exists already and is not overwritten; choose another --out, or give --force.")
