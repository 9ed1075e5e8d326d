"""A crossbar of equal devices with line resistance: every cell of every device and every node of the lines in one implicit step.

    (dq/dy) dy/dt = f(y, w),  0 = g(y, w, V)  in each device;    sum of currents = 0  at each node of the lines

Every terminal of a device has a line along its row, the common ground of the devices a line along their column: a film has a row
and a column, a synapse rows of gates and of drains over columns of sources. Rodas5P (:mod:`solion.numerics.stepping.rosenbrock`)
with the device's own bands: devices side by side are eliminated first, each leaving currents and conductances, then the lines as
one sparse matrix. A row is driven at its first column, a column at its first row, both through one piece of line; a driver whose
voltage is not a number is open. Positive voltages of rows drive current into the devices' terminals.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from scipy.sparse import coo_matrix, csc_matrix, diags_array
from scipy.sparse.linalg import splu

from solion.base.backend import processors
from solion.base.errors import InputError, RunError
from solion.base.parameters import as_arrays, without_sources
from solion.base.quantity import having
from solion.devices.device import AbstractDevice, observe
from solion.devices.start import AbstractInitial
from solion.export.model import TerminalsHeld
from solion.numerics import system as traced
from solion.numerics.stepping.jacobian import factor, linearise, solve
from solion.numerics.stepping.rosenbrock import ALPHA, COUPLING, GAMMA, NODES, TIME_WEIGHTS, WEIGHTS, row_of_start
from solion.protocols.drive import Drive

MOST = 10_000  # devices
MOST_STEPS = 20_000
SHARED = 512  # devices, from which threads share them
TOGETHER = 64  # devices whose Jacobians are made at once: as many as a processor's nearest memory holds
NEWTON, ENOUGH = 60, 1e-10
LARGEST = 30.0  # V_T that a node may move in one iteration


class CrossbarState(NamedTuple):
    """Scaled unknowns of all devices, (devices, n) and (devices, m), and voltages of the nodes: rows' of each terminal, then
    columns'."""

    y: Any
    w: Any
    nodes: np.ndarray


@dataclasses.dataclass(frozen=True)
class CrossbarRun:
    """What a sequence of voltages left: contents, (rows, columns, cells); currents (A) into the devices' terminals and their
    voltages (V) at the end, (rows, columns), with an axis of terminals where there are several.
    """

    content: np.ndarray
    current: np.ndarray
    voltage: np.ndarray
    steps: int
    state: CrossbarState


