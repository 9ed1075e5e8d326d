"""Which elements segregate to a surface of lithium: Wynblatt and Ku's first screen, and a table of what it needs.

Surface energies are those that Tyson and Miller (Surf. Sci. 62, 267, 1977) and de Boer et al. (Cohesion in Metals, 1988) derive
from liquids, radii and moduli those of handbooks, all quoted from memory: check one before it is shown as sourced. They are of
faces against vacuum; against an electrolyte or its film they are others and may be given: they dominate what is uncertain.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from solion.base.constants import AVOGADRO
from solion.base.errors import InputError, nearest

SOURCE = "Tyson and Miller 1977, de Boer et al. 1988; quoted from memory, to be checked; solid against vacuum"
HOST_SHEAR, HOST_VOLUME = 4.2e9, 13.02e-6  # of lithium: Pa, m3/mol; from memory
COORDINATION = (8, 4, 2)  # bcc (110): neighbours in all, in the layer, in the layer above


class Element(NamedTuple):
    """Surface energy (J/m2), metallic radius (m), bulk modulus (Pa)."""

    tension: float
    radius: float
    modulus: float


ELEMENTS = {
    name: Element(tension, radius * 1e-12, modulus * 1e9)
    for name, tension, radius, modulus in (
        ("Li", 0.52, 152, 11), ("Na", 0.26, 186, 6.3), ("K", 0.145, 227, 3.1), ("Rb", 0.117, 248, 2.5), ("Cs", 0.095, 265, 1.6),
        ("Mg", 0.785, 160, 45), ("Ca", 0.50, 197, 17), ("Sr", 0.42, 215, 12), ("Ba", 0.38, 222, 9.6), ("Al", 1.16, 143, 76),
        ("In", 0.70, 167, 41), ("Sn", 0.70, 158, 58), ("Pb", 0.60, 175, 46), ("Sb", 0.60, 161, 42), ("Bi", 0.49, 170, 31),
        ("Zn", 0.99, 134, 70), ("Cd", 0.76, 151, 42), ("Ag", 1.25, 144, 100), ("Au", 1.51, 144, 180), ("Cu", 1.83, 128, 140),
    )
}  # fmt: skip


class Screened(NamedTuple):
    """Heat of segregation (J/mol; negative enriches) and its parts: surface energies, bonds, strain."""

    element: str
    heat: float
    surface: float
    bonds: float
    strain: float


def screen(
    *, tensions: Mapping[str, float] | None = None, mixing: Mapping[str, float] | None = None, bulk: float = 1e-3
) -> list[Screened]:
    """Elements by their heat of segregation to lithium, the most surface-active first.

    dH = (gamma_M - gamma_Li) A - (2 Omega/Z) (x_Li - 1/2) Z_v - E_el, of a surface whose composition is still the bulk's.
    ``tensions``: J/m2 in place of the table's, such as against an electrolyte; ``mixing``: Omega = dH_mix/(x_Li x_M) in J/mol, 0
    unless given. E_el = 24 pi K G r_Li r_M (r_Li - r_M)^2/(3 K r_M + 4 G r_Li). Raises InputError for an unknown element.
    """
    given, mixing = dict(tensions or {}), dict(mixing or {})
    for name in (*given, *mixing):
        if name not in ELEMENTS:
            raise InputError(f"{name!r} is not in the table{nearest(name, ELEMENTS)}; it holds {', '.join(ELEMENTS)}.")
    host = ELEMENTS["Li"]
    area = AVOGADRO ** (1 / 3) * HOST_VOLUME ** (2 / 3)
    all_bonds, _, above = COORDINATION
    found = []
    for name, element in ELEMENTS.items():
        if name == "Li":
            continue
        surface = (given.get(name, element.tension) - given.get("Li", host.tension)) * area
        bonds = -2 * mixing.get(name, 0.0) / all_bonds * above * (0.5 - bulk)
        size = host.radius * element.radius * (host.radius - element.radius) ** 2
        soft = 3 * element.modulus * element.radius + 4 * HOST_SHEAR * host.radius
        strain = -24 * math.pi * element.modulus * HOST_SHEAR * size / soft * AVOGADRO
        found.append(Screened(name, surface + bonds + strain, surface, bonds, strain))
    return sorted(found, key=lambda one: one.heat)
