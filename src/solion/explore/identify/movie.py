"""Core and outer contour in every frame of an in-situ movie: radii, shape modes, speeds along directions, width of the edges."""

from __future__ import annotations

import dataclasses
from os import PathLike
from pathlib import Path

import numpy as np
from scipy import ndimage

from solion.base.errors import InputError
from solion.explore.identify.front_series import FrontSeries, Noise, front_series
from solion.readers.images.read import read_picture

DIRECTIONS = 180
MODES = 8
SMOOTH = 1.0  # pixels: grey frames are smoothed by so much before levels are drawn through them
GAUSSIAN = 2.5631  # widths from 10 to 90 % of an edge of standard deviation one
LEAST = 12  # pixels across a core, below which it is not outlined


@dataclasses.dataclass(frozen=True)
class FrontMovie:
    """Contours by frame. ``core``, ``outer``: radii (m) along ``angles`` from the middle of the whole, nan where there is none.

    ``middle``: drift of the middle of the whole (m). ``edge``: standard deviation (m) of where the core's edge is, from the width
    of its grey profile or a pixel's rounding. ``notes``: frames that were left out and what a projection cannot tell.
    """

    name: str
    time: np.ndarray
    angles: np.ndarray
    core: np.ndarray
    outer: np.ndarray
    middle: np.ndarray
    edge: np.ndarray
    notes: tuple[str, ...]

    def radius(self, of: str = "core") -> np.ndarray:
        """Radius of the circle of the same area, m, by frame; 0 where the core is gone."""
        radii = self.core if of == "core" else self.outer
        return np.sqrt(np.mean(np.nan_to_num(radii) ** 2, axis=1))

    def modes(self, of: str = "core") -> np.ndarray:
        """(frames, MODES + 1) amplitudes of cos and sin of each order of the radius over its mean; order 0 is 1, 4 a square."""
        radii = np.nan_to_num(self.core if of == "core" else self.outer)
        parts = np.abs(np.fft.rfft(radii, axis=1)[:, : MODES + 1])
        parts[:, 1:] *= 2
        return parts / np.maximum(parts[:, :1], 1e-300)

    def speeds(self) -> np.ndarray:
        """Inward speed of the core's edge along each angle, m/s: slope of a straight line through the frames that have a core.

        An angle of a facet's normal gives the facet's speed, others that of where the ray cuts the front.
        """
        here = ~np.isnan(self.core).any(1)
        if here.sum() < 3:
            raise InputError(f"{self.name}: {int(here.sum())} frames show a core; speeds need three.")
        return -np.polyfit(self.time[here], self.core[here], 1)[0]

    def series(self, *, shape: str, volume_ratio: float, radius: float, meaning: str = "core_radius") -> FrontSeries:
        """The radius of the core (or ``outer_diameter``) in time, with the edge's error, to be identified."""
        here = ~np.isnan(self.core).any(1) if meaning == "core_radius" else np.ones(len(self.time), bool)
        values = {"core_radius": self.radius(), "core_diameter": 2 * self.radius(), "outer_diameter": 2 * self.radius("outer")}
        if meaning not in values:
            raise InputError(f"meaning = {meaning!r} does not follow from contours; choose one of {', '.join(values)}.")
        twice = 1 if meaning == "core_radius" else 2
        return front_series(
            self.time[here],
            values[meaning][here],
            meaning=meaning,
            shape=shape,
            volume_ratio=volume_ratio,
            radius=radius,
            noise=Noise(),
            sigma=twice * self.edge[here],
            name=self.name,
            notes=self.notes,
        )


def read_movie(
    path: str | PathLike,
    *,
    scale: float,
    frame_time: float,
    first: float = 0.0,
    thresholds: tuple[float, float] | None = None,
    core_is_bright: bool = True,
) -> FrontMovie:
    """Contours of a stack of frames (a TIFF of pages, a folder of pictures, an array): ``scale`` in m a pixel,
    ``frame_time`` in s.

    Masks hold whole numbers: 0 around, 1 the shell, 2 the core. Grey frames are told apart by two ``thresholds`` (from below),
    or by Otsu's method in three classes: the background is the class at the rim, the core the brighter of the others unless
    ``core_is_bright`` is false. The picture is a projection: of a wire seen from the side a diameter, along its axis a section.
    Raises InputError for what is no stack, or where no frame shows a body.
    """
    for name, value in (("scale", scale), ("frame_time", frame_time)):
        if not (np.isfinite(value) and value > 0):
            raise InputError(f"{name} = {value!r} is outside its allowed range; it is a positive number of m (s).")
    return contours(read_picture(path).values, scale, frame_time, first, thresholds, core_is_bright, str(Path(path)))


