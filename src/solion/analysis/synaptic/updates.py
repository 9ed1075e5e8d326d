"""How far one pulse moves the conductance, as a function of where it is: the map from which a network's training follows."""

from __future__ import annotations

import dataclasses

import numpy as np

from solion.analysis.synaptic.record import PulseRecord
from solion.base.errors import InputError


@dataclasses.dataclass(frozen=True)
class UpdateMap:
    """Median change by a pulse in bins of conductance. ``up`` is positive, ``down`` negative; nan where a bin has no pulse.

    ``spread_up`` and ``spread_down`` are half the distance of the 15th and 85th percentiles in a bin.
    """

    conductance: np.ndarray  # S, centres of the bins
    up: np.ndarray  # S per pulse
    down: np.ndarray
    spread_up: np.ndarray
    spread_down: np.ndarray

    @property
    def shared(self) -> np.ndarray:
        """Bins that pulses of both signs have visited."""
        return np.isfinite(self.up) & np.isfinite(self.down)


def update_map(record: PulseRecord, bins: int = 20) -> UpdateMap:
    """Binned medians of the change by pulses of each sign. Raises InputError for fewer than two bins or no pulse."""
    if bins < 1 or not len(record):
        raise InputError(f"An update map needs pulses and at least one bin; there are {len(record)} pulses, {bins} bins.")
    low, high = record.before.min(), record.before.max()
    edges = np.linspace(low, high, bins + 1)
    place = np.clip(np.searchsorted(edges, record.before, side="right") - 1, 0, bins - 1)
    columns = []
    for sign in (1, -1):
        groups = [record.change[(place == k) & (record.sign == sign)] for k in range(bins)]
        median = np.array([np.median(group) if group.size else np.nan for group in groups])
        spread = [np.ptp(np.percentile(group, [15, 85])) / 2 if group.size else np.nan for group in groups]
        columns.append((median, np.array(spread)))
    (up, spread_up), (down, spread_down) = columns
    return UpdateMap(0.5 * (edges[1:] + edges[:-1]), up, down, spread_up, spread_down)


def symmetry_factor(updates: UpdateMap) -> float:
    """Median over shared bins of 1 - |dG+ - |dG-||/(dG+ + |dG-|): 1 where a pulse down undoes a pulse up."""
    if not updates.shared.any():
        return np.nan
    up, down = updates.up[updates.shared], np.abs(updates.down[updates.shared])
    return float(np.median(1 - np.abs(up - down) / (up + down)))


def symmetry_point(updates: UpdateMap) -> float:
    """Conductance (S) at which dG+ = |dG-|, by straight lines between bins; nan where the two do not cross."""
    g = updates.conductance[updates.shared]
    excess = (updates.up + updates.down)[updates.shared]
    crossing = np.flatnonzero(np.sign(excess[1:]) * np.sign(excess[:-1]) <= 0)
    if g.size < 2 or not crossing.size:
        return np.nan
    k = crossing[0]
    if excess[k] == excess[k + 1]:
        return float(g[k])
    return float(g[k] - excess[k] * (g[k + 1] - g[k]) / (excess[k + 1] - excess[k]))


def cycle_to_cycle(record: PulseRecord, bins: int = 20) -> float:
    """Noise of the update: standard deviation of dG_i about the mean map <dG>(G_i), over the mean |dG|; nan without repeats.

    The map is a line within each bin and sign, so that a slope of dG(G) does not count as noise.
    """
    residuals, freedom = [], 0
    for sign in (1, -1):
        part = record[record.sign == sign]
        if not len(part):
            continue
        edges = np.linspace(part.before.min(), part.before.max(), bins + 1)
        place = np.clip(np.searchsorted(edges, part.before, side="right") - 1, 0, bins - 1)
        for k in range(bins):
            g, change = part.before[place == k], part.change[place == k]
            if g.size < 3 or np.ptp(g) == 0:
                continue
            line = np.polynomial.Polynomial.fit(g, change, 1)
            residuals.append(change - line(g))
            freedom += g.size - 2
    mean = np.mean(np.abs(record.change))
    if freedom < 1 or mean == 0:
        return np.nan
    return float(np.sqrt(np.sum(np.concatenate(residuals) ** 2) / freedom) / mean)