class Crossbar:
    """``shape`` = (rows, columns) of a device; ``line_resistance`` (ohm) of each piece of line.

    Raises InputError for more than 1e4 devices or lines without resistance.
    """

    def __init__(
        self,
        device: AbstractDevice,
        shape: tuple[int, int],
        line_resistance: float,
        *,
        cells: int = 48,
        initial: AbstractInitial | None = None,
        tolerance: float = 1e-4,
    ):
        count = shape[0] * shape[1]
        if not 1 <= count <= MOST:
            raise InputError(f"Crossbar: shape = {shape} holds {count} devices, outside the allowed range [1, {MOST}].")
        if not 0 < line_resistance < np.inf:
            raise InputError(f"Crossbar: line_resistance = {line_resistance:g} ohm is outside its allowed range (0, inf).")
        if cells < device.fewest_cells():
            raise InputError(f"Crossbar: cells = {cells} would pin fronts; take at least {device.fewest_cells()}.")
        device = device.reduced(cells)
        self.device, self.shape, self.tolerance, self.count = device, shape, tolerance, count
        self.scales = device.scales()
        self.system: Any = as_arrays(without_sources(device).system(cells))
        self.content = device.profile(initial or device.unless_given().initial, cells)
        self.currents = tuple(
            having(self.system.observables, role="terminal", kind="current", place=name)[0].name for name in device.terminals
        )
        self.size = (len(self.currents) + 1) * count  # nodes of the lines
        self.line = float(self.scales.resistance) / line_resistance  # scaled conductance of a piece
        self.between, self.feed = self._lines()
        shares = processors() if count >= SHARED else 1
        self.parts = [slice(int(part[0]), int(part[-1]) + 1) for part in np.array_split(np.arange(count), shares)]

    def _lines(self) -> tuple[csc_matrix, np.ndarray]:
        """Conductances between nodes, and the node that each driver feeds."""
        (rows, columns), terminals = self.shape, len(self.currents)
        layer = np.arange((terminals + 1) * self.count).reshape(terminals + 1, rows, columns)
        row, column = layer[:-1], layer[-1]
        ends = [(row[:, :, :-1], row[:, :, 1:]), (column[:-1], column[1:])]
        one, other = (np.concatenate([pair[k].ravel() for pair in ends]) for k in (0, 1))
        entries = coo_matrix((np.full(one.size, -self.line), (one, other)), (layer.size, layer.size))
        both = entries + entries.T
        alone = both - diags_array(np.asarray(both.sum(axis=1)).ravel())
        return alone.tocsc(), np.concatenate([row[:, :, 0].ravel(), column[0]])

    def _closed(self, drivers: np.ndarray) -> CrossbarLines:
        """The lines with those drivers that are not open."""
        conductance = np.where(np.isfinite(drivers), self.line, 0.0)
        diagonal = np.zeros(self.size)
        np.add.at(diagonal, self.feed, conductance)
        return CrossbarLines((self.between + diags_array(diagonal)).tocsc(), self.feed, conductance)

    def start(self, content: np.ndarray | None = None) -> CrossbarState:
        """Every device in the start state, or each with its own ``content``, (rows, columns, cells); all drivers at 0 V."""
        held = np.broadcast_to(self.content if content is None else content, (*self.shape, self.content.size))
        y = jax.vmap(self.system.unknowns)(jnp.asarray(held.reshape(self.count, -1)))
        zero = np.zeros(self.feed.size)
        return self._settled(CrossbarState(y, None, np.zeros(self.size)), zero, self._closed(zero))

    def _settled(self, state: CrossbarState, drivers: np.ndarray, lines: CrossbarLines) -> CrossbarState:
        """w and the nodes solved for at frozen contents, by Newton's method."""
        y, _, nodes = state
        for _ in range(NEWTON):
            w, current, slope = _answer(self.system, self.currents, y, jnp.asarray(self._across(nodes)))
            lack = lines.lack(nodes, np.asarray(current), drivers)
            move = splu(lines.matrix(np.asarray(slope))).solve(lack)
            nodes = nodes + np.clip(move, -LARGEST, LARGEST)
            if np.max(np.abs(move)) < ENOUGH * (1 + np.max(np.abs(nodes))):
                return CrossbarState(y, w, nodes)
        raise RunError("Crossbar: the lines and the devices found no common voltages; ramp the drivers more slowly.")

    def _across(self, nodes: np.ndarray) -> np.ndarray:
        """Voltages of each device's terminals against its column, (devices, terminals)."""
        layers = nodes.reshape(-1, self.count)
        return (layers[:-1] - layers[-1]).T

    def run(self, times: np.ndarray, rows: np.ndarray, columns: np.ndarray, state: CrossbarState | None = None) -> CrossbarRun:
        """Follow piecewise linear drivers: voltages (V) of rows, (times, rows) or (times, terminals, rows), and of columns,
        (times, columns), at ``times`` (s); one that is not a number at either end of an interval is open in it.

        Raises InputError for times that do not rise or shapes that do not fit, RunError where the steps become too short.
        """
        times, volt = np.asarray(times, float), float(self.scales.voltage)
        given = [np.asarray(part, float).reshape(times.size, -1) for part in (rows, columns)]
        drivers = np.concatenate(given, axis=1) / volt
        if np.any(np.diff(times) <= 0) or drivers.shape != (times.size, self.feed.size):
            raise InputError(
                f"Crossbar: times must rise, with {self.shape[0]} rows for each of {', '.join(self.device.terminals)} and"
                f" {self.shape[1]} columns of voltages at each of {times.size}."
            )
        scaled = times / float(self.scales.time)
        state, count = state or self.start(), 0
        for begin, end, first, last in zip(scaled, scaled[1:], drivers, drivers[1:], strict=False):
            slope = (last - first) / (end - begin)
            lines = self._closed(slope)
            first, slope = np.where(np.isfinite(slope), first, 0.0), np.where(np.isfinite(slope), slope, 0.0)
            state = self._settled(state, first, lines)
            t, h = 0.0, 1e-3 * (end - begin)
            while t < end - begin:
                h = min(h, end - begin - t)
                moved, error = self._step(state, first + slope * t, slope, lines, h)
                if np.isfinite(error) and error <= 1:
                    t, state = t + h, moved
                h *= float(np.clip(0.9 * max(error, 1e-6) ** -0.2, 0.2, 6.0)) if np.isfinite(error) else 0.2
                count += 1
                if h < 1e-12 * (end - begin) or count > MOST_STEPS:
                    raise RunError(f"Crossbar: steps of {h:.1e} units of time are too short; ramp the drivers more slowly.")
        across, scales = self._across(state.nodes), self.scales
        current = np.asarray(_answer(self.system, self.currents, state.y, jnp.asarray(across))[1])
        content = np.asarray(jax.vmap(self.system.conserved)(state.y))
        several = self.shape if len(self.currents) == 1 else (*self.shape, len(self.currents))
        return CrossbarRun(
            content.reshape(*self.shape, -1),
            current.reshape(several) * float(scales.current),
            across.reshape(several) * volt,
            count,
            state,
        )

    def _step(self, state: CrossbarState, drivers, slope, lines: CrossbarLines, h: float) -> tuple[CrossbarState, float]:
        """One step of length h, and its error over the tolerance. Threads share the devices; the lines join them."""
        nodes, system, parts = state.nodes, self.system, self.parts
        devices = [(state.y[part], state.w[part]) for part in parts]
        held = self._across(nodes)
        prepared = self._each(lambda k: _prepare(system, self.currents, *devices[k], jnp.asarray(held[parts[k]]), h))
        factors = splu(lines.matrix(np.concatenate([one.conductance for one in prepared])))
        increments = [jnp.zeros((8, y.shape[0], y.shape[1] + w.shape[1])) for y, w in devices]
        moves, into = np.zeros((8, nodes.size)), np.zeros(nodes.size)
        np.add.at(into, lines.feed, lines.conductance * slope)
        for i in range(8):
            here = nodes + ALPHA[i] @ moves
            across, stage = self._across(here), jnp.asarray(i)
            found = self._each(
                lambda k, across=across, stage=stage: _stage(
                    system, self.currents, prepared[k], *devices[k], increments[k], jnp.asarray(across[parts[k]]), stage, h
                )
            )
            own, current = (np.concatenate(part) for part in zip(*((bare.current, at) for bare, at in found), strict=True))
            lack = lines.lack(here, current + own, drivers + NODES[i] * h * slope) + h * TIME_WEIGHTS[i] * into
            moves[i] = factors.solve(lack)
            moved = self._across(moves[i])
            for k, (bare, _) in enumerate(found):
                full = bare.increment + jnp.einsum("dnt,dt->dn", prepared[k].response, jnp.asarray(moved[parts[k]]))
                increments[k] = increments[k].at[i].set(full)
        ends = self._each(lambda k: _ended(prepared[k].capacity, *devices[k], increments[k], self.tolerance))
        y, w = (jnp.concatenate([end[place] for end in ends]) for place in (0, 1))
        return CrossbarState(y, w, nodes + WEIGHTS @ moves), max(float(end[2]) for end in ends)

    def _each(self, work: Callable[[int], Any]) -> list[Any]:
        """What ``work`` gives for each part of the devices."""
        if len(self.parts) == 1:
            return [work(0)]
        with ThreadPoolExecutor(len(self.parts)) as pool:
            return list(pool.map(lambda k: jax.block_until_ready(work(k)), range(len(self.parts))))

    def read(self, state: CrossbarState, row: int, column: int, voltage: float, others: float = 0.5) -> CrossbarRead:
        """Read a device at ``voltage`` (V) between the row of its last terminal and its grounded column, all other such rows and
        columns at ``others`` of the voltage and the rows of other terminals open, contents frozen. Half is usual with two
        terminals; synapses in a row share their open gate, so that 0, all at ground, disturbs them least.
        """
        drive = voltage / float(self.scales.voltage)
        rows, drivers = self.shape[0], np.full(self.feed.size, others * drive)
        first = (len(self.currents) - 1) * rows
        drivers[:first], drivers[first + row], drivers[first + rows + column] = np.nan, drive, 0.0
        lines = self._closed(drivers)
        settled = self._settled(state, np.where(np.isfinite(drivers), drivers, 0.0), lines)
        amperes = float(self.scales.current)
        out = self.line * settled.nodes[self.feed[first + rows + column]]
        across = jnp.asarray(self._across(settled.nodes))
        own = np.sum(np.asarray(_answer(self.system, self.currents, state.y, across)[1]), axis=1)[row * self.shape[1] + column]
        return CrossbarRead(float(out) * amperes, float(own) * amperes)


