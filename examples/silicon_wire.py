"""A 129 nm silicon wire in direct contact with lithium stops at 55 % of its volume; what would have to change?"""

import numpy as np

from solion.devices import AlloyParticle, Wire
from solion.experiments import quasi_steady
from solion.explore.alloy_design import arrested_fraction
from solion.materials import lithium_silicon

wire = AlloyParticle(lithium_silicon(), Wire(wire_radius=64.5e-9))
contact = 0.0145  # V against lithium, 0.0955 V below the plateau: calibrated
run = quasi_steady(wire, contact)
at = np.interp(1.5 * 3600, run.dataset["time"], run.dataset["reacted_fraction"])
print(f"after 1.5 h: {at:.3f}; at rest: {float(run.dataset['reacted_fraction'][-1]):.3f}")
assert abs(at - 0.55) < 0.02

deeper = arrested_fraction(wire, contact - 0.05)
print(f"50 mV more: {deeper:.3f}")
assert abs(deeper - 0.783) < 0.005

largest = max(("interface", "layer", "film"), key=lambda part: float(run.dataset[f"share_{part}"].mean()))
print(f"what limits the rate: {largest}")
assert largest == "interface"
