"""Alloying particles: time of a whole conversion beside SciPy's BDF, order of accuracy in space, populations, arrest map.

    python benchmarks/alloying.py [--order]

The references are independent of the library: a plate's moving shell in NumPy, integrated by BDF with a sparse Jacobian, and in
Numba, by CVODE with a dense one, all at a relative tolerance of 1e-6. Rounds alternate, so that a busy machine slows all alike;
medians are printed, and how far each is from a converged run.
"""

from __future__ import annotations

import argparse
import dataclasses
import time

import jax
import numpy as np
from numba import njit
from scipy.integrate import solve_ivp
from scipy.sparse import lil_matrix
from sksundae.cvode import CVODE

import solion as so
from solion.devices import AlloyParticle, Plate, Sphere
from solion.experiments import design_map
from solion.explore import alloy_design
from solion.laws import GivenAmorphisation
from solion.laws.core_shell.front_growth import neumann_growth
from solion.materials import lithium_silicon
from solion.numerics.stepping.integrate import Tolerance

RADIUS, RATIO, DIFFUSIVITY, STEFAN = 1e-7, 3.81, 1e-16, 0.2


def plate(**numbers) -> AlloyParticle:
    """A plate without stress whose layer limits."""
    host = dataclasses.replace(
        lithium_silicon(), amorphisation=GivenAmorphisation(1.0), plateau=0.4, diffusivity=DIFFUSIVITY, front_rate=1e-2
    )
    return AlloyParticle(host, Plate(RADIUS), **numbers)


class Library:
    """Whole conversions by the library, compiled at the first."""

    def __init__(self, cells: int, duration: float, stefan: float, tolerance: Tolerance):
        device = plate()
        potential = float(-device.scales().voltage * np.log(stefan / 0.1))
        self.given = device, so.protocols.hold(voltage=potential, duration=duration, samples=20)
        self.numbers = {"cells": cells, "tolerance": tolerance}
        self()

    def __call__(self):
        """(depth over a_0, seconds of the run, steps)."""
        run = so.simulate(*self.given, **self.numbers)
        return float(run.dataset["host_depth"][-1]) / RADIUS, float(run.settings["wall_seconds"]), run.settings["steps"]


def shell(cells: int, duration: float, stefan: float):
    """The same in NumPy: (rate of change, end, start). Units a_0, a_0^2/D, N_0."""
    surface, start = stefan / RATIO, 1e-3

    def rate(_, y):
        width = RATIO * y[-1] / cells
        excess = y[:-1] / width
        speed = excess[0] / (0.5 * width)
        share = np.arange(1, cells) / cells
        # v - w of the mesh: the front moves inward at the speed, the product outward at (beta - 1) times it
        swept = (RATIO - 1) * speed - (-speed + RATIO * speed * share)
        inside = swept * 0.5 * (excess[1:] + excess[:-1]) - (excess[1:] - excess[:-1]) / width
        outer = -(surface - excess[-1]) / (0.5 * width)
        faces = np.concatenate([[-speed], inside, [outer]])
        return np.append(faces[:-1] - faces[1:], speed)

    return rate, duration * DIFFUSIVITY / RADIUS**2, np.append(np.full(cells, 0.03 * start / cells), start)


def reference(cells: int, duration: float, stefan: float):
    """By SciPy's BDF: (depth over a_0, seconds)."""
    rate, end, y = shell(cells, duration, stefan)
    pattern = lil_matrix((cells + 1, cells + 1))
    for k in range(-1, 2):
        pattern.setdiag(1, k)
    pattern[:, 0] = pattern[:, -1] = 1
    began = time.perf_counter()
    run = solve_ivp(rate, (0, end), y, "BDF", rtol=1e-6, atol=1e-10, jac_sparsity=pattern.tocsr())
    return float(run.y[-1, -1]), time.perf_counter() - began


