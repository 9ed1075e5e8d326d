"""A crossbar of equal devices with line resistance: every cell of every device and every node of the lines in one implicit step.

    (dq/dy) dy/dt = f(y, w),  0 = g(y, w, V)  in each device;    sum of currents = 0  at each node of the lines

Rodas5P (:mod:`solion.numerics.stepping.rosenbrock`) with the device's own bands: devices side by side are eliminated first, each
leaving a current and a conductance, then the lines as one sparse matrix. A row is driven at its first column, a column at its
first row, both through one piece of line; positive voltages of rows drive current into the devices' first terminal.
"""

from __future__ import annotations

import dataclasses
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
from solion.devices.device import AbstractDevice
from solion.devices.start import AbstractInitial
from solion.export.model import TerminalsHeld, undriven
from solion.numerics import system as traced
from solion.numerics.stepping.jacobian import factor, linearise, solve
from solion.numerics.stepping.rosenbrock import ALPHA, COUPLING, GAMMA, NODES, TIME_WEIGHTS, WEIGHTS, row_of_start

MOST = 10_000  # devices
MOST_STEPS = 20_000
SHARED = 512  # devices, from which threads share them
NEWTON, ENOUGH = 60, 1e-10
LARGEST = 30.0  # V_T that a node may move in one iteration


class CrossbarState(NamedTuple):
    """Scaled unknowns of all devices, (devices, n) and (devices, m), and voltages of the nodes: rows', then columns'."""

    y: Any
    w: Any
    nodes: np.ndarray


@dataclasses.dataclass(frozen=True)
class CrossbarRun:
    """What a sequence of voltages left: contents, (rows, columns, cells); currents (A) and voltages (V) of the devices at the
    end.
    """

    content: np.ndarray
    current: np.ndarray
    voltage: np.ndarray
    steps: int
    state: CrossbarState


