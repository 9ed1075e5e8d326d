"""An ionic synapse: ten pulses up and ten down, what each changed and cost, and how long the state stays at open circuit."""

import numpy as np

import solion as so
from solion.units import minute, s, uA

device = so.devices.magnesium_synapse(10e-6)  # 80 nm of Mg_xWO3 on 0.6 cm2, started at 10 uS
sealed = so.devices.with_leak(device, 0.0)  # the same with an electrolyte that blocks electrons
up, down = (so.protocols.pulses(current=i, width=0.5 * s, gap=10 * s, count=10) for i in (10 * uA, -10 * uA))

ends = {}
for name, one in (("leaking", device), ("sealed", sealed)):
    result = so.simulate(one, up + down, cells=24)
    record = so.analysis.synaptic.pulses_of(result)
    ends[name] = record.after[[9, 19]] * 1e6
    energy = so.analysis.synaptic.normalised_energy(record.energy[:10].mean(), record.change[:10].mean(), 0.6e-4, 5.0)
    print(f"{name}: 10 uS -> {ends[name][0]:.2f} -> {ends[name][1]:.2f} uS, {energy / 1e3:.1f} aJ/(um2 nS)")
    print(result.summary().splitlines()[0])

assert np.allclose(ends["leaking"], [19.582, 10.553], rtol=1e-3)  # uS, as an independent program finds
assert np.allclose(ends["sealed"], [19.851, 10.0], rtol=1e-3)  # without a leak nothing is left behind
assert abs(energy / 1e3 - 81.7) < 0.2  # aJ/(um2 nS); the paper: about 90

high = so.devices.magnesium_synapse(0.95e-3, pinned=True)  # a reservoir that never changes
hour = so.protocols.open_circuit(duration=60 * minute, samples=60)
left = so.simulate(high, hour, cells=24).dataset["conductance"].values[-1] * 1e6
print(f"0.95 mS left at open circuit for an hour: {left:.0f} uS")
assert abs(left - 598) < 2
