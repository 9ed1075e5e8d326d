"""A film whose temperature differs across it: heat is made where it is lost, and conducted to what lies at its two ends.

    C dT/dt = d/dx (k dT/dx) + q,    q = r J_p^2/M_p + J_n^2/M_n + r T s_mix dc/dt  (cells),    q_end = i eta + part of R_s i^2
    k dT/dx = (T_end - T_0)/R_end - q_end at the first end, and alike at the last one

Scaled as in :mod:`solion.devices.heated_line`, whose laws hold here cell by cell; of each loss at a face half goes to either
cell. Carriers see the gradient of their whole potential and carry no entropy: neither Soret nor Peltier. The ledger is that of a
film of one temperature: V i - dH/dt is the heat made, the same to round-off. Unknowns of a cell: u, then theta - 1.
"""

from __future__ import annotations

from typing import Any, ClassVar

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.base.constants import BOLTZMANN, ELEMENTARY_CHARGE
from solion.base.errors import InputError
from solion.base.parameters import assumed, positive_parameter
from solion.base.quantity import Quantity
from solion.devices.device import AbstractDeviceSystem, Guard
from solion.devices.film_region import FilmRegion
from solion.devices.heated_line import REMEDY, AbstractHeat, highest_parameter, line_at, series_share_parameter
from solion.devices.line import LineSystem
from solion.grids.line import Line


class ConductedHeat(AbstractHeat):
    """Heat conduction across the film, with a resistance at each end to surroundings at the device's temperature.

    Good where the film's own h/k counts beside them, as in devices of 50 nm. ``below`` adds the boundary of the film and what
    spreads the heat beneath it (:func:`solion.laws.spreading_resistance`), ``above`` what lies on the film. The electrodes' own
    heat capacity is left out, and in-plane conduction too.
    """

    below: float = positive_parameter(unit="m2 K/W", high=1.0, doc="R of the last end: its boundary and the substrate")
    above: float = positive_parameter(
        0.1, unit="m2 K/W", high=1e6, doc="R of the first end", source=assumed(0.1, "still air, 10 W/(m2 K)")
    )
    conductivity: float = positive_parameter(
        1.5, unit="W/(m K)", high=1e4, doc="k of the film", source=assumed(1.5, "an oxide; recalled and not checked")
    )
    heat_capacity: float = positive_parameter(
        3e6, unit="J/(m3 K)", high=1e8, doc="C of the film", source=assumed(3e6, "an oxide; recalled and not checked")
    )
    highest: float = highest_parameter()
    series_share: float = series_share_parameter(
        "share of the series resistance's power that heats the film, half of it at either end"
    )

    @property
    def followed(self):
        return True

    def of(self, line, scales, temperature, ions, electrons, contacts):
        if not isinstance(line, LineSystem):
            raise InputError("device.heat = ConductedHeat: a film in space is isothermal; leave the extent out, or heat.")
        unit, flow = ELEMENTARY_CHARGE / (BOLTZMANN * temperature), scales.power_density / temperature
        thermal = AcrossFlow(
            temperature,
            self.conductivity / (scales.length * flow),
            self.heat_capacity * scales.length / (flow * scales.time),
            (1 / (self.above * flow), 1 / (self.below * flow)),
            self.highest,
            self.series_share,
            ions * unit,
            electrons * unit,
            tuple(energy * unit for energy in contacts),
        )
        return HeatedAcross(line, thermal)  # pyright: ignore[reportCallIssue]


class AcrossFlow(eqx.Module):
    """The numbers of :class:`ConductedHeat` and of Arrhenius' laws, scaled: energies in k_B T_0, T in T_0."""

    surroundings: Any  # T_0, K
    conductance: Any  # k T_0/(h V_T i_D)
    capacity: Any  # C h T_0/(V_T i_D tau_D)
    ends: tuple[Any, Any]  # T_0/(R V_T i_D)
    highest: Any  # K
    series_share: Any
    ions: Any
    electrons: Any
    contacts: tuple[Any, ...]


