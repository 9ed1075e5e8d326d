"""Where the paper's numbers do not go together: speeds, labels, thresholds and a sign."""

from __future__ import annotations

import numpy as np

from solion.base.constants import FARADAY
from solion.explore.alloy_design import arrested_fraction
from solion.laws import RigidPlastic, Traction
from solion.laws.core_shell.kinematics import CoreShell, core_radius
from solion.materials import lithium_silicon
from solion.papers.alloying.setup import HELD, SILICON_DIFFUSIVITY, SPEED_AXIAL, SPEED_RADIAL, sphere
from solion.papers.case import INPUT, PAPER_CONTRADICTED, Between, Case, Claim, Shape, around, at_least, at_most

STEFAN = np.array([0.05, 1.0])


def numbers(run_pool):
    """By arithmetic from printed numbers."""
    ratio = float(lithium_silicon().ratio)
    wire = CoreShell(core_radius(0.55, 64.5e-9, 1), 64.5e-9, ratio, 1)
    work = Traction().work(wire, RigidPlastic(yield_stress=1e9), lithium_silicon().formula)
    return {
        "crossover": SILICON_DIFFUSIVITY * STEFAN / (SPEED_RADIAL * ratio) / ratio,  # of host, m
        "needed": SPEED_AXIAL * 1e-6 / 2 / SILICON_DIFFUSIVITY,  # D over the printed one, at S = 1 and L = 1 um
        "seconds": 70e-9 / SPEED_RADIAL,
        "decades": float(np.log10(SPEED_AXIAL / SPEED_RADIAL)),
        "work": float(work),
        "capacity": 4.4 * FARADAY / 28.0855e-3 / 3600,  # mAh/g, as C/kg over 3.6e3
        "contrast": [float(np.log10(high / low)) for high, low in ((3.0e-6, 5.1e-12), (3.6e-7, 3.0e-10))],
        "spheres": arrested_fraction(sphere(130e-9), HELD),
    }


def draw(figure, evidence):
    axes = figure.subplots()
    stefan = np.geomspace(0.01, 1, 50)
    axes.loglog(stefan, SILICON_DIFFUSIVITY * stefan / (SPEED_RADIAL * 3.81**2) * 1e9)
    axes.axhline(70, color="k", lw=0.8, ls="--")
    axes.set_xlabel("Stefan number")
    axes.set_ylabel("depth of host where diffusion takes over (nm)")


CASE = Case(
    "numbers-together",
    "Numbers held against one another",
    "Silicon is reaction-limited at 1.7 nm/s with D = 5.1e-12 cm2/s; 80 nm wires are 1000 times as fast by diffusion.",
    "lines 171 to 181, 568, 711 to 714",
    "arithmetic",
    numbers,
    (
        Claim(
            "depth of host (m) up to which reaction limits at 1.7 nm/s with the printed D, at S = 1, the most",
            lambda e: float(e["crossover"][1]),
            at_least(70e-9, "the radius of the 140 nm wire that is said to be limited by reaction"),
            PAPER_CONTRADICTED,
            instead=around(21e-9, 0.05, "l*/beta = D S/(v beta^2)"),
        ),
        Claim(
            "D that a front of 1082 nm/s over 1 um needs at S = 1, over the printed one of silicon",
            lambda e: float(e["needed"]),
            at_most(10.0, "the factor of 10 within which the printed value is quoted"),
            PAPER_CONTRADICTED,
            instead=at_least(1000.0, "K = L v <= 2 S D: another path than the bulk, along the wire"),
        ),
        Claim(
            "time (s) in which a front of 1.7 nm/s crosses 70 nm",
            lambda e: float(e["seconds"]),
            at_least(3600.0, "wires of this size take an hour and a half and stop"),
            PAPER_CONTRADICTED,
            instead=around(41.0, 0.02, "by division"),
        ),
        Claim(
            "stress adds to the driving force (line 568): dG_m (eV) of the arrested wire is negative",
            lambda e: e["work"],
            at_most(0.0, "the sign that the sentence needs"),
            PAPER_CONTRADICTED,
            instead=around(0.0937, 0.002, "compressed product costs; Eq. 1 itself has this sign"),
        ),
        Claim(
            "130 nm is the critical diameter for full lithiation of silicon particles (line 630): fraction of such a sphere",
            lambda e: e["spheres"],
            at_least(0.99, "full, as the number is called"),
            PAPER_CONTRADICTED,
            instead=around(
                0.487, 0.02, "the paper's own 50 % of 90 to 200 nm (line 486); it cites the wire that stopped at 55 %"
            ),
        ),
        Claim("4.4 Li per Si in mAh/g", lambda e: e["capacity"], around(4200.0, 0.001, "as printed, line 53"), INPUT),
        Claim(
            "decades between diffusivities of alloys limited by diffusion and by reaction: least and most of its table",
            lambda e: min(e["contrast"]) > 3 and max(e["contrast"]) < 6,
            Shape("3 to 6", "three to five orders, line 714; Na-Sn over Li-Si are 5.8"),
            INPUT,
        ),
        Claim("decades between the two speeds", lambda e: e["decades"], Between(2.5, 3.5, "about three, as printed"), INPUT),
    ),
    draw,
)
