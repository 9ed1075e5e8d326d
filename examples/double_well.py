"""A free energy of your own: a symmetric double well with configurational entropy; ions unmix in a film at rest."""

import dataclasses

import numpy as np

import solion as so
from solion.units import nm

WELL = 30.0  # k_B T


def energy(ion, electron):
    """Per reference site, k_B T; ``ion`` and ``electron`` are JAX arrays. The electrons cost nothing here."""
    return so.laws.mixing(ion, 1.0) + WELL * ion**2 * (1 - ion) ** 2


material = dataclasses.replace(
    so.materials.lithium_titanate(),
    name="double well",
    free_energy=so.laws.FreeEnergy(energy, electron_sites=5 / 3, defects=0.01),
)
phases = so.thermodynamics.phase_diagram(material)
print(f"spinodal {phases.spinodal}, binodal {phases.binodal}, plateau {phases.plateau:.1e} k_B T")

# mu' = 1/x + 2 W (1 - 6 x) = 0 with x = c (1 - c) gives the spinodal in closed form
x = (2 * WELL + np.sqrt(4 * WELL**2 + 48 * WELL)) / (24 * WELL)
assert np.allclose(phases.spinodal, 0.5 + np.array([-1, 1]) * np.sqrt(0.25 - x))
assert abs(sum(phases.binodal) - 1) < 1e-9

film = so.Film(material, thickness=80 * nm, filling=0.5)
contact = so.Contact(so.laws.ButlerVolmer(rate=1e-2 * film.units.i_D))
device = so.FilmMemristor(top=contact, film=film, bottom=contact)
tau = device.scales().time
start = so.Profile(position=(0.0, 1.0), composition=(0.55, 0.45))  # inside the spinodal, a slope along the film
result = so.simulate(device, so.protocols.rest(duration=3 * tau, samples=50), initial=start, cells=100)

end = result.dataset["composition"].values[-1]
free_energy = result.dataset["free_energy"].values
print(f"{result.message} Compositions from {end.min():.4f} to {end.max():.4f}.")
assert abs(end.min() - phases.binodal[0]) < 1e-3
assert abs(end.max() - phases.binodal[-1]) < 1e-3
assert np.all(np.diff(free_energy) <= 1e-9 * np.ptp(free_energy))  # it never rises without a source
