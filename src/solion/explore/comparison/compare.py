"""Several runs and measured files: which curves they share, how far apart these are, and which numbers differ."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from solion.base.errors import InputError
from solion.explore.comparison.records import ComparedCurve, ComparedRecord, CurveKind, record_from
from solion.result.result import Result

MOST = 12  # records on one page
CLOSE = 1e-9  # relative, below which two metrics are the same number
SUMMED = ("J", "C")  # units of sums over a run
NONE = "—"  # where a record has no such number


@dataclasses.dataclass(frozen=True)
class Overlay:
    """Curves of one kind, by the place of their record, and how far each is from the first: the root mean square of the
    difference where both are, over the span of the first (nan where nothing can be said)."""

    kind: CurveKind
    curves: dict[int, ComparedCurve]
    deviations: dict[int, float]


@dataclasses.dataclass(frozen=True)
class Difference:
    """A number or a word that is not the same in all records; ``values`` in their order, None where one has none."""

    table: str
    name: str
    values: tuple[Any, ...]
    unit: str
    meaning: str


@dataclasses.dataclass(frozen=True)
class RunComparison:
    """What :func:`compare` found. ``alone``: curves that one record only has; ``equal``: numbers that are the same in all.

    ``unresolved``: metrics that differ by no more than the runs themselves may be off: by their ``accuracy``, a share of the
    number itself, and of the largest energy or charge of the run for sums over it, which may cancel.
    """

    records: tuple[ComparedRecord, ...]
    overlays: tuple[Overlay, ...]
    alone: tuple[str, ...]
    differences: tuple[Difference, ...]
    equal: Mapping[str, int]
    unresolved: tuple[Difference, ...] = ()
    accuracy: float = 0.0

    def figure(self):
        """The curves over one another, as a matplotlib figure."""
        from solion.explore.comparison.page import overlaid

        return overlaid(self)

    def write(self, folder: str | PathLike) -> Path:
        """Write ``report.html``, ``figures/overlay.png`` and ``comparison.json`` into a folder; returns the page's path."""
        from solion.explore.comparison.page import write_comparison

        return write_comparison(self, Path(folder))

    def _repr_html_(self) -> str:
        from solion.explore.comparison.page import short

        return short(self)

    def lines(self) -> list[str]:
        """The comparison in words: how far the curves are from the first record's, then what differs."""
        names = [record.name for record in self.records]
        found = []
        for overlay in self.overlays:
            said = [f"{names[k]} {100 * share:.3g} %" for k, share in overlay.deviations.items() if share == share]
            first = names[next(iter(overlay.curves))]
            if said:  # of a loop nothing is said, which has no one value at a voltage
                found.append(f"{title_of(overlay.kind)}: {', '.join(said)} off {first} (rms over its span)")
        for table in dict.fromkeys(entry.table for entry in self.differences):
            found.append(f"{table} that differ ({', '.join(names)}):")
            found += [
                f"  {entry.name} = {' | '.join(shown(value) for value in entry.values)}"
                + (f" {entry.unit}" if entry.unit not in ("", "1") else "")
                for entry in self.differences
                if entry.table == table
            ]
        if self.unresolved:
            found.append(self.unresolved_words())
        same = [f"{count} {table.lower()}" for table, count in self.equal.items() if count]
        return [*found, f"The same in all: {', '.join(same)}."] if same else found

    def unresolved_words(self) -> str:
        """Which metrics differ by less than the runs' own errors, in a sentence."""
        names = ", ".join(entry.name for entry in self.unresolved)
        return f"Not told apart by what the runs themselves may be off, {self.accuracy:.1g} of each number: {names}."


def compare(sources: Sequence[str | PathLike | Result] | Mapping[str, str | PathLike | Result], **reading: Any) -> RunComparison:
    """Lay runs (results, their files or folders) and measured files over one another; the first is the reference.

    A mapping gives each a name. ``reading`` are the words of :func:`solion.read` for measured files: ``columns``, ``rate`` (V/s),
    ``interval`` (s), ``area`` (m2). Curves of one kind are overlaid: current against voltage of sweeps, terminals and
    conductances over time, spectra. Numbers of runs that are not the same in all are listed.

    Raises InputError for fewer than two records, more than 12, a source that is none, and records without a curve in common.
    """
    named = list(sources.items()) if isinstance(sources, Mapping) else [("", source) for source in sources]
    if not 2 <= len(named) <= MOST:
        raise InputError(f"compare: {len(named)} records were given; give two to {MOST}.")
    records = _distinct([record_from(source, name, **reading) for name, source in named], named)
    kinds = dict.fromkeys(curve.kind for record in records for curve in record.curves)
    overlays, alone = [], []
    for kind in kinds:
        curves = {k: curve for k, record in enumerate(records) for curve in record.curves if curve.kind == kind}
        if len(curves) > 1:
            overlays.append(Overlay(kind, curves, _deviations(curves)))
        else:
            alone.append(f"{title_of(kind)} ({records[next(iter(curves))].name})")
    if not overlays:
        had = "; ".join(f"{r.name} has {', '.join(title_of(c.kind) for c in r.curves) or 'no curve'}" for r in records)
        raise InputError(f"compare: no two of these have a curve of one kind: {had}.")
    runs = [record for record in records if not record.measured]
    found, equal = _differences(runs, records)
    accuracy = max((record.accuracy for record in runs), default=0.0)
    sums = {unit: _largest(runs, unit) for unit in SUMMED}
    near = [_unresolved(entry, accuracy, sums) for entry in found]
    differences, unresolved = (
        tuple(entry for entry, own in zip(found, near, strict=True) if own is kept) for kept in (False, True)
    )
    return RunComparison(tuple(records), tuple(overlays), tuple(alone), differences, equal, unresolved, accuracy)


