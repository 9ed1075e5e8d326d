"""Tetrahedra that conform to the grains of a three-dimensional tessellation and to layers on its bottom and top faces.

Each polyhedron is split from its centre and each face from its own, then every tetrahedron into eight until the mean edge
is as short as wanted (Bey 1995, doi:10.1007/BF02238487). Only NumPy and SciPy are needed. Lengths in metres.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.spatial import KDTree

from solion.base.errors import InputError
from solion.grids.grains.polyhedra import PAIRS, Polyhedra, polyhedra, quality, star, volumes
from solion.grids.grains.tessellation import Tessellation
from solion.grids.meshes.mesh import Facets, Mesh

LIMIT = 400_000  # tetrahedra
SIDES = np.array([[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]])  # corners of the side opposite each corner
# numbers of a tetrahedron's corners 0 to 3 and of the middles 4 to 9 of its edges 01, 02, 03, 12, 13, 23
AT_CORNERS = np.array([[0, 4, 5, 6], [4, 1, 7, 8], [5, 7, 2, 9], [6, 8, 9, 3]])
# the octahedron between them, split in four about each of its diagonals
AROUND = np.array([[[4, 9, *pair] for pair in ((5, 7), (7, 8), (8, 6), (6, 5))],
                   [[5, 8, *pair] for pair in ((4, 7), (7, 9), (9, 6), (6, 4))],
                   [[6, 7, *pair] for pair in ((4, 5), (5, 9), (9, 8), (8, 4))]])  # fmt: skip
GROWTH = 1.5  # ratio of the heights of cells in a layer, away from the ceramic
CERTAIN = 1e-9  # a point counts as inside a tetrahedron when no barycentric coordinate is below minus this


@dataclass(frozen=True)
class Tetrahedra(Mesh):
    """A mesh in space. ``size``: the greatest mean length of edges that was asked for, m; ``length``: that of the ceramic."""

    size: float
    length: float

    @cached_property
    def volume(self) -> np.ndarray:
        """Of each tetrahedron, m^3."""
        return volumes(self.points, self.cells)

    @cached_property
    def quality(self) -> np.ndarray:
        """12 (3 volume)^(2/3) / (sum of squared edges) of each tetrahedron: 1 regular, 0 flat (doi:10.1007/BF01955874)."""
        return quality(self.points, self.cells)

    @cached_property
    def _inverse(self) -> np.ndarray:
        corners = self.points[self.cells]
        return np.linalg.inv(corners[:, :3] - corners[:, 3:])

    @cached_property
    def _finder(self) -> tuple[np.ndarray, np.ndarray, KDTree]:
        """Heights at which cells of layers end, what they are stretched to, and the centres of cells in that space: flat
        cells of a thin layer become about as high as wide, so that a near centre is likely that of the right cell."""
        z = self.points[:, 2]
        levels = np.unique(np.concatenate((z[(z < 0) | (z > self.box[2])], [0.0, self.box[2]])))
        steps = np.where((levels[:-1] == 0) & (levels[1:] == self.box[2]), self.box[2], self.size)
        stretched = np.concatenate(([0.0], np.cumsum(steps)))
        centres = self.points[self.cells].mean(axis=1)
        return levels, stretched, KDTree(_stretch(centres, levels, stretched))

    def find(self, points) -> np.ndarray:
        """The tetrahedron of each point (n, 3), -1 outside; on a side, one of the two."""
        points = np.asarray(points, float)
        levels, stretched, tree = self._finder
        low, high = self.points.min(axis=0), self.points.max(axis=0)
        found = np.full(len(points), -1)
        left = np.flatnonzero(((points >= low) & (points <= high)).all(axis=1))
        for count in (8, 100):
            count = min(count, len(self.cells))
            for part in np.array_split(left, 1 + count * len(left) // 500_000):
                near = tree.query(_stretch(points[part], levels, stretched), k=count)[1].reshape(len(part), count)
                least = self._least(points[part], near)
                best = least.argmax(axis=1)[:, None]
                sure = np.take_along_axis(least, best, axis=1)[:, 0] >= -CERTAIN
                found[part[sure]] = np.take_along_axis(near, best, axis=1)[sure, 0]
            left = left[found[left] < 0]
        # the mesh fills its box, so what is left is in one of all the cells whose own box holds the point
        corners = self.points[self.cells]
        slack = 1e-9 * self.size
        lows, highs = corners.min(axis=1) - slack, corners.max(axis=1) + slack
        for index in left:
            near = np.flatnonzero(((points[index] >= lows) & (points[index] <= highs)).all(axis=1))
            found[index] = near[self._least(points[index][None], near[None])[0].argmax()]
        return found

    def _least(self, points, near):
        """The least barycentric coordinate of points (n, 3) in cells (n, k)."""
        offset = points[:, None] - self.points[self.cells[near, 3]]
        three = np.einsum("nki,nkij->nkj", offset, self._inverse[near])
        return np.minimum(three.min(axis=2), 1 - three.sum(axis=2))


def tetrahedralise(
    tessellation: Tessellation, *, bottom: tuple[float, ...] = (), top: tuple[float, ...] = (), size: float, weld: float = 20e-9
) -> Tetrahedra:
    """Mesh grains and layers; ``bottom`` and ``top``: thicknesses of layers from the ceramic outward.

    ``size`` (m): all tetrahedra of the ceramic are split into eight until the mean length of their edges is at most this;
    the cells of a layer are as wide as those and at most this high. Corners closer than ``weld`` (m) are welded. Raises
    InputError for periodic sides, for impossible lengths and for more than 400000 tetrahedra.
    """
    if not (np.isfinite(size) and size > 0):
        raise InputError(f"size = {size!r} m, the mean edge of tetrahedra, must be positive.")
    for key, layers in (("bottom", bottom), ("top", top)):
        if not all(np.isfinite(thickness) and thickness > weld for thickness in layers):
            raise InputError(
                f"{key} = {layers!r}: every layer must be thicker than weld = {weld:g} m; give a thinner one as a resistance."
            )
    shape: Polyhedra = polyhedra(tessellation, weld)
    points, cells, region = star(shape)
    while (length := _mean_edge(points, cells)) > size:
        _check_count(8 * len(cells), size, length / 2, tessellation.box)
        points, cells = _refined(points, cells)
        region = np.repeat(region, 8)
    height = tessellation.box[2]
    outer, ends = _alone(cells, len(points)), []
    for layers, start, sign, first in (
        (bottom, 0.0, -1.0, tessellation.grains),
        (top, height, 1.0, tessellation.grains + len(bottom)),
    ):
        levels, layer = _levels(layers, start, sign, size)
        ends.append(levels[-1])
        if not len(layer):
            continue
        lone = outer[(points[outer, 2] == start).all(axis=1)]
        _check_count(len(cells) + 3 * len(lone) * len(layer), size, length, tessellation.box)
        points, prisms = _extruded(points, lone, levels)
        cells = np.concatenate((cells, prisms))
        region = np.concatenate((region, np.repeat(first + layer, 3 * len(lone))))
    flip = volumes(points, cells) < 0
    cells[flip] = cells[flip][:, [1, 0, 2, 3]]
    box = tuple(float(side) for side in tessellation.box)
    between, faces = _facets(points, cells, region, ends, box)
    mesh = Tetrahedra(points, cells, region, tessellation.grains, between, *faces, box=box, size=float(size), length=length)
    total = box[0] * box[1] * (ends[1] - ends[0])
    if mesh.volume.min() <= 0 or abs(mesh.volume.sum() / total - 1) > 1e-9:
        raise InputError("the tetrahedra do not fill the box; take another seed or a larger weld.")
    return mesh


def _check_count(count, size, length, box):
    if count > LIMIT:
        raise InputError(
            f"tetrahedra with a mean edge of at most {size:g} m ({length:.3g} m after this step) would be {count} in a box of "
            f"{' x '.join(f'{side:g}' for side in box)} m, more than {LIMIT}; take a larger size or smaller box, or Voxels."
        )


def _mean_edge(points, cells):
    edges = np.unique(_edge_keys(cells, len(points)))
    a, b = np.divmod(edges, len(points))
    return float(np.linalg.norm(points[a] - points[b], axis=1).mean())


def _edge_keys(cells, count):
    ends = np.sort(cells[:, PAIRS], axis=2)
    return ends[..., 0].astype(np.int64) * count + ends[..., 1]


def _refined(points, cells):
    """Each tetrahedron in eight: four at its corners, four about the shortest diagonal of the octahedron left between."""
    edges, middle = np.unique(_edge_keys(cells, len(points)), return_inverse=True)
    a, b = np.divmod(edges, len(points))
    ten = np.concatenate((cells, len(points) + middle.reshape(-1, 6)), axis=1)
    points = np.concatenate((points, (points[a] + points[b]) / 2))
    diagonals = np.stack([np.linalg.norm(points[ten[:, p]] - points[ten[:, q]], axis=1) for p, q in AROUND[:, 0, :2]], axis=1)
    inner = AROUND[diagonals.argmin(axis=1)].reshape(len(cells), 16)
    children = np.concatenate((ten[:, AT_CORNERS.ravel()], np.take_along_axis(ten, inner, axis=1)), axis=1)
    children = children.reshape(-1, 4)
    flip = volumes(points, children) < 0
    children[flip] = children[flip][:, [1, 0, 2, 3]]
    return points, children


def _levels(layers, start, sign, size):
    """Heights z at which cells of layers end, from the ceramic outward, and the layer (0, 1 ...) of each row of cells.

    At least three cells per layer. One thicker than 1.5 sizes begins with half a size and grows by 1.5 up to a size.
    """
    levels, layer = [np.array([start])], []
    ends = start + sign * np.cumsum([0.0, *layers])
    for number, thickness in enumerate(layers):
        heights = np.minimum(size / 2 * GROWTH ** np.arange(3), size) if thickness > 1.5 * size else np.ones(3)
        if thickness > 1.5 * size:
            more = int(np.ceil((thickness - heights.sum()) / size - 1e-9))
            heights = np.concatenate((heights, np.full(max(0, more), size)))
        share = np.cumsum(heights) / heights.sum()
        inner = ends[number] + (ends[number + 1] - ends[number]) * share[:-1]
        levels.append(np.append(inner, ends[number + 1]))
        layer.append(np.full(len(heights), number))
    return np.concatenate(levels), np.concatenate(layer) if layer else np.zeros(0, int)


def _extruded(points, triangles, levels):
    """Points, with those of the layers, and the tetrahedra of the prisms on triangles, row of cells by row of cells.

    The side between two columns is cut from its lower-numbered corner below to its higher-numbered corner above, seen from
    either column.
    """
    base, column = np.unique(triangles, return_inverse=True)
    column = np.sort(column.reshape(-1, 3), axis=1)
    fresh = np.repeat(points[base][None], len(levels) - 1, axis=0)
    fresh[..., 2] = levels[1:, None]
    number = np.concatenate((base[None], len(points) + np.arange(fresh[..., 0].size).reshape(fresh.shape[:2])))
    low, high = number[:-1][:, column], number[1:][:, column]  # (rows, triangles, 3)
    a, b, c = np.moveaxis(low, 2, 0)
    above, beside, beyond = np.moveaxis(high, 2, 0)
    prisms = np.stack(
        [np.stack(four, axis=2) for four in ((a, b, c, beyond), (a, b, beside, beyond), (a, above, beside, beyond))], axis=2
    )
    return np.concatenate((points, fresh.reshape(-1, 3))), prisms.reshape(-1, 4)


def _alone(cells, count):
    """Corners, lowest number first, of the sides that one cell only has."""
    nodes, first, second = _matched(cells, count)
    return nodes[np.setdiff1d(np.arange(len(nodes)), np.concatenate((first, second)))]


def _matched(cells, count):
    """Corners of all sides (4 t, 3), lowest number first, and the numbers of those that are the same."""
    nodes = np.sort(cells[:, SIDES], axis=2).reshape(-1, 3)
    key = (nodes[:, 0].astype(np.int64) * count + nodes[:, 1]) * count + nodes[:, 2]
    order = np.argsort(key, kind="stable")
    same = key[order][1:] == key[order][:-1]
    if (same[1:] & same[:-1]).any():
        raise InputError("three tetrahedra meet in one side; take another seed or a larger weld.")
    return nodes, order[:-1][same], order[1:][same]


def _facets(points, cells, region, ends, box):
    nodes, first, second = _matched(cells, len(points))
    alone = np.setdiff1d(np.arange(len(nodes)), np.concatenate((first, second)))
    cross = region[first // 4] != region[second // 4]
    one, two = first[cross], second[cross]
    swap = region[one // 4] > region[two // 4]
    pairs = np.column_stack((np.where(swap, two, one), np.where(swap, one, two)))
    where = points[nodes[alone]]
    outer = [alone[(where[:, :, 2] == level).all(axis=1)] for level in ends]
    sides = sum(int((where[:, :, axis] == bound).all(axis=1).sum()) for axis in (0, 1) for bound in (0.0, box[axis]))
    if len(outer[0]) + len(outer[1]) + sides != len(alone):
        raise InputError("the mesh has sides without a partner inside the box; take another seed or a larger weld.")
    between = Facets(pairs // 4, pairs % 4, nodes[pairs])
    return between, [Facets((face // 4)[:, None], (face % 4)[:, None], nodes[face][:, None]) for face in outer]


def _stretch(points, levels, stretched):
    return np.column_stack((points[:, :2], np.interp(points[:, 2], levels, stretched)))
