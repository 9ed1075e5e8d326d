"""Tungsten trioxide with magnesium, hydrogen, or oxygen vacancies as the working ion.

Only the text of the paper was at hand. Its words about conductivity and voltage do not fix functions; those here are
calibrated to every number it states. The film of 15 nm and those of 80 nm cannot share one conductivity: the metallic
line of the thin film is four times steeper, its start 2.7 times higher. That may be the film's quality, or current that
spreads around the gap; it is not known which.
"""

from __future__ import annotations

import math

from solion.base.constants import thermal_voltage
from solion.base.parameters import Sourced, assumed, build, calibrated, derived, literature, stated
from solion.laws.conductivity import MetalInsulator
from solion.laws.free_energy import AbstractFreeEnergy
from solion.laws.host import HostPotential, LatticeHost
from solion.materials.insertion_host import InsertionHost

PAPER = "Schwacke et al. (2024), doi:10.1002/aelm.202300577"
ROOM = 298.15  # K, at which slopes in volts become k_B T
CELL = 7.30e-10 * 7.54e-10 * 7.69e-10 * math.sin(math.radians(90.9))  # m3, monoclinic, 8 formula units


def tungsten_density() -> Sourced:
    """n_W of the monoclinic cell: 8 formula units in 7.30 x 7.54 x 7.69 angstrom, 90.9 degrees."""
    return derived(8 / CELL, f"8 W per measured monoclinic cell of 7.30 x 7.54 x 7.69 angstrom, 90.9 degrees; {PAPER}")


def magnesium_tungsten_oxide() -> InsertionHost:
    """Magnesium in tungsten oxide, sputtered and annealed films of 80 nm (Figs. 3d to 8)."""
    conductivity = build(
        MetalInsulator,
        insulating=stated(0.55, f"sigma at the start, 5.5e-3 S/cm, Fig. 7b; {PAPER}"),
        onset=calibrated(0.0050, f"0.3 uS a pulse of 5 uC near 5 uS, and the peak of slope near gamma 0.03; {PAPER}"),
        metallic=calibrated(13100.0, f"2.3 mS, the highest conductance, near gamma 0.42; {PAPER}"),
        offset=calibrated(0.0105, f"highest slope near gamma 0.03, Fig. 7c; {PAPER}"),
        sharpness=calibrated(2.3, f"highest slope near gamma 0.03, Fig. 7c; {PAPER}"),
    )
    return _magnesium("tungsten oxide, Mg, 80 nm", conductivity)


def magnesium_tungsten_oxide_thin() -> InsertionHost:
    """Magnesium in tungsten oxide, the film of 15 nm (Figs. 3a to 3c)."""
    conductivity = build(
        MetalInsulator,
        insulating=stated(1.5, f"15 mS/cm at the start of Fig. 3a; {PAPER}"),
        onset=calibrated(0.0050, f"as for 80 nm, which gives a tenfold rise within 110 mV, Fig. 3b; {PAPER}"),
        metallic=calibrated(53400.0, f"230 S/cm at gamma 0.42, Fig. 3a; {PAPER}"),
        offset=calibrated(0.0105, f"as for 80 nm; {PAPER}"),
        sharpness=calibrated(2.3, f"as for 80 nm; {PAPER}"),
    )
    return _magnesium("tungsten oxide, Mg, 15 nm", conductivity)


def _magnesium(name: str, conductivity: MetalInsulator) -> InsertionHost:
    return build(
        InsertionHost,
        name=name,
        ion="Mg",
        formula_density=tungsten_density(),
        charge=stated(2.0, f"Mg2+, XPS; {PAPER}"),
        conductivity=conductivity,
        free_energy=magnesium_potential(),
        diffusivity=stated(1e-15, f"upper end 1e-14, lower end 1e-15 m2/s, in WO3 at room temperature; {PAPER}"),
        offset=calibrated(5.780e-4, f"x at nominal zero: -0.13 V at the start and 0.23 V at 0.21, Fig. 3a; {PAPER}"),
        loss_rate=derived(0.0, f"inferred from no sign of degradation in air within an hour, Fig. 8b; {PAPER}"),
    )


