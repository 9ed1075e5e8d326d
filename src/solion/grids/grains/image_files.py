"""Label images from files: pictures, stacks, arrays, maps of orientations and rasters, turned so that the current runs along z.

The current flows along the last axis of a :class:`LabelImage`, z = 0 at the bottom electrode. Pictures are turned so that
it flows upwards in them: row 0, at the top of a picture, becomes the largest z; the pages of a stack become y. Arrays and
volumes are taken as they are, the current along their last axis. With ``through`` the current follows another axis.
"""

from __future__ import annotations

import dataclasses
import re
import warnings
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from scipy import ndimage

from solion.base.errors import InputError, nearest
from solion.grids.grains.labels import SPACING, LabelImage
from solion.grids.grains.lengths import one_length
from solion.readers.images.picture import PICTURE, STACK, Picture, check_blends, thin, whole
from solion.readers.images.read import read_picture

AXES = {"rows": -2, "columns": -1, "pages": -3}
EQUAL = 5e-3  # edges of a voxel that differ by less are taken for one
THIN = 0.8  # share of the voxels of a value outside solid squares, above which it is lines


def read_labels(
    path: str | PathLike,
    spacing: float | Sequence[float] | None = None,
    *,
    pores: Sequence[int | str] | None = None,
    lines: Sequence[int | str] = (),
    through: str | int | None = None,
    periodic: bool = False,
    unit: float = 1e-6,
) -> LabelImage:
    """A label image from a file whose every value (colour) is one grain; see ``docs/laboratory-files.md`` for the formats.

    ``spacing``: edge of a voxel in m, or one for each axis of the file; not needed where the file says it; cells (.tess) are
    laid out on such voxels. ``unit``: m, of files whose lengths have none (.tesr, .tess, .dream3d). ``pores``: values that are
    pores, or colours such as "#ffffff"; 0 where nothing is said, () for none. ``lines``: values of lines between grains (a
    watershed's), which are given to the nearest grain. ``through``: the axis that the current follows, "rows" (default of a
    picture), "columns" or "pages", or its number in the file's array. What was changed is in the image's notes. Raises
    InputError for what cannot be read as labels.
    """
    path = Path(path)
    asked = _asked(spacing)
    picture = read_picture(path, unit=unit, spacing=asked)
    edges, notes = _edges(picture, asked)
    pictured = picture.axes in (PICTURE, STACK)
    picture = dataclasses.replace(picture, values=whole(path, picture.values))
    check_blends(picture)
    through = "rows" if through is None and pictured else through
    array = _filled(picture, lines)
    array, more = _cubic(_turned(array, through, str(path)), _turned_edges(edges, through, array.ndim), str(path))
    way = f"the current runs along its {through}" if through is not None else "taken as it is, the current along its last axis"
    upward = ", upwards from the last row" if through == "rows" else ""
    notes = [f"{picture.format}, {way}{upward}.", *picture.notes, *notes, *more]
    given = pores if pores is not None else [value for value in picture.void or (0,) if (array == value).any()]
    values = _values(picture, given, array, "pores")
    image = _labelled(array, min(edges), values, periodic, str(path))
    if pores is None and (warning := _zero_based(array)):
        warnings.warn(f"{path}: {warning}", UserWarning, stacklevel=2)
        notes.append(warning)
    return dataclasses.replace(image, notes=tuple(notes), orientations=_orientations(picture, array, image.labels))


def _orientations(picture: Picture, array: np.ndarray, labels: np.ndarray) -> np.ndarray | None:
    """Of each label the orientation of the value that it was in the file, scalar first."""
    if picture.orientations is None:
        return None
    value = np.zeros(int(labels.max()) + 1, array.dtype)
    value[labels.ravel()] = array.ravel()
    value[0] = 0
    return picture.orientations[np.minimum(value, len(picture.orientations) - 1)][:, [3, 0, 1, 2]]


def from_array(
    array,
    spacing: float | Sequence[float],
    *,
    pores: Sequence[int] = (0,),
    through: str | int | None = None,
    periodic: bool = False,
    name: str = "array",
) -> LabelImage:
    """A label image from whole numbers: each value one grain, those in ``pores`` pores; ``through`` as in :func:`read_labels`.

    ``spacing``: edge of a voxel in m, or one for each axis of the array; voxels that are no cubes are sampled on cubes.

    Labels are numbered anew from 1 in ascending order of the values where they are sparse or a pore is not 0. Negative values
    that are not pores are refused: programs mark by them what is no grain.
    """
    try:
        array = np.asarray(array)
    except ValueError:
        raise InputError(f"{name}: its rows have unequal lengths; every row needs as many labels.") from None
    if array.ndim not in (2, 3):
        raise InputError(f"{name}: an image of {array.ndim} axes; labels have 2 or 3 (a colour picture: one colour per grain).")
    if array.dtype.kind not in "biuf":
        raise InputError(f"{name}: holds {array.dtype} values; a label image names each grain by a whole number.")
    if np.ndim(spacing) == 1 and len(spacing) == array.ndim:  # pyright: ignore[reportArgumentType]
        edges = tuple(one_length(f"spacing[{k}]", edge, SPACING) for k, edge in enumerate(spacing))  # pyright: ignore
    else:
        edges = (one_length("spacing", spacing, SPACING),) * array.ndim
    turned = _turned(whole(Path(name), array), through, name)
    cubes, notes = _cubic(turned, _turned_edges(edges, through, array.ndim), name)
    image = _labelled(cubes, min(edges), tuple(pores), periodic, name)
    return dataclasses.replace(image, notes=tuple(notes))


