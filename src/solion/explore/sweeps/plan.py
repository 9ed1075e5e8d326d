"""What a sweep runs: a study, its axes and the points they span, checked before anything is run or written."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from solion import __version__
from solion.base.errors import InputError, nearest
from solion.explore.sweeps.axes import MOST_VALUES, Axis, read_axis
from solion.explore.sweeps.point_list import read_points
from solion.explore.sweeps.sampling import KINDS, sample
from solion.explore.sweeps.task import Task, changed
from solion.study.section import is_code
from solion.study.sources import PATHS
from solion.study.study import Study, load

CHECKED = 5  # values of an axis that are tried before the sweep begins
RUN = "run"  # the dimension of points that lie on no grid


@dataclasses.dataclass(frozen=True)
class Plan:
    """A checked sweep.

    ``study`` is that of the point ``start``, the one to run first; ``design`` is one of grid, list, latin_hypercube, sobol.
    ``metrics`` are the names of those to keep, all of them where it is empty; ``curves`` keeps the terminals of each run.
    ``name`` is what the sweep is called.
    """

    study: Study
    axes: tuple[Axis, ...]
    design: str
    metrics: tuple[str, ...] = ()
    curves: bool = False
    seed: int | None = None
    name: str = ""
    start: int = 0

    @property
    def grid(self) -> bool:
        """Whether the axes span a grid."""
        return self.design == "grid"

    @property
    def dims(self) -> tuple[str, ...]:
        """Dimensions of the results: the axes of a grid, else the runs."""
        return tuple(axis.name for axis in self.axes) if self.grid else (RUN,)

    @property
    def shape(self) -> tuple[int, ...]:
        """Lengths of the dimensions."""
        return tuple(len(axis.values) for axis in self.axes) if self.grid else (len(self.axes[0].values),)

    @property
    def count(self) -> int:
        """Number of runs."""
        return math.prod(self.shape)

    def point(self, index: int) -> dict[str, Any]:
        """Value of each axis, by name, in one run."""
        places = np.unravel_index(index, self.shape) if self.grid else [index] * len(self.axes)
        return {axis.name: axis.values[int(place)] for axis, place in zip(self.axes, places, strict=True)}

    def changes(self, index: int) -> dict[str, Any]:
        """Keys of the study with the values that they take in one run."""
        point = self.point(index)
        return {key: value for axis in self.axes for key, value in axis.settings(point[axis.name]).items()}

    def task(self, index: int) -> Task:
        """One run as plain data."""
        study = self.study
        return Task(index, study.name, study.shown, study.data, self.changes(index), self.curves, study.folder)

    def meaning(self, axis: Axis) -> str:
        """What the first key of an axis is, in the words of the device's parameters where it is one of them."""
        return self.study.meaning(axis.name)

    def described(self) -> dict[str, Any]:
        """The plan as plain data, from which the same results follow."""
        axes = [
            {
                "keys": [f"{'-' * key.negated}{key.path}" for key in axis.keys],
                "unit": axis.unit,
                "values": list(axis.values),
                "log": axis.logarithmic,
                "meaning": self.meaning(axis),
            }
            for axis in self.axes
        ]
        return {
            "study": self.study.shown,
            "design": self.design,
            "seed": self.seed,
            "axes": axes,
            "metrics": list(self.metrics),
            "curves": self.curves,
            "runs": self.count,
        }

    def fingerprint(self) -> str:
        """A digest of all that the results depend on: study, axes, what is kept, files of the user's, version."""
        described = {key: value for key, value in self.described().items() if key not in ("study", "runs")}
        digest = hashlib.sha256(json.dumps([self.study.data, described, __version__], sort_keys=True).encode())
        for path in sorted(self.study.folder / file for file in set(_files(self.study.data))):
            digest.update(path.read_bytes() if path.is_file() else b"")
        return digest.hexdigest()


def _files(data: Any) -> Iterator[str]:
    """Files that a study points to: Python code below its folder, and by their absolute paths traces of a drive and pictures."""
    if isinstance(data, Mapping):
        yield from (data[key] for key in PATHS if isinstance(data.get(key), str))
        data = list(data.values())
    if isinstance(data, list):
        for entry in data:
            yield from _files(entry)
    elif is_code(data):
        yield data.rpartition(":")[0]


