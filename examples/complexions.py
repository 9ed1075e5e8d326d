"""How thick is a film on lithium, what would 1 nm need, when does sodium restore it, and what does a film do to plating?"""

import numpy as np

from solion.laws import DispersionForce, ExponentialCoefficient, FixedChange
from solion.thermodynamics.complexions import (
    FilmEnergy,
    FilmInPlace,
    contact_angle,
    film_nucleation,
    healing_time,
    lowest,
    minima,
    required_penalty,
)

film = FilmEnergy(FixedChange(-0.30), ExponentialCoefficient(0.35e-9))
thickness = lowest(minima(film, 298.15, [1e7, 1e8])).thickness
print(f"at dG = 1e7 and 1e8 J/m3: {thickness[0] * 1e9:.3f} and {thickness[1] * 1e9:.3f} nm")
assert np.allclose(thickness, 0.35e-9 * np.log(0.30 / 0.35e-9 / np.array([1e7, 1e8])))

needed = required_penalty(film, 1e-9)
print(f"1 nm needs {needed:.4g} J/m3")
assert abs(needed / 4.9228e7 - 1) < 1e-4

drawn = FilmEnergy(FixedChange(-0.25), ExponentialCoefficient(0.25e-9), forces=(DispersionForce(4e-20),))
angle = np.degrees(contact_angle(drawn, film_tension=0.4))
print(f"dispersion leaves a film beside drops of {angle:.2f} degrees")
assert abs(angle - 1.58) < 0.01

seconds = healing_time(excess=1e-9 / 23.78e-6, concentration=1e-4 / 13.0e-6, diffusivity=2.35e-14)
print(f"100 ppm of sodium restore 1 nm in {seconds:.0f} s")
assert abs(seconds - 999) < 10

bare = film_nucleation(outer_energy=0.6, buried_energy=0.3, lithium_energy=0.5)
outer = FilmInPlace(FilmEnergy(FixedChange(-0.15), ExponentialCoefficient(0.35e-9)), control=1e8)
held = film_nucleation(0.6, 0.3, 0.5, outer=outer)
ratio = held.overpotential / bare.overpotential
print(f"a film on the coating turns lithium from {np.degrees(bare.angle):.0f} to {np.degrees(held.angle):.0f} degrees")
print(f"and makes the barrier, and with it the threshold of plating on top, {ratio:.3f} times as high")
assert abs(ratio - 1.287) < 1e-3
