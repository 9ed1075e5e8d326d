"""Label volumes in the files of other programs: DREAM.3D (HDF5) and VTK image data (.vti), which ``save_vtk`` writes too."""

from __future__ import annotations

import base64
import re
import struct
import zlib
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from solion.base.errors import InputError
from solion.base.memory import refuse_larger
from solion.readers.images.arrays import NAMES
from solion.readers.images.ebsd import h5oina
from solion.readers.images.picture import SPACE, Picture
from solion.readers.text import bytes_of

TYPES = {
    "Int8": "i1",
    "UInt8": "u1",
    "Int16": "i2",
    "UInt16": "u2",
    "Int32": "i4",
    "UInt32": "u4",
    "Int64": "i8",
    "UInt64": "u8",
    "Float32": "f4",
    "Float64": "f8",
}


def hdf5(path: Path, unit: float = 1e-6) -> Picture:
    """FeatureIds of DREAM.3D (z, y, x, 1) with the spacing times ``unit``; an EBSD map of .h5oina; one array of labels."""
    import h5py

    found: dict[str, tuple] = {}
    try:
        with h5py.File(path, "r") as file:
            if any(isinstance(file.get(f"{name}/EBSD/Data"), h5py.Group) for name in file):
                return h5oina(path)

            def visit(name, item):
                if isinstance(item, h5py.Dataset) and name.rsplit("/", 1)[-1] in NAMES and item.ndim > 1:
                    sizes = file.get("/".join([*name.split("/")[:-2], "_SIMPL_GEOMETRY", "SPACING"]))
                    spacing = tuple(sizes[()]) if isinstance(sizes, h5py.Dataset) else None
                    refuse_larger(path, item.nbytes)
                    found[name] = item[...], spacing

            file.visititems(visit)
    except InputError:
        raise
    except Exception as error:  # h5py lets the errors of its library through
        raise InputError(f"{path}: this HDF5 file cannot be read ({str(error).rstrip('.')}); it is cut off or damaged.") from None
    if len(found) != 1:
        names = ", ".join(found) or "none"
        raise InputError(f"{path}: needs one array of labels named {', '.join(NAMES[:3])}; it has {names}.")
    name, (array, spacing) = next(iter(found.items()))
    array = array[..., 0] if array.shape[-1] == 1 and array.ndim == 4 else array
    if array.ndim not in (2, 3):
        raise InputError(f"{path}: {name} has {array.ndim} axes; labels have 2 or 3.")
    values = array.T
    if values.ndim == 3 and values.shape[2] == 1:  # one slice of DREAM.3D
        values, spacing = values[..., 0], None if spacing is None else spacing[:2]
    edges = None if spacing is None else tuple(float(edge) * unit for edge in spacing[: values.ndim])
    return Picture(
        path, f"HDF5, {name}", values, SPACE[:1] + SPACE[3 - values.ndim + 1 :], edges, notes=("0 is no grain in DREAM.3D.",)
    )


def vti(path: Path) -> Picture:
    """VTK image data: the one array of cells (else of points) of whole numbers, or the one with a name of labels;
    lengths in m."""
    content = bytes_of(path)
    if not content.rstrip().endswith(b"</VTKFile>"):
        raise InputError(f"{path}: does not end as a file of VTK; it is cut off.")
    head, _, tail = content.partition(b"<AppendedData")
    text = head + (b"</VTKFile>" if tail else b"")
    try:
        root = ElementTree.fromstring(text)
        image = root.find("ImageData")
        pieces = [] if image is None else image.findall("Piece")
        extent = [0] * 6 if image is None else [int(n) for n in image.attrib["WholeExtent"].split()]
        spacing = [] if image is None else [float(n) for n in image.get("Spacing", "1 1 1").split()]
    except (ElementTree.ParseError, KeyError, ValueError) as error:
        raise InputError(f"{path}: its XML cannot be read ({error}); it is cut off or damaged.") from None
    if len(pieces) != 1 or len(extent) != 6 or len(spacing) != 3:
        raise InputError(f"{path}: holds {len(pieces)} pieces of image data, and one is read; it may be cut off.")
    if root.get("compressor") not in (None, "vtkZLibDataCompressor"):
        raise InputError(f"{path}: is compressed by {root.get('compressor')}; write it without compression or with zlib.")
    counts = [extent[1] - extent[0], extent[3] - extent[2], extent[5] - extent[4]]
    arrays = _labels(path, pieces[0])
    name, where, entry = arrays
    counts = counts if where == "CellData" else [n + 1 for n in counts]
    counts = [max(n, 1) for n in counts]
    flat = _numbers(path, root, entry, tail, int(np.prod(counts)))
    values = flat.reshape(counts[::-1]).T
    flat_axes = [k for k, n in enumerate(counts) if n == 1]
    if len(flat_axes) > 1:
        raise InputError(f"{path}: is {counts} cells, a line; labels fill a plane or a volume.")
    if flat_axes:
        values, spacing = np.squeeze(values, flat_axes[0]), [s for k, s in enumerate(spacing) if k != flat_axes[0]]
    axes = SPACE if values.ndim == 3 else ("x", "z")
    return Picture(
        path,
        f"VTK image data, {name}",
        values,
        axes,
        tuple(spacing),
        notes=("Lengths are taken for metres, as save_vtk writes them.",),
    )


