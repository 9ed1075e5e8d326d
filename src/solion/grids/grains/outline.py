"""The outline of a two-dimensional tessellation: corners and straight edges, cleaned of what no mesh could resolve."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from solion.base.errors import InputError
from solion.grids.grains.tessellation import Tessellation, polygon_area


class Outline(NamedTuple):
    """``corners`` (n, 2); ``edges`` (m, 2) pairs of corners, each once; ``twin`` (n,): for a corner on the left side its
    copy on the right one, else -1 (periodic sides only); ``areas``: of each grain number."""

    corners: np.ndarray
    edges: np.ndarray
    twin: np.ndarray
    areas: np.ndarray


def outline(tessellation: Tessellation, tolerance: float, planes: tuple[float, ...] = ()) -> Outline:
    """Corners closer than ``tolerance`` are welded, and those that near to a face are put on it; grains thinner than that vanish.

    ``planes``: further heights below or above the ceramic, ends of layers. Raises InputError where less than two corners of
    every grain remain or the pieces no longer fill the box.
    """
    polygons, grains = tessellation.cells()
    for snap in (True, False):  # at a very shallow angle, putting a corner on a face can fold a grain over
        found = _weld(polygons, grains, tessellation, tolerance, snap)
        if found is not None:
            corners, edges, twin, areas = found
            return Outline(*_with_planes(corners, edges, twin, tessellation, planes), areas)
    raise InputError(
        f"the grains cannot be cleaned with a tolerance of {tolerance:g} m: edges fold over; take a smaller tolerance "
        "(Elements.weld) or another seed."
    )


def _weld(polygons, grains, tessellation, tolerance, snap):
    box, periodic = np.asarray(tessellation.box), tessellation.sides == "periodic"
    points = np.concatenate(polygons)
    which = np.repeat(np.arange(len(polygons)), [len(p) for p in polygons])
    near = tolerance if snap else 1e-9 * box.min()
    for axis in (0, 1):
        points[:, axis] = np.where(points[:, axis] < near, 0.0, points[:, axis])
        points[:, axis] = np.where(points[:, axis] > box[axis] - near, box[axis], points[:, axis])
    folded = points.copy()
    if periodic:
        folded[:, 0] = np.where(folded[:, 0] == box[0], 0.0, folded[:, 0])
    # exact duplicates first (the same corner seen from several grains), then corners that lie close together
    group = _clusters(folded, tolerance)
    count = group.max() + 1
    share = np.bincount(group, minlength=count)
    welded = np.stack([np.bincount(group, folded[:, axis], count) / share for axis in (0, 1)], axis=1)
    for axis in (0, 1):  # a group with a member on a face stays on it
        for bound in (0.0, box[axis]):
            on = np.zeros(count, bool)
            on[group[folded[:, axis] == bound]] = True
            welded[on, axis] = bound
    right = np.zeros(len(points), bool)
    if periodic:  # corners on the right side are copies of those on the left
        left_group = np.zeros(count, bool)
        left_group[group[folded[:, 0] == 0]] = True
        right = left_group[group] & (points[:, 0] > box[0] / 2)
    node, members = np.unique(group + count * right, return_inverse=True)
    corners = welded[node % count] + np.where(node >= count, box[0], 0.0)[:, None] * [1.0, 0.0]
    twin = np.full(len(node), -1)
    twin[np.searchsorted(node, node[node >= count] - count)] = np.flatnonzero(node >= count)
    if periodic and not np.array_equal(node[np.searchsorted(node, node[node >= count] - count)], node[node >= count] - count):
        return None

    edges, areas = [], np.zeros(tessellation.grains)
    for k, grain in enumerate(grains):
        ring = members[which == k] if len(polygons) < 50 else members[_slice(which, k)]
        ring = ring[ring != np.roll(ring, 1)]
        if len(ring) < 3 or len(set(ring)) != len(ring):
            if len(set(ring)) > 2:
                return None
            continue
        area = polygon_area(corners[ring])
        if area <= 1e-3 * tolerance**2:
            if area < -(tolerance**2):
                return None
            if len(ring) > 3:  # flat but with corners in between: left to the others, whose edges must then match
                return None
            continue
        areas[grain] += area
        edges.append(np.column_stack((ring, np.roll(ring, -1))))
    directed = np.concatenate(edges)
    if abs(areas.sum() / np.prod(box) - 1) > 1e-9:
        return None
    edges, counts = np.unique(np.sort(directed, axis=1), axis=0, return_counts=True)
    middle = corners[edges].mean(axis=1)
    flat = corners[edges[:, 0]] == corners[edges[:, 1]]
    outside = (flat & ((middle == 0) | (middle == box))).any(axis=1)
    if not np.array_equal(counts, np.where(outside, 1, 2)):
        return None
    used = np.unique(edges)
    renumber = np.full(len(corners), -1)
    renumber[used] = np.arange(len(used))
    twin = np.where(twin >= 0, renumber[twin], -1)[used]
    return corners[used], renumber[edges], twin, areas


def _slice(which, k):
    return slice(*np.searchsorted(which, (k, k + 1)))


def _clusters(points, tolerance):
    pairs = KDTree(points).query_pairs(tolerance, output_type="ndarray")
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(points),) * 2)
    return connected_components(graph, directed=False)[1]


def _with_planes(corners, edges, twin, tessellation, planes):
    """Outline with layers: a line at each of these heights and the sides between them."""
    width, height = tessellation.box
    for face, heights in (
        (0.0, sorted((p for p in planes if p < 0), reverse=True)),
        (height, sorted(p for p in planes if p > height)),
    ):
        last = [int(np.flatnonzero((corners[:, 0] == x) & (corners[:, 1] == face))[0]) for x in (0.0, width)]
        for plane in heights:
            new = [len(corners), len(corners) + 1]
            corners = np.concatenate((corners, [[0.0, plane], [width, plane]]))
            twin = np.concatenate((twin, [new[1] if tessellation.sides == "periodic" else -1, -1]))
            edges = np.concatenate((edges, [new, [last[0], new[0]], [last[1], new[1]]]))
            last = new
    return corners, edges, twin
