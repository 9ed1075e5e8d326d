"""A measured spectrum of a coated electrode: sigma_Li and D of its layer with errors, and the threshold that they predict."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from solion.analysis.spectra.coating import fit_coating
from solion.base.constants import thermal_voltage
from solion.base.errors import InputError
from solion.explore.coating.candidate_keys import LAYER, SECTIONS, TEMPERATURE
from solion.explore.coating.inputs import NumberKey, read_number
from solion.laws.coating import onset_current
from solion.readers import MeasuredSpectrum, read

KEYS = {
    "thickness": LAYER["thickness"],
    "area": NumberKey("m^2", 1e-12, 1e2, "of the electrode"),
    "i02": SECTIONS["interfaces"]["i02"],
    "barrier": SECTIONS["interfaces"]["nucleation_overpotential"],
    "temperature": TEMPERATURE,
}


def layer_of_spectrum(file: str | Path, given: Mapping[str, str]) -> list[str]:
    """Sentences on the layer of a file's spectrum; ``given`` texts of thickness, area, i02, barrier and temperature, or ""."""
    numbers = {name: read_number(text, "", KEYS[name], f"--{name}").low for name, text in given.items() if text}
    spectrum = read(file).data
    if not isinstance(spectrum, MeasuredSpectrum):
        raise InputError(f"{file}: this is no impedance spectrum; give a file with frequency and Z.")
    scale = 1.0
    if spectrum.unit == "ohm":
        if "area" not in numbers:
            raise InputError(f"{file}: its impedance is in ohm; give the area of the electrode, such as --area '1 cm^2'.")
        scale = numbers["area"]
    bottom = thermal_voltage(numbers["temperature"]) / numbers["i02"] if "i02" in numbers else 0.0
    found = fit_coating(spectrum.frequency, scale * np.asarray(spectrum.impedance), numbers["thickness"], bottom)
    resistance = numbers["thickness"] / found.conductivity.value
    onset = float(onset_current(resistance, numbers["barrier"])) / 10
    said = [
        *spectrum.notes,
        str(found.conductivity),
        str(found.diffusivity),
        f"R_U = {1e4 * resistance:.4g} ohm cm^2; with a barrier of {1e3 * numbers['barrier']:g} mV the top nucleates from "
        f"{onset:.3g} mA/cm^2 on.",
    ]
    if "i02" not in numbers:
        said.append("Without --i02 the transfer at coating | lithium is counted as layer: sigma_Li and D come out too small.")
    return said
