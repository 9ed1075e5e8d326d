"""What a run shows: switching, resistance, hysteresis, and a table of metrics. Each takes a Result or its Dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solion.analysis.hysteresis import Loop, loops
from solion.analysis.loop_pattern import Pattern, pattern
from solion.analysis.metric import Metric
from solion.analysis.metrics import metrics
from solion.analysis.resistance import Reading, on_off_ratio, readings
from solion.analysis.switching import STATES, Switch, SwitchingTimes, polarization, states, switches, switching_times

if TYPE_CHECKING:
    from solion.analysis.state_resistance import (
        frozen_current,
        frozen_resistance,
        low_bias_resistance,
        phase_profile,
    )

__all__ = [
    "STATES",
    "Loop",
    "Metric",
    "Pattern",
    "Reading",
    "Switch",
    "SwitchingTimes",
    "frozen_current",
    "frozen_resistance",
    "loops",
    "low_bias_resistance",
    "metrics",
    "on_off_ratio",
    "pattern",
    "phase_profile",
    "polarization",
    "readings",
    "states",
    "switches",
    "switching_times",
]


def __getattr__(name: str):
    """Names of :mod:`solion.analysis.state_resistance`, which alone needs JAX: loaded on first use."""
    from importlib import import_module

    if name in ("frozen_current", "frozen_resistance", "low_bias_resistance", "phase_profile"):
        return getattr(import_module("solion.analysis.state_resistance"), name)
    raise AttributeError(f"module 'solion.analysis' has no attribute {name!r}")
