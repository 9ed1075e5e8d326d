"""Label images from files: PNG and TIFF (stacks too), NumPy arrays, and Neper's raster tessellations (.tesr).

The current flows along the last axis of a :class:`LabelImage`, z = 0 at the bottom electrode. Pictures are turned so that
it flows upwards in them: row 0, at the top of a picture, becomes the largest z; the pages of a stack become y. With
``through`` the current follows another axis of the array as it lies in the file.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from os import PathLike
from pathlib import Path

import numpy as np

from solion.base.errors import InputError, nearest
from solion.grids.grains.labels import LabelImage

PICTURES = (".png", ".tif", ".tiff", ".bmp", ".gif")
KNOWN = (*PICTURES, ".npy", ".npz", ".tesr")
AXES = {"rows": -2, "columns": -1, "pages": -3}
RASTER = {"binary8": "u1", "binary16": "i2", "binary32": "i4", "binary16_small": "<i2", "binary16_big": ">i2",
          "binary32_small": "<i4", "binary32_big": ">i4"}  # fmt: skip


def read_labels(
    path: str | PathLike, spacing: float | Sequence[float] | None = None, *, pores: tuple[int, ...] = (0,), through: str | int | None = None,
    periodic: bool = False, unit: float = 1e-6,
) -> LabelImage:  # fmt: skip
    """A label image from a file whose every value (colour) is one grain.

    ``spacing``: edge of a voxel in m (of an array one for each axis, where they differ), required but for .tesr, whose own is taken times ``unit`` (m; Neper has no units).
    ``pores``: values that are pores, () for none. ``through``: the axis that the current follows, "rows" (default of a
    picture), "columns" or "pages", or its number in the file's array; an array (.npy, .npz) is taken as it is, current
    along its last axis, unless one is given. Raises InputError for what cannot be read as labels.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in KNOWN:
        raise InputError(
            f"{path}: {suffix or 'no suffix'} is not read{nearest(suffix, KNOWN)}; known are {', '.join(KNOWN)}."
        )
    if not path.is_file():
        raise InputError(f"{path}: there is no such file.")
    if suffix == ".tesr":
        image = read_tesr(path, unit=unit, periodic=periodic)
        if spacing is not None and np.any(np.abs(np.asarray(spacing, float) / image.spacing - 1) > 1e-9):
            raise InputError(
                f"{path}: its voxels are {image.spacing:g} m wide at unit = {unit:g} m, not {spacing} m; give unit only."
            )
        return image
    if spacing is None:
        raise InputError(f"{path}: give spacing, the edge of a voxel in m; the file does not say it.")
    if suffix in PICTURES:
        array, through = _picture(path), "rows" if through is None else through
    else:
        array = _array(path)
    return from_array(array, spacing, pores=pores, through=through, periodic=periodic, name=str(path))


def from_array(
    array, spacing: float | Sequence[float], *, pores: tuple[int, ...] = (0,), through: str | int | None = None, periodic: bool = False,
    name: str = "array",
) -> LabelImage:  # fmt: skip
    """A label image from whole numbers: each value one grain, those in ``pores`` pores; see :func:`read_labels` for ``through``.

    Labels are numbered anew from 1 in ascending order of the values where they are negative, sparse or a pore is not 0.
    """
    array = np.asarray(array)
    if array.dtype.kind not in "biuf":
        raise InputError(f"{name}: holds {array.dtype} values; a label image names each grain by a whole number.")
    if array.ndim not in (2, 3):
        raise InputError(
            f"{name}: an image of {array.ndim} axes; labels have 2 or 3 (a colour picture: one colour per grain)."
        )
    if array.dtype == bool:
        array = array.astype(np.uint8)
    if not np.issubdtype(array.dtype, np.integer):
        if not (np.isfinite(array).all() and (array == np.round(array)).all()):
            raise InputError(
                f"{name}: holds numbers that are not whole; a label image names each grain by a whole number."
            )
        array = array.astype(np.int64)
    array = _turned(array, through, name)
    values, renamed = np.unique(array, return_inverse=True)
    pore = np.isin(values, pores)
    numbers = np.cumsum(~pore)
    numbers[pore] = 0
    plain = (
        values[0] >= 0
        and values[-1] < 4 * values.size
        and set(values[pore]) <= {0}
        and not (values[0] == 0 and not pore[0])
    )
    labels = array if plain else numbers[renamed.reshape(array.shape)]
    if np.ndim(spacing) == 0 or np.size(spacing) == 1:
        return LabelImage(np.asarray(labels, np.int32), spacing, periodic)  # pyright: ignore[reportArgumentType]
    if through is not None:
        raise InputError(
            f"{name}: give one spacing with through, or turn the array so that the current follows its last axis."
        )
    return LabelImage.of_edges(np.asarray(labels, np.int32), spacing, periodic)


def _turned(array: np.ndarray, through: str | int | None, name: str) -> np.ndarray:
    """The array with the current's axis last; pictures (rows) upside down, so that their lower edge is z = 0."""
    if through is None:
        return array
    if isinstance(through, str):
        if through not in AXES:
            raise InputError(
                f"through = {through!r} is unknown{nearest(through, AXES)}; it is rows, columns, pages or a number."
            )
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


