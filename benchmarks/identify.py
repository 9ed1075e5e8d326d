"""Coverage of the 95 % interval of the exponent over synthetic series, and the time of identifying one series with its posterior.

    python benchmarks/identify.py [SERIES]

Series of 40 rows over 2 to 120 s with an error of 1 nm; the start (within 5 s of the clock's zero) and the offset
of all lengths (evenly within three errors, as the fit takes it to be) are drawn anew and not told. The
specification asks for 93 to 97 % over 500 series.
"""

import sys
import time

import numpy as np

from solion.explore import identify as rooms
from solion.explore.identify.front_laws import POWER
from solion.explore.identify.least_squares import FrontModel, StartAndOffset, fit_law, interval

NM = 1e-9
ROWS = np.linspace(2, 120, 40)
TRUTH = {"ICR": (1.0, 200.0), "DCR": (0.5, 60.0)}


def series(exponent: float, end: float, random: np.random.Generator) -> rooms.FrontSeries:
    start, offset = random.uniform(-5, 1.5), random.uniform(-3, 3)
    length = end * np.maximum((ROWS - start) / (120 - start), 0) ** exponent + offset
    return rooms.front_series(
        ROWS,
        (length + random.normal(0, 1, ROWS.size)) * NM,
        meaning="host_depth",
        shape="planar",
        volume_ratio=3.81,
        noise=rooms.Noise(NM),
    )


def main(count: int) -> None:
    around = StartAndOffset((ROWS[0] - np.ptp(ROWS), ROWS[0] + 0.35 * np.ptp(ROWS)), 3 * NM)
    for name, (exponent, end) in TRUTH.items():
        random, inside, began = np.random.default_rng(5), 0, time.perf_counter()
        for _ in range(count):
            found = interval(fit_law(FrontModel(series(exponent, end, random), POWER, around)), "exponent")
            inside += found.low <= exponent <= found.high
        each = (time.perf_counter() - began) / count
        print(f"{name}: {inside / count:.1%} of {count} intervals hold n = {exponent}; {1e3 * each:.0f} ms each", flush=True)
    wire = rooms.front_series(
        ROWS,
        (40 - 0.3 * ROWS + np.random.default_rng(1).normal(0, 1, 40)) * NM,
        meaning="core_radius",
        shape="wire",
        radius=40 * NM,
        volume_ratio=3.81,
        noise=rooms.Noise(NM),
    )
    found = rooms.identify(wire)
    print(f"wire, {len(found.posteriors)} laws sampled: {found.seconds:.1f} s, {found.verdict.word}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
