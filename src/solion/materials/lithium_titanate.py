"""Lithium titanate, Li_(4+3c) Ti5 O12."""

from __future__ import annotations

from solion.base.parameters import assumed, build, derived, literature, stated
from solion.laws.free_energy import RegularSolution
from solion.laws.misfit import BiaxialMisfit
from solion.materials.mixed_conductor import MixedConductor

PAPER = "Tian and Bazant, Interfacial resistive switching by multiphase polarization"
DIMENSIONLESS = f"{PAPER}, section 'Dimensionless Results'"
DIMENSIONAL = f"{PAPER}, section 'Comparison with experiments'"
BOTH = f"{PAPER}, sections 'Dimensionless Results' and 'Comparison with experiments'"


def lithium_titanate() -> MixedConductor:
    """Lithium titanate: ion-poor Li4 and ion-rich Li7 phases, small-polaron electrons on titanium."""
    free_energy = build(
        RegularSolution,
        ion_interaction=derived(-32.0, f"Omega - Omega_n = -12 - 20; {DIMENSIONLESS}"),
        electron_interaction=stated(20.0, f"Omega_n; {DIMENSIONLESS}"),
        exponent=stated(0.7, f"rho; {DIMENSIONLESS}"),
        ion_sites=stated(1.0, f"c_p_max; {DIMENSIONLESS}"),
        electron_sites=stated(5 / 3, f"c_n_max = 5/3; {DIMENSIONLESS}"),
        defects=stated(0.01, f"c_d; {DIMENSIONLESS}"),
    )
    return build(
        MixedConductor,
        name="lithium titanate",
        free_energy=free_energy,
        gradient_energy=derived(1.1e-3 * (80e-9) ** 2, f"kappa h^2 = 1.1e-3 x (80 nm)^2; {BOTH}"),
        concentration=stated(22e3, f"c_0 = 22 mol/L; {DIMENSIONAL}"),
        ion_diffusivity=stated(1e-16, f"D_p0; {DIMENSIONAL}"),
        electron_diffusivity=derived(1e-16 / 1e-5, f"D_p0 / (D_p/D_n) = 1e-16 / 1e-5; {BOTH}"),
        misfit=build(
            BiaxialMisfit,
            misfit=derived(7e-4, "a third of the volume change of 0.2 % between the two phases of this zero-strain material"),
            biaxial_modulus=assumed(266.7e9, "E = 200 GPa and nu = 0.25, recalled and not checked: verified = false"),
        ),
        reference_temperature=assumed(298.15, "room temperature; the paper names none"),
        ion_activation_energy=literature(
            0.86,
            "spin-alignment-echo NMR of Li4Ti5O12, 295 to 400 K; 0.74 and 0.94 eV by other methods; Wilkening et al. (2007), "
            "doi:10.1039/b616269j",
        ),
        electron_activation_energy=assumed(
            0.3, "a small polaron of a mixed-valence oxide; 0.33 to 0.41 eV in LixFePO4 (Tan and Fultz 2011, J. Phys. Chem. C)"
        ),
    )
