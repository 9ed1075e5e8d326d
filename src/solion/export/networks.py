"""Pulse maps as files of network simulators: aihwkit's devices, CrossSim's ramps, NeuroSim's measured devices, and retention.

Only formats and numbers: no simulator is needed, and none of their code is here. Every spread is written out, zero unless it was
asked for, since what is left out is 30 % in aihwkit.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from solion.base.errors import InputError
from solion.compact.cell import CompactCell, current_drive
from solion.compact.integrate import Segment, after_segments, filling_of, sequence
from solion.export.map_nodes import PulseNodes, deviations, logits
from solion.export.network_laws import SPREADS, replay

READ = 0.1  # V at which CrossSim's tables read a current
MOST_PULSES = 5000  # of a ramp from one wall to the other
NEAR = 1e-3  # of the range, from a wall at which a ramp ends
TOGETHER = {
    "aihwkit": "1.1.0",
    "torch": "2.10.0",
}  # versions that were seen to work; others fail where weights are set, or before
ZERO = dict.fromkeys((*SPREADS, "dw_min_std"), 0.0)


def piecewise_step(nodes: PulseNodes, spreads: Mapping[str, float] = {}) -> dict[str, Any]:
    """Parameters of aihwkit's ``PiecewiseStepDevice``: the steps at the nodes, from w_min = -1 to w_max = 1.

    ``spreads``: any of dw_min_dtod, up_down_dtod, w_max_dtod, w_min_dtod, dw_min_std; the others are 0. ``deviation`` is that
    of this very dictionary from the maps, over the range, on full cycles and on random pulses.
    """
    middle = 0.5 * (np.interp(0.5, _places(nodes), nodes.up) + np.interp(0.5, _places(nodes), nodes.down))
    found = {
        "device": "PiecewiseStepDevice",
        "dw_min": 2 * float(middle) / (nodes.high - nodes.low),
        "up_down": 0.0,
        "w_max": 1.0,
        "w_min": -1.0,
        "piecewise_up": (nodes.up / middle).tolist(),
        "piecewise_down": (nodes.down / middle).tolist(),
    }
    return _finished(found, nodes, spreads)


def linear_step(nodes: PulseNodes, spreads: Mapping[str, float] = {}) -> dict[str, Any]:
    """Parameters of a ``LinearStepDevice``: straight lines fitted to the steps by least squares, crossing at w = 0.

    An S-shaped map is no straight line: look at ``deviation``. Raises InputError where steps up and down are nowhere equal.
    """
    g, half = nodes.conductance, 0.5 * (nodes.high - nodes.low)
    (up_slope, up), (down_slope, down) = (np.polyfit(g, steps, 1) for steps in (nodes.up, nodes.down))
    slope = up_slope - down_slope
    crossing = 0.5 * (nodes.low + nodes.high) if slope == 0 else -(up - down) / slope
    if not nodes.low < crossing < nodes.high:
        raise InputError(
            f"export: straight lines through the steps up and down do not cross between {nodes.low:.3g} and {nodes.high:.3g}"
            " S; take a range that reaches the symmetry point, or the piecewise device."
        )
    step = up + up_slope * crossing
    w_max, w_min = (nodes.high - crossing) / half, (nodes.low - crossing) / half
    found = {
        "device": "LinearStepDevice",
        "dw_min": float(step / half),
        "up_down": 0.0,
        "w_max": float(w_max),
        "w_min": float(w_min),
        "gamma_up": float(-up_slope * half * w_max / step),
        "gamma_down": float(-down_slope * half * w_min / step),
        "gamma_up_dtod": 0.0,
        "gamma_down_dtod": 0.0,
        "mult_noise": False,
    }
    return _finished(found, nodes, spreads)


def _places(nodes: PulseNodes) -> np.ndarray:
    return (nodes.conductance - nodes.low) / (nodes.high - nodes.low)


def _finished(found: dict[str, Any], nodes: PulseNodes, spreads: Mapping[str, float]) -> dict[str, Any]:
    for name, value in spreads.items():
        if name not in ZERO:
            raise InputError(f"export: spread {name!r} is unknown; known: {', '.join(ZERO)}.")
        if not 0 <= value < np.inf:
            raise InputError(f"export: spread {name} = {value:g} is outside its allowed range [0, inf).")
    bare = found | ZERO | {"g_min": nodes.low, "g_max": nodes.high}

    def law(order, start):
        return conductance_of(bare, replay(bare, order, weight_of(bare, start))[:, 0])

    return bare | dict(spreads) | {"walls": list(nodes.walls), "deviation": deviations(nodes, law)}


def weight_of(configuration: Mapping[str, Any], conductance: Any) -> Any:
    """Weight of a conductance (S)."""
    share = (conductance - configuration["g_min"]) / (configuration["g_max"] - configuration["g_min"])
    return configuration["w_min"] + share * (configuration["w_max"] - configuration["w_min"])


def conductance_of(configuration: Mapping[str, Any], weight: Any) -> Any:
    """Conductance (S) of a weight."""
    share = (weight - configuration["w_min"]) / (configuration["w_max"] - configuration["w_min"])
    return configuration["g_min"] + share * (configuration["g_max"] - configuration["g_min"])


def ramps(nodes: PulseNodes) -> tuple[np.ndarray, np.ndarray]:
    """Conductances (S) of pulses up from the lowest and of pulses down from the highest, start included, to near the other
    wall.
    """
    found = []
    for way, start in ((0, nodes.low), (1, nodes.high)):
        g = np.concatenate([[start], nodes.followed(np.full(MOST_PULSES, way), start)])
        end = nodes.high if way == 0 else nodes.low
        near = np.abs(g - end) <= NEAR * (nodes.high - nodes.low)
        still = np.concatenate([np.abs(np.diff(g)) <= 1e-9 * (nodes.high - nodes.low), [True]])
        found.append(g[: int(np.argmax(near | still)) + 1])
    return found[0], found[1]


def crosssim(devices: Sequence[PulseNodes]) -> dict[str, str]:
    """CrossSim's ``set.csv`` and ``reset.csv``: a column for each device, a row for each pulse, currents in A read at 0.1 V."""
    files = {}
    for place, name in enumerate(("set.csv", "reset.csv")):
        columns = [READ * ramps(one)[place] for one in devices]
        longest = max(map(len, columns))
        columns = [np.concatenate([column, np.full(longest - len(column), column[-1])]) for column in columns]
        head = ",".join(f"rmp{k + 1}" for k in range(len(columns)))
        rows = [",".join(f"{value:.12g}" for value in row) for row in np.array(columns).T]
        files[name] = "\n".join([head, *rows, ""])
    return files


