"""Ionic synapses beyond a single run: compact cells, maps of pulses, limits of speed and retention, counting noise, export."""

from solion.synapse.batch import integrated_train, spread, train
from solion.synapse.cell import CompactCell, Drive, Flow, current_drive, voltage_drive
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
from solion.synapse.pulse_map import PulseMap, compose, conductance_after, iterate, leaves, pulse_map, repeat

__all__ = [
    "CompactCell",
    "Drive",
    "Flow",
    "Passed",
    "PulseMap",
    "Segment",
    "advance",
    "after_segments",
    "compose",
    "conductance_after",
    "current_drive",
    "filling_of",
    "integrated_train",
    "iterate",
    "leaves",
    "logit_of",
    "pulse_map",
    "repeat",
    "run_through",
    "sequence",
    "spread",
    "train",
    "voltage_drive",
]
