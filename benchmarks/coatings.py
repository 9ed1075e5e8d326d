"""Coated electrode: diffusion in 200 cells beside SciPy's BDF, a plating map of 400 x 400, 256 patches of a coating.

    python benchmarks/coatings.py

The reference is independent of the library: the same cells in NumPy, integrated by BDF with a banded Jacobian and an event.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp
from scipy.sparse import diags

import solion as so
from solion.balances.coating_paths import Path, SymmetricExchange, share, threshold
from solion.base.constants import FARADAY, thermal_voltage
from solion.devices import CoatedElectrode, CoatingLayer
from solion.explore.coating_patches import ElectrolyteField, first_nucleation, random_patches, weibull
from solion.laws import AlloyTransport, InsertionButlerVolmer
from solion.laws.coating import alloy_conductivity
from solion.protocols import hold

CELLS, CONTENT, DIFFUSIVITY, FACTOR, LENGTH = 200, 7e4, 1e-11, 100.0, 1e-5
VOLT = thermal_voltage(298.15)


def scipy_time(current: float) -> float:
    """Time to a supersaturation of 20 mV by BDF, the tolerance of the library's run."""
    faces = LENGTH * np.linspace(0, 1, CELLS + 1) ** 2
    widths, centres = np.diff(faces), 0.5 * (faces[1:] + faces[:-1])
    between = np.diff(centres)
    limit = CONTENT * 0.02 / (FACTOR * VOLT)

    def rate(t, c):
        flux = np.concatenate(
            [[current / FARADAY], -DIFFUSIVITY * np.diff(c) / between, [DIFFUSIVITY * c[-1] / (0.5 * widths[-1])]]
        )
        return (flux[:-1] - flux[1:]) / widths

    def reached(t, c):
        return c[0] + 0.5 * widths[0] * current / (FARADAY * DIFFUSIVITY) - limit

    reached.terminal = True
    pattern = diags([np.ones(CELLS - 1), np.ones(CELLS), np.ones(CELLS - 1)], [-1, 0, 1])  # pyright: ignore
    found = solve_ivp(rate, (0, 20), np.zeros(CELLS), "BDF", rtol=1e-5, atol=1e-3, jac_sparsity=pattern, events=reached)
    return float(found.t[-1])


def best(work, times: int = 7) -> tuple[float, Any]:
    """Shortest of some times, after one that compiles."""
    answer, seconds = work(), []
    for _ in range(times):
        began = time.perf_counter()
        answer = work()
        seconds.append(time.perf_counter() - began)
    return min(seconds), answer


def main() -> None:
    """Print the numbers of docs/benchmarks.md."""
    quick = InsertionButlerVolmer(exchange_current=1e9)
    transport = AlloyTransport(concentration=CONTENT, diffusivity=DIFFUSIVITY, thermodynamic_factor=FACTOR)
    device = CoatedElectrode((CoatingLayer(transport, LENGTH, 1e7),), into=quick, bottom=quick)
    current = 1.5 * device.thresholds().onset_closed
    steps = hold(current=current * 1e-4, duration=20.0, samples=3).until("supersaturation", above=0.02)
    ours, run = best(lambda: float(so.simulate(device, steps, cells=CELLS).dataset["time"][-1]))
    theirs, answer = best(lambda: scipy_time(current), 3)
    print(f"200 cells to nucleation: {ours * 1e3:.0f} ms ({run:.5g} s)")
    print(f"SciPy BDF: {theirs * 1e3:.0f} ms ({answer:.5g} s); exact 3.60170 s")

    diffusivity, length = np.geomspace(1e-16, 1e-9, 400)[:, None], np.geomspace(1e-8, 1e-4, 400)
    resistance = length / np.asarray(alloy_conductivity(CONTENT, diffusivity, FACTOR, 298.15))
    exchange = SymmetricExchange(100.0, VOLT)
    onset, _ = best(lambda: np.asarray(threshold(Path(resistance, (exchange,)), 0.02)), 2)
    paths = (Path(resistance, (exchange, exchange)), Path(1e-3 * resistance, (exchange,)))
    shared, _ = best(lambda: np.asarray(share(paths, 10.0).currents), 2)
    print(f"map 400 x 400: onsets {onset:.2f} s, shares of a nucleated top {shared:.2f} s")

    lengths, barriers = random_patches(400, 256, defects=0.01)
    slow = CoatedElectrode((CoatingLayer(transport, LENGTH, 1e7),))
    seconds, found = best(lambda: first_nucleation(slow, lengths, barriers), 2)
    fit = weibull(found.current)
    field = ElectrolyteField(size=1e-4, conductivity=0.25, distance=25e-6)
    plane, _ = best(lambda: first_nucleation(slow, lengths[:1], barriers[:1], field), 3)
    many, _ = best(lambda: first_nucleation(slow, lengths, barriers, field), 1)
    print(f"with currents in the plane: one coating of 256 patches {plane:.2f} s (goal 30 s), 400 of them {many:.2f} s")
    print(
        f"400 cells of 256 patches: {seconds:.2f} s; Weibull shape {fit.shape:.3g}, scale {fit.scale:.4g} A/m2, "
        f"even {found.even:.4g} A/m2, focus up to {found.focus.max():.2f}; 100 times the area {fit.larger(100):.4g} A/m2"
    )


if __name__ == "__main__":
    main()
