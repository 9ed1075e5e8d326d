"""What a film costs per volume because its material is not stable in bulk: dG > 0 below saturation, negative beyond it.

Each penalty is a function of the temperature (K), of one more controlled number, and of the share x of solute in the film,
whose choice is the film's own. dG(x) = [G_film(x) - (1 - x) mu_host - x mu_solute]/V_film(x).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp

from solion.base.constants import GAS_CONSTANT
from solion.base.parameters import Part, inline, parameter, positive_parameter
from solion.base.quantity import Quantity

OFFSET = Quantity("offset", "energy_density", "energy added to the penalty, such as that of a strained film", "coordinate")
PENALTY = Quantity("penalty", "energy_density", "penalty of the film material in bulk, dG", "coordinate")
BULK = Quantity("bulk_composition", None, "share of solute in the bulk", "coordinate")
POTENTIAL = Quantity("potential", "molar_energy", "chemical potential of the solute against its pure crystal", "coordinate")


class AbstractFilmPenalty(Part):
    """dG (J/m3) of a film. ``mixes``: whether the film chooses its composition; ``controlled``: what the second number is."""

    mixes: ClassVar[bool] = False
    controlled: ClassVar[Quantity] = OFFSET

    @abstractmethod
    def density(self, temperature, control, composition) -> Any:
        """dG, J/m3."""

    @property
    def temperatures(self) -> tuple[Any, Any]:
        """From where to where it rests on something, K."""
        return 0.0, float("inf")

    def oversaturation(self, temperature, control):
        """How far the bulk is beyond equilibrium with another phase than the film's, J/mol; negative before it."""
        return -jnp.ones_like(control)


class GivenPenalty(AbstractFilmPenalty):
    """The penalty is what is controlled: the universal map of thickness against dG."""

    controlled = PENALTY

    def density(self, temperature, control, composition):
        return control + 0.0 * composition


class LinearPenalty(AbstractFilmPenalty):
    """dG = dS_v (T_0 - T): a premelting film below its melting point."""

    entropy: float = positive_parameter(unit="J/(m3 K)", doc="dS_v, of fusion per volume")
    transition: float = positive_parameter(unit="K", doc="T_0, melting point")

    def density(self, temperature, control, composition):
        return self.entropy * (self.transition - temperature) + control + 0.0 * composition


class ThompsonSpaepenPenalty(AbstractFilmPenalty):
    """dG = dH (T_0 - T)/T_0 2T/(T + T_0), for melts whose heat capacity exceeds the crystal's (Thompson and Spaepen 1979)."""

    heat: float = positive_parameter(unit="J/m3", doc="dH, heat of fusion per volume")
    transition: float = positive_parameter(unit="K", doc="T_0, melting point")

    def density(self, temperature, control, composition):
        undercooling = (self.transition - temperature) / self.transition
        return self.heat * undercooling * 2 * temperature / (temperature + self.transition) + control + 0.0 * composition


class DilutePenalty(AbstractFilmPenalty):
    """Liquid solute on an ideal dilute bulk: dG = [dH (1 - T/T_m) - R T ln(g X)]/V_M, with a = g X against the solid."""

    controlled = BULK
    heat: float = positive_parameter(unit="J/mol", doc="dH, heat of fusion of the solute")
    melting_point: float = positive_parameter(unit="K", doc="T_m of the solute")
    molar_volume: float = parameter(unit="m3/mol", low=1e-7, high=1e-3, doc="V_M of the solute")
    activity_coefficient: float = positive_parameter(doc="g, the inverse of the solubility of the solid solute")

    def density(self, temperature, control, composition):
        melting = self.heat * (1 - temperature / self.melting_point)
        return (melting - self.oversaturation(temperature, control)) / self.molar_volume + 0.0 * composition

    def oversaturation(self, temperature, control):
        return GAS_CONSTANT * temperature * jnp.log(self.activity_coefficient * control)


class RedlichKister(Part):
    """G_ex = x (1 - x) sum_k (a_k + b_k T) (1 - 2x)^k, J/mol: regular for one term, sub-regular for two."""

    constant: tuple[float, ...] = (0.0,)  # a_k, J/mol
    per_kelvin: tuple[float, ...] = (0.0,)  # b_k, J/(mol K)

    def energy(self, composition, temperature):
        """Excess energy of a solution with this share of solute, J/mol."""
        size = max(len(self.constant), len(self.per_kelvin))
        a, b = (tuple(each) + (0.0,) * (size - len(each)) for each in (self.constant, self.per_kelvin))
        odd = 1 - 2 * composition
        terms = sum(((a[k] + b[k] * temperature) * odd**k for k in range(size)), jnp.zeros_like(composition))
        return composition * (1 - composition) * terms


def mixed(excess, composition, temperature):
    """R T (x ln x + (1 - x) ln(1 - x)) + G_ex, J/mol."""
    rest = 1 - composition
    ideal = composition * jnp.log(composition) + rest * jnp.log1p(-composition)
    return GAS_CONSTANT * temperature * ideal + excess(composition, temperature)


