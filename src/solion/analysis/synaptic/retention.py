"""How long a conductance stays, and how the pulses themselves age."""

from __future__ import annotations

import dataclasses

import numpy as np

from solion.analysis.synaptic.record import PulseRecord
from solion.analysis.synaptic.updates import update_map

SECOND, HOUR, DAY = 1.0, 3600.0, 86400.0
ALIKE = 200  # places in the last decade of time, alike in its logarithm


@dataclasses.dataclass(frozen=True)
class Retention:
    """What is left of a conductance. Times in s after the start; nan where the record is too short to tell."""

    after_second: float  # G(t)/G(0)
    after_hour: float
    after_day: float
    time_to_lose_tenth: float
    time_to_half: float
    drift_exponent: float  # -d ln G/d ln t over the last decade of time
    drift_rate: float  # dG/dt at the start, S/s


def retention(time: np.ndarray, conductance: np.ndarray) -> Retention:
    """Retention of a conductance recorded at increasing times (s) from ``time[0]``."""
    t, g = np.asarray(time, float) - time[0], np.asarray(conductance, float)

    def left(at):
        return float(np.interp(at, t, g / g[0])) if at <= t[-1] else np.nan

    return Retention(
        left(SECOND),
        left(HOUR),
        left(DAY),
        _falls_to(t, g, 0.9),
        _falls_to(t, g, 0.5),
        _exponent(t, g),
        float((g[1] - g[0]) / (t[1] - t[0])) if t.size > 1 else np.nan,
    )


def time_to_lose_a_state(window: float, states: int, drift_rate: float) -> float:
    """t_s = (window/states)/|dG/dt| (s), the time after which a state is taken for its neighbour."""
    return np.inf if drift_rate == 0 else window / states / abs(drift_rate)


def recoverable(conductance_lost: float, ions_lost: float, slope: float) -> tuple[float, float]:
    """(recoverable, lost) parts of a fall of conductance (S), where ``ions_lost`` have left the device for good.

    ``slope`` is dG/dN at the present state (S per ion). Leak only moves ions back to the reservoir and costs no inventory.
    """
    lost = min(abs(ions_lost * slope), abs(conductance_lost))
    return abs(conductance_lost) - lost, lost


def endurance(record: PulseRecord, parts: int = 10, bins: int = 40) -> float:
    """Ageing of the pulses: d(|dG|/<|dG|>(G))/d log10(pulses), 0 where a pulse does what it did at the same conductance.

    <|dG|>(G) is the update map of the whole record, so that a step that depends on G alone shows no trend; a record that
    visits each conductance once cannot tell the two apart and gives 0. Means are over ``parts`` stretches of equal length in
    log10 of the pulse number.
    """
    number = np.arange(1, len(record) + 1)
    if number.size < 2:
        return np.nan
    updates, size = update_map(record, bins), np.full(number.size, np.nan)
    for sign, steps in ((1, updates.up), (-1, updates.down)):
        known, some = np.isfinite(steps), record.sign == sign
        if known.any():
            usual = np.interp(record.before[some], updates.conductance[known], steps[known])
            size[some] = np.divide(record.change[some], usual, out=np.full(usual.size, np.nan), where=usual != 0)
    place = np.minimum((np.log10(number) / np.log10(number[-1] + 1) * parts).astype(int), parts - 1)
    used = [k for k in range(parts) if np.isfinite(size[place == k]).any()]
    x = np.array([np.log10(number[place == k]).mean() for k in used])
    y = np.array([np.nanmean(size[place == k]) for k in used])
    return float(np.polyfit(x, y, 1)[0]) if len(used) > 1 else np.nan


def _falls_to(t, g, part) -> float:
    below = np.flatnonzero(g <= part * g[0])
    if not below.size or below[0] == 0:
        return np.nan
    k = below[0]
    share = (part * g[0] - g[k - 1]) / (g[k] - g[k - 1])
    return float(t[k - 1] + share * (t[k] - t[k - 1]))


def _exponent(t, g) -> float:
    late = (t > 0) & (t >= t[-1] / 10) & (g > 0)
    if late.sum() < 2:
        return np.nan
    first, *_, last = np.log(t[late])
    even = np.linspace(first, last, ALIKE)  # so that stretches with many rows do not count for more
    return float(-np.polyfit(even, np.interp(even, np.log(t[late]), np.log(g[late])), 1)[0])
