"""How much of an interface's sites segregating or adsorbing atoms take: Langmuir-McLean and Fowler-Guggenheim isotherms.

X_s/(1 - X_s) = X_b/(1 - X_b) exp(-dG(X_s)/RT), dG = dG_0 + g X_s; g < 0 where neighbours attract, which makes the filling jump
below T_c = -g/(4R). In electrochemical variables the same is Frumkin's.
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from scipy.optimize import brentq

from solion.base.constants import FARADAY, GAS_CONSTANT
from solion.base.errors import InputError
from solion.base.parameters import Part, parameter


class Coexistence(NamedTuple):
    """Of an isotherm that jumps: the bulk composition of the jump, fillings on its two sides, and the two limits of metastability
    with their bulk compositions."""

    bulk: float
    fillings: tuple[float, float]
    spinodals: tuple[float, float]
    spinodal_bulk: tuple[float, float]


class Segregation(Part):
    """An isotherm by its energy of segregation; ``interaction`` = 0 is Langmuir and McLean's, another Fowler and Guggenheim's."""

    energy: float = parameter(unit="J/mol", doc="dG_0, negative for what segregates")
    interaction: float = parameter(0.0, unit="J/mol", doc="g, of full coverage; negative for attraction")

    def bulk(self, filling, temperature):
        """Bulk composition in equilibrium with a filling: one for each, whether stable or not."""
        lift = (self.energy + self.interaction * filling) / (GAS_CONSTANT * temperature)
        odds = filling / (1 - filling) * jnp.exp(lift)
        return odds / (1 + odds)

    def filling(self, bulk, temperature):
        """The stable filling (arrays allowed): of the two sides of a jump that of the lower energy."""
        thermal = GAS_CONSTANT * np.asarray(temperature, float)
        drive = np.log(bulk) - np.log1p(-np.asarray(bulk, float)) - self.energy / thermal
        slope = float(self.interaction) / thermal
        # the isotherm is odd about X_s = 1/2, u = -slope/2: the stable root lies on the side to which the drive there points
        up = np.where(drive - slope / 2 >= 0, 1.0, 0.0)
        low, high = np.broadcast_arrays(np.where(up > 0, 0.5, 0.0), np.where(up > 0, 1.0, 0.5))
        low, high = low.copy(), high.copy()
        for _ in range(80):
            middle = (low + high) / 2
            with np.errstate(divide="ignore"):
                rest = np.log(middle) - np.log1p(-middle) + slope * middle - drive
            beyond = rest > 0
            high, low = np.where(beyond, middle, high), np.where(beyond, low, middle)
        return (low + high) / 2

    @property
    def critical_temperature(self) -> float:
        """T_c = -g/(4R), K; 0 without attraction."""
        return max(0.0, -float(self.interaction) / (4 * GAS_CONSTANT))

    def coexistence(self, temperature: float) -> Coexistence:
        """The jump. Raises InputError at and above the critical temperature, where there is none."""
        if not 0 < temperature < self.critical_temperature:
            raise InputError(
                f"temperature = {temperature:g} K is outside (0, {self.critical_temperature:g}) K, where this isotherm jumps; "
                "above it the filling is continuous."
            )
        thermal, g = GAS_CONSTANT * temperature, float(self.interaction)
        half = brentq(lambda u: np.arctanh(u) * 2 + g * u / (2 * thermal), 1e-9, 1 - 1e-15, xtol=1e-15)
        sides = ((1 - half) / 2, (1 + half) / 2)
        root = np.sqrt(1 + 4 * thermal / g)
        limits = ((1 - root) / 2, (1 + root) / 2)
        at = tuple(float(self.bulk(jnp.asarray(x), temperature)) for x in limits)
        odds = np.exp((self.energy + g / 2) / thermal)
        return Coexistence(float(odds / (1 + odds)), sides, limits, (at[0], at[1]))


def adsorption_onset(standard: float, activity, temperature: float):
    """Potential (V) below which a cation of this activity adsorbs or is reduced: E_0 + (RT/F) ln a; an additive has to stay below
    the potential of lithium."""
    return standard + GAS_CONSTANT * temperature / FARADAY * jnp.log(activity)
