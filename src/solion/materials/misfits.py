"""Misfits of the hosts of Fig. 5 beside lithium titanate, whose own stands with it: what a clamped film of them would cost.

Strains of a filling from empty to full, with the elastic constants of the host. Above B_c, given by
:func:`solion.thermodynamics.clamping_limit`, a film does not separate into phases.
"""

from __future__ import annotations

from solion.base.errors import InputError
from solion.base.parameters import assumed, build, derived
from solion.laws.misfit import AnisotropicMisfit, BiaxialMisfit, plane_moduli

PHOSPHATE = ((175.9e9, 29.6e9, 54.0e9), (29.6e9, 153.6e9, 19.6e9), (54.0e9, 19.6e9, 135.0e9))  # Pa, axes a, b, c
STRAINS = {"a": 0.0517, "b": 0.0359, "c": -0.0186}
UNREAD = (
    "as a public fork of MPET has it for LiFePO4 in two dimensions; its source not read; another set there: 0.05, 0.028, -0.025"
)
LAYERS = "C11 + C12 - 2 C13^2/C33 of graphite, recalled and not checked"


def lithium_iron_phosphate_misfit(normal: str = "b") -> AnisotropicMisfit:
    """Of lithium iron phosphate, Pnma, whose axis ``normal`` (a, b or c; b is that of its channels) stands on the film.

    B = 3.56 k_B T for b, 1.92 for a, 6.05 for c at 22,904 mol/m3 and 298 K, where B_c of a regular solution of Omega = 4.51
    is 2.51: only the film of normal a separates while it is coherent. Raises :class:`InputError` for another axis.
    """
    if normal not in STRAINS:
        raise InputError(f"lithium_iron_phosphate_misfit: normal = {normal!r} is unknown; it is 'a', 'b' or 'c'.")
    first, second = (axis for axis in STRAINS if axis != normal)
    moduli = plane_moduli(PHOSPHATE, "abc".index(normal))
    condensed = f"C_ij - C_ik C_kj/C_kk for the normal {normal}; C {UNREAD}"
    names = ("modulus_11", "modulus_22", "modulus_12")
    told = {name: derived(value, condensed) for name, value in zip(names, moduli, strict=True)}
    return build(
        AnisotropicMisfit,
        first=assumed(STRAINS[first], f"along {first}, {UNREAD}"),
        second=assumed(STRAINS[second], f"along {second}, {UNREAD}"),
        **told,
    )


def graphite_misfit() -> BiaxialMisfit:
    """Of graphite with its layers in the film's plane, filled to LiC6.

    B = 1.75 k_B T at 28,230 mol/m3 of sites in a layer and 298 K, above the 1.40 at which a layer ceases to separate.
    """
    return build(
        BiaxialMisfit,
        misfit=assumed(0.01, "the lengthening of bonds in the layers, recalled and not checked"),
        biaxial_modulus=assumed(1228e9, LAYERS),
    )


COBALT = (
    "that of Li0.5CoO2 to LiCoO2, the half of its range that is used, recalled and not checked; that c grows and a shrinks"
    " as lithium leaves: Basch et al. (2014), J. Solid State Chem., chemical delithiation of LixCoO2"
)
ALONG_LAYERS, ACROSS_LAYERS = 0.002, -0.025
ISOTROPIC = "E = 225 GPa and nu = 0.25, so that Y = E/(1 - nu) = 300 GPa, recalled and not checked; its layers differ"


def lithium_cobalt_oxide_misfit(normal: str = "c") -> AnisotropicMisfit:
    """Of lithium cobalt oxide, whose axis ``normal`` (c, across its layers, or a, along them) stands on the film.

    All of it is assumed. B = 0.0098 k_B T for c and 0.59 for a at 50,000 mol/m3 and 298 K: a film whose layers stand upright pays
    for the strain across them in one direction of its plane. Raises :class:`InputError` for another axis.
    """
    if normal not in ("a", "c"):
        raise InputError(f"lithium_cobalt_oxide_misfit: normal = {normal!r} is unknown; it is 'a' or 'c'.")
    second = ALONG_LAYERS if normal == "c" else ACROSS_LAYERS
    return build(
        AnisotropicMisfit,
        first=assumed(ALONG_LAYERS, f"along a, {COBALT}"),
        second=assumed(second, f"along {'a' if normal == 'c' else 'c'}, {COBALT}"),
        modulus_11=assumed(240e9, f"E/(1 - nu^2), {ISOTROPIC}"),
        modulus_22=assumed(240e9, f"E/(1 - nu^2), {ISOTROPIC}"),
        modulus_12=assumed(60e9, f"nu E/(1 - nu^2), {ISOTROPIC}"),
    )
