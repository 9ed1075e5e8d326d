"""A measured series of a front: times, lengths with their meaning, noise, and the body they were measured on."""

from __future__ import annotations

import dataclasses
from os import PathLike

import numpy as np

from solion.base.errors import InputError
from solion.explore.identify.specimen import MEANINGS, Meaning, Specimen, meaning_of
from solion.readers.recognise import read_table

FEWEST = 6  # rows: fewer leave no freedom beside four numbers
BEYOND = 0.03  # of a reacted fraction: what noise may add to 0 and 1


@dataclasses.dataclass(frozen=True)
class Noise:
    """Standard deviation of a row: sqrt(pixel^2 + (relative |L|)^2), or a column of its own; all zero where it is not known.

    ``pixel`` in the unit of L; an error that is not known is estimated from the residuals.
    """

    pixel: float = 0.0
    relative: float = 0.0

    def __post_init__(self) -> None:
        for name in ("pixel", "relative"):
            value = getattr(self, name)
            if not (np.isfinite(value) and value >= 0):
                raise InputError(f"{name} = {value!r} is outside its allowed range; an error is zero or positive.")


@dataclasses.dataclass(frozen=True)
class FrontSeries:
    """``value`` (m, or 1 for a fraction) at ``time`` (s) on a ``specimen``; ``sigma`` of each row, or None where not known."""

    name: str
    time: np.ndarray
    value: np.ndarray
    meaning: Meaning
    specimen: Specimen
    sigma: np.ndarray | None = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.time)

    @property
    def span(self) -> float:
        """Time from the first row to the last, s."""
        return float(self.time[-1] - self.time[0])

    @property
    def depth(self) -> np.ndarray:
        """Consumed host depth y of every row as it follows from its length without any offset, m."""
        s, name = self.specimen, self.meaning.name
        if name in ("host_depth", "axial_front"):
            return self.value
        if name == "reacted_volume_fraction":
            return s.depth_at(self.value)
        if name in ("core_radius", "core_diameter"):
            return s.radius - self.value / (2 if name == "core_diameter" else 1)
        if not s.curved:
            half = self.value if name == "product_thickness" else self.value / 2 - s.radius
            return half / (s.volume_ratio - (name == "outer_diameter"))
        grid = np.linspace(0, s.radius, 4001)
        seen = self.meaning.of_depth(s, grid)
        order = np.argsort(seen)  # a product denser than its host makes the whole shrink
        return np.interp(self.value, seen[order], grid[order])


def front_series(
    time,
    value,
    *,
    meaning: str,
    shape: str,
    volume_ratio: float,
    radius: float = np.inf,
    noise: Noise = Noise(),
    sigma=None,
    name: str = "the series",
    notes: tuple[str, ...] = (),
) -> FrontSeries:
    """A series from arrays in s and m (a fraction in 1). ``meaning``: one of ``MEANINGS``; ``shape``: planar, wire or sphere.

    ``sigma``: standard deviation of each row, which replaces ``noise``. An ``axial_front`` is taken as planar whatever
    the shape. Raises InputError for times that fall, too few rows, a meaning that is not declared, numbers that are not
    finite; notes what it doubts, such as a diameter given as a radius.
    """
    chosen = meaning_of(meaning)
    shape = "planar" if chosen.axial else shape
    if chosen.axial:
        radius = np.inf
        notes = (
            *notes,
            "A front along the axis is a plane front and another experiment than the radial one: the "
            "wire's radius does not enter.",
        )
    specimen = Specimen(shape, float(radius), float(volume_ratio))
    if chosen.sized and not specimen.finite:
        raise InputError(f"{name}: a {chosen.name} needs the size of the pristine host; give its radius.")
    time, value = np.asarray(time, float), np.asarray(value, float)
    if time.shape != value.shape or time.ndim != 1:
        raise InputError(f"{name}: {value.size} lengths and {time.size} times; one of each is needed in a row.")
    if not (np.isfinite(time).all() and np.isfinite(value).all()):
        row = int(np.argmin(np.isfinite(time) & np.isfinite(value)))
        raise InputError(f"{name}: row {row + 1} holds no finite number; remove it.")
    if time.size < FEWEST:
        raise InputError(f"{name}: {time.size} rows are too few to tell laws apart; at least {FEWEST} are needed.")
    falls = np.flatnonzero(np.diff(time) < 0)
    if falls.size:
        k = int(falls[0])
        raise InputError(
            f"{name}: time falls from {time[k]:g} s to {time[k + 1]:g} s at row {k + 2}; sort the rows, or "
            "split them where a new "
            "series begins."
        )
    if time[-1] == time[0]:
        raise InputError(f"{name}: all rows have the same time.")
    same = int(np.count_nonzero(np.diff(time) == 0))
    if same:
        notes = (*notes, f"{same} rows share the time of the row before; each counts as a measurement of its own.")
    series = FrontSeries(name, time, value, chosen, specimen, _deviations(name, value, noise, sigma), notes)
    return dataclasses.replace(series, notes=(*notes, *_doubts(series)))


