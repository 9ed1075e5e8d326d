"""A film with two kinds of layers as a region of a line: ions stay in it, each in its layer unless they exchange.

Two unknowns a cell, u_i = ln(c_i/(1 - c_i)), one beside the other: (u_1, u_2) of the first cell, then of the next, so that an
entry feels five on either side. A start state comes in the same order. Units: h, tau_D, V_T and i_D.
"""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.balances.layered_conduction import LayeredConduction, LayeredFaces
from solion.base.quantity import Quantity
from solion.devices.device import Guard
from solion.devices.film_region import EDGE, FLOOR, TOLD
from solion.devices.line import AbstractRegion
from solion.grids.line import materialise
from solion.laws.charge_transfer import Surface
from solion.laws.layered_energy import layer_potentials

LAYERS = ("first", "second")


class LayeredState(NamedTuple):
    """Fields between the cells, fillings of the layers at the ends, and the drop."""

    faces: LayeredFaces
    ends: tuple[Float[Array, "2"], Float[Array, "2"]]
    drop: tuple[Any, Any]


class LayeredRegion(AbstractRegion):
    """The scaled equations of the film; ``exchanges``: whether its layers do, so that only their sum stays."""

    film: LayeredConduction
    thermal_voltage: Any  # V
    exchanges: bool = eqx.field(static=True)
    ends: tuple[str, str] = eqx.field(static=True, default=("top", "bottom"))
    name: str = eqx.field(static=True, default="film")

    bandwidth: ClassVar[int] = 5
    length: ClassVar[float] = 1.0

    @property
    def quantities(self):
        role = "state" if self.exchanges else "inventory"
        return (
            Quantity("electron_potential_drop", "voltage", "(mu_n(last end) - mu_n(first end)) / e"),
            Quantity("ion_inventory", None, "mean composition of the film", "inventory"),
            *(Quantity(f"ion_inventory_{name}", None, f"mean filling of the {name} layers", role) for name in LAYERS),
            Quantity("dissipation_ions", "power", "power lost by ions moving in the film", "loss", "ions"),
            Quantity("dissipation_electrons", "power", "power lost by electrons moving in the film", "loss", "electrons"),
            Quantity("dissipation_exchange", "power", "power lost by ions moving between the layers", "loss", "exchange"),
        )

    @property
    def fields(self):
        return tuple(
            Quantity(f"composition_{name}", None, f"filling of the {name} layers, c_{k}", "field", name, ("x",))
            for k, name in enumerate(LAYERS, 1)
        )

    @property
    def surfaces(self):
        return tuple(
            Quantity(f"composition_{end}", None, f"composition c/c_0 at {end}", "surface", end, monitored=True)
            for end in self.ends
        )

    def guards(self):
        return {f"composition_{end}": Guard(f"{end} contact", EDGE, 1.0) for end in self.ends}

    @property
    def cells(self):
        return 2 * self.film.grid.cells

    def _pairs(self, values) -> Float[Array, "n 2"]:
        return values.reshape(-1, 2)

    def unknowns(self, content):
        return jnp.log(content) - jnp.log1p(-content)

    def conserved(self, y):
        return jax.nn.sigmoid(y)

    def content(self, y):
        return jnp.mean(self._pairs(self.conserved(y)), axis=-1)

    def profile(self, y):
        return {item.name: self._pairs(self.conserved(y))[:, k] for k, item in enumerate(self.fields)}

    @property
    def floor(self):
        return FLOOR

    def places(self):
        return self.film.grid.centres

    def invariants(self, q):
        """The ions, of each kind of layer where they do not exchange."""
        each = jnp.mean(self._pairs(q), axis=0)
        return jnp.mean(each)[None] if self.exchanges else each

    def admissible(self, y):
        return jnp.all(jnp.isfinite(y))

    def _told(self, layers):
        """Fillings that laws can be asked for."""
        least = jax.nn.sigmoid(-TOLD)
        return jnp.clip(layers, least, 1 - least)

    def state(self, y, *lumped):
        u = self._pairs(y)
        (layers,) = materialise(self.conserved(u))
        first, last = (self._told(self.conserved(end)) for end in self.film.grid.flat_ends(u))
        faces = self.film.faces(layers, self._told(layers), u - jnp.clip(u, -TOLD, TOLD))
        return LayeredState(faces, (first, last), self.film.electron_drop(faces, first, last))

    def rate(self, state, current):
        rates = self.film.transport(state.faces, current)
        return (rates + self.film.exchange(state.faces) if self.exchanges else rates).ravel()

    def drop(self, state):
        return state.drop

    def surface(self, state, end):
        layers, energy = state.ends[end], self.film.free_energy
        content = jnp.mean(layers)
        _, electron = layer_potentials(energy, layers)
        filled = (content + energy.defects) / energy.electron_sites
        return Surface(content, filled, electron, jnp.ones(()), self.thermal_voltage)

    def contents(self, state, current):
        return tuple(jnp.mean(end) for end in state.ends)

    def observe(self, y, state, current):
        offset, resistance = state.drop
        each = jnp.mean(self._pairs(self.conserved(y)), axis=0)
        losses = self.film.dissipation(state.faces, current, *state.ends)
        values = (offset + resistance * current, jnp.mean(each), *each, *losses)
        return dict(zip((item.name for item in self.quantities), values, strict=True))

    def energy(self, y, state, current):
        r, rates = self.film.diffusivity_ratio, self._pairs(self.rate(state, current))
        stored = self.film.energy(self._told(self._pairs(self.conserved(y))))
        return r * stored, r * self._worth(state, rates)

    def _worth(self, state, rates):
        """Free energy of rates by the potentials of the cells."""
        return self.film.grid.integral(jnp.mean(state.faces.potential * rates, axis=-1))

    def energy_slope(self, y, state, rates):
        layers, rates = self._pairs(self.conserved(y)), self._pairs(rates)
        slope = jax.jvp(lambda layers: self.film.energy(self._told(layers)), (layers,), (rates,))[1]
        untold = self._worth(state, jnp.where(layers == self._told(layers), 0.0, rates))
        return self.film.diffusivity_ratio * (slope + untold)