def neurosim(nodes: PulseNodes) -> dict[str, Any]:
    """NeuroSim's ``MeasuredDevice``: dataConductanceLTP and dataConductanceLTD (S), strictly monotone, ends equal.

    ``NL`` would be G = B (1 - exp(-P/A)) + G_min with nu = P_max/A, written as it is fitted here with its deviation over the
    range: an exponential cannot hold an S-shape. NeuroSim counts a two-terminal energy G V^2 t; that of a gate is another number.
    """
    up, down = ramps(nodes)
    up, down = _monotone(up), _monotone(down[::-1])
    ends = max(up[0], down[0]), min(up[-1], down[-1])
    up, down = (ends[0] + (g - g[0]) / (g[-1] - g[0]) * (ends[1] - ends[0]) for g in (up, down))
    fits = {name: _exponential(g) for name, g in (("LTP", up), ("LTD", down[::-1]))}
    return {
        "maxConductance": ends[1],
        "minConductance": ends[0],
        "maxNumLevelLTP": len(up) - 1,
        "maxNumLevelLTD": len(down) - 1,
        "dataConductanceLTP": up.tolist(),
        "dataConductanceLTD": down[::-1].tolist(),
        "NL": fits,
    }


def _monotone(g: np.ndarray) -> np.ndarray:
    return g[np.concatenate([[True], np.diff(np.maximum.accumulate(g)) > 0])]