def contours(
    frames: np.ndarray,
    scale: float,
    frame_time: float,
    first: float = 0.0,
    thresholds=None,
    core_is_bright: bool = True,
    name: str = "the movie",
) -> FrontMovie:
    """The same from an array (frames, rows, columns)."""
    frames = np.asarray(frames)
    if frames.ndim != 3 or len(frames) < 2:
        raise InputError(f"{name}: it holds {frames.shape} values; a movie has frames, rows and columns, two frames at least.")
    mask = np.isin(frames, (0, 1, 2)).all() and frames.max() == 2
    notes = ["A picture is a projection: fractions of volume follow only where the section is alike along the wire."]
    angles = 2 * np.pi * np.arange(DIRECTIONS) / DIRECTIONS
    found = []
    for k, frame in enumerate(frames):
        fields = _mask_fields(frame) if mask else _grey_fields(frame, thresholds, core_is_bright)
        outline = _outline(fields, angles)
        if outline is None:
            notes.append(f"Frame {k + 1} shows no body that could be outlined and is left out.")
            continue
        core, outer, middle, edge = outline
        found.append((first + k * frame_time, core * scale, outer * scale, middle * scale, edge * scale))
    if len(found) < 2:
        raise InputError(f"{name}: {len(found)} of {len(frames)} frames show a body; give thresholds, or masks of 0, 1 and 2.")
    time, core, outer, middle, edge = map(np.array, zip(*found, strict=True))
    gone = int(np.isnan(core).any(1).sum())
    if gone:
        notes.append(f"{gone} frames show no core of {LEAST} pixels or more; they do not enter its series.")
    return FrontMovie(name, time, angles, core, outer, middle - middle[0], edge, tuple(notes))


def _mask_fields(frame: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Body and core as fields that cross 1/2 at their edges, and the error of an edge in pixels."""
    return (frame > 0).astype(float), (frame == 2).astype(float), 1 / np.sqrt(12)


def _grey_fields(frame: np.ndarray, thresholds, core_is_bright: bool) -> tuple[np.ndarray, np.ndarray, float]:
    try:
        from skimage.filters import threshold_multiotsu
    except ImportError:
        raise InputError("grey frames need the package scikit-image: pip install 'solion[identify]', or give masks.") from None
    grey = ndimage.gaussian_filter(np.asarray(frame, float), SMOOTH)
    low, high = threshold_multiotsu(grey, 3) if thresholds is None else thresholds
    classes = np.digitize(grey, [low, high])
    rim = np.concatenate([classes[0], classes[-1], classes[:, 0], classes[:, -1]])
    around = int(np.argmax(np.bincount(rim, minlength=3)))
    bright, dark = max(k for k in range(3) if k != around), min(k for k in range(3) if k != around)
    inside = classes == (bright if core_is_bright else dark)
    levels = [float(np.median(grey[classes == k])) if (classes == k).any() else np.nan for k in range(3)]
    shell = levels[dark if core_is_bright else bright]
    middle = levels[bright if core_is_bright else dark]
    rows, columns = np.gradient(grey)
    steps = np.sqrt(rows**2 + columns**2)[inside ^ ndimage.binary_erosion(inside)]
    width = 0.8 * abs(middle - shell) / np.median(steps) if steps.size and np.median(steps) > 0 else np.sqrt(12) / GAUSSIAN
    return (classes != around).astype(float), inside.astype(float), float(width / GAUSSIAN)


def _outline(fields, angles: np.ndarray):
    """Radii of core and body along the angles from the body's middle, that middle, and the error of the mean radius."""
    body, core, edge = fields
    body, core = _largest(body > 0.5), _largest(core > 0.5)
    if body is None:
        return None
    body = np.asarray(ndimage.binary_fill_holes(body))
    middle = np.array(ndimage.center_of_mass(body))
    outer = _radii(body, middle, angles)
    if core is None or np.sqrt(core.sum()) < LEAST:
        return np.full(angles.size, np.nan), outer, middle[::-1], edge
    inner = _radii(core, np.array(ndimage.center_of_mass(core)), angles)
    # the mean radius is an average over places of the edge, of which neighbours within its width are one
    independent = max(4.0, 2 * np.pi * float(np.mean(inner)) / max(2 * edge, 1.0))
    return inner, outer, middle[::-1], edge / np.sqrt(independent)


def _largest(mask: np.ndarray) -> np.ndarray | None:
    labels, count = ndimage.label(mask)  # pyright: ignore[reportGeneralTypeIssues]
    return labels == 1 + np.argmax(np.bincount(labels.ravel())[1:]) if count else None


def _radii(mask: np.ndarray, middle: np.ndarray, angles: np.ndarray) -> np.ndarray:
    """Distance (pixels) to the edge along each angle, counted from columns towards smaller rows, by the last crossing of 1/2.

    The mask is smoothed by a pixel, which moves no straight edge; the mean radius is then set by the area, which smoothing keeps.
    """
    soft = ndimage.gaussian_filter(mask.astype(float), SMOOTH)
    reach = np.arange(0, np.hypot(*mask.shape), 0.25)
    rows = middle[0] - reach[:, None] * np.sin(angles)
    columns = middle[1] + reach[:, None] * np.cos(angles)
    along = ndimage.map_coordinates(soft, [rows, columns], order=1, mode="constant")
    last = along.shape[0] - 1 - np.argmax(along[::-1] >= 0.5, axis=0)
    last = np.minimum(last, len(reach) - 2)
    here, after = along[last, np.arange(angles.size)], along[last + 1, np.arange(angles.size)]
    radii = 0.25 * (last + (here - 0.5) / np.maximum(here - after, 1e-12))
    return radii * np.sqrt(mask.sum() / (np.pi * np.mean(radii**2)))
