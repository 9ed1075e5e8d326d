"""Draws the figure of docs/fitting.md: python docs/figures/fit.py [folder]."""

import sys
from pathlib import Path

import numpy as np

import solion as so
from solion.explore import fitting

HERE = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
NOISE = 1e-4  # A
STARTS = ["device.bottom.rate=3e-3", "device.bottom.asymmetry=0.3", "device.series_resistance=140 V_T/i_D", "device.filling=0.85"]

known = so.study.load("lto7-voltammogram", ["numerics.cells=100"]).run().dataset
current = known["current"].values + np.random.default_rng(0).normal(0.0, NOISE, known.sizes["time"])
rows = np.column_stack([known["time"], known["voltage"], 1e3 * current])
np.savetxt(HERE / "loop.csv", rows, delimiter=",", header="time (s),voltage (V),current (mA)", comments="")
study = so.study.load("lto7-voltammogram", ["numerics.cells=100", *STARTS])
over = ["device.bottom.rate", "device.bottom.asymmetry=0.05..0.5", "device.series_resistance", "device.filling"]
found = fitting.fit(study, HERE / "loop.csv", over, noise=f"{NOISE} A")
(HERE / "loop.csv").unlink()
for entry in found.estimates:
    print(entry.number.key, entry.start, entry.value, entry.error)
found.records[0].draw().savefig(HERE / "fit.png", dpi=110)