def _labels(path: Path, piece) -> tuple[str, str, ElementTree.Element]:
    found = [
        (entry.get("Name", ""), where, entry)
        for where in ("CellData", "PointData")
        for group in piece.findall(where)
        for entry in group.findall("DataArray")
        if entry.get("NumberOfComponents", "1") in ("1", "")
    ]
    named = [entry for entry in found if entry[0] in NAMES] or [entry for entry in found if "Int" in entry[2].get("type", "")]
    if len(named) != 1 or named[0][2].get("type") not in TYPES:
        shown = ", ".join(name for name, _, _ in found) or "none"
        raise InputError(f"{path}: needs one array of whole numbers, or one named {', '.join(NAMES[:3])}; it has {shown}.")
    return named[0]


def _numbers(path: Path, root, entry, tail: bytes, count: int) -> np.ndarray:
    order = "<" if root.get("byte_order", "LittleEndian") == "LittleEndian" else ">"
    element = np.dtype(order + TYPES[entry.attrib["type"]])
    form = entry.get("format", "ascii")
    broken = InputError(f"{path}: its array {entry.get('Name')!r} does not hold {count} numbers; it is cut off or damaged.")
    if form == "ascii":
        try:
            flat = np.array((entry.text or "").split(), float).astype(element)
        except ValueError:
            raise broken from None
    else:
        word = {"UInt32": "u4", "UInt64": "u8"}[root.get("header_type", "UInt32")]
        if form == "appended":
            encoding = re.search(rb'encoding="(\w+)"', tail[:200])
            body = tail[tail.index(b"_") + 1 :][int(entry.get("offset", 0)) :] if b"_" in tail else b""
            coded = encoding is not None and encoding[1] == b"base64"
        else:
            body, coded = (entry.text or "").strip().encode(), True
        try:
            flat = np.frombuffer(_unpacked(body, coded, order + word, bool(root.get("compressor"))), element)
        except (ValueError, zlib.error, struct.error, IndexError):
            raise broken from None
    if flat.size != count:
        raise broken
    return flat


def _unpacked(body: bytes, coded: bool, word: str, compressed: bool) -> bytes:
    """The bytes of one array: a length before them, or a list of compressed blocks; in base64 the head is coded on its own."""
    size = np.dtype(word).itemsize

    def plain(start: int, length: int) -> bytes:
        if not coded:
            return body[start : start + length]
        return base64.b64decode(body[start : start + 4 * -(-length // 3)])[:length]

    def span(length: int) -> int:
        return 4 * -(-length // 3) if coded else length

    if not compressed:
        length = int(np.frombuffer(plain(0, size), word)[0])
        return plain(0, size + length)[size:] if coded else plain(size, length)
    blocks = int(np.frombuffer(plain(0, size), word)[0])
    head = np.frombuffer(plain(0, size * (3 + blocks)), word).astype(int)
    start, total = span(size * (3 + blocks)), int(head[3:].sum())
    packed, out, at = plain(start, total), b"", 0
    refuse_larger("the .vti", float(head[0]) * float(head[1]))
    for length in head[3:]:
        out += zlib.decompressobj().decompress(packed[at : at + length], int(head[1]))
        at += int(length)
    return out
