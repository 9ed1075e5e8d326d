"""A device on a line: regions in series, the interfaces between them and its terminal's circuit, all composed.

    V_cell = sum over interfaces (+-)eta + sum over regions (offset + R i),    V = V_cell + R_s (i + leak(V_cell))

One current density i passes everything. An interface is a law of charge transfer on the surface of the region beside it; its
overpotential is positive where it drives current into that region. The unknowns w are i, every eta, and the lumped numbers of
the regions.
"""

import dataclasses
import functools
import itertools
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, NamedTuple

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.balances.electrode import Junction, join, overpotential
from solion.base.quantity import Quantity
from solion.devices.circuit import AbstractTerminalCircuit, solve
from solion.devices.device import AbstractDeviceSystem, Guard, first_terminal
from solion.laws.charge_transfer import AbstractChargeTransfer, Surface
from solion.laws.conduction import AbstractLeak


class AbstractRegion(eqx.Module):
    """A layer of a line in the line's units: what it does to the current, and what the current does to it.

    ``quantities`` are the numbers that it reports, by names of its own; ``surfaces`` are the contents at its two ends, which
    can be watched and can end a step. In a line of several regions their names are followed by the region's.
    """

    name: eqx.AbstractVar[str]
    ends: eqx.AbstractVar[tuple[str, str]]
    cells: eqx.AbstractVar[int]
    bandwidth: eqx.AbstractVar[int]
    surfaces: eqx.AbstractVar[tuple[Quantity, ...]]
    quantities: eqx.AbstractVar[tuple[Quantity, ...]]
    length: eqx.AbstractVar[Any]  # in units of the line's

    @abstractmethod
    def unknowns(self, content: Float[Array, " n"]) -> Float[Array, " n"]:
        """The stepper's unknowns of a content."""

    @abstractmethod
    def conserved(self, y: Float[Array, " n"]) -> Float[Array, " n"]:
        """The content, entry by entry of the unknowns."""

    def content(self, y: Float[Array, " n"]) -> Float[Array, " m"]:
        """The content at each of ``places``: of a region of several unknowns a place, what they are together."""
        return self.conserved(y)

    @property
    def floor(self) -> Any:
        """The least dq/dy: see :class:`solion.numerics.system.AbstractSystem`."""
        return 0.0

    @property
    def lumped(self) -> int:
        """How many numbers of the whole region every one of its cells feels, such as the moment of a film that bends."""
        return 0

    def closing(self, y: Float[Array, " n"]) -> Float[Array, " l"]:
        """These numbers, by the cells."""
        return jnp.zeros(0)

    @property
    def fields(self) -> tuple[Quantity, ...]:
        """What it reports of each cell beside its content."""
        return ()

    def profile(self, y: Float[Array, " n"]) -> dict[str, Any]:
        """The values of ``fields``."""
        return {}

    @abstractmethod
    def invariants(self, q: Float[Array, " n"]) -> Float[Array, " v"]:
        """Sums of the content that never change."""

    @abstractmethod
    def admissible(self, y: Float[Array, " n"]) -> Any:
        """Whether a state may be accepted."""

    @abstractmethod
    def places(self) -> Float[Array, " m"]:
        """Distance of each cell from the region's first end; entries after the last of them are no cells."""

    @abstractmethod
    def guards(self) -> Mapping[str, Guard]:
        """Limits of its surfaces, by their names."""

    @abstractmethod
    def state(self, y: Float[Array, " n"], *lumped) -> Any:
        """All that the methods below need, computed once."""

    @abstractmethod
    def rate(self, state, current) -> Float[Array, " n"]:
        """Rate of the content."""

    @abstractmethod
    def drop(self, state) -> tuple[Any, Any]:
        """(offset, resistance) of the potential, between its ends, of what the current is made of."""

    @abstractmethod
    def surface(self, state, end: int) -> Surface:
        """What an interface's law may know of its first (0) or last (-1) end."""

    @abstractmethod
    def contents(self, state, current) -> tuple[Any, ...]:
        """The values of ``surfaces``."""

    @abstractmethod
    def observe(self, y, state, current) -> dict[str, Any]:
        """The values of ``quantities``."""

    @abstractmethod
    def energy(self, y, state, current) -> tuple[Any, Any]:
        """(free energy, its rate)."""

    @abstractmethod
    def energy_slope(self, y, state, rates) -> Any:
        """The same rate, as the derivative of the energy itself along the ``rates`` of the content: an audit of the equations."""


