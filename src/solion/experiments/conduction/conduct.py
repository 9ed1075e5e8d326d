"""``conduct``: a field from an engine, turned into numbers with their windows, checks and sources."""

from __future__ import annotations

import json
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from solion import __version__
from solion.analysis import hot_spots
from solion.analysis.hot_spots import HotSpot
from solion.base.errors import InputError, nearest
from solion.devices.polycrystal import Polycrystal
from solion.experiments.conduction.elements import Elements
from solion.experiments.conduction.problem import AbstractEngine, CrossSection, Fields, Problem
from solion.experiments.conduction.record import build_dataset, window_name
from solion.grids.grains.lengths import one_number

WINDOW = 100e-9  # m, the window of a hot-spot factor unless given


class Conduction:
    """The current through a polycrystal: numbers in ``dataset``; ``fields``, the engine's answer, None after loading."""

    def __init__(self, dataset: xr.Dataset, fields: Fields | None = None):
        self.dataset, self.fields = dataset, fields

    def __repr__(self) -> str:
        return f"Conduction({self.dataset.attrs['title']!r}, status={self.status!r})"

    @property
    def status(self) -> str:
        """``finished``, or ``doubtful`` where a check of the audit failed."""
        return self.dataset.attrs["status"]

    @property
    def audit(self) -> dict[str, Any]:
        """Checks: name to value, limit, meaning and verdict."""
        return json.loads(self.dataset.attrs["audit"])

    @property
    def warnings(self) -> list[str]:
        """Sentences on what is not resolved or doubtful."""
        return json.loads(self.dataset.attrs["warnings"])

    @property
    def parameters(self) -> list[dict[str, Any]]:
        """Every number of the device with unit, range, provenance and source."""
        return json.loads(self.dataset.attrs["parameters"])

    @property
    def planes(self) -> list[str]:
        """Names of the planes whose current is kept."""
        return [str(name) for name in self.dataset["plane"].values]

    def section(self, plane: str) -> CrossSection:
        """The current density through ``bottom_electrode``, ``top_electrode``, ``bottom_ceramic`` or ``top_ceramic``."""
        if plane not in self.planes:
            raise InputError(
                f"plane = {plane!r} is unknown{nearest(plane, self.planes)}; this run has {', '.join(self.planes)}."
            )
        data = self.dataset
        position = data[f"{plane}_position"].values
        second = data[f"{plane}_second_density"].values
        attributes = data[f"{plane}_current_density"].attrs
        return CrossSection(
            attributes["height"], position if position.ndim > 1 else position[:, None], data[f"{plane}_size"].values,
            data[f"{plane}_current_density"].values, data[f"{plane}_grain"].values, attributes["spacing"],
            bool(data.attrs["periodic"]), tuple(attributes["shape"]) if "shape" in attributes else None,
            None if np.isnan(second).all() else second, bool(attributes.get("smooth", False)),
        )  # fmt: skip

    def hot_spot(self, window: float = WINDOW, plane: str = "bottom_electrode") -> HotSpot:
        """H(w): the largest mean over a window (m; a square in 3D) over the mean of the plane.

        Raises InputError where the window is below twice the mesh size there, since it would show the mesh; not beyond a layer
        of four cells or more, where the current is smooth.
        """
        return hot_spot(self.section(plane), window)

    def profile(self, height: float) -> CrossSection:
        """j_z through the plane z = ``height`` (m; 0 at the bottom of the ceramic), in the ceramic or in a layer."""
        if self.fields is None:
            raise InputError("profile needs the field, which is not kept in a file; run conduct again.")
        return self.fields.section(height)

    def summary(self) -> str:
        """The run in a few lines."""
        data, effective = self.dataset, float(self.dataset["effective_conductivity"])
        lines = [
            f"{data.attrs['title']}: {data.attrs['message']}",
            f"  {float(data['voltage']):.4g} V, {float(data['current_density']):.6g} A/m2, effective conductivity "
            + (f"{effective:.4g} S/m" if np.isfinite(effective) else "not given")
            + f" (brick layer {float(data['brick_layer']):.4g} S/m)",
        ]
        for plane in self.planes:
            values = [
                f"H({window_name(window)}) = {value:.3g}"
                for window, value in zip(data["window"].values, data["hot_spot"].sel(plane=plane).values, strict=True)
                if np.isfinite(value)
            ]
            mesh = window_name(data[f"{plane}_current_density"].attrs["spacing"])
            lines.append(f"  {plane.replace('_', ' ')}, mesh {mesh} there: " + ", ".join(values or ["no H(w)"]))
        lines += [
            f"  audit: {name} = {e['value']:.2e} exceeds {e['limit']:.0e}"
            for name, e in self.audit.items()
            if not e["ok"]
        ]
        return "\n".join(lines + [f"  warning: {text}" for text in self.warnings])

    def save(self, folder: str | PathLike) -> Path:
        """Write ``conduction.nc`` (NetCDF4) and the figures into a folder."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.dataset.to_netcdf(folder / "conduction.nc", engine="h5netcdf")
        for name, figure in self.figures().items():
            figure.savefig(folder / f"{name}.png", dpi=160)
        return folder

    def figures(self) -> dict[str, Any]:
        """Figures by name: the map (where the field is at hand), the current through each plane, the decay through layers."""
        from solion.views import figures

        return figures(self.dataset, fields=self.fields)


def load_conduction(folder: str | PathLike) -> Conduction:
    """A result saved by :meth:`Conduction.save`: all numbers, without the field."""
    path = Path(folder) / "conduction.nc"
    try:
        return Conduction(xr.load_dataset(path, engine="h5netcdf"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: this is not a result of conduct that can be read ({error}).") from None


def hot_spot(section: CrossSection, window: float) -> HotSpot:
    """:func:`solion.analysis.hot_spots.windowed_maximum` of a section, refused where the mesh is too coarse for the window.

    Beyond a layer the current is smooth over several cells, and a window within one of them gives the height of the maximum.
    """
    if not window >= (0 if section.smooth else 2 * section.spacing):
        raise InputError(
            f"window = {window:g} m is below twice the mesh size there ({section.spacing:g} m), so that the maximum would be "
            "that of the mesh; take a larger window or smaller mesh sizes."
        )
    return maximum(section, section.current_density, window)


def maximum(section: CrossSection, density, window: float) -> HotSpot:
    """The windowed maximum of one of a section's densities."""
    if section.shape is not None:
        spacing = float(np.sqrt(section.size[0]))
        return hot_spots.windowed_maximum_of_map(
            density.reshape(section.shape), (spacing, spacing), window, section.periodic
        )
    edges = section.position[0, 0] - section.size[0] / 2 + np.concatenate(([0.0], np.cumsum(section.size)))
    return hot_spots.windowed_maximum(edges, density, window, section.periodic)


