"""Protocols of the synapse paper and the reading of their runs. Runs come in two shapes, so that little is compiled.

Source: Schwacke, Zguns, del Alamo, Li and Yildiz, Electrochemical Ionic Synapses with Mg2+ as the Working Ion.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from solion.devices import IonicSynapse
from solion.papers.run_pool import RunPool
from solion.protocols import Protocol, hold, open_circuit
from solion.protocols.trains import sum_of
from solion.result.result import Result

CELLS = 24
SHORT, FINE = 64, 8  # steps of most runs, samples of each: at 5 s of a read of 10 s there is one
LONG, COARSE = 2442, 2  # steps of long trains, samples of each
IDLE = 1e-3  # s, of the steps at open circuit that fill a run up to its shape
CURRENT, WIDTH, READ, WINDOW = 1e-5, 0.5, 10.0, 5.0  # A, s: the paper's pulse and read
INDEPENDENT = "independent program"


def filled(protocol: Protocol, *, long: bool = False) -> Protocol:
    """The same with short steps at open circuit behind it, up to the number of steps of its shape."""
    steps, samples = (LONG, COARSE) if long else (SHORT, FINE)
    missing = steps - len(protocol.steps)
    return protocol.then(open_circuit(duration=IDLE, samples=samples).repeat(missing)) if missing else protocol


def pulse(*, current=None, voltage=None, width: float = WIDTH, gap: float = READ, samples: int = FINE) -> Protocol:
    """One pulse and the read at open circuit after it."""
    return hold(current=current, voltage=voltage, duration=width, samples=samples).then(
        open_circuit(duration=gap, samples=samples)
    )


def up_and_down(current: float = CURRENT, width: float = WIDTH, gap: float = READ, count: int = 10) -> Protocol:
    """``count`` current pulses up, as many down."""
    return pulse(current=current, width=width, gap=gap).repeat(count) + pulse(current=-current, width=width, gap=gap).repeat(
        count
    )


def spread_out(make, first: float, last: float) -> Protocol:
    """A run of SHORT steps of ``make`` (hold, open_circuit, rest) whose ends lie evenly on a logarithmic axis of time."""
    edges = np.concatenate([[0.0], np.geomspace(first, last, SHORT)])
    return sum_of(make(duration=float(width), samples=FINE) for width in np.diff(edges))


@dataclass(frozen=True)
class Train:
    """A run of pulses, each followed by a read: what each did."""

    result: Result
    pulses: int

    def column(self, name: str) -> np.ndarray:
        """A variable of the run."""
        return np.asarray(self.result.dataset[name].values, float)

    @cached_property
    def ends(self) -> np.ndarray:
        """Sample at the end of each step."""
        segment = self.result.dataset["segment"].values
        return np.searchsorted(segment, np.arange(2 * self.pulses), side="right") - 1

    @cached_property
    def conductance(self) -> np.ndarray:
        """Conductance at the start, and the mean over the last 5 s of each read (S)."""
        time, integral = self.column("time"), self.column("conductance_time")
        last = self.ends[1::2]
        begin = np.maximum(time[last] - WINDOW, time[self.ends[0::2]])
        means = (integral[last] - np.interp(begin, time, integral)) / (time[last] - begin)
        return np.concatenate([self.column("conductance")[:1], means])

    @property
    def change(self) -> np.ndarray:
        """Change by each pulse, S."""
        return np.diff(self.conductance)

    @cached_property
    def energy(self) -> np.ndarray:
        """Work of the gate in each pulse, J."""
        return self._during("gate_energy")

    @cached_property
    def charge(self) -> np.ndarray:
        """Charge of the ions that crossed in each pulse, C."""
        return self._during("charge_ions")

    def _during(self, name: str) -> np.ndarray:
        row = self.column(name)
        before = np.concatenate([[0], self.ends[1:-1:2]])
        return row[self.ends[0::2]] - row[before]


def run_train(run_pool: RunPool, device: IonicSynapse, protocol: Protocol, *, long: bool = False, **options) -> Train:
    """Run pulses of :func:`pulse` in one of the two shapes."""
    return Train(run_pool.simulate(device, filled(protocol, long=long), cells=CELLS, **options), len(protocol.steps) // 2)


def times_to(result: Result, levels) -> np.ndarray:
    """Times (s) at which a falling conductance passes each level (S)."""
    time = np.asarray(result.dataset["time"].values, float)
    g = np.asarray(result.dataset["conductance"].values, float)
    at = [int(np.argmax(g <= level)) for level in levels]
    return np.array(
        [
            time[k - 1] + (time[k] - time[k - 1]) * np.log(g[k - 1] / level) / np.log(g[k - 1] / g[k]) if k else np.nan
            for k, level in zip(at, levels, strict=True)
        ]
    )
