"""The voltammograms of Fig. 4: films, contacts, sweeps and what is read of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from solion.analysis import frozen_resistance, pattern, polarization
from solion.papers.film.setup import CELLS, ELECTRODES, column, loop, memristor, sweep_and_rest
from solion.papers.run_pool import RunPool
from solion.result.result import Result

SYMMETRIC = {"filling": 0.2, "rates": (1e-2, 1e-2)}
PEAKS = (20.0, 40.0, 60.0)  # V_T
RATIO = {"filling": 0.1, "rates": (1e-2, 1e-4)}
ASYMMETRIC = {"filling": 0.1, "rates": (1e-3, 1e-3), "asymmetries": (0.1, 0.1)}
PEAK = 100.0  # V_T, of 4b, 4c and LTO7
LTO4_PEAKS = (100.0, 150.0)
READ = 60.0  # V_T at which LTO4 is read
REST = 4.0  # tau_D after which volatile polarization is gone
BRANCHES = ("#c2570c", "#2f5f9e")  # rising, falling voltage
MEASURED = 0.005  # S/m, conductivity of LTO7 that the paper assumes to fit the measured current


@dataclass(frozen=True)
class Loops:
    """The loops that are shown, by their peak in V_T, and those over which the choices were varied, by a label."""

    shown: dict[float, Result]
    varied: dict[str, tuple[str, str]]
    settled: dict[float, float]

    @property
    def main(self) -> Result:
        """The loop with the highest peak."""
        return self.shown[max(self.shown)]


def _loops(run_pool: RunPool, electrodes: dict, peaks: tuple[float, ...], variations: Mapping[str, tuple[dict, float]]) -> Loops:
    """The loops and, for each variation, how far it switches and the pattern it leaves."""

    def one(job):
        changed, peak = job
        return loop(run_pool, peak, electrodes | changed)

    jobs: list[tuple[dict, float]] = [({}, peak) for peak in peaks]
    jobs += [] if run_pool.quick else list(variations.values())
    found = run_pool.map(one, jobs)
    varied = {
        name: (polarization(result), pattern(result).kind) for name, result in zip(variations, found[len(peaks) :], strict=False)
    }
    return Loops(dict(zip(peaks, found, strict=False)), varied, {})


def run_symmetric(run_pool: RunPool) -> Loops:
    """4a: three peaks, and what is left of each sweep after a rest."""
    variations = (
        {}
        if run_pool.quick
        else {
            f"Da = {rate:g}, V_max = {peak:g}": ({"rates": (rate, rate)}, peak)
            for rate in (1e-3, 1e-2, 1e-1)
            for peak in (10.0, 30.0, 35.0, 45.0, 50.0, 55.0, 80.0, 100.0)
        }
    )
    found = _loops(run_pool, SYMMETRIC, PEAKS, variations)
    device = memristor(**SYMMETRIC)

    def settled(peak):
        result = run_pool.simulate(device, sweep_and_rest(device, peak, REST), cells=CELLS)
        profiles = column(result, "composition")
        before, after = (float(frozen_resistance(device, profile, 0.0)) for profile in (profiles[0], profiles[-1]))
        return before / after

    return Loops(found.shown, found.varied, dict(zip(PEAKS, run_pool.map(settled, PEAKS), strict=True)))


def run_ratio(run_pool: RunPool) -> Loops:
    """4b: symmetric contacts of different Da."""
    variations = {
        f"Da_B = {rate:g}, V_max = {peak:g}": ({"rates": (1e-2, rate)}, peak)
        for rate in (1e-3, 1e-4, 1e-5)
        for peak in (40.0, 60.0, 80.0, 150.0)
    }
    return _loops(run_pool, RATIO, (PEAK,), variations)


def run_asymmetric(run_pool: RunPool) -> Loops:
    """4c: identical asymmetric contacts."""
    variations = {
        f"α_0 = {alpha:g}, V_max = {peak:g}": ({"asymmetries": (alpha, alpha)}, peak)
        for alpha in (0.05, 0.1, 0.2, 0.3)
        for peak in (60.0, 80.0, 150.0)
    }
    return _loops(run_pool, ASYMMETRIC, (PEAK,), variations)


def run_lto4(run_pool: RunPool) -> Loops:
    """4d: LTO4 at a peak that does not switch it and one that does."""
    variations = {f"V_max = {peak:g}": ({}, peak) for peak in (110.0, 120.0, 130.0, 140.0, 175.0, 200.0)}
    return _loops(run_pool, ELECTRODES["LTO4"], LTO4_PEAKS, variations)


def run_lto7(run_pool: RunPool) -> Loops:
    """4d: LTO7."""
    variations = {f"V_max = {peak:g}": ({}, peak) for peak in (40.0, 60.0, 80.0, 120.0, 150.0)}
    return _loops(run_pool, ELECTRODES["LTO7"], (PEAK,), variations)
