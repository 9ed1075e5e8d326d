"""The axes of a figure as logarithms, or as plain numbers, whichever its view has drawn."""

from __future__ import annotations

from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure

from solion.views.moments import change_moving

AxisKind = Literal["as drawn", "linear", "logarithmic"]
Direction = Literal["x", "y"]
DECADES, OF_BOTH_SIGNS = 12.0, 6.0  # shown below the largest value: less is round-off; a change of sign passes through all


def set_axes(drawing: Figure, kind: AxisKind, direction: Direction) -> None:
    """Change the axes of one direction, "x" or "y", of all panels with curves; maps, and what shares axes with one, keep theirs.

    A quantity of both signs is drawn as its magnitude on a logarithmic axis, and its label says so: |current (mA)|.
    """
    drawn = [getattr(axes, f"get_{direction}scale")() for axes in drawing.axes]  # before those that share one change together
    for axes, before in zip(drawing.axes, drawn, strict=True):
        curves = [
            line for line in axes.get_lines() if line.get_transform().contains_branch(axes.transData) and line.get_visible()
        ]
        shared = getattr(axes, f"get_shared_{direction}_axes")().get_siblings(axes)
        if not curves or any(map(_is_map, shared)):
            continue
        if kind == "logarithmic" and before != "log":
            _logarithms(axes, curves, direction)
        elif kind == "linear" and before != "linear":
            getattr(axes, f"set_{direction}scale")("linear")
            axes.relim()
            axes.autoscale_view(scalex=direction == "x", scaley=direction == "y")


def _is_map(axes: Axes) -> bool:
    return bool(axes.images) or any(isinstance(part, QuadMesh) for part in axes.collections)


def _logarithms(axes: Axes, curves: list, direction: Direction) -> None:
    values = [np.ma.filled(np.ma.asarray(getattr(line, f"get_{direction}data")(), float), np.nan) for line in curves]
    sizes = np.concatenate([np.abs(part[np.isfinite(part)]) for part in values])
    if not (sizes > 0).any():
        return
    most = float(sizes.max())
    signed = any((part < -(10**-DECADES) * most).any() for part in values)
    seen = sizes[sizes > most * 10 ** -(OF_BOTH_SIGNS if signed else DECADES)]
    for line, part in zip(curves, values, strict=True):
        getattr(line, f"set_{direction}data")(_size(part))
    change_moving(axes, _size, direction)
    axes.relim()  # Matplotlib looks at what was drawn before it takes logarithms
    ends = 0.7 * float(seen.min()), 1.4 * most
    if getattr(axes, f"get_{direction}scale")() == "log":  # with one that shares it, a moment ago
        low, high = getattr(axes, f"get_{direction}lim")()
        ends = min(low, ends[0]), max(high, ends[1])
    getattr(axes, f"set_{direction}scale")("log")
    getattr(axes, f"set_{direction}lim")(*ends)
    label = getattr(axes, f"get_{direction}label")()
    if signed and label:
        getattr(axes, f"set_{direction}label")(f"|{label}|")


def _size(values: np.ndarray) -> np.ndarray:
    return np.where(np.abs(values) > 0, np.abs(values), np.nan)
