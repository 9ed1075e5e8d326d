"""From a measured train of pulses to what a network can do with the device: its update map, and how well weights are written."""

import numpy as np

import solion as so
from solion.analysis.synaptic import PulseRecord, symmetry_point, synaptic_metrics, update_map
from solion.explore.synapse_figures import pulse_figure
from solion.units import uS

LOW, HIGH, STEP, NOISE = 20.0, 120.0, 2.0, 0.15  # uS, and the share of a step that is noise
random = np.random.default_rng(3)

# 1. the file of an instrument: a conductance a line. Here its steps are known: they shrink towards either end
signs = np.tile(np.repeat([1, -1], 100), 4)
conductance = [LOW + 1.0]
for sign in signs:
    share = (conductance[-1] - LOW) / (HIGH - LOW)
    step = 2 * STEP * ((1 - share) if sign > 0 else -0.8 * share) * (1 + NOISE * random.normal())
    conductance.append(conductance[-1] + step)
rows = np.column_stack([np.arange(len(conductance)), conductance])
np.savetxt("pulses.csv", rows, delimiter=",", header="pulse,conductance (uS)", comments="")

# 2. what it holds, and the definitions of the field with their numbers
opened = so.read("pulses.csv")
print(opened.summary())
record = PulseRecord.of_conductance(signs, opened["conductance"])
for metric in synaptic_metrics(record):
    if metric.name in ("states", "symmetry_factor", "dynamic_range"):
        print(metric, "-", metric.meaning)
pulse_figure(record).savefig("own-pulses.png", dpi=110)

# 3. the update map: where a pulse up and a pulse down undo one another, a weight that is trained with both comes to rest
updates = update_map(record)
rest = symmetry_point(updates)
print(f"weights drift towards {rest / uS:.1f} uS")

# 4. a thousand devices like it, written to weights by pulses with a read after each: how far off are they?
target = random.uniform(np.quantile(record.before, 0.1), np.quantile(record.before, 0.9), 1000)
weights, known = np.full(1000, rest), np.isfinite(updates.up) & np.isfinite(updates.down)
centre, error = updates.conductance[known], {}
for count in range(1, 121):
    up = weights < target
    typical, spread = (
        np.where(up, np.interp(weights, centre, above[known]), np.interp(weights, centre, below[known]))
        for above, below in ((updates.up, updates.down), (updates.spread_up, updates.spread_down))
    )
    weights = weights + typical + spread * random.normal(size=weights.size)
    error[count] = float(np.sqrt(np.mean((weights - target) ** 2)) / np.ptp(record.before))
for count in (1, 10, 30, 120):
    print(f"after {count:3d} pulses the weights are {100 * error[count]:.1f} % of the range off")

known_rest = LOW + (HIGH - LOW) / 1.8  # where 1 - x = 0.8 x
assert abs(rest / uS / known_rest - 1) < 0.05
assert error[120] < 0.02 < error[10]
