"""Conduction of ions through voxels: div(sigma grad phi) = 0 with resistive grain boundaries, by finite volumes.

Every voxel has one potential; between neighbours i and j flows, per area of a column of voxels,

    j_ij = (phi_i - phi_j) / (h/(2 sigma_i) + R_ij + h/(2 sigma_j)),

so that the two halves and the boundary between them are in series (harmonic mean of the conductivities). A grain
boundary of resistance R_gb (ohm m2) and unit normal n counts on a face normal to axis a as

    R_ij = R_gb [ |n_a| + theta sum_{k != a} |n_k| ],     theta = 1 / (1 + 2 (d - 1) h/(sigma R_gb)).

This is the staircase correction: the steps by which voxels follow an inclined boundary have an area larger by sum |n_k|.
A transparent boundary (theta = 0) must be crossed with the voltage drop of the plane one, a blocking boundary (theta = 1)
passes its current over all of the steps. Between the two the sum of d - 1 terms may overstate the resistance by the same
share in two and in three dimensions: hence the factor d - 1. Lattices of bricks are exact. Everything here takes plain arrays.

Arrays have the shape (nx[, ny], nz) of the grid *with* its layers; z runs from the bottom electrode to the top. All
currents are densities per area of a column, so that two and three dimensions read alike. With complex
conductivities and resistances the same network is that of an alternating current.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array, dia_array

from solion.grids.grains.connectivity import neighbours
from solion.grids.grains.voxel_facets import VoxelFacets


@dataclass(frozen=True)
class Slab:
    """A homogeneous layer: thicknesses of its cells (m) from the ceramic outward, conductivity (S/m), and the
    resistance (ohm m2) of the interface on its side towards the ceramic."""

    cells: np.ndarray
    conductivity: Any
    interface_resistance: Any = 0.0


@dataclass(frozen=True)
class VoxelGrains:
    """The ceramic as plain arrays: ``labels`` (0 = pore), edge of a voxel ``spacing`` (m), whether sides are
    ``periodic``; ``conductivity`` (S/m) of each label and ``resistance`` (ohm m2) of each boundary of ``facets``."""

    labels: np.ndarray
    spacing: float
    periodic: bool
    facets: VoxelFacets
    conductivity: np.ndarray
    resistance: np.ndarray

    @property
    def reach(self) -> float:
        """2 (d - 1) h, the sigma R_gb at which theta is one half, m."""
        return 2 * (self.labels.ndim - 1) * self.spacing


@dataclass(frozen=True)
class Network:
    """Conductances (S/m2) of a grid of voxels.

    ``links[a]``: between each voxel and the next one along axis a, the last one being that to the first where sides are
    periodic and zero where not. ``half``: resistance (ohm m2) from the centre of the outermost cells to their outer faces
    (bottom, top; inf at pores). ``below``: number of cells of bottom layers; ``heights``: z of the nz + 1 planes between cells,
    0 at the bottom of the ceramic. ``joints``: plane (between cells k and k + 1) and resistance of each interface of a
    layer. ``layers``: conductivity (S/m) of each sheet of cells, 0 in the ceramic. ``solid``: whether a cell conducts;
    None where all do.
    """

    grains: VoxelGrains
    links: tuple[np.ndarray, ...]
    half: tuple[np.ndarray, np.ndarray]
    below: int
    heights: np.ndarray
    joints: tuple[tuple[int, Any], ...]
    layers: np.ndarray
    solid: np.ndarray | None

    @property
    def shape(self) -> tuple[int, ...]:
        """Cells along each axis."""
        return self.links[0].shape

    @property
    def ceramic(self) -> slice:
        """The cells along z that are ceramic."""
        return slice(self.below, self.below + self.grains.labels.shape[-1])

    @property
    def thicknesses(self) -> np.ndarray:
        """Thickness of each sheet of cells, m."""
        return np.diff(self.heights)


def face_resistance(resistance, along, across, reach: float, conductivity) -> np.ndarray:
    """R of a face between two grains by the staircase correction, ohm m2; ``reach``: that of :class:`VoxelGrains`, m."""
    return resistance * (along + across * resistance / (resistance + reach / conductivity))


def face_derivatives(resistance, along, across, reach: float, conductivity) -> tuple[np.ndarray, np.ndarray]:
    """Derivatives of :func:`face_resistance` by R_gb and by the conductivity."""
    length = reach / conductivity
    total = resistance + length
    by_resistance = along + across * resistance * (resistance + 2 * length) / total**2
    by_conductivity = across * resistance**2 * length / (conductivity * total**2)
    return by_resistance, by_conductivity


def network(grains: VoxelGrains, bottom: tuple[Slab, ...] = (), top: tuple[Slab, ...] = ()) -> Network:
    """The conductances of ceramic and layers; each of ``bottom`` and ``top`` is listed from the ceramic outward."""
    labels, h = grains.labels, grains.spacing
    below, above = (sum(len(slab.cells) for slab in slabs) for slabs in (bottom, top))
    depth = labels.shape[-1]
    shape = (*labels.shape[:-1], below + depth + above)
    kind = np.result_type(grains.conductivity, grains.resistance, *(s.conductivity for s in (*bottom, *top)), float)
    halves = half_resistances(grains)
    half = halves[labels]
    ceramic = slice(below, below + depth)
    links = tuple(np.zeros(shape, kind) for _ in range(labels.ndim))
    for axis, (link, faces) in enumerate(zip(links, grains.facets.faces, strict=True)):
        low, high = neighbours(labels.shape, axis, grains.periodic)
        inner = link[..., ceramic]
        inner[low] = 1 / (half[low] + half[high])
        column, level = np.divmod(faces.lower.astype(np.int64), depth)
        where = column * shape[-1] + level + below
        first, second = pair_of(grains, axis, faces)
        between = face_resistance(
            grains.resistance[faces.facet], faces.along, faces.across, grains.reach, pair_conductivity(grains, first, second)
        )
        link.reshape(-1)[where] = 1 / (halves[first] + between + halves[second])
    joints = _link_slabs(links, half, bottom, below, -1, h, grains.periodic)
    joints += _link_slabs(links, half, top, below + depth, 1, h, grains.periodic)
    for axis, link in enumerate(links):
        if shape[axis] == 1:
            link[...] = 0  # around periodic sides a single voxel would meet itself
    ends = tuple(
        half[..., face] if not slabs else np.full(shape[:-1], slabs[-1].cells[-1] / (2 * slabs[-1].conductivity))
        for slabs, face in ((bottom, 0), (top, -1))
    )
    sizes = [*(c for s in reversed(bottom) for c in s.cells[::-1]), *[h] * depth, *(c for s in top for c in s.cells)]
    heights = np.concatenate(([0.0], np.cumsum(sizes)))
    heights -= heights[below]
    layers = [*(s.conductivity for s in reversed(bottom) for _ in s.cells), *[0.0] * depth]
    layers += [s.conductivity for s in top for _ in s.cells]
    solid = None
    if (labels == 0).any():
        solid = np.ones(shape, bool)
        solid[..., ceramic] = labels > 0
    return Network(grains, links, (ends[0], ends[1]), below, heights, tuple(joints), np.array(layers), solid)


def half_resistances(grains: VoxelGrains) -> np.ndarray:
    """Of each label, the resistance (ohm m2) from the centre of a voxel to its face; inf for pores."""
    conducting = grains.conductivity != 0
    return np.where(conducting, grains.spacing / (2 * np.where(conducting, grains.conductivity, 1)), np.inf)


def pair_of(grains: VoxelGrains, axis: int, faces) -> tuple[np.ndarray, np.ndarray]:
    """Labels before and behind each boundary face of an axis."""
    flat = grains.labels.ravel()
    first = flat[faces.lower]
    pairs = grains.facets.pairs[faces.facet]
    return first, np.where(pairs[:, 0] == first, pairs[:, 1], pairs[:, 0])


def pair_conductivity(grains: VoxelGrains, first, second) -> np.ndarray:
    """Conductivity that the staircase correction refers to: the harmonic mean of the two grains."""
    one, other = grains.conductivity[first], grains.conductivity[second]
    return 2 * one * other / (one + other)


def _link_slabs(links, half, slabs: tuple[Slab, ...], edge: int, direction: int, h: float, periodic: bool) -> list:
    """Write the conductances of the layers on one side of the plane ``edge``; their interfaces as (plane, resistance)."""
    joints = []
    vertical, sides = links[-1], links[:-1]
    before = half[..., 0] if direction < 0 else half[..., -1]
    cell = edge if direction > 0 else edge - 1  # the layer's cell next to the ceramic
    for slab in slabs:
        for k, size in enumerate(slab.cells):
            own = size / (2 * slab.conductivity)
            joint = slab.interface_resistance if k == 0 else 0.0
            plane = min(cell, cell - direction)
            vertical[..., plane] = 1 / (before + joint + own)
            if k == 0:
                joints.append((plane, joint))
            for axis, link in enumerate(sides):
                inner = link[..., cell]
                count = inner.shape[axis] if periodic else inner.shape[axis] - 1
                inner[(*(slice(None),) * axis, slice(0, count))] = slab.conductivity * size / h**2
            before = np.full(vertical.shape[:-1], own)
            cell += direction
    return joints


def assemble(net: Network, bottom: np.ndarray, top: np.ndarray) -> csr_array:
    """The matrix of sum_j g_ij (phi_i - phi_j) + g_electrode phi_i, symmetric; pores are rows of the unit matrix.

    ``bottom``, ``top``: conductances (S/m2) from the outermost cells to metal of fixed potential, shape (nx[, ny]).
    """
    shape = net.shape
    size = int(np.prod(shape))
    diagonal = np.zeros(shape, net.links[0].dtype)
    bands: dict[int, np.ndarray] = {}  # by the distance between row and column; entry (i + s, i) stands at i, (i, i + s) at i + s
    for axis, link in enumerate(net.links):
        diagonal += link
        diagonal += np.roll(link, 1, axis)
        stride = int(np.prod(shape[axis + 1 :]))
        onward, around = -link, np.zeros_like(link)
        ends = tuple((*(slice(None),) * axis, end) for end in (0, -1))
        around[ends[0]], onward[ends[1]] = onward[ends[1]], 0
        for entries, reach in ((onward, stride), (around, stride * (shape[axis] - 1))):
            if entries.any():
                flat = entries.reshape(-1)
                for offset, values in ((-reach, flat), (reach, _shifted(flat, reach))):
                    bands[offset] = bands[offset] + values if offset in bands else values
    diagonal[..., 0] += bottom
    diagonal[..., -1] += top
    if net.solid is not None:
        diagonal[~net.solid] = 1
    data = np.array([diagonal.reshape(-1), *bands.values()])
    matrix = dia_array((data, [0, *bands]), shape=(size, size)).tocsr()
    return csr_array(
        (matrix.data, matrix.indices.astype(np.int32, copy=False), matrix.indptr.astype(np.int32, copy=False)), shape=matrix.shape
    )


def _shifted(entries: np.ndarray, reach: int) -> np.ndarray:
    moved = np.zeros_like(entries)
    moved[reach:] = entries[: entries.size - reach]
    return moved


def groups(net: Network) -> np.ndarray:
    """The group of each unknown for deflation: its grain, the layers of either side, or the pores together."""
    labels = net.grains.labels
    numbers = np.cumsum(np.bincount(labels.ravel()) > 0) - 1  # without gaps
    count = int(numbers[-1]) + 1
    group = np.empty(net.shape, np.int32)
    group[..., net.ceramic] = numbers[labels]
    group[..., : net.below] = count
    group[..., net.ceramic.stop :] = count + (1 if net.below else 0)
    return group.reshape(-1)
