"""The field of a polycrystal as a file for ParaView: its voxels, or points on a regular grid between elements."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from solion.experiments.conduction.voxel_fields import VoxelFields
from solion.grids.vtk import write_vtk
from solion.result.result import Result

RASTER = {2: 600, 3: 64}  # points across the width of a field of finite elements, by its dimension


def write_field(result: Result, folder: Path) -> Path:
    """Write potential, current density and grains as ``field.vti``, or ``field.vtr`` where cells differ in size."""
    fields = result.fields
    if isinstance(fields, VoxelFields):
        steps = np.diff(fields.network.heights)
        even = bool(np.ptp(steps) < 1e-9 * steps.max() and abs(steps[0] / fields.image.spacing - 1) < 1e-9)
        return fields.save_vtk(folder / f"field.{'vti' if even else 'vtr'}")
    data = result.dataset
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
    cells = {
        "potential": potential.reshape(shape).astype(np.float32),
        "current_density": vector,
        "current_over_mean": size.astype(np.float32),
    }
    return write_vtk(folder / "field.vti", edges, cells)
