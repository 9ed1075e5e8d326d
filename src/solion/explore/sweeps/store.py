"""The results of a sweep: one labelled Zarr store, written as runs finish, that a kill leaves in order.

Only the process that leads a sweep writes. A finished run goes first into a journal, one line in one write, and now and then
from there into the arrays: data first, ``status`` last, which is the mark of a run that is done (empty: not run). Each
chunk is replaced whole, so that whoever reads it sees the old one or the new one.
"""

from __future__ import annotations

import contextlib
import json
import math
import time
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
import zarr
from zarr.storage import MemoryStore

from solion import __version__
from solion.base.errors import InputError
from solion.devices.polycrystal import Polycrystal
from solion.explore.sweeps.axes import label
from solion.explore.sweeps.plan import RUN, Plan
from solion.explore.sweeps.task import CURVES, SCALES, MetricValue, PointOutcome
from solion.study.folder import RESULTS

JOURNAL = "journal.jsonl"
SAMPLE = "sample"
FIRST = ("status", "message", "audit")
LAST = (*(f"{name}_scale" for name in SCALES), "wall_time")  # what is no metric
NOTHING: Mapping[str, Any] = {}
CHUNK = 4096  # runs that are written together, or one row of the first dimension where that is more
SHARE = 0.05  # of the time that may go into writing arrays
SHORTEST = 0.5  # s between two writes


class StoredPlan(NamedTuple):
    """What a store tells of its plan: dimensions and their lengths, the metrics to keep (all where empty), names of the axes."""

    dims: tuple[str, ...]
    shape: tuple[int, ...]
    metrics: tuple[str, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, group: zarr.Group) -> StoredPlan:
        """From the attributes of a store."""
        told = json.loads(str(group.attrs["plan"]))
        names = tuple(axis["keys"][0] for axis in told["axes"])
        lengths = tuple(len(axis["values"]) for axis in told["axes"])
        grid = told["design"] == "grid"
        return cls(names if grid else (RUN,), lengths if grid else lengths[:1], tuple(told["metrics"]), names)


