"""Whether the ions of a film fluctuate: not at all, or with the noise of their temperature."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any

import numpy as np

from solion.balances.ion_noise import IonNoise
from solion.base.errors import InputError
from solion.base.parameters import Part, assumed, parameter
from solion.devices.steps_in_space import AbstractSteps, LinearSteps
from solion.grids.sides import AXES, AbstractSides, Mirrors, wavenumbers
from solion.numerics.stepping.method import AbstractMethod
from solion.numerics.stepping.noisy_midpoint import NoisyMidpoint

FEWEST = 40.0  # ions of the poor phase in a volume whose noise is independent of that beside it


class AbstractFluctuations(Part):
    """How a film fluctuates."""

    @property
    def still(self) -> bool:
        """Whether it does not."""
        return False

    @property
    def plain(self) -> bool:
        """Whether a film of one dimension can have it."""
        return False

    def notes(self) -> Iterator[str]:
        """Sentences of a result on what fluctuates and what does not."""
        yield from ()

    @abstractmethod
    def method(self, time: float) -> AbstractMethod:
        """What takes its steps; ``time`` is the unit of time (s)."""

    @abstractmethod
    def noise(self, sides: AbstractSides, cells: int, thickness: float, sites: float, leanest: float) -> Any:
        """Its noise: ``sites`` per m^3, ``leanest`` the lowest composition at rest; refuses one that is not admissible."""


class Still(AbstractFluctuations):
    """Compositions are means: the limit of many ions. ``steps``: how a film in space is stepped."""

    steps: AbstractSteps = LinearSteps()

    @property
    def still(self):
        return True

    @property
    def plain(self):
        return self.steps.usual

    def method(self, time):
        return self.steps.method()

    def noise(self, sides, cells, thickness, sites, leanest):
        return ()


class Thermal(AbstractFluctuations):
    """The noise of k_B T, with as many ions as the film has.

    Where a volume that fluctuates by itself holds few ions, a Gaussian noise empties it below nothing: at least 40 ions of the
    poor phase are asked for. In a plane the film stands for a slab of some ``depth``; in space it has its own. Only waves
    longer than ``shortest`` fluctuate, shorter ones are at rest (6 nm: 95 ions of poor lithium titanate); 0 lets all that
    the cells hold. Steps have the length ``step``; halve it to see what it does. The ``seed`` fixes the noise.
    """

    step: float = parameter(unit="s", low=0, high=1e12, open_low=True, doc="length of a step")
    seed: int = parameter(0, low=0, high=2**31, doc="which of the noises", source=assumed(0, "any one will do"))
    depth: float = parameter(
        0.0,
        unit="m",
        low=0,
        high=1e-2,
        doc="L_z, depth that a plane stands for",
        source=assumed(0.0, "of a film in space, its own"),
    )
    shortest: float = parameter(
        6e-9, unit="m", low=0, high=1e-2, doc="l_n, shortest wave that fluctuates", source=assumed(6e-9, "95 ions in its cube")
    )

    def notes(self):
        below = f"; waves shorter than {float(self.shortest):.3g} m are at rest" if self.shortest else ""
        yield (
            f"ions fluctuate with the noise of seed {int(self.seed)}{below}. Tension and limits of stability are those without"
            f" noise, and steps of {float(self.step):.3g} s have no error estimate: halve them to see what they do."
        )

    def method(self, time):
        return NoisyMidpoint(float(self.seed), float(self.step) / time)

    def noise(self, sides, cells, thickness, sites, leanest):
        plane, depth, limit = sides.cells[1] == 1, float(self.depth) / thickness, float(self.shortest) / thickness
        if plane and not depth:
            raise InputError(
                "device.fluctuations.depth: how strongly a plane fluctuates depends on the depth that it stands for; give it,"
                f' such as "{thickness * 1e9:g} nm", or give the film a depth (device.extent.depth).'
            )
        if depth and not plane:
            raise InputError("device.fluctuations.depth: a film in space has its own depth; leave this out.")
        edges = [1 / cells, float(sides.spacing[0]), depth if plane else float(sides.spacing[1])]
        ions = sites * thickness**3
        own = float(np.prod([max(edge, limit) for edge in edges[: 3 - plane]])) * (depth if plane else 1.0)
        if leanest * ions * own < FEWEST:
            more = FEWEST / (leanest * ions * own)
            wave = (more * own / (depth if plane else 1.0)) ** (1 / (3 - plane)) * thickness
            deeper = f"depth = {more * depth * thickness:.3g} m or more, or " if plane else ""
            remedy = f"take {deeper}shortest = {wave:.3g} m or more"
            raise InputError(
                f"device.fluctuations: a volume that fluctuates by itself holds {leanest * ions * own:.3g} ions where the film is"
                f" poor (c = {leanest:.3g}), fewer than the {FEWEST:g} below which Gaussian noise empties it beyond nothing;"
                f" {remedy}, or take Still()."
            )
        sizes = Mirrors((cells, 1), (1 / cells, 1.0))
        waves, squares = sizes.modes(AXES[0])
        whole = squares[:, None, None] * cells**2 + np.asarray(wavenumbers(sides))[None]
        passes = whole <= (2 * np.pi / limit) ** 2 if limit else np.ones_like(whole)
        return IonNoise(ions * float(np.prod(edges)), waves, passes)  # pyright: ignore[reportArgumentType]
