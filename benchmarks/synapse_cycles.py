"""Fig. 5 of Schwacke et al. through ``simulate``: 200 cycles of 100 pulses up and 100 down, with reads, resolved and compact.

    python benchmarks/synapse_cycles.py [CYCLES]

Beside it the same compact cell by SciPy's BDF (rtol 1e-6, one call per segment) on one cycle, scaled up. Compiling is counted
apart: the first call less the second.
"""

from __future__ import annotations

import dataclasses
import sys
import time

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

import solion as so
from solion import protocols as steps
from solion.base.constants import FARADAY, thermal_voltage
from solion.devices import WellMixed, at_composition, magnesium_synapse

START, RESERVOIR = 0.03, 0.10


def half(voltage: float) -> so.Protocol:
    """100 pulses of half a second, a second apart, with a read of ten seconds after every fifth."""
    five = steps.pulses(voltage=voltage, width=0.5, gap=1.0, count=5, open_gap=True, samples=1)
    return (five + steps.open_circuit(duration=10.0, samples=1)).repeat(20)


def scipy_cycle(device) -> float:
    """Seconds of one cycle of the compact cell by solve_ivp, the current from a bracketed root at each call."""
    volt, host = thermal_voltage(298.15), device.channel.host
    density = float(host.charge * FARADAY * host.concentration * device.channel.thickness)
    resistance, leak = float(device.electrolyte.ionic_resistance), float(device.electrolyte.electronic_conductance)
    exchange = float(device.channel.kinetics.exchange_current)

    def potential(x):
        return 1.5 * volt * np.log(x / RESERVOIR) + 0.6319 * (x - RESERVOIR)

    def cell(i, x):
        return potential(x) + i * resistance + 4 * volt * np.arcsinh(i / (2 * exchange))

    def rate(_, y, drive):
        x = y[0]
        wanted = (lambda i: cell(i, x) - drive) if drive is not None else (lambda i: i + leak * cell(i, x))
        return [brentq(wanted, -1e3, 1e3, xtol=1e-14) / density]

    began, x = time.perf_counter(), START
    for voltage in (1.0, -1.0):
        for k in range(100):
            for drive, duration in ((voltage, 0.5), (None, 1.0 if (k + 1) % 5 else 11.0)):
                x = solve_ivp(rate, (0, duration), [x], "BDF", rtol=1e-6, atol=1e-9, args=(drive,)).y[0, -1]
    return time.perf_counter() - began


def main(cycles: int) -> None:
    """Print a line for each level."""
    protocol = (half(1.0) + half(-1.0)).repeat(cycles)
    device = at_composition(magnesium_synapse(pinned=True, reservoir=RESERVOIR), START)
    compact = dataclasses.replace(device, depth=WellMixed())
    reference = scipy_cycle(compact) * cycles
    print(f"{len(protocol.steps)} segments; SciPy BDF, compact: {reference:.1f} s (from one cycle)")
    for name, chosen, cells in (("compact", compact, 8), ("resolved, 16 cells", device, 16)):
        times = []
        for _ in range(2):
            began = time.perf_counter()
            result = so.simulate(chosen, protocol, cells=cells)
            times.append(time.perf_counter() - began)
        print(
            f"{name}: {times[1]:.2f} s, compiling {max(times[0] - times[1], 0):.1f} s, {result.status},"
            f" {reference / times[1]:.0f} times faster than SciPy's compact cell"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
