"""Which voxels of a label image hang together: neighbours, connected pieces, the faces that they reach, lines between grains."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import ndimage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

LINES = 0.9  # of the pores within a voxel of two grains, from which they are the lines of a segmentation
TOUCHING = 0.1  # contacts of grains for each such voxel, above which they are real, narrow pores


class Reach(NamedTuple):
    """Of each piece (index 0: the pores), whether it reaches the bottom face and the top one."""

    bottom: np.ndarray
    top: np.ndarray


def neighbours(shape: tuple[int, ...], axis: int, periodic: bool) -> tuple[tuple, tuple]:
    """Index expressions of the voxels on either side of every face normal to ``axis``.

    Without wrapping: all but the last, all but the first. With periodic sides (never along the last axis) the last
    voxel of a row also faces the first one: index arrays then, which copy.
    """
    low, high = [slice(None)] * len(shape), [slice(None)] * len(shape)
    if periodic and axis < len(shape) - 1:
        high[axis] = np.arange(1, shape[axis] + 1) % shape[axis]  # type: ignore[call-overload]
    else:
        low[axis], high[axis] = slice(0, -1), slice(1, None)
    return tuple(low), tuple(high)


def pieces_of_labels(labels: np.ndarray, periodic: bool) -> np.ndarray:
    """Connected pieces of equal labels, numbered from 1; 0 for pores."""
    flat = np.arange(labels.size, dtype=np.int32).reshape(labels.shape)
    first, second = [], []
    for axis in range(labels.ndim):
        low, high = neighbours(labels.shape, axis, periodic)
        same = (labels[low] == labels[high]) & (labels[low] > 0)
        first.append(flat[low][same])
        second.append(flat[high][same])
    pairs = np.concatenate(first), np.concatenate(second)
    graph = coo_array((np.ones(pairs[0].size, np.int8), pairs), shape=(flat.size, flat.size))
    piece = connected_components(graph, directed=False)[1].reshape(labels.shape)
    solid = labels > 0
    found = np.zeros(labels.shape, np.int32)
    found[solid] = np.unique(piece[solid], return_inverse=True)[1] + 1
    return found


def solid_pieces(labels: np.ndarray, periodic: bool) -> np.ndarray:
    """Connected pieces of what is not pore, 0 for pores; pieces that meet across periodic sides share a number."""
    pieces = np.zeros(labels.shape, np.int32)
    ndimage.label(labels > 0, output=pieces)
    count = int(pieces.max())
    if not periodic or count < 2:
        return pieces
    first, second = [], []
    for axis in range(labels.ndim - 1):
        low, high = np.take(pieces, 0, axis).ravel(), np.take(pieces, -1, axis).ravel()
        both = (low > 0) & (high > 0)
        first.append(low[both])
        second.append(high[both])
    pairs = np.concatenate(first), np.concatenate(second)
    graph = coo_array((np.ones(pairs[0].size, np.int8), pairs), shape=(count + 1, count + 1))
    joined = connected_components(graph, directed=False)[1].astype(np.int32)
    return joined[pieces]  # the pores, node 0, meet nothing and are numbered first: they stay 0


def reach(pieces: np.ndarray) -> Reach:
    """Which faces, z = 0 and the largest z, each piece reaches."""
    ends = []
    for end in (0, -1):
        present = np.zeros(int(pieces.max()) + 1, bool)
        present[np.unique(pieces[..., end])] = True
        present[0] = False
        ends.append(present)
    return Reach(*ends)


def nearest_labels(labels: np.ndarray, replaced: np.ndarray) -> np.ndarray:
    """The labels with those of some voxels replaced by the nearest other label that is no pore."""
    found = np.empty((labels.ndim, *labels.shape), np.int32)
    ndimage.distance_transform_edt(replaced | (labels == 0), return_distances=False, return_indices=True, indices=found)
    return np.where(replaced, labels[tuple(found)], labels)


def lines_between_grains(labels: np.ndarray) -> bool:
    """Whether the pores are lines a voxel wide that part all grains, as a watershed draws them."""
    pores = labels == 0
    count = np.count_nonzero(pores)
    if not count or count == labels.size:
        return False
    around = np.ones((3,) * labels.ndim, bool)
    largest = ndimage.maximum_filter(labels, footprint=around)
    smallest = ndimage.minimum_filter(np.where(pores, np.iinfo(labels.dtype).max, labels), footprint=around)
    parting = np.count_nonzero(pores & (largest > 0) & (smallest < largest))
    contacts = 0
    for axis in range(labels.ndim):
        low, high = neighbours(labels.shape, axis, False)
        contacts += np.count_nonzero((labels[low] != labels[high]) & (labels[low] > 0) & (labels[high] > 0))
    return bool(parting > LINES * count and contacts < TOUCHING * count)
