"""A candidate coating with what is known of it: will lithium plate underneath at 1 mA/cm2, and what should be measured first?"""

from solion.explore import coating

candidate = coating.read_candidate(
    {
        "name": "Li-Sn, 10 um",
        "layers": [
            {
                "name": "alloy",
                "thickness": "10 um",
                "diffusivity": ["1.9e-7 cm^2/s", "5.9e-7 cm^2/s"],
                "thermodynamic_factor_max": 335,  # at its peak; a tenth of it is the assumed low end
                "concentration": "75500 mol/m^3",
                "electron_conductivity": "1e5 S/m",
            }
        ],
        "interfaces": {"nucleation_overpotential": "20 mV", "i02": "1e4 A/m^2"},
        "operation": {"current": "1 mA/cm^2", "capacity": "3 mA hour/cm^2"},
    }
)
found = coating.check_coating(candidate, samples=1024)
print(found.sentence)
print("Measure first:", found.measure_first)
low, middle, high = (value / 10 for value in found.bands["onset"])
assert found.word == "under"
assert 17.0 < middle < 19.0  # mA/cm2: 5.67 at W = 335, sqrt(10) of it at the middle of W's decade
assert low < middle / 2 and high > 2 * middle  # noqa: PT018
assert found.measure_first == "layers.0.thermodynamic_factor"
