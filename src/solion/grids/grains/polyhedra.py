"""The convex polyhedra of a three-dimensional tessellation in its box, cleaned of what no mesh could resolve. Geometry only.

Corners come from the lower hull of the lifted seeds; each face between two grains is clipped by the box once, so that both
have it in common. The rest of a polyhedron's surface lies on the box: the hull of its corners on each side of it.
"""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from solion.base.errors import InputError
from solion.grids.grains.tessellation import Tessellation, clip, power_vertices

ROUNDING = 1e-9  # grain sizes: corners closer than this are one, seen from several grains
FLAT = 1e-9  # quality below which a tetrahedron counts as flat
PAIRS = np.array(list(combinations(range(4), 2)))


class Polyhedra(NamedTuple):
    """``corners`` (n, 3); ``loop`` (e,): the corners of all faces, one face after the other; ``face`` (e,): of each entry;
    ``cells`` (f, 2): the grain whose polyhedron has the face, and the one on the other side or -1 to -6 for a side of the
    box (x = 0, x = width, y = 0 ...). Seen from outside the first, the corners run anticlockwise. A grain has one polyhedron."""

    corners: np.ndarray
    loop: np.ndarray
    face: np.ndarray
    cells: np.ndarray


class Star(NamedTuple):
    """Tetrahedra from the centre of each polyhedron: ``points`` (n, 3), ``tetrahedra`` (t, 4), ``grain`` (t,)."""

    points: np.ndarray
    tetrahedra: np.ndarray
    grain: np.ndarray


def polyhedra(tessellation: Tessellation, weld: float = 20e-9) -> Polyhedra:
    """Polyhedra of all grains that reach into the box, in metres.

    Corners closer than ``weld`` (m) become one, and faces left with less than three corners vanish from both their grains;
    where that would fold a grain over, its corners are left apart. Raises InputError for two dimensions, for periodic sides,
    for seeds beyond a mirror and where the polyhedra do not close.
    """
    _check(tessellation, weld)
    scale = tessellation.grain_size
    box = np.asarray(tessellation.box) / scale
    whole = _closed(_faces(tessellation, scale, box), box)
    group = _clusters(whole.corners, weld / scale)
    while len(means := _means(whole.corners, group, box)) > (again := _clusters(means, weld / scale)).max() + 1:
        group = again[group]  # the mean of some corners may lie near another
    while True:
        shape = _welded(whole, group, box)
        faulty = faults(shape)
        if not len(faulty):
            break
        touched = np.any(np.isin(whole.cells, faulty)[whole.face], axis=1)
        several = np.bincount(group)[group] > 1
        apart = np.isin(group, group[whole.loop[touched]]) & several
        if not apart.any():
            raise InputError(
                f"the polyhedra of {len(faulty)} grains do not close or are flat; take another seed or a larger weld "
                f"than {weld:g} m."
            )
        group = np.unique(np.where(apart, group.max() + 1 + np.arange(len(group)), group), return_inverse=True)[1]
    points, tetrahedra, _ = star(shape)
    if abs(volumes(points, tetrahedra).sum() / np.prod(box) - 1) > 1e-9:
        raise InputError("the polyhedra do not fill the box; take another seed or a larger weld.")
    corners = np.where(shape.corners == box, tessellation.box, shape.corners * scale)
    return shape._replace(corners=corners)


