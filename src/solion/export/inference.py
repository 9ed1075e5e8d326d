"""Weights that are written once and read for long: levels and retention by the physics' own tables, in aihwkit's hook.

aihwkit converts weights to conductances (microsiemens), asks a noise model what was written and what is left after a time, and
converts back. Here writing takes the nearest level, where the device has levels, and time moves conductances along the table of
:func:`solion.export.retention_map`; nothing is random.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from solion.base.errors import InputError
from solion.export.networks import refuse_misfits, retained

MICRO = 1e-6  # S


def nearest_levels(conductance: Any, levels: Any) -> np.ndarray:
    """The nearest of discrete ``levels`` (at least two, any unit) to each conductance."""
    rising = np.unique(np.asarray(levels, float))
    if rising.size < 2 or not np.all(np.isfinite(rising)):
        raise InputError("export: levels of a device are two or more different finite conductances.")
    return rising[np.searchsorted(0.5 * (rising[1:] + rising[:-1]), np.asarray(conductance, float))]


def read_weights(exported: Mapping[str, Any], conductance: Any, time: float = 0.0) -> np.ndarray:
    """Conductances (S) that are read ``time`` (s) after ``conductance`` was written, by an exported ``aihwkit.json``."""
    levels, table = exported.get("levels"), exported.get("retention")
    written = np.asarray(conductance, float) if levels is None else nearest_levels(conductance, list(levels.values()))
    if time == 0 or table is None:  # a film keeps its levels
        return written
    return retained(np.array(table["times"]), np.array(table["conductance"]), np.array(table["after"]), written, time)


def to_aihwkit_inference(exported: Mapping[str, Any]) -> Any:
    """The noise model of an installed aihwkit that does what an exported ``aihwkit.json`` says, as ``config.noise_model``.

    Raises InputError where the file has neither levels nor retention, or aihwkit is missing or does not fit its torch.
    """
    known = list(exported["levels"].values()) if "levels" in exported else exported.get("retention", {}).get("conductance")
    if not known:
        raise InputError("export: the file holds neither levels nor retention; give the contents of an exported aihwkit.json.")
    refuse_misfits()
    inference: Any = importlib.import_module("aihwkit.inference")
    torch: Any = importlib.import_module("torch")
    pairs = inference.SinglePairConductanceConverter(g_max=max(known) / MICRO, g_min=min(known) / MICRO)

    def read(conductance, time):
        found = read_weights(exported, MICRO * conductance.detach().cpu().double().numpy(), time) / MICRO
        return torch.as_tensor(found, dtype=conductance.dtype, device=conductance.device)

    class PhysicsNoise(inference.BaseNoiseModel):
        """What is written, and what is left of it, by the tables of an export."""

        def apply_programming_noise_to_conductance(self, g_target):
            return read(g_target, 0.0)

        def apply_drift_noise_to_conductance(self, g_prog, drift_noise_param, t_inference):
            return read(g_prog, float(t_inference))

    return PhysicsNoise(pairs)
