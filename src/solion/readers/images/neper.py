"""Raster tessellations of Neper (.tesr, formats 2.0 to 2.2): labels, or orientations alone, in the file or in files beside it."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from solion.base.errors import InputError
from solion.readers.images.ebsd import grains
from solion.readers.images.picture import SPACE, Picture
from solion.readers.text import bytes_of

if TYPE_CHECKING:
    from scipy.spatial.transform import Rotation

RASTER = {
    "binary8": "u1",
    "binary16": "<i2",
    "binary32": "<i4",
    "binary16_small": "<i2",
    "binary16_big": ">i2",
    "binary32_small": "<i4",
    "binary32_big": ">i4",
    "binary32_float": "<f4",
    "binary64": "<f8",
}
CRYSTALS = {"cubic": "O", "hexagonal": "D6", "triclinic": "C1"}


def tesr(path: Path, unit: float = 1e-6) -> Picture:
    """A raster of Neper; 0 is a void, x runs fastest, the lengths are taken times ``unit`` (m), since Neper's have none.

    Orientations of the cells (``*ori``) come with it. Where only orientations of the voxels (``**oridata``) stand in it, the
    grains are found by misorientation (in the plane). Raises InputError where the file breaks off or is of another kind.
    """
    content = bytes_of(path)
    if not content.lstrip().startswith(b"***tesr"):
        what = "a tessellation; name it .tess" if b"***tess" in content[:40] else "no raster tessellation of Neper"
        raise InputError(f"{path}: does not begin with ***tesr; it is {what}.")
    sections = {
        match[1]: match.end() for match in re.finditer(rb"(?m)^[ \t]*\*\*(general|format|cell|data|oridata|oridef)\b", content)
    }
    head = content[: min([sections[name] for name in (b"data", b"oridata", b"oridef") if name in sections], default=len(content))]
    words = head.decode("ascii", "replace").split()
    try:
        form = words[words.index("**format") + 1 : words.index("**general")]
        general = words[words.index("**general") + 1 :]
        dimension = int(general[0])
        shape = tuple(int(n) for n in general[1 : 1 + dimension])
        sizes = tuple(float(n) for n in general[1 + dimension : 1 + 2 * dimension])
    except (ValueError, IndexError):
        raise InputError(f"{path}: its header (**format, **general) cannot be read; it is damaged.") from None
    if dimension not in (2, 3) or len(sizes) != dimension or min(shape) < 1 or min(sizes) <= 0:
        raise InputError(f"{path}: has dimension {dimension} and size {shape}; 2 or 3 positive numbers are needed.")
    spacing = tuple(size * unit for size in sizes)
    axes = SPACE if dimension == 3 else ("x", "z")
    cell = content[sections[b"cell"] :] if b"cell" in sections else b""
    if b"data" not in sections:
        return _of_orientations(path, content, sections, shape, spacing, cell)
    body, kind = _body(path, content[sections[b"data"] :], form[1] if len(form) > 1 else "")
    labels = _voxels(path, body, kind, int(np.prod(shape)), 1).reshape(shape[::-1]).T
    orientations, notes = cell_orientations(cell, int(labels.max()))
    return Picture(path, f"Neper raster, {kind}", labels, axes, spacing, (0,), orientations, notes=notes)


def _of_orientations(path: Path, content: bytes, sections, shape, spacing, cell: bytes) -> Picture:
    if b"oridata" not in sections:
        raise InputError(f"{path}: has neither a **data nor an **oridata section; it is incomplete.")
    rest = content[sections[b"oridata"] :].lstrip()
    descriptor, _, rest = rest.partition(b"\n")
    name = descriptor.strip().decode("ascii", "replace")
    body, kind = _body(path, rest, "")
    count = int(np.prod(shape))
    try:
        width = 4 if name.split(":")[0] == "quaternion" else 3
        turned = _rotations(name, _voxels(path, body, kind, count, width).reshape(count, width))
    except ValueError as error:
        raise InputError(f"{path}: its orientations cannot be read ({error}).") from None
    if len(shape) == 3 and shape[2] > 1:
        raise InputError(
            f"{path}: holds orientations of voxels and no labels; grains are found from "
            f"orientations in a plane only: write tesr with -tesrformat and the cells."
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of the angles that turn about one axis any pair will do
        euler = turned.as_euler("ZXZ").reshape(shape[1], shape[0], 3)
    group = next((CRYSTALS[word] for word in CRYSTALS if word.encode() in cell[:2000]), None)
    known = np.ones(shape[1::-1], int)
    if b"oridef" in sections:  # 0 where the orientation of a voxel is not known
        body, kind = _body(path, content[sections[b"oridef"] :], "")
        known = _voxels(path, body, kind, count, 1).reshape(known.shape)
    labels, orientations = grains(known, euler, {} if group is None else {1: group})
    note = f"It holds orientations and no labels: {labels.max()} grains where the lattice turns by more than 5 degrees."
    return Picture(path, f"Neper raster, {name}", labels.T, ("x", "z"), spacing[:2], (0,), orientations, notes=(note,))


def cell_orientations(cell: bytes, most: int) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """Orientations of the cells by label from ``*ori``; None where they are not there or cannot be read, which is noted."""
    match = re.search(rb"\*ori\s+(\S+)\s+([^*]*)", cell)
    if match is None:
        return None, ()
    ids = re.search(rb"\*id\s+([^*]*)", cell)
    try:
        name = match[1].decode("ascii", "replace")
        numbers = np.array(match[2].split(), float).reshape(-1, 4 if name.startswith("quaternion") else 3)
        labels = np.arange(1, len(numbers) + 1) if ids is None else np.array(ids[1].split(), int)
        found = np.full((max(most, labels.max()) + 1, 4), np.nan)
        found[labels] = _rotations(name, numbers).as_quat()
    except ValueError:
        return None, ("The orientations of its cells cannot be read and were left out.",)
    return found, (f"It holds the orientations of {len(numbers)} cells ({name}).",)


def _rotations(name: str, numbers: np.ndarray) -> Rotation:
    """Orientations by their descriptor: active ones as they are, passive ones (Neper's default before 4) turned back."""
    from scipy.spatial.transform import Rotation

    descriptor, _, sense = name.partition(":")
    if descriptor == "quaternion":
        found = Rotation.from_quat(numbers[:, [1, 2, 3, 0]])
    elif descriptor in ("rodrigues", "rodrigues-frank"):
        found = Rotation.from_quat(np.column_stack([numbers, np.ones(len(numbers))]))
    elif descriptor == "euler-bunge":
        return Rotation.from_euler("ZXZ", numbers, degrees=True)
    else:
        raise ValueError(f"the descriptor {name!r} is unknown; known are quaternion, rodrigues and euler-bunge")
    return found if sense == "active" else found.inv()


def _body(path: Path, body: bytes, kind: str) -> tuple[bytes, str]:
    """The raw voxels and how they are written: the words after **data, or on the **format line in format 2.0."""
    name = ""
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
        if Path(name).is_absolute() or ".." in Path(name).parts or not (path.parent / name).is_file():
            raise InputError(f"{path}: its voxels are in {name}, which is not beside it.")
        return bytes_of(path.parent / name), kind
    end = re.search(rb"\n[ \t]*\*\*", body) if kind == "ascii" else None
    return body[: end.start()] if end else body, kind


def _voxels(path: Path, body: bytes, kind: str, count: int, width: int) -> np.ndarray:
    """``count`` voxels of ``width`` numbers each, neither fewer nor more."""
    total = count * width
    if kind == "ascii":
        with warnings.catch_warnings():  # words that are no numbers end the reading, and the count tells
            warnings.simplefilter("ignore", DeprecationWarning)
            try:
                flat = np.fromstring(body.split(b"*")[0].decode("ascii", "replace"), dtype=np.float64, sep=" ")
            except ValueError:
                flat = np.zeros(0)
        size = flat.size
    else:
        element = np.dtype(RASTER[kind])
        flat = np.frombuffer(body[: min(total, len(body) // element.itemsize) * element.itemsize], element)
        rest = body[total * element.itemsize :]
        own = re.match(rb"\s*(\*\*|$)", rest) is not None
        size = flat.size if own else max(len(body) // element.itemsize, total + 1)
    if size != total:
        raise InputError(
            f"{path}: holds {size // width} readable voxels where its header says {count}; it is incomplete or damaged."
        )
    return flat if width > 1 else flat.astype(np.int64)