def _picture(path: Path) -> np.ndarray:
    try:
        from imageio import v3
    except ImportError:
        raise InputError(f"{path}: pictures need the package imageio: pip install 'solion[polycrystal]'.") from None
    try:
        array = np.asarray(v3.imread(path))
    except Exception as error:
        raise InputError(f"{path}: this picture cannot be read ({error}).") from None
    if array.ndim >= 3 and array.shape[-1] in (3, 4) and array.dtype == np.uint8:  # colours: one number for each
        opaque = array.shape[-1] == 3 or bool((array[..., 3] == array[..., 3].flat[0]).all())
        if not opaque:
            raise InputError(f"{path}: is partly transparent; save the labels as opaque colours or grey values.")
        packed = array[..., :3].astype(np.int64) @ np.array([65536, 256, 1])
        array = packed
    return array[0] if array.ndim == 3 and array.shape[0] == 1 else array


def _array(path: Path) -> np.ndarray:
    try:
        loaded = np.load(path, allow_pickle=False)
        if isinstance(loaded, np.ndarray):
            return loaded
        names = loaded.files
        if len(names) != 1 and "labels" not in names:
            raise InputError(f"{path}: holds {', '.join(names) or 'nothing'}; name the array of labels 'labels'.")
        return loaded["labels" if "labels" in names else names[0]]
    except (OSError, ValueError, EOFError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path}: this NumPy file cannot be read ({error}).") from None


def read_tesr(path: str | PathLike, *, unit: float = 1e-6, periodic: bool = False) -> LabelImage:
    """A raster tessellation of Neper (formats 2.0 to 2.2; text or raw, in the file or in one beside it); 0 is a void.

    Neper's lengths have no unit: they are multiplied by ``unit`` (m). The current flows along its last axis. Raises
    InputError where the file breaks off, is of another kind,.
    """
    path = Path(path)
    content = path.read_bytes()
    if not content.lstrip().startswith(b"***tesr"):
        raise InputError(f"{path}: does not begin with ***tesr; it is not a raster tessellation of Neper.")
    at = content.find(b"**data")
    if at < 0:
        raise InputError(f"{path}: has no **data section; it is incomplete.")
    head = content[:at].decode("ascii", "replace").split()
    try:
        form = head[head.index("**format") + 1 : head.index("**general")]
        general = head[head.index("**general") + 1 :]
        dimension = int(general[0])
        shape = tuple(int(n) for n in general[1 : 1 + dimension])
        sizes = np.array([float(n) for n in general[1 + dimension : 1 + 2 * dimension]])
    except (ValueError, IndexError):
        raise InputError(f"{path}: its header (**format, **general) cannot be read; it is damaged.") from None
    if dimension not in (2, 3) or sizes.size != dimension or min(shape) < 1:
        raise InputError(f"{path}: has dimension {dimension} and size {shape}; 2 or 3 positive numbers are needed.")
    body = content[at + len(b"**data") :]
    body, kind = _raster_body(path, body, form)
    count = int(np.prod(shape))
    if kind == "ascii":
        with warnings.catch_warnings():  # words that are no numbers end the reading, and the count tells
            warnings.simplefilter("ignore", DeprecationWarning)
            try:
                flat = np.fromstring(body.split(b"*")[0].decode("ascii", "replace"), dtype=np.int64, sep=" ")
            except ValueError:
                flat = np.zeros(0, np.int64)
    else:
        element = np.dtype(RASTER[kind])
        flat = np.frombuffer(body[: min(count, len(body) // element.itemsize) * element.itemsize], element)
    if flat.size != count:
        raise InputError(
            f"{path}: holds {flat.size} readable voxels where its header says {count}; it is incomplete or damaged."
        )
    labels = flat.reshape(shape[::-1]).T  # x runs fastest
    equal = np.ptp(sizes) <= 1e-6 * sizes.max()
    return from_array(labels, sizes[0] * unit if equal else sizes * unit, periodic=periodic, name=str(path))


def _raster_body(path: Path, body: bytes, form: list[str]) -> tuple[bytes, str]:
    """The raw voxels and how they are written: the words after **data, or on the **format line in format 2.0."""
    kind, name = form[1] if len(form) > 1 else "", ""
    body = body.lstrip(b" \t\r").removeprefix(b"\n")
    while True:  # up to two words, each on its own line, stand before the voxels
        line, _, rest = body.partition(b"\n")
        words = line.decode("ascii", "replace").split()
        if len(words) == 2 and words[0] == "*file":
            name = words[1]
        elif len(words) == 1 and (words[0] == "ascii" or words[0] in RASTER):
            kind = words[0]
        else:
            break
        body = rest
    if kind != "ascii" and kind not in RASTER:
        known = ", ".join(("ascii", *RASTER))
        raise InputError(f"{path}: its voxels are written as {kind or 'nothing known'}; known are {known}.")
    if name:
        try:
            body = (path.parent / name).read_bytes()
        except OSError:
            raise InputError(f"{path}: its voxels are in {name}, which is not beside it.") from None
    return body, kind