def star(shape: Polyhedra) -> Star:
    """Each polyhedron split from its centroid; a face of more than three corners is a fan about its centroid, the same from
    both sides. Flat faces stay flat; where welding bent one, the fan is the face from then on."""
    corners, loop, face, cells = shape
    count = np.bincount(face, minlength=len(cells))
    start = np.cumsum(count) - count
    ahead = _ahead(face, start, count)
    a, b = corners[loop], corners[loop[ahead]]
    mean = _sum(face, a, len(cells)) / count[:, None]
    area = np.cross(a - mean[face], b - mean[face])
    whole = _sum(face, area, len(cells))
    share = (area * whole[face]).sum(axis=1)
    total = np.bincount(face, share, len(cells))
    middle = _sum(face, share[:, None] * (a + b + mean[face]) / 3, len(cells)) / np.maximum(total, 1e-300)[:, None]
    # to the last bit on a side of the box
    middle = np.clip(middle, np.minimum.reduceat(a, start), np.maximum.reduceat(a, start))

    fanned = count > 3
    number = len(corners) + np.cumsum(fanned) - 1
    many, three = fanned[face], start[~fanned]
    triangles = np.concatenate(
        (
            np.column_stack((loop[many], loop[ahead[many]], number[face[many]])),
            np.column_stack((loop[three], loop[three + 1], loop[three + 2])),
        )
    )
    of = np.concatenate((face[many], np.flatnonzero(~fanned)))
    points = np.concatenate((corners, middle[fanned]))
    inner = cells[of, 1] >= 0  # seen from the other side they run the other way round
    sheets = np.concatenate((triangles[:, [0, 2, 1]], triangles[inner]))
    grains, cell = np.unique(np.concatenate((cells[of, 0], cells[of[inner], 1])), return_inverse=True)
    ends = points[sheets]
    rough = _sum(cell, ends.mean(axis=1), len(grains)) / np.bincount(cell)[:, None]
    volume = ((rough[cell] - ends[:, 0]) * np.cross(ends[:, 1] - ends[:, 0], ends[:, 2] - ends[:, 0])).sum(axis=1)
    content = np.bincount(cell, volume)
    moment = _sum(cell, volume[:, None] * (ends.sum(axis=1) + rough[cell]) / 4, len(grains))
    centre = np.where(content[:, None] > 0, moment / np.maximum(content, 1e-300)[:, None], rough)
    tetrahedra = np.column_stack((sheets, len(points) + cell))
    return Star(np.concatenate((points, centre)), tetrahedra, grains[cell])


def quality(points: np.ndarray, tetrahedra: np.ndarray) -> np.ndarray:
    """12 (3 volume)^(2/3) / (sum of squared edges): 1 regular, 0 flat, negative turned inside out.

    The mean ratio of Liu and Joe 1994, doi:10.1007/BF01955874.
    """
    corners, content = points[tetrahedra], volumes(points, tetrahedra)
    squares = ((corners[:, PAIRS[:, 0]] - corners[:, PAIRS[:, 1]]) ** 2).sum(axis=(1, 2))
    return np.sign(content) * 12 * np.cbrt(3 * content) ** 2 / squares


def volumes(points: np.ndarray, tetrahedra: np.ndarray) -> np.ndarray:
    """Of each tetrahedron, negative where it is turned inside out."""
    a, b, c, d = points[tetrahedra].transpose(1, 0, 2)
    return (np.cross(b - a, c - a) * (d - a)).sum(axis=1) / 6


def faults(shape: Polyhedra) -> np.ndarray:
    """The grains whose polyhedron is not closed, has a face that touches itself or a tetrahedron that is flat or inverted."""
    corners, loop, face, cells = shape
    number = len(corners)
    count = np.bincount(face, minlength=len(cells))
    ahead = loop[_ahead(face, np.cumsum(count) - count, count)]
    _, where, times = np.unique(face.astype(np.int64) * number + loop, return_inverse=True, return_counts=True)
    found = [cells[face[times[where] > 1]].ravel()]
    # each edge of a closed surface is run through once in either direction
    inner = cells[face, 1] >= 0
    cell = np.concatenate((cells[face, 0], cells[face[inner], 1])).astype(np.int64)
    begin, end = np.concatenate((loop, ahead[inner])), np.concatenate((ahead, loop[inner]))
    there, back = ((cell * number + p) * number + q for p, q in ((begin, end), (end, begin)))
    _, where, times = np.unique(there, return_inverse=True, return_counts=True)
    found.append(cell[(times[where] > 1) | ~np.isin(there, back)])
    points, tetrahedra, grain = star(shape)
    found.append(grain[quality(points, tetrahedra) < FLAT])
    found = np.unique(np.concatenate(found))
    return found[found >= 0]


