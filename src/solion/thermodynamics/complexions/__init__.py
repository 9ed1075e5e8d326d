"""Interfacial films in equilibrium (complexions): all minima of their energy, lines between them, paths."""

from solion.thermodynamics.complexions.derivatives import Stationary, stationary
from solion.thermodynamics.complexions.film_energy import FilmEnergy
from solion.thermodynamics.complexions.film_nucleation import FilmInPlace, FilmNucleation, film_nucleation
from solion.thermodynamics.complexions.kinetics import (
    contact_angle,
    creep_gain,
    excess_of,
    film_conduction,
    healing_time,
    heals,
    relaxation,
)
from solion.thermodynamics.complexions.lines import CoexistenceLine, CriticalPoint, FilmLine, critical_point, film_lines, trace
from solion.thermodynamics.complexions.minima import Equilibrium, Minima, lowest, minima
from solion.thermodynamics.complexions.prewetting import (
    bound,
    check_condition,
    clamped,
    classify,
    continuous,
    prewets,
    required_penalty,
    universal_map,
)
from solion.thermodynamics.complexions.screening import ELEMENTS, screen
from solion.thermodynamics.complexions.transitions import StabilityLimit, Transition, follow, stability_limits, transitions

__all__ = [
    "ELEMENTS",
    "CoexistenceLine",
    "CriticalPoint",
    "Equilibrium",
    "FilmEnergy",
    "FilmInPlace",
    "FilmLine",
    "FilmNucleation",
    "Minima",
    "StabilityLimit",
    "Stationary",
    "Transition",
    "bound",
    "check_condition",
    "clamped",
    "classify",
    "contact_angle",
    "continuous",
    "creep_gain",
    "critical_point",
    "excess_of",
    "film_conduction",
    "film_lines",
    "film_nucleation",
    "follow",
    "healing_time",
    "heals",
    "lowest",
    "minima",
    "prewets",
    "relaxation",
    "required_penalty",
    "screen",
    "stability_limits",
    "stationary",
    "trace",
    "transitions",
    "universal_map",
]