class HeatedAcross(AbstractDeviceSystem):
    """A line of one film whose cells each have a temperature."""

    line: LineSystem
    heat: AcrossFlow

    border: ClassVar[int] = 0
    bandwidth: ClassVar[int] = 5
    own: ClassVar[tuple[Quantity, ...]] = (
        Quantity("temperature", "temperature", "highest temperature of the film", monitored=True, headline=True),
        Quantity("temperature_top", "temperature", "temperature of the film at its first end"),
        Quantity("temperature_bottom", "temperature", "temperature of the film at its last end"),
        Quantity("heat_flow", "power", "heat that leaves through both ends to the surroundings"),
        Quantity("heat_released", "power", "heat that the device makes: power from the source less the rate of enthalpy"),
        Quantity("heat_stored", "energy", "heat that the film holds above the surroundings' temperature"),
        Quantity("heat_made", "energy", "heat made since the start", integral_of="heat_released"),
        Quantity("heat_lost", "energy", "heat that left since the start", integral_of="heat_flow"),
    )

    @property
    def observables(self):
        return (*self.line.observables, *self.own)

    @property
    def spatial(self):
        field = Quantity("temperature_across", "temperature", "temperature", "field", dimensions=("x",))
        return (*self.line.spatial, field)

    @property
    def guards(self):
        limit = Guard("film", 0.0, self.heat.highest, self.heat.highest, event=("runaway", "thermal runaway", REMEDY))
        return self.line.guards | {"temperature": limit}

    def _parts(self, values) -> tuple[Float[Array, " n"], Float[Array, " n"]]:
        """What belongs to the contents, and to the temperatures."""
        pairs = values.reshape(-1, 2)
        return pairs[:, 0], pairs[:, 1]

    def _joined(self, contents, temperatures):
        return jnp.stack([contents, temperatures], axis=-1).ravel()

    def unknowns(self, content):
        return self._joined(self.line.unknowns(content), jnp.zeros(content.shape))

    def conserved(self, y):
        u, rise = self._parts(y)
        return self._joined(self.line.conserved(u), rise)

    @property
    def floor(self):
        floor = self.line.floor
        return self._joined(floor, 0.0 * floor)

    def invariants(self, q):
        return self.line.invariants(self._parts(q)[0])

    def admissible(self, y):
        u, rise = self._parts(y)
        return self.line.admissible(u) & jnp.all(rise > -1)

    def profiles(self, y):
        u, rise = self._parts(y)
        return self.line.profiles(u) | {"temperature_across": self.heat.surroundings * (1 + rise)}

    @property
    def _grid(self) -> Line:
        (region,) = self.line.regions
        assert isinstance(region, FilmRegion)
        return region.film.grid

    def _ends(self, rise):
        """theta - 1 at the ends, which lie half a cell beyond the last centres."""
        return self._grid.ends(rise)

    def at(self, y) -> LineSystem:
        """The line at the temperatures of a state."""
        _, rise = self._parts(y)
        first, last = self._ends(rise)
        return line_at(self.line, self.heat, 1 + rise, (1 + first, 1 + last))

    def fields(self, y):
        """States of the film and the circuit."""
        return self.at(y).fields(self._parts(y)[0])

    def start(self, t, y, drive):
        return self.at(y).start(t, self._parts(y)[0], drive)

    def _instant(self, y, w):
        """The line at its temperatures, what its circuit solves for, and its fields."""
        line = self.at(y)
        circuit, lumped = line.split(w)
        return line, circuit, line.fields(self._parts(y)[0], lumped)

    def _sources(self, line: LineSystem, y, w, fields):
        """Heat made in each cell, over its width, and at the two ends; w: what the circuit solves for."""
        region, (_, rise), current = line.regions[0], self._parts(y), w[0]
        assert isinstance(region, FilmRegion)
        film, (state,) = region.film, fields.states
        of_ions, of_electrons = film.losses(state.faces, current)
        at_faces = film.diffusivity_ratio * of_ions + of_electrons
        ends = [current**2 / mobile for mobile in state.mobile]  # of half cells, in which ions stand still
        cells = film.grid.from_faces(at_faces, *ends) + film.diffusivity_ratio * (1 + rise) * region.entropy_rates(state, current)
        _, _, total = fields.circuit.voltages(w)
        series = 0.5 * self.heat.series_share * line.series_resistance * total**2
        signs = fields.circuit.signs
        return cells, tuple(sign * current * eta + series for sign, eta in zip(signs, w[1:], strict=True))

    def _leaving(self, rise):
        """Heat that leaves through each end."""
        return tuple(conductance * end for conductance, end in zip(self.heat.ends, self._ends(rise), strict=True))

    def balance(self, t, y, w, drive):
        line, circuit, fields = self._instant(y, w)
        u, rise = self._parts(y)
        rates, excess = line.balance_at(fields, t, u, w, drive)
        cells, made = self._sources(line, y, circuit, fields)
        first, last = (own - out for own, out in zip(made, self._leaving(rise), strict=True))
        conducted = -self._grid.divergence(-self.heat.conductance * self._grid.gradient(rise), first, -last)
        return self._joined(rates, (conducted + cells) / self.heat.capacity), excess

    def _flows(self, line, y, w, fields):
        """(heat made, heat that leaves) of the whole film."""
        cells, ends = self._sources(line, y, w, fields)
        return self._grid.integral(cells) + sum(ends), sum(self._leaving(self._parts(y)[1]))

    def monitors(self, t, y, w, drive):
        u, rise = self._parts(y)
        return jnp.append(self.at(y).monitors(t, u, w, drive), self.heat.surroundings * (1 + self._highest(rise)))

    def _highest(self, rise):
        """The largest theta - 1 of cells and ends."""
        return jnp.max(jnp.append(rise, jnp.stack(self._ends(rise))))

    def integrands(self, t, y, w, drive):  # as in observe(), but much quicker to compile
        line, circuit, fields = self._instant(y, w)
        return jnp.stack(self._flows(line, y, circuit, fields))

    def observe(self, t, y, w, drive):
        line, circuit, fields = self._instant(y, w)
        u, rise = self._parts(y)
        made, lost = self._flows(line, y, circuit, fields)
        highest, first, last = (self.heat.surroundings * (1 + value) for value in (self._highest(rise), *self._ends(rise)))
        return line.observe(t, u, w, drive) | {
            "temperature": highest,
            "temperature_top": first,
            "temperature_bottom": last,
            "heat_flow": lost,
            "heat_released": made,
            "heat_stored": self.heat.capacity * self._grid.integral(rise),
        }
