"""What limits how long a film keeps its state at rest: capillarity, wetting, heat, or nothing in the model.

The state is looked at as it is: its ion-rich parts, connected, and which contact each of them touches.

* A flat layer at a contact is at rest. Mean field keeps it for ever; heat must open a hole in it, whose barrier is
  :func:`solion.thermodynamics.critical_hole`, at the rate (A/l^2)(D_p0/l^2) exp(-barrier) with l = sqrt(kappa) h, the quick form
  without Langer's prefactor. A contact that dries completely lets it go at once.
* A layer with a hole dewets (:func:`solion.thermodynamics.dewetting_time`).
* An island at a contact dissolves into what is larger (:func:`solion.thermodynamics.island_life`).
* A bridge between the contacts rests in two dimensions; a pillar thinner than 1/pi of the thickness breaks (Plateau, Rayleigh;
  :func:`solion.thermodynamics.pillar_growth`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy.ndimage import label

from solion.base.constants import YEAR
from solion.base.errors import InputError
from solion.devices.film_memristor import FilmMemristor
from solion.devices.start import AbstractInitial
from solion.thermodynamics import (
    MiscibilityGap,
    complete_wetting,
    critical_hole,
    dewetting_time,
    flat_layer_width,
    interface,
    ion_poor_fraction,
    island_life,
    phase_diagram,
    pillar_growth,
)
from solion.thermodynamics.lateral import front
from solion.thermodynamics.shapes import PILLAR

CELLS = 72
CONTACTS = ("top", "bottom")
SEED = 0.01  # wave of a pillar's radius that it is taken to begin with
SEEN = 1e4 * YEAR  # beyond it a time is no number to be told


class RetentionLimit(NamedTuple):
    """One reason why a state may end: its ``mechanism``, the ``time`` it takes (s; inf where it does not happen, nan where no
    closed form tells it), the ``barrier`` that heat must overcome (k_B T; nan where there is none) and a sentence."""

    mechanism: str
    time: float
    barrier: float
    sentence: str


class FilmRetention(NamedTuple):
    """The ``state`` in words and its ``limits``."""

    state: str
    limits: tuple[RetentionLimit, ...]

    @property
    def limiting(self) -> RetentionLimit:
        """What comes first; of those whose time is not told none does."""
        return min(self.limits, key=lambda limit: np.inf if np.isnan(limit.time) else limit.time)

    @property
    def sentence(self) -> str:
        """State and limit in a sentence."""
        unknown = [limit.sentence for limit in self.limits if np.isnan(limit.time)]
        return f"{self.state}: {'; '.join([self.limiting.sentence, *unknown])}"


def retention(device: FilmMemristor, initial: AbstractInitial | None = None, *, cells: int = CELLS) -> FilmRetention:
    """What limits the retention of ``initial`` (the device's own start unless given), left alone at open circuit.

    Raises InputError for another device than a film memristor and for a film of one phase, which has nothing to keep.
    """
    if not isinstance(device, FilmMemristor):
        raise InputError(f"retention: device = {type(device).__name__} is not a FilmMemristor, the film whose phases are kept.")
    phases, filling = phase_diagram(device.here.solid), float(device.film.filling)
    gap = phases.at(filling)
    if gap is None:
        known = ", ".join(f"{low:.3g} to {high:.3g}" for low, high in (stage.binodal for stage in phases.stages))
        words = f"it separates between {known}" if known else f"at {float(device.temperature):g} K it does so at every filling"
        raise InputError(
            f"retention: the film is a single phase at its filling {filling:g}, so that there is no state to keep; {words}."
        )
    initial = device.unless_given().initial if initial is None else initial
    sides = device.extent.sides(cells, device.film.thickness)
    content = np.asarray(device.profile(initial, cells), float).reshape(cells, *sides.cells)
    film = _Film(device, content, gap)
    found = [film.state(part) for part in film.parts()]
    if not found:
        raise InputError("retention: no part of the film is ion-rich at its start, so that there is no state to keep.")
    return FilmRetention("; ".join(words for words, _ in found), tuple(limit for _, limits in found for limit in limits))


class _Part(NamedTuple):
    """A connected ion-rich region: its cells, its share of the film, and the share of each contact that it covers."""

    cells: np.ndarray
    volume: float
    covers: tuple[float, float]


class _Film:
    """A film whose composition is looked at, and what its parts are."""

    def __init__(self, device: FilmMemristor, content: np.ndarray, gap: MiscibilityGap):
        self.device, self.gap, self.rich = device, gap, content > sum(gap.binodal) / 2
        self.material, self.filling = device.here.solid, float(device.film.filling)
        self.thickness, self.second = float(device.film.thickness), float(device.scales().time)
        sides = device.extent.sides(content.shape[0], self.thickness)
        self.lengths = [float(length) for n, length in zip(sides.cells, sides.lengths, strict=True) if n > 1]
        self.dimensions = 1 + len(self.lengths) if self.lengths else 1

    def parts(self) -> list[_Part]:
        """Regions, the largest first; across periodic sides they are one."""
        marks, count = label(self.rich)  # pyright: ignore[reportGeneralTypeIssues]
        if self.device.extent.repeats:
            for axis in (1, 2):
                while np.any(apart := _apart(marks, axis)):
                    one, other = (np.take(marks, side, axis)[apart][0] for side in (0, -1))
                    marks[marks == other] = one
        regions = [marks == k for k in range(1, count + 1) if np.any(marks == k)]
        found = [_Part(cells, float(cells.mean()), (float(cells[0].mean()), float(cells[-1].mean()))) for cells in regions]
        return sorted(found, key=lambda part: -part.volume)

    def state(self, part: _Part) -> tuple[str, list[RetentionLimit]]:
        """What it is, and what ends it."""
        top, bottom = part.covers
        if top and bottom:
            return self._bridge(part)
        if not top and not bottom:
            words = "ion-rich phase that touches no contact"
            return words, [RetentionLimit("none", np.inf, np.nan, "it rests in mean field, and floats where it is")]
        end = 0 if top else 1
        name, cover = CONTACTS[end], part.covers[end]
        if cover == 1:
            return f"flat ion-rich layer on the {name}", list(self._flat(end, name))
        if cover > 0.5 or self._only(part):
            width = self.lengths[0]
            time = self.second * dewetting_time(self.material, self.filling, self.thickness, width)
            sentence = f"it dewets from the hole: about {_duration(time)} until half of the contact is left, capillarity"
            return f"ion-rich layer with a hole on the {name} ({cover:.0%} covered)", [
                RetentionLimit("dewetting", time, np.nan, sentence)
            ]
        return self._island(part, end, name)

    def _only(self, part: _Part) -> bool:
        """Whether it holds nearly all of the ion-rich phase, so that it has nothing to dissolve into."""
        return part.volume > 0.9 * float(self.rich.mean())

    def _mirrored(self, part: _Part) -> int:
        """How many times its mirror images make it larger."""
        if self.device.extent.repeats:
            return 1
        axes = [axis for axis in (1, 2) if part.cells.shape[axis] > 1]
        return 2 ** sum(bool(np.take(part.cells, 0, axis).any() or np.take(part.cells, -1, axis).any()) for axis in axes)

    def _island(self, part: _Part, end: int, name: str) -> tuple[str, list[RetentionLimit]]:
        volume = part.volume * float(np.prod(self.lengths)) * self._mirrored(part)
        radius = np.sqrt(2 * volume / np.pi) if self.dimensions == 2 else np.cbrt(1.5 * volume / np.pi)
        words = f"ion-rich island on the {name}, as much as a half {'disc' if self.dimensions == 2 else 'sphere'} of"
        words = f"{words} {radius * self.thickness * 1e9:.3g} nm"
        angle = self._angle(end)
        try:
            life = island_life(self.material, self.filling, self.thickness, radius, self.dimensions, max(angle, 1.0))
        except InputError as refused:
            return words, [RetentionLimit("ripening", np.nan, np.nan, f"no closed form holds for it ({refused})")]
        time = self.second * life
        times = radius * self.thickness / interface(self.material).width
        small = f"; sooner, as it is only {times:.2g} times as large as its interface is wide" if times < 4 else ""
        sentence = f"it dissolves into the larger part within {_duration(time)}, by capillarity (Ostwald ripening){small}"
        return words, [RetentionLimit("ripening", time, np.nan, sentence)]

    def _bridge(self, part: _Part) -> tuple[str, list[RetentionLimit]]:
        if part.covers == (1.0, 1.0):
            return "ion-rich at both contacts", [RetentionLimit("none", np.inf, np.nan, "mean field: infinite")]
        if self.dimensions == 2:
            sentence = "a lamella has no curvature and rests in mean field: infinite"
            return "ion-rich bridge between the contacts", [RetentionLimit("none", np.inf, np.nan, sentence)]
        area = float(part.cells.mean(axis=(1, 2)).min() * np.prod(self.lengths)) * self._mirrored(part)
        radius = np.sqrt(area / np.pi)
        size = f"{radius * self.thickness * 1e9:.3g} nm, {radius:.3g} of the thickness"
        if radius < PILLAR:
            time = self.second * np.log(1 / SEED) / pillar_growth(self.material, self.thickness, radius)
            sentence = (
                f"its radius of {size} is below {PILLAR:.3f}: it breaks by itself (Plateau-Rayleigh), a wave of {SEED:.0%} of it"
                f" within about {_duration(time)}"
            )
            return "ion-rich pillar between the contacts", [RetentionLimit("Plateau-Rayleigh", time, np.nan, sentence)]
        sentence = f"its radius of {size} is above {PILLAR:.3f}: it rests in mean field"
        return "ion-rich pillar between the contacts", [RetentionLimit("none", np.inf, np.nan, sentence)]

    def _flat(self, end: int, name: str) -> Iterator[RetentionLimit]:
        contact = (self.device.top, self.device.bottom)[end]
        slope = self.device.wetting_slopes().get(name, 0.0)
        cosine = self._cosine(end)
        limit = complete_wetting(self.material, self.thickness)
        if cosine <= -1 + 1e-9:
            detail = f"its wetting of {slope:.3g} k_B T h is beyond {limit:.3g}, at which the contact dries completely"
            yield RetentionLimit("wetting", self.second, np.nan, f"it leaves the {name} within about a diffusion time: {detail}")
            return
        if not contact.wettings.even:
            said = "its wetting differs from place to place: a run tells whether a hole opens in it"
            yield RetentionLimit("wetting", np.nan, np.nan, said)
        barrier, reach = self._barrier()
        time = self._escape(barrier)
        said = f"mean field: infinite; escape barrier {barrier:.3g} k_B T (a hole, reach {reach:.3g} h): {_duration(time)}"
        width = flat_layer_width(self.material, self.filling, self.thickness, (self._angle(0), self._angle(1)), end)
        if self.lengths and self.lengths[0] < width:
            said += f"; narrower than {width:.3g} h it is also the state of least energy"
        else:
            said += f"; wider than {width:.3g} h it is metastable, and any hole that is there grows"
        yield RetentionLimit("heat", time, barrier, said)

    def _barrier(self) -> tuple[float, float]:
        radius = float(np.sqrt(self.device.area / np.pi)) / self.thickness
        depth = 1 - ion_poor_fraction(self.material, self.filling)
        reach = max(self.lengths[0] if self.lengths else radius, 2 * depth)
        return critical_hole(self.material, self.filling, self.thickness, reach).barrier, reach

    def _escape(self, barrier: float) -> float:
        length = float(np.sqrt(self.material.gradient_energy))
        rate = float(self.device.area) / length**2 * float(self.material.ion_diffusivity) / length**2
        return float(np.exp(min(barrier - np.log(rate), 700.0)))

    def _cosine(self, end: int) -> float:
        """cos(theta) by Young: what a contact gains from the ion-rich phase, over the tension."""
        law = self.device.wetting_law((self.device.top, self.device.bottom)[end])
        poor, rich = self.gap.binodal
        gained = float(law.energy(np.asarray(poor)) - law.energy(np.asarray(rich)))
        return float(np.clip(gained / front(self.material, self.thickness).tension, -1, 1))

    def _angle(self, end: int) -> float:
        return float(np.rad2deg(np.arccos(self._cosine(end))))


def _apart(marks: np.ndarray, axis: int) -> np.ndarray:
    """Where two regions meet across periodic sides under different marks."""
    first, last = np.take(marks, 0, axis), np.take(marks, -1, axis)
    return (first > 0) & (last > 0) & (first != last)


def _duration(seconds: float) -> str:
    """A time in words: s, min, h, days or years, powers of ten beyond."""
    for limit, unit, name in ((120.0, 1.0, "s"), (7200.0, 60.0, "min"), (48 * 3600.0, 3600.0, "h"), (2 * YEAR, 86400.0, "days")):
        if seconds < limit:
            return f"{seconds / unit:.3g} {name}"
    return f"{seconds / YEAR:.3g} years" if seconds < SEEN else "not observable"
