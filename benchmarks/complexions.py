"""A complexion diagram of 200 x 200 states, joint minimum over thickness and composition, beside the obvious SciPy loop.

    python benchmarks/complexions.py [--states 20]

The loop minimises Phi from 5 x 3 starts in h and logit x at each state with L-BFGS-B, timed on some states and scaled.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from scipy.optimize import minimize

from solion.base.constants import GAS_CONSTANT
from solion.papers.coatings.setup import sodium_on_lithium
from solion.thermodynamics.complexions import lowest, minima

LENGTH, LAYER, AMPLITUDE = 0.40, 0.37, 0.30  # nm


def loop(temperature: float, bulk: float) -> tuple[float, float]:
    """Least energy (J/m2) and its thickness (nm) from many starts."""
    thermal = GAS_CONSTANT * temperature
    host = thermal * np.log1p(-bulk) + 22000 * bulk**2
    solute = thermal * np.log(bulk) + 22000 * (1 - bulk) ** 2

    def energy(place):
        h, x = place[0], 1 / (1 + np.exp(-place[1]))
        f = 1 - (1 + AMPLITUDE) * np.exp(-h / LENGTH) + AMPLITUDE * np.cos(2 * np.pi * h / LAYER) * np.exp(-h / LENGTH)
        mixing = thermal * (x * np.log(x) + (1 - x) * np.log(1 - x)) + 2 * GAS_CONSTANT * 576.8 * x * (1 - x)
        melt = mixing + (1 - x) * (3000 * (1 - temperature / 453.65) - host) + x * (2597 * (1 - temperature / 370.95) - solute)
        return (-0.067 * (1 - x) - 0.245 * x) * f + melt / ((1 - x) * 13.02e-6 + x * 23.78e-6) * h * 1e-9

    starts = [(h, s) for h in (0.3, 0.7, 1.1, 1.5, 2.2) for s in (-4.0, 0.0, 4.0)]
    found = [minimize(energy, start, method="L-BFGS-B", bounds=[(0, 60), (-25, 25)]) for start in starts]
    best = min(found, key=lambda one: one.fun)
    return float(best.fun), float(best.x[0])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--states", type=int, default=20)
    states = parser.parse_args().states
    film = sodium_on_lithium()
    grid = np.meshgrid(np.linspace(300, 404, 200), np.geomspace(1e-6, 1.2e-3, 200), indexing="ij")
    begin = time.perf_counter()
    minima(film, *grid)
    first = time.perf_counter() - begin
    begin, used = time.perf_counter(), time.process_time()
    films = minima(film, *grid)
    state = lowest(films)
    seconds, used = time.perf_counter() - begin, time.process_time() - used
    print(f"200 x 200: {seconds:.1f} s ({used:.1f} s of processor), first {first:.1f} s with compiling; {len(films.state)} films")
    places = np.random.default_rng(0).choice(state.kind.size, states, replace=False)
    places = places[films.penalty[places] > 1e6]
    begin = time.perf_counter()
    found = [loop(grid[0].flat[k], grid[1].flat[k]) for k in places]
    each = (time.perf_counter() - begin) / len(places)
    worse = sum(energy > state.energy[k] + 1e-7 for (energy, _), k in zip(found, places, strict=True))
    better = sum(energy < state.energy[k] - 1e-7 for (energy, _), k in zip(found, places, strict=True))
    print(f"loop: {each * state.kind.size:.0f} s for as many, {each * state.kind.size / seconds:.0f} times as long;")
    print(f"of {len(places)} states it misses the least energy in {worse}, and finds a lower one in {better}")


if __name__ == "__main__":
    main()