def _check(tessellation, weld):
    if tessellation.dimension != 3:
        raise InputError("tetrahedra need a box of three lengths; two are meshed by triangles.")
    if "periodic" in (tessellation.surface, tessellation.sides):
        raise InputError("conforming tetrahedra take cut or mirrored sides; use Voxels for periodic ones.")
    if not 0 <= weld <= 0.1 * tessellation.grain_size:
        raise InputError(
            f"weld = {weld!r} m is outside its allowed range [0, {0.1 * tessellation.grain_size:g}] m, a tenth of a grain."
        )
    for axis, kind in enumerate((tessellation.sides, tessellation.sides, tessellation.surface)):
        place = np.asarray(tessellation.seeds)[:, axis]
        if kind == "mirror" and ((place < 0) | (place > tessellation.box[axis])).any():
            raise InputError("a seed lies beyond a mirrored face of the box; keep the seeds between mirrored faces.")


def _faces(tessellation, scale, box):
    """The faces between grains inside the box, in grain sizes: the corners of each in order, and its two grains.

    A mirrored seed needs no image here: the plane between a seed and its image is the face of the box.
    """
    seeds = np.asarray(tessellation.seeds) / scale
    count = len(seeds)
    # points far beyond the box bound every cell; no point of the box is nearer to one of them than to a seed
    golden = (1 + np.sqrt(5)) / 2
    shell = np.array([np.roll((0.0, s, t * golden), k) for k in range(3) for s in (-1, 1) for t in (-1, 1)])
    shell = shell / np.sqrt(1 + golden**2) @ _turned()
    far = box / 2 + 6 * np.ptp(np.concatenate((seeds, [np.zeros(3), box])), axis=0).max() * shell
    weights = np.asarray(tessellation.weights) / scale**2
    places, meet = power_vertices(np.concatenate((seeds, far)), np.concatenate((weights, np.full(len(far), weights.min()))))
    group = _clusters(places, ROUNDING)
    places = _snapped(places[np.unique(group, return_index=True)[1]], box)
    pairs = np.sort(meet[:, PAIRS], axis=2).reshape(-1, 2)
    rows = np.unique(np.column_stack((pairs, np.repeat(group, len(PAIRS)))), axis=0)
    rows = rows[rows[:, 1] < count]
    cells, face = np.unique(rows[:, :2], axis=0, return_inverse=True)
    at = places[rows[:, 2]]
    first = np.searchsorted(face, np.arange(len(cells)))
    low, high = np.minimum.reduceat(at, first), np.maximum.reduceat(at, first)
    # a face that lies on the box belongs to one grain only and is found as a side of it
    kept = (np.bincount(face) >= 3) & (high > 0).all(axis=1) & (low < box).all(axis=1)
    crosses = ((low < 0) | (high > box)).any(axis=1)
    order = _around(at, face, (seeds[cells[:, 1]] - seeds[cells[:, 0]]))
    loops = np.split(at[order], first[1:])
    found, grains = [], []
    for k in np.flatnonzero(kept):
        polygon = clip(loops[k], box) if crosses[k] else loops[k]
        if len(polygon) >= 3:
            found.append(polygon)
            grains.append(cells[k])
    return found, np.reshape(np.array(grains, int), (-1, 2)), seeds, weights


