"""Conductors of one kind of ion."""

from __future__ import annotations

from typing import Any, ClassVar

import equinox as eqx
import numpy as np

from solion.base.constants import VACUUM_PERMITTIVITY
from solion.base.errors import InputError
from solion.base.parameters import Part, assumed, parameter, positive_parameter
from solion.base.reference_temperature import reference_temperature
from solion.laws.grain_boundary import normal_of, random_rotations


class Conductor(Part):
    """The interior of grains: isotropic, with a log-normal scatter from grain to grain where wanted."""

    holds_at: ClassVar[float | str | None] = "reference_temperature"
    conductivity: float = positive_parameter(unit="S/m", doc="sigma_g, median over the grains")
    permittivity: float = parameter(
        50.0, low=1, doc="relative permittivity", source=assumed(50.0, "of the order of garnets', 30 to 100")
    )
    scatter: float = parameter(
        0.0,
        low=0,
        high=5,
        doc="standard deviation of ln(conductivity) over the grains",
        source=assumed(0.0, "all grains alike unless given"),
    )
    reference_temperature: float = reference_temperature()
    seed: int = eqx.field(static=True, default=0)

    def conductivities(self, grains) -> np.ndarray:
        """Conductivity of each of these grain numbers, S/m."""
        return self.conductivity * np.exp(self.scatter * normal_of(np.asarray(grains), self.seed + 1))

    @property
    def isotropic(self) -> bool:
        """Whether grains conduct alike in all directions."""
        return True

    def shapes(self, grains) -> np.ndarray:
        """Conductivity tensor of each of these grain numbers over its conductivity, (m, 3, 3)."""
        return np.tile(np.eye(3), (len(grains), 1, 1))

    @property
    def dielectric(self) -> float:
        """Absolute permittivity, F/m."""
        return VACUUM_PERMITTIVITY * self.permittivity


class AnisotropicConductor(Conductor):
    """Grains that conduct along three axes of their own: sigma Q diag(first, second, third) Q^T, Q the rotation of the grain.

    ``orientations``: unit quaternions
    (grains, 4) that turn the crystal's axes into those of the sample, or None for random ones from ``seed``, the same as
    those of a :class:`~solion.laws.grain_boundary.MisorientationBoundary` with that seed. In two dimensions the sample
    is the plane of its first and third axis.
    """

    first: float = positive_parameter(
        1.0, doc="along the first axis, over sigma_g", source=assumed(1.0, "isotropic unless given")
    )
    second: float = positive_parameter(
        1.0, doc="along the second axis, over sigma_g", source=assumed(1.0, "isotropic unless given")
    )
    third: float = positive_parameter(
        1.0, doc="along the third axis, over sigma_g", source=assumed(1.0, "isotropic unless given")
    )
    orientations: Any = None

    @property
    def isotropic(self):
        return False

    def shapes(self, grains):
        grains = np.asarray(grains)
        if self.orientations is None:
            turns = random_rotations(grains, self.seed)
        else:
            given = np.asarray(self.orientations, float)
            if given.ndim != 2 or given.shape[1] != 4 or len(given) <= np.max(grains, initial=-1):
                raise InputError(
                    f"AnisotropicConductor.orientations has shape {given.shape}; it must hold one unit quaternion for each "
                    f"grain, shape ({int(np.max(grains, initial=-1)) + 1}, 4)."
                )
            turns = given[grains]
            if np.abs(np.linalg.norm(turns, axis=1) - 1).max(initial=0.0) > 1e-6:
                raise InputError("AnisotropicConductor.orientations must be unit quaternions; one has another length than 1.")
        turned = rotation_matrices(turns)
        return np.einsum("mij,j,mkj->mik", turned, np.array([self.first, self.second, self.third], float), turned)


def rotation_matrices(quaternions: np.ndarray) -> np.ndarray:
    """Matrices (m, 3, 3) of unit quaternions (m, 4), the real part first."""
    w, x, y, z = np.asarray(quaternions, float).T
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.moveaxis(np.array(rows), -1, 0)
