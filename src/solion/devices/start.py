"""How a region of a device starts: uniform, separated into its two phases, with a profile of the user's, or each its own way."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from solion.base.errors import InputError, nearest
from solion.base.parameters import Part
from solion.base.quantity import variables

METRES = 1e-3  # a last position below it is one in metres
SAME_MEAN = 0.01  # deviation of a profile's mean from the filling that is not worth a word


class Phases(NamedTuple):
    """Contents of two phases at rest side by side, and the width of the interface between them over the region's length."""

    poor: float
    rich: float
    width: float


class Region(NamedTuple):
    """A part of a device that holds ions: what a start state may know of it.

    ``mean`` and ``capacity`` are contents of a cell (for a film c/c_0); ``ends`` names its first and last end; ``phases`` is
    None where one phase holds the mean, and is asked for only where a start state needs it.
    """

    name: str
    cells: int
    mean: float
    capacity: float
    ends: tuple[str, str] = ("first", "last")
    phases: Callable[[], Phases | None] = lambda: None
    across: tuple[int, int] = (1, 1)  # cells along width and depth
    reach: tuple[float, float] = (1.0, 1.0)  # width and depth over the length
    repeats: bool = False  # across, rather than being mirrored


class AbstractInitial(Part):
    """A start state; the mean over a region is the region's own exactly."""

    @abstractmethod
    def profile(self, region: Region, regions: tuple[str, ...]) -> np.ndarray:
        """Content of each cell of a region, from its first to its last end; ``regions`` names all of the device's.

        In a region that reaches across, an array of (cells, *across), or of (cells,), the same everywhere across.
        """

    def notes(self, region: Region) -> list[str]:
        """Sentences on what it made of what it was given, for the warnings of a run."""
        return []


class Uniform(AbstractInitial):
    """The same content everywhere."""

    def profile(self, region, regions):
        return np.full(region.cells, float(region.mean))


class PhaseSeparated(AbstractInitial):
    """Both phases side by side, the ion-rich one at the end ``rich_at`` (of a film: "top" in state I, "bottom" in III).

    A hyperbolic tangent of the equilibrium interface's width between the two contents at rest, placed so that the mean is
    exact. A mean outside the miscibility gap starts uniform, as it would be at rest.
    """

    rich_at: str = "first"

    def profile(self, region, regions):
        _one_of_many("PhaseSeparated", region, regions)
        if self.rich_at not in (*region.ends, "first", "last"):
            raise InputError(
                f"initial: rich_at = {self.rich_at!r} is unknown; of the {region.name} it is {region.ends[0]!r} or "
                f"{region.ends[1]!r}."
            )
        cells, mean, phases = region.cells, float(region.mean), region.phases()
        if phases is None or not phases.poor < mean < phases.rich:
            return np.full(cells, mean)
        half_width = max(0.5 * phases.width, 0.5 / cells)
        x = (np.arange(cells) + 0.5) / cells
        if self.rich_at in (region.ends[1], "last"):
            x = 1 - x

        def shape(position):
            return phases.poor + (phases.rich - phases.poor) * 0.5 * (1 - np.tanh((x - position) / half_width))

        low, high = -1.0 - 20 * half_width, 2.0 + 20 * half_width
        for _ in range(60):  # to the last digit
            middle = 0.5 * (low + high)
            low, high = (middle, high) if shape(middle).mean() < mean else (low, middle)
        profile = shape(0.5 * (low + high))
        return profile + (mean - profile.mean())


class Profile(AbstractInitial):
    """A profile of the user's: contents at positions x/h, joined by straight lines, scaled to the region's mean.

    ``position``: shares of the region's length, from 0 at its first end to 1 at its last. :meth:`of` takes the profile of an
    earlier result.
    """

    position: tuple[float, ...]
    composition: tuple[float, ...]

    @classmethod
    def of(cls, result: Any, field: str = "", sample: int = -1) -> Profile:
        """The profile that an earlier result has at one of its samples, the last unless given; of as many cells it is the same.

        ``field``: which content, where the device has several. Raises :class:`InputError` where there is none of that name.
        """
        data = result.dataset
        known = [
            name for name in variables(data, role="field", kind="") if len(data[name].dims) == 2 and "time" in data[name].dims
        ]
        if field not in known and (field or len(known) != 1):
            raise InputError(f"Profile.of: field = {field!r}{nearest(field, known)}; of this result it is {' or '.join(known)}.")
        values = np.asarray(data[field or known[0]].isel(time=sample), float)
        return cls(tuple((np.arange(values.size) + 0.5) / values.size), tuple(values))

    def __check_init__(self):
        x, c = np.asarray(self.position, float), np.asarray(self.composition, float)
        if x.shape != c.shape or x.size < 2 or not np.all(np.diff(x) > 0) or x[0] < 0 or x[-1] > 1:
            raise InputError("Profile: position and composition need equally many values, positions rising within [0, 1].")
        if x[-1] < METRES:
            raise InputError(
                f"Profile: position ends at {x[-1]:g}; positions are shares of the length, from 0 to 1, not metres. Divide by the"
                " thickness, or take the profile of a result, Profile.of(result)."
            )
        if not np.all(np.isfinite(c)) or np.any(c <= 0):
            raise InputError("Profile: every composition must be a finite number above 0.")

    def profile(self, region, regions):
        _one_of_many("Profile", region, regions)
        shape = self._shape(region)
        scaled = shape * (float(region.mean) / shape.mean())
        if scaled.max() >= region.capacity:
            raise InputError(
                f"Profile: scaled to the mean of the {region.name} it reaches {scaled.max():g}, outside its allowed range "
                f"(0, {region.capacity:g})."
            )
        return scaled

    def notes(self, region):
        mean, own = self._shape(region).mean(), float(region.mean)
        if abs(mean / own - 1) < SAME_MEAN:
            return []
        return [
            f"the start profile of the {region.name} has a mean of {mean:.4g}, and was scaled by {own / mean:.4g} to its filling,"
            f" {own:.4g}."
        ]

    def _shape(self, region: Region) -> np.ndarray:
        x = (np.arange(region.cells) + 0.5) / region.cells
        return np.interp(x, np.asarray(self.position, float), np.asarray(self.composition, float))


class ByRegion(AbstractInitial):
    """A start state for each region that is named, ``ByRegion({"channel": Profile(...)})``; the others start uniform."""

    states: dict[str, AbstractInitial]

    def __check_init__(self):
        for name, state in self.states.items():
            if not isinstance(state, AbstractInitial):
                raise InputError(f"ByRegion: the start state of {name!r} is {state!r}, not a start state.")

    def profile(self, region, regions):
        for name in self.states:
            if name not in regions:
                raise InputError(
                    f"ByRegion: region {name!r} is unknown{nearest(name, regions)}; this device has {', '.join(regions)}."
                )
        return self.states.get(region.name, Uniform()).profile(region, (region.name,))

    def notes(self, region):
        return self.states.get(region.name, Uniform()).notes(region)


def _one_of_many(state: str, region: Region, regions: tuple[str, ...]) -> None:
    """Refuse a state that has a shape where it is not said which region is to have it."""
    if len(regions) > 1:
        raise InputError(
            f"initial: {state} is the start of one region, and this device has {', '.join(regions)}; say which, as in "
            f"ByRegion({{{region.name!r}: {state}(...)}}), or take Uniform()."
        )
