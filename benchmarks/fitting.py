"""Fits measured: time of a fit of four numbers to a two-cycle loop, share of compiling, and recovery over many seeds.

python benchmarks/fitting.py            fresh processes, with an empty and with a warm cache of programs
python benchmarks/fitting.py --seeds    20 noisy records of one device: are the numbers within their stated errors?
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

import numpy as np

TRUTH = {"device.bottom.rate": 1e-3, "device.bottom.asymmetry": 0.2, "device.series_resistance": 100.0, "device.filling": 0.9}
START = {"device.bottom.rate": 2e-3, "device.bottom.asymmetry": 0.25, "device.series_resistance": 80.0, "device.filling": 0.88}
NOISE = 2e-3  # of the largest current


def record(cells: int, rows: int):
    """Time, voltage and current of the LTO7 loop, and the noise that belongs to it."""
    import solion as so

    data = so.study.load("lto7-voltammogram", [f"numerics.cells={cells}"]).run().dataset
    time = np.linspace(0, float(data["time"][-1]), rows)
    voltage, current = (np.interp(time, data["time"], data[name]) for name in ("voltage", "current"))
    return time, voltage, current, NOISE * float(np.abs(current).max())


def noisy_fit(cells: int, parts, seed: int):
    """A fit from the wrong start to the record with the noise of a seed."""
    import solion as so

    time, voltage, current, noise = parts
    noisy = current + noise * np.random.default_rng(seed).standard_normal(current.size)
    settings = [f"numerics.cells={cells}", *(f"{key}={value!r}" for key, value in START.items())]
    measured = so.explore.fitting.measurement(time, voltage=voltage, current=noisy)
    return so.explore.fitting.fit(so.study.load("lto7-voltammogram", settings), measured, list(TRUTH), noise=noise)


def one(cells: int, rows: int) -> None:
    """In a process of its own: wall time of a first and a second fit."""
    parts = record(cells, rows)
    made, made_cpu = time.perf_counter(), time.process_time()
    first = noisy_fit(cells, parts, 0)
    middle, middle_cpu = time.perf_counter(), time.process_time()
    second = noisy_fit(cells, parts, 1)
    print(
        json.dumps(
            {
                "first": middle - made,
                "second": time.perf_counter() - middle,
                "cpu": [middle_cpu - made_cpu, time.process_time() - middle_cpu],
                "trials": [first.search.iterations, second.search.iterations],
                "converged": [first.search.converged, second.search.converged],
            }
        )
    )


def fresh(cells: int, rows: int) -> None:
    """Table of fresh processes."""
    print("| cache | cells | rows | first fit s | second fit s | their CPU s | trials | share compiling or loading |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as cache:
        for label in ("empty", "warm"):
            command = [sys.executable, __file__, "--one", "--cells", str(cells), "--rows", str(rows)]
            environment = os.environ | {"SOLION_CACHE": cache}
            out = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
            found = json.loads(out.splitlines()[-1])
            per_trial = found["second"] / (found["trials"][1] + 1)
            running = per_trial * (found["trials"][0] + 1)
            share = max(0.0, 1 - running / found["first"])
            first, second = found["trials"]
            cpu = ", ".join(f"{seconds:.1f}" for seconds in found["cpu"])
            times = f"{found['first']:.1f} | {found['second']:.1f} | {cpu}"
            print(f"| {label} | {cells} | {rows} | {times} | {first}, {second} | {100 * share:.0f} % |", flush=True)


def seeds(cells: int, rows: int, count: int = 20) -> None:
    """Errors over standard errors of ``count`` fits, and what they should be."""
    from scipy.stats import binom, chi2

    parts = record(cells, rows)
    scores, distances, seconds = [], [], []
    for seed in range(count):
        found = noisy_fit(cells, parts, seed)
        exact = np.array([np.log(TRUTH[e.number.key]) if e.logarithmic else TRUTH[e.number.key] for e in found.estimates])
        off = found.search.best.theta - exact
        scores.append(off / found.statistics.errors)
        distances.append(float(off @ np.linalg.solve(found.statistics.covariance, off)))
        seconds.append(found.seconds)
        print(
            seed, found.search.converged, found.search.iterations, f"{found.seconds:.1f} s", np.round(scores[-1], 2), flush=True
        )
    scores = np.array(scores)
    inside, total = int(np.sum(np.abs(scores) < 2)), scores.size
    low, high = binom.ppf((0.005, 0.995), total, 0.9545)
    print(f"|error| < 2 standard errors: {inside} of {total} (99 % of independent draws: {low:.0f} to {high:.0f})")
    print(f"mean of the scores by number: {np.round(scores.mean(axis=0), 2)} (1/sqrt(n) = {count**-0.5:.2f})")
    print(f"their standard deviation:     {np.round(scores.std(axis=0), 2)}")
    whole, freedom = sum(distances), total
    print(f"sum of squared distances: {whole:.1f} for {freedom} degrees of freedom, p = {chi2.sf(whole, freedom):.3f}")
    print(f"time of a fit: median {np.median(seconds):.2f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", action="store_true")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--cells", type=int, default=100)
    parser.add_argument("--rows", type=int, default=401)
    chosen = parser.parse_args()
    if chosen.one:
        one(chosen.cells, chosen.rows)
    elif chosen.seeds:
        seeds(chosen.cells, chosen.rows)
    else:
        fresh(chosen.cells, chosen.rows)
