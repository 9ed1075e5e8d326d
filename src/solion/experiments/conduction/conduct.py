"""``conduct``: the stationary current through a polycrystal, and the experiment that it is in a study."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from solion.base.errors import InputError
from solion.devices.polycrystal import Polycrystal
from solion.experiments.conduction.dataset import build_dataset
from solion.experiments.conduction.elements import Elements
from solion.experiments.conduction.field_files import write_field
from solion.experiments.conduction.impedance import impedance
from solion.experiments.conduction.microstructure import GrainRecipe
from solion.experiments.conduction.problem import AbstractEngine, pose
from solion.experiments.experiment import AbstractExperiment, Stage, placed, refuse_resume
from solion.grids.grains.labels import LabelImage
from solion.grids.grains.tessellation import Tessellation
from solion.result.result import Result

VOLTAGE = 0.1  # V, unless a drive is given


def conduct(
    polycrystal: Polycrystal,
    microstructure: Any,
    *,
    voltage: float | None = None,
    current: float | None = None,
    engine: AbstractEngine | None = None,
    title: str = "",
) -> Result:
    """The stationary current through a polycrystal.

    ``voltage``: of the bottom electrode against the top one, V (0.1 unless a current is given); ``current``: mean current
    density along +z, A/m2. ``engine``: :class:`Elements` unless given. The engine's answer is ``fields`` of the result (see
    :class:`~solion.experiments.conduction.problem.Fields`). Raises InputError for what cannot be, RunError where no solution
    is found.
    """
    if voltage is None and current is None:
        voltage = VOLTAGE
    problem = pose("conduct", polycrystal, microstructure, voltage, current)
    engine = engine or Elements()
    fields = engine.solve(problem)
    return Result(build_dataset(problem, fields, title, type(engine).__name__), fields)


class Conduction(AbstractExperiment):
    """A stationary current through grains: hot spots, effective conductivity, losses; with a spectrum where wanted.

    ``voltage`` (V, bottom against top; 0.1 unless a current is given) or mean ``current`` density (A/m2, along +z);
    ``frequencies`` (Hz) of a spectrum beside it; ``field``: whether a study writes the field for ParaView.
    """

    microstructure: Tessellation | LabelImage | GrainRecipe = placed("microstructure", form="microstructure")
    engine: AbstractEngine | None = placed("numerics", None, form="engine")
    voltage: float | None = placed("drive", None, unit="V")
    current: float | None = placed("drive", None, unit="A/m^2")
    frequencies: Any = placed("spectrum", (), form="frequencies")
    field: bool = placed("output", True)

    takes: ClassVar = Polycrystal
    verb: ClassVar = "conduct"

    def __check_init__(self):
        if self.voltage is not None and self.current is not None:
            raise InputError("drive.current stands beside voltage; give one of the two.")
        for key, value in (("voltage", self.voltage), ("current", self.current)):
            if value == 0:
                raise InputError(f"drive.{key} = 0 drives no current; give a number other than zero.")
        self.solver()  # refuses an engine that cannot take the grains

    @property
    def grains(self) -> GrainRecipe:
        """The grains, made when they are needed."""
        return GrainRecipe.of(self.microstructure)

    def solver(self) -> AbstractEngine:
        """The engine, or the one that suits the grains; refused where it cannot take them."""
        return self.grains.solver(self.engine)

    def run(self, device, *, on_progress=None, checkpoint=None, resume=False, title=""):
        refuse_resume(resume)
        self.check(device)
        tell, engine = on_progress or (lambda _: None), self.solver()
        tell(Stage(0.0, "grains"))
        grains = self.grains.make()
        tell(Stage(0.1, "mesh and stationary current"))
        found = conduct(device, grains, voltage=self.voltage, current=self.current, engine=engine, title=title)
        if len(self.frequencies):
            tell(Stage(0.6, f"spectrum of {len(self.frequencies)} frequencies"))
            spectrum = impedance(device, grains, self.frequencies, engine=engine).dataset
            attributes = found.dataset.attrs | {"spectrum": spectrum.attrs["settings"]}
            found = Result(found.dataset.merge(spectrum).assign_attrs(attributes), found.fields)
        found.dataset.attrs["experiment"] = type(self).__name__
        tell(Stage(0.95, "figures"))
        return found

    def outline(self, device):
        grains = self.grains
        box = " x ".join(f"{length * 1e6:.4g}" for length in grains.box)
        count = np.prod(grains.box) / grains.grain_size ** len(grains.box)
        drive = f"current {self.current:.5g} A/m2" if self.current is not None else f"voltage {self.voltage or VOLTAGE:.5g} V"
        layers = ", ".join(
            f"{layer.thickness * 1e6:.4g} um of {layer.conductivity:.4g} S/m at the {layer.face}" for layer in device.layers
        )
        return {
            "grains": f"about {count:.3g} of {grains.grain_size * 1e6:.4g} um in {box} um",
            "layers": layers or "none",
            "drive": f"{drive}, {len(self.frequencies) or 'no'} {'frequencies' if len(self.frequencies) else 'spectrum'}",
            "numerics": type(self.solver()).__name__,
        }

    def rows(self):
        return list(self.grains.rows)

    def write_fields(self, result, folder: Path):
        if self.field and result.fields is not None:
            write_field(result, folder)
