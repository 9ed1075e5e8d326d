"""The intercalation film in NumPy and SUNDIALS, written from the specification and without Solion, to check it.

The semi-discretisation is Solion's (uniform finite volumes, arithmetic means at faces), so that at tight tolerances the
two must give the same numbers. Not shared: the form of the rate law, the way to the current (Newton in ln|i| on a
convex function), the integrator and its restarts. All quantities are dimensionless.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import exp, expm1, log, log1p
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq

LTO = dict(
    kappa=1.1e-3,
    r=1e-5,
    defects=0.01,
    electron_sites=5 / 3,
    omega=-12.0,
    omega_n=20.0,
    rho=0.7,
    series=100.0,
    da_top=1e-2,
    da_bottom=1e-4,
    alpha_top=0.5,
    alpha_bottom=0.5,
)
BINODAL = (0.032952, 0.961964)


class Run(NamedTuple):
    """What :func:`simulate` returns, one row per time; ``evaluations`` of the right-hand side."""

    time: np.ndarray
    composition: np.ndarray
    current: np.ndarray
    voltage: np.ndarray
    evaluations: int


class Circuit(NamedTuple):
    """The film seen from its terminals; ``log_*`` is the logarithm of a contact's exchange current."""

    log_top: float
    alpha_top: float
    log_bottom: float
    alpha_bottom: float
    offset: float
    resistance: float


def overpotential(x, k):
    """(e, de/dx) with e = |eta| of a contact whose |i| is exp(x) exchange currents, x = k e + ln(1 - exp(-e)).

    k is 1 - alpha for a current into the film, alpha for one out of it. The right side is concave in e: after one
    Newton step e is on the left of the root and rises to it. No exponential of a large number occurs.
    """
    if x < -40.0:
        return exp(x), exp(x)
    e = log1p(k * exp(x)) / k if x < 30.0 else x / k
    for _ in range(100):
        rest = -expm1(-e)
        step = (x - k * e - log(rest)) / (k + (1.0 - rest) / rest)
        e = max(e + step, 0.05 * e)
        if abs(step) <= 1e-8 * e:  # quadratic: what is left is below round-off
            break
    rest = -expm1(-e)
    return e, 1.0 / (k + (1.0 - rest) / rest)


def circuit_current(source, circuit, guess):
    """Current i with eta_T(i) - eta_B(i) + offset + resistance i = source.

    The excess is convex in ln|i|: Newton, held under ln|emf / resistance|, comes down to the root from the right.
    """
    log_top, alpha_top, log_bottom, alpha_bottom, offset, resistance = circuit
    emf = source - offset
    if emf == 0.0:
        return 0.0
    drop = abs(emf)
    k_top, k_bottom = (1.0 - alpha_top, alpha_bottom) if emf > 0.0 else (alpha_top, 1.0 - alpha_bottom)
    bound = log(drop / resistance)
    x = min(log(abs(guess)), bound) if guess * emf > 0.0 else bound
    for _ in range(200):
        top, top_slope = overpotential(x - log_top, k_top)
        bottom, bottom_slope = overpotential(x - log_bottom, k_bottom)
        ohmic = resistance * exp(x)
        step = (drop - top - bottom - ohmic) / (top_slope + bottom_slope + ohmic)
        x = min(x + step, bound)
        if abs(step) < 1e-8:  # quadratic
            break
    return exp(x) if emf > 0.0 else -exp(x)


def circuit_voltage(current, circuit):
    """Terminal voltage at a current."""
    log_top, alpha_top, log_bottom, alpha_bottom, offset, resistance = circuit
    if current == 0.0:
        return offset
    k_top, k_bottom = (1.0 - alpha_top, alpha_bottom) if current > 0.0 else (alpha_top, 1.0 - alpha_bottom)
    x = log(abs(current))
    contacts = overpotential(x - log_top, k_top)[0] + overpotential(x - log_bottom, k_bottom)[0]
    return (contacts if current > 0.0 else -contacts) + offset + resistance * current


def log_exchange(c, laplacian, rate, alpha_0, p):
    """ln(Da f exp(-alpha kappa lap c)) and alpha, at a contact."""
    alpha = alpha_0 + (0.5 - alpha_0) * c
    theta = (c + p["defects"]) / p["electron_sites"]
    f = alpha * log(theta) + (1.0 - alpha) * log1p(-theta) + alpha * p["omega_n"] * c ** p["rho"]
    return log(rate) + f - alpha * p["kappa"] * laplacian, alpha


def logit(c):
    """u = ln(c / (1 - c))."""
    return np.log(c) - np.log1p(-c)


def sigmoid(u):
    """c of u, without overflow."""
    return np.where(u > 0, 1.0, np.exp(np.minimum(u, 0.0))) / (1.0 + np.exp(-np.abs(u)))


