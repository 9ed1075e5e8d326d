"""Arrays of labels as files: NumPy's .npy and .npz, grids of whole numbers in text, MetaImage (.mha, .mhd)."""

from __future__ import annotations

import math
import re
import zlib
from pathlib import Path
from typing import IO

import numpy as np

from solion.base.errors import InputError
from solion.base.memory import refuse_larger
from solion.readers.delimited import sheet_of
from solion.readers.images.picture import PICTURE, SPACE, Picture
from solion.readers.text import bytes_of, decode, lines_of

NAMES = ("labels", "FeatureIds", "grains", "grain_id", "label", "GrainID")
META = {
    "MET_CHAR": "i1",
    "MET_UCHAR": "u1",
    "MET_SHORT": "i2",
    "MET_USHORT": "u2",
    "MET_INT": "i4",
    "MET_UINT": "u4",
    "MET_LONG": "i4",
    "MET_ULONG": "u4",
    "MET_LONG_LONG": "i8",
    "MET_ULONG_LONG": "u8",
    "MET_FLOAT": "f4",
    "MET_DOUBLE": "f8",
}


def numpy_array(path: Path) -> Picture:
    """An array taken as it is, the current along its last axis; of several the one named labels."""
    try:
        if path.suffix == ".npy":
            _refuse_large(path, path.open("rb"))
        loaded = np.load(path, allow_pickle=False)
        if not isinstance(loaded, np.ndarray):
            names = loaded.files
            name = next((name for name in NAMES if name in names), names[0] if len(names) == 1 else "")
            if not name:
                raise InputError(f"{path}: holds {', '.join(names) or 'nothing'}; name the array of labels 'labels'.")
            _refuse_large(path, loaded.zip.open(f"{name}.npy"))
            loaded = loaded[name]
    except InputError:
        raise
    except Exception as error:  # zip, NumPy and the file system raise errors of many kinds
        raise InputError(f"{path}: this NumPy file cannot be read ({str(error).rstrip('.')}).") from None
    notes = ()
    if loaded.ndim == 4 and loaded.shape[-1] == 1:
        loaded, notes = loaded[..., 0], ("Its last axis of one entry was left out.",)
    if loaded.ndim not in (2, 3):
        raise InputError(f"{path}: an image of {loaded.ndim} axes; labels have 2 or 3 (a colour picture: one colour per grain).")
    axes = SPACE[:1] + SPACE[3 - loaded.ndim + 1 :]
    return Picture(path, f"NumPy array, {loaded.dtype}", loaded, axes, notes=notes)


def _refuse_large(path: Path, opened: IO[bytes]) -> None:
    """Refuse an array that its header makes too large to hold."""
    with opened as file:
        head = {(1, 0): np.lib.format.read_array_header_1_0}.get(np.lib.format.read_magic(file))
        shape, _, kind = (head or np.lib.format.read_array_header_2_0)(file)
    refuse_larger(path, math.prod(shape) * kind.itemsize)


def text_grid(path: Path) -> Picture:
    """A picture written as text: rows of whole numbers without headings, the first row at the top."""
    text, encoding = decode(path, bytes_of(path))
    sheet = sheet_of(path, lines_of(text), encoding)
    widths = {len(row) for row in sheet.rows}
    numbers = [[sheet.dialect.number(cell) for cell in row] for row in sheet.rows]
    if (
        any(text.strip() for text in sheet.headings)
        or len(widths) != 1
        or any(n is None or n != n for row in numbers for n in row)
    ):
        raise InputError(
            f"{path}: is no grid of whole numbers (rows of {min(widths)} "
            f"to {max(widths)} cells); labels as text have no headings."
        )
    return Picture(path, f"grid of numbers as {sheet.format}", np.array(numbers, float), PICTURE)


def meta_image(path: Path) -> Picture:
    """MetaImage of ITK: a text header, the voxels in it or in a file beside it, x fastest; lengths in mm."""
    content = bytes_of(path)
    fields, at = {}, 0
    for match in re.finditer(rb"([A-Za-z]+)\s*=\s*([^\r\n]*)\r?\n", content):
        if match.start() != at:
            break
        fields[match[1].decode()], at = match[2].decode("latin-1").strip(), match.end()
        if match[1] == b"ElementDataFile":
            break
    try:
        shape = [int(n) for n in fields["DimSize"].split()]
        kind = META[fields["ElementType"]]
        where = fields["ElementDataFile"]
    except (KeyError, ValueError) as error:
        raise InputError(f"{path}: its header lacks or misspells {error}; it is cut off or damaged.") from None
    if len(shape) not in (2, 3) or min(shape) < 1 or fields.get("ElementNumberOfChannels", "1") != "1":
        raise InputError(
            f"{path}: has {fields['DimSize']} voxels of "
            f"{fields.get('ElementNumberOfChannels', 1)} channels; 2 or 3 axes of one are read."
        )
    if where != "LOCAL" and (Path(where).name != where or not (path.parent / where).is_file()):
        raise InputError(f"{path}: its voxels are in {where}, which is not beside it.")
    size = math.prod(shape) * np.dtype(kind).itemsize
    refuse_larger(path, size)
    body = content[at:] if where == "LOCAL" else bytes_of(path.parent / where)
    if fields.get("CompressedData", "False").lower() == "true":
        try:
            body = zlib.decompressobj().decompress(body, size + 1)
        except zlib.error:
            raise InputError(f"{path}: its compressed voxels cannot be unpacked; it is cut off or damaged.") from None
    big = (fields.get("BinaryDataByteOrderMSB") or fields.get("ElementByteOrderMSB", "False")).lower() == "true"
    element = np.dtype((">" if big else "<") + kind)
    count = math.prod(shape)
    if len(body) != size:
        raise InputError(
            f"{path}: holds {len(body) // element.itemsize} voxels where its header says {count}; it is cut off or damaged."
        )
    sizes = [float(n) for n in fields.get("ElementSpacing", fields.get("ElementSize", "")).split()]
    spacing = tuple(1e-3 * size for size in sizes) if len(sizes) == len(shape) else None
    values = np.frombuffer(body, element).reshape(shape[::-1]).T
    return Picture(path, f"MetaImage, {kind}", values, SPACE[:1] + SPACE[3 - len(shape) + 1 :], spacing)