class Crossbar:
    """``shape`` = (rows, columns) of a two-terminal device; ``line_resistance`` (ohm) of each piece of line.

    Raises InputError for more than 1e4 devices, a device with more terminals than one against its ground, or lines without
    resistance.
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
        if len(device.terminals) != 1:
            raise InputError(
                f"Crossbar: {type(device).__name__} has {len(device.terminals)} terminals beside its ground; a cross point has"
                " one."
            )
        count = shape[0] * shape[1]
        if not 1 <= count <= MOST:
            raise InputError(f"Crossbar: shape = {shape} holds {count} devices, outside the allowed range [1, {MOST}].")
        if not 0 < line_resistance < np.inf:
            raise InputError(f"Crossbar: line_resistance = {line_resistance:g} ohm is outside its allowed range (0, inf).")
        if cells < device.fewest_cells():
            raise InputError(f"Crossbar: cells = {cells} would pin fronts; take at least {device.fewest_cells()}.")
        self.device, self.shape, self.tolerance = device, shape, tolerance
        self.scales = device.scales()
        self.system: Any = as_arrays(without_sources(device).system(cells))
        self.content = device.profile(initial or device.unless_given().initial, cells)
        self.line = float(self.scales.resistance) / line_resistance  # scaled conductance of a piece
        self.laplacian, self.feed = self._lines()
        shares = processors() if count >= SHARED else 1
        self.parts = [slice(int(part[0]), int(part[-1]) + 1) for part in np.array_split(np.arange(count), shares)]

    def _lines(self) -> tuple[csc_matrix, np.ndarray]:
        """Conductances between nodes, the pieces to the drivers included, and the node that each driver feeds."""
        rows, columns = self.shape
        row = np.arange(rows * columns).reshape(rows, columns)
        column = row + rows * columns
        ends = [(row[:, :-1], row[:, 1:]), (column[:-1], column[1:])]
        one, other = (np.concatenate([pair[k].ravel() for pair in ends]) for k in (0, 1))
        count, g = 2 * rows * columns, self.line
        entries = coo_matrix((np.full(one.size, -g), (one, other)), (count, count))
        between = entries + entries.T
        feed = np.concatenate([row[:, 0], column[0]])
        diagonal = -np.asarray(between.sum(axis=1)).ravel()
        np.add.at(diagonal, feed, g)
        return (between + diags_array(diagonal)).tocsc(), feed

    def start(self) -> CrossbarState:
        """Every device in the start state, all drivers at 0 V."""
        count = self.shape[0] * self.shape[1]
        y = jnp.tile(self.system.unknowns(jnp.asarray(self.content)), (count, 1))
        m = jax.eval_shape(self.system.start, 0.0, y[0], undriven(1)).shape[0]
        return self._settled(CrossbarState(y, jnp.zeros((count, m)), np.zeros(2 * count)), np.zeros(self.feed.size))

    def _settled(self, state: CrossbarState, drivers: np.ndarray) -> CrossbarState:
        """w and the nodes solved for at frozen contents, by Newton's method."""
        y, w, nodes = state
        for _ in range(NEWTON):
            across = self._across(nodes)
            w, current, slope = _answer(self.system, y, w, jnp.asarray(across))
            lack = self._lack(nodes, np.asarray(current), drivers)
            move = splu(self._matrix(np.asarray(slope))).solve(lack)
            nodes = nodes + np.clip(move, -LARGEST, LARGEST)
            if np.max(np.abs(move)) < ENOUGH * (1 + np.max(np.abs(nodes))):
                w, _, _ = _answer(self.system, y, w, jnp.asarray(self._across(nodes)))
                return CrossbarState(y, w, nodes)
        raise RunError("Crossbar: the lines and the devices found no common voltages; ramp the drivers more slowly.")

    def _across(self, nodes: np.ndarray) -> np.ndarray:
        return nodes[: nodes.size // 2] - nodes[nodes.size // 2 :]

    def _lack(self, nodes: np.ndarray, current: np.ndarray, drivers: np.ndarray) -> np.ndarray:
        """Current into each node that the lines and devices leave over."""
        lack = -(self.laplacian @ nodes) - np.concatenate([current, -current])
        np.add.at(lack, self.feed, self.line * drivers)
        return lack

    def _matrix(self, slope: np.ndarray) -> csc_matrix:
        size = slope.size
        place = np.arange(2 * size)
        entries = np.concatenate([slope, slope, -slope, -slope])
        rows, columns = np.concatenate([place, place]), np.concatenate([place, np.roll(place, size)])
        twice = coo_matrix((entries, (rows, columns)), (2 * size, 2 * size))
        return (self.laplacian + twice).tocsc()

    def run(self, times: np.ndarray, rows: np.ndarray, columns: np.ndarray, state: CrossbarState | None = None) -> CrossbarRun:
        """Follow piecewise linear drivers: voltages (V) of rows, (times, rows), and of columns, (times, columns), at ``times``
        (s).

        Raises InputError for times that do not rise or shapes that do not fit, RunError where the steps become too short.
        """
        times, drivers = np.asarray(times, float), np.concatenate([rows, columns], axis=1) / float(self.scales.voltage)
        if np.any(np.diff(times) <= 0) or drivers.shape != (times.size, self.feed.size):
            raise InputError(
                f"Crossbar: times must rise, with {self.shape[0]} rows and {self.shape[1]} columns of voltages at each of"
                f" {times.size}."
            )
        state, count = self._settled(state or self.start(), drivers[0]), 0
        scaled = times / float(self.scales.time)
        for begin, end, first, last in zip(scaled, scaled[1:], drivers, drivers[1:], strict=False):
            slope = (last - first) / (end - begin)
            t, h = 0.0, 1e-3 * (end - begin)
            while t < end - begin:
                h = min(h, end - begin - t)
                moved, error = self._step(state, first + slope * t, slope, h)
                if np.isfinite(error) and error <= 1:
                    t, state = t + h, moved
                h *= float(np.clip(0.9 * max(error, 1e-6) ** -0.2, 0.2, 6.0)) if np.isfinite(error) else 0.2
                count += 1
                if h < 1e-12 * (end - begin) or count > MOST_STEPS:
                    raise RunError(f"Crossbar: steps of {h:.1e} units of time are too short; ramp the drivers more slowly.")
        across, scales = self._across(state.nodes), self.scales
        current = np.asarray(_answer(self.system, state.y, state.w, jnp.asarray(across))[1])
        content = np.asarray(jax.vmap(self.system.conserved)(state.y))
        return CrossbarRun(
            content.reshape(*self.shape, -1),
            current.reshape(self.shape) * float(scales.current),
            across.reshape(self.shape) * float(scales.voltage),
            count,
            state,
        )

    def _step(self, state: CrossbarState, drivers: np.ndarray, slope: np.ndarray, h: float) -> tuple[CrossbarState, float]:
        """One step of length h, and its error over the tolerance. Threads share the devices; the lines join them."""
        nodes, system, parts = state.nodes, self.system, self.parts
        devices = [(state.y[part], state.w[part]) for part in parts]
        held = self._across(nodes)
        prepared = self._each(lambda k: _prepare(system, *devices[k], jnp.asarray(held[parts[k]]), h))
        lines = splu(self._matrix(np.concatenate([one.conductance for one in prepared])))
        increments = [jnp.zeros((8, y.shape[0], y.shape[1] + w.shape[1])) for y, w in devices]
        moves, into = np.zeros((8, nodes.size)), np.zeros(nodes.size)
        np.add.at(into, self.feed, self.line * slope)
        for i in range(8):
            here = nodes + ALPHA[i] @ moves
            across, stage = self._across(here), jnp.asarray(i)
            found = self._each(
                lambda k, across=across, stage=stage: _stage(
                    system, prepared[k], *devices[k], increments[k], jnp.asarray(across[parts[k]]), stage, h
                )
            )
            own, current = (np.concatenate(part) for part in zip(*((bare.current, at) for bare, at in found), strict=True))
            lack = self._lack(here, current, drivers + NODES[i] * h * slope) + h * TIME_WEIGHTS[i] * into
            moves[i] = lines.solve(lack - np.concatenate([own, -own]))
            moved = self._across(moves[i])
            for k, (bare, _) in enumerate(found):
                full = bare.increment + prepared[k].response * jnp.asarray(moved[parts[k]])[:, None]
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

    def read(self, state: CrossbarState, row: int, column: int, voltage: float) -> float:
        """Current (A) into a row at ``voltage`` (V) out of a grounded column, all other lines at half the voltage, contents
        frozen.
        """
        half = 0.5 * voltage / float(self.scales.voltage)
        drivers = np.full(self.feed.size, half)
        drivers[row], drivers[self.shape[0] + column] = 2 * half, 0.0
        settled = self._settled(state, drivers)
        out = self.line * settled.nodes[self.feed[self.shape[0] + column]]
        return float(out) * float(self.scales.current)


class Prepared(NamedTuple):
    """Per device at the start of a step: factors, response of its unknowns to its voltage, conductance, gradient of its
    current.
    """

    factors: Any
    capacity: Any
    response: Any
    conductance: Any
    gradient: Any


class FixedStage(NamedTuple):
    """A stage at fixed voltages: increments of (y, w), and the current that they add."""

    increment: Any
    current: Any


def _current(system, y, w, volt):
    """Scaled current into the first terminal."""
    place = [item.kind == "current" and item.role == "terminal" for item in system.monitored].index(True)
    return traced.monitors(system, 0.0, y, w, TerminalsHeld(volt[None]))[place]


def _residual(system, y, w, volt):
    return traced.balance(system, 0.0, y, w, TerminalsHeld(volt[None]))


@jax.jit
def _answer(system, y, w, across):
    """(w, current, conductance) of frozen devices at voltages, by a Newton step of w kept inside what it can trust."""

    def one(y, w, volt):
        def newton(_, w):
            g, push = _residual(system, y, w, volt)[1], jax.jacfwd(lambda w: _residual(system, y, w, volt)[1])(w)
            return w - jnp.clip(jnp.linalg.solve(push, g), -LARGEST, LARGEST)

        w = jax.lax.fori_loop(0, 12, newton, w)
        slope_w = jax.jacfwd(lambda w: _residual(system, y, w, volt)[1])(w)
        by_volt = jax.jacfwd(lambda v: _residual(system, y, w, v)[1])(volt)
        along = -jnp.linalg.solve(slope_w, by_volt)
        current, slope = jax.jvp(lambda w: _current(system, y, w, volt), (w,), (along,))
        return w, current, slope

    return jax.vmap(one)(y, w, across)


@jax.jit
def _prepare(system, y, w, across, h) -> Prepared:
    def one(y, w, volt):
        point = linearise(system, 0.0, y, w, TerminalsHeld(volt[None]))
        factors = factor(system, point, 1.0 / (h * GAMMA))
        by_volt = jax.jacfwd(lambda v: _residual(system, y, w, v)[1])(volt)
        response = solve(system, factors, jnp.zeros_like(y), by_volt)
        gradient = jnp.concatenate(jax.grad(lambda y, w: _current(system, y, w, volt), (0, 1))(y, w))
        return Prepared(factors, point.capacity, response, gradient @ response, gradient)

    return jax.vmap(one)(y, w, across)


@jax.jit
def _ended(capacity, y, w, increments, tolerance):
    """(y, w, error over the tolerance) at the end of a step."""
    n, change = y.shape[1], jnp.tensordot(jnp.asarray(WEIGHTS), increments, 1)
    wrong = capacity * increments[7, :, :n] / tolerance
    return y + change[:, :n], w + change[:, n:], jnp.max(jnp.sqrt(jnp.mean(wrong**2, axis=1)))


@jax.jit
def _stage(system, prepared: Prepared, y, w, increments, across, i, h):
    """(what a stage adds at fixed voltages, the current at its place)."""
    alpha, coupling = jnp.asarray(ALPHA)[i], jnp.asarray(COUPLING)[i]
    here, past = jnp.tensordot(alpha, increments, 1), jnp.tensordot(coupling, increments, 1)
    n = y.shape[1]

    def one(prepared, y, w, here, past, volt):
        y_stage, w_stage = y + here[:n], w + here[n:]
        rate, constraint = _residual(system, y_stage, w_stage, volt)
        right = row_of_start(system, prepared.capacity, y_stage, rate) + prepared.capacity * past[:n] / h
        bare = solve(system, prepared.factors, right, constraint)
        return FixedStage(bare, prepared.gradient @ bare), _current(system, y_stage, w_stage, volt)

    return jax.vmap(one)(prepared, y, w, here, past, across)