def make_plan(
    study: str | Path | Study,
    over: Mapping[str, Any] | Sequence[str] = (),
    *,
    points: Any = None,
    sampling: str | None = None,
    runs: int | None = None,
    seed: int | None = None,
    settings: Iterable[str] = (),
    metrics: Sequence[str] = (),
    curves: bool = False,
    name: str | None = None,
) -> Plan:
    """Read and check a sweep; the arguments are those of :func:`solion.explore.sweep`.

    Raises :class:`InputError` where a key, a value, a range or a column cannot be.
    """
    axes, design, seed = _axes(over, points, sampling, runs, seed)
    keys = [key.path for axis in axes for key in axis.keys]
    twice = next((key for k, key in enumerate(keys) if key in keys[:k]), None)
    if twice is not None:
        raise InputError(f"{twice} stands in two axes; it can vary along one only.")
    named = [setting.partition("=")[0].strip() for setting in settings]
    both = next((key for key in keys if key in named), None)
    if both is not None:
        raise InputError(f"{both} is swept and set to one value at once; leave one of the two out.")
    count = math.prod(len(axis.values) for axis in axes) if design == "grid" else len(axes[0].values)
    if count > MOST_VALUES:
        raise InputError(f"a sweep of {count} runs is larger than {MOST_VALUES}; give its axes fewer points.")
    plan = _founded(study, tuple(settings), axes, design)
    plan = dataclasses.replace(
        plan, metrics=tuple(dict.fromkeys(metrics)), curves=curves, seed=seed, name=name or plan.study.name
    )
    _try_values(plan)
    return plan


def _axes(over: Any, points: Any, sampling: str | None, runs: int | None, seed: int | None):
    """The axes with their values, the design, and the seed where one was used."""
    if sampling is not None and sampling not in KINDS:
        raise InputError(f"the kind of sample {sampling!r} is unknown{nearest(sampling, KINDS)}; known: {', '.join(KINDS)}.")
    if points is not None:
        if sampling is not None or runs is not None:
            raise InputError("points are given one by one, so there is nothing to sample; leave out either.")
        if isinstance(over, Mapping) and over:
            raise InputError("points name the values of every key; beside them give keys alone, or none to take all columns.")
        return read_points(points, list(over)), "list", None
    if not over:
        raise InputError("nothing is swept: name a key and its values, such as device.filling = 0.1 ... 0.9 in 9.")
    if not isinstance(over, Mapping):
        key = next(iter(over))
        raise InputError(f"{key}: it has no values; write {key} = 0.1 ... 0.9 in 9, or give points.")
    axes = tuple(read_axis(str(key), values) for key, values in over.items())
    if sampling is None:
        if runs is not None or seed is not None:
            raise InputError("runs and seed belong to a sample; name its kind too, latin_hypercube or sobol.")
        return tuple(axis.grid() for axis in axes), "grid", None
    if runs is None:
        raise InputError(f"a sample needs a number of runs, a whole number in [1, {MOST_VALUES}].")
    if isinstance(runs, bool) or not isinstance(runs, int) or not 1 <= runs <= MOST_VALUES:
        raise InputError(f"runs = {runs!r} of the sample is no whole number in [1, {MOST_VALUES}].")
    seed = 0 if seed is None else seed
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise InputError(f"seed = {seed!r} of the sample is no whole number from 0.")
    return sample(axes, sampling, runs, seed), sampling, seed


def _founded(study: str | Path | Study, settings: tuple[str, ...], axes: tuple[Axis, ...], design: str) -> Plan:
    """The plan with its study at the first of three points that can be; the error of the first one where none can."""
    if isinstance(study, Study) and settings:
        raise InputError("settings go with the name of a study; this one is loaded already, so load it with them.")
    reason = None
    for start in _three(math.prod(len(axis.values) for axis in axes) if design == "grid" else len(axes[0].values)):
        plan = Plan(study, axes, design, start=start)  # pyright: ignore[reportArgumentType]
        try:
            if isinstance(study, Study):
                base = changed(study.data, plan.changes(start), study.name, study.shown, study.folder)
            else:
                base = load(study, settings, plan.changes(start))
            return dataclasses.replace(plan, study=base)
        except InputError as error:
            reason = reason or error
    assert reason is not None
    raise reason


def _three(count: int) -> list[int]:
    """The first, the last and the middle one of so many."""
    return list(dict.fromkeys((0, count - 1, count // 2)))


def _try_values(plan: Plan) -> None:
    """Refuse values that cannot be: the ends of each axis and some between are read, each beside others that may allow it."""
    starts = [plan.changes(start) for start in (plan.start, *_three(plan.count))]
    for axis in plan.axes:
        values = {repr(value): value for value in axis.values}
        if axis.numeric:
            ordered = sorted(values.values())
            places = np.linspace(0, len(ordered) - 1, min(CHECKED, len(ordered))).round().astype(int)
            tried = [ordered[place] for place in places]
        else:
            tried = list(values.values())[: 4 * CHECKED]
        for value in tried:
            _try(plan, [start | axis.settings(value) for start in starts])


def _try(plan: Plan, tries: list[dict[str, Any]]) -> None:
    """Raise the error of the first of these changes where all of them are refused."""
    reason = None
    for changes in tries:
        try:
            changed(plan.study.data, changes, plan.study.name, plan.study.shown, plan.study.folder)
            return
        except InputError as error:
            reason = reason or error
    assert reason is not None
    raise reason