def _deviations(name: str, value: np.ndarray, noise: Noise, sigma) -> np.ndarray | None:
    if sigma is None:
        if noise.pixel == 0 and noise.relative == 0:
            return None
        sigma = np.hypot(noise.pixel, noise.relative * value)
    sigma = np.broadcast_to(np.asarray(sigma, float), value.shape)
    if not (np.isfinite(sigma).all() and (sigma > 0).all()):
        row = int(np.argmin(np.isfinite(sigma) & (sigma > 0)))
        raise InputError(
            f"{name}: the error of row {row + 1} is {sigma[row]:g}; each row needs a positive one, give a pixel error beside a "
            "relative one."
        )
    return sigma


def _doubts(series: FrontSeries) -> tuple[str, ...]:
    """Sentences on lengths that do not fit the body: a diameter given as a radius shows in reacted fractions outside 0 to 1."""
    s, meaning, found = series.specimen, series.meaning, []
    if s.finite:
        if meaning.name == "product_thickness" and s.curved:
            beyond = series.value > s.product(np.array(s.radius)) * (1 + BEYOND)
        elif meaning.name == "outer_diameter":
            ends = np.sort(meaning.of_depth(s, np.array([0.0, s.radius])))
            beyond = (series.value > ends[1] * (1 + BEYOND)) | (series.value < ends[0] * (1 - BEYOND))
        elif meaning.name == "reacted_volume_fraction":
            beyond = (series.value > 1 + BEYOND) | (series.value < -BEYOND)
        else:
            f = 1 - np.sign(1 - series.depth / s.radius) * np.abs(1 - series.depth / s.radius) ** s.power
            beyond = (f > 1 + BEYOND) | (f < -BEYOND)
        if beyond.any():
            row = int(np.argmax(beyond))
            found.append(
                f"Row {row + 1} ({meaning.name} {series.value[row]:.4g} {meaning.unit}) needs a reacted "
                "fraction above 1 or below 0 "
                f"for a {s.shape} of radius {s.radius:.4g} m; is a diameter given as a radius, or a percentage as a fraction?"
            )
        elif not meaning.grows and s.fraction(series.depth[0]) > 0.5:
            found.append(
                f"The first row is reacted to {s.fraction(series.depth[0]):.0%} already for a {s.shape} of "
                f"radius {s.radius:.4g} m; is a "
                "diameter given as a radius?"
            )
    trend = np.polyfit(series.time - series.time[0], series.value, 1)[0]
    grows = meaning.grows == (meaning.name != "outer_diameter" or s.volume_ratio > 1)
    if (trend > 0) != grows:
        found.append(f"The {meaning.name} {'falls' if trend < 0 else 'grows'} with time, against its meaning.")
    return tuple(found)


def read_series(
    path: str | PathLike,
    *,
    meaning: str | None = None,
    shape: str,
    volume_ratio: float,
    radius: float = np.inf,
    noise: Noise = Noise(),
    columns: str | None = None,
    sheet: str | None = None,
) -> FrontSeries:
    """A series from a CSV file or a workbook, by :func:`solion.readers.read_table`: headings with units name the columns.

    The heading says the meaning ("core radius [nm]", "reacted volume fraction [%]"); one that does not ("L [nm]") needs
    ``meaning``. A column "sigma [nm]" gives each row its error. Rows with gaps are left out, which is noted.
    """
    table = read_table(path, columns, sheet=sheet)
    known = [column.quantity for column in table.columns if column.quantity in MEANINGS]
    if meaning is not None:
        meaning_of(meaning)
    if meaning in known or (meaning is None and len(known) == 1):
        quantity = meaning or known[0]
    elif meaning is not None and "length" in table:
        quantity = "length"
    elif meaning is None and len(known) > 1:
        raise InputError(f"{table.path}: it holds {', '.join(known)}; choose one, as in --meaning {known[0]}.")
    elif meaning is None and "length" in table:
        heading = table.find("length").heading
        raise InputError(
            f"{table.path}: the heading {heading!r} does not say what the length is; say it, as in "
            "--meaning host_depth; known are "
            f"{', '.join(MEANINGS)}."
        )
    else:
        quantity = meaning or "length"
    chosen = meaning_of(meaning or quantity)
    error = "fraction_uncertainty" if chosen.unit == "1" else "uncertainty"
    wanted = ["time", quantity, *([error] if error in table else [])]
    taken, _, notes = table.taken(wanted, [name for name in wanted if name != quantity])
    if quantity == "length" and table.find("length").si != chosen.unit:
        raise InputError(f"{table.path}: a {chosen.name} has no unit of length; name its column, --columns {chosen.name}=2 %.")
    return front_series(
        taken["time"],
        taken[quantity],
        meaning=chosen.name,
        shape=shape,
        volume_ratio=volume_ratio,
        radius=radius,
        noise=noise,
        sigma=taken.get(error),
        name=str(table.path),
        notes=(*table.notes, *notes),
    )