def conduct(
    polycrystal: Polycrystal, microstructure: Any, *, voltage: float | None = None, current: float | None = None,
    engine: AbstractEngine | None = None, title: str = "",
) -> Conduction:  # fmt: skip
    """The stationary current through a polycrystal.

    ``voltage``: of the bottom electrode against the top one, V (0.1 unless a current is given); ``current``: mean current
    density along +z, A/m2. ``engine``: :class:`Elements` unless given. Raises InputError for what cannot be, RunError where
    no solution is found.
    """
    problem = pose(polycrystal, microstructure, voltage, current)
    fields = (engine or Elements()).solve(problem)
    return Conduction(build_dataset(problem, fields, title, hot_spot, maximum, __version__), fields)


def pose(polycrystal, microstructure, voltage, current) -> Problem:
    """Check what is asked."""
    if not isinstance(polycrystal, Polycrystal):
        raise InputError(f"conduct: polycrystal = {polycrystal!r} is not a Polycrystal object.")
    if voltage is not None and current is not None:
        raise InputError("conduct: give voltage or current, not both.")
    if voltage is None and current is None:
        voltage = 0.1
    drive = {"voltage": voltage, "current": current}
    for key, value in drive.items():
        drive[key] = None if value is None else one_number(f"conduct: {key}", value)
        if value is not None and not (np.isfinite(drive[key]) and value != 0):
            raise InputError(f"conduct: {key} = {value!r} must be a finite number other than zero.")
    return Problem(polycrystal.in_double_precision(), microstructure, **drive)