def _largest(runs: list[ComparedRecord], unit: str) -> float:
    """The largest metric of a unit."""
    metrics = ((value, record.units.get(name)) for record in runs for name, value in record.tables["Metrics"].items())
    return max((abs(value) for value, own in metrics if own == unit and _finite(value)), default=0.0)


def _finite(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _unresolved(entry: Difference, accuracy: float, sums: Mapping[str, float]) -> bool:
    """Whether it is a metric whose numbers lie within the runs' error of one another."""
    values = [value for value in entry.values if value is not None]
    if entry.table != "Metrics" or not all(map(_finite, values)):
        return False
    size = sums.get(entry.unit) or max(map(abs, values))
    return max(values) - min(values) <= accuracy * size


def _distinct(records: list[ComparedRecord], named: list[tuple[str, Any]]) -> list[ComparedRecord]:
    """The records under names that differ: the whole path where two have one, else a number behind it."""
    found: list[ComparedRecord] = []
    for k, record in enumerate(records):
        others = [other.name for j, other in enumerate(records) if j != k]
        source = named[k][1]
        if record.name in others and not isinstance(source, Result):
            record = dataclasses.replace(record, name=str(source))
        if record.name in [other.name for other in found] or (record.name in others and isinstance(source, Result)):
            record = dataclasses.replace(record, name=f"{record.name} ({k + 1})")
        found.append(record)
    return found


def title_of(kind: CurveKind) -> str:
    """What a curve is, in words."""
    return f"{kind.y.replace('_', ' ')} against {kind.x.replace('_', ' ')}"


def _deviations(curves: dict[int, ComparedCurve]) -> dict[int, float]:
    first, *others = curves
    return {k: _deviation(curves[first], curves[k]) for k in others}


def _deviation(reference: ComparedCurve, other: ComparedCurve) -> float:
    """Root mean square of the difference over the span of the reference, at the points of the reference that both cover.

    Of curves along an axis that does not rise, such as loops, none: nan.
    """
    x, y = (np.asarray(values, float) for values in (reference.x, reference.y))
    theirs, values = (np.asarray(entry, float) for entry in (other.x, other.y))
    known, fine = np.isfinite(x) & np.isfinite(y), np.isfinite(theirs) & np.isfinite(values)
    x, y, theirs, values = x[known], y[known], theirs[fine], values[fine]
    if min(x.size, theirs.size) < 2 or (np.diff(x) < 0).any() or (np.diff(theirs) < 0).any():
        return math.nan
    inside = (x >= theirs[0]) & (x <= theirs[-1])
    span = np.ptp(y)
    if not inside.any() or not span > 0:
        return math.nan
    difference = y[inside] - np.interp(x[inside], theirs, values)
    return float(np.sqrt(np.mean(difference**2)) / span)


def _differences(runs: list[ComparedRecord], records: list[ComparedRecord]) -> tuple[list[Difference], dict[str, int]]:
    """Numbers and words of the runs that are not the same in all of them, and how many are."""
    found, equal = [], dict[str, int]()
    for table in dict.fromkeys(name for record in runs for name in record.tables):
        for name in dict.fromkeys(key for record in runs for key in record.tables[table]):
            values = [record.tables[table].get(name) for record in runs]
            if all(_equal(values[0], value) for value in values):
                equal[table] = equal.get(table, 0) + 1
                continue
            unit = next((record.units[name] for record in runs if name in record.units), "")
            meaning = next((record.meanings[name] for record in runs if name in record.meanings), "")
            listed = tuple(record.tables[table].get(name) if record.tables else None for record in records)
            found.append(Difference(table, name, listed, unit, meaning))
    return found, equal


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=CLOSE) or (one != one and other != other)
    return one == other


def shown(value: Any) -> str:
    """A number or a word of a table."""
    if value is None:
        return NONE
    if isinstance(value, float):
        return "never" if value != value else f"{value:.6g}"
    return str(value)