def oxygen_tungsten_oxide() -> InsertionHost:
    """Oxygen vacancies in amorphous tungsten oxide: the paper gives how slowly they move, the rest is assumed."""
    twin = magnesium_tungsten_oxide()
    conductivity = build(
        MetalInsulator,
        **{
            name: assumed(float(getattr(twin.conductivity, name)), f"no number given; as of magnesium at the same gamma; {PAPER}")
            for name in ("insulating", "onset", "metallic", "offset", "sharpness")
        },
    )
    return build(
        InsertionHost,
        name="tungsten oxide, oxygen vacancies",
        ion="O",
        formula_density=tungsten_density(),
        charge=assumed(2.0, "O2-, followed as vacancies of charge +2 that bring two electrons"),
        conductivity=conductivity,
        free_energy=magnesium_potential("no number given; taken as that of magnesium"),
        diffusivity=stated(1e-21, f"order of 1e-17 cm2/s, amorphous WO3 at room temperature, section 1; {PAPER}"),
        offset=assumed(5.780e-4, "no number given; as of magnesium"),
        loss_rate=assumed(0.0, "slow oxidation in air is named without a rate; D/t_c^2 bounds it, 1.6e-7 /s at 80 nm"),
    )


def magnesium_potential(borrowed: str = "") -> AbstractFreeEnergy:
    """Potential of magnesium in tungsten oxide: nu (RT/2F) ln x + g x, three free particles to an ion.

    ``borrowed`` says why another ion takes it, and makes the slope an assumption.
    """
    slope, reference = (
        2 * 0.6319 / thermal_voltage(ROOM),
        (f"0.6319 V per x: -0.13 V at nominal 0, 0.23 V at 0.21, 0 V where sigma is 1 S/cm; {PAPER}"),
    )
    return build(
        HostPotential,
        releases=assumed(3.0, borrowed or "each Mg2+ brings two free polarons: three particles that mix"),
        slope=assumed(slope, borrowed) if borrowed else calibrated(slope, reference),
    )


def hydrogen_tungsten_oxide() -> InsertionHost:
    """Hydrogen in tungsten oxide, in air (the comparison of Figs. 7 and 8b)."""
    conductivity = build(
        MetalInsulator,
        insulating=stated(1.9e-4, f"1.9e-6 S/cm at the start, Fig. 7b; {PAPER}"),
        onset=calibrated(9.9498e-5, f"5.5e-3 S/cm at gamma 0.03, Fig. 7b; {PAPER}"),
        stretch=calibrated(0.3636, f"a slope three orders below magnesium's at gamma 0.03, Fig. 7c; {PAPER}"),
        metallic=calibrated(19440.0, f"conductivity meets magnesium's at gamma 0.36, Fig. 7b; {PAPER}"),
        offset=calibrated(-0.15, f"slopes similar above gamma 0.15, Fig. 7c; {PAPER}"),
        rounding=calibrated(0.1633, f"slopes similar above gamma 0.15, Fig. 7c; {PAPER}"),
        sharpness=calibrated(3.733, f"slopes similar above gamma 0.15, Fig. 7c; {PAPER}"),
    )
    return build(
        InsertionHost,
        name="tungsten oxide, H, in air",
        ion="H",
        formula_density=tungsten_density(),
        charge=stated(1.0, f"H+; {PAPER}"),
        conductivity=conductivity,
        free_energy=hydrogen_potential(),
        diffusivity=literature(
            1e-13, "few ions; 1e-15 m2/s with many; optically, in a thin film; Vertes and Schiller (1983), J. Appl. Phys. 54, 199"
        ),
        loss_rate=calibrated(0.05, f"lost within a few seconds in air, Fig. 8b; {PAPER}; 0 in an inert gas"),
    )


def hydrogen_potential() -> AbstractFreeEnergy:
    """Potential of hydrogen in amorphous tungsten oxide: E = a - b x - 2 (RT/F) ln(x/(1-x)) against hydrogen."""
    crandall = "as recalled, not checked, of Crandall, Wojtowicz and Faughnan (1976), Solid State Commun. 18, 1409"
    return build(
        LatticeHost,
        releases=assumed(2.0, f"a proton and a free electron; {crandall}"),
        slope=assumed(0.53 / thermal_voltage(ROOM), f"0.53 V per x of an amorphous film; {crandall}"),
        ion_sites=assumed(1.0, "one proton per formula unit at most"),
        electron_sites=assumed(1.0, "one electron per proton"),
    )