def _closed(faces, box) -> Polyhedra:
    """Polyhedra with all their faces: those between grains and those on the sides of the box."""
    loops, cells, seeds, weights = faces
    ends = np.array([[(k >> axis) & 1 for axis in range(3)] for k in range(8)]) * box
    every = np.concatenate((*loops, ends))
    group = _clusters(every, ROUNDING)
    corners = _means(every, group, box)
    face = np.repeat(np.arange(len(loops)), [len(polygon) for polygon in loops])
    loop, face, cells = _without_repeats(group[: len(face)], face, cells)
    inside = ends + ROUNDING * (box / 2 - ends)  # on a boundary, the grain that lies in the box
    owner = (((inside[:, None] - seeds) ** 2).sum(axis=2) - weights).argmin(axis=1)
    held = np.concatenate(
        (np.column_stack((cells[face].ravel(), np.repeat(loop, 2))), np.column_stack((owner, group[len(every) - 8 :])))
    )
    held = np.unique(held, axis=0)
    parts = [(loop, face, cells)]
    for side in range(6):
        axis, bound = side // 2, box[side // 2] * (side % 2)
        rows = held[corners[held[:, 1], axis] == bound]
        if not len(rows):
            continue
        grain, of, count = np.unique(rows[:, 0], return_inverse=True, return_counts=True)
        outward = np.zeros((len(grain), 3))
        outward[:, axis] = 2 * (side % 2) - 1
        rows = rows[_around(corners[rows[:, 1]], of, outward)]
        rows, full = rows[count[of] >= 3], count >= 3
        grain = grain[full]
        parts.append((rows[:, 1], np.searchsorted(grain, rows[:, 0]), np.column_stack((grain, np.full(len(grain), -1 - side)))))
    offset = np.cumsum([0, *(len(part[2]) for part in parts)])
    return Polyhedra(
        corners,
        np.concatenate([part[0] for part in parts]),
        np.concatenate([part[1] + shift for part, shift in zip(parts, offset, strict=False)]),
        np.concatenate([part[2] for part in parts]),
    )


def _welded(whole: Polyhedra, group, box) -> Polyhedra:
    corners = _means(whole.corners, group, box)
    loop, face, cells = _without_repeats(group[whole.loop], whole.face, whole.cells)
    used, loop = np.unique(loop, return_inverse=True)
    return Polyhedra(corners[used], loop, face, cells)


def _without_repeats(loop, face, cells):
    """Loops with neighbours that are one corner joined, less the faces that have under three corners then."""
    count = np.bincount(face, minlength=len(cells))
    kept = loop != loop[_ahead(face, np.cumsum(count) - count, count)]
    loop, face = loop[kept], face[kept]
    full = np.bincount(face, minlength=len(cells)) >= 3
    number = np.cumsum(full) - 1
    return loop[full[face]], number[face[full[face]]], cells[full]


def _ahead(face, start, count):
    """The entry of a loop after each entry."""
    ahead = np.arange(len(face)) + 1
    last = (start + count - 1)[count > 0]
    ahead[last] = start[count > 0]
    return ahead


def _around(points, group, normal):
    """The order of entries, sorted by group, that runs anticlockwise around each group's normal."""
    normal = normal / np.linalg.norm(normal, axis=1)[:, None]
    helper = np.eye(3)[np.abs(normal).argmin(axis=1)]
    across = np.cross(helper, normal)
    across /= np.linalg.norm(across, axis=1)[:, None]
    up = np.cross(normal, across)
    offset = points - (_sum(group, points, len(normal)) / np.bincount(group, minlength=len(normal))[:, None])[group]
    angle = np.arctan2((offset * up[group]).sum(axis=1), (offset * across[group]).sum(axis=1))
    return np.lexsort((angle, group))


def _means(points, group, box):
    """The mean of each group; a group with a member on a side of the box stays on it."""
    count = group.max() + 1
    means = _sum(group, points, count) / np.bincount(group)[:, None]
    for axis in range(3):
        for bound in (0.0, box[axis]):
            means[group[points[:, axis] == bound], axis] = bound
    return means


def _snapped(points, box):
    points = np.where(np.abs(points) < ROUNDING, 0.0, points)
    return np.where(np.abs(points - box) < ROUNDING, box, points)


def _clusters(points, tolerance):
    pairs = KDTree(points).query_pairs(tolerance, output_type="ndarray")
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(points),) * 2)
    return connected_components(graph, directed=False)[1]


def _sum(group, values, count):
    return np.stack([np.bincount(group, values[:, axis], count) for axis in range(values.shape[1])], axis=1)


def _turned():
    """A rotation by odd angles, so that no far point lies level with a lattice of seeds."""
    turn = np.eye(3)
    for (p, q), angle in (((0, 1), 0.3), ((1, 2), 0.7), ((0, 2), 1.1)):
        step = np.eye(3)
        step[[p, q, p, q], [p, q, q, p]] = np.cos(angle), np.cos(angle), -np.sin(angle), np.sin(angle)
        turn = turn @ step
    return turn
