"""Energy of a change of conductance, free of the size of the device; and how the change follows the charge."""

from __future__ import annotations

import numpy as np

from solion.analysis.synaptic.record import PulseRecord
from solion.base.constants import ELEMENTARY_CHARGE

PRACTICAL = 1e-18 / (1e-12 * 1e-9)  # J/(m2 S) of one aJ um^-2 nS^-1


def normalised_energy(energy, change, area: float, aspect: float):
    """e_n = E/(A |dG_sq|) in J/(m2 S), with the sheet change dG_sq = dG / ``aspect`` and ``aspect`` = w/l of the read gap.

    A is the area of the whole film, through which ions pass (Schwacke et al. 2024, our reading of their correction for l
    and w). In the paper's aJ um^-2 nS^-1 divide by 1000 (:data:`PRACTICAL`). A pulse that changes nothing has no e_n: nan.
    """
    moved = np.abs(np.asarray(change, float))
    return np.asarray(energy) / (area * np.where(moved > 0, moved, np.nan) / aspect)


def energy_of_slope(voltage: float, slope: float, formula_density: float) -> float:
    """e_n = V e n_W/(d sigma/d gamma) (J/(m2 S)) for ``slope`` in S/m per electron per formula unit: no size in it."""
    return voltage * ELEMENTARY_CHARGE * formula_density / slope


def energy_per_decade(record: PulseRecord) -> float:
    """E_dec = int e dG over one decade of conductance (J): energy of the pulses up, over the decades they climbed."""
    up = record[record.sign > 0]
    decades = np.log10(up.after.max() / up.before.min()) if len(up) else 0.0
    return float(np.nansum(up.energy) / decades) if decades > 0 else np.nan


def charge_linearity(charge: np.ndarray, change: np.ndarray) -> tuple[float, float]:
    """(exponent, R2): d ln|dG|/d ln|Q| by least squares, and R2 of the straight line through the origin.

    R2 = 1 - sum of squares about the line over the sum about the mean. nan where the charges differ by less than a factor
    of two: of nearly equal ones the change tells the state of the channel, not the charge.
    """
    q, g = np.abs(np.asarray(charge, float)), np.abs(np.asarray(change, float))
    if q.size < 2 or not q.max() >= 2 * q.min() or q.min() == 0 or np.any(g <= 0):  # false for nan: charges unknown
        return np.nan, np.nan
    exponent = np.polyfit(np.log(q), np.log(g), 1)[0]
    line = np.sum(q * g) / np.sum(q * q)
    return float(exponent), float(1 - np.sum((g - line * q) ** 2) / np.sum((g - g.mean()) ** 2))


def percentiles(change: np.ndarray) -> tuple[float, float, float]:
    """15th percentile, median and 85th percentile of |dG|, the bars of Fig. 4 (S)."""
    low, middle, high = np.percentile(np.abs(change), [15, 50, 85])
    return float(low), float(middle), float(high)


def disturb_ratio(full: float, part: float) -> float:
    """|dG| by a full pulse over that by a part of its voltage (V/2 or V/3); at least 10 leaves neighbours alone."""
    return float(np.inf) if part == 0 else float(abs(full / part))
