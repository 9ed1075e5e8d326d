"""How many states a range of conductance holds."""

from __future__ import annotations

import numpy as np

from solion.analysis.synaptic.record import PulseRecord
from solion.analysis.synaptic.updates import cycle_to_cycle


def dynamic_range(record: PulseRecord) -> tuple[float, float]:
    """(lowest, highest) conductance of the record, S."""
    g = record.conductance
    return float(g.min()), float(g.max())


def states(record: PulseRecord) -> float:
    """N_eff: the range over the median step, or over two standard deviations of the noise of a step where that is fewer."""
    low, high = dynamic_range(record)
    size = np.abs(record.change)
    step = float(np.median(size))
    noise = cycle_to_cycle(record) * float(size.mean())
    counts = [(high - low) / width for width in (step, 2 * noise) if width > 0]  # false for nan
    return min(counts, default=np.nan)


def bits(record: PulseRecord) -> float:
    """log2 of :func:`states`."""
    return float(np.log2(states(record)))
