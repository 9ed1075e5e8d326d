"""Grains of a micrograph that is not labelled: a watershed from the middles of the grains, by scikit-image."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from scipy import ndimage

from solion.base.errors import InputError, nearest
from solion.base.extras import missing
from solion.grids.grains.image_files import from_array
from solion.grids.grains.labels import LabelImage

EDGES = ("dark", "bright", "steps")
FEWEST = 2  # grains, below which nothing was found


def segment_micrograph(
    source: str | PathLike | Any,
    spacing: float,
    *,
    edges: str = "dark",
    smoothing: float = 1.0,
    depth: float = 2.0,
    through: str | int | None = "rows",
) -> LabelImage:
    """A label image from a grey micrograph: a suggestion to be looked at beside the picture, not a measurement.

    ``source``: a picture, or an array (rows, columns) of grey values. ``edges``: what parts the grains, lines that are "dark" or
    "bright", or "steps" of the grey value. ``smoothing``: width of a Gaussian in pixels that goes before. ``depth``: how much
    deeper in pixels the middle of a grain lies than the neck to its neighbour, for "steps" how many times the noise of the
    slope; larger values merge grains that were cut in two. ``spacing`` and ``through``: as in
    :func:`solion.read_labels`. The grains touch: their edges are given to them. Raises InputError where fewer than two are found.

    Method: lines are what lies beyond Otsu's threshold; grains grow from the places farthest from lines, or
    flattest, against the distance or the slope (watershed: Meyer, Signal Process. 38, 113 (1994)).
    """
    try:
        from skimage.filters import threshold_otsu
        from skimage.morphology import h_minima
        from skimage.segmentation import watershed
    except ImportError:
        raise missing("segment_micrograph", "scikit-image", "segmentation") from None
    if edges not in EDGES:
        raise InputError(f"segment_micrograph: edges = {edges!r} is unknown{nearest(edges, EDGES)}; known: {', '.join(EDGES)}.")
    grey = _grey(source)
    smooth = ndimage.gaussian_filter(grey, smoothing)
    if np.ptp(smooth) == 0:
        raise InputError("segment_micrograph: the picture has one grey value only; there are no grains to find.")
    if edges == "steps":
        height = ndimage.gaussian_gradient_magnitude(grey, max(smoothing, 1.0))
        depth *= float(np.median(height))
    else:
        threshold = threshold_otsu(smooth)
        height = -np.asarray(ndimage.distance_transform_edt(smooth > threshold if edges == "dark" else smooth < threshold))
    seeds, count = ndimage.label(h_minima(height, depth))  # pyright: ignore[reportGeneralTypeIssues]
    if count < FEWEST:
        raise InputError(
            f"segment_micrograph: {count} grains were found; take a smaller depth or smoothing, or other edges"
            f" ({', '.join(EDGES)})."
        )
    labels = watershed(height, seeds)
    image = from_array(labels, spacing, pores=(), through=through, name="segment_micrograph")
    note = f"{count} grains were found by a watershed between {edges} edges (smoothing {smoothing:g}, depth {depth:.3g})."
    return LabelImage(image.labels, image.spacing, notes=(*image.notes, note))


def _grey(source: Any) -> np.ndarray:
    """The picture as grey values, rows and columns."""
    if isinstance(source, (str, PathLike)):
        try:
            from PIL import Image
        except ImportError:
            raise missing("segment_micrograph", "pillow", "polycrystal") from None
        try:
            with Image.open(Path(source)) as image:
                source = np.asarray(image.convert("F"))
        except Exception as error:
            raise InputError(f"{source}: this picture cannot be read ({error}).") from None
    grey = np.asarray(source, float)
    if grey.ndim != 2 or min(grey.shape) < 8 or not np.isfinite(grey).all():
        raise InputError(
            f"segment_micrograph: an array of shape {grey.shape}; a micrograph has 8 rows and columns or more, of finite numbers."
        )
    return grey
