"""Verdicts on a coating: Monte Carlo, Sobol indices of twelve inputs, plating map; each after one call that compiles."""

import time

from solion.explore import coating
from solion.explore.coating import verdict

RAW = {
    "layers": [
        {
            "thickness": ["5 um", "20 um"],
            "diffusivity": ["1.9e-7 cm^2/s", "5.9e-7 cm^2/s"],
            "thermodynamic_factor": [33, 335],
            "concentration": ["7e4 mol/m^3", "8e4 mol/m^3"],
            "electron_conductivity": ["1e4 S/m", "1e6 S/m"],
        },
        {
            "thickness": ["10 nm", "40 nm"],
            "ion_conductivity": ["1e-6 S/m", "1e-4 S/m"],
            "electron_conductivity": ["1e-12 S/m", "1e-8 S/m"],
        },
    ],
    "interfaces": {
        "i01": ["10 A/m^2", "1000 A/m^2"],
        "i02": ["10 A/m^2", "1e4 A/m^2"],
        "i0T": ["10 A/m^2", "1000 A/m^2"],
        "nucleation_overpotential": ["5 mV", "40 mV"],
    },
    "interphase": {"rate": "1e-21 m^2/s"},
    "operation": {"current": "1 mA/cm^2"},
}


def timed(name, goal, work):
    work()
    began = time.perf_counter()
    work()
    print(f"{name}: {time.perf_counter() - began:.2f} s (goal {goal} s)")


candidate = coating.read_candidate(RAW)
assert len(candidate.uncertain) == 12
timed("100 000 verdicts", 5, lambda: verdict.evaluate_many(candidate, verdict.draw(candidate, 100_000, 0)))
timed("Sobol indices of 12 inputs, 1024 base samples", 10, lambda: coating.threshold_indices(candidate))
timed("plating map 400 x 400", 2, lambda: coating.plating_map(candidate, "D,L"))
