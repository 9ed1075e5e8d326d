"""Update maps as the numbers that simulators of analogue neural networks take, without depending on one.

The names and the laws are those of aihwkit (IBM, github.com/IBM/aihwkit, simulator/configs/devices and presets/devices.py,
read 2024-02): a weight w in units in which half the range is 1, zero at the symmetry point.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from solion.analysis.synaptic import PulseRecord, UpdateMap, cycle_to_cycle, update_map
from solion.base.errors import InputError

SAME = 1e-9  # of a step: two lines this close are one

PRESETS: dict[str, dict[str, Any]] = {
    "EcRamPresetDevice": {
        "device": "LinearStepDevice",
        "dw_min": 0.002,
        "up_down": 0.0,
        "w_max": 1.1724,
        "w_min": -0.8276,
        "gamma_up": 0.1153,
        "gamma_down": 0.5085,
        "dw_min_std": 0.3,
        "mult_noise": True,
    },
    "EcRamMOPresetDevice": {
        "device": "LinearStepDevice",
        "dw_min": 2.8214e-4,
        "up_down": 0.0,
        "w_max": 1.1714,
        "w_min": -0.8286,
        "gamma_up": 0.4152,
        "gamma_down": 0.7342,
        "dw_min_std": 2.0,
        "mult_noise": True,
    },
    "GokmenVlasovPresetDevice": {
        "device": "ConstantStepDevice",
        "dw_min": 0.0016,
        "up_down": 0.0,
        "w_max": 1.0,
        "w_min": -1.0,
        "dw_min_dtod": 0.3,
        "dw_min_std": 0.3,
        "up_down_dtod": 0.01,
        "w_max_dtod": 0.3,
        "w_min_dtod": 0.3,
    },
}


def linear_step(record: PulseRecord, *, bins: int = 20) -> dict[str, Any]:
    """Parameters of a ``LinearStepDevice`` whose steps are straight lines in the weight.

    dw_up = dw_min (1 - gamma_up w/w_max), dw_down = -dw_min (1 - gamma_down w/w_min): both lines are fitted by least
    squares to the update map and cross at w = 0, so that ``up_down`` = 0; gamma = 1 for both is a soft-bounds device.
    ``g_min`` and ``g_max`` (S) give the weights their conductance. Raises InputError where the record has no pulses of
    both signs, or the lines do not cross within its range.
    """
    updates, low, high = _map_of(record, bins)
    up, down = (_line(updates.conductance, steps) for steps in (updates.up, -updates.down))
    at_low, at_high = (up[0] - down[0] + (up[1] - down[1]) * g for g in (low, high))
    if max(abs(at_low), abs(at_high)) < SAME * up[0]:
        crossing = 0.5 * (low + high)
    elif at_low * at_high > 0:
        raise InputError(
            f"Steps up and down are nowhere equal in the range {low:.3g} to {high:.3g} S of the pulses; take a train that "
            "reaches the symmetry point, or use piecewise_step."
        )
    else:
        crossing = low + (high - low) * at_low / (at_low - at_high)
    half = 0.5 * (high - low)
    step = up[0] + up[1] * crossing
    w_max, w_min = (high - crossing) / half, (low - crossing) / half
    return {
        "device": "LinearStepDevice",
        "dw_min": step / half,
        "up_down": 0.0,
        "w_max": w_max,
        "w_min": w_min,
        "gamma_up": -up[1] * half * w_max / step,
        "gamma_down": -down[1] * half * w_min / step,
        "dw_min_std": _noise(record, bins),
        "mult_noise": False,
        "g_min": low,
        "g_max": high,
    }


def piecewise_step(record: PulseRecord, *, bins: int = 20, nodes: int = 11) -> dict[str, Any]:
    """Parameters of a ``PiecewiseStepDevice``: the update map itself, on ``nodes`` equal steps from w_min = -1 to w_max = 1.

    ``piecewise_up`` and ``piecewise_down`` are the size of a step over ``dw_min``, the mean step at mid-range.
    """
    updates, low, high = _map_of(record, bins)
    g = np.linspace(low, high, nodes)
    sizes = []
    for steps in (updates.up, -updates.down):
        known = np.isfinite(steps)
        sizes.append(np.interp(g, updates.conductance[known], steps[known]))
    middle = 0.5 * sum(np.interp(0.5 * (low + high), g, size) for size in sizes)
    return {
        "device": "PiecewiseStepDevice",
        "dw_min": float(middle / (0.5 * (high - low))),
        "up_down": 0.0,
        "w_max": 1.0,
        "w_min": -1.0,
        "piecewise_up": (sizes[0] / middle).tolist(),
        "piecewise_down": (sizes[1] / middle).tolist(),
        "dw_min_std": _noise(record, bins),
        "g_min": low,
        "g_max": high,
    }


def device_to_device(conductance: np.ndarray, order: np.ndarray) -> dict[str, float]:
    """Spread of a batch (devices, pulses) that all saw the pulses ``order`` (0 up, 1 down): relative standard deviations.

    ``dw_min_dtod`` of the mean step, ``up_down_dtod`` of (up - down)/(up + down), ``w_max_dtod`` and ``w_min_dtod`` of the
    highest and lowest conductance over half the mean range.
    """
    change, which = np.diff(conductance, axis=1), np.asarray(order)[1:]
    up, down = (np.mean(np.abs(change[:, which == sign]), axis=1) for sign in (0, 1))
    top, bottom = conductance.max(axis=1), conductance.min(axis=1)
    half = 0.5 * np.mean(top - bottom)
    mean = 0.5 * (up + down)
    return {
        "dw_min_dtod": float(np.std(mean) / np.mean(mean)),
        "up_down_dtod": float(np.std((up - down) / (up + down))),
        "w_max_dtod": float(np.std(top) / half),
        "w_min_dtod": float(np.std(bottom) / half),
    }


def _map_of(record: PulseRecord, bins: int) -> tuple[UpdateMap, float, float]:
    if not (np.any(record.sign > 0) and np.any(record.sign < 0)):
        raise InputError("An update map for a network needs pulses up and pulses down; this record has one sign only.")
    g = record.conductance
    return update_map(record, bins), float(g.min()), float(g.max())


def _line(conductance, steps) -> tuple[float, float]:
    """(intercept, slope) of steps against conductance."""
    known = np.isfinite(steps)
    slope, intercept = np.polyfit(conductance[known], steps[known], 1) if known.sum() > 1 else (0.0, steps[known][0])
    return float(intercept), float(slope)


def _noise(record: PulseRecord, bins: int) -> float:
    """Relative noise of a step; 0 where the record repeats nothing."""
    noise = cycle_to_cycle(record, bins)
    return 0.0 if np.isnan(noise) else noise
