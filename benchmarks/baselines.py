"""What a careful user would write without Solion for the film memristor, and how fast and how exact it is.

Two baselines integrate two triangle-wave cycles of the same semi-discrete film (the model is that of
``tests/verification/independent_film.py``), with c in each cell as unknown and the current solved inside the
right-hand side:

``lsoda``  NumPy right-hand side, ``scipy.integrate.LSODA``, banded Jacobian by differences;
``cvode``  Numba right-hand side, SUNDIALS CVODE (BDF, banded Jacobian by differences) through scikit-sundae.

Both take a bandwidth of 2, which leaves out how the current depends on every cell: the Newton matrix is approximate,
the result is not. They restart at the end of each linear segment, since the voltage has kinks there. Where a film is
depleted c falls to 1e-26, far under any absolute tolerance on c, and steps overshoot to c < 0: the right-hand side sees
c held within [1e-12, 1 - 1e-12]. (A guard of 1e-300 in the logarithms alone stops CVODE at the first depletion.)
``unknown="u"`` takes u = ln(c/(1-c)) instead, unguarded: what an expert would do, and far faster there; the tight
reference does so too.

    python benchmarks/baselines.py [--reference DIRECTORY] [CASE ...]
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from types import FunctionType
from typing import NamedTuple

import numba
import numpy as np
from scipy.integrate import LSODA
from sksundae.cvode import CVODE

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "verification"))
import independent_film as model

RATE = 125.0  # sweep rate in V_T per tau_D
LEAST = 1e-12  # guard of an unknown c
SAMPLES = 200  # equal parts of a linear segment, at whose ends the current is read


class Case(NamedTuple):
    """A pair of contacts, a filling and the largest voltage."""

    da: tuple[float, float]
    alpha: tuple[float, float]
    filling: float
    voltage: float


CASES = {
    "LTO7": Case((0.1, 1e-3), (0.05, 0.2), 0.9, 100.0),
    "LTO4": Case((1e-3, 1e-6), (0.3, 0.08), 0.1, 150.0),
    "SYM": Case((1e-2, 1e-4), (0.5, 0.5), 0.1, 100.0),
}


class Outcome(NamedTuple):
    """Current at the samples, of which each segment has both its ends; work and wall time without the sampling of i."""

    time: np.ndarray
    current: np.ndarray
    composition: np.ndarray
    steps: int
    evaluations: int
    wall: float


def parameters(case: Case) -> dict:
    """Parameters of the model."""
    (da_top, da_bottom), (alpha_top, alpha_bottom) = case.da, case.alpha
    return {**model.LTO, "da_top": da_top, "da_bottom": da_bottom, "alpha_top": alpha_top, "alpha_bottom": alpha_bottom}


def segments(case: Case, cycles=2):
    """(start, end, voltage at the start, slope) of each linear piece of the triangle wave."""
    t, v, pieces = 0.0, 0.0, []
    for change in (case.voltage, -2 * case.voltage, case.voltage) * cycles:
        end = t + abs(change) / RATE
        pieces.append((t, end, v, np.sign(change) * RATE))
        t, v = end, v + change
    return pieces


# ---------------------------------------------------------------------------------------------- right-hand sides


class NumpyFilm:
    """Right-hand side in NumPy. ``piece`` is the linear segment under way."""

    def __init__(self, case: Case, unknown: str):
        self.parameters, self.unknown, self.guess, self.evaluations = parameters(case), unknown, 0.0, 0

    def set_piece(self, piece):
        self.piece = piece

    def fields(self, t, y):
        start, _, voltage, slope = self.piece
        c = np.clip(y, LEAST, 1 - LEAST) if self.unknown == "c" else model.sigmoid(y)
        u = model.logit(c) if self.unknown == "c" else y
        m_p, m_n, force, circuit = model.film(c, u, self.parameters)
        self.guess = model.circuit_current(voltage + slope * (t - start), circuit, self.guess)
        return c, m_p, m_n, force

    def current(self, t, y):
        self.fields(t, y)
        return self.guess

    def __call__(self, t, y):
        self.evaluations += 1
        c, m_p, m_n, force = self.fields(t, y)
        dc = model.rate(m_p, m_n, force, self.guess, self.parameters)
        return dc if self.unknown == "c" else dc / (c * model.sigmoid(-y))


def _compile():
    """Numba's version of the right-hand side; the scalar circuit equation is the model's, compiled as it stands."""
    scope = {**vars(model), "overpotential": numba.njit(model.overpotential)}
    circuit_current = numba.njit(FunctionType(model.circuit_current.__code__, scope))
    log, exp, log1p = np.log, np.exp, np.log1p

    @numba.njit
    def end(u, laplacian, da, alpha_0, kappa, defects, sites, omega_n, rho):
        c = 1 / (1 + exp(-max(u, -700.0)))
        n = c + defects
        theta = n / sites
        alpha = alpha_0 + (0.5 - alpha_0) * c
        logarithm = alpha * (log(theta) + omega_n * c**rho - kappa * laplacian) + (1 - alpha) * log1p(-theta)
        return log(da) + logarithm, alpha, 0.5 / (n * (1 - theta))

    @numba.njit(error_model="numpy")
    def film(source, y, dy, logit, p, work, guess):
        kappa, r, defects, sites, omega, omega_n, rho, series, da_top, da_bottom, alpha_top, alpha_bottom = p
        cells = y.size
        c, u, lap, mu, m_p, m_n = work
        for j in range(cells):
            if logit:
                u[j] = y[j]
                w = exp(-abs(y[j]))
                c[j] = 1 / (1 + w) if y[j] > 0 else w / (1 + w)
                m_p[j] = w / (1 + w) ** 2
            else:
                c[j] = min(max(y[j], LEAST), 1 - LEAST)
                u[j] = log(c[j] / (1 - c[j]))
                m_p[j] = c[j] * (1 - c[j])
        for j in range(cells):
            left = c[j] - c[j - 1] if j > 0 else 0.0
            right = c[j + 1] - c[j] if j < cells - 1 else 0.0
            lap[j] = (right - left) * cells**2
            n = c[j] + defects
            m_n[j] = n * (1 - n / sites)
            mu[j] = u[j] + log(n / (sites - n)) + omega * c[j] ** rho - 2 * kappa * lap[j]
        offset, resistance = 0.0, 0.0
        for j in range(cells - 1):
            ions, electrons = 0.5 * (m_p[j] + m_p[j + 1]), 0.5 * (m_n[j] + m_n[j + 1])
            share = 1 / (electrons + r * ions)
            force = (mu[j + 1] - mu[j]) * cells
            offset += r * ions * force * share
            resistance += share
        log_top, alpha_t, half_top = end(
            u[0] - (u[1] - u[0]) / 8, 1.5 * lap[0] - 0.5 * lap[1], da_top, alpha_top, kappa, defects, sites, omega_n, rho
        )
        log_bottom, alpha_b, half_bottom = end(
            u[-1] - (u[-2] - u[-1]) / 8,
            1.5 * lap[-1] - 0.5 * lap[-2],
            da_bottom,
            alpha_bottom,
            kappa,
            defects,
            sites,
            omega_n,
            rho,
        )
        resistance = (resistance + half_top + half_bottom) / cells + series
        i = circuit_current(source, (log_top, alpha_t, log_bottom, alpha_b, offset / cells, resistance), guess)
        before = 0.0
        for j in range(cells):
            flux = 0.0
            if j < cells - 1:
                ions, electrons = 0.5 * (m_p[j] + m_p[j + 1]), 0.5 * (m_n[j] + m_n[j + 1])
                flux = -ions * (electrons * (mu[j + 1] - mu[j]) * cells - i) / (electrons + r * ions)
            dy[j] = (before - flux) * cells
            if logit:
                dy[j] /= m_p[j]
            before = flux
        return i

    return film


_FILM = None


class NumbaFilm:
    """Right-hand side in Numba, compiled at the first use in a process."""

    ORDER = (
        "kappa",
        "r",
        "defects",
        "electron_sites",
        "omega",
        "omega_n",
        "rho",
        "series",
        "da_top",
        "da_bottom",
        "alpha_top",
        "alpha_bottom",
    )

    def __init__(self, case: Case, unknown: str, cells: int):
        global _FILM
        _FILM = _FILM or _compile()
        self.constants = tuple(float(parameters(case)[name]) for name in self.ORDER)
        self.logit, self.work, self.guess, self.scrap = unknown == "u", np.empty((6, cells)), 0.0, np.empty(cells)
        self.set_piece((0.0, 1.0, 0.0, RATE))
        frozen = np.full(cells, 0.5)
        frozen.flags.writeable = False  # as SUNDIALS hands it over: a type of its own for Numba
        self(0.0, frozen, self.scrap)
        self.current(0.0, np.full(cells, 0.5))
        self.guess = 0.0

    def set_piece(self, piece):
        self.piece = piece

    def __call__(self, t, y, dy):
        start, _, voltage, slope = self.piece
        source = voltage + slope * (t - start)
        self.guess = _FILM(source, y, dy, self.logit, self.constants, self.work, self.guess)

    def current(self, t, y):
        self(t, y, self.scrap)
        return self.guess


# -------------------------------------------------------------------------------------------------- integrators


def lsoda(case: Case, cells=200, *, rtol=1e-6, atol=1e-8, unknown="c") -> Outcome:
    """NumPy and scipy's LSODA, sampled from its dense output."""
    film, y = NumpyFilm(case, unknown), _start(case, cells, unknown)
    states, steps, wall = [], 0, 0.0
    for piece in segments(case):
        film.set_piece(piece)
        times = np.linspace(piece[0], piece[1], SAMPLES + 1)
        began = time.perf_counter()
        solver = LSODA(film, piece[0], y, piece[1], rtol=rtol, atol=atol, lband=2, uband=2)
        rows, k = [y], 1
        while solver.status == "running":
            message = solver.step()
            if solver.status == "failed":
                raise RuntimeError(f"LSODA stopped at t = {solver.t}: {message}")
            steps += 1
            reached = np.searchsorted(times, solver.t, side="right")
            if reached > k:
                rows += list(solver.dense_output()(times[k:reached]).T)
                k = reached
        y = solver.y
        wall += time.perf_counter() - began
        states.append((piece, times, np.array(rows)))
    return _outcome(film, states, unknown, steps, film.evaluations, wall)


