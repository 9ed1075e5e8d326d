"""``impedance``: complex spectra of a polycrystal, and the experiment that they are in a study."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import xarray as xr

from solion.base.errors import InputError
from solion.base.parameters import table
from solion.devices.polycrystal import Polycrystal
from solion.experiments.conduction.dataset import declared, shape_of
from solion.experiments.conduction.elements import Elements
from solion.experiments.conduction.microstructure import GrainRecipe
from solion.experiments.conduction.problem import AbstractEngine, pose
from solion.experiments.experiment import AbstractExperiment, Stage, placed, refuse_resume
from solion.grids.grains.labels import LabelImage
from solion.grids.grains.tessellation import Tessellation
from solion.result.description import describe, row_values
from solion.result.result import Result


def impedance(
    polycrystal: Polycrystal, microstructure: Any, frequencies, *, engine: AbstractEngine | None = None, title: str = ""
) -> Result:
    """Area-specific impedance Z = V/j (ohm m2) at frequencies (Hz).

    sigma becomes sigma + i omega eps, 1/R becomes 1/R + i omega C. Linear electrodes only. The dataset holds
    ``impedance_real`` and ``impedance_imaginary`` over ``frequency``. Raises InputError for frequencies that are not positive.
    """
    frequencies = np.atleast_1d(np.asarray(frequencies, float))
    if not (frequencies.ndim == 1 and frequencies.size and np.all(np.isfinite(frequencies) & (frequencies > 0))):
        raise InputError("impedance: frequencies must be positive numbers in Hz.")
    problem = pose("impedance", polycrystal, microstructure, 1.0, None)
    engine = engine or Elements()
    values, numbers = engine.spectrum(problem, frequencies)
    meaning = "part of the area-specific impedance V/j"
    parts = {"real": np.real(values), "imaginary": np.imag(values)}
    dataset = xr.Dataset(
        {
            f"impedance_{name}": ("frequency", part, {"units": "ohm m2", "long_name": f"{name} {meaning}"})
            for name, part in parts.items()
        },
        {"frequency": ("frequency", frequencies, {"units": "Hz", "long_name": "frequency"})},
    )
    dataset.attrs = describe(
        title=title or "Impedance of a polycrystal",
        device=type(polycrystal).__name__,
        experiment="ImpedanceSpectroscopy",
        status="finished",
        message="solved.",
        sign_convention=polycrystal.sign_convention,
        parameters=[row_values(row) for row in table(polycrystal)],
        microstructure=shape_of(microstructure),
        settings={"engine": type(engine).__name__, **numbers},
        audit={},
        warnings=[],
    )
    return Result(declared(dataset))


class ImpedanceSpectroscopy(AbstractExperiment):
    """The impedance of grains between electrodes at given frequencies (Hz), without a stationary current."""

    microstructure: Tessellation | LabelImage | GrainRecipe = placed("microstructure", form="microstructure")
    frequencies: Any = placed("spectrum", form="frequencies")
    engine: AbstractEngine | None = placed("numerics", None, form="engine")

    takes: ClassVar = Polycrystal
    verb: ClassVar = "impedance"
    spectral: ClassVar = True

    def run(self, device, *, on_progress=None, checkpoint=None, resume=False, title=""):
        refuse_resume(resume)
        self.check(device)
        if on_progress is not None:
            on_progress(Stage(0.0, f"spectrum of {len(self.frequencies)} frequencies"))
        recipe = GrainRecipe.of(self.microstructure)
        return impedance(device, recipe.make(), self.frequencies, engine=recipe.solver(self.engine), title=title)

    def outline(self, device):
        return {"spectrum": f"{len(self.frequencies)} frequencies"}

    def rows(self):
        return list(GrainRecipe.of(self.microstructure).rows)
