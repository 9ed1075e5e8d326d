"""Graphite as two kinds of layers that fill in turn: stage 2 (one layer full, the other empty), then stage 1."""

from __future__ import annotations

from solion.base.constants import AVOGADRO, BOLTZMANN
from solion.base.parameters import assumed, build, derived
from solion.laws.layered_energy import TwoLayer
from solion.materials.layered_conductor import LayeredConductor

SITES, THERMAL = 1.7e28, BOLTZMANN * 298.0  # 1/m3; J
PUBLIC = "MPET's public parameters of graphite (Ferguson and Bazant 2014; Smith, Khoo and Bazant 2017)"


def layered_graphite() -> LayeredConductor:
    """Lithium in graphite, two layers: energies of MPET's model; as electrons, polarons of unknown numbers stand in."""
    free_energy = build(
        TwoLayer,
        within=derived(1.3992e-20 / THERMAL, f"Omega_a = 1.3992e-20 J over k_B 298 K; {PUBLIC}"),
        between=derived(5.761532e-21 / THERMAL, f"Omega_b = 5.761532e-21 J over k_B 298 K; {PUBLIC}"),
        ordering=derived(8.23076e-20 / THERMAL, f"Omega_c = 8.23076e-20 J over k_B 298 K; {PUBLIC}"),
        electron_sites=assumed(5 / 3, "of lithium titanate: graphite is a semimetal, and no film memristor of it is known"),
        defects=assumed(0.01, "as above"),
    )
    return build(
        LayeredConductor,
        name="graphite in two layers",
        free_energy=free_energy,
        gradient_energy=derived(4e-7 / (SITES * THERMAL), f"kappa = 4e-7 J/m over n k_B 298 K, n = 1.7e28 1/m3; {PUBLIC}"),
        concentration=derived(SITES / AVOGADRO, f"1.7e28 sites in 1 m3; {PUBLIC}"),
        ion_diffusivity=derived(1.25e-12, f"D = 1.25e-12 m2/s; {PUBLIC}"),
        electron_diffusivity=assumed(
            1.25e-7, "1e5 times that of the ions, as in lithium titanate; graphite itself conducts better"
        ),
        reference_temperature=assumed(298.0, "that of the energies"),
        ion_activation_energy=assumed(0.25, "0.17 to 0.27 eV by muon spin relaxation, see the host graphite"),
    )
