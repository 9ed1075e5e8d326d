"""Sections of a microstructure: grains from random seeds, or from a picture."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from solion.base.parameters import DEFAULT, USER, Row, allowed_range
from solion.experiments.conduction.microstructure import GrainRecipe
from solion.grids.grains.image_files import read_labels
from solion.grids.grains.tessellation import Tessellation, voronoi
from solion.study.quantities import Context, File, Measure, Whole, bounds, problem
from solion.study.section import Section, choice

POSITIVE = {"low": 0.0, "high": float("inf"), "open_low": True, "open_high": True}
LENGTH = {"unit": "m", **POSITIVE}
Length = Annotated[float, Measure(("m",), LENGTH)]
MOST_SEEDS = 2**31


class GrainsSection(Section):
    """A microstructure; its numbers enter the table of parameters."""

    def rows(self) -> tuple[Row, ...]:
        """The numbers of the table with units and meanings, a list number by number."""
        found = []
        for name, field in type(self).model_fields.items():
            measure = next((entry for entry in field.metadata if isinstance(entry, (Measure, Whole))), None)
            value = getattr(self, name)
            if measure is None or value is None:
                continue
            source = USER if name in self.model_fields_set else DEFAULT
            many = isinstance(value, tuple)
            for k, number in enumerate(value if many else (value,)):
                unit, span = "1", ""
                if isinstance(measure, Measure):
                    unit, span = measure.units[0], allowed_range(measure.metadata) if measure.metadata else ""
                path = f"microstructure.{name}" + (f".{k}" if many else "")
                found.append(Row(path, float(number), unit, span, source.provenance, source.reference, field.description or name))
        return tuple(found)


class VoronoiSection(GrainsSection):
    """Cells of random points, each about as large as the others."""

    kind: Literal["voronoi"]
    box: Annotated[Any, Measure(("m",), LENGTH, many=True), Field(description="lengths of the ceramic, the last one along z")]
    grain_size: Annotated[Length, Field(description="d, root of the mean area or volume of a grain")]
    seed: Annotated[int, Whole(0, MOST_SEEDS), Field(description="seed of the random points")] = 0
    surface: Literal["cut", "mirror", "periodic"] = "cut"
    sides: Literal["cut", "mirror", "periodic"] = "cut"
    lloyd: Annotated[int, Whole(0, 1000), Field(description="steps towards centroidal cells")] = 0

    def build(self, context: Context) -> GrainRecipe:
        if not isinstance(self.box, tuple) or len(self.box) not in (2, 3):
            raise problem('is no list of two or three lengths, such as ["100 um", "100 um"], the last one along z', key="box")
        words = {"surface": self.surface, "sides": self.sides, "spread": getattr(self, "spread", 0.0)}
        voronoi(self.box, self.grain_size, seed=self.seed, **words)  # refuses what cannot be, before any steps of Lloyd's

        def make() -> Tessellation:
            return voronoi(self.box, self.grain_size, seed=self.seed, lloyd=self.lloyd, **words)

        return GrainRecipe(make, self.box, self.grain_size, False, self.rows())

    def call(self, writer: Any) -> Any:
        """The Python that makes these grains, for :func:`solion.study.script.script`."""
        from solion.study.script import Call

        box, size = writer.value(self.box, "m"), writer.value(self.grain_size, "m")
        words = {"seed": self.seed, "surface": self.surface, "sides": self.sides, "lloyd": self.lloyd}
        words["spread"] = getattr(self, "spread", 0.0)
        usual = inspect.signature(voronoi).parameters
        given = [(key, writer.value(value), "") for key, value in words.items() if value != usual[key].default]
        grains = Call(writer.name(voronoi), (("", box, ""), ("", size, ""), *given))
        made = ("", f"lambda: {grains.flat()}", "")
        return Call(writer.name(GrainRecipe), (made, ("box", box, ""), ("grain_size", size, ""), ("pictured", "False", "")))


class LaguerreSection(VoronoiSection):
    """Cells of random points with log-normal radii."""

    kind: Literal["laguerre"]  # pyright: ignore[reportIncompatibleVariableOverride]
    spread: Annotated[float, Measure(("1",), bounds(0.0, 1.0)), Field(description="standard deviation of ln(grain radius)")]


class PhaseSection(Section):
    """A second phase of a picture: the labels that belong to it, and what it conducts."""

    labels: list[int]
    conductivity: Annotated[float, Measure(("S/m",), {"unit": "S/m", **POSITIVE})]


class ImageSection(GrainsSection):
    """Grains of a picture, an array or a tessellation of Neper: every value (colour) is one grain."""

    kind: Literal["label_image"]
    image: Annotated[Any, File()]
    spacing: Annotated[Any, Measure(("m",), LENGTH, many=True), Field(description="edge of a voxel, or one for each axis")] = None
    unit: Annotated[Length, Field(description="unit of length of a file whose lengths have none, such as .tesr and .tess")] = 1e-6
    pores: list[int | str] | None = None
    lines: list[int | str] = []  # noqa: RUF012
    through: Literal["rows", "columns", "pages"] | None = None
    periodic: bool = False
    clean: bool = False
    separate: bool = False
    phases: list[PhaseSection] = []  # noqa: RUF012

    def build(self, context: Context) -> GrainRecipe:
        image = read_labels(
            Path(self.image),
            self.spacing,
            pores=self.pores,
            lines=self.lines,
            through=self.through,
            periodic=self.periodic,
            unit=self.unit,
        )
        for number, phase in enumerate(self.phases, 1):
            image = image.with_phase(phase.labels, number)
        image = image.separated() if self.separate else image
        image = (image.cleaned() if self.clean else image).checked()
        conductivities = {number: phase.conductivity for number, phase in enumerate(self.phases, 1)}
        return GrainRecipe(lambda: image, image.box, image.grain_size, True, self.rows(), conductivities)


MICROSTRUCTURE = choice(
    "Microstructure",
    "kind",
    {"voronoi": lambda: VoronoiSection, "laguerre": lambda: LaguerreSection, "label_image": lambda: ImageSection},
    usual=lambda table: "label_image" if "image" in table else None,
)
