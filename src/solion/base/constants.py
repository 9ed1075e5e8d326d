"""Physical constants (SI, exact by the 2019 definition of the units, but for the permittivity)."""

BOLTZMANN = 1.380649e-23  # J/K
ELEMENTARY_CHARGE = 1.602176634e-19  # C
AVOGADRO = 6.02214076e23  # 1/mol
FARADAY = ELEMENTARY_CHARGE * AVOGADRO  # C/mol
GAS_CONSTANT = BOLTZMANN * AVOGADRO  # J/(mol K)
VACUUM_PERMITTIVITY = 8.8541878188e-12  # F/m, CODATA 2022

ROOM_TEMPERATURE = 298.15  # K, at which numbers hold where their source names no other
SAME_TEMPERATURE = 0.5  # K; numbers of a material do not tell temperatures this near apart
YEAR = 365.25 * 86400.0  # s


def thermal_voltage(temperature):
    """Thermal voltage V_T = k_B T / e in volts, for a temperature in kelvin."""
    return BOLTZMANN * temperature / ELEMENTARY_CHARGE
