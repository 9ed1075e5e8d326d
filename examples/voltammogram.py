"""Cyclic voltammogram of an ion-poor lithium-titanate memristor film (LTO4 of Tian and Bazant, Fig. 4d)."""

import solion as so
from solion.units import V, mV, nm, s

film = so.Film(so.materials.lithium_titanate(), thickness=80 * nm, filling=0.1)
i_D, V_T = film.units.i_D, film.units.V_T  # the paper's units of current density and voltage, in SI
device = so.FilmMemristor(
    top=so.Contact(so.laws.ButlerVolmer(rate=1e-3 * i_D, asymmetry=0.30)),
    film=film,
    bottom=so.Contact(so.laws.ButlerVolmer(rate=1e-6 * i_D, asymmetry=0.08)),
    series_resistance=100 * V_T / i_D,
)
sweep = so.protocols.cyclic_voltammetry(limits=(-3.85 * V, 3.85 * V), rate=50 * mV / s, cycles=2)
result = so.simulate(device, sweep, cells=100)
print(result.summary())
result.plot("overview").savefig("voltammogram.png")
result.save("voltammogram.nc")
assert so.analysis.on_off_ratio(result, 1.54 * V, cycle=1) > 1e3
