"""What a signal in time looks like: held, steps and pulses, or sweeps."""

from __future__ import annotations

import numpy as np

LEVELS = 12  # a signal of at most so many levels is steps
RESOLVED = 0.02  # of the span: values nearer than this are one level


def describe_wave(time: np.ndarray, values: np.ndarray, name: str, unit: str) -> str:
    """A sentence on a driven signal; "" where it is neither held, steps nor sweeps (a response)."""
    good = np.isfinite(values)
    time, values = time[good], values[good]
    if values.size < 3:
        return ""
    span = float(np.ptp(values))
    if span <= 1e-3 * float(np.abs(values).max()):
        return f"The {name} is held at {np.median(values):.4g} {unit}."
    steps = _steps(values, span)
    if steps is not None:
        changes, levels, away = steps
        return f"The {name} steps {changes} times between {levels} levels; {away} pulses from its commonest level."
    turns = _turns(values, 0.05 * span)
    if turns > 0.2 * values.size or name.startswith("current"):
        return ""
    moving = np.diff(time) > 0
    rates = np.abs(np.diff(values)[moving] / np.diff(time)[moving])
    return (
        f"The {name} sweeps between {values.min():.4g} and {values.max():.4g} {unit} with {turns} turning points, "
        f"at {np.median(rates):.4g} {unit}/s."
    )


def _steps(values: np.ndarray, span: float) -> tuple[int, int, int] | None:
    """(changes, levels, pulses) of a signal of few levels, None of any other."""
    level = np.round((values - values.min()) / (2 * RESOLVED * span)).astype(int)
    levels, counts = np.unique(level, return_counts=True)
    flat = np.mean(np.abs(np.diff(values)) < RESOLVED * span)
    if levels.size > LEVELS or flat < 0.5:
        return None
    moved = np.diff(level) != 0
    base = levels[np.argmax(counts)]
    away = int(np.sum((level[1:] != base) & (level[:-1] == base))) + int(level[0] != base)
    return int(moved.sum()), int(levels.size), away


def _turns(values: np.ndarray, least: float) -> int:
    """Extremes that differ from the one before by more than ``least``."""
    turns, way, extreme = 0, 0, values[0]
    for value in values[1:]:
        if way * (value - extreme) >= 0 and way != 0:
            extreme = value
        elif abs(value - extreme) > least:
            turns += way != 0
            way, extreme = (1 if value > extreme else -1), value
    return turns
