"""Films in space: one switching of 128 x 96 cells, the cost of a step against the number of cells, and a direct solver beside it.

    python benchmarks/film_in_space.py                # the tables
    python benchmarks/film_in_space.py 64 64 64       # the first steps of 64 x 64 x 64 cells alone; 512 512 0 is a plane
    python benchmarks/film_in_space.py 64 64 64 3.5 0.12  # the same to 3.5 tau_D at 0.12 i_D, within which it switches

The reference is what one would write with SciPy: a step of the same method with the sparse factors of its matrix (13 points)
and of the electrons' (5 points), four solves with the one and as many factors of the other; nothing else is counted there. Of one
size: seconds of the clock and of the processors for each step, and the most memory that the process took, with its compiler.
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np
from scipy.sparse import diags, identity, kron
from scipy.sparse.linalg import splu

import solion as so
from solion.devices import Contact, Film, Mirrored, Wavy
from solion.laws import ButlerVolmer
from solion.protocols import hold

THICKNESS, KAPPA = 80e-9, 0.0011  # m; kappa of lithium titanate over h^2
FILM = Film(so.materials.lithium_titanate(), thickness=THICKNESS, filling=0.3)


def device(columns: int, rows: int = 0, width: float = 2.0, depth: float = 0.0) -> so.FilmMemristor:
    """Symmetric contacts of 1e-3 i_D on a film of a width and depth in thicknesses."""
    contact = Contact(ButlerVolmer(rate=1e-3 * FILM.units.i_D, asymmetry=0.5))
    extent = Mirrored(width=width * THICKNESS, depth=depth * THICKNESS, columns=columns, rows=rows)
    return so.FilmMemristor(top=contact, film=FILM, bottom=contact, extent=extent)


def run(film: so.FilmMemristor, cells: int, duration: float, current: float = 0.09):
    """(seconds of the clock, result) of a current held for a duration (tau_D), compiled before."""
    scales = film.scales()
    results = []
    for _ in range(2):
        drive = hold(current=current * scales.current, duration=duration * scales.time, samples=4)
        began = time.perf_counter()
        results.append((so.simulate(film, drive, cells=cells, initial=Wavy()), time.perf_counter() - began))
    (_, first), (result, second) = results
    return first - second, second, result


def one(cells: int, columns: int, rows: int, duration: float = 0.02, current: float = 0.09) -> None:
    """The cost of the first steps of a film whose cells are cubes of 1/64 h or finer."""
    finest = max(cells, 64)
    film = device(columns, rows, width=columns / finest, depth=rows / finest)
    scales = film.scales()
    number, seconds = cells * columns * max(rows, 1), []
    before = 1e3 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for span in (min(duration, 0.001), duration):  # the first compiles
        began, used = time.perf_counter(), time.process_time()
        drive = hold(current=current * scales.current, duration=span * scales.time, samples=4)
        result = so.simulate(film, drive, cells=cells, initial=Wavy())
        seconds.append((time.perf_counter() - began, time.process_time() - used))
    steps = result.settings["steps"] + result.settings["rejected"]
    wall, own = (1e6 * value / steps / number for value in seconds[1])
    most = 1e3 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{cells} x {columns} x {max(rows, 1)}: {steps} steps to {duration:g} tau_D at {current:g} i_D")
    print(f"  {seconds[1][0]:.0f} s by the clock; {result.status}")
    names, times = result.dataset["event_name"].values, result.dataset["event_time"].values / float(scales.time)
    print("  " + ", ".join(f"{name} at {at:.4f} tau_D" for name, at in zip(names, times, strict=True)))
    print(f"  {wall:.2f} us per cell and step by the clock, {own:.2f} of the processors; {most / 1e9:.2f} GB, of which"
          f" {(most - before) / number:.0f} bytes a cell came with the run and its compiler", flush=True)  # fmt: skip


def direct(cells: int, columns: int) -> float:
    """Seconds that sparse factors and solves of one step take."""
    spacing = 1 / cells

    def second(n):
        edge = np.r_[1.0, np.full(n - 2, 2.0), 1.0]
        return diags([-np.ones(n - 1), edge, -np.ones(n - 1)], [-1, 0, 1]) / spacing**2

    laplace = kron(second(cells), identity(columns)) + kron(identity(cells), second(columns))
    unit = identity(cells * columns)
    ions = (1e3 * unit + laplace @ (5.0 * unit + 2 * KAPPA * laplace) * 0.1).tocsc()
    electrons = (0.1 * laplace + 1e-3 * unit).tocsc()
    right = np.random.default_rng(0).standard_normal(cells * columns)
    began = time.perf_counter()
    factors = splu(ions)
    for _ in range(4):
        factors.solve(right)
        splu(electrons).solve(right)
    return time.perf_counter() - began


def main() -> None:
    """Print the tables."""
    compiled, seconds, result = run(device(96), 128, 1.6)
    steps = result.settings["steps"] + result.settings["rejected"]
    print(f"128 x 96, one switching at 0.09 i_D: {seconds:.1f} s for {steps} steps (aim 20 s); compiled in {compiled:.0f} s")
    print("\n  cells         us per cell and step   direct / ours")
    for cells, columns in ((32, 32), (64, 64), (128, 128)):
        _, seconds, result = run(device(columns, width=1.0), cells, 0.5)
        steps = result.settings["steps"] + result.settings["rejected"]
        each = seconds / steps
        ratio, here = direct(cells, columns) / each, 1e6 * each / (cells * columns)
        print(f"  {cells:3d} x {columns:3d}     {here:8.2f}              {ratio:6.2f}")
    for side in (16, 24):
        _, seconds, result = run(device(side, side, width=1.0, depth=1.0), side, 0.05)
        steps = result.settings["steps"] + result.settings["rejected"]
        print(f"  {side} x {side} x {side}  {1e6 * seconds / steps / side**3:8.2f}")


if __name__ == "__main__":
    if sys.argv[1:]:
        one(*map(int, sys.argv[1:4]), *map(float, sys.argv[4:6]))
    else:
        main()
