"""Plating maps of the reference layer, and how its threshold scales (5.8): with D, with the barrier, against L and W."""

from __future__ import annotations

import numpy as np

from solion.base.constants import thermal_voltage
from solion.explore.coating import plating_map, read_candidate
from solion.explore.coating.report import draw_map
from solion.explore.coating.verdict import at_shares, evaluate_many
from solion.papers.case import CHECKED, Case, Claim, Equal, at_most

PLANES = ("D,L", "L,i", "ratio,i")
REFERENCE = {
    "name": "reference layer",
    "layers": [
        {
            "thickness": "10 um",
            "diffusivity": "1e-7 cm^2/s",
            "thermodynamic_factor": 100,
            "concentration": "7e4 mol/m^3",
            "electron_conductivity": "1e6 S/m",
        }
    ],
    "interfaces": {"i01": "1e9 A/m^2", "i02": "1e9 A/m^2", "nucleation_overpotential": "20 mV"},
    "interphase": {"rate": "1e-21 m^2/s"},
    "operation": {"current": "1 mA/cm^2", "pressure": "0 Pa"},
}
TABLE = 52.57528  # mA/cm2 at D = 1e-8 cm2/s and 0.1 um; the others by exact proportionality to D/L (specification, 2.4)
EXPONENTS = {
    "layers.0.diffusivity": 1,
    "layers.0.thickness": -1,
    "interfaces.nucleation_overpotential": 1,
    "layers.0.thermodynamic_factor": -1,
}


def maps(run_pool):
    """Three planes, and the threshold with each number doubled in turn."""
    candidate = read_candidate(REFERENCE)
    middle = at_shares(candidate, np.full((1, len(candidate.uncertain)), 0.5))
    slopes = {}
    for path in EXPONENTS:
        onset = evaluate_many(candidate, middle | {path: middle[path] * np.array([1.0, 2.0])}).onset
        slopes[path] = float(np.log2(onset[1] / onset[0]))
    points = 41 if run_pool.quick else 401
    return {"maps": [plating_map(candidate, plane, points) for plane in PLANES], "slopes": slopes}


def _table(evidence) -> float:
    found, worst = evidence["maps"][0], 0.0
    for diffusivity in (1e-12, 1e-11, 1e-10):
        for length in (1e-7, 1e-6, 1e-5, 1e-4):
            at = np.argmin(np.abs(np.log(found.y / length))), np.argmin(np.abs(np.log(found.x / diffusivity)))
            onset, layer = found.onset[at], TABLE * (diffusivity / 1e-12) * (1e-7 / length)
            joining = 2 * thermal_voltage(298.15) * np.arcsinh(onset / 2e9) / 0.02  # share of the barrier at i_02 = 1e9 A/m2
            worst = max(worst, abs(onset / 10 / (layer * (1 - joining)) - 1))
    return float(worst)


def _blocking(evidence) -> bool:
    found = evidence["maps"][2]
    held = found.under.all(axis=0)
    last = np.flatnonzero(held)[-1]
    return bool(held[: last + 1].all() and found.x[last] <= 1 / 99 < found.x[last + 1])


def draw_maps(figure, evidence):
    for part, found in zip(figure.subfigures(1, 3), evidence["maps"], strict=True):
        draw_map(part, found)


CASES = (
    Case(
        "plating-maps",
        "Plating maps and the scaling of the threshold (5.8)",
        "Diffusivity and thickness of the film are important to tune the threshold current.",
        "text",
        "the verdict's own program over three planes; each number doubled",
        maps,
        (
            Claim(
                "largest relative difference of twelve thresholds over (D, L)",
                _table,
                at_most(1e-6, "i_th = F^2 c D (eta_nuc - eta_2)/(W R T L)"),
                CHECKED,
                "closed form",
            ),
            Claim(
                "largest deviation of the exponents of D, L, eta_nuc and W from 1, -1, 1 and -1",
                lambda e: max(abs(e["slopes"][path] - power) for path, power in EXPONENTS.items()),
                at_most(1e-6, "as specified"),
                CHECKED,
                "closed form",
            ),
            Claim(
                "lithium stays underneath at every current up to sigma_e/sigma_Li = 1/99, not beyond",
                _blocking,
                Equal(True, "R_e/R_U >= (1 - eps)/eps at eps = 1 %"),
                CHECKED,
                "closed form",
            ),
        ),
        draw_maps,
    ),
)
