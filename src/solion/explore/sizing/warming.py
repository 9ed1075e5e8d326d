"""How far one switch warms a film on its substrate: the power of its peak, held as long as the switch takes.

dT = R'' V i with R'' of half the film, its boundary and the spreading of a disc of the electrode's area into the substrate
(:mod:`solion.laws.heating`): an upper bound, since the current peaks for a part of the time alone.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from solion.base.errors import InputError, nearest
from solion.laws import film_resistance, spreading_resistance

FILM, BOUNDARY = 1.5, 1e-8  # W/(m K) of an oxide film, m2 K/W of its boundary; assumed: typical
USUAL = "Si"
LARGE = 100.0  # K, beyond which the isothermal numbers beside it are not those of the film


class Substrate(NamedTuple):
    """What takes up the heat: conductivity in W/(m K), diffusivity in m2/s, both at room temperature."""

    conductivity: float
    diffusivity: float
    words: str


SUBSTRATES = {  # handbook values
    "Si": Substrate(148.0, 8.8e-5, "silicon"),
    "MgO": Substrate(48.0, 1.4e-5, "magnesia"),
    "SiO2": Substrate(1.4, 8.7e-7, "glass"),
}


def chosen_substrate(name: str) -> Substrate:
    """The entry of this name. Raises :class:`InputError` for another."""
    if name not in SUBSTRATES:
        raise InputError(f"design: substrate = {name!r} is unknown{nearest(name, SUBSTRATES)}; known: {', '.join(SUBSTRATES)}.")
    return SUBSTRATES[name]


def warming(substrate: Substrate, thickness: float, area: float, time, power) -> np.ndarray:
    """Rise (K) under ``power`` (W/m2) for ``time`` (s), for each of both; the film's ``thickness`` in m, its ``area`` in m2."""
    radius = math.sqrt(area / math.pi)
    below = np.vectorize(spreading_resistance)(radius, substrate.conductivity, substrate.diffusivity, time)
    return (film_resistance(thickness, FILM, BOUNDARY, 0.0) + below) * np.asarray(power)
