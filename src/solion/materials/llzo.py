"""Garnet Li7La3Zr2O12 doped with tantalum (LLZTO): grains, grain boundaries, and what a layer on it conducts.

Lu et al. print neither their conductivities nor their domain (both are in a supplement that is not at hand), and their
"1e3 S/cm" for garnet is a misprint of 1e-3. One number decides the pattern of current, Lambda = R_gb sigma_g / d. Lambda = 1
to 2 at d = 10 um reproduces two printed numbers at once: currents over ten times the mean, and a decay within 3 um of layer.
"""

from __future__ import annotations

from solion.base.errors import InputError
from solion.base.parameters import Sourced, assumed, build, calibrated, stated
from solion.laws.grain_boundary import UniformBoundary
from solion.materials.conductor import Conductor

PAPER = "Lu et al., finite elements"
GRAIN_SIZE = 10e-6  # m, Lu et al.


def llzo_grain() -> Conductor:
    """The interior of tantalum-doped garnet at 25 C."""
    return build(
        Conductor,
        conductivity=assumed(
            0.05,
            "5e-4 S/cm at 25 C, customary for tantalum-doped garnet (2e-4 to 1.2e-3 S/cm; total 4.54e-4 S/cm in Hu et al. 2022); "
            "the paper's own value is not at hand",
        ),
        permittivity=assumed(50.0, "of the order of garnets', 30 to 100"),
    )


def llzo_boundary(ratio: float = 1.0) -> UniformBoundary:
    """Grain boundaries 5 nm thick with Lambda = R_gb sigma_g / (10 um) = ``ratio`` against :func:`llzo_grain`.

    ratio = 1: R_gb = 2 ohm cm2, sigma_gb = 2.5e-7 S/cm, half of the resistance at the boundaries. Values: 0.1 good
    hot-pressed ceramics, 1 rich in aluminium or aged in air, 10 resistive second phases. The atomistic ratio
    sigma_gb/sigma_g of clean boundaries, 1e-2, gives 0.05.
    """
    if not (0 < ratio <= 1e6):
        raise InputError(f"ratio = {ratio!r} (Lambda) is outside its allowed range (0, 1e6].")
    grain = llzo_grain().conductivity
    conductivity = 5e-9 * grain / (ratio * GRAIN_SIZE)
    reason = "inferred: Lambda = 1 to 2 reproduces currents over 10 x the mean and a decay within 3 um, both printed"
    return build(
        UniformBoundary,
        thickness=stated(5e-9, f"5 nm; {PAPER}"),
        conductivity=calibrated(conductivity, reason) if 1 <= ratio <= 2 else assumed(conductivity, "by the ratio given"),
        permittivity=assumed(50.0, "of the order of garnets', 30 to 100"),
    )


def homogenising_conductivity() -> Sourced:
    """Conductivity of the paper's soft layer, S/m."""
    return stated(1e-2, f"1e-4 S/cm; {PAPER}")
