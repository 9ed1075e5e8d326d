"""Nested dissection: an order of elimination for large sparse systems whose unknowns have a place."""

from __future__ import annotations

import numpy as np


def dissection(matrix, places: np.ndarray, leaf: int = 20) -> np.ndarray:
    """Permutation that eliminates halves of the domain before what separates them, recursively (George 1973).

    ``matrix``: sparse, symmetric pattern (n, n). ``places``: (n, d). Halving is by the median along the longer side, the
    separator the unknowns of the first half that touch the second; all blocks of a level at once.
    """
    pattern = matrix.tocoo()
    rows, columns = pattern.row, pattern.col
    upper = rows < columns
    rows, columns = rows[upper], columns[upper]
    count = matrix.shape[0]
    levels = max(0, int(np.ceil(np.log2(max(1, count / leaf)))))
    path, depth = np.zeros(count, np.int64), np.full(count, levels)
    inside = np.ones(count, bool)
    for level in range(levels):
        blocks = 2**level
        which = np.flatnonzero(inside)
        block = path[which]
        extent = []
        for axis in range(places.shape[1]):
            low, high = np.full(blocks, np.inf), np.full(blocks, -np.inf)
            np.minimum.at(low, block, places[which, axis])
            np.maximum.at(high, block, places[which, axis])
            extent.append(high - low)
        along = places[which, np.argmax(extent, axis=0)[block]]
        order = np.lexsort((along, block))
        starts, ends = (np.searchsorted(block[order], np.arange(blocks), side=side) for side in ("left", "right"))
        position = np.empty(len(which), np.int64)
        position[order] = np.arange(len(which)) - starts[block[order]]
        half = np.zeros(count, np.int64)
        half[which] = position >= ((ends - starts) // 2)[block]
        across = half[rows] != half[columns]
        separator = np.unique(np.where(half[rows[across]] == 0, rows[across], columns[across]))
        depth[separator], inside[separator] = level, False
        path[inside] = 2 * path[inside] + half[inside]
        kept = inside[rows] & inside[columns] & (path[rows] == path[columns])
        rows, columns = rows[kept], columns[kept]
    return np.lexsort((-depth, (path + 1) << (levels - depth)))  # after all that lies below in the tree