def cvode(case: Case, cells=200, *, rtol=1e-6, atol=1e-8, unknown="c", count_steps=False, **options) -> Outcome:
    """Numba and CVODE. ``count_steps`` runs step by step, and slower: scikit-sundae does not report their number."""
    film, y = NumbaFilm(case, unknown, cells), _start(case, cells, unknown)
    options = {"linsolver": "band", "lband": 2, "uband": 2, "max_num_steps": 10_000_000, "rtol": rtol, "atol": atol, **options}
    states, steps, evaluations, wall = [], 0, 0, 0.0
    for piece in segments(case):
        film.set_piece(piece)
        times = np.linspace(piece[0], piece[1], SAMPLES + 1)
        began = time.perf_counter()
        solver = CVODE(film, **options)
        if count_steps:
            solver.init_step(piece[0], y)
            rows, t = [y] * (SAMPLES + 1), piece[0]
            while t < piece[1]:
                part = solver.step(piece[1], method="onestep", tstop=piece[1])
                t, rows[-1] = float(part.t), np.array(part.y)
                steps += 1
        else:
            part = solver.solve(times, y)
            rows = part.y
        if not part.success:
            raise RuntimeError(f"CVODE stopped at t = {part.t}: {part.message}")
        y = np.array(rows[-1])
        wall += time.perf_counter() - began
        evaluations += part.nfev
        states.append((piece, times, np.asarray(rows)))
    return _outcome(film, states, unknown, steps, evaluations, wall)


