"""How fast ions move in a host: a range of diffusivities with its temperature, its paths and its sources.

What is known of many hosts is only this. An entry claims nothing about phases, contacts or electrons; a
:class:`~solion.materials.MixedConductor` does.
"""

from __future__ import annotations

import equinox as eqx
import numpy as np

from solion.base.errors import InputError
from solion.base.parameters import Part, parameter, positive_parameter
from solion.materials.temperature import arrhenius


class Diffusivity(Part):
    """Ion diffusivity between ``low`` and ``high`` at ``reference_temperature``, any value in between as likely by decade.

    ``paths``: dimensions in which ions can move (1 channels, 2 layers, 3 anything). A film must be oriented so that its
    paths lead from one electrode to the other where they are fewer than three. ``remark``: what a user must know.
    """

    label: str = eqx.field(static=True)
    ion: str = eqx.field(static=True)
    paths: int = eqx.field(static=True)
    low: float = positive_parameter(unit="m^2/s", high=1e-2, doc="slowest diffusivity reported")
    high: float = positive_parameter(unit="m^2/s", high=1e-2, doc="fastest diffusivity reported")
    activation_low: float = parameter(unit="eV", low=0, high=10, doc="lowest activation energy")
    activation_high: float = parameter(unit="eV", low=0, high=10, doc="highest activation energy")
    reference_temperature: float = parameter(298.15, unit="K", low=1, high=3000, doc="temperature of the range")
    remark: str = eqx.field(static=True, default="")

    def __check_init__(self):
        if self.paths not in (1, 2, 3):
            raise InputError(f"Diffusivity.paths = {self.paths!r} is outside its allowed range: 1, 2 or 3.")
        for name in ("low", "activation_low"):
            other = name.replace("low", "high")
            if getattr(self, name) > getattr(self, other):
                raise InputError(f"Diffusivity.{name} = {getattr(self, name):g} is above {other}; swap the two.")

    def range_at(self, temperature: float) -> tuple[float, float]:
        """Slowest and fastest diffusivity at ``temperature`` (K): both ends of both ranges, by Arrhenius."""
        factors = [
            float(arrhenius(energy, temperature, self.reference_temperature))
            for energy in (self.activation_low, self.activation_high)
        ]
        return self.low * min(factors), self.high * max(factors)

    def sample(self, temperature: float, count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """``count`` draws of the diffusivity (m^2/s) at the reference temperature and at ``temperature`` (K).

        Uniform in the logarithm of D and in the activation energy, which are drawn independently.
        """
        uniform = np.random.default_rng(seed).random((2, count))
        reference = self.low * (self.high / self.low) ** uniform[0]
        energy = self.activation_low + (self.activation_high - self.activation_low) * uniform[1]
        return reference, reference * arrhenius(energy, temperature, self.reference_temperature)
