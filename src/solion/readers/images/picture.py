"""A picture of labels as it lies in a file: whole numbers, what its axes are, and what the file says of its voxels."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np

from solion.base.errors import InputError

PICTURE, STACK, SPACE = ("rows", "columns"), ("pages", "rows", "columns"), ("x", "y", "z")
SEGMENT = (
    "segment it first (solion.segment_micrograph, or MorphoLibJ) and "
    "save one whole number for each grain, without compression losses"
)


@dataclasses.dataclass(frozen=True)
class Picture:
    """Values of a label image in the order of its file.

    ``axes``: what each axis is, ("rows", "columns") with row 0 at the top, ("pages", "rows", "columns"), or ("x",
    "y", "z"). ``spacing``: edges of a voxel along each axis in m, None where the file does not say. ``void``: values
    that the format itself keeps for what is no grain. ``orientations``: by value, a unit quaternion (scalar last,
    crystal to sample), nan where unknown. ``levels``: of a picture in colours, the number of levels of each; its
    values are (red*levels + green)*levels + blue.
    ``laid_out``: whether the reader itself chose the voxels, of the edges that were asked for.
    """

    path: Path
    format: str
    values: np.ndarray
    axes: tuple[str, ...]
    spacing: tuple[float, ...] | None = None
    void: tuple[int, ...] = ()
    orientations: np.ndarray | None = None
    levels: int = 0
    notes: tuple[str, ...] = ()
    laid_out: bool = False


def whole(path: Path, array: np.ndarray) -> np.ndarray:
    """The array as integers. Raises InputError for other numbers."""
    array = np.asarray(array)
    if not array.size:
        raise InputError(f"{path}: holds no voxels; it is cut off or damaged.")
    if array.dtype == bool:
        return array.astype(np.uint8)
    if np.issubdtype(array.dtype, np.integer):
        return array
    if not np.issubdtype(array.dtype, np.floating):
        raise InputError(f"{path}: holds {array.dtype} values; a label image names each grain by a whole number.")
    if not (np.isfinite(array).all() and (array == np.round(array)).all()):
        raise InputError(f"{path}: holds numbers that are not whole; a label image names each grain by a whole number.")
    return array.astype(np.int64)


def of_channels(path: Path, array: np.ndarray) -> tuple[np.ndarray, int]:
    """(values, levels of a colour, 0 where grey) of an array whose last axis are channels: grey, grey and opacity,
    colours, colours and opacity."""
    channels = array.shape[-1]
    if channels in (2, 4):
        opacity = array[..., -1]
        if not (opacity == opacity.flat[0]).all():
            raise InputError(f"{path}: is partly transparent; save the labels as opaque colours or grey values.")
        array = array[..., :-1]
    elif channels not in (1, 3):
        raise InputError(f"{path}: has {channels} channels; labels are grey values, indices or colours.")
    if array.shape[-1] == 1 or (array == array[..., :1]).all():
        return array[..., 0], 0
    if array.dtype not in (np.uint8, np.uint16):
        raise InputError(f"{path}: its colours are {array.dtype} values; labels in colours have 8 or 16 bits a channel.")
    levels = 1 << (8 * array.dtype.itemsize)
    return array.astype(np.int64) @ np.array([levels * levels, levels, 1]), levels


def check_blends(picture: Picture) -> None:
    """Refuse grey micrographs and pictures whose edges were smoothed: values that lie between those beside them are no labels.

    A value is solid where it fills a square of two by two voxels somewhere. In a label image nearly every voxel belongs to such a
    square, and a value that has none is noise: it does not lie between its neighbours more often than chance.
    """
    slices = picture.values if picture.values.ndim == 2 else picture.values.reshape(-1, *picture.values.shape[-2:])[:64]
    values = slices if slices.ndim == 3 else slices[None]
    if min(values.shape[-2:]) < 16:
        return
    here = values[:, 1:-1, 1:-1]
    corners = [values[:, i : i + here.shape[1] + 1, j : j + here.shape[2] + 1] for i in (0, 1) for j in (0, 1)]
    square = (corners[0] == corners[1]) & (corners[0] == corners[2]) & (corners[0] == corners[3])
    solid = square[:, :-1, :-1] | square[:, 1:, :-1] | square[:, :-1, 1:] | square[:, 1:, 1:]
    names, number = np.unique(here, return_inverse=True)
    number = number.reshape(here.shape)
    if names.size > 24 and solid.mean() < 0.5:
        raise InputError(
            f"{picture.path}: {names.size} values, and only {solid.mean():.0%} "
            f"of the voxels have neighbours of their own value: a grey "
            f"picture, not labels; {SEGMENT}."
        )
    has_solid = np.zeros(names.size, bool)
    has_solid[np.unique(number[solid])] = True
    n = picture.levels
    parts = [values // n // n, values // n % n, values % n] if n else [values]
    between = np.ones(here.shape, bool)
    for part in parts:
        beside = np.stack([part[:, :-2, 1:-1], part[:, 2:, 1:-1], part[:, 1:-1, :-2], part[:, 1:-1, 2:]])
        middle = part[:, 1:-1, 1:-1]
        between &= (beside.min(0) <= middle) & (middle <= beside.max(0))
    blended = np.bincount(number.ravel(), between.ravel(), names.size) > 0.5 * np.bincount(number.ravel(), minlength=names.size)
    blends = int(np.count_nonzero(blended & ~has_solid))
    if blends > max(3, 0.15 * names.size):
        raise InputError(
            f"{picture.path}: {blends} of {names.size} values occur only "
            f"between two others, as where edges are smoothed (antialiased) or "
            f"compressed: blends, not grains; {SEGMENT}."
        )


def thin(values: np.ndarray, value: int) -> float:
    """Share of the voxels of a value that lie in no solid square (cube) of two: near 1 for lines of separation."""
    from scipy import ndimage

    here = values == value
    return 1.0 - float(ndimage.binary_opening(here, np.ones((2,) * values.ndim)).sum()) / max(int(here.sum()), 1)
