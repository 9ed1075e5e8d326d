"""Sections of a polycrystal's study file: the device, how it is solved and driven, what is kept."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from solion import laws
from solion.devices.polycrystal import AbstractElectrode, Layer, Polycrystal
from solion.experiments.conduction import Elements, Sizes, Voxels
from solion.materials import Conductor
from solion.result.standing import STANDINGS
from solion.study.device import PartSection, part_section
from solion.study.grains import POSITIVE, Length
from solion.study.parts import law_field, material_field, whole_fields
from solion.study.quantities import Context, Measure, Whole, bounds, problem
from solion.study.section import Section, one_of

VOLTAGE = 0.1  # V, unless a drive is given
MOST_FREQUENCIES = 1000
Frequency = Annotated[float, Measure(("Hz",), {"unit": "Hz", **POSITIVE})]


class PolycrystalSection(PartSection):
    """Grains and their boundaries between two electrodes, with layers where wanted."""

    def build(self, context: Context) -> Polycrystal:
        given: dict[str, Any] = self.given()
        given["layers"] = tuple(layer.built for layer in given["layers"])
        return Polycrystal(**given)


def _polycrystal() -> type[PartSection]:
    layer = part_section(Layer, face=(Literal["bottom", "top"], "top"))
    conductor = part_section(Conductor, name=(Literal["conductor"], ...), **whole_fields(Conductor))
    electrode = law_field(AbstractElectrode)
    return part_section(
        Polycrystal, PolycrystalSection, "polycrystal", grain=(material_field(Conductor, conductor), ...),
        boundary=(law_field(laws.AbstractGrainBoundary), ...), bottom=(electrode | None, None), top=(electrode | None, None),
        layers=(list[layer], []),
    )  # fmt: skip


DEVICES = {"polycrystal": _polycrystal()}


class ElementsSection(Section):
    """Triangles or tetrahedra that follow the grains."""

    engine: Literal["elements"]
    junctions: Annotated[Length, Field(description="mesh size where boundaries meet a face")] = Sizes().junctions
    faces: Annotated[Length, Field(description="mesh size at the faces of the ceramic")] = Sizes().faces
    bulk: Annotated[Length, Field(description="mesh size inside")] = Sizes().bulk
    size: Annotated[Length, Field(description="mean edge of tetrahedra, at most")] | None = None
    order: Annotated[int, Whole(1, 2)] = 2
    weld: Annotated[Length, Field(description="corners closer than this are one")] = 20e-9

    def build(self, context: Context) -> Elements:
        return Elements(Sizes(self.junctions, self.faces, self.bulk), self.order, self.weld, self.size)


class VoxelsSection(Section):
    """Finite volumes on cubic voxels, in two and three dimensions."""

    engine: Literal["voxels"]
    spacing: Annotated[Length, Field(description="edge of a voxel")] | None = None
    growth: Annotated[float, Measure(("1",), bounds(1.0, 2.0))] = 1.0
    tolerance: Annotated[float, Measure(("1",), bounds(1e-14, 1e-4))] = Voxels().tolerance
    iterations: Annotated[int, Whole(1, 1_000_000)] = Voxels().iterations
    smallest: Annotated[int, Whole(1, 1_000_000)] | None = None

    def build(self, context: Context) -> Voxels:
        return Voxels(self.spacing, self.growth, self.tolerance, self.iterations, self.smallest)


ENGINES = one_of("engine", {"elements": ElementsSection, "voxels": VoxelsSection})


class DriveSection(Section):
    """A voltage of the bottom electrode against the top one, or a mean current density along +z."""

    voltage: Annotated[float, Measure(("V",))] | None = None
    current: Annotated[float, Measure(("A/m^2",))] | None = None

    def build(self, context: Context) -> dict[str, float]:
        given = {key: value for key in ("voltage", "current") if (value := getattr(self, key)) is not None}
        if len(given) > 1:
            raise problem("stands beside voltage; give one of the two", key="current")
        for key, value in given.items():
            if value == 0:
                raise problem("= 0 drives no current; give a number other than zero", key=key)
        return given or {"voltage": VOLTAGE}


class SpectrumSection(Section):
    """Frequencies of an impedance spectrum: a list, or evenly in the logarithm from low to high."""

    frequencies: Annotated[Any, Measure(("Hz",), {"unit": "Hz", **POSITIVE}, many=True)] = None
    low: Frequency | None = None
    high: Frequency | None = None
    per_decade: Annotated[int, Whole(1, 100)] = 10

    def build(self, context: Context) -> np.ndarray:
        if self.frequencies is not None:
            if self.low is not None or self.high is not None:
                raise problem("stands beside low or high; give a list or the two ends", key="frequencies")
            return np.sort(np.atleast_1d(np.asarray(self.frequencies, float)))
        if self.low is None or self.high is None or not self.low < self.high:
            raise problem("is missing or not above low; give frequencies as a list, or low and high", key="high")
        count = max(2, 1 + round(float(np.log10(self.high / self.low)) * self.per_decade))
        if count > MOST_FREQUENCIES:
            raise problem(f"makes {count} frequencies, more than {MOST_FREQUENCIES}", key="per_decade")
        return np.geomspace(self.low, self.high, count)


class OutputSection(Section):
    """What is kept of the run: figures and report, and the field in the volume for ParaView."""

    figures: bool = True
    field: bool = True


class PrintedSection(Section):
    """A number that the source of the study prints, held against a metric of the run or against a sentence."""

    name: str
    printed: str
    metric: str | None = None
    found: str | None = None
    standing: str
    why: str

    def build(self, context: Context) -> dict[str, Any]:
        if self.standing not in STANDINGS:
            raise problem(f"= {self.standing!r} is unknown; known: {', '.join(STANDINGS)}", key="standing")
        if (self.metric is None) == (self.found is None):
            raise problem("or found is needed, and one of them only: a metric of the run, or a sentence", key="metric")
        return {key: getattr(self, key) for key in type(self).model_fields}
