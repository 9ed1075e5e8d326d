"""Amorphous silicon, first of two steps' end at Li3.75Si: faster and without arrest."""

from __future__ import annotations

from solion.base.parameters import assumed, build, literature
from solion.laws.core_shell.shell import RigidPlastic
from solion.materials.alloy_host import AlloyHost


def amorphous_lithium_silicon() -> AlloyHost:
    """Amorphous silicon, first of two steps' end at Li3.75Si: faster and without arrest."""
    return build(
        AlloyHost,
        name="a-Si to Li3.75Si",
        carrier="Li",
        stoichiometry=literature(3.75, "end of the second step; McDowell et al. 2013, doi:10.1021/nl3044508"),
        molar_volume=literature(1.23e-05, "standard density, from memory, not verified, +-1 %"),
        molar_mass=literature(0.0280855, "standard atomic weight"),
        ratio=literature(3.7, "from memory, not verified, +-0.15"),
        plateau=literature(0.2, "from memory, not verified, +-0.1 V"),
        diffusivity=assumed(5.1e-16, "as crystalline silicon's, a factor of 100 each way"),
        front_rate=assumed(1.94e-08, "faster than the crystalline front, by how much is not known: ten times"),
        shell=build(RigidPlastic, yield_stress=assumed(300000000.0, "relieved; no self-limiting is seen (McDowell et al. 2013)")),
    )
