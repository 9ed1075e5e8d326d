"""What separates a front that reaction limits from one that diffusion does: theta, the amorphised share of the front.

k_0 = k_c + theta (k_a - k_c) and sigma_Y -> sigma_Y (1 - relief theta). Which of these was used stands in every result; none is
unless given. The rule of Choi, Scanlon and Lee (soft and weakly bonded: amorphous and isotropic) as numbers that can be seen.
"""

from __future__ import annotations

from abc import abstractmethod

import jax
from jaxtyping import Array, Float

from solion.base.parameters import Part, assumed, calibrated, parameter


class AbstractAmorphisation(Part):
    """theta of a front."""

    @abstractmethod
    def share(self, core: Float[Array, "..."], energy: Float[Array, "..."]) -> Float[Array, "..."]:
        """theta in [0, 1] of a core of radius a (m) and the energy at hand (eV per host atom)."""


class SharpFront(AbstractAmorphisation):
    """A crystalline front: theta = 0."""

    def share(self, core, energy):
        return 0.0 * core


class GivenAmorphisation(AbstractAmorphisation):
    """theta as given."""

    amorphised: float = parameter(low=0, high=1, doc="theta")

    def share(self, core, energy):
        return self.amorphised + 0 * core


class CoreRelaxation(AbstractAmorphisation):
    """theta = 1/(1 + exp((a - a_c)/w)): a core smaller than a_c relaxes. The one mechanism that splits silicon by size.

    With w = 1 nm, 28.7 to 32.6 nm reproduces every arrest and full conversion that the paper quotes of silicon (31.7 to 35.7
    with a sharp switch), and is a calibration: an estimate from the energy of amorphisation gives 2 to 4 nm. Wires below 60
    nm have been seen to arrest, too.
    """

    critical_radius: float = parameter(
        30.6e-9,
        unit="m",
        low=1e-10,
        high=1e-3,
        doc="a_c",
        source=calibrated(30.6e-9, "silicon: full at 80 nm, arrested at 90 nm and above; 28.7 to 32.6 nm does"),
    )
    width: float = parameter(
        1e-9, unit="m", low=1e-9, high=1e-3, doc="w", source=assumed(1e-9, "a few atoms; a hard switch stalls a solver")
    )

    def share(self, core, energy):
        return jax.nn.sigmoid((self.critical_radius - core) / self.width)


class EnergyAmorphisation(AbstractAmorphisation):
    """theta = 1/(1 + exp((dH_am - energy)/w)), where elastic and chemical energy at the front exceed that of amorphisation."""

    enthalpy: float = parameter(unit="eV", low=1e-3, high=3, doc="dH_am per host atom")
    width: float = parameter(0.01, unit="eV", low=1e-3, high=0.3, doc="w", source=assumed(0.01, "below k_B T"))

    def share(self, core, energy):
        return jax.nn.sigmoid((energy - self.enthalpy) / self.width) + 0 * core
