"""Grains as cells of points: Voronoi and Laguerre tessellations of a box, in two and three dimensions. Geometry only.

The last axis is z; it runs from the bottom face of the box (z = 0) to the top. A point belongs to the grain whose seed s
has the least |x - s|^2 - w (w the weight of the seed; 0 for a Voronoi tessellation). Lengths in metres.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.spatial import ConvexHull, KDTree

from solion.base.errors import InputError, nearest
from solion.grids.grains.lengths import one_length

SURFACES = ("cut", "mirror", "periodic")
SIDES = ("cut", "mirror", "periodic")
BOX = (1e-10, 0.1)  # m, an edge of a box
GRAIN = (1e-10, 1e-2)  # m, a mean grain
PADDING = 3.0  # grain sizes beyond a cut face that are filled with seeds, so that the cut meets an undisturbed tessellation


@dataclass(frozen=True, eq=False)  # compared by identity, so that a mesh of it can be kept
class Tessellation:
    """Grains in a box. ``surface`` and ``sides`` say how the seeds continue beyond it.

    ``cut``: seeds lie beyond the face too and the face slices through their grains, as polishing does. ``mirror``: the
    seeds are mirrored in the face, so that every grain there holds its seed and none is a thin slice. ``periodic``: they repeat.
    ``orientations``: of every grain, a unit quaternion (scalar first, crystal to sample); None where they are not known. Laws of
    boundaries that follow the misorientation read them.
    """

    box: tuple[float, ...]
    seeds: np.ndarray
    weights: np.ndarray
    surface: str = "cut"
    sides: str = "cut"
    orientations: np.ndarray | None = None

    def __post_init__(self):
        object.__setattr__(self, "box", box_lengths(self.box))
        box, seeds = np.asarray(self.box, float), np.asarray(self.seeds, float)
        if seeds.ndim != 2 or seeds.shape[1] != box.size or not np.all(np.isfinite(seeds)):
            raise InputError(f"seeds must be a finite array of shape (grains, {box.size}), not {seeds.shape}.")
        if not len(seeds):
            raise InputError("seeds is empty; a tessellation needs at least one grain.")
        if np.shape(self.weights) != (len(seeds),):
            raise InputError(f"weights must hold one number for each of the {len(seeds)} seeds.")
        if self.orientations is not None and np.shape(self.orientations) != (len(seeds), 4):
            raise InputError(
                f"orientations has shape {np.shape(self.orientations)}; it must hold a unit quaternion for each of the "
                f"{len(seeds)} seeds."
            )
        for key, value, known in (("surface", self.surface, SURFACES), ("sides", self.sides, SIDES)):
            if value not in known:
                raise InputError(f"{key} = {value!r} is unknown{nearest(value, known)}; it is one of {', '.join(known)}.")

    @property
    def dimension(self) -> int:
        """2 or 3."""
        return len(self.box)

    @property
    def grains(self) -> int:
        """Number of seeds; with cut faces, a few of them may own no part of the box."""
        return len(self.seeds)

    @property
    def grain_size(self) -> float:
        """(Volume of the box / number of seeds in it)^(1/d): the mean size of uncut grains, m."""
        inside = ((self.seeds >= 0) & (self.seeds <= np.asarray(self.box))).all(axis=1).sum()
        return float((np.prod(self.box) / max(1, inside)) ** (1 / self.dimension))

    @cached_property
    def images(self) -> tuple[np.ndarray, np.ndarray]:
        """Seeds with their periodic and mirrored images, and the grain that each belongs to."""
        points, owner = np.asarray(self.seeds, float), np.arange(len(self.seeds))
        reach = 2.5 * (np.prod(self.box) / max(1, len(self.seeds))) ** (1 / self.dimension)
        for axis, length in enumerate(self.box):
            kind = self.surface if axis == self.dimension - 1 else self.sides
            if kind == "cut":
                continue
            reach_here = min(1.0, max(reach / length, 0.5))
            moved = []
            for side in (0, 1):
                copy = points.copy()
                if kind == "mirror":
                    copy[:, axis] = 2 * side * length - copy[:, axis]
                else:
                    copy[:, axis] += length if side else -length
                near = (copy[:, axis] > -reach_here * length) & (copy[:, axis] < (1 + reach_here) * length)
                moved.append((copy[near], owner[near]))
            points = np.concatenate([points, *(p for p, _ in moved)])
            owner = np.concatenate([owner, *(o for _, o in moved)])
        return points, owner

    @cached_property
    def _tree(self) -> KDTree:
        points, owner = self.images
        lift = np.sqrt(np.maximum(self.weights.max() - self.weights[owner], 0.0))
        return KDTree(np.column_stack((points, lift)))  # |x - s|^2 - w = distance^2 in one more dimension, less max(w)

    def labels(self, points) -> np.ndarray:
        """Grain number of each point; ``points`` has shape (..., d)."""
        points = np.asarray(points, float)
        flat = np.column_stack((points.reshape(-1, self.dimension), np.zeros(points.size // self.dimension)))
        return self.images[1][self._tree.query(flat)[1]].reshape(points.shape[:-1])

    def cells(self) -> tuple[list[np.ndarray], np.ndarray]:
        """2D: the convex polygons (anticlockwise corners) that fill the box, and the grain of each.

        With periodic sides a grain may have two polygons, one at either side.
        """
        if self.dimension != 2:
            raise InputError("polygons exist in two dimensions only; a box of three lengths is meshed as voxels.")
        points, owner = self.images
        # points far beyond the box bound every cell; no point of the box is nearer to one of them than to a seed
        angle = np.arange(8) * np.pi / 4 + 0.1
        reach = 4 * np.ptp(np.concatenate((points, [(0.0, 0.0), self.box])), axis=0).max()
        far = np.asarray(self.box) / 2 + reach * np.column_stack((np.cos(angle), np.sin(angle)))
        weights = np.concatenate((self.weights[owner], np.full(8, self.weights.min())))
        corners, triangles = power_vertices(np.concatenate((points, far)), weights)
        cell, which = triangles.ravel(), np.repeat(np.arange(len(triangles)), 3)
        order = np.argsort(cell, kind="stable")
        starts = np.searchsorted(cell[order], np.arange(len(points) + 1))
        width, height = self.box
        on_face = 1e-9 * min(self.box)
        polygons, grains = [], []
        for k in range(len(points)):
            polygon = corners[which[order[starts[k] : starts[k + 1]]]]
            if len(polygon) < 3 or (polygon.max(axis=0) < 0).any() or (polygon.min(axis=0) > self.box).any():
                continue
            centre = polygon.mean(axis=0)
            polygon = polygon[np.argsort(np.arctan2(*(polygon - centre).T[::-1]))]
            # edges that run along a face but for rounding are not to be cut where they happen to cross it
            polygon = np.where(np.abs(polygon) < on_face, 0.0, polygon)
            polygon = np.where(np.abs(polygon - self.box) < on_face, self.box, polygon)
            if (polygon < 0).any() or (polygon > (width, height)).any():
                polygon = clip(polygon, self.box)
            if len(polygon) >= 3 and polygon_area(polygon) > 1e-12 * width * height:
                polygons.append(polygon)
                grains.append(owner[k])
        return polygons, np.array(grains)

    def polygons(self) -> list[np.ndarray]:
        """2D: the polygons of :meth:`cells` alone."""
        return self.cells()[0]


def box_lengths(box) -> tuple[float, ...]:
    """Two or three edges of a box in m, the last one along z. Raises InputError for anything else, with a forgotten unit."""
    if isinstance(box, str) or np.ndim(box) != 1 or len(box) not in (2, 3):
        raise InputError(f"box = {box!r} must be two or three positive lengths in metres, the last one along z.")
    return tuple(one_length(f"box[{k}]", length, BOX) for k, length in enumerate(box))


def voronoi(
    box, grain_size: float, *, seed: int, surface: str = "cut", sides: str = "cut", lloyd: int = 0, spread: float = 0.0
) -> Tessellation:
    """Random grains whose mean area (volume) is ``grain_size``**d.

    ``seed``: of the random numbers; the same seed gives the same grains. ``lloyd``: steps that move each seed to the
    centre of its cell (20: nearly centroidal). ``spread``: standard deviation of ln(grain radius); above zero the
    tessellation is Laguerre with log-normal radii. Raises InputError for impossible numbers.
    """
    box = box_lengths(box)
    dimension = len(box)
    for key, value, high in (("lloyd", lloyd, 1000), ("spread", spread, 1.0)):
        if not 0 <= value <= high:
            raise InputError(f"{key} = {value!r} is outside its allowed range [0, {high}].")
    grain_size = one_length("grain_size", grain_size, GRAIN)
    count = np.prod(box) / grain_size**dimension
    if not 1 <= count <= 5e6:
        raise InputError(
            f"grain_size = {grain_size:g} m gives {count:.3g} grains in a box of {' x '.join(f'{b:g}' for b in box)} m; "
            "the allowed range is 1 to 5e6 grains."
        )
    Tessellation(box, np.zeros((1, dimension)), np.zeros(1), surface, sides)  # checks the words before any work
    random = np.random.default_rng(seed)
    kinds = [sides] * (dimension - 1) + [surface]
    pad = np.array([PADDING * grain_size if kind == "cut" else 0.0 for kind in kinds])
    extent = np.array(box) + 2 * pad
    number = max(1, round(float(np.prod(extent)) / grain_size**dimension))
    seeds = random.uniform(size=(number, dimension)) * extent
    weights = np.zeros(number)
    if spread > 0:
        radii = np.exp(spread * random.standard_normal(number))
        radii *= 0.5 * grain_size / (radii**dimension).mean() ** (1 / dimension)
        weights = radii**2
    closed = ["mirror" if kind == "mirror" else "periodic" for kind in kinds]
    for _ in range(int(lloyd)):
        seeds = _centres(seeds, weights, extent, closed, random)
    seeds = seeds - pad
    keep = np.ones(number, bool)
    for axis, kind in enumerate(kinds):
        if kind == "cut":
            # lattice-like or random, no cell of a Poisson process reaches 2.5 grain sizes beyond its seed but by a freak
            keep &= (seeds[:, axis] > -0.85 * pad[axis]) & (seeds[:, axis] < box[axis] + 0.85 * pad[axis])
    return Tessellation(box, seeds[keep], weights[keep], surface, sides)


def power_vertices(points: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Corners of the power diagram and the d + 1 cells that meet in each, from the lower hull of the lifted points."""
    scale = np.ptp(points, axis=0).max()
    local = (points - points.mean(axis=0)) / scale
    lifted = np.column_stack((local, (local**2).sum(axis=1) - weights / scale**2))
    hull = ConvexHull(lifted)
    normal = hull.equations[:, :-1]
    lower = normal[:, -1] < -1e-13
    vertices = -normal[lower, :-1] / (2 * normal[lower, -1:])
    return vertices * scale + points.mean(axis=0), hull.simplices[lower]


