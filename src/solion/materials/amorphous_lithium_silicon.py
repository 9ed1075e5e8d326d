"""Amorphous silicon to Li3.75Si: faster than crystalline and without arrest, as one step or in its two."""

from __future__ import annotations

from solion.base.parameters import assumed, build, derived, literature
from solion.laws.core_shell.shell import RigidPlastic
from solion.materials.alloy_host import AlloyHost

WANG = "Wang et al. 2013, doi:10.1021/nl304379k, from memory, not verified"
MCDOWELL = "McDowell et al. 2013, doi:10.1021/nl3044508"
RATIO, FIRST, WHOLE = 3.7, 2.5, 3.75  # beta of the whole, lithium of the first step and of both


def _host(name: str, **own) -> AlloyHost:
    """A step of amorphous silicon, per mole of silicon."""
    return build(
        AlloyHost,
        name=name,
        carrier="Li",
        molar_mass=literature(0.0280855, "standard atomic weight"),
        diffusivity=assumed(5.1e-16, "as crystalline silicon's, a factor of 100 each way"),
        front_rate=assumed(1.94e-08, "faster than the crystalline front, by how much is not known: ten times"),
        shell=build(RigidPlastic, yield_stress=assumed(300000000.0, f"relieved; no self-limiting is seen ({MCDOWELL})")),
        **own,
    )


def amorphous_lithium_silicon() -> AlloyHost:
    """Amorphous silicon to Li3.75Si, as one step."""
    return _host(
        "a-Si to Li3.75Si",
        stoichiometry=literature(WHOLE, f"end of the second step; {MCDOWELL}"),
        molar_volume=literature(1.23e-05, "standard density, from memory, not verified, +-1 %"),
        ratio=literature(RATIO, "from memory, not verified, +-0.15"),
        plateau=literature(0.2, "from memory, not verified, +-0.1 V"),
    )


def amorphous_lithium_silicon_first() -> AlloyHost:
    """Amorphous silicon to Li2.5Si, the first of its two steps: a sharp front."""
    return _host(
        "a-Si to Li2.5Si",
        stoichiometry=literature(FIRST, f"the front leaves some 2.5 per silicon; {WANG}"),
        molar_volume=literature(1.23e-05, "standard density, from memory, not verified, +-1 %"),
        ratio=derived(1 + (RATIO - 1) * FIRST / WHOLE, "each lithium takes the room that it takes in both steps"),
        plateau=assumed(0.25, "above the mean of both steps, 0.2 V, as the second lies below it"),
    )


def amorphous_lithium_silicon_second() -> AlloyHost:
    """Li2.5Si to Li3.75Si, the second step of amorphous silicon, here a front as well; per silicon atom."""
    first = 1 + (RATIO - 1) * FIRST / WHOLE
    return _host(
        "Li2.5Si to Li3.75Si",
        stoichiometry=derived(WHOLE - FIRST, "3.75 less the 2.5 of the first step"),
        molar_volume=derived(first * 1.23e-05, "that of silicon times the ratio of the first step"),
        ratio=derived(RATIO / first, "3.7 in all over that of the first step"),
        plateau=assumed(0.1, "that leaves 0.2 V as the mean of both steps"),
    )
