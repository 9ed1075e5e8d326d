"""One run of a sweep, from plain data to plain data: what a worker does, wherever it works."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from solion.analysis.data import Data
from solion.base.errors import InputError
from solion.study.files import put
from solion.study.study import Study, interpret

CURVES = {"time": "s", "voltage": "V", "current": "A", "conductance": "S"}  # the last of gated channels only
SCALES = {"time": "s", "voltage": "V", "current": "A"}
REFUSED, FAILED = "refused", "failed"


class Task(NamedTuple):
    """A run: the study as nested dictionaries, its folder, and the keys that this run changes."""

    index: int
    name: str
    shown: str
    data: dict[str, Any]
    changes: dict[str, Any]
    curves: bool
    folder: Path


class MetricValue(NamedTuple):
    """A metric as plain data: ``value`` in ``unit``, or one of ``words`` where the unit is empty; ``headline``: its place among
    those that are shown first, 0 for another."""

    name: str
    value: float | str
    unit: str
    meaning: str
    words: tuple[str, ...] = ()
    headline: int = 0


class PointOutcome(NamedTuple):
    """What is kept of a run: its status and message as the run gave them, its metrics, seconds of the clock.

    ``status`` is that of :class:`solion.Result`, or ``refused`` where the study does not allow this combination of values.
    ``scales`` are tau_D, V_T and i_D times area in SI; ``audit`` is "ok", or names the checks of the run that exceed
    their limits; ``curves`` are the terminals, or nothing.
    """

    index: int
    status: str
    message: str
    wall: float
    metrics: tuple[MetricValue, ...] = ()
    scales: dict[str, float] = {}  # noqa: RUF012
    audit: str = ""
    curves: dict[str, np.ndarray] = {}  # noqa: RUF012


class Stopped(Exception):
    """The sweep was stopped while this run was under way."""


def changed(data: Mapping[str, Any], changes: Mapping[str, Any], name: str, shown: str, folder: Path) -> Study:
    """The study that this data describes, with some values replaced; their sources speak of them no longer."""
    data = copy.deepcopy(dict(data))
    for key, value in changes.items():
        put(data, key, copy.deepcopy(value), f"{shown}: {key}")
        data.get("sources", {}).pop(key, None)
    return interpret(data, name=name, shown=shown, folder=folder)


def run_task(task: Task, stop: Callable[[], bool] | None = None, checkpoint: Path | None = None) -> PointOutcome:
    """Run one point. This is the one place where a sweep runs anything.

    A run that cannot be or goes wrong is an outcome too; only ``stop``, which is asked now and then, raises. With a
    ``checkpoint`` the run goes on from where an earlier one saved itself there.
    """

    def look(_progress) -> None:
        if stop is not None and stop():
            raise Stopped

    began = time.perf_counter()
    try:
        study = changed(task.data, task.changes, task.name, task.shown, task.folder)
        resume = checkpoint is not None and checkpoint.exists()
        return _outcome(task, study, study.run(on_progress=look, checkpoint=checkpoint, resume=resume), began)
    except Stopped:
        raise
    except InputError as error:
        return PointOutcome(task.index, REFUSED, str(error), time.perf_counter() - began)
    except Exception as error:  # a law of the user's may raise anything; the other runs go on
        text = " ".join(f"{type(error).__name__}: {error}".split())
        return PointOutcome(task.index, FAILED, text[:500], time.perf_counter() - began)


def _outcome(task: Task, study: Study, result: Any, began: float) -> PointOutcome:
    curves = study.curves(result) if task.curves else {}
    found = tuple(
        MetricValue(metric.name, metric.value, metric.unit, metric.meaning, metric.words, place if metric.headline else 0)
        for place, metric in enumerate(study.metrics(result), start=1)
    )
    attributes = result.dataset.attrs
    exceeded = [name for name, entry in Data.of(result).attribute("audit", {}).items() if not entry["ok"]]
    return PointOutcome(
        task.index,
        attributes["status"],
        attributes["message"],
        time.perf_counter() - began,
        found,
        study.scales(result),
        ", ".join(exceeded) or "ok",
        curves,
    )
