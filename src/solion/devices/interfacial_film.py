"""An interface that may hold a film: the energy of the film, the tension of its drops, the thickness of its layers."""

from __future__ import annotations

from typing import ClassVar

from solion.base.parameters import inline, positive_parameter
from solion.devices.specimen import AbstractSpecimen
from solion.thermodynamics.complexions.film_energy import FilmEnergy


class InterfacialFilm(AbstractSpecimen):
    """A surface, an interface or a grain boundary with a film in equilibrium; the film's energy stands beside its own numbers.

    ``film_tension`` makes the contact angle of drops; ``layer`` names complexions by their layers, from clean to a nanolayer.
    """

    energy: FilmEnergy = inline()
    film_tension: float = positive_parameter(
        0.4, unit="J/m2", high=10, doc="gamma_bg, of the film's material against the outside"
    )
    layer: float = positive_parameter(3e-10, unit="m", high=1e-8, doc="thickness of a monolayer, by which complexions are named")

    experiments = ("film_equilibrium",)
    instead: ClassVar = {"temperature": "it is the experiment's: coldest and hottest"}
    sign_convention = (
        "dgamma < 0 where the film lowers the energy of the interface, dG > 0 where its material is not stable in bulk"
    )
