"""Tin to Na15Sn4, as one step; its own first step ends near Na0.5Sn."""

from __future__ import annotations

from solion.base.parameters import assumed, build, literature, stated
from solion.laws.core_shell.shell import RigidPlastic
from solion.materials.alloy_host import PAPER, AlloyHost


def sodium_tin() -> AlloyHost:
    """Tin to Na15Sn4, as one step; its own first step ends near Na0.5Sn."""
    return build(
        AlloyHost,
        name="Sn to Na3.75Sn",
        carrier="Na",
        stoichiometry=literature(3.75, "Na15Sn4; Wang et al. 2012, doi:10.1021/nl303305c"),
        molar_volume=literature(1.629e-05, "standard density, from memory, not verified, +-1 %"),
        molar_mass=literature(0.11871, "standard atomic weight"),
        ratio=literature(5.2, "420 % in all, 60 % in the first step near x = 0.5 (Wang et al. 2012)"),
        plateau=literature(0.2, "0.03 to 0.4 V in steps, from memory, not verified"),
        diffusivity=stated(3e-10, f"3.0e-6 cm2/s, line 711; {PAPER}"),
        front_rate=assumed(1e-06, "diffusion limits, by the paper: fast enough"),
        shell=build(RigidPlastic, yield_stress=literature(150000000.0, "tin in a model, Qaiser et al. 2016; it creeps")),
    )
