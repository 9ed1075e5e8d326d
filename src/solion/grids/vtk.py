"""Fields on rectangular grids as VTK files that ParaView reads: image data (.vti) and rectilinear grids (.vtr).

XML of the Visualization Toolkit with the data appended raw: a header of text, then each array as its length in bytes
(64-bit) and its numbers, little-endian. No library is needed to write it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path

import numpy as np

from solion.base.errors import InputError

TYPES = {"float32": "Float32", "float64": "Float64", "int32": "Int32"}


def write_vtk(path: str | PathLike, edges: Sequence[np.ndarray], cells: Mapping[str, np.ndarray]) -> Path:
    """Write ``cells``, one value or vector for each cell between ``edges`` (m, ascending, of each of three axes).

    An array has the shape (nx, ny, nz) or (nx, ny, nz, 3). A path ending in .vti needs equal cells along each axis;
    .vtr takes any. Raises InputError for another ending and for cells that .vti cannot hold.
    """
    path = Path(path)
    if path.suffix not in (".vti", ".vtr"):
        raise InputError(f"{path}: fields of voxels are written as .vti (equal cells) or .vtr (any); choose one of them.")
    counts = [len(edge) - 1 for edge in edges]
    extent = " ".join(f"0 {count}" for count in counts)
    blocks: list[np.ndarray] = []
    offset = 0

    def array(name: str, values: np.ndarray, components: int = 1) -> str:
        nonlocal offset
        kind = values.dtype.name
        if kind not in TYPES:
            values, kind = values.astype(np.float64), "float64"
        values = np.ascontiguousarray(values, values.dtype.newbyteorder("<"))
        blocks.append(values)
        text = (
            f'<DataArray type="{TYPES[kind]}" Name="{name}" NumberOfComponents="{components}" format="appended" '
            f'offset="{offset}"/>'
        )
        offset += 8 + values.nbytes
        return text

    if path.suffix == ".vti":
        steps = [np.diff(edge) for edge in edges]
        if any(np.ptp(step) > 1e-6 * step.max() for step in steps):
            raise InputError(f"{path}: the cells are of unequal thickness, which .vti cannot hold; write .vtr instead.")
        origin = " ".join(repr(float(edge[0])) for edge in edges)
        spacing = " ".join(repr(float(step.mean())) for step in steps)
        kind, attributes, coordinates = "ImageData", f' Origin="{origin}" Spacing="{spacing}"', ""
    else:
        kind, attributes = "RectilinearGrid", ""
        axes = "".join(array(name, np.asarray(edge, float)) for name, edge in zip("xyz", edges, strict=True))
        coordinates = f"<Coordinates>{axes}</Coordinates>"
    entries = ""
    for name, values in cells.items():
        if values.shape[:3] != tuple(counts):
            raise InputError(f"{path}: {name} has the shape {values.shape}, the grid has {tuple(counts)} cells.")
        # x runs fastest in VTK
        entries += array(name, np.moveaxis(values, (0, 1, 2), (2, 1, 0)).reshape(-1), 1 if values.ndim == 3 else values.shape[3])
    text = (
        f'<?xml version="1.0"?>\n<VTKFile type="{kind}" version="1.0" byte_order="LittleEndian" header_type="UInt64">\n'
        f'<{kind} WholeExtent="{extent}"{attributes}><Piece Extent="{extent}">{coordinates}<CellData>{entries}</CellData>'
        f'</Piece></{kind}>\n<AppendedData encoding="raw">\n_'
    )
    with path.open("wb") as file:
        file.write(text.encode())
        for block in blocks:
            file.write(np.uint64(block.nbytes).astype("<u8").tobytes())
            file.write(block.data)
        file.write(b"\n</AppendedData></VTKFile>\n")
    return path
