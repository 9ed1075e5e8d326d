"""The vertical axes of a figure as logarithms, or as plain numbers, whichever its view has drawn."""

from __future__ import annotations

from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure

from solion.views.moments import change_moving

AxisKind = Literal["as drawn", "linear", "logarithmic"]
DECADES, OF_BOTH_SIGNS = 12.0, 6.0  # shown below the largest value: less is round-off; a change of sign passes through all


def set_vertical(drawing: Figure, kind: AxisKind) -> None:
    """Change the vertical axes of all panels with curves; maps keep theirs.

    A quantity of both signs is drawn as its magnitude on a logarithmic axis, and its label says so: |current (mA)|.
    """
    for axes in drawing.axes:
        curves = [
            line for line in axes.get_lines() if line.get_transform().contains_branch(axes.transData) and line.get_visible()
        ]
        drawn = axes.get_yscale()
        if not curves or axes.images or any(isinstance(part, QuadMesh) for part in axes.collections):
            continue
        if kind == "logarithmic" and drawn != "log":
            _logarithms(axes, curves)
        elif kind == "linear" and drawn != "linear":
            axes.set_yscale("linear")
            axes.relim()
            axes.autoscale_view(scalex=False)


def _logarithms(axes: Axes, curves: list) -> None:
    values = [np.ma.filled(np.ma.asarray(line.get_ydata(), float), np.nan) for line in curves]
    sizes = np.concatenate([np.abs(part[np.isfinite(part)]) for part in values])
    if not (sizes > 0).any():
        return
    most = float(sizes.max())
    signed = any((part < -(10**-DECADES) * most).any() for part in values)
    seen = sizes[sizes > most * 10 ** -(OF_BOTH_SIGNS if signed else DECADES)]
    for line, part in zip(curves, values, strict=True):
        line.set_ydata(_size(part))
    change_moving(axes, _size)
    axes.relim()  # Matplotlib looks at what was drawn before it takes logarithms
    axes.set_yscale("log")
    axes.set_ylim(0.7 * float(seen.min()), 1.4 * most)
    if signed and axes.get_ylabel():
        axes.set_ylabel(f"|{axes.get_ylabel()}|")


def _size(values: np.ndarray) -> np.ndarray:
    return np.where(np.abs(values) > 0, np.abs(values), np.nan)
