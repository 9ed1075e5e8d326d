"""A device as a circuit simulator can take it: states with rates, algebraic unknowns with residuals, terminals, numbers.

    dq_k/dt = rate_k(q, w, V),    0 = residual_j(q, w, V),    I = I(q, w, V)

The equations are those of ``device.system(cells)``, read off by :mod:`solion.export.tracing`: a film of 48 cells is the same
finite volumes, laws and energies that :func:`solion.simulate` steps. States are the conserved contents themselves (c, not its
logit), held 1.4e-11 inside their bounds where a logarithm needs them. Voltages, currents and rates are in SI.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from solion.base.errors import InputError
from solion.base.parameters import Part, Row, as_arrays, table, without_sources
from solion.base.quantity import Quantity, having
from solion.devices.device import AbstractDevice
from solion.devices.start import AbstractInitial
from solion.export.expression import Graph, Node
from solion.export.tracing import Tracer, UnprintableError, nodes_of
from solion.laws.charge_transfer import AbstractChargeTransfer, Surface
from solion.protocols.drive import Drive

LEAST = float(np.exp(-25.0))  # of the sites: as near to empty or full as the laws of a film are asked
MOST_STATES = 4000  # unknowns that a circuit simulator can be given as one device
UNTRACEABLE = (jax.errors.ConcretizationTypeError, jax.errors.TracerArrayConversionError)
INSTEAD = "Films, lines of films, ionic synapses and filament memristors can be exported."
LONGEST = 60  # letters of a name that all targets take


class TerminalsHeld(NamedTuple):
    """Every terminal at a voltage that the circuit says; stands where a run has the drive of its protocol."""

    voltage: Any  # scaled, of each terminal

    def excess(self, t, voltage, current):
        """Voltage minus that of the circuit."""
        return voltage - self.voltage

    def across(self, t, conductance):
        """The voltage of a terminal behind which there is only a conductance."""
        return self.voltage

    def holding_first(self, voltage):
        """The same with another voltage of the first terminal."""
        return TerminalsHeld(jnp.concatenate([voltage[None], self.voltage[1:]]))


@dataclasses.dataclass(frozen=True)
class Parameter:
    """A number of the device, by the name that it has in the file; ``live`` where the equations hold it as a symbol, and
    whether it ``acts`` on them, as far as symbols tell."""

    name: str
    row: Row
    live: bool
    acts: bool = True


@dataclasses.dataclass(frozen=True)
class StateEquation:
    """An unknown: a state with its rate (1/s), or an algebraic one with its residual; ``start`` is its value at the start."""

    name: str
    start: float
    node: Node


@dataclasses.dataclass(frozen=True)
class TerminalEquation:
    """A terminal against the common ground: its voltage is the symbol ``voltage`` (V), its current (A, into it) a node."""

    name: str
    voltage: str
    node: Node


@dataclasses.dataclass(frozen=True)
class CompactModel:
    """What the printers write. ``outputs`` are what a read would see, in SI; ``scales`` is the time unit of the equations, s."""

    name: str
    graph: Graph
    parameters: tuple[Parameter, ...]
    states: tuple[StateEquation, ...]
    unknowns: tuple[StateEquation, ...]
    terminals: tuple[TerminalEquation, ...]
    outputs: tuple[tuple[Quantity, Node], ...]
    cells: int
    device: AbstractDevice
    initial: AbstractInitial
    time: float
    voltage: float
    told: tuple[str, ...] = ()  # of a header, on start and states, where they are no contents of cells

    @property
    def nodes(self) -> list[Node]:
        """Where its expressions end: rates, residuals and currents, then the outputs."""
        groups = (self.states, self.unknowns, self.terminals)
        return [item.node for group in groups for item in group] + [node for _, node in self.outputs]

    def with_numbers(self) -> CompactModel:
        """The same with its parameters put in as numbers."""
        graph = self.graph
        by = {graph.symbol(item.name): graph.number(item.row.value) for item in self.parameters if item.live}
        return self.mapped(by, tuple(dataclasses.replace(item, live=False) for item in self.parameters))

    def mapped(self, by: dict[Node, Node], parameters: tuple[Parameter, ...]) -> CompactModel:
        """The same with some nodes replaced."""
        groups = [self.states, self.unknowns, self.terminals]
        found = iter(self.graph.replaced(self.nodes, by))
        states, unknowns, terminals = (tuple(dataclasses.replace(item, node=next(found)) for item in group) for group in groups)
        outputs = tuple((quantity, next(found)) for quantity, _ in self.outputs)
        return dataclasses.replace(
            self, parameters=parameters, states=states, unknowns=unknowns, terminals=terminals, outputs=outputs
        )


def identifier(text: str, used: Sequence[str] = ()) -> str:
    """A name that every target takes: letters, digits and single underscores, unlike those already ``used``."""
    plain = re.sub(r"_+", "_", re.sub(r"[^A-Za-z0-9]", "_", text)).strip("_").lower()[:LONGEST] or "device"
    plain = plain if plain[0].isalpha() else f"x_{plain}"
    found, count = plain, 2
    while found in used:
        found, count = f"{plain}_{count}", count + 1
    return found


def compact_model(
    device: AbstractDevice, cells: int = 48, *, initial: AbstractInitial | None = None, name: str = "device"
) -> CompactModel:
    """The compact model of a device at a resolution and from a start state, its own unless given.

    ``cells``: of each resolved film; 1.5 over the square root of the scaled gradient energy hold a moving front to 1 % of the
    current. Raises InputError where there is no voltage-driven system to export, where the cells would pin a front, or
    where an equation has no closed form.
    """
    if not isinstance(device, AbstractDevice):
        raise InputError(
            f"export: {type(device).__name__} has no equations of voltages and currents at terminals; export a film, a line of"
            " films or an ionic synapse."
        )
    fewest = device.fewest_cells()
    if isinstance(cells, bool) or not isinstance(cells, (int, np.integer)) or not fewest <= cells:
        raise InputError(
            f"export: cells = {cells!r} is outside its allowed range [{fewest}, {MOST_STATES}]; with fewer, fronts between phases"
            " are pinned to cells and the model holds a wrong state."
        )
    initial = initial or device.unless_given().initial
    if any(np.prod(region.across) > 1 for region in device.regions(int(cells))):
        raise InputError("export: device.extent makes it a film in space, too much for a circuit element; leave the extent out.")
    content = device.profile(initial, int(cells))
    if content.size > MOST_STATES:
        raise InputError(
            f"export: the device has {content.size} cells, more than the {MOST_STATES} that a circuit simulator is given as one"
            " element; export a film without extent, or fewer cells."
        )
    try:
        found = _traced(device, int(cells), content)
    except UnprintableError as error:
        raise InputError(f"export: {_who(device)}: {error} {INSTEAD}") from None
    except (*UNTRACEABLE, ValueError, TypeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"export: the equations of {type(device).__name__} decide by values or search for a root while they run"
            f" ({type(error).__name__}), so that they are no expressions. {INSTEAD}"
        ) from None
    return dataclasses.replace(found, name=identifier(name), initial=initial)


def _who(device: AbstractDevice) -> str:
    """The law that cannot be written out, where one alone is the reason."""
    for path, law in _laws(device, "device"):
        try:
            Tracer(Graph()).follow(lambda x, law=law: law.current(x[0], Surface(*x[1:])), np.arange(6))
        except UnprintableError:
            return f"{path} = {type(law).__name__} has no printer"
    return type(device).__name__


def _laws(part: Any, path: str):
    for field in dataclasses.fields(part):
        value = getattr(part, field.name)
        if isinstance(value, AbstractChargeTransfer):
            yield f"{path}.{field.name}", value
        elif isinstance(value, Part):
            yield from _laws(value, f"{path}.{field.name}")


def _traced(device: AbstractDevice, cells: int, content: np.ndarray) -> CompactModel:
    plain = without_sources(device)
    rows = {row.path: row for row in table(device)}
    paths, tree = jax.tree_util.tree_flatten_with_path(plain)
    keys = ["".join(f".{getattr(key, 'name', getattr(key, 'idx', ''))}" for key in path)[1:] for path, _ in paths]
    known = [key for key in keys if key in rows]
    names: list[str] = []
    for key in known:
        names.append(identifier(key, names))

    def equations(live: bool):
        fixed = as_arrays(plain)

        def built(numbers):
            if not live:
                return fixed
            given = dict(zip(known, numbers, strict=True))
            return jax.tree.unflatten(tree, [given.get(key, leaf) for key, (_, leaf) in zip(keys, paths, strict=True)])

        system = fixed.system(cells)
        y = np.asarray(system.unknowns(jnp.asarray(content)))
        count = jax.eval_shape(system.start, 0.0, y, undriven(len(device.terminals))).shape[0]

        def told(numbers, y, w, voltages):
            own = built(numbers)
            system, scales = own.system(cells), own.scales()
            drive = TerminalsHeld(voltages / scales.voltage)
            rates, residuals = system.balance(0.0, y, w, drive)
            seen = system.observe(0.0, y, w, drive)
            sizes = {item.name: scales.of(item.kind) for item in system.observables if item.name in seen}
            seen = {name: value * sizes[name] for name, value in seen.items()}
            return system.conserved(y), rates / scales.time, residuals, seen

        graph = Graph()
        tracer = Tracer(graph)
        unknown = [f"w{k}" for k in range(count)]
        volts = [f"v_{name}" for name in device.terminals]
        symbols = [names, [f"y{k}" for k in range(y.size)], unknown, volts]
        return system, y, graph, tracer.follow(told, *(tracer.symbols(np.array(group, object)) for group in symbols))

    try:
        live, (system, y, graph, found) = True, equations(True)
    except UNTRACEABLE:
        live, (system, y, graph, found) = False, equations(False)
    parameters = tuple(Parameter(name, rows[key], live) for key, name in zip(known, names, strict=True))
    scales = device.scales()
    bare = CompactModel(
        "", graph, parameters, (), (), (), (), cells, device, device.initial, float(scales.time), float(scales.voltage)
    )
    return _in_contents(bare, system, y, found)


def undriven(count: int) -> Drive:
    """A drive of ``count`` terminals of which nothing but its shape matters."""
    return Drive.of_voltage(jnp.zeros(count))


def _in_contents(bare: CompactModel, system, y: np.ndarray, found) -> CompactModel:
    """The traced equations with the contents q as states in place of the stepper's unknowns y."""
    graph = bare.graph
    contents, rates, residuals, seen = found
    starts = np.asarray(system.conserved(jnp.asarray(y)))
    by: dict[Node, Node] = {}
    states, unknowns = [], []
    for k, (content, rate) in enumerate(zip(nodes_of(contents), nodes_of(rates), strict=True)):
        own = graph.symbol(f"y{k}")
        if own in graph.needed([content]):
            _invert(graph, content, own, graph.symbol(f"q{k}"), by)
            states.append(StateEquation(f"q{k}", float(starts[k]), rate))
        else:
            unknowns.append(StateEquation(f"y{k}", float(y[k]), rate))
    unknowns += [StateEquation(f"w{k}", 0.0, node) for k, node in enumerate(nodes_of(residuals))]
    terminals = [TerminalEquation(name, f"v_{name}", int(seen[_of(system, "current", name)])) for name in bare.device.terminals]
    wanted = [item for item in system.observables if item.role in ("surface", "response") and item.name in seen]
    outputs = tuple((item, int(seen[item.name])) for item in wanted)
    model = dataclasses.replace(bare, states=tuple(states), unknowns=tuple(unknowns), terminals=tuple(terminals), outputs=outputs)
    model = model.mapped(by, bare.parameters)
    held = set(graph.needed(model.nodes))
    acting = tuple(dataclasses.replace(item, acts=not item.live or graph.symbol(item.name) in held) for item in bare.parameters)
    return dataclasses.replace(model, parameters=acting)


