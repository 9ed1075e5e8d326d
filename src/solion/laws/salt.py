"""What the counter-ions of an electrolyte do while its working ion carries a current through two films."""

from __future__ import annotations

import math

from solion.base.constants import FARADAY
from solion.base.parameters import Part, assumed, parameter, positive_parameter


class AbstractSalt(Part):
    """Whether counter-ions move, and with what."""


class SingleIon(AbstractSalt):
    """Only the working ion moves, t_+ = 1: nothing piles up."""


class BinarySalt(AbstractSalt):
    """A dissolved salt whose counter-ions move but enter neither film, so that it runs short at one face of the electrolyte.

    The salt diffuses with D_s, sigma_i goes with its concentration, and the voltage between both faces beyond Ohm's law is
    (1 - t_+) (1 + z/|z_-|) (RT/zF) ln(c/c'), that of an ideal salt between electrodes of the working ion (Newman and
    Balsara, Electrochemical Systems, 4th ed., chapter 12). t_+ is the electrolyte's ``transference``, constant.
    """

    concentration: float = positive_parameter(unit="mol/m^3", high=1e5, doc="c_0, of the salt's working ions")
    diffusivity: float = positive_parameter(unit="m^2/s", high=1e-4, doc="D_s, of the salt")
    counter_charge: float = parameter(
        1.0, low=1, high=4, doc="|z_-|, charge number of the counter-ion", source=assumed(1.0, "as TFSI-")
    )
    finest: float = parameter(
        1e-3,
        low=1e-9,
        high=1,
        doc="width of the cell at either face over the electrolyte's thickness",
        source=assumed(1e-3, "resolves a thousandth of its diffusion time"),
    )

    def limiting_current(self, charge, transference, thickness):
        """i_lim = 2 z F D_s c_0/((1 - t_+) L), A/m2: the most that can flow for long; no salt is left at one face."""
        return 2 * charge * FARADAY * self.diffusivity * self.concentration / ((1 - transference) * thickness)

    def sand_time(self, current, charge, transference):
        """pi D_s (z F c_0/(2 (1 - t_+) i))^2, s: how long a thick electrolyte carries a larger ``current`` (A/m2)."""
        return math.pi * self.diffusivity * (charge * FARADAY * self.concentration / (2 * (1 - transference) * current)) ** 2
