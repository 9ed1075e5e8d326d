"""How straight and how symmetric a conductance rises and falls with the number of pulses."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from solion.analysis.synaptic.record import PulseRecord
from solion.base.errors import InputError

STEEPEST = 60.0  # nonlinearity at which one pulse in sixty does it all
SERIES = 1e-3


def progress(nonlinearity: float, part: np.ndarray) -> np.ndarray:
    """u(p) = (1 - e^(-nu p))/(1 - e^(-nu)) for a part p of the pulses in [0, 1]; the straight line p at nu = 0."""
    if abs(nonlinearity) < SERIES:
        bend = part * (1 - part)
        return part + nonlinearity * bend / 2 + nonlinearity**2 * bend * (1 - 2 * part) / 12
    return np.expm1(-nonlinearity * part) / np.expm1(-nonlinearity)


def nonlinearity(conductance: np.ndarray) -> tuple[float, float]:
    """(nu, R2) of a monotonic branch: its progress from first to last value fitted with :func:`progress`.

    Positive where steps shrink along the branch, in either direction. R2 is the coefficient of determination of the fit.
    Raises InputError for fewer than three values or a branch that ends where it began.
    """
    from scipy.optimize import minimize_scalar

    u, p = _progress_of(conductance)
    best: Any = minimize_scalar(
        lambda nu: float(np.sum((progress(nu, p) - u) ** 2)),
        bounds=(-STEEPEST, STEEPEST),
        method="bounded",
        options={"xatol": 1e-10},
    )
    nu = float(best["x"])
    return nu, float(1 - np.sum((progress(nu, p) - u) ** 2) / np.sum((u - u.mean()) ** 2))


def deviation_from_line(conductance: np.ndarray) -> float:
    """LE_max: largest distance of the progress of a branch from the straight line between its ends."""
    u, p = _progress_of(conductance)
    return float(np.max(np.abs(u - p)))


def loop_asymmetry(up: np.ndarray, down: np.ndarray) -> float:
    """A_loop: area between G on the way up and G on the way down read backwards, over the range; 0 if one undoes the other."""
    parts = np.linspace(0, 1, 1001)
    rising = np.interp(parts, np.linspace(0, 1, up.size), up)
    falling = np.interp(1 - parts, np.linspace(0, 1, down.size), down)
    return float(np.trapezoid(np.abs(rising - falling), parts) / np.ptp(np.concatenate([up, down])))


def branches(record: PulseRecord) -> tuple[np.ndarray, np.ndarray] | None:
    """Conductance along the first run of pulses up and the run down that follows it; None where there is no such pair."""
    runs = record.runs()
    for first, second in pairwise(runs):
        if first.sign[0] > 0 > second.sign[0]:
            return first.conductance, second.conductance
    return None


def _progress_of(conductance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    g = np.asarray(conductance, float)
    if g.size < 3 or g[-1] == g[0]:
        raise InputError("A branch needs three conductances or more, and must not end where it began.")
    return (g - g[0]) / (g[-1] - g[0]), np.linspace(0, 1, g.size)
