"""Studies of polycrystals: grains between electrodes, one stationary current, and a spectrum where one is asked for."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import BeforeValidator

from solion.analysis.metric import Metric
from solion.base.errors import InputError
from solion.base.parameters import Row, Source, annotate
from solion.devices.polycrystal import Polycrystal
from solion.experiments.conduction import AbstractEngine, Conduction, Elements, Voxels, conduct, impedance
from solion.experiments.conduction.record import rows as device_rows
from solion.study.abstract import AbstractStudy, absolute, sources_of
from solion.study.grains import GRAINS, Grains
from solion.study.polycrystal_result import CONDUCTION, PolycrystalResult, kept_result
from solion.study.polycrystal_sections import (
    DEVICES,
    ENGINES,
    DriveSection,
    OutputSection,
    PrintedSection,
    SpectrumSection,
)
from solion.study.progress import Stage
from solion.study.quantities import Context, Units, problem
from solion.study.section import Section, one_of

NO_SCALES = "which is a unit of films and synapses"
MOST_VOXELS = 300_000_000  # some 150 GB of memory


def _listed(value: Any) -> Any:
    if not isinstance(value, list):
        raise problem("is not a list of tables; begin each with [[printed]]")
    return value


class PolycrystalFile(Section):
    """A study file of a polycrystal (TOML)."""

    title: str = ""
    description: str = ""
    sources: dict[str, str] = {}  # noqa: RUF012
    device: one_of("kind", DEVICES)  # pyright: ignore[reportInvalidTypeForm]
    microstructure: GRAINS  # pyright: ignore[reportInvalidTypeForm]
    numerics: ENGINES | None = None  # pyright: ignore[reportInvalidTypeForm]
    drive: DriveSection | None = None
    spectrum: SpectrumSection | None = None
    output: OutputSection = OutputSection.model_construct()
    printed: Annotated[list[PrintedSection], BeforeValidator(_listed)] = []  # noqa: RUF012


@dataclasses.dataclass(frozen=True)
class PolycrystalStudy(AbstractStudy):
    """A polycrystal, its grains, how it is driven and solved.

    ``frequencies`` in Hz, none where no spectrum is asked for; ``field``: whether the field is written for ParaView;
    ``printed``: numbers that the source of the study prints, to be held against what is found; ``grain_rows``: the numbers of
    the microstructure with their sources.
    """

    grains: Grains
    engine: AbstractEngine
    drive: dict[str, float]
    frequencies: np.ndarray
    field: bool
    printed: list[dict[str, Any]]
    grain_rows: list[Row]

    devices: ClassVar = DEVICES
    file: ClassVar = PolycrystalFile
    marker: ClassVar = CONDUCTION

    @classmethod
    def read(cls, data: dict[str, Any], device: Any, name: str, shown: str, context: Context) -> PolycrystalStudy:
        context = dataclasses.replace(context, units=Units(absent=NO_SCALES), preliminary=False)
        study = PolycrystalFile.model_validate(data, context=context)
        plain, grains = study.device.built, study.microstructure.built
        found = sources_of([row.path for row in (*_plain_rows(plain), *grains.rows)], study.sources)
        drive = study.drive.built if study.drive else DriveSection.model_validate({}, context=context).built
        return cls(
            name=name, shown=shown, title=study.title or name, description=study.description, device=_annotated(plain, found),
            figures=study.output.figures, data=absolute(data, context.folder), grains=grains,
            engine=_engine(study.numerics, grains), drive=drive,
            frequencies=study.spectrum.built if study.spectrum else np.empty(0), field=study.output.field,
            printed=[entry.built for entry in study.printed], grain_rows=[_sourced(row, found) for row in grains.rows],
        )  # fmt: skip

    @staticmethod
    def stored(path: Path) -> PolycrystalResult:
        return kept_result(path.parent)

    def run(
        self,
        *,
        on_progress: Callable[[Stage], None] | None = None,
        checkpoint: Any = None,
        resume: bool = False,
    ) -> PolycrystalResult:
        """Solve. Nothing is kept on the way, so that there is nothing to resume."""
        if resume:
            raise InputError(
                f"{self.shown}: a polycrystal is solved in one go and keeps nothing on the way, so there is nothing to resume; "
                "give the command without --resume."
            )
        tell = on_progress or (lambda _: None)
        try:
            tell(Stage(0.0, "grains"))
            grains = self.grains.make()
            tell(Stage(0.1, "mesh and stationary current"))
            found = conduct(self.device, grains, **self.drive, engine=self.engine, title=self.title)
            spectrum = None
            if self.frequencies.size:
                tell(Stage(0.6, f"spectrum of {self.frequencies.size} frequencies"))
                spectrum = impedance(self.device, grains, self.frequencies, engine=self.engine)
            tell(Stage(0.95, "figures"))
        except InputError as error:
            raise InputError(f"{self.shown}: {error}") from error
        return self._result(found, spectrum)

    def _result(self, found: Conduction, spectrum: Any) -> PolycrystalResult:
        """The numbers of both in one dataset, with what the file says beside them."""
        dataset = found.dataset
        if spectrum is not None:
            attributes = dataset.attrs | {"spectrum": spectrum.attrs["solution"]}
            dataset = dataset.merge(spectrum).assign_attrs(attributes)
        layers = sum(layer.thickness / layer.conductivity + layer.interface_resistance for layer in self.device.layers)
        meaning = "area-specific resistance of all layers with their interfaces, at uniform current"
        dataset["layer_resistance"] = ((), float(layers), {"units": "ohm m2", "long_name": meaning})
        dataset.attrs["parameters"] = json.dumps([dataclasses.asdict(row) for row in self.rows()])
        dataset.attrs["printed"] = json.dumps(self.printed)
        dataset.attrs["description"] = self.description
        dataset.attrs["engine"] = type(self.engine).__name__
        return PolycrystalResult(Conduction(dataset, found.fields))

    def write(self, result: PolycrystalResult, folder: Path) -> None:
        result.write(folder, figures=self.figures, field=self.field)

    def metrics(self, result: PolycrystalResult) -> Iterable[Metric]:
        from solion.views import metrics

        return metrics(result.dataset)

    @property
    def sign_convention(self) -> str:
        return "A positive voltage at the bottom drives a positive current along +z; the ceramic begins at z = 0."

    def rows(self) -> list[Row]:
        return [*_plain_rows(self.device), *self.grain_rows]

    def outline(self) -> str:
        grains, (drive, value) = self.grains, next(iter(self.drive.items()))
        box = " x ".join(f"{length * 1e6:.4g}" for length in grains.box)
        count = np.prod(grains.box) / grains.grain_size ** len(grains.box)
        unit = {"voltage": "V", "current": "A/m2"}[drive]
        spectrum = f"{self.frequencies.size} frequencies" if self.frequencies.size else "no spectrum"
        layers = ", ".join(
            f"{layer.thickness * 1e6:.4g} um of {layer.conductivity:.4g} S/m at the {layer.face}"
            for layer in self.device.layers
        )
        return "\n".join((
            f"{self.shown}: {self.title}: the study is in order.",
            f"  grains    about {count:.3g} of {grains.grain_size * 1e6:.4g} um in {box} um",
            f"  layers    {layers or 'none'}",
            f"  drive     {drive} {value:.5g} {unit}, {spectrum}",
            f"  numerics  {type(self.engine).__name__}",
        ))  # fmt: skip


def _engine(section: Section | None, grains: Grains) -> AbstractEngine:
    """The engine that the file names, or the one that suits the grains; refused where it cannot take them."""
    plane = len(grains.box) == 2 and not grains.pictured
    engine = section.built if section is not None else (Elements() if plane else Voxels())
    if isinstance(engine, Elements) and grains.pictured:
        raise InputError("numerics.engine = 'elements' cannot take a picture; take engine = \"voxels\".")
    if isinstance(engine, Voxels):
        engine = dataclasses.replace(engine, phases=grains.phases)
        if engine.spacing is not None and (voxels := np.prod(np.array(grains.box) / engine.spacing)) > MOST_VOXELS:
            raise InputError(
                f"numerics.spacing = {engine.spacing:g} m makes {voxels:.3g} voxels, more than {MOST_VOXELS:.0e}."
            )
    return engine


def _plain_rows(device: Polycrystal) -> list[Row]:
    """The numbers of a device with those of its layers, by the keys that a file has for them: layers.0.thickness."""
    return [dataclasses.replace(row, path=row.path.replace("[", ".").replace("]", "")) for row in device_rows(device)]


def _annotated(device: Polycrystal, found: dict[str, Source]) -> Polycrystal:
    """The device with the sources of a file, those of its layers too."""
    layers = list(device.layers)
    for path, source in found.items():
        head, _, rest = path.partition(".")
        if head == "layers":
            place, _, name = rest.partition(".")
            layers[int(place)] = annotate(layers[int(place)], {name: source})
    own = {path: source for path, source in found.items() if path.partition(".")[0] not in ("layers", "microstructure")}
    return annotate(dataclasses.replace(device, layers=tuple(layers)), own)


def _sourced(row: Row, found: dict[str, Source]) -> Row:
    source = found.get(row.path)
    return row if source is None else dataclasses.replace(row, provenance=source.provenance, reference=source.reference)