class Interface(eqx.Module):
    """A law on the region that follows it in the line (``side`` "after") or that goes before it ("before")."""

    name: str = eqx.field(static=True)
    transfer: AbstractChargeTransfer
    side: Literal["before", "after"] = eqx.field(static=True)

    @property
    def sign(self) -> int:
        """Of its overpotential in the voltage, and of the current that enters its region."""
        return 1 if self.side == "after" else -1


class NoLeak(eqx.Module):
    """Nothing passes beside the line."""

    losses: ClassVar[tuple[Quantity, ...]] = ()

    def of(self, states):
        """At states of the regions."""
        return self

    def current(self, voltage):
        """None."""
        return 0.0


class Leak(eqx.Module):
    """A law of leaking in SI beside the line, with its conductance at small voltages, S/m2."""

    law: AbstractLeak
    conductance: Any
    thermal_voltage: Any  # V
    unit: Any  # A/m2

    losses: ClassVar[tuple[Quantity, ...]] = (Quantity("dissipation_leak", "power", "power lost in the leak", "loss", "leak"),)

    def of(self, states):
        """At states of the regions, on which it does not depend."""
        return self

    def current(self, voltage):
        """Current density at a voltage of the cell, scaled."""
        return self.law.current(voltage * self.thermal_voltage, self.conductance) / self.unit


class LineCircuit(AbstractTerminalCircuit):
    """The line at one instant; w = (i, eta of each interface)."""

    junctions: tuple[Junction, ...]
    signs: tuple[int, ...] = eqx.field(static=True)
    offset: Any
    resistance: Any
    leak: Any  # NoLeak, Leak, or another path beside the line
    series_resistance: Any

    def bare(self):
        return self.offset, self.resistance

    def unit(self):
        least = self.junctions[0].exchange
        for junction in self.junctions[1:]:
            least = jnp.minimum(least, junction.exchange)
        return least

    def leaking(self, voltage):
        return self.leak.current(voltage)

    def series(self):
        return self.series_resistance

    def carrying(self, current):
        pairs = zip(self.junctions, self.signs, strict=True)
        return jnp.stack([current, *(overpotential(junction, sign * current) for junction, sign in pairs)])

    def voltages(self, w):
        cell = self.offset + self.resistance * w[0]
        for place, sign in enumerate(self.signs, start=1):
            cell = cell + sign * w[place]
        total = w[0] + self.leak.current(cell)
        return cell + self.series_resistance * total, cell, total

    def constraint(self, drive, t, w):
        """The terminal obeys the drive, and every interface carries the current."""
        voltage, _, total = self.voltages(w)
        triples = zip(self.junctions, self.signs, w[1:], strict=True)
        return jnp.stack(
            [drive.excess(t, voltage, total), *(junction.excess(eta, sign * w[0]) for junction, sign, eta in triples)]
        )


class LineFields(NamedTuple):
    """States of the regions, and the circuit that they make."""

    states: tuple[Any, ...]
    circuit: LineCircuit


