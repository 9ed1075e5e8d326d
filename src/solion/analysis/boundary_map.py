"""A surface with its grain boundaries as lines: distances, chances to touch one, trigger biases of electrodes placed on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from solion.analysis.trigger import Trigger
from solion.base.errors import InputError

CHUNK = 2_000_000  # pairs of points and lines at a time


@dataclass(frozen=True)
class BoundaryMap:
    """Straight pieces of boundary, ``segments`` (n, 2, 2) in m, seen from above in a rectangle ``box`` (m, m) from the origin."""

    box: tuple[float, float]
    segments: NDArray

    @classmethod
    def of_polygons(cls, box: Sequence[float], polygons: Sequence[NDArray]) -> BoundaryMap:
        """The map of a plane tessellation from its cells; edges on the rectangle itself are no boundaries."""
        box = (float(box[0]), float(box[1]))
        tolerance = 1e-9 * max(box)
        edges = np.concatenate([np.stack((cell, np.roll(cell, -1, axis=0)), axis=1) for cell in map(np.asarray, polygons)])
        on_side = [np.all(np.abs(edges[..., k] - side) < tolerance, axis=1) for k in (0, 1) for side in (0.0, box[k])]
        edges = edges[~np.any(on_side, axis=0) & (np.linalg.norm(edges[:, 1] - edges[:, 0], axis=1) > tolerance)]
        if not edges.size:
            raise InputError("BoundaryMap: there is no grain boundary inside the box; give a map of at least two grains.")
        # each boundary came from both of its grains
        middles = np.round(edges.mean(1) / tolerance / 4).astype(np.int64)
        _, first = np.unique(middles, axis=0, return_index=True)
        return cls(box, edges[np.sort(first)])

    @property
    def density(self) -> float:
        """L_A, length of boundary per area, 1/m."""
        return float(np.linalg.norm(self.segments[:, 1] - self.segments[:, 0], axis=1).sum() / np.prod(self.box))

    def distance(self, points: ArrayLike) -> NDArray:
        """Distance in m from each of points (n, 2) to the nearest boundary."""
        points = np.atleast_2d(np.asarray(points, float))
        start = self.segments[:, 0]
        along = self.segments[:, 1] - start
        length = np.sum(along**2, axis=1)
        found = np.empty(len(points))
        size = max(CHUNK // len(start), 1)
        for k in range(0, len(points), size):
            away = points[k : k + size, None] - start
            share = np.clip(np.sum(away * along, axis=-1) / length, 0, 1)
            found[k : k + size] = np.sqrt(np.min(np.sum((away - share[..., None] * along) ** 2, axis=-1), axis=1))
        return found

    def random_points(self, count: int, seed: int, margin: float = 0.0) -> NDArray:
        """Points (count, 2) at random in the box, at least ``margin`` (m) from its sides."""
        if 2 * margin >= min(self.box):
            raise InputError(
                f"BoundaryMap: margin = {margin:.3g} m is outside its allowed range [0, {min(self.box) / 2:.3g}) m; "
                "use a larger map."
            )
        low, high = np.full(2, margin), np.array(self.box) - margin
        return low + (high - low) * np.random.default_rng(seed).random((count, 2))

    def touched(self, diameter: float, *, count: int = 4000, seed: int = 0) -> float:
        """Share of disks of a diameter (m), placed at random, that touch a boundary."""
        return float(np.mean(self.distance(self.random_points(count, seed, diameter / 2)) <= diameter / 2))

    def deepest(self, count: int = 1, *, margin: float = 0.0, seed: int = 0, tries: int = 4000) -> NDArray:
        """The ``count`` points (count, 2) farthest from any boundary among random ones: placements in grain interiors."""
        points = self.random_points(tries, seed, margin)
        return points[np.argsort(-self.distance(points))[:count]]

    def nearest_boundary(self, points: ArrayLike) -> NDArray:
        """The point (n, 2) on a boundary that is nearest to each of points: placements at grain boundaries."""
        points = np.atleast_2d(np.asarray(points, float))
        start = self.segments[:, 0]
        along = self.segments[:, 1] - start
        away = points[:, None] - start
        share = np.clip(np.sum(away * along, axis=-1) / np.sum(along**2, axis=1), 0, 1)
        feet = start + share[..., None] * along
        best = np.argmin(np.sum((points[:, None] - feet) ** 2, axis=-1), axis=1)
        return feet[np.arange(len(points)), best]

    def trigger_bias(self, trigger: Trigger, points: ArrayLike, diameter: float | None = None) -> NDArray:
        """V_trig in V of an electrode centred at each of points (n, 2); of the trigger's own size unless a diameter is given."""
        radius = None if diameter is None else diameter / 2
        return trigger.bias(self.distance(points), radius)
