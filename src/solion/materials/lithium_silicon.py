"""Crystalline silicon to Li15Si4: arrested wires and spheres, calibrated to a 129 nm wire."""

from __future__ import annotations

from solion.base.parameters import build, calibrated, literature, stated
from solion.laws.core_shell.shell import RigidPlastic
from solion.materials.alloy_host import PAPER, AlloyHost


def lithium_silicon() -> AlloyHost:
    """Crystalline silicon to Li15Si4: arrested wires and spheres, calibrated to a 129 nm wire."""
    return build(
        AlloyHost,
        name="c-Si to Li3.75Si",
        carrier="Li",
        stoichiometry=stated(3.75, f"Li15Si4; the paper names 4.4 as the most, which gives 4198.8 mAh/g; {PAPER}"),
        molar_volume=literature(1.206e-05, "standard density, from memory, not verified, +-1 %"),
        molar_mass=literature(0.0280855, "standard atomic weight"),
        ratio=literature(3.81, "from the density 1.18 of Li15Si4, from memory, not verified, +-0.15"),
        plateau=literature(0.11, "two-phase plateau on crystalline silicon, from memory, not verified, +-0.1 V"),
        diffusivity=stated(
            5.1e-16,
            "5.1e-12 cm2/s, line 713; other reports span 1e-18 to 1e-13 m2/s: it contradicts the paper's own "
            f"label of reaction control at the speeds it quotes; {PAPER}",
        ),
        front_rate=calibrated(
            1.94e-09,
            "v_0 = 0.0283 nm/s at 0.0955 eV, alpha 1/2: 55 % of a 129 nm wire in 1.5 h (Liu et al. 2013, "
            "doi:10.1021/nn305282d, as the paper quotes it)",
        ),
        shell=build(
            RigidPlastic,
            yield_stress=calibrated(
                1000000000.0,
                "0.0955 eV over 1 GPa arrests a wire at 0.559; film flow onset -1.75 in compression and +1 GPa in "
                "tension (Sethuraman et al. 2010), 0.5 elsewhere",
            ),
        ),
        fracture_diameter=stated(3e-07, f"line 629, called amorphisation threshold on line 332 with the same number; {PAPER}"),
    )