def polygon_area(polygon: np.ndarray) -> float:
    """Area of a polygon with anticlockwise corners."""
    x, y = polygon.T
    return 0.5 * float(x @ np.roll(y, -1) - y @ np.roll(x, -1))


def clip(polygon: np.ndarray, box) -> np.ndarray:
    """The part of a flat convex polygon (n, d) inside the box (Sutherland and Hodgman); what lies on a side stays there."""
    for axis, length in enumerate(box):
        for sign, bound in ((1.0, 0.0), (-1.0, -length)):
            height = sign * polygon[:, axis] - bound
            if (height >= 0).all():
                continue
            following, next_height = np.roll(polygon, -1, axis=0), np.roll(height, -1)
            crossing = (height >= 0) != (next_height >= 0)
            share = np.where(crossing, height / np.where(crossing, height - next_height, 1.0), 0.0)
            cut = polygon + share[:, None] * (following - polygon)
            cut[:, axis] = np.where(crossing, sign * bound, cut[:, axis])
            both = np.stack((polygon, cut), axis=1).reshape(-1, polygon.shape[1])
            polygon = both[np.stack((height >= 0, crossing), axis=1).ravel()]
    return polygon


def _centres(seeds, weights, extent, closed, random) -> np.ndarray:
    """Seeds moved to the centroids of their cells, found by sampling in 3D and exactly in 2D."""
    surface, sides = closed[-1], "periodic"
    if len(extent) == 2:
        cells = Tessellation(tuple(extent), seeds, weights, surface, sides)
        polygons, grains = cells.cells()
        moments, areas = np.zeros_like(seeds), np.zeros(len(seeds))
        for polygon, grain in zip(polygons, grains, strict=True):
            ahead = np.roll(polygon, -1, axis=0)
            cross = polygon[:, 0] * ahead[:, 1] - ahead[:, 0] * polygon[:, 1]
            area = cross.sum() / 2
            centre = ((polygon + ahead) * cross[:, None]).sum(axis=0) / (6 * area)
            for axis in range(2):  # pieces of a grain on opposite sides are joined
                if closed[axis] == "periodic":
                    centre[axis] -= extent[axis] * np.round((centre[axis] - seeds[grain, axis]) / extent[axis])
            moments[grain] += area * centre
            areas[grain] += area
        moved = np.where(areas[:, None] > 0, moments / np.maximum(areas, 1e-300)[:, None], seeds)
    else:
        cells = Tessellation(tuple(extent), seeds, weights, surface, sides)
        points = random.uniform(size=(200 * len(seeds), 3)) * extent
        grain = cells.labels(points)
        shift = points - seeds[grain]
        for axis in range(3):
            if closed[axis] == "periodic":
                shift[:, axis] -= extent[axis] * np.round(shift[:, axis] / extent[axis])
        count = np.bincount(grain, minlength=len(seeds))
        total = np.stack([np.bincount(grain, shift[:, axis], len(seeds)) for axis in range(3)], axis=1)
        moved = seeds + total / np.maximum(count, 1)[:, None]
    for axis in range(len(extent)):
        if closed[axis] == "periodic":
            moved[:, axis] %= extent[axis]
    return moved
