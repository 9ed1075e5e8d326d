"""Amorphised germanium to Na1.6Ge; crystalline germanium takes no sodium."""

from __future__ import annotations

from solion.base.parameters import assumed, build, literature, stated
from solion.laws.core_shell.shell import RigidPlastic
from solion.materials.alloy_host import PAPER, AlloyHost


def sodium_germanium() -> AlloyHost:
    """Amorphised germanium to Na1.6Ge; crystalline germanium takes no sodium."""
    return build(
        AlloyHost,
        name="a-Ge to Na1.6Ge",
        carrier="Na",
        stoichiometry=literature(1.6, "Lu et al. 2016, Chem. Mater. 28, 1236; textbooks have 1.0"),
        molar_volume=literature(1.363e-05, "standard density, from memory, not verified, +-1 %"),
        molar_mass=literature(0.07263, "standard atomic weight"),
        ratio=literature(4.0, "300 % at Na1.6Ge, Lu et al. 2016"),
        plateau=literature(0.4, "from memory, not verified, +-0.1 V"),
        diffusivity=stated(
            3.6e-11,
            f"3.6e-7 cm2/s, line 712; it cites work on semiconductors and is not to be trusted at room temperature; {PAPER}",
        ),
        front_rate=assumed(1e-06, "diffusion limits, by the paper: fast enough"),
        shell=build(RigidPlastic, yield_stress=literature(350000000.0, "0.2 to 0.5 GPa, from memory, not verified")),
    )
