"""The picture in a file, by the reader of its format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path

from solion.base.errors import InputError, nearest
from solion.readers.images.arrays import meta_image, numpy_array, text_grid
from solion.readers.images.bitmap import LOSSY, bitmap, folder, lossy, tiff
from solion.readers.images.ebsd import ang, ctf
from solion.readers.images.neper import tesr
from solion.readers.images.neper_cells import tess
from solion.readers.images.picture import Picture
from solion.readers.images.volumes import hdf5, vti

READERS: dict[str, Callable[[Path], Picture]] = {
    ".png": bitmap,
    ".bmp": bitmap,
    ".gif": bitmap,
    ".tif": tiff,
    ".tiff": tiff,
    ".npy": numpy_array,
    ".npz": numpy_array,
    ".ang": ang,
    ".ctf": ctf,
    ".tesr": tesr,
    ".tess": tess,
    ".mha": meta_image,
    ".mhd": meta_image,
    ".vti": vti,
    ".dream3d": hdf5,
    ".h5": hdf5,
    ".hdf5": hdf5,
    ".h5oina": hdf5,
    **dict.fromkeys(LOSSY, lossy),
}
TEXT = (".csv", ".txt", ".dat", ".tsv")
REMEDIES = {
    ".raw": "holds voxels without their number and kind; save it as TIFF, .mha or .npy",
    ".vtk": "is VTK's legacy format; save it as .vti (ParaView: Save Data, VTK ImageData)",
    ".vtr": "has cells of unequal size; save it as .vti with equal ones",
    ".am": "is AmiraMesh; save it as TIFF, .mha or .vti",
    ".nrrd": "is not read; save it as .mha, TIFF or .npy",
}


def is_picture(path: Path) -> bool:
    """Whether a name is one of a picture's rather than of columns of numbers."""
    return path.is_dir() or path.suffix.lower() in READERS or path.suffix.lower() in REMEDIES


def read_picture(path: str | PathLike, *, unit: float = 1e-6, spacing: Sequence[float] | None = None) -> Picture:
    """The labels of a picture, array, map of orientations or raster as they lie in its file; ``unit``: m, of formats without one.

    ``spacing``: edges in m of the voxels on which a file of cells is laid out (one, or one for each axis).
    Raises InputError, one sentence, for what is not read or holds no labels.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if not path.exists():
        known = (*READERS, *TEXT)
        if suffix not in known and suffix not in REMEDIES:
            raise InputError(
                f"{path}: {suffix or 'no suffix'} is not read{nearest(suffix, known)}; known are {', '.join(known)}."
            )
        raise InputError(f"{path}: there is no such file.")
    if path.is_dir():
        return folder(path)
    if suffix in REMEDIES:
        raise InputError(f"{path}: {REMEDIES[suffix]}.")
    if suffix in TEXT:
        return text_grid(path)
    if suffix not in READERS:
        known = (*READERS, *TEXT)
        raise InputError(f"{path}: {suffix or 'no suffix'} is not read{nearest(suffix, known)}; known are {', '.join(known)}.")
    if suffix == ".tesr":
        return tesr(path, unit)
    if suffix == ".tess":
        return tess(path, unit, spacing)
    return hdf5(path, unit) if READERS[suffix] is hdf5 else READERS[suffix](path)
