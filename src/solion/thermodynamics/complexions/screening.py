"""Which elements segregate to a surface of lithium: Wynblatt and Ku's first screen, and a table of what it needs.

Surface energies of solids are extrapolated from liquids, and three compilations differ by up to a fifth. They are of faces
against vacuum; against an electrolyte or its film they are others and may be given: they dominate what is uncertain.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from solion.base.constants import AVOGADRO
from solion.base.errors import InputError, nearest
from solion.base.parameters import Source

REFERENCE = (
    "Tyson and Miller (1977), doi:10.1016/0039-6028(77)90442-3, de Boer et al. (1988), Keene (1993) and Mills and Su (2006), as "
    "quoted by Lee et al. (2018), doi:10.1016/j.susc.2018.03.008, Tables 1 to 4; radius and bulk modulus of pymatgen's table"
)
NO_MODULUS, NO_TENSION = "bulk modulus from memory", "surface energy from memory, to be checked"
HOST_SHEAR, HOST_VOLUME = 4.2e9, 13.02e-6  # of lithium: Pa, m3/mol; pymatgen's periodic table
COORDINATION = (8, 4, 2)  # bcc (110): neighbours in all, in the layer, in the layer above


class Element(NamedTuple):
    """Surface energies (J/m2) of three compilations, metallic radius (m), bulk modulus (Pa); ``doubt``: what has no source."""

    tensions: tuple[float, ...]
    radius: float
    modulus: float
    doubt: str

    @property
    def tension(self) -> float:
        """Tyson and Miller's, J/m2."""
        return self.tensions[0]

    @property
    def source(self) -> Source:
        """Of the row."""
        return Source("assumed", f"{self.doubt}; the rest: {REFERENCE}") if self.doubt else Source("literature", REFERENCE)


ELEMENTS = {
    name: Element(tensions, radius * 1e-12, modulus * 1e9, doubt)
    for name, tensions, radius, modulus, doubt in (
        ("Li", (0.52, 0.53, 0.47), 152, 11, ""), ("Na", (0.26, 0.26, 0.23), 186, 6.3, ""),
        ("K", (0.15, 0.13, 0.14), 238.1, 3.1, ""), ("Rb", (0.12, 0.11, 0.11), 253.7, 2.5, ""),
        ("Cs", (0.10, 0.10, 0.08), 271.9, 1.6, ""), ("Mg", (0.79, 0.76, 0.82), 160, 45, ""),
        ("Ca", (0.50, 0.49, 0.48), 197.6, 17, ""), ("Sr", (0.42, 0.41, 0.38), 215.1, 12, NO_MODULUS),
        ("Ba", (0.38, 0.37, 0.35), 223.6, 9.6, ""), ("Al", (1.14, 1.16, 1.28), 143, 76, ""),
        ("In", (0.70, 0.68, 0.60), 167, 41, NO_MODULUS), ("Sn", (0.71, 0.68, 0.61), 158, 58, ""),
        ("Pb", (0.59, 0.60, 0.52), 175, 46, ""), ("Sb", (0.60,), 161, 42, NO_TENSION), ("Bi", (0.49,), 182, 31, NO_TENSION),
        ("Zn", (0.99, 0.99, 0.91), 134, 70, ""), ("Cd", (0.76, 0.74, 0.73), 151, 42, ""),
        ("Ag", (1.25, 1.25, 1.20), 144.5, 100, ""), ("Au", (1.51, 1.50, 1.51), 144.2, 220, ""),
        ("Cu", (1.79, 1.83, 1.70), 127.8, 140, ""),
    )
}  # fmt: skip


class Screened(NamedTuple):
    """Heat of segregation (J/mol; negative enriches) and its parts: surface energies, bonds, strain.

    ``ends``: least and greatest heat by the three compilations; where they differ in sign, the screen does not tell.
    """

    element: str
    heat: float
    surface: float
    bonds: float
    strain: float
    ends: tuple[float, float]
    doubt: str

    def __str__(self) -> str:
        low, high = (one / 1e3 for one in self.ends)
        word = "segregates" if high < 0 else "stays in the bulk" if low > 0 else "not told by this screen"
        said = f"{self.element}: {self.heat / 1e3:.1f} kJ/mol ({low:.1f} to {high:.1f}), {word}"
        return f"{said}; {self.doubt}" if self.doubt else said


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
        pairs = zip(element.tensions * (3 // len(element.tensions)), host.tensions, strict=True)
        surface, *others = ((given.get(name, own) - given.get("Li", lithium)) * area for own, lithium in pairs)
        bonds = -2 * mixing.get(name, 0.0) / all_bonds * above * (0.5 - bulk)
        size = host.radius * element.radius * (host.radius - element.radius) ** 2
        soft = 3 * element.modulus * element.radius + 4 * HOST_SHEAR * host.radius
        strain = -24 * math.pi * element.modulus * HOST_SHEAR * size / soft * AVOGADRO
        rest = bonds + strain
        ends = min(surface, *others) + rest, max(surface, *others) + rest
        doubt = "" if name in given and element.doubt == NO_TENSION else element.doubt
        found.append(Screened(name, surface + rest, surface, bonds, strain, ends, doubt))
    return sorted(found, key=lambda one: one.heat)
