"""Metrics of ionic synapses: pure functions of a record of pulses, each definition named in the output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solion.analysis.synaptic.energy import (
    charge_linearity,
    disturb_ratio,
    energy_of_slope,
    energy_per_decade,
    normalised_energy,
    percentiles,
)
from solion.analysis.synaptic.linearity import branches, deviation_from_line, loop_asymmetry, nonlinearity, progress
from solion.analysis.synaptic.record import PulseRecord, pulses_of
from solion.analysis.synaptic.retention import Retention, endurance, recoverable, retention, time_to_lose_a_state
from solion.analysis.synaptic.states import bits, dynamic_range, states
from solion.analysis.synaptic.summary import synaptic_metrics
from solion.analysis.synaptic.updates import UpdateMap, cycle_to_cycle, symmetry_factor, symmetry_point, update_map

if TYPE_CHECKING:
    from solion.analysis.synaptic.requirements import DEMANDS, Demand, Verdict, quoted_verdict, verdict

__all__ = [
    "DEMANDS",
    "Demand",
    "PulseRecord",
    "Retention",
    "UpdateMap",
    "Verdict",
    "bits",
    "branches",
    "charge_linearity",
    "cycle_to_cycle",
    "deviation_from_line",
    "disturb_ratio",
    "dynamic_range",
    "endurance",
    "energy_of_slope",
    "energy_per_decade",
    "loop_asymmetry",
    "nonlinearity",
    "normalised_energy",
    "percentiles",
    "progress",
    "pulses_of",
    "quoted_verdict",
    "recoverable",
    "retention",
    "states",
    "symmetry_factor",
    "symmetry_point",
    "synaptic_metrics",
    "time_to_lose_a_state",
    "update_map",
    "verdict",
]


def __getattr__(name: str):
    """Names of :mod:`solion.analysis.synaptic.requirements`, whose numbers have sources and so need JAX: on first use."""
    from importlib import import_module

    if name in ("DEMANDS", "Demand", "Verdict", "quoted_verdict", "verdict"):
        return getattr(import_module("solion.analysis.synaptic.requirements"), name)
    raise AttributeError(f"module 'solion.analysis.synaptic' has no attribute {name!r}")
