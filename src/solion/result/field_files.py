"""Fields of a run in space as files: image data over time for ParaView (.pvd, a .vti for each sample), and stores in chunks."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from solion.base.errors import InputError
from solion.base.quantity import variables
from solion.grids.vtk import write_vtk

if TYPE_CHECKING:
    import xarray as xr


def write_series(dataset: xr.Dataset, path: Path) -> Path:
    """Write ``path`` (.pvd) and, beside it in a folder of the same name, a .vti for each sample; ParaView opens the former.

    Scalars as they are declared, components of a flow as one vector; x, y, z are those of the dataset, a plane is one cell deep.
    Raises InputError for a result without a field over time and two or three coordinates that stand still, and another ending.
    """
    if path.suffix.lower() != ".pvd":
        raise InputError(f"{path}: a series of fields is written as .pvd, which names a .vti for each sample; choose it.")
    names = [str(name) for role in ("field", "flow") for name in variables(dataset, role=role)]
    spread = [name for name in names if dataset[name].ndim in (3, 4) and dataset[name].dims[0] == "time"]
    spread = [name for name in spread if all(axis in dataset.coords for axis in dataset[name].dims)]
    if not spread:
        raise InputError(f"{path}: this result has no field over time and two or three coordinates, as a run in space has.")
    axes = dataset[spread[0]].dims[1:]
    edges = [_edges(dataset[axis].values) for axis in axes]
    shape = tuple(dataset.sizes[axis] for axis in axes)
    if len(axes) == 2:
        edges, shape = [*edges, np.array([0.0, edges[1][1] - edges[1][0]])], (*shape, 1)
    vectors: dict[str, list[str]] = defaultdict(list)
    for name in spread:
        if dataset[name].attrs.get("role") == "flow":
            vectors[name.removesuffix(f"_{dataset[name].attrs['place']}")].append(name)
    folder = path.with_suffix("")
    folder.mkdir(parents=True, exist_ok=True)
    entries = []
    for k, time in enumerate(dataset["time"].values):
        cells = {name: dataset[name][k].values.reshape(shape) for name in spread if dataset[name].attrs["role"] == "field"}
        for name, parts in vectors.items():
            vector = np.zeros((*shape, 3))
            for part in parts:
                vector[..., axes.index(dataset[part].attrs["place"])] = dataset[part][k].values.reshape(shape)
            cells[name] = vector
        file = write_vtk(folder / f"{folder.name}_{k:05d}.vti", edges, cells)
        entries.append(f'<DataSet timestep="{float(time)!r}" part="0" file="{folder.name}/{file.name}"/>')
    head = '<?xml version="1.0"?>\n<VTKFile type="Collection" version="0.1" byte_order="LittleEndian"><Collection>\n'
    path.write_text(head + "\n".join(entries) + "\n</Collection></VTKFile>\n", encoding="utf-8")
    return path


def write_store(dataset: xr.Dataset, path: Path) -> Path:
    """Write a dataset as a Zarr store at ``path`` (.zarr, replaced where it is one), fields in chunks of one sample."""
    if path.exists() and not (path / "zarr.json").is_file():
        raise InputError(f"{path}: it exists and is no Zarr store, so that it is not replaced; choose another path.")
    chunks = {
        name: {"chunks": (1, *variable.shape[1:])}
        for name, variable in dataset.variables.items()
        if variable.dims[:1] == ("time",) and variable.ndim > 1
    }
    texts = {name: values.astype(object) for name, values in dataset.data_vars.items() if values.dtype.kind == "U"}
    dataset.assign(texts).to_zarr(path, mode="w", zarr_format=3, encoding=chunks, consolidated=False)
    return path


def _edges(centres: np.ndarray) -> np.ndarray:
    """Edges of equal cells around these centres."""
    step = (centres[-1] - centres[0]) / (centres.size - 1)
    return centres[0] + step * (np.arange(centres.size + 1) - 0.5)