def film(c, u, p):
    """M_p, M_n and grad mu at the inner faces, and the circuit, of compositions c = sigmoid(u)."""
    cells = c.size
    n = c + p["defects"]
    slopes = np.concatenate(([0.0], np.diff(c) * cells, [0.0]))
    laplacian = np.diff(slopes) * cells
    mu = u + np.log(n / (p["electron_sites"] - n)) + p["omega"] * c ** p["rho"] - 2 * p["kappa"] * laplacian
    m_p, m_n = c * (1 - c), n * (1 - n / p["electron_sites"])
    m_p, m_n = 0.5 * (m_p[1:] + m_p[:-1]), 0.5 * (m_n[1:] + m_n[:-1])
    force = np.diff(mu) * cells
    top, bottom = (float(sigmoid(a - (b - a) / 8)) for a, b in ((u[0], u[1]), (u[-1], u[-2])))
    share = 1 / (m_n + p["r"] * m_p)
    half_cells = sum(0.5 / (n * (1 - n / p["electron_sites"])) for n in (top + p["defects"], bottom + p["defects"]))
    circuit = Circuit(
        *log_exchange(top, 1.5 * laplacian[0] - 0.5 * laplacian[1], p["da_top"], p["alpha_top"], p),
        *log_exchange(bottom, 1.5 * laplacian[-1] - 0.5 * laplacian[-2], p["da_bottom"], p["alpha_bottom"], p),
        float(np.sum(p["r"] * m_p * force * share)) / cells,
        (float(np.sum(share)) + half_cells) / cells + p["series"],
    )
    return m_p, m_n, force, circuit


def rate(m_p, m_n, force, current, p):
    """dc/dt of the fields of :func:`film`."""
    flux = -m_p * (m_n * force - current) / (m_n + p["r"] * m_p)
    return -np.diff(np.concatenate(([0.0], flux, [0.0]))) * (flux.size + 1)


def separated(cells, filling, width=0.04):
    """Ion-rich phase at the top, binodal compositions, tanh interface, exact mean."""
    x = (np.arange(cells) + 0.5) / cells
    poor, rich = BINODAL

    def profile(s):
        return poor + (rich - poor) * 0.5 * (1 - np.tanh((x - s) / width))

    return profile(brentq(lambda s: profile(s).mean() - filling, -1, 2, xtol=1e-15))


def simulate(
    parameters: dict, times, drive: Callable[[float], float], composition, *, kinks=(), mode="voltage", rtol=1e-9, atol=1e-11
) -> Run:
    """Run the film from a composition at ``times[0]`` and return its state at ``times``.

    ``parameters`` overrides :data:`LTO`; ``drive`` is V(t), or i(t) if ``mode`` is "current", smooth between ``kinks``.
    The unknown is ln(c/(1-c)), the integrator CVODE (BDF, banded Newton without the coupling through the current).
    """
    from sksundae.cvode import CVODE

    unknown = set(parameters) - set(LTO)
    if unknown:
        raise KeyError(f"unknown parameters {sorted(unknown)}")
    p = {**LTO, **parameters}
    guess = 0.0

    def state(t, u):
        nonlocal guess
        c = sigmoid(u)
        m_p, m_n, force, circuit = film(c, u, p)
        guess = drive(t) if mode == "current" else circuit_current(drive(t), circuit, guess)
        return c, rate(m_p, m_n, force, guess, p), guess, circuit

    def rhs(t, u, du):
        c, dc, _, _ = state(t, u)
        du[:] = dc / (c * sigmoid(-u))

    times = np.asarray(times, float)
    edges = [times[0], *sorted(k for k in kinks if times[0] < k < times[-1]), times[-1]]
    u, rows, evaluations = logit(np.asarray(composition, float)), [], 0
    solver = CVODE(rhs, rtol=rtol, atol=atol, linsolver="band", lband=2, uband=2, max_num_steps=1_000_000, max_nonlin_iters=6)
    for k, (start, end) in enumerate(pairwise(edges)):
        inner = times[(times > start) & (times < end)]
        part = solver.solve(np.concatenate(([start], inner, [end])), u)
        if not part.success:
            raise RuntimeError(f"CVODE stopped between t = {start} and {end}: {part.message}")
        wanted = np.isin(part.t, times)
        wanted[0] &= k == 0
        rows += [(t, *state(t, y)) for t, y in zip(part.t[wanted], part.y[wanted], strict=True)]
        u, evaluations = part.y[-1], evaluations + part.nfev
    return Run(
        np.array([row[0] for row in rows]),
        np.array([row[1] for row in rows]),
        np.array([row[3] for row in rows]),
        np.array([circuit_voltage(row[3], row[4]) for row in rows]),
        evaluations,
    )
