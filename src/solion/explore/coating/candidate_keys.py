"""Every number that a candidate may give: unit, range, default, alias of a YAML; and the units that keys may end in."""

from __future__ import annotations

from solion.balances import mixture
from solion.explore.coating.inputs import NumberKey
from solion.laws.interphase_growth import TOP_EFFICIENCY, UNDER_EFFICIENCY
from solion.laws.nucleation import RATE_RATIO
from solion.materials.lithium_coatings import ACTIVATION, UNKNOWN_FACTOR

UNITS = {  # ends of the keys of a YAML
    "_cm2_s": "cm^2/s",
    "_m3_mol": "m^3/mol",
    "_m2_s": "m^2/s",
    "_mol_m3": "mol/m^3",
    "_S_m": "S/m",
    "_J_m2": "J/m^2",
    "_A_m2": "A/m^2",
    "_K": "K",
    "_mA_cm2": "mA/cm^2",
    "_mAh_cm2": "mA hour/cm^2",
    "_um": "um",
    "_nm": "nm",
    "_GPa": "GPa",
    "_MPa": "MPa",
    "_mV": "mV",
    "_eV": "eV",
    "_deg": "degree",
    "_s": "s",
}
K = NumberKey
LAYER = {
    "thickness": K("m", 1e-10, 1e-2, "thickness"),
    "diffusivity": K("m^2/s", 1e-24, 1e-7, "chemical diffusivity of lithium", alias="D_chem"),
    "diffusivity_temperature": K("K", 150, 1500, "temperature of the diffusivity", alias="D_temperature"),
    "activation_energy": K("eV", 0, 3, "Arrhenius energy of the diffusivity", ACTIVATION),
    "thermodynamic_factor": K("1", 1e-3, 1e7, "W = dln a/dln c", alias="W"),
    "thermodynamic_factor_max": K("1", 1e-3, 1e7, "peak of W over composition", alias="W_max"),
    "concentration": K("mol/m^3", 1, 2e5, "lithium", alias="c_Li"),
    "phase_width": K("mol/m^3", 1e-2, 2e5, "width of the phase field", alias="dc_range"),
    "ion_conductivity": K("S/m", 1e-18, 1e3, "of lithium ions", alias="sigma_ion"),
    "electron_conductivity": K("S/m", 0, 1e9, "of electrons; 0: none pass", alias="sigma_e"),
    "modulus": K("Pa", 1e3, 2e12, "Young's modulus", alias="E"),
    "toughness": K("J/m^2", 1e-4, 1e5, "fracture energy", alias="Gc"),
    "fracture_strain": K("1", 1e-6, 10, "own strain at fracture", 0.3, alias="eps_f"),
    "partial_volume": K("m^3/mol", 0, 1e-4, "of lithium in the layer, beta"),
    "swing": K("mol/m^3", 0, 2e5, "change of its own lithium in a cycle, dc"),
    "composition": K("1", 1e-6, 100, "x of lithium next to the metal, at which tables are read", alias="x"),
}
COMPOSITE = {
    "salt_ion": K("S/m", 1e-18, 1e3, "ions in the salt", [1e-8, 1e-5]),
    "salt_electron": K("S/m", 1e-20, 1e3, "electrons in the salt", [1e-12, 1e-9]),
    "threshold": K("1", 0.01, 0.99, "share from which pores connect", 1 / 3),
    "alloy_threshold": K("1", 0.01, 0.99, "share from which the alloy connects (general media)", mixture.THRESHOLD),
    "exponent_below": K("1", 0.1, 10, "s of general media", mixture.BELOW),
    "exponent_above": K("1", 0.1, 10, "t of general media", mixture.ABOVE),
    "grain": K("m", 1e-9, 1e-3, "edge of a grain of the network"),
}
SECTIONS = {
    "interfaces": {
        "i01": K("A/m^2", 1e-8, 1e9, "exchange current of electrolyte | coating", [1.0, 1000.0]),
        "i02": K("A/m^2", 1e-8, 1e9, "exchange current of coating | lithium", [10.0, 1e4]),
        "i0T": K("A/m^2", 1e-8, 1e9, "exchange current of lithium on top", 100.0),
        "nucleation_overpotential": K("V", 0, 2, "eta_nuc measured on the coating", alias="eta_nuc"),
        "contact_angle": K("rad", 0, 3.1416, "of lithium on the coating"),
        "outer_energy": K("J/m^2", 1e-3, 10, "free energy of coating | electrolyte, clean"),
        "buried_energy": K("J/m^2", 1e-3, 10, "free energy of coating | lithium, clean"),
        "rate_ratio": K("1", 1, 200, "ln(J_0/J_c) of nucleation", RATE_RATIO),
        "lithium_energy": K("J/m^2", 1e-3, 5, "free energy of lithium's surface", 0.5),
    },
    "electrolyte": {
        "diffusivity": K("m^2/s", 1e-14, 1e-8, "of the salt", 3e-10, alias="D"),
        "transference": K("1", 0, 0.999, "t_+", 0.38, alias="t_plus"),
        "concentration": K("mol/m^3", 1, 2e4, "of the salt", 1000.0, alias="c0"),
        "distance": K("m", 1e-8, 1e-2, "between the electrodes", 25e-6, alias="L"),
        "porosity": K("1", 0.01, 1, "of the separator", 0.4, alias="eps"),
        "conductivity": K("S/m", 1e-6, 1e3, "of the free electrolyte", 1.0, alias="kappa"),
    },
    "operation": {
        "current": K("A/m^2", 1e-6, 1e7, "plating", alias="i"),
        "capacity": K("C/m^2", 1, 1e8, "per half cycle", 36000.0, alias="Q"),
        "pressure": K("Pa", 0, 1e9, "on the stack", 1e5),
        "rest": K("s", 1e-3, 1e9, "between half cycles", 3600.0),
        "tolerated_share": K("1", 1e-6, 0.5, "of lithium on top", 0.01, alias="share"),
    },
    "interphase": {  # on top of the coating, and on fresh lithium in cracks
        "rate": K("m^2/s", 1e-28, 1e-12, "parabolic constant k_p", [1e-22, 1e-20], alias="k_p"),
        "start": K("m", 1e-10, 1e-6, "thickness after formation, L_0", 5e-9, alias="L0"),
        "lithium": K("mol/m^3", 1e2, 5e5, "in the interphase", 1.3e5),
        "top_efficiency": K("1", 0.01, 1, "Coulombic, of lithium on top", TOP_EFFICIENCY),
        "under_efficiency": K("1", 0.01, 1, "Coulombic, of lithium underneath", UNDER_EFFICIENCY),
        "excess": K("1", 1e-3, 1e3, "spare lithium over the capacity", 1.0),
        "cracked": K("1", 0, 1, "share of the area that cracks open past the largest capacity", 0.05),
    },
    "lithium": {
        "reaction_energy": K("1", -5000, 0, "of the coating with lithium, meV/atom"),
        "healing_time": K("s", 1e-6, 1e12, "of an interfacial film"),
        "shear_ratio": K("1", 1e-6, 1e4, "G of the coating over that of lithium"),
        "poisson": K("1", 0, 0.49, "of the coating", 0.25),
        "volume_ratio": K("1", 1e-3, 1e3, "V_+/V_M of the coating", 0.1),
        "unevenness": K("1", 1e-4, 1, "chi of plating", 0.2),
        "wavelength": K("m", 1e-8, 1e-2, "of uneven plating", 50e-6),
    },
}
TEMPERATURE = K("K", 150, 1500, "temperature", 298.15)
LOG_W, ELECTRONS, BARRIER = list(UNKNOWN_FACTOR), {True: [1e-12, 1e-8], False: [1e4, 1e7]}, [0.001, 0.05]
MODELS = ("bruggeman", "general", "parallel", "series", "hashin_shtrikman_lower", "hashin_shtrikman_upper", "network")


def key_of(path: str) -> NumberKey:
    """What the number at a path of a candidate is; one that the library itself adds has no unit and no range."""
    section, _, name = path.rpartition(".")
    keys = {"": {"temperature": TEMPERATURE}, "composite": COMPOSITE, **SECTIONS}.get(section, LAYER)
    return keys.get(name, K("1", 0, 1e300, "derived"))