class CrossbarRead(NamedTuple):
    """Current (A) out of a column that is read, and that through the chosen device."""

    current: float
    through: float

    @property
    def sneak(self) -> float:
        """Share of the current that came through other devices."""
        return 1 - self.through / self.current


def read_margin(
    array: Crossbar, on: np.ndarray, off: np.ndarray, place: tuple[int, int], voltage: float, others: float = 0.5
) -> float:
    """(I_on - I_off)/I_on of the device at ``place`` where all others are on: the worst background. ``on``, ``off``: contents;
    ``others``: as :meth:`Crossbar.read` takes it.
    """
    held = np.broadcast_to(np.asarray(on, float), (*array.shape, np.size(on))).copy()
    high = array.read(array.start(held), *place, voltage, others).current
    held[place] = off
    return 1 - array.read(array.start(held), *place, voltage, others).current / high


class CrossbarLines(NamedTuple):
    """The lines as conductances between nodes, drivers included; the nodes that drivers feed, and through what."""

    laplacian: csc_matrix
    feed: np.ndarray
    conductance: np.ndarray

    def lack(self, nodes: np.ndarray, current: np.ndarray, drivers: np.ndarray) -> np.ndarray:
        """Current into each node that the lines and devices, (devices, terminals), leave over."""
        taken = np.concatenate([current.T.ravel(), -current.sum(axis=1)])
        lack = -(self.laplacian @ nodes) - taken
        np.add.at(lack, self.feed, self.conductance * drivers)
        return lack

    def matrix(self, slope: np.ndarray) -> csc_matrix:
        """Derivative of what the lines and devices take; ``slope``: of the devices' currents, (devices, terminals, terminals)."""
        count, terminals = slope.shape[:2]
        against = np.vstack([np.eye(terminals), -np.ones((1, terminals))])
        entries = np.einsum("ia,dab,jb->ijd", against, slope, against)
        place = np.arange((terminals + 1) * count).reshape(terminals + 1, count)
        rows = np.broadcast_to(place[:, None], entries.shape).ravel()
        columns = np.broadcast_to(place[None], entries.shape).ravel()
        return (self.laplacian + coo_matrix((entries.ravel(), (rows, columns)), self.laplacian.shape)).tocsc()


