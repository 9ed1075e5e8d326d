"""Pictures as files: PNG, BMP and GIF by index or colour, TIFF with its pages and voxel size, folders of slices."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from solion.base.errors import InputError
from solion.base.extras import missing
from solion.base.memory import refuse_larger
from solion.readers.images.picture import PICTURE, SEGMENT, STACK, Picture, of_channels

LOSSY = (".jpg", ".jpeg", ".webp")
LENGTHS = {
    "m": 1.0,
    "cm": 1e-2,
    "mm": 1e-3,
    "um": 1e-6,
    "micron": 1e-6,
    "microns": 1e-6,
    "µm": 1e-6,
    "\\u00b5m": 1e-6,
    "nm": 1e-9,
    "inch": 0.0254,
}


def bitmap(path: Path) -> Picture:
    """One picture; an indexed one by its indices, another by its grey values or colours."""
    try:
        from PIL import Image
    except ImportError:
        raise missing(f"{path}: a picture", "pillow", "polycrystal") from None
    try:
        with Image.open(path) as image:
            frames = getattr(image, "n_frames", 1)
            refuse_larger(path, 8 * image.width * image.height * len(image.getbands()))  # labels are whole numbers of 8 bytes
            mode, array = image.mode, np.asarray(image)
            transparent = "transparency" in image.info
    except InputError:
        raise
    except Exception as error:
        raise InputError(f"{path}: this picture cannot be read ({error}).") from None
    if frames > 1:
        raise InputError(f"{path}: holds {frames} frames; save a stack as TIFF.")
    name = path.suffix[1:].upper()
    if mode == "P":
        if transparent:
            raise InputError(f"{path}: is partly transparent; save the labels as opaque colours or grey values.")
        return Picture(
            path, f"{name}, indexed", array, PICTURE, notes=("The values are the indices of the picture, not its colours.",)
        )
    values, levels = of_channels(path, array) if array.ndim == 3 else (np.asarray(array, np.uint8) if mode == "1" else array, 0)
    kind = "colours" if levels else "grey values"
    return Picture(path, f"{name}, {kind}", values, PICTURE, levels=levels)


def tiff(path: Path) -> Picture:
    """A picture or a stack; pages that a program wrote one by one are one stack where they are of one size and kind."""
    try:
        from tifffile import TiffFile
    except ImportError:
        raise missing(f"{path}: TIFF", "tifffile", "polycrystal") from None
    try:
        with _heard() as complaints, TiffFile(path) as file:
            series = file.series
            shapes = {(entry.shape, str(entry.dtype), entry.axes) for entry in series}
            if len(shapes) > 1:
                raise InputError(
                    f"{path}: holds {len(series)} series of different sizes "
                    f"({', '.join(sorted(str(s[0]) for s in shapes))}); save the labels alone."
                )
            refuse_larger(path, sum(entry.nbytes for entry in series))
            axes = series[0].axes
            array = series[0].asarray() if len(series) == 1 else np.stack([entry.asarray() for entry in series])
            axes = axes if len(series) == 1 else "Z" + axes
            spacing, notes = _spacing(file)
    except InputError:
        raise
    except Exception as error:  # tifffile and its codecs raise errors of many kinds
        raise InputError(f"{path}: this picture cannot be read ({str(error).rstrip('.')}).") from None
    if complaints or len(axes) != array.ndim or not array.size:
        raise InputError(f"{path}: this TIFF is damaged, and pages of it may be lost; save it again.")
    if len(series) > 1:
        notes.append(f"Its {len(series)} pages stand as {len(series)} series of one size and were read as one stack.")
    levels = 0
    if axes.endswith("S"):
        array, levels = of_channels(path, array)
        axes = axes[:-1]
    kept = [k for k, size in enumerate(array.shape) if size > 1 or axes[k] in "YX"]
    shape: tuple[int, ...] = tuple(array.shape[k] for k in kept)
    array = array.reshape(shape)
    axes = "".join(axes[k] for k in kept)
    if len(shape) not in (2, 3) or not axes.endswith("YX"):
        raise InputError(f"{path}: has the axes {axes} with {shape} voxels; labels are one picture or one stack of pages.")
    if len(axes) == 3 and axes[0] == "C" and shape[0] <= 4:
        raise InputError(f"{path}: holds {shape[0]} channels beside one another; save the one with the labels alone.")
    if len(axes) == 3 and axes[0] == "C":
        notes.append(f"Its {shape[0]} channels are taken for pages.")
    if spacing and len(spacing) != len(shape):
        spacing = spacing[-len(shape) :] if len(spacing) > len(shape) else None
    kind = "colours" if levels else f"{array.dtype}"
    return Picture(
        path, f"TIFF, {kind}", array, PICTURE if len(shape) == 2 else STACK, spacing, levels=levels, notes=tuple(notes)
    )


@contextlib.contextmanager
def _heard() -> Iterator[list[str]]:
    """What tifffile complains of while it reads: it leaves damaged pages out with no more than a line in its log."""
    logger, complaints = logging.getLogger("tifffile"), []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            complaints.append(record.getMessage())

    listener, spread = Listener(logging.WARNING), logger.propagate
    logger.addHandler(listener)
    logger.propagate = False
    try:
        yield complaints
    finally:
        logger.removeHandler(listener)
        logger.propagate = spread


def _spacing(file: Any) -> tuple[tuple[float, ...] | None, list[str]]:
    """Edges of a voxel (pages, rows, columns) in m from the metadata of OME or ImageJ; dots per inch are those of a printer."""
    if file.ome_metadata:
        sizes: list[float | None] = []
        for axis in "ZYX":
            size = re.search(rf'PhysicalSize{axis}="([^"]+)"', file.ome_metadata)
            unit = re.search(rf'PhysicalSize{axis}Unit="([^"]+)"', file.ome_metadata)
            scale = LENGTHS.get(unit[1] if unit else "um")
            sizes.append(float(size[1]) * scale if size and scale else None)
        if sizes[1] and sizes[2]:
            return tuple(size for size in sizes if size), []
    meta = file.imagej_metadata or {}
    unit = str(meta.get("unit", "")).strip().casefold()
    tags = file.pages[0].tags
    if unit in LENGTHS and "XResolution" in tags and "YResolution" in tags:
        x, y = ([int(part) for part in tags[name].value] for name in ("XResolution", "YResolution"))
        if x[0] and y[0]:
            edges = (y[1] / y[0] * LENGTHS[unit], x[1] / x[0] * LENGTHS[unit])
            depth = meta.get("spacing")
            return ((float(depth) * LENGTHS[unit], *edges) if depth else edges), []
    return None, []


def folder(path: Path) -> Picture:
    """Slices of one size in a folder, in the order of the numbers in their names."""
    files = [entry for entry in path.iterdir() if entry.suffix.lower() in (".png", ".tif", ".tiff", ".bmp")]
    if len(files) < 2:
        raise InputError(
            f"{path}: this folder holds {len(files)} pictures; a stack of slices needs at least two (PNG, TIFF, BMP)."
        )
    files.sort(key=lambda entry: [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", entry.name)])
    pictures = [bitmap(entry) if entry.suffix.lower() in (".png", ".bmp") else tiff(entry) for entry in files]
    first = pictures[0]
    for picture in pictures:
        if picture.values.shape != first.values.shape or picture.format != first.format or picture.values.ndim != 2:
            raise InputError(
                f"{picture.path}: is {picture.format} of {picture.values.shape}, "
                f"the first slice {first.format} of {first.values.shape}."
            )
    note = f"{len(files)} slices from {files[0].name} to {files[-1].name}."
    return Picture(
        path, f"slices, {first.format}", np.stack([p.values for p in pictures]), STACK, levels=first.levels, notes=(note,)
    )


def lossy(path: Path) -> Picture:
    """Refuse a format that changes values."""
    raise InputError(
        f"{path}: {path.suffix} changes the values of pixels when it is saved, so labels are lost; {SEGMENT}, as PNG or TIFF."
    )
