"""How much of an interface's sites segregating or adsorbing atoms take: isotherms of Langmuir-McLean, Fowler-Guggenheim, Frumkin,
and of many layers.

X_s/(1 - X_s) = X_b/(1 - X_b) exp(-dG(X_s)/RT), dG = dG_0 + g X_s; g < 0 where neighbours attract, which makes the filling jump
below T_c = -g/(4R). In electrochemical variables the same is Frumkin's.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import equinox as eqx
import jax.numpy as jnp
import numpy as np

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
        from scipy.optimize import brentq

        if not 0 < temperature < self.critical_temperature:
            raise InputError(
                f"temperature = {temperature:g} K is outside (0, {self.critical_temperature:g}) K, where this isotherm jumps; "
                "above it the filling is continuous."
            )
        thermal, g = GAS_CONSTANT * temperature, float(self.interaction)
        half: Any = brentq(lambda u: np.arctanh(u) * 2 + g * u / (2 * thermal), 1e-9, 1 - 1e-15, xtol=1e-15)
        sides = ((1 - half) / 2, (1 + half) / 2)
        root = np.sqrt(1 + 4 * thermal / g)
        limits = ((1 - root) / 2, (1 + root) / 2)
        at = tuple(float(self.bulk(jnp.asarray(x), temperature)) for x in limits)
        odds = np.exp((self.energy + g / 2) / thermal)
        return Coexistence(float(odds / (1 + odds)), sides, limits, (at[0], at[1]))


class CationAdsorption(Part):
    """A cation of the electrolyte on the electrode (Cs+, Rb+), by Frumkin's isotherm: X/(1 - X) = a exp(-[F (E - E_0) + g X]/RT).

    It is the isotherm of :class:`Segregation` with a Nernst-shifted energy, so that a = 1 and X = 1/2 at E_0 - g/(2F).
    """

    standard: float = parameter(unit="V", low=-10, high=10, doc="E_0, at which half a layer adsorbs where nothing interacts")
    interaction: float = parameter(0.0, unit="J/mol", doc="g, of full coverage; negative for attraction")

    def filling(self, activity, potential, temperature):
        """The stable share of sites at an activity and an electrode potential (V); arrays allowed."""
        activity, thermal = np.asarray(activity, float), GAS_CONSTANT * np.asarray(temperature, float)
        odds = activity * np.exp(-FARADAY * (np.asarray(potential, float) - self.standard) / thermal)
        return Segregation(0.0, self.interaction).filling(odds / (1 + odds), temperature)

    def onset(self, activity, temperature):
        """E_ads = E_0 + (RT/F) ln a, V."""
        return adsorption_onset(self.standard, activity, temperature)

    def stays(self, activity, reduction: float, lithium: float, temperature: float) -> bool:
        """Whether an additive of this standard potential of ``reduction`` (V) stays an ion at the potential of lithium, below it
        by its activity as dilute Cs+ is (Ding et al. 2013, doi:10.1021/ja312241y)."""
        return bool(np.all(adsorption_onset(reduction, activity, temperature) < lithium))


class Multilayer(Part):
    """Layers n = 1 to N on a surface that draws them as eps_1/n^3: the lattice gas of de Oliveira and Griffiths, in mean field.

    ln(X_n/(1 - X_n)) = ln a - [eps_1/n^3 + g (X_n - 1/2) + v (X_(n-1) + X_(n+1) - 1)]/RT, X_0 = 1, a = 1 where the bulk of the
    adsorbate is stable. At low temperature layer n fills at RT ln a = eps_1/n^3; each jump ends near T_c = -g/(4R). One layer
    without v is Fowler and Guggenheim's isotherm. Surf. Sci. 71, 687 (1978).
    """

    energy: float = parameter(unit="J/mol", high=0, doc="eps_1, of the first layer beyond what the adsorbate binds itself")
    interaction: float = parameter(unit="J/mol", high=0, doc="g, within a full layer; negative for attraction")
    vertical: float = parameter(0.0, unit="J/mol", high=0, doc="v, from one full layer to the next")
    layers: int = eqx.field(static=True, default=6)

    def filling(self, activity, temperature: float) -> np.ndarray:
        """The stable filling of each layer (activities, layers): the lowest of what 0 to N full layers relax to."""
        activity, thermal = np.atleast_1d(np.asarray(activity, float)), GAS_CONSTANT * temperature
        if not np.all((activity > 0) & (activity <= 1)) or not temperature > 0:
            raise InputError(
                "Multilayer: activities are above 0 and at most 1, where the adsorbate's bulk forms; T is above 0 K."
            )
        number = np.arange(1, self.layers + 1)
        drive = np.log(activity)[:, None, None] - self.energy / number**3 / thermal
        full = np.where(number <= np.arange(self.layers + 1)[:, None], 1 - 1e-6, 1e-6)
        x = np.broadcast_to(full, (len(activity), *full.shape)).copy()
        lateral, across = -self.interaction / thermal, -self.vertical / thermal
        for _ in range(2000):  # each step of a layer at its neighbours' field lowers the energy, so the iteration ends
            before = x.copy()
            for k in range(self.layers):
                below = x[..., k - 1] if k else 1.0
                above = x[..., k + 1] if k + 1 < self.layers else 0.0
                field = drive[..., k] + lateral * (x[..., k] - 0.5) + across * (below + above - 1)
                x[..., k] = 1 / (1 + np.exp(-field))
            if np.max(np.abs(x - before)) < 1e-13:
                break
        inner = np.clip(x, 1e-300, 1 - 1e-16)
        energy = inner * np.log(inner) + (1 - inner) * np.log1p(-inner) - drive * x - lateral * x * (x - 1) / 2
        pairs = np.concatenate([np.ones_like(x[..., :1]), x[..., :-1]], axis=-1) * x
        total = np.sum(energy - across * (pairs - x), axis=-1)
        return x[np.arange(len(activity)), np.argmin(total, axis=1)]


def adsorption_onset(standard: float, activity, temperature: float):
    """Potential (V) below which a cation of this activity adsorbs or is reduced: E_0 + (RT/F) ln a; an additive has to stay below
    the potential of lithium."""
    return standard + GAS_CONSTANT * temperature / FARADAY * jnp.log(activity)
