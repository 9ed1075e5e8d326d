"""Map of switching times over filling and current, and the critical current by both routes: wall times and their shares.

    python benchmarks/switching_map.py            40 x 40 runs at 200 cells, each a plateau of 80 tau_D
    python benchmarks/switching_map.py 10         10 x 10 runs

Prints the time from a fresh process, the share spent compiling or loading compiled programs, and the throughput.
"""

from __future__ import annotations

import os
import sys
import time

import numpy as np

import solion as so
from solion.explore.critical_current import fold, switching_map, switching_times, threshold


def memristor(filling: float = 0.3) -> so.FilmMemristor:
    """A film of lithium titanate; contacts do not matter where the current is given."""
    film = so.Film(so.materials.lithium_titanate(), 80e-9, filling)
    contact = so.Contact(so.laws.ButlerVolmer(rate=1e-2 * film.units.i_D, asymmetry=0.5))
    return so.FilmMemristor(contact, film, contact)


def main(size: int = 40, cells: int = 200) -> None:
    """Measure and print."""
    device = memristor()
    began = time.perf_counter()
    switching_times(device, [0.12], cells=cells)
    first = time.perf_counter() - began
    began = time.perf_counter()
    switching_times(device, [0.12], cells=cells)
    prepared = first - (time.perf_counter() - began)

    fillings, currents = np.linspace(0.1, 0.9, size), np.linspace(0.05, 0.6, size)
    began = time.perf_counter()
    table = switching_map(device, fillings, currents, cells=cells)
    wall = time.perf_counter() - began
    runs = size * size
    words, counts = np.unique(table["polarization"], return_counts=True)
    ends, often = np.unique(table["status"], return_counts=True)
    print(
        f"{size} x {size} map at {cells} cells on {os.cpu_count()} cores: {wall + prepared:.1f} s, of which "
        f"{prepared:.1f} s ({prepared / (wall + prepared):.0%}) compiling; {runs / wall:.1f} runs per second"
    )
    print(", ".join(f"{word} {count}" for word, count in [*zip(words, counts), *zip(ends, often)]))  # noqa: B905

    for name, function in (("fold", fold), ("threshold by simulation", threshold)):
        function(device, cells=cells)
        began = time.perf_counter()
        for filling in (0.2, 0.5, 0.8):
            function(memristor(filling), cells=cells)
        print(f"{name}: {(time.perf_counter() - began) / 3 * 1e3:.0f} ms")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