def _exponential(g: np.ndarray) -> dict[str, float]:
    """nu of the exponential between the ends of a ramp, by least squares, and its deviation over the range."""
    from scipy.optimize import minimize_scalar

    share, value = np.linspace(0, 1, g.size), (g - g[0]) / (g[-1] - g[0])

    def law(nu):
        return share if abs(nu) < 1e-9 else np.expm1(-nu * share) / np.expm1(-nu)

    found: Any = minimize_scalar(lambda nu: np.sum((law(nu) - value) ** 2), bounds=(-20, 20), method="bounded")
    nu = float(found.x)
    off = np.abs(law(nu) - value)
    return {"nu": nu, "max": float(off.max()), "rms": float(np.sqrt(np.mean(off**2)))}


def retention_map(cell: CompactCell, conductance: np.ndarray, times: Sequence[float], rest: Any = None) -> np.ndarray:
    """Conductance (S) that each of ``conductance`` has become after each of ``times`` (s) at rest: (times, conductances).

    ``rest``: the drive meanwhile, open circuit unless given. The physics' own map of states, not a power law of time.
    """
    cell, held = cell.ready(), np.asarray(times, float)
    if held.size < 1 or held[0] < 0 or np.any(np.diff(held) <= 0):
        raise InputError("export: times of a retention map must rise from 0 s or later.")
    drive = rest or current_drive(0.0)
    segments = sequence(*(Segment(drive, jnp.asarray(span)) for span in np.diff(held, prepend=0.0)))
    y = jnp.asarray(logits(cell, np.asarray(conductance, float)))
    after, _ = _rested(cell, segments, y)
    return np.asarray(cell.conductance(filling_of(cell, after))).T


@jax.jit
def _rested(cell, segments, y):
    return jax.vmap(lambda one: after_segments(cell, segments, one, 1e-8))(y)


def retained(times: np.ndarray, nodes: np.ndarray, table: np.ndarray, conductance: np.ndarray, time: float) -> np.ndarray:
    """Conductances after ``time`` (s) by a table of :func:`retention_map`: linear in the conductance and in ln(time)."""
    times = np.asarray(times, float)
    if not times[0] <= time <= times[-1]:
        raise InputError(
            f"export: {time:g} s is outside the table of retention, {times[0]:g} to {times[-1]:g} s; make a longer one."
        )
    place = np.interp(np.log(max(time, 1e-300)), np.log(np.maximum(times, 1e-300)), np.arange(times.size))
    k = min(int(place), times.size - 2) if times.size > 1 else 0
    rows = [np.interp(conductance, nodes, table[j]) for j in (k, min(k + 1, times.size - 1))]
    return rows[0] + (place - k) * (rows[1] - rows[0])


def to_aihwkit(configuration: Mapping[str, Any]) -> Any:
    """The configured device of an installed aihwkit. Raises InputError where it is missing, or with a torch that does not fit
    it.
    """
    refuse_misfits()
    devices: Any = importlib.import_module("aihwkit.simulator.configs.devices")
    told = ("device", "g_min", "g_max", "walls", "deviation")
    known = {key: value for key, value in configuration.items() if key not in told}
    return getattr(devices, configuration["device"])(**known)


def refuse_misfits() -> None:
    """Raise InputError where aihwkit or torch is missing, or both are no pair that works."""
    try:
        from importlib.metadata import version

        found = {name: version(name).split("+")[0] for name in TOGETHER}
    except ImportError:
        pair = " ".join(f"{name}=={known}" for name, known in TOGETHER.items())
        raise InputError(
            f"export: aihwkit or torch is not installed; install both of a pair that fits: pip install {pair}."
        ) from None
    if found != TOGETHER:
        told, fits = (" with ".join(f"{name} {number}" for name, number in pair.items()) for pair in (found, TOGETHER))
        raise InputError(f"export: {told} may fail without a word where weights are set; {fits} work together.")
