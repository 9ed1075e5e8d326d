"""Writing LTO4 by voltage pulses of either sign and reading its conductance after each of them."""

import numpy as np

import solion as so
from solion.analysis import read_pulses
from solion.units import nm

film = so.Film(so.materials.lithium_titanate(), thickness=80 * nm, filling=0.1)
i_D, V_T = film.units.i_D, film.units.V_T  # the paper's units of current density and voltage, in SI
device = so.FilmMemristor(
    top=so.Contact(so.laws.ButlerVolmer(rate=1e-3 * i_D, asymmetry=0.30)),
    film=film,
    bottom=so.Contact(so.laws.ButlerVolmer(rate=1e-6 * i_D, asymmetry=0.08)),
    series_resistance=100 * V_T / i_D,
)
tau = film.units.tau_D


def train(voltage):
    """Ten pulses of one sign, each followed by a read at 20 V_T."""
    return so.protocols.pulses(
        voltage=voltage * V_T, width=0.1 * tau, gap=0.1 * tau, count=10, read=20 * V_T, read_width=0.02 * tau, samples=5
    )


result = so.simulate(device, train(150) + train(-150), cells=100)
conductance = read_pulses(result)["conductance"]
written, erased = conductance[:10], conductance[10:]
print(result.message)
print("after positive pulses:", *(f"{value:.3g}" for value in written), "S")
print("after negative pulses:", *(f"{value:.3g}" for value in erased), "S")

# one pulse is enough to write or erase this film: it is a two-level memory, not a synapse
assert np.all(written > 5e-3)
assert np.all(erased < 1e-6)
assert np.ptp(written[1:]) < 1e-3 * written[-1]
