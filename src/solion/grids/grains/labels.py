"""Labelled images of a polycrystal: which grain each voxel belongs to, and whether a calculation can stand on it.

A :class:`LabelImage` is a regular grid of cubic (square) voxels, the current flowing along its last axis from the
bottom electrode (z = 0) to the top. Label 0 is a pore; every other label is one grain, or one piece of a second
phase. It comes from a tessellation (:meth:`LabelImage.of`), from an array, or from a file
(:func:`solion.grids.grains.image_files.read_labels`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import numpy as np

from solion.base.errors import InputError
from solion.grids.grains.connectivity import lines_between_grains, nearest_labels, pieces_of_labels, reach, solid_pieces
from solion.grids.grains.lengths import one_length
from solion.grids.grains.tessellation import Tessellation

SMALLEST = {2: 4, 3: 8}  # voxels of a grain that is still resolved: two along every axis
SPACING = (1e-11, 1e-3)  # m, of a voxel: from below an atom to a coarse tomograph
SCATTERED = 4  # pieces of a label, above which it names no grain
NAMED = 8  # labels that are listed in a sentence
CHUNK = 1 << 20  # voxels labelled at a time, so that their coordinates never all exist at once


@dataclasses.dataclass(frozen=True)
class LabelImage:
    """Grains on a regular grid.

    labels: int32 (nx[, ny], nz), 0 = pore; the last axis runs from the bottom electrode to the top;
    spacing: edge of a voxel in m; periodic: whether opposite sides touch (the electrode faces never do);
    seeds: (n, d) in m for a tessellation, seed k belonging to label k + 1: exact normals of the boundaries;
    repeats: of each axis, whether the seeds repeat along it with the period of the box;
    phases: phase number of every label, 0 the main one; None where there is one phase only;
    orientations: of every label, a unit quaternion (scalar first, crystal to sample), nan where unknown, as maps of
    orientations have them; None where there are none. Laws of boundaries that follow the misorientation read them;
    notes: what cleaning has changed, in sentences.
    """

    labels: np.ndarray
    spacing: float
    periodic: bool = False
    seeds: np.ndarray | None = None
    repeats: tuple[bool, ...] = ()
    phases: np.ndarray | None = None
    notes: tuple[str, ...] = ()
    orientations: np.ndarray | None = None

    def __post_init__(self):
        try:
            labels = np.asarray(self.labels)
        except ValueError:
            raise InputError("LabelImage.labels has rows of unequal length; every row needs as many labels.") from None
        if np.issubdtype(labels.dtype, np.floating) and np.all(np.isfinite(labels)) and np.all(labels == np.round(labels)):
            labels = labels.astype(np.int64)
        if labels.ndim not in (2, 3):
            raise InputError(f"LabelImage.labels has {labels.ndim} axes; a label image has 2 or 3, the current along z.")
        if not np.issubdtype(labels.dtype, np.integer):
            raise InputError(f"LabelImage.labels holds {labels.dtype} values; labels are whole numbers, 0 for a pore.")
        if labels.size == 0 or labels.min() < 0 or labels.max() > np.iinfo(np.int32).max:
            raise InputError("LabelImage.labels must be whole numbers from 0 (a pore) to 2147483647, and not empty.")
        object.__setattr__(self, "spacing", one_length("LabelImage.spacing", self.spacing, SPACING))
        object.__setattr__(self, "labels", np.ascontiguousarray(labels, np.int32))
        for name, given in (("phases", self.phases), ("orientations", self.orientations)):
            if given is not None and len(given) <= labels.max():
                raise InputError(f"LabelImage.{name} names {len(given)} labels, the image has {labels.max() + 1}.")

    @classmethod
    def of(cls, tessellation: Tessellation, spacing: float) -> LabelImage:
        """The tessellation sampled at the centres of voxels of about ``spacing`` [m].

        The voxels must fill the box: a box that is not a whole number of voxels along some axis is refused.
        """
        box = np.asarray(tessellation.box, float)
        spacing = one_length("spacing", spacing, SPACING)
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
        turned = tessellation.orientations
        if turned is not None:  # label 0 is a pore
            turned = np.concatenate([np.full((1, 4), np.nan), np.asarray(turned, float)])
        return cls(labels.reshape(shape), spacing, sides, np.asarray(tessellation.seeds, float), repeats, orientations=turned)

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
        """This image with notes on what cannot carry current, or a clear refusal: one grain only, noise instead of grains, a
        grey-scale picture, lines of pores around every grain, no path from electrode to electrode.

        ``smallest``: voxels that a grain of an image needs (default 4 in 2D, 8 in 3D). A tessellation may be one
        grain, a single crystal; its cells are exempt one by one, since a cut surface slices some to slivers, but not on
        the average. One grain with pores is a porous single phase.
        """
        sizes = self.sizes()[1:]
        count = int(np.count_nonzero(sizes))
        if count == 0:
            raise InputError("the label image holds no grain: every voxel is 0, a pore.")
        if count == 1 and self.seeds is None and self.porosity == 0:
            raise InputError(
                f"the label image holds one grain only (label {int(np.flatnonzero(sizes)[0]) + 1}) and no pore: there is no "
                "boundary to study. Give each grain its own label; LabelImage.separated(), separate = true in a study, splits "
                "pieces that share one."
            )
        smallest = SMALLEST[self.dimension] if smallest is None else smallest
        mean = sizes.sum() / count
        if mean < smallest:
            raise InputError(
                f"the grains hold {mean:.1f} voxels on the average, fewer than {smallest}: they are not resolved; "
                "use a finer spacing."
            )
        if self.seeds is None:
            self._refuse_pictures(sizes, smallest)
        pieces = solid_pieces(self.labels, self.periodic)
        bottom, top = reach(pieces)
        if not (bottom & top).any():
            raise InputError(
                "the pores (label 0) cut every path from the bottom electrode (z = 0) to the top one: no current can "
                "flow; check which value of the image is the pore and which axis the current follows."
            )
        loose = ~(bottom | top)
        loose[0] = False
        if not loose.any():
            return self
        afloat = loose[pieces]
        named = np.unique(self.labels[afloat])
        listed = ", ".join(map(str, named[:NAMED])) + (", ..." if len(named) > NAMED else "")
        note = (
            f"{len(named)} grains (labels {listed}) or parts of them, {np.count_nonzero(afloat)} voxels in all, float inside "
            "pores without contact to an electrode: they carry no current."
        )
        return self if note in self.notes else dataclasses.replace(self, notes=(*self.notes, note))

    def _refuse_pictures(self, sizes: np.ndarray, smallest: int) -> None:
        """Refuse what is a picture of grains rather than their labels."""
        count = int(np.count_nonzero(sizes))
        phases = np.zeros(len(sizes) + 1, int) if self.phases is None else self.phases
        pieces = pieces_of_labels(self.labels, self.periodic)
        owner = np.zeros(int(pieces.max()) + 1, int)
        owner[pieces] = self.labels  # of each piece, its label
        own = phases[owner[1:]] == 0
        per_label = np.bincount(owner[1:][own], minlength=len(sizes) + 1)[1:]
        scattered = np.count_nonzero(per_label > SCATTERED)
        if count > 1 and 2 * scattered > count:
            mean = np.bincount(pieces.ravel())[1:].mean()
            remedy = (
                "LabelImage.separated(), separate = true in a study, makes each piece a grain."
                if mean >= 4 * smallest
                else "it looks like a grey-scale micrograph or noise, whose grains must be found first, for example with "
                "solion.segment_micrograph, so that every grain has one number."
            )
            raise InputError(
                f"the {count} labels lie in {len(own)} pieces of {mean:.1f} voxels on the average, so that a label is no grain: "
                + remedy
            )
        if lines_between_grains(self.labels):
            raise InputError(
                "the pores (label 0) are lines one voxel wide around the grains, as a watershed draws them, and would insulate "
                "every grain; LabelImage.cleaned(), clean = true in a study, gives them to the grains."
            )
        small = int(np.count_nonzero((sizes > 0) & (sizes < smallest)))
        if small:
            raise InputError(
                f"{small} of {count} grains hold fewer than {smallest} voxels, which is noise rather than grains; "
                f"LabelImage.cleaned(smallest={smallest}), clean = true in a study, gives them to their neighbours."
            )

    def cleaned(self, smallest: int | None = None) -> LabelImage:
        """Lines of a watershed given to the grains beside them, grains below ``smallest`` voxels to their nearest neighbour,
        pieces without contact made pores; noted. What it returns it leaves as it is."""
        smallest = SMALLEST[self.dimension] if smallest is None else smallest
        labels, notes = self.labels, list(self.notes)
        if lines_between_grains(labels):
            notes.append(
                f"{np.count_nonzero(labels == 0)} voxels of lines between grains (label 0) were given to the nearest grains."
            )
            labels = nearest_labels(labels, labels == 0)
        while True:
            before = labels
            sizes = np.bincount(labels.ravel())
            noise = (sizes > 0) & (sizes < smallest)
            noise[0] = False
            if noise.any() and not noise[1:][sizes[1:] > 0].all():
                wrong = noise[labels]
                labels = nearest_labels(labels, wrong)
                notes.append(
                    f"{int(noise.sum())} grains below {smallest} voxels ({int(wrong.sum())} voxels in all) were given to "
                    "their nearest neighbours."
                )
            pieces = solid_pieces(labels, self.periodic)
            bottom, top = reach(pieces)
            loose = ~(bottom | top)
            loose[0] = False
            if loose.any():
                lost = loose[pieces]
                labels = np.where(lost, 0, labels)
                notes.append(
                    f"{int(loose.sum())} isolated pieces ({int(lost.sum())} voxels) that no electrode can reach were made pores."
                )
            if np.array_equal(before, labels):  # a piece that was lost may have left its grain below the smallest
                return dataclasses.replace(self, labels=labels, notes=tuple(notes))

    def separated(self) -> LabelImage:
        """Each connected piece of a label as a grain of its own, numbered from 1; phases follow, seeds do not."""
        labels, solid = pieces_of_labels(self.labels, self.periodic), self.labels > 0
        count = int(labels.max())
        owner = np.zeros(count + 1, np.int32)
        owner[labels[solid]] = self.labels[solid]
        phases, orientations = (None if given is None else given[owner] for given in (self.phases, self.orientations))
        before = int(np.count_nonzero(self.sizes()[1:]))
        note = f"{before} labels were separated into {count} connected grains."
        return dataclasses.replace(
            self, labels=labels, seeds=None, repeats=(), phases=phases, notes=(*self.notes, note), orientations=orientations
        )
