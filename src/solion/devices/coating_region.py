"""A coating on lithium as a region of a line: lithium diffuses through it from the electrolyte to the metal underneath.

    C d(eta)/dt = d/dx(sigma_Li d(eta)/dx),  C = sigma_Li/D_chem,  i in at the top,  eta = r i_b + eta_2(i_b) at the bottom

eta = mu_Li/F against the lithium underneath, in V_T. Electrons make up the rest of the current, so that its potential drop is
that of eta alone. Layers that store nothing are resistances between the cells. One entry more than cells counts lithium that
came in less what joined the metal, by which the ledger knows that none is lost. Where lithium may grow on top
(:mod:`solion.devices.coating_top`), its charge and its nuclei are two entries more.
"""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from solion.balances.electrode import Junction, join, shared
from solion.base.quantity import Quantity
from solion.base.scaling import Scales
from solion.devices.coating_top import NoTop, TopGrowth
from solion.devices.line import AbstractRegion
from solion.laws.charge_transfer import AbstractChargeTransfer, metal_surface

COUNTED = 1e-3  # unit of the entry that counts lithium, over what the coating stores


class CoatingFields(NamedTuple):
    """Potentials of the cells, current densities between them and into the metal, and the overpotential there."""

    potential: Float[Array, " n"]
    inner: Float[Array, " n-1"]
    joining: Any
    overpotential: Any
    extra: Any  # of the top
    coverage: Any


class CoatingRegion(AbstractRegion):
    """Cells from the electrolyte (first) to the lithium (last), scaled: R_U, V_T and a time."""

    capacity: Float[Array, " n"]  # of each cell
    resistances: Float[Array, " n+1"]  # above the first cell's centre, between centres, below the last one's
    stiffness: Any  # eta over c/c_eq - 1
    depths: Float[Array, " n"]
    metal: Junction
    offset: Any  # V_Li p/F
    top: NoTop | TopGrowth = NoTop()

    name: str = eqx.field(static=True, default="coating")
    ends: tuple[str, str] = eqx.field(static=True, default=("electrolyte", "lithium"))
    length: Any = 1.0

    bandwidth: ClassVar[int] = 1
    at_top: ClassVar[tuple[Quantity, ...]] = (
        Quantity(
            "supersaturation",
            "voltage",
            "mu_Li/F at the top against the lithium underneath, what drives adatoms to nucleate there",
            place="electrolyte",
            monitored=True,
        ),
        Quantity("composition_top", None, "content c/c_eq at the top", "surface", "electrolyte", monitored=True),
    )
    own: ClassVar[tuple[Quantity, ...]] = (
        Quantity("joining_current_density", "current_density", "current density of lithium that joins the metal underneath"),
        Quantity("overpotential_lithium", "voltage", "overpotential at coating|lithium", place="lithium"),
        Quantity(
            "lithium_balance", None, "mean excess in the coating less what came in and has not joined the metal", "inventory"
        ),
        Quantity("dissipation_coating", "power", "power lost by lithium moving in the coating", "loss", "coating"),
        Quantity("dissipation_lithium", "power", "power lost where lithium joins the metal", "loss", "lithium"),
        Quantity("pressure_power", "power", "work of the pressure on the growing metal", "work"),
    )

    @property
    def surfaces(self):
        return (*self.at_top, *self.top.quantities)

    @property
    def quantities(self):
        return self.own

    @property
    def cells(self):
        return self.capacity.shape[0] + 1 + self.top.cells

    @property
    def _unit(self):
        return COUNTED / (jnp.sum(self.capacity) * self.stiffness)

    def guards(self):
        return {}

    def _split(self, values):
        """Of the cells, the counting entry, of the top."""
        count = self.capacity.shape[0]
        return values[:count], values[count : count + 1], values[count + 1 :]

    def unknowns(self, content):
        cells, count, extra = self._split(content)
        return jnp.concatenate([(cells - 1) * self.stiffness, count - 1, extra - 1])

    def conserved(self, y):
        cells, *rest = self._split(y)
        return jnp.concatenate([1 + cells / self.stiffness, *(1 + part for part in rest)])

    def invariants(self, q):
        cells, count, _ = self._split(q)
        return (jnp.sum(self.capacity * (cells - 1)) * self.stiffness * self._unit - (count[0] - 1))[None]

    def admissible(self, y):
        return jnp.all(jnp.isfinite(y))

    def places(self):
        return jnp.concatenate([self.depths, jnp.ones(1)])

    def state(self, y):
        eta, _, extra = self._split(y)
        drop, resistance = eta[-1] - self.offset, self.resistances[-1]
        over = shared(self.metal, drop, resistance)
        joining = jnp.where(resistance > 0, (drop - over) / resistance, self.metal.current(over))
        inner = (eta[:-1] - eta[1:]) / self.resistances[1:-1]
        return CoatingFields(eta, inner, joining, over, extra, self.top.coverage(extra))

    def _net(self, state, current):
        """Current into each cell."""
        flow = jnp.concatenate([jnp.reshape(current, 1), state.inner, jnp.reshape(state.joining, 1)])
        return flow[:-1] - flow[1:]

    def rate(self, state, current):
        own = self._net(state, current) / (self.capacity * self.stiffness)
        count = jnp.reshape((current - state.joining) * self._unit, 1)
        return jnp.concatenate([own, count, self.top.rates(*self._of_top(state, current))])

    def _of_top(self, state, current):
        return state.extra, state.coverage, self._at_top(state, current), current

    def drop(self, state):
        return state.potential[0], self.resistances[0]

    def surface(self, state, end):
        return self.metal.surface

    def _at_top(self, state, current):
        return state.potential[0] + self.resistances[0] * current

    def contents(self, state, current):
        top = self._at_top(state, current)
        return top, 1 + top / self.stiffness, *self.top.observe(*self._of_top(state, current))

    def observe(self, y, state, current):
        inside = self.resistances[0] * current**2 + jnp.sum(self.resistances[1:-1] * state.inner**2)
        return {
            "joining_current_density": state.joining,
            "overpotential_lithium": state.overpotential,
            "lithium_balance": self.invariants(self.conserved(y))[0] / COUNTED,
            "dissipation_coating": inside + self.resistances[-1] * state.joining**2,
            "dissipation_lithium": state.overpotential * state.joining,
            "pressure_power": -self.offset * state.joining,
        }

    def energy(self, y, state, current):
        eta = state.potential
        return 0.5 * jnp.sum(self.capacity * eta**2), jnp.sum(eta * self._net(state, current))

    def energy_slope(self, y, state, rates):
        cells, *_ = self._split(rates)
        return jax.jvp(lambda eta: 0.5 * jnp.sum(self.capacity * eta**2), (state.potential,), (self.stiffness * cells,))[1]


