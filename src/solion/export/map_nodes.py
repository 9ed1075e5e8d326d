"""What one pulse up and one pulse down do to a conductance, sampled at nodes from the maps of a compact cell: no bins, no fit.

A record of a train holds medians of noisy steps over bins, and a closed cycle adds up their bias; the map holds the step at
every state. A network simulator holds a weight between its walls; where the map itself would step over one,
:attr:`PulseNodes.walls` says by how much.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import jax.numpy as jnp
import numpy as np

from solion.base.errors import InputError
from solion.compact.cell import CompactCell
from solion.compact.integrate import Segment, filling_of
from solion.compact.pulse_maps import PulseMap, pulse_map

LEAST_NODES, MOST_NODES = 5, 63  # the most that aihwkit takes on a GPU
HALVINGS = 60
FINE = 16  # samples of the map between two nodes
LEAST_STEP = 1e-3  # of the largest, below which a step's relative error does not count
NEAR = 1e-6  # of a logit, by which a range may pass the end of its map
CYCLES, EACH, RANDOM, SEED = 4, 100, 400, 20261130


@dataclasses.dataclass(frozen=True)
class PulseNodes:
    """Conductances (S) at equal distances and the steps (S, both positive) of a pulse up and one down that starts there.

    ``maps``: the two maps themselves, of ``cell``; ``walls``: by how much of the range a step from the wall leads out at the top
    and at the bottom, where a simulator clips it; zero where the map turns back by itself.
    """

    conductance: np.ndarray
    up: np.ndarray
    down: np.ndarray
    walls: tuple[float, float]
    cell: CompactCell
    maps: tuple[PulseMap, PulseMap]

    @property
    def low(self) -> float:
        """Lowest conductance, S."""
        return float(self.conductance[0])

    @property
    def high(self) -> float:
        """Highest conductance, S."""
        return float(self.conductance[-1])

    def followed(self, order: np.ndarray, start: float) -> np.ndarray:
        """Conductances (S) after each pulse (0 up, 1 down) by the maps themselves, held between the walls."""
        y, low, high = logits(self.cell, np.array([start, self.low, self.high]))
        steps, found = [stepper(part) for part in self.maps], np.empty(len(order))
        for place, way in enumerate(np.asarray(order, int).tolist()):
            y = found[place] = min(max(steps[way](y), low), high)
        return np.asarray(self.cell.conductance(filling_of(self.cell, jnp.asarray(found))))


def stepper(part: PulseMap):
    """The map of a pulse in NumPy, for one unknown or many."""
    low, high, series = float(part.low), float(part.high), np.asarray(part.series[0])

    def after(y):
        return y + np.polynomial.chebyshev.chebval(np.clip((2 * y - low - high) / (high - low), -1.0, 1.0), series)

    return after


def logits(cell: CompactCell, conductance: np.ndarray) -> np.ndarray:
    """The unknown of a compact cell at each conductance (S), by bisection between its walls."""
    wanted = np.asarray(conductance, float)
    low, high = np.full(wanted.shape, -40.0), np.full(wanted.shape, 40.0)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        above = np.asarray(cell.conductance(filling_of(cell, jnp.asarray(middle)))) > wanted
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return 0.5 * (low + high)


def invariant_range(cell: CompactCell, up: PulseMap, down: PulseMap) -> tuple[float, float]:
    """The conductances (S) at which a pulse down and a pulse up change nothing: between them no pulse leads out.

    Raises InputError where one of the maps still moves on at the end of its range.
    """
    ends = max(float(up.low), float(down.low)), min(float(up.high), float(down.high))
    y = np.linspace(*ends, 2001)
    rests = []
    for name, part, way in (("down", down, -1), ("up", up, 1)):
        still = np.flatnonzero(way * (stepper(part)(y) - y) <= 0)
        if not still.size:
            g = float(cell.conductance(filling_of(cell, jnp.asarray(ends[max(way, 0)]))))
            raise InputError(
                f"export: pulses {name} move on at {g:.4g} S, the end of their map, so that it has no wall of its own there; take"
                " maps of a wider range of fillings, or name the range of conductance."
            )
        inner, outer = (still[0] - 1, still[0]) if way == 1 else (still[-1] + 1, still[-1])
        low, high = y[max(inner, 0) if way == 1 else min(inner, y.size - 1)], y[outer]
        for _ in range(HALVINGS):  # the inner end moves on, the outer one does not
            middle = 0.5 * (low + high)
            low, high = (middle, high) if way * (stepper(part)(middle) - middle) > 0 else (low, middle)
        rests.append(float(cell.conductance(filling_of(cell, jnp.asarray(low)))))
    return rests[0], rests[1]


def pulse_nodes(
    cell: CompactCell, up: PulseMap | Segment, down: PulseMap | Segment, conductance: tuple[float, float], *, nodes: int = 41
) -> PulseNodes:
    """Steps of a pulse up and a pulse down at ``nodes`` equal distances of ``conductance`` = (lowest, highest), S.

    Of maps, :func:`invariant_range` is the range in which no pulse is cut.

    ``up``, ``down``: maps of a compact cell, or the stacked segments of one period each, of which maps are made. Raises
    InputError for a record in place of a map, and where the steps do not go up and down.
    """
    for name, given in (("up", up), ("down", down)):
        if not isinstance(given, PulseMap | Segment):
            raise InputError(
                f"export: {name} is a {type(given).__name__}, where the map of a pulse belongs: a record holds steps over"
                " bins whose"
                " bias adds up; give what solion.compact.pulse_map returns, or the segments of one period."
            )
    if not LEAST_NODES <= nodes <= MOST_NODES or nodes != int(nodes):
        raise InputError(f"export: nodes = {nodes!r} is outside its allowed range [{LEAST_NODES}, {MOST_NODES}].")
    low, high = map(float, conductance)
    if not 0 <= low < high:
        raise InputError(f"export: conductance = ({low:g}, {high:g}) S must rise from 0 or above.")
    cell = cell.ready()
    g = np.linspace(low, high, (nodes - 1) * FINE + 1)
    y = logits(cell, g)
    fillings = tuple(float(x) for x in filling_of(cell, jnp.asarray(y[[0, -1]])))
    reach = fillings[0], fillings[1]
    maps = [given if isinstance(given, PulseMap) else pulse_map(cell, given, reach, 1e-8) for given in (up, down)]
    for part in maps:
        if not (float(part.low) - NEAR <= y[0] and y[-1] <= float(part.high) + NEAR):
            ends = np.asarray(cell.conductance(filling_of(cell, jnp.stack([part.low, part.high]))))
            raise InputError(
                f"export: conductance = ({low:g}, {high:g}) S leaves the range of the maps, {ends[0]:.4g} to {ends[1]:.4g} S;"
                " take a"
                " narrower one, or maps of a wider range of fillings."
            )
    change = [np.asarray(cell.conductance(filling_of(cell, jnp.asarray(stepper(part)(y))))) - g for part in maps]
    if change[0].max() <= 0 or change[1].min() >= 0:
        raise InputError("export: the pulse up raises no conductance of this range, or the pulse down lowers none; swap them.")
    walls = max(0.0, float(change[0][-1])) / (high - low), max(0.0, float(-change[1][0])) / (high - low)
    rises, falls = (_at_nodes(steps, nodes) for steps in (change[0], -change[1]))
    return PulseNodes(g[::FINE], rises, falls, walls, cell, (maps[0], maps[1]))


def _at_nodes(steps: np.ndarray, nodes: int) -> np.ndarray:
    """Values at the nodes whose straight lines follow the steps with the least relative error.

    Lines through the steps at the nodes lie on one side of a curve, which a cycle adds up: 1.1 % after four cycles for 0.16 %.
    """
    place = np.arange(steps.size) / FINE
    hats = np.maximum(1 - np.abs(place[:, None] - np.arange(nodes)), 0.0)
    weight = 1 / np.maximum(np.abs(steps), LEAST_STEP * np.max(np.abs(steps)))
    return np.linalg.lstsq(hats * weight[:, None], steps * weight, rcond=None)[0]


def trains() -> dict[str, np.ndarray]:
    """Orders of pulses to judge a law by: full cycles, which add up a bias, and pulses at random, which hide one."""
    random = np.random.default_rng(SEED).integers(0, 2, RANDOM)
    return {"cycles": np.tile(np.repeat([0, 1], EACH), CYCLES), "random": random}


def misfit(found: np.ndarray, true: np.ndarray, width: float) -> dict[str, float]:
    """Largest and root-mean-square difference over the range."""
    off = (np.asarray(found) - np.asarray(true)) / width
    return {"max": float(np.max(np.abs(off))), "rms": float(np.sqrt(np.mean(off**2)))}


def deviations(nodes: PulseNodes, law: Any) -> dict[str, dict[str, float]]:
    """How far a law (conductances after an order of pulses from a start) is from the maps, over the range."""
    start = nodes.low + 0.25 * (nodes.high - nodes.low)
    width = nodes.high - nodes.low
    return {name: misfit(law(order, start), nodes.followed(order, start), width) for name, order in trains().items()}
