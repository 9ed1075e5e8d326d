"""From a film to the threshold of plating: it lowers the energy of its interface, which turns the contact angle of lithium.

gamma_eq = gamma_0 + Phi_min; cos(theta) = (gamma_outer - gamma_buried)/gamma_Li of the two interfaces of the coating, against the
electrolyte and against lithium, each with its own film or none; S(theta) = (2 + cos)(1 - cos)^2/4, and eta_nuc ~ sqrt(S), which
the thresholds of a coating read. A film on the outer face repels lithium and raises the threshold, a buried one lowers it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from solion.base.constants import ROOM_TEMPERATURE
from solion.base.errors import InputError
from solion.base.parameters import Part, inline, parameter
from solion.laws.nucleation import RATE_RATIO, nucleation_overpotential, wetting_share
from solion.thermodynamics.complexions.film_energy import FilmEnergy
from solion.thermodynamics.complexions.minima import Equilibrium, lowest, minima
from solion.thermodynamics.complexions.prewetting import clamped


class FilmInPlace(Part):
    """A film at one state of its bulk: what its penalty is controlled by, dG in J/m3, an offset in J/m3, or a share of solute."""

    energy: FilmEnergy = inline()
    control: float = parameter(unit="1", doc="penalty or offset in J/m3, or share of solute in the bulk, as the penalty takes it")

    def state(self, temperature: float = ROOM_TEMPERATURE) -> Equilibrium:
        """The stable film; beyond the bulk's limit of solubility that of the limit."""
        held, _ = clamped(self.energy, temperature, self.control)
        return lowest(minima(self.energy, temperature, held))

    def lowering(self, temperature: float = ROOM_TEMPERATURE) -> float:
        """Phi_min - gamma_0 (J/m2): by how much the film lowers the energy of its interface, 0 where there is none."""
        return float(self.state(temperature).energy[0])


class FilmNucleation(NamedTuple):
    """Of lithium on a coating with films: Young's cosine as it comes out, the contact angle (rad), S(theta), eta_nuc (V)."""

    cosine: float
    angle: float
    share: float
    overpotential: float


def film_nucleation(
    outer_energy: float,
    buried_energy: float,
    lithium_energy: float,
    temperature: float = ROOM_TEMPERATURE,
    *,
    outer: FilmInPlace | None = None,
    buried: FilmInPlace | None = None,
    rate_ratio: float = RATE_RATIO,
) -> FilmNucleation:
    """Nucleation of lithium on a coating whose interfaces may hold films. Energies of the clean interfaces, J/m2.

    ``outer``: film of coating | electrolyte, ``buried``: of coating | lithium. Beyond 1 the cosine means lithium that spreads
    without a barrier, below -1 lithium that does not touch; S is then 0 and 1. Raises InputError for energies that are not above
    0 with their films.
    """
    given = (outer_energy, outer, "outer_energy"), (buried_energy, buried, "buried_energy")
    held = []
    for energy, film, name in given:
        held.append(energy + (film.lowering(temperature) if film else 0.0))
        if not (energy > 0 and held[-1] > 0):
            raise InputError(
                f"{name} = {energy:g} J/m2, with its film {held[-1]:.3g} J/m2, has to be above 0: below it the interface would "
                "grow by itself; give a larger energy or a weaker film."
            )
    if not lithium_energy > 0:
        raise InputError(f"lithium_energy = {lithium_energy:g} J/m2 is outside its allowed range (0, inf) J/m2.")
    cosine = (held[0] - held[1]) / lithium_energy
    inside = max(-1.0, min(1.0, cosine))
    barrier = float(nucleation_overpotential(lithium_energy, inside, temperature, rate_ratio))
    return FilmNucleation(cosine, math.acos(inside), float(wetting_share(inside)), barrier)