def coating_region(
    layers, content, law: AbstractChargeTransfer, offset, scales: Scales, cells: int, top: NoTop | TopGrowth
) -> CoatingRegion:
    """The region of ``layers`` (thickness, sigma_Li, D_chem or None; SI, from the lithium up) with some ``cells``.

    Cells of each storing layer widen from its top as s^2, where a step of current is felt first. ``content``: W V_T of the
    topmost layer that stores (V).
    """
    storing = [d is not None for *_, d in layers]
    if not any(storing):  # no device runs it (see CoatedElectrode.regions), but a study asks what it would declare
        layers = [(thickness, sigma, thickness**2 / scales.time) for thickness, sigma, _ in layers]
    each = cells_of_layer(cells, sum(storing))
    faces = np.linspace(0, 1, each + 1) ** 2
    widths, centres = np.diff(faces), 0.5 * (faces[1:] + faces[:-1])
    unit = scales.area_resistance
    capacity, depths, resistances, open_half, depth = [], [], [], 0.0, 0.0
    for thickness, sigma, d in reversed(layers):  # from the electrolyte down
        whole = thickness / sigma / unit
        if d is None:
            open_half = open_half + whole
        else:
            half = 0.5 * widths * whole
            resistances += [jnp.reshape(open_half + half[0], 1), half[1:] + half[:-1]]
            open_half = half[-1]
            capacity.append(widths * thickness * sigma / d * unit / scales.time)
            depths.append(depth + centres * thickness / scales.length)
        depth = depth + thickness / scales.length
    resistances.append(jnp.reshape(open_half, 1))
    metal = join(law, metal_surface(scales.voltage), scales.current_density)
    return CoatingRegion(  # pyright: ignore[reportCallIssue]
        capacity=jnp.concatenate(capacity),
        resistances=jnp.concatenate(resistances),
        stiffness=content / scales.voltage,
        depths=jnp.concatenate(depths),
        metal=metal,
        offset=offset / scales.voltage,
        top=top,
    )


def cells_of_layer(cells: int, storing: int) -> int:
    """How many of ``cells`` each of the layers that store lithium has."""
    return max(2, cells // max(storing, 1))
