"""Devices: what is simulated, put together from parts."""

from solion.devices.film_memristor import Contact, Film, FilmMemristor
from solion.devices.initial import PhaseSeparated, Profile, Uniform

__all__ = ["Contact", "Film", "FilmMemristor", "PhaseSeparated", "Profile", "Uniform"]