def _of(system, kind: str, place: str) -> str:
    return having(system.observables, role="terminal", kind=kind, place=place)[0].name


def _invert(graph: Graph, node: Node, unknown: Node, target: Node, by: dict[Node, Node]) -> None:
    """Write an unknown through the content that it makes: operator by operator from outside in."""
    make = graph.make
    while node != unknown:
        operator, parts = graph.operator[node], graph.parts(node)
        inside = [unknown in graph.needed([part]) for part in parts]
        if sum(inside) != 1:
            raise UnprintableError("a content that is no invertible function of its unknown")
        place = inside.index(True)
        other = parts[1 - place] if len(parts) == 2 else node
        if operator == "mul":
            target = make("div", target, other)
        elif operator == "add" or (operator == "sub" and place == 0):
            target = make("sub" if operator == "add" else "add", target, other)
        elif operator in ("logistic", "exp"):
            target = make("max", target, graph.number(LEAST))
            if operator == "logistic":
                target = make("min", target, graph.number(1 - LEAST))
            by[node] = target
            log = make("ln", target)
            one = graph.number(1.0)
            target = log if operator == "exp" else make("sub", log, make("ln", make("sub", one, target)))
        else:
            raise UnprintableError(f"a content that is {operator} of its unknown")
        node = parts[place]
    by[unknown] = target
