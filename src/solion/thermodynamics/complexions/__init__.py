"""Interfacial films in equilibrium (complexions): every local minimum of the excess grand potential, lines between them, paths."""

from solion.thermodynamics.complexions.film_energy import FilmEnergy
from solion.thermodynamics.complexions.minima import Equilibrium, Minima, lowest, minima

__all__ = ["Equilibrium", "FilmEnergy", "Minima", "lowest", "minima"]