class LineSystem(AbstractDeviceSystem):
    """Regions between ``interfaces``, one more than regions, beside a leak and behind a resistance (scaled).

    The first region begins at the terminal, the last one ends at the ground.
    """

    regions: tuple[AbstractRegion, ...]
    interfaces: tuple[Interface, ...]
    series_resistance: Any
    current_unit: Any  # A/m2
    leak: Any = NoLeak()  # or a Leak, or another path beside the line at a state of it
    terminal: str = eqx.field(static=True, default="top")

    border: ClassVar[int] = 0

    @property
    def bandwidth(self):
        return max(region.bandwidth for region in self.regions)

    @property
    def observables(self):
        told = tuple(_renamed((*one.surfaces, *one.quantities), _label(self.regions, one)) for one in self.regions)
        return _observables(self.terminal, tuple(item.name for item in self.interfaces), sum(told, ()), self.leak.losses)

    @property
    def spatial(self):
        return (
            Quantity("x", "length", f"distance from {self.terminal}", "coordinate", dimensions=("x",)),
            Quantity("composition", None, "content of each cell, c/c_0", "field", dimensions=("x",)),
            *(self.regions[0].fields if len(self.regions) == 1 else ()),
        )

    @property
    def guards(self):
        return {name + _label(self.regions, region): guard for region in self.regions for name, guard in region.guards().items()}

    def _parts(self, values):
        """Entries of each region."""
        first = 0
        for region in self.regions:
            yield region, values[first : first + region.cells]
            first += region.cells

    def unknowns(self, content):
        return jnp.concatenate([region.unknowns(part) for region, part in self._parts(content)])

    def conserved(self, y):
        return jnp.concatenate([region.conserved(part) for region, part in self._parts(y)])

    @property
    def floor(self):
        return jnp.concatenate([jnp.full(region.cells, region.floor) for region in self.regions])

    def profiles(self, y):
        before, places, contents = 0.0, [], []
        for region, part in self._parts(y):
            places.append(before + region.places())
            contents.append(region.content(part)[: places[-1].size])
            before = before + region.length
        own = self.regions[0].profile(y) if len(self.regions) == 1 else {}
        return {"x": jnp.concatenate(places), "composition": jnp.concatenate(contents)} | own

    def invariants(self, q):
        return jnp.concatenate([region.invariants(part) for region, part in self._parts(q)])

    def admissible(self, y):
        accepted = [region.admissible(part) for region, part in self._parts(y)]
        return jnp.all(jnp.stack(accepted))

    def _closing(self, y):
        """The regions' lumped numbers, by the cells."""
        return jnp.concatenate([region.closing(part) for region, part in self._parts(y)])

    @property
    def _lumped(self) -> int:
        return sum(region.lumped for region in self.regions)

    def fields(self, y, lumped=None) -> LineFields:
        """States of the regions and the circuit seen from the terminal; ``lumped``: the regions' own, else by the cells."""
        numbers = iter((self._closing(y) if lumped is None else lumped) if self._lumped else ())
        states = tuple(region.state(part, *itertools.islice(numbers, region.lumped)) for region, part in self._parts(y))
        offset, resistance = 0.0, 0.0
        for region, state in zip(self.regions, states, strict=True):
            own, through = region.drop(state)
            offset, resistance = offset + own, resistance + through
        junctions = []
        for place, interface in enumerate(self.interfaces):
            at, end = (place, 0) if interface.side == "after" else (place - 1, -1)
            surface = self.regions[at].surface(states[at], end)
            junctions.append(join(interface.transfer, surface, self.current_unit))
        signs = tuple(interface.sign for interface in self.interfaces)
        return LineFields(
            states, LineCircuit(tuple(junctions), signs, offset, resistance, self.leak.of(states), self.series_resistance)
        )

    def start(self, t, y, drive):
        w = solve(self.fields(y).circuit, first_terminal(drive), t)
        return jnp.concatenate([w, self._closing(y)]) if self._lumped else w

    def split(self, w):
        """What the circuit solves for, and the regions' lumped numbers."""
        count = 1 + len(self.interfaces)
        return w[:count], w[count:]

    def balance(self, t, y, w, drive):
        return self.balance_at(self.fields(y, self.split(w)[1]), t, y, w, drive)

    def balance_at(self, fields: LineFields, t, y, w, drive):
        """The same with the fields of a state."""
        (states, circuit), (w, lumped) = fields, self.split(w)
        rates = [region.rate(state, w[0]) for region, state in zip(self.regions, states, strict=True)]
        excess = circuit.constraint(first_terminal(drive), t, w)
        if self._lumped:
            excess = jnp.concatenate([excess, lumped - self._closing(y)])
        return jnp.concatenate(rates), excess

    def monitors(self, t, y, w, drive):  # as in observe(), but a tenth quicker to compile
        w, lumped = self.split(w)
        states, circuit = self.fields(y, lumped)
        voltage, _, total = circuit.voltages(w)
        pairs = zip(self.regions, states, strict=True)
        return jnp.stack([voltage, total, *(value for region, state in pairs for value in region.contents(state, w[0]))])

    def observe(self, t, y, w, drive) -> dict[str, Float[Array, ""]]:
        """Scaled numbers of one instant, by the names of ``observables``."""
        w, lumped = self.split(w)
        states, circuit = self.fields(y, lumped)
        voltage, cell, total = circuit.voltages(w)
        seen = {"voltage": voltage, "current": total, "current_density": total, "electrical_power": voltage * total}
        stored = []
        for (region, part), state in zip(self._parts(y), states, strict=True):
            names = [item.name for item in region.surfaces]
            own = dict(zip(names, region.contents(state, w[0]), strict=True)) | region.observe(part, state, w[0])
            seen |= {name + _label(self.regions, region): value for name, value in own.items()}
            rate, slope = region.energy(part, state, w[0]), region.energy_slope(part, state, region.rate(state, w[0]))
            stored.append((*rate, slope))
        seen["free_energy"], seen["energy_rate"], seen["energy_slope"] = (sum(values) for values in zip(*stored, strict=True))
        for place, interface in enumerate(self.interfaces, start=1):
            seen[f"overpotential_{interface.name}"] = w[place]
            seen[f"dissipation_{interface.name}"] = interface.sign * w[0] * w[place]
        seen["dissipation_series"] = self.series_resistance * total**2
        return seen | {item.name: cell * (total - w[0]) for item in self.leak.losses}


