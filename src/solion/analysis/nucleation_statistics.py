"""Nuclei that a supersaturation in time makes on top of a coating: expected number, chance of any, time to the first."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from solion.base.errors import InputError
from solion.laws.nucleation import RATE_RATIO, nucleation_rate


class NucleusCount(NamedTuple):
    """N(t) expected, P = 1 - exp(-N) of at least one, and the time (s) at which N = 1, infinite where it never is."""

    expected: NDArray
    probability: NDArray
    first: float


def nucleus_count(
    time: ArrayLike,
    supersaturation: ArrayLike,
    barrier: float,
    area: float,
    *,
    critical_rate: float = 1e4,
    rate_ratio: float = RATE_RATIO,
) -> NucleusCount:
    """N(t) = A int J dt of a supersaturation (V) at times (s), J = J_c exp[L (1 - (eta_nuc/eta)^2)] per m2 and s.

    ``barrier`` eta_nuc in V, at which nuclei form at the ``critical_rate`` J_c (1/(m2 s)); ``rate_ratio`` L = ln(J_0/J_c).
    Between samples ln J is linear in time, so that few samples suffice. Of a pulse whose on-time is below t_crit, N is what adds
    up over pulses.
    """
    t, eta = np.asarray(time, float), np.asarray(supersaturation, float)
    if t.ndim != 1 or t.shape != eta.shape or t.size < 2 or np.any(np.diff(t) < 0):
        raise InputError("nucleus_count: time and supersaturation are one row each, two samples or more, times in order.")
    if not (barrier >= 0 and area > 0):
        raise InputError(f"nucleus_count: barrier = {barrier:g} V and area = {area:g} m2 have to be 0 or more and above 0.")
    rate = area * np.asarray(nucleation_rate(eta, barrier, critical_rate, rate_ratio))
    low, high = np.maximum(rate[:-1], 1e-300), np.maximum(rate[1:], 1e-300)
    log = np.log(high / low)
    mean = np.where(np.abs(log) > 1e-6, (high - low) / np.where(log == 0, 1.0, log), 0.5 * (low + high))
    expected = np.concatenate([[0.0], np.cumsum(mean * np.diff(t))])
    first = float(np.interp(1.0, expected, t)) if expected[-1] >= 1 else np.inf
    return NucleusCount(expected, -np.expm1(-expected), first)
