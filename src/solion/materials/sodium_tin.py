"""Tin to Na15Sn4, as one step or in its two, of which the first ends near Na0.5Sn."""

from __future__ import annotations

from solion.base.parameters import assumed, build, derived, literature, stated
from solion.laws.core_shell.shell import RigidPlastic
from solion.materials.alloy_host import PAPER, AlloyHost

WANG = "Wang et al. 2012, doi:10.1021/nl303305c"


def _host(name: str, **own) -> AlloyHost:
    """A step of tin, per mole of tin."""
    return build(
        AlloyHost,
        name=name,
        carrier="Na",
        molar_mass=literature(0.11871, "standard atomic weight"),
        diffusivity=stated(3e-10, f"3.0e-6 cm2/s, line 711; {PAPER}"),
        front_rate=assumed(1e-06, "diffusion limits, by the paper: fast enough"),
        shell=build(RigidPlastic, yield_stress=literature(150000000.0, "tin in a model, Qaiser et al. 2016; it creeps")),
        **own,
    )


def sodium_tin() -> AlloyHost:
    """Tin to Na15Sn4, as one step; its own first step ends near Na0.5Sn."""
    return _host(
        "Sn to Na3.75Sn",
        stoichiometry=literature(3.75, f"Na15Sn4; {WANG}"),
        molar_volume=literature(1.629e-05, "standard density, from memory, not verified, +-1 %"),
        ratio=literature(5.2, "420 % in all, 60 % in the first step near x = 0.5 (Wang et al. 2012)"),
        plateau=literature(0.2, "0.03 to 0.4 V in steps, from memory, not verified"),
    )


def sodium_tin_first() -> AlloyHost:
    """Tin to Na0.5Sn, the first of its two steps."""
    return _host(
        "Sn to Na0.5Sn",
        stoichiometry=literature(0.5, f"the first step ends near it; {WANG}"),
        molar_volume=literature(1.629e-05, "standard density, from memory, not verified, +-1 %"),
        ratio=literature(1.6, f"60 % in the first step; {WANG}"),
        plateau=literature(0.4, "the upper end of 0.03 to 0.4 V, from memory, not verified"),
    )


def sodium_tin_second() -> AlloyHost:
    """Na0.5Sn to Na15Sn4, the second step of tin; per tin atom."""
    return _host(
        "Na0.5Sn to Na3.75Sn",
        stoichiometry=derived(3.25, "3.75 less the 0.5 of the first step"),
        molar_volume=derived(1.6 * 1.629e-05, "1.6 times that of tin, per mole of tin"),
        ratio=derived(5.2 / 1.6, f"420 % in all over 60 % in the first step; {WANG}"),
        plateau=literature(0.1, "a mean of the steps below the first, 0.03 to 0.3 V, from memory, not verified"),
    )
