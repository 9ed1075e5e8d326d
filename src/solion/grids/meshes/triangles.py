"""Triangles that conform to the grains of a tessellation and to layers on it, graded towards where currents crowd.

Edges are split until each piece is as short as the size wanted there and is an edge of the Delaunay triangulation of all
points; points between come from a quadtree. Only SciPy is needed. The pieces of edges that a triangulation lacks are split
again (Ruppert 1995, doi:10.1006/jagm.1995.1021), near corners at distances that are powers of two: so it ends at sharp angles.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import Delaunay, KDTree

from solion.base.errors import InputError
from solion.grids.grains.lengths import one_length
from solion.grids.grains.outline import Outline, outline
from solion.grids.grains.tessellation import Tessellation
from solion.grids.meshes.mesh import Facets, Mesh

GROWTH = 0.25  # how fast the mesh size may grow with the distance from where it is prescribed
LIMIT = 3_000_000  # points


@dataclass(frozen=True)
class Sizes:
    """Mesh sizes in metres: at ``junctions`` of grain boundaries with a face, at ``faces`` of the ceramic, in the ``bulk``."""

    junctions: float = 10e-9
    faces: float = 0.25e-6
    bulk: float = 1.2e-6

    def __post_init__(self):
        for key in ("junctions", "faces", "bulk"):
            object.__setattr__(self, key, one_length(f"Sizes.{key}", getattr(self, key)))


@dataclass(frozen=True)
class Triangles(Mesh):
    """A mesh in the plane, its triangles anticlockwise. With ``periodic`` sides ``between`` also holds the facets where left and
    right meet."""

    periodic: bool
    sizes: Sizes
    finder: Delaunay
    simplices: np.ndarray

    @cached_property
    def quality(self) -> np.ndarray:
        """4 sqrt(3) area / (sum of squared sides) of each triangle: 1 equilateral, 0 flat."""
        corners = self.points[self.cells]
        sides = np.roll(corners, -1, axis=1) - corners
        return 2 * np.sqrt(3) * _cross(sides[:, 0], -sides[:, 2]) / (sides**2).sum(axis=(1, 2))

    def find(self, points) -> np.ndarray:
        """The triangle of each point, -1 outside."""
        found = self.finder.find_simplex(np.asarray(points, float))
        return np.where(found >= 0, self.simplices[found], -1)


def triangulate(
    tessellation: Tessellation,
    *,
    bottom: tuple[float, ...] = (),
    top: tuple[float, ...] = (),
    sizes: Sizes | None = None,
    weld: float = 20e-9,
) -> Triangles:
    """Mesh grains and layers; ``bottom`` and ``top``: thicknesses of layers from the ceramic outward.

    Corners closer than ``weld`` (m) are welded. Raises InputError where the sizes ask for more than three million points, and
    where grains cannot be cleaned.
    """
    sizes = sizes or Sizes()
    if tessellation.dimension != 2:
        raise InputError("finite elements here are two-dimensional; use Voxels for a box of three lengths.")
    thinnest = min((*bottom, *top), default=np.inf)
    if thinnest < 2 * sizes.junctions:
        raise InputError(
            f"a layer of {thinnest:g} m is thinner than two cells of {sizes.junctions:g} m; take smaller Sizes.junctions, or "
            "give the layer as a resistance, thickness over conductivity: interface_resistance of the next, or ChargeTransfer."
        )
    height = tessellation.box[1]
    planes = [*(-np.cumsum(bottom)), *(height + np.cumsum(top))]
    shape = outline(tessellation, weld, tuple(planes))
    wanted = _Wanted(shape, tessellation, sizes, np.sort([0.0, height, *planes]))
    low, high = min([0.0, *planes]), max([height, *planes])
    probes = np.random.default_rng(0).uniform(size=(5000, 2)) * (tessellation.box[0], high - low) + (0.0, low)
    _check_count(tessellation.box[0] * (high - low) * np.mean(wanted(probes) ** -2.0), wanted)
    points, segments, delaunay = _mesh(shape, wanted, tessellation)
    return _label(points, segments, delaunay, shape, tessellation, len(bottom), sorted(planes), sizes)


class _Wanted:
    """The mesh size wanted at a point."""

    def __init__(self, shape: Outline, tessellation: Tessellation, sizes: Sizes, planes):
        width, height = tessellation.box
        self.sizes, self.planes = sizes, planes
        corners = shape.corners
        on_face = (corners[:, 1] == 0) | (corners[:, 1] == height)
        side = (corners[:, 0] == 0) | (corners[:, 0] == width)
        junctions = corners[on_face & (~side if tessellation.sides != "periodic" else corners[:, 0] < width)]
        if tessellation.sides == "periodic":
            junctions = junctions[junctions[:, 0] > 0]  # in a corner of the box a boundary ends by a freak only
            shifted = [junctions + np.array([shift, 0.0]) for shift in (-width, width)]
            junctions = np.concatenate([junctions, *shifted])
        self.tree = KDTree(junctions) if len(junctions) else None

    def __call__(self, points):
        size = np.full(len(points), self.sizes.bulk)
        for plane in self.planes:
            size = np.minimum(size, self.sizes.faces + GROWTH * np.abs(points[:, 1] - plane))
        if self.tree is not None:
            size = np.minimum(size, self.sizes.junctions + GROWTH * self.tree.query(points)[0])
        gap = np.diff(self.planes)[np.clip(np.searchsorted(self.planes, points[:, 1]) - 1, 0, len(self.planes) - 2)]
        return np.minimum(size, gap / 2.5)  # at least some cells across a layer


def _split(points, twin, corner, segments, chosen):
    """Split segments in two; near corners at a distance that is a power of two."""
    a, b = segments[chosen].T
    step = points[b] - points[a]
    length = np.hypot(*step.T)
    shell = np.exp2(np.round(np.log2(length / 2))) / length
    share = np.where(corner[a] & ~corner[b], shell, np.where(corner[b] & ~corner[a], 1 - shell, 0.5))
    count = len(a)
    new = len(points) + np.arange(count)
    middle = points[a] + share[:, None] * step
    middle[step == 0] = points[a][step == 0]  # stays on an axis-parallel line to the last bit
    paired = (twin[a] >= 0) & (twin[b] >= 0) & (step[:, 0] == 0)
    copies = middle[paired] + (points[twin[a[paired]]] - points[a[paired]]) * [1.0, 0.0]
    points = np.concatenate((points, middle, copies))
    fresh = np.full(count + len(copies), -1)
    fresh[:count][paired] = len(points) - len(copies) + np.arange(len(copies))
    twin = np.concatenate((twin, fresh))
    corner = np.concatenate((corner, np.zeros(len(fresh), bool)))
    segments = np.concatenate((segments[~chosen], np.column_stack((a, new)), np.column_stack((new, b))))
    return points, twin, corner, segments


def _mesh(shape: Outline, wanted, tessellation):
    width = tessellation.box[0]
    points, twin, corner = shape.corners, shape.twin, np.ones(len(shape.corners), bool)
    # with periodic sides the right one follows the left one
    right = (points[shape.edges, 0] == width).all(axis=1) & (tessellation.sides == "periodic")
    segments = shape.edges[~right]
    while True:
        a, b = points[segments].transpose(1, 0, 2)
        long = np.hypot(*(b - a).T) > wanted((a + b) / 2)
        if not long.any():
            break
        points, twin, corner, segments = _split(points, twin, corner, segments, long)
        _check_count(len(points), wanted)
    low, high = points.min(axis=0), points.max(axis=0)
    inner = _quadtree(low, high, wanted)
    inner = inner[_free(inner, points, _all(segments, twin, points, width))]
    ghosts = (low + high) / 2 + 3 * np.ptp(points, axis=0).max() * np.array(
        [[np.cos(t), np.sin(t)] for t in np.arange(8) * np.pi / 4 + 0.1]
    )
    for sweep in range(40):
        every = _all(segments, twin, points, width)
        cloud = np.concatenate((points, inner, ghosts))
        delaunay = Delaunay(cloud)
        edges = np.sort(delaunay.simplices[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
        keys = np.unique(edges[:, 0].astype(np.int64) * len(cloud) + edges[:, 1])
        mine = np.sort(every, axis=1)
        missing = ~np.isin(mine[:, 0].astype(np.int64) * len(cloud) + mine[:, 1], keys)
        if missing.any():
            chosen = missing[: len(segments)].copy()
            back = {(int(twin[p]), int(twin[q])): k for k, (p, q) in enumerate(segments) if twin[p] >= 0 and twin[q] >= 0}
            for p, q in every[len(segments) :][missing[len(segments) :]]:
                chosen[back[int(p), int(q)]] = True
            points, twin, corner, segments = _split(points, twin, corner, segments, chosen)
            inner = inner[_free(inner, points, _all(segments, twin, points, width))]
        elif sweep >= 2:
            return cloud[: len(points) + len(inner)], every, delaunay
        if sweep < 2 and len(inner):
            inner = _relaxed(cloud, edges, len(points), len(inner)) if not missing.any() else inner
            inner = inner[_free(inner, points, _all(segments, twin, points, width))]
    raise InputError("the grains could not be meshed: two edges meet at too sharp an angle; take another seed or a larger weld.")


def _check_count(count, wanted):
    if count > LIMIT:
        raise InputError(
            f"the mesh sizes {wanted.sizes} ask for over {LIMIT} points in this box; take larger sizes or a smaller box."
        )


def _all(segments, twin, points, width):
    """Segments with the copies on the right side of those on the left one."""
    a, b = segments.T
    left = (twin[a] >= 0) & (twin[b] >= 0) & (points[a, 0] == points[b, 0])
    return np.concatenate((segments, twin[segments[left]]))


def _quadtree(low, high, wanted):
    """Centres of squares that are about as large as the size wanted there."""
    side = min(np.ptp([low, high], axis=0).min(), 2 * wanted.sizes.bulk)
    counts = np.ceil((high - low) / side).astype(int)
    cell = (high - low) / counts
    x, z = (low[k] + cell[k] * (np.arange(counts[k]) + 0.5) for k in (0, 1))
    centres = np.stack(np.meshgrid(x, z, indexing="ij"), axis=-1).reshape(-1, 2)
    leaves = []
    total = 0
    while len(centres):
        fine = cell.max() <= 1.05 * wanted(centres)
        leaves.append(centres[fine])
        total += len(centres[fine])
        _check_count(total + len(centres), wanted)
        cell = cell / 2
        shifts = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]]) * cell / 2
        centres = (centres[~fine][:, None] + shifts).reshape(-1, 2)
    return np.concatenate(leaves)


def _free(inner, points, segments):
    """Which points keep clear of all pieces of edges: outside a circle a little larger than that over each piece."""
    if not len(inner):
        return np.zeros(0, bool)
    a, b = points[segments].transpose(1, 0, 2)
    middle, radius = (a + b) / 2, np.hypot(*(b - a).T) / 2
    distance, index = KDTree(middle).query(inner, k=min(6, len(middle)))
    return (distance.reshape(len(inner), -1) > 1.25 * radius[index].reshape(len(inner), -1)).all(axis=1)


def _relaxed(cloud, edges, first, count):
    """Points between edges moved to the mean of their neighbours."""
    edges = np.unique(edges, axis=0)
    ends = np.concatenate((edges, edges[:, ::-1]))
    ends = ends[ends[:, 1] < first + count]  # ghosts do not pull
    share = np.bincount(ends[:, 0], minlength=len(cloud))
    mean = np.stack([np.bincount(ends[:, 0], cloud[ends[:, 1], k], len(cloud)) for k in (0, 1)], axis=1)
    return (mean / np.maximum(share, 1)[:, None])[first : first + count]


def _label(points, segments, delaunay, shape, tessellation, bottom, planes, sizes) -> Triangles:
    width, height = tessellation.box
    simplices = delaunay.simplices
    corners = delaunay.points[simplices]
    sides = np.roll(corners, -1, axis=1) - corners
    area = _cross(sides[:, 0], -sides[:, 2]) / 2
    inside = (simplices < len(points)).all(axis=1)
    turned = area < 0
    simplices = np.where(turned[:, None], simplices[:, ::-1], simplices)
    triangles = simplices[inside]
    number = np.full(len(simplices), -1)
    number[inside] = np.arange(inside.sum())
    area = np.abs(area[inside])

    edge_nodes = np.stack((triangles, np.roll(triangles, -1, axis=1)), axis=-1)  # (t, 3, 2)
    ends = np.sort(edge_nodes.reshape(-1, 2), axis=1)
    key = ends[:, 0].astype(np.int64) * len(points) + ends[:, 1]
    order = np.argsort(key, kind="stable")
    same = key[order][1:] == key[order][:-1]
    first, second = order[:-1][same], order[1:][same]
    alone = np.setdiff1d(np.arange(len(key)), np.concatenate((first, second)))
    drawn = np.sort(segments, axis=1)
    drawn = np.unique(drawn[:, 0].astype(np.int64) * len(points) + drawn[:, 1])
    open_edge = ~np.isin(key[first], drawn)
    graph = coo_array((np.ones(open_edge.sum()), (first[open_edge] // 3, second[open_edge] // 3)), shape=(len(triangles),) * 2)
    piece = connected_components(graph, directed=False)[1]

    # what lies in a piece: the grain that most of its area belongs to, or the layer
    centre = points[triangles].mean(axis=1)
    label = tessellation.labels(centre)
    below = [p for p in planes if p < 0][::-1]  # from the ceramic outward
    above = [p for p in planes if p > height]
    label = np.where(centre[:, 1] < 0, tessellation.grains + np.searchsorted(-np.array([0.0, *below]), -centre[:, 1]) - 1, label)
    label = np.where(
        centre[:, 1] > height, tessellation.grains + bottom + np.searchsorted([height, *above], centre[:, 1]) - 1, label
    )
    pair, where = np.unique(np.column_stack((piece, label)), axis=0, return_inverse=True)
    weight = np.bincount(where, area)
    best = np.lexsort((-weight, pair[:, 0]))
    lead = best[np.concatenate(([True], np.diff(pair[best, 0]) > 0))]
    region = pair[lead, 1][piece]
    found = np.bincount(region, area, tessellation.grains)[: tessellation.grains]
    total = width * (max([height, *planes]) - min([0.0, *planes]))
    if abs(area.sum() / total - 1) > 1e-9 or np.abs(found - shape.areas).max() > 1e-9 * shape.areas.max():
        raise InputError("the mesh does not fill the grains: take another seed, a larger weld or smaller mesh sizes.")

    flat = edge_nodes.reshape(-1, 2)
    cross = region[first // 3] != region[second // 3]
    one, two = first[cross], second[cross]
    swap = region[one // 3] > region[two // 3]
    one, two = np.where(swap, two, one), np.where(swap, one, two)
    sides_of = [np.column_stack((one, two))]
    nodes_of = [np.stack((flat[one], flat[two][:, ::-1]), axis=1)]
    middle = points[flat[alone]].mean(axis=1)
    periodic = tessellation.sides == "periodic"
    if periodic:
        vertical = points[flat[alone, 0], 0] == points[flat[alone, 1], 0]
        left, right = (alone[vertical & (middle[:, 0] == x)] for x in (0.0, width))
        left, right = (e[np.argsort(points[flat[e], 1].mean(axis=1))] for e in (left, right))
        if len(left) != len(right) or not np.array_equal(points[flat[left]][:, ::-1, 1], points[flat[right]][:, :, 1]):
            raise InputError("left and right sides of the periodic mesh do not match; take another seed.")
        sides_of.append(np.column_stack((left, right)))
        nodes_of.append(np.stack((flat[left], flat[right][:, ::-1]), axis=1))
    pairs, nodes = np.concatenate(sides_of), np.concatenate(nodes_of)
    low, high = min([0.0, *planes]), max([height, *planes])
    faces = [alone[(points[flat[alone], 1] == level).all(axis=1)] for level in (low, high)]
    on_sides = 2 * len(sides_of[-1]) if periodic else int(((middle[:, 0] == 0) | (middle[:, 0] == width)).sum())
    expected = len(faces[0]) + len(faces[1]) + on_sides
    if expected != len(alone):
        raise InputError("the mesh has facets without a partner inside the box; take another seed or a larger weld.")
    faces = [face[np.argsort(points[flat[face], 0].mean(axis=1))] for face in faces]
    return Triangles(
        points,
        triangles,
        region,
        tessellation.grains,
        Facets(pairs // 3, pairs % 3, nodes),
        *(Facets((face // 3)[:, None], (face % 3)[:, None], flat[face][:, None]) for face in faces),
        box=(width, height),
        periodic=periodic,
        sizes=sizes,
        finder=delaunay,
        simplices=number,
    )


def _cross(a, b):
    return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
