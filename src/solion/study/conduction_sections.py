"""Sections of experiments on polycrystals: how they are solved, and at which frequencies."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from solion.experiments.conduction import Elements, Sizes, Voxels
from solion.study.microstructure_section import POSITIVE, Length
from solion.study.quantities import Context, Measure, Whole, bounds, problem
from solion.study.section import Section, choice

MOST_FREQUENCIES = 1000
Frequency = Annotated[float, Measure(("Hz",), {"unit": "Hz", **POSITIVE})]


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


ENGINE = choice("Engine", "engine", {"elements": lambda: ElementsSection, "voxels": lambda: VoxelsSection})


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