class Prepared(NamedTuple):
    """Per device at the start of a step: factors, response of its unknowns to its voltages, conductances, gradients of its
    currents.
    """

    factors: Any
    capacity: Any
    response: Any
    conductance: Any
    gradient: Any


class FixedStage(NamedTuple):
    """A stage at fixed voltages: increments of (y, w), and the currents that they add."""

    increment: Any
    current: Any


def _current(system, names, y, w, volts):
    """Scaled currents into the terminals."""
    seen = observe(system, 0.0, y, w, TerminalsHeld(volts))
    return jnp.stack([seen[name] for name in names])


def _residual(system, y, w, volts):
    return traced.balance(system, 0.0, y, w, TerminalsHeld(volts))


@functools.partial(jax.jit, static_argnums=1)
def _answer(system, names, y, across):
    """(w, currents, conductances) of frozen devices at voltages."""

    def one(y, volts):
        w = traced.start(system, 0.0, y, Drive.of_voltage(volts))
        by_w, by_volt = jax.jacfwd(lambda w, volts: _residual(system, y, w, volts)[1], (0, 1))(w, volts)
        along = -jnp.linalg.solve(by_w, by_volt)
        through, direct = jax.jacfwd(lambda w, volts: _current(system, names, y, w, volts), (0, 1))(w, volts)
        return w, _current(system, names, y, w, volts), through @ along + direct

    return jax.vmap(one)(y, across)


