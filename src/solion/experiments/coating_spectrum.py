"""Impedance of a coated electrode at rest, from which sigma_Li and D of its layer can be had before any plating."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import xarray as xr

from solion.base.parameters import assumed, parameter, table
from solion.base.quantity import Quantity
from solion.base.reference_temperature import temperatures_apart
from solion.devices.coated_electrode import CoatedElectrode
from solion.experiments.experiment import AbstractExperiment, placed, refuse_resume
from solion.laws.coating import stack_impedance
from solion.result.description import describe, row_values
from solion.result.result import Result

PARTS = (
    Quantity("impedance_real", "area_resistance", "real part of the impedance", dimensions=("frequency",)),
    Quantity("impedance_imaginary", "area_resistance", "imaginary part of the impedance", dimensions=("frequency",)),
)


class CoatingSpectrum(AbstractExperiment):
    """Z = R_el + R_ct1||C_dl + the layers on R_ct2: each interface linear, each storing layer a finite-length Warburg element."""

    frequencies: Any = placed("spectrum", form="frequencies")
    electrolyte_resistance: float = parameter(0.0, unit="ohm m2", low=0, doc="R_el", source=assumed(0.0, "left out unless given"))
    capacitance: float = parameter(0.1, unit="F/m2", low=0, doc="C_dl", source=assumed(0.1, "10 uF/cm2, order of magnitude"))

    takes: ClassVar = CoatedElectrode
    verb: ClassVar = "coating_spectrum"
    quantities: ClassVar = PARTS
    spectral: ClassVar = True

    def run(self, device, *, on_progress=None, checkpoint=None, resume=False, title=""):
        refuse_resume(resume)
        self.check(device)
        frequency = np.atleast_1d(np.asarray(self.frequencies, float))
        values = self.impedance(device, 2 * np.pi * frequency)
        dataset = xr.Dataset(
            {
                item.name: ("frequency", part, item.attributes())
                for item, part in zip(PARTS, (np.real(values), np.imag(values)), strict=True)
            },
            {"frequency": ("frequency", frequency, {"units": "Hz", "long_name": "frequency"})},
        )
        dataset.attrs = describe(
            title=title or "Impedance of a coated electrode",
            device=type(device).__name__,
            experiment=type(self).__name__,
            status="finished",
            message=f"R_U = {float(device.ion_resistance) * 1e4:.4g} ohm cm2.",
            sign_convention=device.sign_convention,
            parameters=[row_values(row) for row in (*table(device), *table(self, "experiment"))],
            settings={},
            audit={},
            warnings=list(temperatures_apart(device)),
        )
        return Result(dataset)

    def impedance(self, device: CoatedElectrode, omega) -> np.ndarray:
        """Z in ohm m2 at angular frequencies, rad/s."""
        volt = float(device.thermal_voltage)
        into, bottom = (volt / float(device.exchange(law).exchange) for law in (device.into, device.bottom))
        resistances, times = [], []
        for layer, sigma in zip(device.layers, device.conductivities, strict=True):
            d = layer.transport.chemical_diffusivity(device.temperature, layer.electron_conductivity)
            resistances.append(float(layer.thickness / sigma))
            times.append(0.0 if d is None else float(layer.thickness**2 / d))
        coating = stack_impedance(resistances, times, bottom, omega)
        return self.electrolyte_resistance + into / (1 + 1j * np.asarray(omega) * into * self.capacitance) + coating

    def outline(self, device):
        return {"spectrum": f"{len(self.frequencies)} frequencies"}