def _label(regions: Sequence[AbstractRegion], region: AbstractRegion) -> str:
    return "" if len(regions) == 1 else f"_{region.name}"


@functools.lru_cache(maxsize=256)
def _renamed(quantities: tuple[Quantity, ...], label: str) -> tuple[Quantity, ...]:
    """The same with names that end in a label."""
    return tuple(dataclasses.replace(item, name=item.name + label) for item in quantities) if label else quantities


@functools.lru_cache(maxsize=256)
def _observables(of: str, interfaces: tuple[str, ...], regions: tuple[Quantity, ...], leak: tuple[Quantity, ...]):
    """What a line reports; kept, since a run asks for it some twenty times."""
    side, ground, end = "positive where it drives current into its region", "against the grounded end", "to the grounded end"
    return (
        Quantity("voltage", "voltage", f"voltage of {of} {ground}, series resistance included", "terminal", of, monitored=True),
        Quantity("current", "current", f"current into {of}, positive from {of} {end}", "terminal", of, monitored=True),
        Quantity("current_density", "current_density", f"current density into {of}", "terminal", of),
        Quantity("electrical_power", "power", "power from the source, V I", "work"),
        *(Quantity(f"overpotential_{name}", "voltage", f"overpotential at {name}, {side}", place=name) for name in interfaces),
        *regions,
        Quantity("free_energy", "energy", "free energy of all regions and surfaces", "stored"),
        Quantity("energy_rate", "power", "rate of change of the free energy", "stored"),
        Quantity("energy_slope", "power", "the same as the derivative of the free energy along the rates", "check"),
        *(
            Quantity(f"dissipation_{name}", "power", f"power lost in electron transfer at {name}", "loss", name)
            for name in interfaces
        ),
        Quantity("dissipation_series", "power", "power lost in the series resistance", "loss", "series"),
        *leak,
    )
