"""Germanium to Li15Ge4: full conversion up to hundreds of nanometres."""

from __future__ import annotations

from solion.base.parameters import assumed, build, literature, stated
from solion.laws.core_shell.shell import RigidPlastic
from solion.materials.alloy_host import PAPER, AlloyHost


def lithium_germanium() -> AlloyHost:
    """Germanium to Li15Ge4: full conversion up to hundreds of nanometres."""
    return build(
        AlloyHost,
        name="Ge to Li3.75Ge",
        carrier="Li",
        stoichiometry=stated(3.75, f"Li15Ge4, line 530; {PAPER}"),
        molar_volume=literature(1.363e-05, "standard density, from memory, not verified, +-1 %"),
        molar_mass=literature(0.07263, "standard atomic weight"),
        ratio=literature(3.6, "about 260 % of volume change, Liang et al. 2013, doi:10.1021/nn400330h"),
        plateau=literature(0.35, "0.3 to 0.4 V, from memory, not verified"),
        diffusivity=literature(1e-13, "1e-14 to 1e-12 m2/s, from memory, not verified, a factor of 100 each way"),
        front_rate=assumed(1e-06, "diffusion limits, by the paper: fast enough"),
        shell=build(
            RigidPlastic, yield_stress=literature(760000000.0, "0.76 +-0.05 GPa at most, 0.3 at the end, Nadimpalli et al. 2015")
        ),
        fracture_diameter=stated(1.2e-06, f"line 629; {PAPER}"),
    )