def reference(case: Case, cells=200, *, rtol=1e-10, atol=1e-13) -> Outcome:
    """Tight solution: CVODE with u = ln(c/(1-c)) as unknown, which stays exact where the film is depleted."""
    return cvode(case, cells, rtol=rtol, atol=atol, unknown="u", max_nonlin_iters=6)


def errors(outcome: Outcome, exact: Outcome) -> tuple[float, float]:
    """Largest and rms error of the current, over the largest current."""
    difference = (outcome.current - exact.current) / np.max(np.abs(exact.current))
    return float(np.max(np.abs(difference))), float(np.sqrt(np.mean(difference**2)))


def _start(case, cells, unknown):
    c = model.separated(cells, case.filling)
    return c if unknown == "c" else model.logit(c)


def _outcome(film, states, unknown, steps, evaluations, wall):
    current = []
    for piece, times, rows in states:
        film.set_piece(piece)
        current += [film.current(t, y) for t, y in zip(times, rows, strict=True)]
    y = np.concatenate([rows for _, _, rows in states])
    return Outcome(
        np.concatenate([times for _, times, _ in states]),
        np.array(current),
        y if unknown == "c" else model.sigmoid(y),
        steps,
        evaluations,
        wall,
    )


def main():
    """Print wall time, work and error of each baseline."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("cases", nargs="*", default=list(CASES), metavar="CASE")
    parser.add_argument("--cells", type=int, default=200)
    parser.add_argument("--reference", type=Path, help="directory of the reference solutions, made if absent")
    options = parser.parse_args()
    for name in options.cases:
        case = CASES[name]
        exact = reference(case, options.cells)
        if options.reference:
            options.reference.mkdir(parents=True, exist_ok=True)
            np.savez(options.reference / f"ref_{name}.npz", t=exact.time, i=exact.current, c=exact.composition)
        print(f"{name} reference: {exact.wall:.1f} s, {exact.evaluations} evaluations", flush=True)
        counted = {unknown: cvode(case, options.cells, unknown=unknown, count_steps=True).steps for unknown in "cu"}
        for solver, unknown in ((lsoda, "c"), (lsoda, "u"), (cvode, "c"), (cvode, "u")):
            runs = [solver(case, options.cells, unknown=unknown) for _ in range(1 if solver is lsoda else 3)]
            run = min(runs, key=lambda one: one.wall)
            worst, rms = errors(run, exact)
            drift = np.max(np.abs(run.composition.mean(axis=1) - case.filling))
            print(
                f"{name} {solver.__name__:6s} {unknown}: {run.wall:7.3f} s, {run.steps or counted[unknown]:6d} steps, "
                f"{run.evaluations:7d} evaluations, error max {worst:.1e} rms {rms:.1e}, ions {drift:.0e}, "
                f"least c {run.composition.min():.0e}",
                flush=True,
            )


if __name__ == "__main__":
    main()
