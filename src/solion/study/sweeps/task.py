"""One run of a sweep, from plain data to plain data: what a worker does, wherever it works."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from solion.analysis.metrics import READ_FRACTIONS, metrics
from solion.analysis.recorded import attribute, scale, values
from solion.errors import InputError
from solion.study.files import put
from solion.study.study import Study, interpret

CURVES = {"time": "s", "voltage": "V", "current": "A", "conductance": "S"}  # the last of gated channels only
SCALES = {"time": "s", "voltage": "V", "current": "A"}
REFUSED, FAILED = "refused", "failed"


class Task(NamedTuple):
    """A run: the study as nested dictionaries, and the keys that this run changes."""

    index: int
    name: str
    shown: str
    data: dict[str, Any]
    changes: dict[str, Any]
    curves: bool


class Number(NamedTuple):
    """A metric as plain data: ``value`` in ``unit``, or a word where the unit is empty."""

    name: str
    value: float | str
    unit: str
    meaning: str


class Outcome(NamedTuple):
    """What is kept of a run: its status and message as the run gave them, its metrics, seconds of the clock.

    ``status`` is that of :class:`solion.Result`, or ``refused`` where the study does not allow this combination of values.
    ``scales`` are tau_D, V_T and i_D times area in SI; ``audit`` is "ok", or names the checks of the run that exceed
    their limits; ``curves`` are the terminals, or nothing.
    """

    index: int
    status: str
    message: str
    wall: float
    metrics: tuple[Number, ...] = ()
    scales: dict[str, float] = {}  # noqa: RUF012
    audit: str = ""
    curves: dict[str, np.ndarray] = {}  # noqa: RUF012


class Stopped(Exception):
    """The sweep was stopped while this run was under way."""


def changed(data: Mapping[str, Any], changes: Mapping[str, Any], name: str, shown: str) -> Study:
    """The study that this data describes, with some values replaced; their sources speak of them no longer."""
    data = copy.deepcopy(dict(data))
    for key, value in changes.items():
        put(data, key, copy.deepcopy(value), f"{shown}: {key}")
        data.get("sources", {}).pop(key, None)
    return interpret(data, name=name, shown=shown)


def run_task(task: Task, stop: Callable[[], bool] | None = None) -> Outcome:
    """Run one point. This is the one place where a sweep runs anything.

    A run that cannot be or goes wrong is an outcome too; only ``stop``, which is asked now and then, raises.
    """

    def look(_progress) -> None:
        if stop is not None and stop():
            raise Stopped

    began = time.perf_counter()
    try:
        result = changed(task.data, task.changes, task.name, task.shown).run(on_progress=look)
        return _outcome(task, result.dataset, began)
    except Stopped:
        raise
    except InputError as error:
        return Outcome(task.index, REFUSED, str(error), time.perf_counter() - began)
    except Exception as error:  # a law of the user's may raise anything; the other runs go on
        text = " ".join(f"{type(error).__name__}: {error}".split())
        return Outcome(task.index, FAILED, text[:500], time.perf_counter() - began)


def _outcome(task: Task, dataset, began: float) -> Outcome:
    curves = {name: values(dataset, name) for name in CURVES if name in dataset} if task.curves else {}
    scales = {name: scale(dataset, name) for name in SCALES}
    found = tuple(_metrics(dataset))
    exceeded = [name for name, entry in attribute(dataset, "audit", {}).items() if not entry["ok"]]
    audit, message = ", ".join(exceeded) or "ok", dataset.attrs["message"]
    return Outcome(
        task.index, dataset.attrs["status"], message, time.perf_counter() - began, found, scales, audit, curves
    )


def _metrics(dataset) -> Iterator[Number]:
    """The metrics of a run, named alike in all runs: on/off ratios by their share of the extreme voltage of either sign."""
    reads = _reads(dataset)
    for metric in metrics(dataset):
        if metric.name.startswith("on_off_ratio_at_") and metric.name not in reads:
            continue  # at a share of a lowest voltage that is zero but for rounding, or not negative
        name, meaning = reads.get(metric.name, (metric.name, metric.meaning))
        yield Number(name, metric.value, metric.unit, meaning)


def _reads(dataset) -> dict[str, tuple[str, str]]:
    """New name and meaning of each on/off ratio, whose name holds a voltage that differs from run to run."""
    voltage = values(dataset, "voltage")
    names: dict[str, tuple[str, str]] = {}
    for side, extreme in (("highest", voltage.max(initial=0.0)), ("lowest", voltage.min(initial=0.0))):
        for share in READ_FRACTIONS:
            meaning = (
                f"largest over smallest current at {share:g} of the {side} voltage among the branches of the last cycle"
            )
            new = (f"on_off_ratio_at_{share:g}_of_{side}_voltage", meaning)
            names.setdefault(f"on_off_ratio_at_{share * extreme:+.3g}_V", new)
    return names
