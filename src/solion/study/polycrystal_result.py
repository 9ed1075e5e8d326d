"""The result of a study of a polycrystal: numbers, the field where it is at hand, and the folder they are written to."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

import numpy as np
import xarray as xr

from solion.experiments.conduction import Conduction, load_conduction
from solion.experiments.conduction.voxel_fields import VoxelFields
from solion.grids.vtk import write_vtk
from solion.views import write_report

CONDUCTION = "conduction.nc"
RASTER = {2: 600, 3: 64}  # points across the width of a field of finite elements, by its dimension


class PolycrystalResult:
    """The stationary current through a polycrystal, with its spectrum where one was asked for: all in ``dataset``."""

    def __init__(self, conduction: Conduction):
        self.conduction = conduction

    @property
    def dataset(self) -> xr.Dataset:
        """Every number, with unit and meaning."""
        return self.conduction.dataset

    @property
    def status(self) -> str:
        """``finished``, or ``doubtful`` where a check of the audit failed."""
        return self.conduction.status

    @property
    def message(self) -> str:
        """What happened."""
        return self.dataset.attrs["message"]

    def summary(self) -> str:
        """The run in a few lines."""
        return self.conduction.summary()

    def write(self, folder: Path, *, figures: bool = True, field: bool = True) -> None:
        """Write ``conduction.nc``, the field for ParaView (.vti or .vtr), and the report with its figures."""
        self.dataset.to_netcdf(folder / CONDUCTION, engine="h5netcdf")
        if field:
            self.save_field(folder)
        if figures:
            self.report(folder)

    def save_field(self, folder: Path) -> Path:
        """Write potential, current density and grains: the voxels, or points on a regular grid between the elements."""
        fields = self.conduction.fields
        if isinstance(fields, VoxelFields):
            steps = np.diff(fields.network.heights)
            even = bool(np.ptp(steps) < 1e-9 * steps.max() and abs(steps[0] / fields.image.spacing - 1) < 1e-9)
            return fields.save_vtk(folder / f"field.{'vti' if even else 'vtr'}")
        return self._save_raster(folder / "field.vti")

    def _save_raster(self, path: Path) -> Path:
        data, fields = self.dataset, self.conduction.fields
        assert fields is not None
        *lengths, height = (float(length) for length in data.attrs["box"])
        low, high = -data.attrs["layer_thickness_bottom"], height + data.attrs["layer_thickness_top"]
        step, axes = lengths[0] / RASTER[len(lengths) + 1], [0, 2] if len(lengths) == 1 else [0, 1, 2]
        counts = [max(2, round(length / step)) for length in (*lengths, high - low)]
        edges = [np.linspace(0, length, n + 1) for length, n in zip(lengths, counts, strict=False)]
        edges += [np.linspace(low, high, counts[-1] + 1)]
        points = np.stack(np.meshgrid(*((edge[1:] + edge[:-1]) / 2 for edge in edges), indexing="ij"), axis=-1)
        potential, current = fields.sample(points.reshape(-1, len(axes)))
        if len(axes) == 2:
            edges.insert(1, np.array([0.0, step]))
        shape = tuple(len(edge) - 1 for edge in edges)
        vector = np.zeros((*shape, 3), np.float32)
        vector[..., axes] = current.reshape(*shape, len(axes))
        size = np.linalg.norm(vector, axis=-1) / np.float32(abs(float(data["current_density"])))
        cells = {"potential": potential.reshape(shape).astype(np.float32), "current_density": vector,
                 "current_over_mean": size.astype(np.float32)}  # fmt: skip
        return write_vtk(path, edges, cells)

    def report(self, directory: str | PathLike) -> Path:
        """Write ``report.html`` and ``figures/*.png``; a map that needs the field is left as it lies in the folder."""
        return write_report(self.dataset, directory, fields=self.conduction.fields)


def kept_result(folder: Path) -> PolycrystalResult:
    """The result that an earlier run left in a folder: all numbers, without the field."""
    return PolycrystalResult(load_conduction(folder))