@functools.partial(jax.jit, static_argnums=1)
def _prepare(system, names, y, w, across, h) -> Prepared:
    def one(given):
        y, w, volts = given
        point = linearise(system, 0.0, y, w, TerminalsHeld(volts))
        factors = factor(system, point, 1.0 / (h * GAMMA))
        by_volt = jax.jacfwd(lambda v: _residual(system, y, w, v))(volts)
        response = jax.vmap(lambda *rows: solve(system, factors, *rows), in_axes=1, out_axes=1)(*by_volt)
        *gradient, direct = jax.jacrev(lambda *at: _current(system, names, *at), (0, 1, 2))(y, w, volts)
        gradient = jnp.concatenate(gradient, axis=1)
        return Prepared(factors, point.capacity, response, gradient @ response + direct, gradient)

    count = y.shape[0]
    size = next((size for size in range(TOGETHER, TOGETHER // 4, -1) if count % size == 0), count)
    groups = jax.tree.map(lambda given: given.reshape(count // size, size, *given.shape[1:]), (y, w, across))
    return jax.tree.map(lambda found: found.reshape(count, *found.shape[2:]), jax.lax.map(jax.vmap(one), groups))


@jax.jit
def _ended(capacity, y, w, increments, tolerance):
    """(y, w, error over the tolerance) at the end of a step."""
    n, change = y.shape[1], jnp.tensordot(jnp.asarray(WEIGHTS), increments, 1)
    wrong = capacity * increments[7, :, :n] / tolerance
    return y + change[:, :n], w + change[:, n:], jnp.max(jnp.sqrt(jnp.mean(wrong**2, axis=1)))


@functools.partial(jax.jit, static_argnums=1)
def _stage(system, names, prepared: Prepared, y, w, increments, across, i, h):
    """(what a stage adds at fixed voltages, the currents at its place)."""
    alpha, coupling = jnp.asarray(ALPHA)[i], jnp.asarray(COUPLING)[i]
    here, past = jnp.tensordot(alpha, increments, 1), jnp.tensordot(coupling, increments, 1)
    n = y.shape[1]

    def one(prepared, y, w, here, past, volts):
        y_stage, w_stage = y + here[:n], w + here[n:]
        rate, constraint = _residual(system, y_stage, w_stage, volts)
        right = row_of_start(system, prepared.capacity, y_stage, rate) + prepared.capacity * past[:n] / h
        bare = solve(system, prepared.factors, right, constraint)
        return FixedStage(bare, prepared.gradient @ bare), _current(system, names, y_stage, w_stage, volts)

    return jax.vmap(one)(prepared, y, w, here, past, across)
