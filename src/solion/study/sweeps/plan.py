"""What a sweep runs: a study, its axes and the points they span, checked before anything is run or written."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from solion import __version__
from solion.errors import InputError, nearest
from solion.parameters import table
from solion.study.section import is_code
from solion.study.study import Study, load, path_of
from solion.study.sweeps.axes import MOST_VALUES, Axis, read_axis
from solion.study.sweeps.points import read_points
from solion.study.sweeps.sampling import KINDS, sample
from solion.study.sweeps.task import Task, changed

CHECKED = 8  # values of an axis that are tried before the sweep begins
RUN = "run"  # the dimension of points that lie on no grid


@dataclasses.dataclass(frozen=True)
class Plan:
    """A checked sweep. ``study`` is that of its first point; ``design`` one of grid, list, latin_hypercube, sobol.

    ``metrics`` are the names of those to keep, all of them where it is empty; ``curves`` keeps the terminals of each run.
    """

    study: Study
    axes: tuple[Axis, ...]
    design: str
    metrics: tuple[str, ...] = ()
    curves: bool = False
    seed: int | None = None

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

    def task(self, index: int) -> Task:
        """One run as plain data."""
        point = self.point(index)
        changes = {key: value for axis in self.axes for key, value in axis.settings(point[axis.name]).items()}
        return Task(index, self.study.name, self.study.shown, self.study.data, changes, self.curves)

    def tasks(self, indices: Iterable[int]) -> Iterator[Task]:
        """The runs of these numbers, made as they are asked for."""
        return (self.task(index) for index in indices)

    def meaning(self, axis: Axis) -> str:
        """What the first key of an axis is, in the words of the device's parameters where it is one of them."""
        rows = {row.path: row.doc for row in table(self.study.device)}
        return rows.get(path_of(axis.name, rows) or "", axis.name)

    def described(self) -> dict[str, Any]:
        """The plan as plain data, from which the same results follow."""
        axes = [
            {"keys": [f"{'-' * key.negated}{key.path}" for key in axis.keys], "unit": axis.unit, "values": list(axis.values),
             "log": axis.logarithmic, "meaning": self.meaning(axis)}
            for axis in self.axes
        ]  # fmt: skip
        return {
            "study": self.study.shown, "design": self.design, "seed": self.seed, "axes": axes,
            "metrics": list(self.metrics), "curves": self.curves, "runs": self.count,
        }  # fmt: skip

    def fingerprint(self) -> str:
        """A digest of all that the results depend on: study, axes, what is kept, files of the user's, version."""
        described = {key: value for key, value in self.described().items() if key not in ("study", "runs")}
        digest = hashlib.sha256(json.dumps([self.study.data, described, __version__], sort_keys=True).encode())
        for path in sorted(set(_files(self.study.data))):
            digest.update(Path(path).read_bytes() if Path(path).is_file() else b"")
        return digest.hexdigest()


def _files(data: Any) -> Iterator[str]:
    """Files that a study with absolute paths points to: Python code and traces of a drive."""
    if isinstance(data, Mapping):
        if isinstance(data.get("source"), str):
            yield data["source"]
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
    folder: Path | None = None,
) -> Plan:
    """Read and check a sweep; the arguments are those of :func:`solion.study.sweep`.

    Raises :class:`InputError` where a key, a value, a range or a column cannot be.
    """
    axes, design, seed = _axes(over, points, sampling, runs, seed, folder or Path.cwd())
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
    first = {key: value for axis in axes for key, value in axis.settings(axis.values[0]).items()}
    plan = Plan(_first(study, settings, first), axes, design, tuple(metrics), curves, seed)
    _try_values(plan, first)
    return plan


def _axes(over: Any, points: Any, sampling: str | None, runs: int | None, seed: int | None, folder: Path):
    """The axes with their values, the design, and the seed where one was used."""
    if sampling is not None and sampling not in KINDS:
        raise InputError(f"the kind of sample {sampling!r} is unknown{nearest(sampling, KINDS)}; known: {', '.join(KINDS)}.")
    if points is not None:
        if sampling is not None or runs is not None:
            raise InputError("points are given one by one, so there is nothing to sample; leave out either.")
        if isinstance(over, Mapping) and over:
            raise InputError("points name the values of every key; beside them give keys alone, or none to take all columns.")
        return read_points(points, list(over), folder), "list", None
    if not over:
        raise InputError("nothing is swept: name a key and its values, such as device.filling = 0.1 ... 0.9 in 9.")
    if not isinstance(over, Mapping):
        raise InputError(f"{list(over)[0]}: it has no values; write {list(over)[0]} = 0.1 ... 0.9 in 9, or give points.")
    axes = tuple(read_axis(str(key), values) for key, values in over.items())
    if sampling is None:
        if runs is not None or seed is not None:
            raise InputError("runs and seed belong to a sample; name its kind too, latin_hypercube or sobol.")
        return tuple(axis.grid() for axis in axes), "grid", None
    if isinstance(runs, bool) or not isinstance(runs, int) or not 1 <= runs <= MOST_VALUES:
        raise InputError(f"runs = {runs!r} of the sample is no whole number in [1, {MOST_VALUES}].")
    seed = 0 if seed is None else seed
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise InputError(f"seed = {seed!r} of the sample is no whole number from 0.")
    return sample(axes, sampling, runs, seed), sampling, seed


def _first(study: str | Path | Study, settings: Iterable[str], values: Mapping[str, Any]) -> Study:
    if not isinstance(study, Study):
        return load(study, settings, values)
    if list(settings):
        raise InputError("settings go with the name of a study; this one is loaded already, so load it with them.")
    return changed(study.data, values, study.name, study.shown)


def _try_values(plan: Plan, first: dict[str, Any]) -> None:
    """Refuse values that cannot be: the ends of each axis and some between are read with the other axes at their first."""
    for axis in plan.axes:
        values = list(dict.fromkeys(axis.values)) if axis.numeric else list(axis.values)
        if axis.numeric:
            values = sorted(values)
            places = np.unique(np.linspace(0, len(values) - 1, min(CHECKED, len(values))).round().astype(int))
            values = [values[place] for place in places]
        shown: set[str] = set()
        for value in itertools.islice((v for v in values if not (repr(v) in shown or shown.add(repr(v)))), 4 * CHECKED):
            changed(plan.study.data, first | axis.settings(value), plan.study.name, plan.study.shown)