def thermodynamic_factor(excess: RedlichKister, composition, temperature):
    """W = 1 + x (1 - x) G_ex''/(R T) = d ln a/d ln x of a binary solution; below 0 it falls apart."""
    second = jax.grad(jax.grad(lambda x: excess.energy(x, jnp.asarray(temperature, float))))
    x = jnp.asarray(composition, float)
    return 1 + x * (1 - x) * jnp.vectorize(second)(x) / (GAS_CONSTANT * temperature)


class AlloyPenalty(AbstractFilmPenalty):
    """A liquid film of two components against a crystalline alloy; both are Redlich-Kister solutions.

    Energies are against the pure crystals: that of the host in its own structure, that of the solute in its own. The solute may
    have another structure than the host: ``lattice_constant`` + ``lattice_slope`` T is what it costs in the host's. Where pure
    solute precipitates from the bulk first, the film goes no further (``precipitates``).
    """

    mixes = True
    controlled = BULK
    crystal: RedlichKister
    melt: RedlichKister
    host_heat: float = positive_parameter(unit="J/mol", doc="heat of fusion of the host")
    host_melting: float = positive_parameter(unit="K", doc="melting point of the host")
    host_volume: float = parameter(unit="m3/mol", low=1e-7, high=1e-3, doc="molar volume of the host in the film")
    solute_heat: float = positive_parameter(unit="J/mol", doc="heat of fusion of the solute")
    solute_melting: float = positive_parameter(unit="K", doc="melting point of the solute")
    solute_volume: float = parameter(unit="m3/mol", low=1e-7, high=1e-3, doc="molar volume of the solute in the film")
    lattice_constant: float = parameter(0.0, unit="J/mol", doc="solute in the host's structure against its own, at 0 K")
    lattice_slope: float = parameter(0.0, unit="J/(mol K)", doc="and its change with temperature")
    precipitates: bool = eqx.field(static=True, default=True)

    def potentials(self, temperature, control):
        """(mu_host, mu_solute) of the bulk, J/mol."""

        def energy(x):
            lattice = x * (self.lattice_constant + self.lattice_slope * temperature)
            return self.crystal.energy(x, temperature) + lattice

        excess, slope = jax.jvp(energy, (control,), (jnp.ones_like(control),))
        thermal = GAS_CONSTANT * temperature
        host = thermal * jnp.log1p(-control) + excess - control * slope
        return host, thermal * jnp.log(control) + excess + (1 - control) * slope

    def density(self, temperature, control, composition):
        host, solute = self.potentials(temperature, control)
        rest = 1 - composition
        pure_host = self.host_heat * (1 - temperature / self.host_melting)
        pure_solute = self.solute_heat * (1 - temperature / self.solute_melting)
        film = (
            mixed(self.melt.energy, composition, temperature) + rest * (pure_host - host) + composition * (pure_solute - solute)
        )
        return film / (rest * self.host_volume + composition * self.solute_volume)

    def oversaturation(self, temperature, control):
        if not self.precipitates:
            return -jnp.ones_like(control)
        return self.potentials(temperature, control)[1]


class AlloyPenaltyAtPotential(AbstractFilmPenalty):
    """An alloy's penalty over temperature and the chemical potential of its solute in place of its share: the plane (T, mu).

    The bulk is the most dilute alloy of that potential; 0 is the limit at which pure solute precipitates.
    """

    mixes = True
    controlled = POTENTIAL
    alloy: AlloyPenalty = inline()

    def bulk(self, temperature, control):
        """Share of solute in the most dilute alloy of this potential (J/mol); exact to first derivatives."""
        logits = jnp.linspace(-60.0, 30.0, 361)
        held, at = jax.lax.stop_gradient((self, temperature)), jax.lax.stop_gradient(control)
        table = held[0].alloy.potentials(held[1], jax.nn.sigmoid(logits))[1]
        first = jnp.clip(jnp.argmax(table >= at), 1, len(logits) - 1)
        low, high = logits[first - 1], logits[first]
        logit = low + (high - low) * jnp.clip((at - table[first - 1]) / (table[first] - table[first - 1]), 0, 1)

        def step(u, alloy, t, wanted):
            value, slope = jax.jvp(lambda u: alloy.potentials(t, jax.nn.sigmoid(u))[1], (u,), (jnp.ones_like(u),))
            return u - (value - wanted) / jax.lax.stop_gradient(slope)

        logit = jax.lax.fori_loop(0, 5, lambda _, u: jnp.clip(step(u, held[0].alloy, held[1], at), low, high), logit)
        return jax.nn.sigmoid(step(jax.lax.stop_gradient(logit), self.alloy, temperature, control))

    def density(self, temperature, control, composition):
        return self.alloy.density(temperature, self.bulk(temperature, control), composition)

    def oversaturation(self, temperature, control):
        return control if self.alloy.precipitates else -jnp.ones_like(control)


class FilmPenalty(AbstractFilmPenalty):
    """A user's own ``dG(temperature, bulk composition, film composition)`` in J/m3, written with ``jax.numpy``."""

    mixes = True
    controlled = BULK
    function: Callable = eqx.field(static=True)  # pyright: ignore[reportGeneralTypeIssues]

    def density(self, temperature, control, composition):
        return self.function(temperature, control, composition)
