"""A synapse whose contact is not even: patches side by side, each with its own resistance, under one gate.

Ions of one patch reach another only through the electrolyte and the outer circuit, so that patches of poor contact lag
behind. Each is a compact cell of the whole synapse's films; what is reported is their sum or their mean by area.
"""

from __future__ import annotations

from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from solion.balances.electrode import LIMIT
from solion.base.errors import InputError
from solion.base.parameters import parameter
from solion.base.quantity import Quantity
from solion.devices.device import AbstractDevice, AbstractDeviceSystem, first_terminal
from solion.devices.ionic_synapse import IonicSynapse, WellMixed
from solion.devices.start import Region
from solion.devices.synapse_system import OBSERVABLES, SynapseSystem
from solion.laws.salt import BinarySalt
from solion.numerics.banded import solve_small
from solion.numerics.roots import increasing_root
from solion.numerics.stepping.integrate import Tolerance
from solion.protocols.drive import Drive


class PatchedSynapse(AbstractDevice):
    """``synapse`` cut into patches that cover shares of its area, with a contact resistance (ohm m2) in front of each."""

    synapse: IonicSynapse
    coverage: tuple[float, ...]
    contact_resistance: Any = parameter(unit="ohm m2", low=0, doc="of each patch, area-specific, in its gate current")

    terminals: ClassVar[tuple[str, ...]] = IonicSynapse.terminals
    sign_convention: ClassVar[str] = IonicSynapse.sign_convention
    tolerance: ClassVar[Tolerance] = IonicSynapse.tolerance

    def __check_init__(self):
        if not isinstance(self.synapse.depth, WellMixed) or self.synapse.double_layer.junctions(self.scales()).states:
            raise InputError("PatchedSynapse: its cells are compact; give a synapse with WellMixed() films and no double layer.")
        if isinstance(self.synapse.electrolyte.salt, BinarySalt):
            raise InputError("PatchedSynapse: its patches share no salt; give an electrolyte with SingleIon().")
        shares = np.asarray(self.coverage, float)
        if shares.size < 2 or np.any(shares <= 0) or abs(shares.sum() - 1) > 1e-9:
            raise InputError("PatchedSynapse.coverage must be two or more positive shares that sum to 1.")
        if np.shape(self.contact_resistance) != shares.shape:
            raise InputError(f"PatchedSynapse.contact_resistance needs {shares.size} values, one for each patch.")

    def scales(self):
        return self.synapse.scales()

    def system(self, cells: int) -> PatchedSystem:
        """The scaled equations; the number of cells is that of the patches."""
        inner, scales = self.synapse.system(cells), self.scales()
        shares = np.asarray(self.coverage, float)
        return PatchedSystem(
            inner=inner,
            coverage=jnp.asarray(shares),
            series_resistance=inner.series_resistance,
            resistance=jnp.asarray(self.contact_resistance, float) * scales.current_density / scales.voltage,
            length=jnp.sqrt(self.synapse.area) / scales.length,
            bandwidth=inner.channel.cells + inner.reservoir.cells + 1,
        )

    def regions(self, cells: int) -> tuple[Region, ...]:
        films = self.synapse.regions(cells)
        return tuple(
            film._replace(name=f"{film.name} of patch {patch + 1}") for patch in range(len(self.coverage)) for film in films
        )

    def facts(self):
        return self.synapse.facts() | {"patches": len(self.coverage)}

    def warnings(self, dataset):
        return self.synapse.warnings(dataset)