@njit
def into_shell(t, y, out):
    """The same as :func:`shell`, compiled."""
    cells = y.size - 1
    width = RATIO * y[-1] / cells
    speed = y[0] / width / (0.5 * width)
    out[-1] = speed
    before, near = -speed, y[0] / width
    for k in range(cells):
        if k < cells - 1:
            far, share = y[k + 1] / width, (k + 1) / cells
            swept = (RATIO - 1) * speed - (-speed + RATIO * speed * share)
            after = swept * 0.5 * (far + near) - (far - near) / width
            near = far
        else:
            after = -(STEFAN / RATIO - near) / (0.5 * width)
        out[k] = before - after
        before = after


def sundials(cells: int, duration: float, stefan: float):
    """By CVODE of SUNDIALS, BDF with a dense Jacobian by differences, its equations in Numba: (depth, seconds)."""
    _, end, y = shell(cells, duration, stefan)
    began = time.perf_counter()
    run = CVODE(into_shell, rtol=1e-6, atol=1e-10, method="BDF", max_num_steps=100_000).solve(np.array([0.0, end]), y)
    return float(run.y[-1, -1]), time.perf_counter() - began


def conversions(rounds: int = 9) -> None:
    """One conversion by each, in turn."""
    whole = 0.9 * RATIO / 2 * RADIUS**2 / DIFFUSIVITY * RATIO / STEFAN
    given = 60, whole, STEFAN
    exact = Library(*given, Tolerance(1e-10, 1e-13))()[0]
    solvers = {f"Solion, absolute tolerance {a:g}": Library(*given, Tolerance(1e-6, a)) for a in (1e-10, 1e-9)}
    solvers["SciPy BDF, sparse"] = lambda: reference(*given)
    solvers["SUNDIALS CVODE, dense, Numba"] = lambda: sundials(*given)
    found = {name: [] for name in solvers}
    sundials(*given)  # compiles
    for _ in range(rounds):
        for name, run in solvers.items():
            found[name].append(run())
    for name, rows in found.items():
        seconds, others = (np.array([row[1] for row in found[key]]) for key in (name, next(iter(found))))
        ratio, steps = float(np.median(seconds / others)), f", {rows[0][2]} steps" if len(rows[0]) > 2 else ""
        off = abs(rows[0][0] / exact - 1)
        middle, least = 1e3 * np.median(seconds), 1e3 * seconds.min()
        print(f"{name}: {middle:.1f} ms (least {least:.1f}), ratio {ratio:.2f}, off {off:.1e}{steps}")


def main() -> None:
    """Print them all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--order", action="store_true", help="order of accuracy in space as well (compiles thrice)")
    arguments = parser.parse_args()
    conversions()
    if arguments.order:
        short = 0.3 * RATIO / 2 * RADIUS**2 / DIFFUSIVITY * RATIO
        fronts = [Library(cells, short, 1.0, Tolerance(1e-7, 1e-10))()[0] for cells in (10, 20, 40)]
        exact = 2 * float(neumann_growth(1.0)) * np.sqrt(DIFFUSIVITY * short) / RADIUS / RATIO
        order = np.log2((fronts[1] - fronts[0]) / (fronts[2] - fronts[1]))
        print(f"order in space {order:.2f}: depths {np.round(fronts, 6)}, Neumann {exact:.6f} from no shell at all")
    silicon = AlloyParticle(lithium_silicon(), Sphere(50e-9))
    for label in ("with compilation", "again"):
        began = time.perf_counter()
        alloy_design.population(silicon, 0.0145, spread=0.3, count=10_000, duration=6 * 3600)
        print(f"10 000 particles, {label}: {time.perf_counter() - began:.2f} s")
    began = time.perf_counter()
    design_map.arrest_map(silicon, np.linspace(0.1e9, 2e9, 200), np.linspace(0.01, 0.5, 200))
    print(f"arrest map 200 x 200: {time.perf_counter() - began:.3f} s on {jax.default_backend()}")


if __name__ == "__main__":
    main()
