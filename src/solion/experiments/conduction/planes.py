"""The current through the planes of a result of ``conduct``, and its hot spots."""

from __future__ import annotations

import numpy as np

from solion.analysis import hot_spots
from solion.analysis.hot_spots import HotSpot
from solion.base.errors import InputError, nearest
from solion.experiments.conduction.problem import CrossSection
from solion.result.result import Result


def planes(result: Result) -> list[str]:
    """Names of the planes whose current a result holds."""
    return [str(name) for name in result.dataset["plane"].values]


def section(result: Result, plane: str = "bottom_electrode") -> CrossSection:
    """The current density through ``bottom_electrode``, ``top_electrode``, ``bottom_ceramic`` or ``top_ceramic``."""
    known, data = planes(result), result.dataset
    if plane not in known:
        raise InputError(f"plane = {plane!r} is unknown{nearest(plane, known)}; this run has {', '.join(known)}.")
    position = data[f"{plane}_position"].values
    second = data[f"{plane}_second_density"].values
    attributes = data[f"{plane}_current_density"].attrs
    return CrossSection(
        attributes["height"],
        position if position.ndim > 1 else position[:, None],
        data[f"{plane}_size"].values,
        data[f"{plane}_current_density"].values,
        data[f"{plane}_grain"].values,
        attributes["spacing"],
        bool(data.attrs["periodic"]),
        tuple(attributes["shape"]) if "shape" in attributes else None,
        None if np.isnan(second).all() else second,
        bool(attributes.get("smooth", False)),
    )


def profile(result: Result, height: float) -> CrossSection:
    """j_z through the plane z = ``height`` (m; 0 at the bottom of the ceramic), in the ceramic or in a layer.

    Raises InputError for a result from a file, which holds no field.
    """
    if result.fields is None:
        raise InputError("profile needs the field, which is not kept in a file; run conduct again.")
    return result.fields.section(height)


def hot_spot(plane: CrossSection, window: float) -> HotSpot:
    """H(w): the largest mean over a window (m; a square in 3D) over the mean of the plane.

    Raises InputError where the window is below twice the mesh size there, since it would show the mesh; not beyond a layer
    of four cells or more, where the current is smooth and a window within one cell gives the height of the maximum.
    """
    if not window >= (0 if plane.smooth else 2 * plane.spacing):
        raise InputError(
            f"window = {window:g} m is below twice the mesh size there ({plane.spacing:g} m), so that the maximum would be "
            "that of the mesh; take a larger window or smaller mesh sizes."
        )
    return maximum(plane, plane.current_density, window)


def maximum(plane: CrossSection, density: np.ndarray, window: float) -> HotSpot:
    """The windowed maximum of one of the estimates of a plane's current density."""
    if plane.shape is not None:
        spacing = float(np.sqrt(plane.size[0]))
        return hot_spots.windowed_maximum_of_map(density.reshape(plane.shape), (spacing, spacing), window, plane.periodic)
    edges = plane.position[0, 0] - plane.size[0] / 2 + np.concatenate(([0.0], np.cumsum(plane.size)))
    return hot_spots.windowed_maximum(edges, density, window, plane.periodic)