class PatchedSystem(AbstractDeviceSystem):
    """The unknowns of each patch one after the other; w is the voltage of the electrode behind the contacts, then w of each
    patch, so that no patch is solved for within a step."""

    inner: SynapseSystem
    coverage: Float[Array, " p"]
    resistance: Float[Array, " p"]
    series_resistance: Any
    length: Any

    bandwidth: int = eqx.field(static=True)
    border: ClassVar[int] = 0
    observables: ClassVar[tuple[Quantity, ...]] = (
        *OBSERVABLES,
        Quantity("least_composition", None, "ions per formula unit of the poorest patch", place="channel"),
        Quantity("largest_composition", None, "ions per formula unit of the richest patch", place="channel"),
    )
    spatial: ClassVar[tuple[Quantity, ...]] = (
        Quantity(
            "x",
            "length",
            "position of the patch, as the share of the area before it times the root of the area",
            "coordinate",
            dimensions=("x",),
        ),
        Quantity("composition", None, "composition of the channel of each patch", "field", dimensions=("x",)),
    )

    @property
    def guards(self):
        return self.inner.guards

    def _patches(self, values):
        return jnp.reshape(values, (self.coverage.shape[0], -1))

    def unknowns(self, content):
        return jnp.ravel(jax.vmap(self.inner.unknowns)(self._patches(content)))

    def conserved(self, y):
        return jnp.ravel(jax.vmap(self.inner.conserved)(self._patches(y)))

    def profiles(self, y):
        places = self.length * (jnp.cumsum(self.coverage) - 0.5 * self.coverage)
        return {"x": places, "composition": self._patches(self.conserved(y))[:, 0]}

    def invariants(self, q):
        """Those of the whole synapse: kept exactly for all patches together, to the tolerance for each of them."""
        return self.coverage @ jax.vmap(self.inner.invariants)(self._patches(q))

    def admissible(self, y):
        return jnp.all(jax.vmap(self.inner.admissible)(self._patches(y)))

    def _each(self, function, y, w, outer):
        """``function(cell, y, w, drive)`` of every patch under the voltage of the electrode, w[0], and the drain's own drive."""
        drive = outer.holding_first(w[0])

        def patch(y, w, resistance):
            return function(self._cell(resistance), y, w, drive)

        return jax.vmap(patch)(self._patches(y), self._patches(w[1:]), self.resistance)

    def _cell(self, resistance):
        return eqx.tree_at(lambda system: system.series_resistance, self.inner, resistance)

    def _flows(self, y, voltage, outer):
        """w of every patch under a voltage of the electrode, found with certainty.

        Its derivative is that of the equations there: to differentiate the search as well would take long to compile.
        """
        drive, zero = outer.holding_first(voltage), jnp.zeros(())

        def patch(y, resistance):
            cell = self._cell(resistance)

            def excess(w):
                return cell.fields(y).constraint(first_terminal(drive), zero, w)

            found = _start(*jax.lax.stop_gradient((cell, y, drive)))
            slope = jax.lax.stop_gradient(jax.jacfwd(excess)(found))
            return found - solve_small(slope, excess(found))

        return jax.vmap(patch)(self._patches(y), self.resistance)

    def _current(self, y, w, outer):
        totals = self._each(lambda cell, y, w, drive: cell.fields(y).voltages(w)[2], y, w, outer)
        return jnp.sum(self.coverage * totals)

    def _excess(self, t, y, w, outer):
        current = self._current(y, w, outer)
        return first_terminal(outer).excess(t, w[0] + self.series_resistance * current, current)

    def start(self, t, y, drive):
        gate = first_terminal(drive)
        guess = jnp.where(gate.current_weight == 0, gate.source(t), 0.0)
        voltage = increasing_root(_excess_at, (self, t, y, drive), -LIMIT, LIMIT, guess)
        return self._joined(voltage, self._flows(y, voltage, drive))

    @staticmethod
    def _joined(voltage, flows):
        return jnp.concatenate([voltage[None], jnp.ravel(flows)])

    def balance(self, t, y, w, drive):
        rates, excess = self._each(lambda cell, y, w, drive: cell.balance(t, y, w, drive), y, w, drive)
        return jnp.ravel(rates), self._joined(self._excess(t, y, w, drive), excess)

    def observe(self, t, y, w, drive):
        each = self._each(lambda cell, y, w, drive: cell.observe(t, y, w, drive), y, w, drive)
        mean = {name: jnp.sum(self.coverage * values) for name, values in each.items()}
        lost = self.series_resistance * mean["current"] ** 2
        surfaces = {name: jnp.min(each[name]) for name in ("composition_channel_surface", "composition_reservoir_surface")}
        return (
            mean
            | surfaces
            | {
                "voltage": w[0] + self.series_resistance * mean["current"],
                "cell_voltage": w[0],
                "electrical_power": mean["electrical_power"] + lost,
                "dissipation_series": mean["dissipation_series"] + lost,
                "least_composition": jnp.min(each["composition_channel"]),
                "largest_composition": jnp.max(each["composition_channel"]),
            }
        )


def _start(cell: SynapseSystem, y, drive: Drive):
    return cell.start(jnp.zeros(()), y, drive)


def _excess_at(voltage, parameters):
    system, t, y, drive = parameters
    return system._excess(t, y, system._joined(voltage, system._flows(y, voltage, drive)), drive)
