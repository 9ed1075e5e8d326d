"""Black phosphorus to Na3P: layered, swells along [010]."""

from __future__ import annotations

from solion.base.parameters import assumed, build, literature
from solion.laws.core_shell.shell import RigidPlastic
from solion.materials.alloy_host import AlloyHost


def sodium_phosphorus() -> AlloyHost:
    """Black phosphorus to Na3P: layered, swells along [010]."""
    return build(
        AlloyHost,
        name="black P to Na3P",
        carrier="Na",
        stoichiometry=literature(3.0, "Na3P"),
        molar_volume=literature(1.15e-05, "standard density, from memory, not verified, +-1 %"),
        molar_mass=literature(0.030974, "standard atomic weight"),
        ratio=literature(5.0, "from lattices, from memory, not verified, +-0.5"),
        plateau=literature(0.4, "from memory, not verified, +-0.1 V"),
        diffusivity=literature(3e-14, "1e-15 to 1e-12 m2/s, from memory, not verified"),
        front_rate=assumed(2e-09, "reaction limits, by the paper; of the order of silicon's"),
        shell=build(RigidPlastic, yield_stress=literature(500000000.0, "from memory, not verified")),
    )
