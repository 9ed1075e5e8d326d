"""``impedance``: complex spectra of a polycrystal, with its corner frequencies and its resistance at rest."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import xarray as xr

from solion import __version__
from solion.base.errors import InputError
from solion.devices.polycrystal import Polycrystal
from solion.experiments.conduction.conduct import pose
from solion.experiments.conduction.elements import Elements
from solion.experiments.conduction.problem import AbstractEngine
from solion.experiments.conduction.record import as_json, describe, rows


def impedance(
    polycrystal: Polycrystal, microstructure: Any, frequencies, *, engine: AbstractEngine | None = None, title: str = ""
) -> xr.Dataset:
    """Area-specific impedance Z = V/j (ohm m2) at frequencies (Hz).

    sigma becomes sigma + i omega eps, 1/R becomes 1/R + i omega C. Linear electrodes only. The dataset holds
    ``impedance_real`` and ``impedance_imaginary`` over ``frequency``. Raises InputError for frequencies that are not positive.
    """
    frequencies = np.atleast_1d(np.asarray(frequencies, float))
    if not (frequencies.ndim == 1 and frequencies.size and np.all(np.isfinite(frequencies) & (frequencies > 0))):
        raise InputError("impedance: frequencies must be positive numbers in Hz.")
    problem = pose(polycrystal, microstructure, None, None)
    values, numbers = (engine or Elements()).spectrum(problem, frequencies)
    meaning = "part of the area-specific impedance V/j"
    dataset = xr.Dataset(
        {
            "impedance_real": ("frequency", np.real(values), {"units": "ohm m2", "long_name": f"real {meaning}"}),
            "impedance_imaginary": (
                "frequency",
                np.imag(values),
                {"units": "ohm m2", "long_name": f"imaginary {meaning}"},
            ),
        },
        {"frequency": ("frequency", frequencies, {"units": "Hz", "long_name": "frequency"})},
    )
    dataset.attrs = {
        "title": title or "Impedance of a polycrystal",
        "parameters": as_json(rows(polycrystal)),
        "microstructure": json.dumps(describe(microstructure)),
        "solution": json.dumps(numbers),
        "solion_version": __version__,
    }
    return dataset
