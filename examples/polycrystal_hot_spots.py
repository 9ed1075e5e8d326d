"""Hot spots of current at a ceramic electrolyte, and how a soft layer evens them out."""

import solion as so
from solion.experiments import hot_spot, section
from solion.units import nm, um

grains = so.voronoi((50 * um, 50 * um), 10 * um, seed=1)
ceramic = so.devices.lu2021(ratio=1.0)  # grain boundaries with as much resistance as the grains between them
bare = so.conduct(ceramic, grains)
print(bare.summary())

layer = so.devices.Layer(thickness=10 * um, conductivity=1e-2, face="top")
covered = so.conduct(so.Polycrystal(ceramic.grain, ceramic.boundary, layers=(layer,)), grains)
print(covered.summary())

# a hot-spot factor without its window has no value: the density diverges where boundaries meet the electrode
factors = {window: hot_spot(section(bare, "top_electrode"), window * nm).factor for window in (20, 100, 500)}
assert factors[20] > factors[100] > factors[500] > 1.5
assert bare.status == covered.status == "finished"
assert hot_spot(section(covered, "top_electrode"), 100 * nm).factor < 1.15

# a charge-transfer resistance of 10 ohm cm2 everywhere does as well
uniform = so.Polycrystal(ceramic.grain, ceramic.boundary, top=so.devices.ChargeTransfer(resistance=1e-3))
assert hot_spot(section(so.conduct(uniform, grains), "top_electrode"), 100 * nm).factor < 1.25

# half of the resistance sits at the boundaries, as the brick-layer estimate says
assert 0.4 < float(bare.dataset["effective_conductivity"]) / 0.05 < 0.65
