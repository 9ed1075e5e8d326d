"""Grain boundaries as the faces between voxels of unlike labels, each with the direction of the true boundary there.

A voxel grid sees a boundary as a staircase, whose area is too large by |n_x| + |n_y| + |n_z|, n being the unit normal
of the boundary. The balance corrects for it (:mod:`solion.balances.conduction_voxels`) and needs n at every face:

* of a tessellation, n is the direction between the two seeds, exactly;
* of an image, n is the direction of the gradient of f = [voxel is of the second grain] - [voxel is of the first one],
  smoothed by a Gaussian: the slope of a weighted least-squares plane through f around the face, which stays unbiased
  where the edge of the image cuts the neighbourhood.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from solion.grids.grains.connectivity import neighbours
from solion.grids.grains.labels import LabelImage

REACH = 3  # voxels on either side of a face that its normal is taken from: areas within 2 % (2 would give 5 %)
CHUNK = 200_000  # faces treated at a time, so that the working arrays stay in cache


@dataclass(frozen=True)
class AxisFaces:
    """Boundary faces normal to one axis.

    lower: flat index (C order) of the voxel before each face; facet: which boundary it belongs to;
    along, across: |n_axis| and the sum of the other |n_k|.
    """

    lower: np.ndarray
    facet: np.ndarray
    along: np.ndarray
    across: np.ndarray


@dataclass(frozen=True)
class VoxelFacets:
    """All boundaries: ``pairs`` (m, 2) of labels, the smaller first; the faces of each axis; and, of each boundary, its
    ``area`` (m2, in 2D m2 per m), mean ``position`` (m, d) in m and mean unit ``normal`` (m, d), from first to second."""

    pairs: np.ndarray
    faces: tuple[AxisFaces, ...]
    area: np.ndarray
    position: np.ndarray
    normal: np.ndarray


def facets(image: LabelImage) -> VoxelFacets:
    """Every boundary between two grains of the image; pores have none."""
    labels = image.labels
    stride = int(labels.max()) + 1
    flat_labels = labels.ravel()
    lowers, keys, normals = [], [], []
    for axis in range(image.dimension):
        low, high = neighbours(labels.shape, axis, image.periodic)
        unlike = (labels[low] != labels[high]) & (labels[low] > 0) & (labels[high] > 0)
        lower = np.ravel_multi_index(np.nonzero(unlike), labels.shape)
        first, second = flat_labels[lower], labels[high][unlike]
        normal = np.empty((lower.size, image.dimension), np.float32)
        for start in range(0, lower.size, CHUNK):
            part = slice(start, start + CHUNK)
            of = _between_seeds if image.seeds is not None else _smoothed
            normal[part] = of(image, axis, lower[part], first[part], second[part])
        small, large = np.minimum(first, second), np.maximum(first, second)
        normal[first > second] *= -1
        keys.append(small.astype(np.int64) * stride + large)
        lowers.append(lower.astype(np.int32))
        normals.append(normal)
    unique, facet = np.unique(np.concatenate(keys), return_inverse=True)
    pairs = np.column_stack((unique // stride, unique % stride)).astype(np.int32)
    counts = [lower.size for lower in lowers]
    of_axis = np.split(facet.astype(np.int32), np.cumsum(counts)[:-1])
    count = len(pairs)
    area, total, middle, mean = (np.zeros(count), np.zeros(count), np.zeros((count, labels.ndim)), np.zeros((count, labels.ndim)))
    faces = []
    for axis, (lower, which, normal) in enumerate(zip(lowers, of_axis, normals, strict=True)):
        size = np.abs(normal)
        along = size[:, axis]
        faces.append(AxisFaces(lower, which, along, size.sum(axis=1) - along))
        area += np.bincount(which, along, count)
        total += np.bincount(which, minlength=count)
        index = np.unravel_index(lower, labels.shape)
        for k in range(labels.ndim):
            middle[:, k] += np.bincount(which, index[k] + (1.0 if k == axis else 0.5), count)
            mean[:, k] += np.bincount(which, normal[:, k] * along, count)
    spacing = image.spacing
    length = np.linalg.norm(mean, axis=1, keepdims=True)
    mean = np.divide(mean, length, out=np.zeros_like(mean), where=length > 0)
    return VoxelFacets(
        pairs, tuple(faces), area * spacing ** (labels.ndim - 1), middle * spacing / np.maximum(total, 1)[:, None], mean
    )


def _between_seeds(image: LabelImage, axis: int, lower, first, second) -> np.ndarray:
    """Unit vectors from the seed of the first grain to that of the second, of their images nearest to the face."""
    seeds, box = np.asarray(image.seeds), np.asarray(image.box)
    one, other = seeds[first - 1], seeds[second - 1]
    if any(image.repeats):
        face = np.stack(np.unravel_index(lower, image.labels.shape), axis=1) + 0.5
        face[:, axis] += 0.5
        face *= image.spacing
        period = np.where(image.repeats, box, np.inf)
        shift = np.where(image.repeats, box, 0.0)
        one = one - shift * np.round((one - face) / period)
        other = other - shift * np.round((other - face) / period)
    along = other - one
    return along / np.linalg.norm(along, axis=1, keepdims=True)


def _smoothed(image: LabelImage, axis: int, lower, first, second) -> np.ndarray:
    """Unit normals by least squares over the voxels around each face that belong to either of its grains."""
    labels, reach = image.labels, REACH
    padded, index = _padded(image, reach), np.unravel_index(lower, labels.shape)
    strides = np.array(padded.strides) // padded.itemsize
    base = sum((index[k] + reach) * strides[k] for k in range(labels.ndim))
    flat = padded.ravel()
    # offsets from the lower voxel and distances from the face, in voxels
    offsets = [np.arange(1 - reach, reach + 1) if k == axis else np.arange(-reach, reach + 1) for k in range(labels.ndim)]
    distances = [offset - 0.5 * (k == axis) for k, offset in enumerate(offsets)]
    weights = [np.exp(-2 * (distance / reach) ** 2) for distance in distances]
    total = np.zeros(lower.size)
    moment = np.zeros((labels.ndim, lower.size))
    for where in product(*(range(offset.size) for offset in offsets)):
        step = int(sum(offsets[k][i] * strides[k] for k, i in enumerate(where)))
        weight = float(np.prod([weights[k][i] for k, i in enumerate(where)]))
        around = flat[base + step]
        value = weight * ((around == second).astype(np.float64) - (around == first))
        total += value
        for k, i in enumerate(where):
            moment[k] += distances[k][i] * value
    slope = np.empty((lower.size, labels.ndim))
    for k in range(labels.ndim):
        inside = index[k][:, None] + offsets[k]
        wraps = image.periodic and k < labels.ndim - 1
        weight = weights[k] * (True if wraps else (inside >= 0) & (inside < labels.shape[k]))
        norm = weight.sum(axis=-1)
        mean = (weight * distances[k]).sum(axis=-1) / norm
        spread = (weight * distances[k] ** 2).sum(axis=-1) / norm - mean**2
        slope[:, k] = (moment[k] - mean * total) / spread
    length = np.linalg.norm(slope, axis=1, keepdims=True)
    across = np.zeros(labels.ndim)
    across[axis] = 1.0  # where the neighbourhood says nothing, the face itself does
    return np.where(length > 1e-9, slope / np.maximum(length, 1e-9), across)


def _padded(image: LabelImage, reach: int) -> np.ndarray:
    """The labels with a rim that belongs to no grain, or that repeats the other side where that is periodic."""
    sides = image.labels.ndim - 1
    rim = [(reach, reach)] * sides
    if image.periodic:
        padded = np.pad(image.labels, [*rim, (0, 0)], mode="wrap")
        return np.pad(padded, [(0, 0)] * sides + [(reach, reach)], constant_values=-1)
    return np.pad(image.labels, [*rim, (reach, reach)], constant_values=-1)
