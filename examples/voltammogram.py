"""Cyclic voltammogram of a lithium-titanate memristor film (LTO4 of Tian and Bazant)."""

import solion as so
from solion.units import mV, nm, s, um

material = so.materials.lithium_titanate()
device = so.FilmMemristor(
    top=so.Contact(so.laws.ButlerVolmer(rate=1e-3, asymmetry=0.30)),
    film=so.Film(material, thickness=80 * nm, filling=0.1),
    bottom=so.Contact(so.laws.ButlerVolmer(rate=1e-6, asymmetry=0.08)),
    series_resistance=100.0,  # in V_T / i_D
    area=(500 * um) ** 2,
)
V_T = device.scales().voltage
sweep = so.protocols.cyclic_voltammetry(limits=(-150 * V_T, 150 * V_T), rate=50 * mV / s, cycles=2)
result = so.simulate(device, sweep, cells=100)
print(result.summary())
