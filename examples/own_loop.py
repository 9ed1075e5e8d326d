"""From a measured loop to a number of the film: open the file, lay it over a study, fit, and say what the memory does."""

import numpy as np

import solion as so
from solion.explore import fitting

SMALL = ["numerics.cells=20", "protocol.0.cycles=1"]

# 1. the file of an instrument; here one is made from a film that is known, so that the answer can be checked
known = so.study.load("lto7-voltammogram", [*SMALL, "device.bottom.rate=3e-3"]).run().dataset
every = slice(None, None, 4)
time, voltage, current = (known[name].values[every] for name in ("time", "voltage", "current"))
noise = 2e-3 * np.ptp(current)
current = current + np.random.default_rng(1).normal(0.0, noise, current.size)
rows = np.column_stack([time, 1e3 * voltage, 1e3 * current])
np.savetxt("loop.csv", rows, delimiter=",", header="time (s),voltage (mV),current (mA)", comments="")

# 2. what it holds, in SI, with nothing guessed
print(so.read("loop.csv").summary())

# 3. a study of such a film beside it
study = so.study.load("lto7-voltammogram", SMALL)
before = study.run()
first = so.explore.compare({"measured": "loop.csv", "study": before})
print("\n".join(first.lines()[:3]))

# 4. which rate of the bottom contact makes them meet
found = fitting.fit(study, "loop.csv", ["device.bottom.rate"], noise=f"{noise} A")
(rate,) = found.estimates
print(f"device.bottom.rate = {rate.value:.4g} within {100 * rate.relative:.2g} %; it was made with 3e-3")

# 5. the three over one another, as a page to hand on
after = found.fitted.run()
page = so.explore.compare({"measured": "loop.csv", "study": before, "fitted": after}).write("own-loop")
print(f"page in {page}")

# 6. the answer: what the fitted film does as a memory
switches = so.analysis.switches(after)
print(f"{len(switches)} contacts switch; polarization: {so.analysis.polarization(after)}")
assert abs(rate.value / 3e-3 - 1) < 0.05