class Store:
    """Arrays of results on disk, or in memory where ``folder`` is None, and a copy of the numbers at hand."""

    def __init__(self, group: zarr.Group, plan: Plan | StoredPlan, folder: Path | None):
        self.group, self.plan, self.folder = group, plan, folder
        self.values: dict[str, np.ndarray] = {}
        rest = math.prod(plan.shape[1:])
        self._rows = min(max(1, CHUNK // rest), plan.shape[0])
        self._touched: set[int] = set()
        self._due = 0.0

    def record(self, outcome: PointOutcome) -> bool:
        """Keep the outcome of a run; one that is done already stays as it is, and the answer is False."""
        if self.values["status"].flat[outcome.index] != "":
            return False
        self._write_curves(outcome)  # before the journal's line, which says that the run is done
        if self.folder is not None:
            line = json.dumps([*outcome[:4], [list(number) for number in outcome.metrics], *outcome[5:7]])
            with (self.folder / JOURNAL).open("a", encoding="utf-8") as file:
                file.write(f"{line}\n")
        self._take(outcome)
        if time.monotonic() >= self._due:
            self.flush()
        return True

    def _take(self, outcome: PointOutcome) -> None:
        """Put the numbers of a run into the arrays at hand."""
        wanted = self.plan.metrics
        for number in outcome.metrics:
            if not wanted or number.name in wanted:
                more = {"words": json.dumps(number.words)} if number.words else {}
                more |= {"headline": number.headline} if number.headline else {}
                self._put(number.name, outcome.index, number.value, number.unit, number.meaning, more)
        for name, value in outcome.scales.items():
            meaning = {"time": "diffusion time tau_D", "voltage": "thermal voltage V_T", "current": "i_D times area"}
            self._put(f"{name}_scale", outcome.index, value, SCALES[name], meaning[name])
        meaning = "ok, or the checks of conservation, energy and signs that exceed their limits"
        self._put("audit", outcome.index, outcome.audit, "", meaning)
        self._put("wall_time", outcome.index, outcome.wall, "s", "time of the clock that the run took")
        self._put("message", outcome.index, outcome.message, "", "what happened, when, where, and what to try")
        self._put("status", outcome.index, outcome.status, "", "how the run ended; empty where it was not run yet")
        self._touched.add(int(np.unravel_index(outcome.index, self.plan.shape)[0]) // self._rows)

    def _put(self, name: str, index: int, value: float | str, unit: str, meaning: str, more: Mapping = NOTHING) -> None:
        if name not in self.values:
            word = isinstance(value, str)
            attributes = {"long_name": meaning} if word else {"long_name": meaning, "units": unit}
            attributes |= more
            dtype, fill = (str, "") if word else (float, math.nan)
            self._create(name, dtype, fill, self.plan.dims, self.plan.shape, (self._rows, *self.plan.shape[1:]), attributes)
            self.values[name] = np.full(self.plan.shape, fill, object if word else float)
        self.values[name].flat[index] = value

    def _create(self, name: str, dtype: Any, fill: Any, dims, shape, chunks, attributes: Mapping[str, Any]) -> zarr.Array:
        return self.group.create_array(
            name, shape=shape, chunks=chunks, dtype=dtype, fill_value=fill, dimension_names=dims, attributes=dict(attributes)
        )

    def _write_curves(self, outcome: PointOutcome) -> None:
        """Terminals of a run along a dimension of samples, which grows where a run has more of them."""
        for name, row in outcome.curves.items():
            full, count = f"curve_{name}", len(row)
            if full not in self.group:
                dims, shape = (*self.plan.dims, SAMPLE), (*self.plan.shape, count)
                attributes = {"long_name": f"{name} of the terminal, sample by sample", "units": CURVES[name]}
                chunks = (*[1] * len(self.plan.shape), max(count, 1))
                self._create(full, float, math.nan, dims, shape, chunks, attributes)
            array: Any = self.group[full]
            if array.shape[-1] < count:
                array.resize((*self.plan.shape, count))
            array[(*np.unravel_index(outcome.index, self.plan.shape), slice(count))] = np.asarray(row)

    def flush(self) -> None:
        """Write what came since the last time: data, then the marks; then the journal has done its duty."""
        began = time.monotonic()
        names = [*(name for name in self.values if name != "status"), "status"]
        for name in names if self._touched else ():
            array: Any = self.group[name]
            for chunk in self._touched:
                rows = slice(chunk * self._rows, (chunk + 1) * self._rows)
                array[rows] = self.values[name][rows]
        self._touched.clear()
        if self.folder is not None:
            (self.folder / JOURNAL).write_text("", encoding="utf-8")
        now = time.monotonic()
        self._due = now + max(SHORTEST, (now - began) / SHARE)

    def missing(self) -> list[int]:
        """Runs that are not done."""
        return np.flatnonzero(self.values["status"].ravel() == "").tolist()

    def counts(self) -> dict[str, int]:
        """How many runs have each status."""
        names, numbers = np.unique(self.values["status"].astype(str), return_counts=True)
        return {str(name): int(number) for name, number in zip(names, numbers, strict=True) if name}

    def close(self) -> None:
        """Write what is left, and an index with which others open the store at once."""
        self.flush()
        if self.folder is not None:
            (self.folder / JOURNAL).unlink(missing_ok=True)
        with warnings.catch_warnings():  # the index is an extension of Zarr's third format, which xarray writes as well
            warnings.simplefilter("ignore")
            zarr.consolidate_metadata(self.group.store)

    def dataset(self) -> xr.Dataset:
        """All results as one labelled dataset."""
        return _read(self.group.store)


def create(plan: Plan, outcomes: Iterable[PointOutcome], folder: Path | None) -> Store:
    """A new store in an existing folder, or in memory, with the first runs in it."""
    target: Any = MemoryStore() if folder is None else str(folder / RESULTS)
    group = zarr.create_group(target, zarr_format=3, attributes=_attributes(plan))
    store = Store(group, plan, folder)
    for name, values, attributes in _coordinates(plan):
        dims = (name,) if plan.grid else (RUN,)
        words = isinstance(values[0], str)
        dtype, fill = (str, "") if words else (np.asarray(values).dtype, 0 if name == RUN else math.nan)
        array = store._create(name, dtype, fill, dims, (len(values),), (len(values),), attributes)
        array[:] = np.asarray(values, object if words else None)
    store.values["status"] = np.full(plan.shape, "", object)
    chunks = (store._rows, *plan.shape[1:])
    meaning = {"long_name": "how the run ended; empty where it was not run yet"}
    store._create("status", str, "", plan.dims, plan.shape, chunks, meaning)
    for outcome in outcomes:
        store.record(outcome)
    store.flush()
    return store


def reopen(plan: Plan | None, folder: Path) -> Store:
    """The store of an earlier, unfinished sweep, whatever its plan where None is given.

    Raises :class:`InputError` where it belongs to another one.
    """
    group = _group(folder)
    if plan is not None and group.attrs.get("fingerprint") != plan.fingerprint():
        raise InputError(
            f"{folder}: it holds another sweep (study, axes, what is kept or the version of solion differ); restore them, "
            "or start anew with --force or another --out."
        )
    stored = StoredPlan.of(group)
    store = Store(group, stored, folder)
    for name, array in group.arrays():
        if name not in stored.dims and array.shape == stored.shape and not name.startswith("curve_"):
            values = np.asarray(array[:])
            store.values[name] = values if values.dtype.kind == "f" else values.astype(object)
    for name in stored.names:
        store.values.pop(name, None)
    for outcome in _journalled(folder / JOURNAL):
        if store.values["status"].flat[outcome.index] == "":
            store._take(outcome)
    store.flush()
    return store


def _journalled(path: Path) -> Iterable[PointOutcome]:
    """The runs of a journal; a last line that a kill cut short is none."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    for line in lines:
        with contextlib.suppress(json.JSONDecodeError):
            index, status, message, wall, metrics, scales, audit = json.loads(line)
            yield PointOutcome(index, status, message, wall, tuple(MetricValue(*entry) for entry in metrics), scales, audit)


def _group(folder: Path) -> zarr.Group:
    try:
        return zarr.open_group(str(folder / RESULTS), mode="r+", use_consolidated=False)
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{folder}: it holds no sweep that can be read ({error}).") from None


def load_sweep(folder: str | Path) -> xr.Dataset:
    """The results of a sweep from its folder, finished or not, as one labelled dataset."""
    if not (Path(folder) / RESULTS).is_dir():
        raise InputError(f"{folder}: it holds no {RESULTS}; give the folder of a sweep.")
    try:
        return _read(str(Path(folder) / RESULTS))
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{folder}: it holds no sweep that can be read ({error}).") from None


def _read(target: Any) -> xr.Dataset:
    dataset = xr.open_zarr(target, consolidated=False, chunks=None).load()
    words = {name: entry.astype(object) for name, entry in dataset.variables.items() if entry.dtype.kind == "T"}
    dataset = dataset.assign(words)  # as text that every library reads
    kept = [name for name in dataset.data_vars if name not in (*FIRST, *LAST)]
    return dataset[[name for name in (*FIRST, *sorted(map(str, kept)), *LAST) if name in dataset]]


def _attributes(plan: Plan) -> dict[str, Any]:
    attributes = {
        "title": plan.study.title,
        "plan": json.dumps(plan.described()),
        "fingerprint": plan.fingerprint(),
        "study": plan.study.to_toml(),
        "sign_convention": plan.study.sign_convention,
        "versions": json.dumps({"solion": __version__, "numpy": np.__version__, "zarr": zarr.__version__}),
    }
    if isinstance(plan.study.device, Polycrystal):  # lengths of a face, of which hot spots are the largest
        attributes["face"] = json.dumps([float(length) for length in plan.study.experiment.grains.box[:-1]])
    return attributes if plan.grid else attributes | {"coordinates": " ".join(axis.name for axis in plan.axes)}


def _coordinates(plan: Plan) -> Iterable[tuple[str, list[Any], dict[str, Any]]]:
    """Name, values and attributes of each coordinate."""
    if not plan.grid:
        yield RUN, list(range(plan.count)), {"long_name": "number of the run"}
    for axis in plan.axes:
        attributes: dict[str, Any] = {"long_name": plan.meaning(axis)}
        attributes |= {"units": axis.unit} if axis.numeric else {}
        others = [f"{'-' * key.negated}{key.path}" for key in axis.keys[1:]]
        attributes |= {"also_sets": ", ".join(others)} if others else {}
        yield axis.name, [value if axis.numeric else label(value) for value in axis.values], attributes
