"""How network simulators update a weight, in NumPy: the laws of aihwkit's LinearStep and PiecewiseStep devices, noise included.

A weight w lies between ``w_min`` and ``w_max``; half the range of conductance is 1. Names and laws are those of aihwkit (IBM,
github.com/IBM/aihwkit, simulator/configs/devices and presets/devices.py, read 2024-02). Nothing here needs aihwkit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from solion.base.errors import InputError

SPREADS = ("dw_min_dtod", "up_down_dtod", "w_max_dtod", "w_min_dtod")

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


class WeightDevices:
    """An array of devices of one configuration, each with its own spread; :meth:`pulse` is one pulse on all that are told.

    ``shape``: of the array. ``seed``: of the spreads and of the noise from pulse to pulse (``dw_min_std``). A device without
    spreads and noise is deterministic.
    """

    def __init__(self, configuration: Mapping[str, Any], shape: tuple[int, ...] = (), seed: int = 0):
        given = dict(configuration)
        kind = given.get("device")
        if kind not in ("LinearStepDevice", "PiecewiseStepDevice", "ConstantStepDevice"):
            raise InputError(
                f"WeightDevices: device = {kind!r} has no law here; known: LinearStep, PiecewiseStep, ConstantStepDevice."
            )
        self.draw = np.random.default_rng(seed)
        wide = {name: float(given.get(name, 0.0)) for name in SPREADS}
        normal = self.draw.standard_normal
        step = given["dw_min"] * np.abs(1 + wide["dw_min_dtod"] * normal(shape))
        bias = given.get("up_down", 0.0) + wide["up_down_dtod"] * normal(shape)
        self.scale = step * (1 + bias), step * (1 - bias)
        self.high = given["w_max"] * np.maximum(1 + wide["w_max_dtod"] * normal(shape), 0.0)
        self.low = given["w_min"] * np.maximum(1 + wide["w_min_dtod"] * normal(shape), 0.0)
        self.noise, self.multiplied = float(given.get("dw_min_std", 0.0)), bool(given.get("mult_noise", False))
        if kind == "PiecewiseStepDevice":
            tables = np.stack([given["piecewise_up"], given["piecewise_down"]]).astype(float)
            self.tables, self.slopes = tables, np.diff(tables, append=tables[:, -1:])
            self.per_weight = (tables.shape[1] - 1) / (self.high - self.low)
        else:
            self.tables = None
            linear = kind == "LinearStepDevice"
            self.gamma = [given[f"gamma_{way}"] / end if linear else 0.0 for way, end in (("up", self.high), ("down", self.low))]

    def step(self, w: np.ndarray, way: int) -> np.ndarray:
        """Size of the step up (``way`` 0) or down (1) at weights w, without noise."""
        if self.tables is None:
            return self.scale[way] * (1 - self.gamma[way] * w)
        place = (w - self.low) * self.per_weight
        node = np.clip(place.astype(np.intp) if isinstance(place, np.ndarray) else int(place), 0, self.tables.shape[1] - 1)
        return self.scale[way] * (self.tables[way][node] + (place - node) * self.slopes[way][node])

    def pulse(self, w: np.ndarray, way: int) -> np.ndarray:
        """Weights after one pulse up (0) or down (1) on every device."""
        size = self.step(w, way)
        if self.noise:
            random = self.noise * self.draw.standard_normal(np.shape(w))
            size = size * (1 + random) if self.multiplied or self.tables is None else size + self.scale[way] * random
        return np.clip(w + size if way == 0 else w - size, self.low, self.high)

    def pulses(self, w: np.ndarray, count: np.ndarray) -> np.ndarray:
        """Weights after a whole number of pulses on each device, up where ``count`` is positive."""
        w = np.array(w, float)
        for way, wanted in ((0, np.maximum(count, 0)), (1, np.maximum(-count, 0))):
            for done in range(int(wanted.max(initial=0))):
                w = np.where(wanted > done, self.pulse(w, way), w)
        return w


def replay(configuration: Mapping[str, Any], order: np.ndarray, start: np.ndarray | float, seed: int = 0) -> np.ndarray:
    """Weights of devices (one for each entry of ``start``) after every pulse of ``order`` (0 up, 1 down): (pulses, devices)."""
    w = np.atleast_1d(np.asarray(start, float))
    devices = WeightDevices(configuration, w.shape, seed)
    found = np.empty((len(order), w.size))
    for place, way in enumerate(np.asarray(order, int).tolist()):
        w = found[place] = devices.pulse(w, way)
    return found


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