def _labelled(array: np.ndarray, spacing: float, pores: tuple[int, ...], periodic: bool, name: str) -> LabelImage:
    values, renamed = np.unique(array, return_inverse=True)
    pore = np.isin(values, pores)
    if (negative := values[(values < 0) & ~pore]).size:
        raise InputError(
            f"{name}: {int(np.isin(array, negative).sum())} voxels hold "
            f"{negative[0]}, by which programs mark what is no grain; say pores = "
            f"({', '.join(map(str, [*pores, *negative[:3]]))},) or give them to grains first."
        )
    numbers = np.cumsum(~pore)
    numbers[pore] = 0
    plain = values[-1] < 4 * values.size and set(values[pore]) <= {0} and not (values[0] == 0 and not pore[0])
    labels = array if plain else numbers[renamed.reshape(array.shape)]
    return LabelImage(np.asarray(labels, np.int32), spacing, periodic)


def _values(picture: Picture, given: Any, array: np.ndarray, key: str) -> tuple[int, ...]:
    """Values of the picture for numbers and colours, or for one. Raises InputError for those that are not in it."""
    found = []
    for entry in (given,) if isinstance(given, (str, int, np.integer)) else given:
        if isinstance(entry, str):
            match = re.fullmatch(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})", entry.strip())
            if match is None or not picture.levels:
                raise InputError(
                    f"{picture.path}: {key} = {entry!r} is no colour such as "
                    f"'#ffffff', or the picture ({picture.format}) has none."
                )
            red, green, blue = (int(part, 16) * (picture.levels - 1) // 255 for part in match.groups())
            value = (red * picture.levels + green) * picture.levels + blue
        elif isinstance(entry, (int, float, np.number)) and entry == int(entry):
            value = int(entry)
        else:
            raise InputError(f"{picture.path}: {key} holds {entry!r}; name values such as 0, or colours such as '#ffffff'.")
        if not (array == value).any():
            colours = "; its values are colours: say them as '#ffffff'" if picture.levels else ""
            some = ", ".join(map(str, np.unique(array)[:6]))
            raise InputError(f"{picture.path}: {key} = {entry!r} is not in the picture, whose values are {some}, ...{colours}.")
        found.append(value)
    return tuple(found)


def _filled(picture: Picture, lines: Sequence[int | str]) -> np.ndarray:
    """The values with lines between grains given to the nearest grain; a value that is lines and not said so is refused."""
    array = picture.values
    if isinstance(lines, Sequence) and not len(lines):
        if picture.orientations is None and (array == 0).any() and np.unique(array).size > 3 and _separates(array):
            raise InputError(
                f"{picture.path}: the value 0 makes thin lines around the grains, "
                f"as a watershed leaves them, which would be insulating pores; "
                "lines = [0] gives them to the grains."
            )
        return array
    drawn = np.isin(array, _values(picture, lines, array, "lines"))
    square = np.ones((3,) * array.ndim, bool)
    wide = np.asarray(ndimage.binary_dilation(ndimage.binary_opening(drawn, square), square, mask=drawn), bool)
    nearest_grain = np.empty((array.ndim, *array.shape), np.int32)
    ndimage.distance_transform_edt(drawn, return_distances=False, return_indices=True, indices=nearest_grain)
    return np.where(drawn & ~wide, array[tuple(nearest_grain)], array)  # wide places stay what they are, pores


def _separates(array: np.ndarray) -> bool:
    """Whether the voxels of value 0 are thin lines and every grain is cut off by them from its neighbours."""
    if thin(array, 0) < THIN:
        return False
    touching = total = 0
    for axis in range(array.ndim):
        low, high = (np.take(array, range(*part), axis) for part in ((0, array.shape[axis] - 1), (1, array.shape[axis])))
        total += np.count_nonzero(low != high)
        touching += np.count_nonzero((low != high) & (low != 0) & (high != 0))
    return bool(touching < 0.1 * total)


def _zero_based(array: np.ndarray) -> str:
    """A sentence where 0 looks like one more grain: all numbers from 0 are there, and 0 is one piece of a grain's size."""
    values, counts = np.unique(array, return_counts=True)
    if values[0] != 0 or values.size < 4 or values[-1] != values.size - 1:
        return ""
    pieces = np.zeros(array.shape, np.int32)
    ndimage.label(array == 0, output=pieces)
    if pieces.max() != 1 or not 0.2 * np.median(counts[1:]) <= counts[0] <= 5 * np.median(counts[1:]):
        return ""
    return "the value 0 is one piece of the size of a grain and was read as a pore; if the labels begin at 0, say pores = ()."


def _asked(spacing: float | Sequence[float] | None) -> tuple[float, ...] | None:
    """Edges of a voxel [m] as they were given. Raises InputError for what is no length of a voxel."""
    if spacing is None:
        return None
    return tuple(one_length("spacing", edge, SPACING) for edge in np.atleast_1d(np.asarray(spacing, object)).tolist())


def _edges(picture: Picture, edges: tuple[float, ...] | None) -> tuple[tuple[float, ...], list[str]]:
    """Edges of a voxel along the axes of the file [m]: those that were given, else those of the file."""
    own, count = picture.spacing, picture.values.ndim
    if own is not None and picture.laid_out:
        return own, []
    if edges is None:
        if own is None:
            raise InputError(f"{picture.path}: give spacing, the edge of a voxel in m; the file does not say it.")
        return own, [f"The edges of a voxel are those of the file, {' x '.join(f'{edge:g}' for edge in own)} m."]
    edges = edges * count if len(edges) == 1 else edges
    if len(edges) != count:
        raise InputError(f"{picture.path}: spacing names {len(edges)} edges and the file has {count} axes.")
    if own is not None and any(abs(a / b - 1) > EQUAL for a, b in zip(edges, own, strict=True)):
        shown = " x ".join(f"{edge:g}" for edge in own)
        raise InputError(
            f"{picture.path}: its voxels measure {shown} m, not {' x '.join(f'{edge:g}' for edge in edges)} "
            f"m; leave spacing out (and give unit where the file has none)."
        )
    return edges, []


def _turned_edges(edges: tuple[float, ...], through: str | int | None, dimension: int) -> tuple[float, ...]:
    """Edges in the order of the axes after turning."""
    if through is None:
        return edges
    axis = dimension + AXES[through] if isinstance(through, str) else through % dimension
    order = [k for k in range(dimension) if k != axis]
    if dimension == 3 and through == "rows":
        order.reverse()
    return tuple(edges[k] for k in (*order, axis))


def _cubic(array: np.ndarray, edges: tuple[float, ...], name: str) -> tuple[np.ndarray, list[str]]:
    """Labels on cubes of the smallest edge, each with the label at its centre, where the edges of a voxel differ."""
    least = min(edges)
    if max(edges) / least - 1 <= EQUAL:
        exact = max(edges) == least
        return array, [] if exact else [f"Edges of a voxel that differ by {max(edges) / least - 1:.2%} were taken for one."]
    counts = [max(round(n * edge / least), 1) for n, edge in zip(array.shape, edges, strict=True)]
    if np.prod(counts, dtype=float) > 2**31:
        raise InputError(f"{name}: cubes of its smallest edge, {least:g} m, would be {counts}; save it with nearly equal edges.")
    for axis, (count, edge) in enumerate(zip(counts, edges, strict=True)):
        place = np.minimum(((np.arange(count) + 0.5) * least / edge).astype(int), array.shape[axis] - 1)
        array = np.take(array, place, axis)
    shown = " x ".join(f"{edge:g}" for edge in edges)
    return array, [f"Voxels of {shown} m were sampled anew on cubes of {least:g} m."]


def _turned(array: np.ndarray, through: str | int | None, name: str) -> np.ndarray:
    """The array with the current's axis last; pictures (rows) upside down, so that their lower edge is z = 0."""
    if through is None:
        return array
    if isinstance(through, str):
        if through not in AXES:
            raise InputError(f"through = {through!r} is unknown{nearest(through, AXES)}; it is rows, columns, pages or a number.")
        if through == "pages" and array.ndim == 2:
            raise InputError(f"{name}: through = 'pages' needs a stack of pictures; this is one picture.")
        if through == "rows":
            array = np.flip(array, -2)
        axis = array.ndim + AXES[through]
    else:
        if not -array.ndim <= through < array.ndim:
            raise InputError(f"{name}: through = {through} is no axis of an image of {array.ndim} axes.")
        axis = through % array.ndim
    array = np.moveaxis(array, axis, -1)
    # of a stack, x are its columns and y its pages
    return np.swapaxes(array, 0, 1) if array.ndim == 3 and through == "rows" else array
