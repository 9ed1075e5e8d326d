"""Fields of a run in space as files: image data over time for ParaView (.pvd, a .vti for each sample), and stores in chunks."""

from __future__ import annotations

import math
import shutil
import warnings
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from solion.base.errors import InputError
from solion.base.quantity import variables
from solion.grids.vtk import write_vtk

if TYPE_CHECKING:
    import xarray as xr


CHUNK = 2**21  # bytes of a chunk of samples, of which one may take more


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
    """Write a dataset as a Zarr store at ``path`` (.zarr, replaced where it is one).

    Fields are in chunks of a sample, or of as many as :data:`CHUNK` holds.
    """
    if path.exists() and not (path / "zarr.json").is_file():
        raise InputError(f"{path}: it exists and is no Zarr store, so that it is not replaced; choose another path.")
    if (store := store_of(dataset)) is not None:
        if path.resolve() == store.resolve():
            raise InputError(f"{path}: the fields of this result lie there; choose another path.")
        shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(store, path)
        rest = _in_memory(dataset.drop_vars(list(open_store(store).variables)))
        _plain(rest).to_zarr(path, mode="a", zarr_format=3, consolidated=False)
        return path
    chunks = {
        name: {"chunks": (max(CHUNK // (variable.dtype.itemsize * math.prod(variable.shape[1:])), 1), *variable.shape[1:])}
        for name, variable in dataset.variables.items()
        if variable.dims[:1] == ("time",) and variable.ndim > 1
    }
    _plain(dataset).to_zarr(path, mode="w", zarr_format=3, encoding=chunks, consolidated=False)
    return path


def _plain(dataset: xr.Dataset) -> xr.Dataset:
    """A dataset with texts of a kind that Zarr has."""
    return dataset.assign({name: values.astype(object) for name, values in dataset.data_vars.items() if values.dtype.kind == "U"})


def append_samples(dataset: xr.Dataset, path: Path, start: int) -> None:
    """Write samples into a Zarr store at ``path``, the first of them as number ``start``; what lay there from it on goes.

    With ``start`` zero the store is begun anew. Raises InputError where something else is in its place, or too little.
    """
    if start == 0:
        write_store(dataset, path)
        return
    import zarr

    for name, array in zarr.open_group(path, mode="r+").arrays():
        if array.shape[0] < start:
            raise InputError(f"{path}: it holds {array.shape[0]} samples of {name} where {start} should be; start the run anew.")
        if array.shape[0] > start:
            array.resize((start, *array.shape[1:]))
    dataset.to_zarr(path, append_dim="time", consolidated=False)


def open_store(path: Path) -> xr.Dataset:
    """The dataset in a Zarr store; fields are read only where they are looked at, and not kept."""
    import xarray as xr

    dataset = xr.open_dataset(path, engine="zarr", chunks=None, consolidated=False, cache=False)
    for variable in dataset.variables.values():
        if variable.ndim < 2:
            variable.load()
    return dataset


def with_fields(dataset: xr.Dataset, path: Path) -> xr.Dataset:
    """A dataset with the fields in a store, read only where they are looked at; its attribute ``fields`` says where they are."""
    stored = open_store(path)
    return dataset.assign(stored.data_vars).assign_coords(stored.coords).assign_attrs(fields=str(path))


def store_of(dataset: xr.Dataset) -> Path | None:
    """The store in which the fields of a dataset lie; None where they are in memory, or a part of them was chosen."""
    store = Path(str(dataset.attrs.get("fields", "")))
    if not dataset.attrs.get("fields") or not store.is_dir():
        return None
    return store if all(dataset.sizes.get(name) == size for name, size in open_store(store).sizes.items()) else None


def without_fields(dataset: xr.Dataset, path: Path) -> xr.Dataset:
    """What is to be written to ``path`` of a dataset: all of it, or what does not lie in its :func:`store_of`, which is copied
    beside the path unless it lies there. Raises InputError where something is in its way."""
    store = store_of(dataset)
    if store is None:
        return _in_memory(dataset)
    beside = path.with_name(store.name)
    if beside.resolve() != store.resolve():
        if beside.exists():
            raise InputError(f"{beside}: it is in the way of this result's fields; save it elsewhere.")
        shutil.copytree(store, beside)
    return dataset.drop_vars(list(open_store(store).variables)).assign_attrs(fields=beside.name)


def _in_memory(dataset: xr.Dataset) -> xr.Dataset:
    """The same without the word on where its fields are."""
    rest = {name: value for name, value in dataset.attrs.items() if name != "fields"}
    return dataset.drop_attrs(deep=False).assign_attrs(rest)


def joined(dataset: xr.Dataset, path: Path) -> xr.Dataset:
    """A dataset read from ``path`` with the fields that lie beside it. A store that is not there is told."""
    if "fields" not in dataset.attrs:
        return dataset
    store = path.with_name(Path(str(dataset.attrs["fields"])).name)  # beside it and nowhere else, whatever the file says
    if not (store / "zarr.json").is_file():
        warnings.warn(
            f"{path}: its fields lay in {store.name} beside it, which is not there; what shows fields is left out.", stacklevel=3
        )
        return _in_memory(dataset)
    return with_fields(dataset, store)


def _edges(centres: np.ndarray) -> np.ndarray:
    """Edges of equal cells around these centres."""
    step = (centres[-1] - centres[0]) / (centres.size - 1)
    return centres[0] + step * (np.arange(centres.size + 1) - 0.5)
