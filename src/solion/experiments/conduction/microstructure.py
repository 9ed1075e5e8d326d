"""Grains that are made when a run begins: what a study knows of them before."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from solion.base.errors import InputError
from solion.base.parameters import Row
from solion.experiments.conduction.elements import Elements
from solion.experiments.conduction.problem import AbstractEngine
from solion.experiments.conduction.voxels import Voxels
from solion.grids.grains.labels import LabelImage
from solion.grids.grains.tessellation import Tessellation

MOST_VOXELS = 300_000_000  # some 150 GB of memory


@dataclasses.dataclass(frozen=True, eq=False)
class GrainRecipe:
    """``make()`` gives the grains; ``box`` and ``grain_size`` in m; ``pictured``: whether they come from an image, with the
    conductivities of its second ``phases`` (S/m); ``rows``: the numbers that describe them, with their sources."""

    make: Callable[[], Tessellation | LabelImage]
    box: tuple[float, ...]
    grain_size: float
    pictured: bool
    rows: tuple[Row, ...] = ()
    phases: dict[int, float] = dataclasses.field(default_factory=dict)

    @classmethod
    def of(cls, grains: GrainRecipe | Tessellation | LabelImage) -> GrainRecipe:
        """A recipe of grains that are there already."""
        if isinstance(grains, cls):
            return grains
        pictured = isinstance(grains, LabelImage)
        return cls(lambda: grains, tuple(grains.box), float(grains.grain_size), pictured)  # pyright: ignore

    def solver(self, engine: AbstractEngine | None) -> AbstractEngine:
        """An engine for these grains, the one that suits them unless given. Raises InputError where it cannot take them."""
        plane = len(self.box) == 2 and not self.pictured
        engine = engine or (Elements() if plane else Voxels())
        if isinstance(engine, Elements) and self.pictured:
            raise InputError("numerics.engine = 'elements' cannot take a picture; take engine = \"voxels\".")
        if not isinstance(engine, Voxels):
            return engine
        if engine.spacing is not None and (voxels := np.prod(np.array(self.box) / engine.spacing)) > MOST_VOXELS:
            raise InputError(f"numerics.spacing = {engine.spacing:g} m makes {voxels:.3g} voxels, more than {MOST_VOXELS:.0e}.")
        return dataclasses.replace(engine, phases=engine.phases or self.phases)
