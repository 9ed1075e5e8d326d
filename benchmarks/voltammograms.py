"""Solion against what a user would choose instead, in one run, as ratios; prints the tables of docs/benchmarks.md.

    python benchmarks/voltammograms.py            the three two-cycle voltammograms and the cost against cells
    python benchmarks/voltammograms.py --start    first runs in fresh processes: import, cold and warm cache, memory
    python benchmarks/voltammograms.py --many     256 voltammograms with different contacts, on every core

Compilation is never in a time of the first table; it is what --start measures.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
import solion as so
from solion.experiments.assembly import assemble
from solion.experiments.run_loop import checked, pace, prepare_run, run_loop, start_run
from solion.experiments.samples import observe_run
from solion.numerics.stepping.integrate import Status, Tolerance


def device(da, alpha, filling):
    """The memristor of a case of ``baselines``."""
    film = so.Film(so.materials.lithium_titanate(), thickness=80e-9, filling=filling)
    i_D, V_T = film.units.i_D, film.units.V_T
    top, bottom = (so.Contact(so.laws.ButlerVolmer(d * i_D, a)) for d, a in zip(da, alpha, strict=True))
    return so.FilmMemristor(top, film, bottom, series_resistance=100.0 * V_T / i_D)


def sweep(memristor, voltage, cycles=2):
    """Triangle wave of +-voltage (V_T) at 125 V_T per tau_D."""
    scales = memristor.scales()
    high = float(voltage * scales.voltage)
    rate = float(125 * scales.voltage / scales.time)
    return so.protocols.cyclic_voltammetry(limits=(-high, high), rate=rate, cycles=cycles)


def solve(case, start, cells, relative, repeats=5):
    """(best wall time, steps, current at the samples, drift) of the stepper alone, compiled beforehand."""
    memristor = device(case.da, case.alpha, case.filling)
    model = assemble(memristor, sweep(memristor, case.voltage), cells, dict(memristor.watch))
    tolerance = checked(Tolerance(relative, relative))
    profile = jnp.asarray(start, float)
    prepare_run(model, profile, tolerance)
    best = np.inf
    for _ in range(repeats):
        began = time.perf_counter()
        state, record = run_loop(model, tolerance, *start_run(model, profile), attempts=pace(cells))
        jax.block_until_ready(record)
        best = min(best, time.perf_counter() - began)
    assert int(state.status) == Status.FINISHED
    columns, *_ = observe_run(model.system, model.schedule, record)
    current = np.asarray(columns["current"])[: int(record.samples)]
    drift = abs(float(jnp.mean(model.system.conserved(state.y))) - float(np.mean(start)))
    return best, int(state.steps) + int(state.rejected), current, drift


def compare(cells=200):
    """Table of the three voltammograms, every method in this run."""
    import baselines

    print("| case | method | wall s | steps | max error | rms error | time over Solion's at 1e-6 |")
    print("|---|---|---|---|---|---|---|")
    for name, case in baselines.CASES.items():
        exact = baselines.reference(case, cells)
        start = baselines._start(case, cells, "c")
        peak = np.max(np.abs(exact.current))
        rows, own = [], None
        for relative in (1e-6, 1e-5):
            wall, steps, current, _ = solve(case, start, cells, relative)
            own = own or wall
            error = current - exact.current
            rows.append(
                (f"Solion, rtol {relative:g}", wall, steps, np.max(np.abs(error)) / peak, np.sqrt(np.mean(error**2)) / peak)
            )
        for label, method, unknown in (
            ("SUNDIALS CVODE + Numba, u", baselines.cvode, "u"),
            ("SUNDIALS CVODE + Numba, c", baselines.cvode, "c"),
            ("SciPy LSODA + NumPy, u", baselines.lsoda, "u"),
            ("SciPy LSODA + NumPy, c", baselines.lsoda, "c"),
        ):
            outcome = method(case, cells, unknown=unknown)
            rows.append((f"{label}, rtol 1e-6", outcome.wall, outcome.steps, *baselines.errors(outcome, exact)))
        for label, wall, steps, largest, rms in rows:
            print(f"| {name} | {label} | {wall:.3f} | {steps or ''} | {largest:.1e} | {rms:.1e} | {wall / own:.2f} |", flush=True)


def against_cells():
    """Table of LTO7 against the number of cells."""
    import baselines

    case = baselines.CASES["LTO7"]
    print("\n| cells | wall s | steps | us per step and cell | drift |\n|---|---|---|---|---|")
    for cells in (100, 200, 400, 800, 1600, 3200):
        wall, steps, _, drift = solve(case, baselines._start(case, cells, "c"), cells, 1e-6, repeats=2)
        print(f"| {cells} | {wall:.3f} | {steps} | {1e6 * wall / steps / cells:.2f} | {drift:.1e} |", flush=True)


SCRIPT = """
import resource, sys, time
began = time.perf_counter()
import solion as so
so.simulate, so.laws.ButlerVolmer
imported = time.perf_counter() - began
sys.path.insert(0, sys.argv[1])
import voltammograms as v
memristor = v.device((1e-3, 1e-6), (0.3, 0.08), 0.1)
run = time.perf_counter()
result = so.simulate(memristor, v.sweep(memristor, 150.0))
done = time.perf_counter()
again = time.perf_counter()
so.simulate(memristor, v.sweep(memristor, 150.0))
print(imported, done - began, time.perf_counter() - again, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)
"""


def first_runs():
    """Table of fresh processes: import, first run, second run in the process, peak memory."""
    print("| process | import s | import + first run s | second run s | peak GB |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as cache:
        environment = os.environ | {"SOLION_CACHE": cache}
        for label in ("cold cache", "warm cache", "warm cache"):
            command = [sys.executable, "-c", SCRIPT, str(Path(__file__).parent)]
            out = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.split()
            print(f"| {label} | " + " | ".join(f"{float(value):.2f}" for value in out) + " |", flush=True)
        for label, command in (
            ("`solion --help`", ["--help"]),
            (
                "`solion run lto4-voltammogram` with report, warm",
                ["run", "lto4-voltammogram", "--out", f"{cache}/out", "--force"],
            ),
        ):
            for _ in range(2):
                began = time.perf_counter()
                subprocess.run([sys.executable, "-m", "solion", *command], env=environment, capture_output=True, check=True)
                wall = time.perf_counter() - began
            print(f"| {label} | | {wall:.2f} | | |", flush=True)


def _one(rate):
    memristor = device((rate, 1e-3), (0.05, 0.2), 0.9)
    return float(so.simulate(memristor, sweep(memristor, 100.0)).dataset["current"].max())


def many(count=256):
    """Throughput of a process pool against single runs."""
    rates = np.geomspace(0.05, 0.2, count)
    _one(rates[0])
    began = time.perf_counter()
    for rate in rates[:8]:
        _one(rate)
    single = (time.perf_counter() - began) / 8
    workers = os.cpu_count() or 1
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:  # JAX does not survive a fork
        list(pool.map(_one, rates[:workers]))  # start and load
        began = time.perf_counter()
        list(pool.map(_one, rates, chunksize=8))
        wall = time.perf_counter() - began
    print(
        f"{count} voltammograms on {workers} cores: {wall:.1f} s, {count / wall:.1f} per second, "
        f"{single * count / wall:.2f} times single runs, {single * count / wall / workers:.2f} per core"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--start", action="store_true")
    parser.add_argument("--many", action="store_true")
    chosen = parser.parse_args()
    if chosen.start:
        first_runs()
    elif chosen.many:
        many()
    else:
        compare()
        against_cells()
