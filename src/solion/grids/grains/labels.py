"""Labelled images of a polycrystal: which grain each voxel belongs to, and whether a calculation can stand on it.

A :class:`LabelImage` is a regular grid of cubic (square) voxels, the current flowing along its last axis from the
bottom electrode (z = 0) to the top. Label 0 is a pore; every other label is one grain, or one piece of a second
phase. It comes from a tessellation (:meth:`LabelImage.of`), from an array, or from a file
(:func:`solion.grids.grains.image_files.read_labels`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from solion.base.errors import InputError

if TYPE_CHECKING:
    from solion.grids.grains.tessellation import Tessellation

SMALLEST = {2: 4, 3: 8}  # voxels of a grain that is still resolved: two along every axis
CHUNK = 1 << 20  # voxels labelled at a time, so that their coordinates never all exist at once


@dataclasses.dataclass(frozen=True)
class LabelImage:
    """Grains on a regular grid.

    labels: int32 (nx[, ny], nz), 0 = pore; the last axis runs from the bottom electrode to the top;
    spacing: edge of a voxel in m; periodic: whether opposite sides touch (the electrode faces never do);
    seeds: (n, d) in m for a tessellation, seed k belonging to label k + 1: exact normals of the boundaries;
    repeats: of each axis, whether the seeds repeat along it with the period of the box;
    phases: phase number of every label, 0 the main one; None where there is one phase only;
    notes: what cleaning has changed, in sentences.
    """

    labels: np.ndarray
    spacing: float
    periodic: bool = False
    seeds: np.ndarray | None = None
    repeats: tuple[bool, ...] = ()
    phases: np.ndarray | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self):
        labels = np.asarray(self.labels)
        if labels.ndim not in (2, 3):
            raise InputError(
                f"LabelImage.labels has {labels.ndim} axes; a label image has 2 or 3, the current along z."
            )
        if not np.issubdtype(labels.dtype, np.integer):
            raise InputError(f"LabelImage.labels holds {labels.dtype} values; labels are whole numbers, 0 for a pore.")
        if labels.size == 0 or labels.min() < 0 or labels.max() > np.iinfo(np.int32).max:
            raise InputError("LabelImage.labels must be whole numbers from 0 (a pore) to 2147483647, and not empty.")
        if not (np.isfinite(self.spacing) and self.spacing > 0):
            raise InputError(f"LabelImage.spacing = {self.spacing!r} m must be a positive length, the edge of a voxel.")
        object.__setattr__(self, "labels", np.ascontiguousarray(labels, np.int32))
        if self.phases is not None and len(self.phases) <= labels.max():
            raise InputError(f"LabelImage.phases names {len(self.phases)} labels, the image has {labels.max() + 1}.")

    @classmethod
    def of(cls, tessellation: Tessellation, spacing: float) -> LabelImage:
        """The tessellation sampled at the centres of voxels of about ``spacing`` [m].

        The voxels must fill the box: a box that is not a whole number of voxels along some axis is refused.
        """
        box = np.asarray(tessellation.box, float)
        shape = np.round(box / spacing).astype(int)
        if np.any(shape < 2) or np.any(abs(shape * spacing - box) > 1e-6 * box):
            raise InputError(
                f"spacing = {spacing:g} m does not divide the box {tuple(float(b) for b in box)} m into a whole number "
                f"(at least 2) of cubic voxels; choose spacing so that every edge is a multiple of it."
            )
        labels = np.empty(int(shape.prod()), np.int32)
        for start in range(0, labels.size, CHUNK):
            index = np.unravel_index(np.arange(start, min(start + CHUNK, labels.size)), tuple(shape))
            points = (np.stack(index, axis=-1) + 0.5) * spacing
            labels[start : start + CHUNK] = tessellation.labels(points) + 1
        sides, surface = tessellation.sides == "periodic", tessellation.surface == "periodic"
        repeats = (*(sides,) * (box.size - 1), surface)
        return cls(labels.reshape(shape), spacing, sides, np.asarray(tessellation.seeds, float), repeats)

    @property
    def dimension(self) -> int:
        """2 or 3."""
        return self.labels.ndim

    @property
    def box(self) -> tuple[float, ...]:
        """Edges of the image [m], the thickness last."""
        return tuple(n * self.spacing for n in self.labels.shape)

    @property
    def porosity(self) -> float:
        """Share of the volume that is pore."""
        return float(np.count_nonzero(self.labels == 0) / self.labels.size)

    def sizes(self) -> np.ndarray:
        """Voxels of each label, index = label (0: the pores)."""
        return np.bincount(self.labels.ravel())

    @property
    def grain_size(self) -> float:
        """Square root of the mean area, cube root of the mean volume of the grains present [m]."""
        sizes = self.sizes()[1:]
        present = np.count_nonzero(sizes)
        return float((sizes.sum() / max(present, 1)) ** (1 / self.dimension) * self.spacing)

    def with_phase(self, labels: Iterable[int], phase: int) -> LabelImage:
        """The same image with these labels belonging to a second phase (numbers 1, 2, ...)."""
        phases = np.zeros(self.labels.max() + 1, np.int32) if self.phases is None else self.phases.copy()
        wanted = np.fromiter(labels, int)
        absent = wanted[(wanted < 1) | (wanted >= len(phases))]
        if absent.size:
            raise InputError(f"label {absent[0]} is not in the image, whose labels run from 1 to {len(phases) - 1}.")
        phases[wanted] = phase
        return dataclasses.replace(self, phases=phases)

    def checked(self, smallest: int | None = None) -> LabelImage:
        """This image, or a clear refusal: one grain only, noise instead of grains, no path from electrode to electrode.

        ``smallest``: voxels that a grain of an image needs (default 4 in 2D, 8 in 3D). A tessellation may be one
        grain, a single crystal; its cells are exempt one by one, since a cut surface slices some to slivers, but not on
        the average.
        """
        sizes = self.sizes()[1:]
        count = int(np.count_nonzero(sizes))
        if count == 0:
            raise InputError("the label image holds no grain: every voxel is 0, a pore.")
        if count == 1 and self.seeds is None:  # a tessellation of one grain is meant to be a single crystal
            raise InputError(
                f"the label image holds one grain only (label {int(np.flatnonzero(sizes)[0]) + 1}): there is no grain "
                "boundary to study. Give each grain its own label; LabelImage.separated(), separate = true in a study, splits "
                "pieces that share one."
            )
        smallest = SMALLEST[self.dimension] if smallest is None else smallest
        small = int(np.count_nonzero((sizes > 0) & (sizes < smallest)))
        mean = sizes.sum() / count
        if mean < smallest:
            raise InputError(
                f"the grains hold {mean:.1f} voxels on the average, fewer than {smallest}: they are not resolved; "
                "use a finer spacing."
            )
        if 2 * small > count and self.seeds is None:
            raise InputError(
                f"{small} of {count} grains hold fewer than {smallest} voxels: most labels are noise, which cleaning would only "
                "hide; look at how the picture was segmented and saved."
            )
        if small and self.seeds is None:
            raise InputError(
                f"{small} of {count} grains hold fewer than {smallest} voxels, which is noise rather than grains; "
                f"LabelImage.cleaned(smallest={smallest}), clean = true in a study, gives them to their neighbours."
            )
        if not self._bridged(self._pieces()).any():
            raise InputError(
                "the pores (label 0) cut every path from the bottom electrode (z = 0) to the top one: no current can "
                "flow; check which value of the image is the pore and which axis the current follows."
            )
        return self

    def cleaned(self, smallest: int | None = None) -> LabelImage:
        """Grains below ``smallest`` voxels given to their nearest neighbour, pieces without contact made pores; noted."""
        smallest = SMALLEST[self.dimension] if smallest is None else smallest
        labels, notes = self.labels, list(self.notes)
        sizes = self.sizes()
        noise = (sizes > 0) & (sizes < smallest)
        noise[0] = False
        if noise.any() and not noise[1:][sizes[1:] > 0].all():
            wrong = noise[labels]
            nearest = np.empty((labels.ndim, *labels.shape), np.int32)
            ndimage.distance_transform_edt(
                wrong | (labels == 0), return_distances=False, return_indices=True, indices=nearest
            )
            labels = np.where(wrong, labels[tuple(nearest)], labels)
            notes.append(
                f"{int(noise.sum())} grains below {smallest} voxels ({int(wrong.sum())} voxels in all) were given to "
                "their nearest neighbours."
            )
        image = dataclasses.replace(self, labels=labels, notes=tuple(notes))
        pieces = image._pieces()
        loose = ~image._bridged(pieces) & ~image._touching(pieces)
        loose[0] = False
        if loose.any():
            lost = loose[pieces]
            labels = np.where(lost, 0, labels)
            notes.append(
                f"{int(loose.sum())} isolated pieces ({int(lost.sum())} voxels) that no electrode can reach were made pores."
            )
        image = dataclasses.replace(self, labels=labels, notes=tuple(notes))
        return (
            image if labels is self.labels else image.cleaned(smallest)
        )  # pores can make a grain small: until nothing changes

    def separated(self) -> LabelImage:
        """Each connected piece of a label as a grain of its own, numbered from 1; phases follow, seeds do not."""
        flat = np.arange(self.labels.size, dtype=np.int32).reshape(self.labels.shape)
        first, second = [], []
        for axis in range(self.dimension):
            low, high = neighbours(self.labels.shape, axis, self.periodic)
            same = (self.labels[low] == self.labels[high]) & (self.labels[low] > 0)
            first.append(flat[low][same])
            second.append(flat[high][same])
        pairs = np.concatenate(first), np.concatenate(second)
        graph = coo_array((np.ones(pairs[0].size, np.int8), pairs), shape=(flat.size, flat.size))
        piece = connected_components(graph, directed=False)[1].astype(np.int32).reshape(self.labels.shape)
        solid = self.labels > 0
        old, renamed = np.unique(piece[solid], return_inverse=True)
        labels = np.zeros_like(self.labels)
        labels[solid] = renamed + 1
        phases = None
        if self.phases is not None:
            phases = np.zeros(old.size + 1, np.int32)
            phases[labels[solid]] = self.phases[self.labels[solid]]
        before = int(np.count_nonzero(self.sizes()[1:]))
        note = f"{before} labels were separated into {old.size} connected grains."
        return dataclasses.replace(
            self, labels=labels, seeds=None, repeats=(), phases=phases, notes=(*self.notes, note)
        )

    def _pieces(self) -> np.ndarray:
        """Connected pieces of what is not pore, 0 for pores; pieces that meet across periodic sides share a number."""
        pieces = np.zeros(self.labels.shape, np.int32)
        ndimage.label(self.labels > 0, output=pieces)
        count = int(pieces.max())
        if not self.periodic or count < 2:
            return pieces
        first, second = [], []
        for axis in range(self.dimension - 1):
            low, high = np.take(pieces, 0, axis).ravel(), np.take(pieces, -1, axis).ravel()
            both = (low > 0) & (high > 0)
            first.append(low[both])
            second.append(high[both])
        pairs = np.concatenate(first), np.concatenate(second)
        graph = coo_array((np.ones(pairs[0].size, np.int8), pairs), shape=(count + 1, count + 1))
        joined = connected_components(graph, directed=False)[1].astype(np.int32)
        return joined[pieces]  # the pores, node 0, meet nothing and are numbered first: they stay 0

    def _faces(self, pieces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        count = int(pieces.max()) + 1
        ends = []
        for end in (0, -1):
            present = np.zeros(count, bool)
            present[np.unique(pieces[..., end])] = True
            present[0] = False
            ends.append(present)
        return ends[0], ends[1]

    def _bridged(self, pieces: np.ndarray) -> np.ndarray:
        """Of each piece, whether it reaches from the bottom face to the top one."""
        bottom, top = self._faces(pieces)
        return bottom & top

    def _touching(self, pieces: np.ndarray) -> np.ndarray:
        """Of each piece, whether it reaches either electrode face."""
        bottom, top = self._faces(pieces)
        return bottom | top


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
