"""Antimony to Na3Sb: a reaction-limited, anisotropic front."""

from __future__ import annotations

from solion.base.parameters import assumed, build, literature, stated
from solion.laws.core_shell.shell import RigidPlastic
from solion.materials.alloy_host import PAPER, AlloyHost


def sodium_antimony() -> AlloyHost:
    """Antimony to Na3Sb: a reaction-limited, anisotropic front."""
    return build(
        AlloyHost,
        name="Sb to Na3Sb",
        carrier="Na",
        stoichiometry=literature(3.0, "Na3Sb"),
        molar_volume=literature(1.818e-05, "standard density, from memory, not verified, +-1 %"),
        molar_mass=literature(0.12176, "standard atomic weight"),
        ratio=literature(3.93, "from memory, not verified, +-0.1"),
        plateau=literature(0.6, "0.5 to 0.75 V, from memory, not verified"),
        diffusivity=stated(3e-14, f"3.0e-10 cm2/s, line 713; {PAPER}"),
        front_rate=assumed(2e-09, "reaction limits, by the paper; of the order of silicon's"),
        shell=build(RigidPlastic, yield_stress=literature(500000000.0, "0.3 to 0.8 GPa, from memory, not verified")),
    )
