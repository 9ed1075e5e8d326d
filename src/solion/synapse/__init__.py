"""Ionic synapses beyond a single run: compact cells, maps of pulses, limits of speed and retention, counting noise, export."""

from solion.synapse.batch import integrated_train, spread, train
from solion.synapse.cell import CompactCell, Drive, Flow, current_drive, voltage_drive
from solion.synapse.counting import Counted, count
from solion.synapse.integrate import (
    Passed,
    Segment,
    advance,
    after_segments,
    filling_of,
    logit_of,
    run_through,
    sequence,
)
from solion.synapse.limits import (
    Limit,
    Limits,
    Stack,
    charging_energy,
    diffusivity_needed,
    ions_of,
    limits,
    pulse_energy,
    settling_time,
    transit_time,
)
from solion.synapse.network import PRESETS, device_to_device, linear_step, piecewise_step
from solion.synapse.pulse_map import PulseMap, compose, conductance_after, iterate, leaves, pulse_map, record_of, repeat
from solion.synapse.requirements import Goal, Requirements, holding_time, leak_resistance_needed, requirements, scan

__all__ = [
    "PRESETS",
    "CompactCell",
    "Counted",
    "Drive",
    "Flow",
    "Goal",
    "Limit",
    "Limits",
    "Passed",
    "PulseMap",
    "Requirements",
    "Segment",
    "Stack",
    "advance",
    "after_segments",
    "charging_energy",
    "compose",
    "conductance_after",
    "count",
    "current_drive",
    "device_to_device",
    "diffusivity_needed",
    "filling_of",
    "holding_time",
    "integrated_train",
    "ions_of",
    "iterate",
    "leak_resistance_needed",
    "leaves",
    "limits",
    "linear_step",
    "logit_of",
    "piecewise_step",
    "pulse_energy",
    "pulse_map",
    "record_of",
    "repeat",
    "requirements",
    "run_through",
    "scan",
    "sequence",
    "settling_time",
    "spread",
    "train",
    "transit_time",
    "voltage_drive",
]
