"""Conductors of one kind of ion."""

from __future__ import annotations

import equinox as eqx
import numpy as np

from solion.constants import VACUUM_PERMITTIVITY
from solion.laws.grain_boundary import normal_of
from solion.parameters import Part, assumed, parameter


class Conductor(Part):
    """The interior of grains: isotropic, with a log-normal scatter from grain to grain where wanted."""

    conductivity: float = parameter(unit="S/m", low=0, open_low=True, doc="sigma_g, median over the grains")
    permittivity: float = parameter(
        50.0, low=1, doc="relative permittivity", source=assumed(50.0, "of the order of garnets', 30 to 100")
    )
    scatter: float = parameter(
        0.0, low=0, high=5, doc="standard deviation of ln(conductivity) over the grains",
        source=assumed(0.0, "all grains alike unless given"),
    )  # fmt: skip
    seed: int = eqx.field(static=True, default=0)

    def conductivities(self, grains) -> np.ndarray:
        """Conductivity of each of these grain numbers, S/m."""
        return self.conductivity * np.exp(self.scatter * normal_of(np.asarray(grains), self.seed + 1))

    @property
    def dielectric(self) -> float:
        """Absolute permittivity, F/m."""
        return VACUUM_PERMITTIVITY * self.permittivity
