"""What an interfacial resistance is made of: contact at spots, constriction of the current towards them, a surface film.

N circular spots of radius b per area cover the fraction f = N pi b^2. Each adds 1/(4 sigma b), less where it shares the
electrolyte with its neighbours (Holm, *Electric Contacts*, 1967; Cooper, Mikic and Yovanovich 1969,
doi:10.1016/0017-9310(69)90011-8):

    R_int = R_local/f + psi(f)/(4 sigma b N) = R_local/f + pi b psi/(4 sigma f),    psi = (1 - sqrt(f))^1.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from solion.base.errors import InputError


def interaction(fraction):
    """psi(f) = (1 - sqrt(f))^1.5: 1 for lonely spots, 0 for full contact."""
    return (1 - np.sqrt(np.asarray(fraction, float))) ** 1.5


def constriction_resistance(fraction, spot_radius: float, conductivity: float):
    """Resistance in ohm m^2 of the current's way to spots of a radius (m) in an electrolyte (S/m)."""
    fraction = np.asarray(fraction, float)
    return np.pi * spot_radius * interaction(fraction) / (4 * conductivity * fraction)


def interface_resistance(fraction, spot_radius: float, conductivity: float, local: float):
    """R_int in ohm m^2 from the contact fraction and the resistance ``local`` (ohm m^2) under the spots."""
    return local / np.asarray(fraction, float) + constriction_resistance(fraction, spot_radius, conductivity)


@dataclass(frozen=True)
class ContactFraction:
    """An interfacial resistance (ohm m^2) taken apart.

    ``fraction`` of the area is in contact; of the total, ``local`` is the resistance of what lies under the spots
    (charge transfer and any film) and ``constriction`` that of the way to them; the local current is ``concentration``
    times the mean.
    """

    total: float
    spot_radius: float
    fraction: float
    local: float
    constriction: float

    @property
    def concentration(self) -> float:
        """Local over mean current density, 1/f."""
        return 1 / self.fraction

    @property
    def words(self) -> str:
        """The parts in a sentence, in ohm cm2."""
        return (
            f"{self.total * 1e4:.4g} Ω cm² with spots of {self.spot_radius * 1e6:.3g} µm: contact on {self.fraction:.3g} of "
            f"the area, {self.local / self.fraction * 1e4:.3g} Ω cm² under the spots, {self.constriction * 1e4:.3g} Ω cm² "
            f"constriction, local current {self.concentration:.3g} times the mean"
        )


def decompose(total: float, spot_radius: float, conductivity: float, *, local: float = 0.0) -> ContactFraction:
    """The contact fraction that makes up a ``total`` resistance (ohm m^2), given what lies under the spots.

    With ``local = 0`` all of it is constriction: the lowest contact fraction that the resistance allows. Raises
    InputError where ``local`` alone exceeds the total.
    """
    for name, value in (("total", total), ("spot_radius", spot_radius), ("conductivity", conductivity)):
        if not (np.isfinite(value) and value > 0):
            raise InputError(f"decompose: {name} = {value!r} is outside its allowed range (0, inf).")
    if not 0 <= local <= total:
        raise InputError(f"decompose: local = {local:g} ohm m^2 is outside its allowed range [0, {total:g}] ohm m^2, the total.")
    low = min(np.pi * spot_radius / (4 * conductivity * total), 1.0) * 1e-3

    def excess(fraction: float) -> float:
        return float(interface_resistance(fraction, spot_radius, conductivity, local)) - total

    fraction = 1.0
    if excess(1.0) < 0:
        from scipy.optimize import brentq

        root: Any = brentq(excess, low, 1.0, xtol=1e-16, rtol=np.float64(1e-13))
        fraction = float(root)
    return ContactFraction(
        total, spot_radius, fraction, local, float(constriction_resistance(fraction, spot_radius, conductivity))
    )
