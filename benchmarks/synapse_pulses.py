"""Pulses of compact ionic synapses: Fig. 5 in full, a hundred million pulses, a thousand devices; and SciPy at the same task.

python benchmarks/synapse_pulses.py
"""

from __future__ import annotations

import time

import jax
import jax.numpy as jnp
import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from solion.compact.batch import integrated_train, spread, train
from solion.compact.cell import CompactCell, current_drive, voltage_drive
from solion.compact.integrate import Segment, filling_of, logit_of, sequence
from solion.compact.pulse_maps import compose, conductance_after, iterate, pulse_map
from solion.materials import EFFECTIVE_THICKNESS, magnesium_tungsten_oxide, succinonitrile_magnesium

AREA = 6e-5
DEVICES, PULSES = 1000, 1000
SPREAD = {"thickness": 0.03, "channel_exchange": 0.2, "leak": 0.3, "aspect": 0.05}


def standard(reservoir: float) -> CompactCell:
    """The magnesium synapse of 0.6 cm2 and 80 nm with a reservoir without end."""
    host, electrolyte = magnesium_tungsten_oxide(), succinonitrile_magnesium()
    length = EFFECTIVE_THICKNESS.value
    return CompactCell(
        free_energy=host.free_energy,
        reservoir_energy=host.free_energy,
        conductivity=host.conductivity,
        charge=host.charge,
        concentration=host.concentration,
        thickness=80e-9,
        area=AREA,
        transfer_area=AREA,
        share=0.0,
        supply=reservoir,
        ionic_resistance=length / electrolyte.ionic_conductivity,
        leak=electrolyte.electronic_conductivity / length,
        channel_exchange=0.1,
        reservoir_exchange=0.1,
        aspect=5.0,
        offset=host.offset,
    )


def timed(what: str, function, repeats: int = 3):
    """(result, best time after a first call that compiles)."""
    begin = time.perf_counter()
    function()
    first = time.perf_counter() - begin
    best = np.inf
    for _ in range(repeats):
        begin = time.perf_counter()
        result = jax.block_until_ready(function())
        best = min(best, time.perf_counter() - begin)
    print(f"{what}: {best:.4g} s (first call {first:.3g} s)")
    return result, best


def figure_5():
    """200 cycles of 100 pulses up and 100 down, read every five."""
    cell = standard(0.10)

    def five(voltage):
        short = Segment(voltage_drive(voltage), jnp.asarray(0.5))
        gap, read = (Segment(current_drive(0.0), jnp.asarray(t)) for t in (1.0, 10.0))
        return sequence(*[short, gap] * 4, short, read)

    def run():
        up, down = (pulse_map(cell, five(voltage), (0.005, 0.3)) for voltage in (1.0, -1.0))
        y, found = logit_of(cell.ready(), jnp.asarray(0.03)), []
        for _ in range(200):
            for part in (up, down):
                y = iterate(part, y, 20)
                found.append(y)
        return cell.conductance(filling_of(cell, jnp.stack(found)))

    g, _ = timed("200 cycles of Fig. 5, 40 000 pulses, maps built and applied", run)
    print(f"   bottoms after cycles 1, 6, 200: {np.asarray(g)[[1, 11, 399]] * 1e6} uS")


def endless():
    """1e8 pulses, ten up and ten down, with the leak: by squaring and one by one."""
    cell = standard(0.0136155)
    up, down = (
        pulse_map(cell, sequence(Segment(current_drive(current, AREA), 0.5), Segment(current_drive(0.0), 10.0)), (0.008, 0.03))
        for current in (1e-5, -1e-5)
    )
    low, high = (logit_of(cell.ready(), jnp.asarray(x)) for x in (0.0105, 0.017))
    cycle = compose([(up, 10), (down, 10)], low, high, 32)
    squared, _ = timed("1e8 pulses by squaring", lambda: conductance_after(cell, cycle, 0.0126, [5_000_000]))
    y = logit_of(cell.ready(), jnp.asarray(0.0126))

    def one_by_one():  # each pulse applied: ten up, ten down, five million times
        return iterate_pairs(up, down, y, 5_000_000)

    begin = time.perf_counter()
    end = jax.block_until_ready(one_by_one())
    seconds = time.perf_counter() - begin
    g = float(cell.conductance(filling_of(cell.ready(), end)))
    print(f"1e8 pulses one by one: {seconds:.3g} s; G differs by {abs(g / squared[0] - 1):.1e}")


@jax.jit
def iterate_pairs(up, down, y, cycles):
    def cycle(_, y):
        y = jax.lax.fori_loop(0, 10, lambda _, y: up.next(y), y)
        return jax.lax.fori_loop(0, 10, lambda _, y: down.next(y), y)

    return jax.lax.fori_loop(0, cycles, cycle, y)


def many():
    """1000 devices that differ, 1000 pulses each."""
    cells = spread(standard(0.0136155), DEVICES, 1, **SPREAD)
    periods = tuple(sequence(Segment(current_drive(i, AREA), 0.5), Segment(current_drive(0.0), 10.0)) for i in (1e-5, -1e-5))
    order = np.tile(np.repeat([0, 1], 50), PULSES // 100)
    found, maps = timed("1000 devices x 1000 pulses by maps", lambda: train(cells, periods, order, 0.0126, (0.009, 0.03)))
    few = jax.tree.map(lambda leaf: leaf[:50], cells)
    exact = integrated_train(few, periods, order, 0.0126, 1e-11)
    print(f"   largest relative error of G: {np.max(np.abs(found[:50] / exact - 1)):.1e} (50 devices, tolerance 1e-11)")
    rough, integrated = timed(
        "1000 devices x 100 pulses, each integrated to 1e-6",
        lambda: integrated_train(cells, periods, order[:100], 0.0126, 1e-6),
        1,
    )
    print(f"   largest relative error of G: {np.max(np.abs(rough[:50] / exact[:, :100] - 1)):.1e}")
    rate, slow = DEVICES * PULSES / maps, DEVICES * 100 / integrated
    g, seconds, pulses = scipy_train(jax.tree.map(lambda leaf: leaf[0], cells), order[:100])
    print(
        f"SciPy BDF, rtol 1e-6, one device: {seconds / pulses:.4g} s a pulse; error {np.max(np.abs(g / exact[0, :100] - 1)):.1e}"
    )
    print(f"device pulses per second: maps {rate:.3g}, integrated {slow:.3g}, SciPy {pulses / seconds:.3g}")
    print(f"ratio to SciPy: maps {rate * seconds / pulses:.3g}, integrated {slow * seconds / pulses:.3g}")


def scipy_train(cell, order):
    """What a user would write: BDF restarted at each edge, the current by brentq."""
    per_filling, leak, ionic = float(cell.capacity), float(cell.leak), float(cell.ionic_resistance)
    slope, thermal, supply = float(cell.free_energy.slope), float(cell.thermal), float(cell.supply)
    channel, reservoir = 2 * float(cell.channel_exchange), 2 * float(cell.reservoir_exchange)

    def rate(forced):
        def of_time(_, c):
            u = thermal / 2 * (3 * np.log(c[0] / supply) + slope * (c[0] - supply))

            def excess(i):
                v = u + i * ionic + 2 * thermal * (np.arcsinh(i / channel) + np.arcsinh(i / reservoir))
                return i + v * leak - forced

            return [brentq(excess, -1.0, 1.0, xtol=1e-13) / per_filling]

        return of_time

    c, found = [0.0126], []
    begin = time.perf_counter()
    for which in order:
        for forced, duration in ((1e-5 / AREA * (1 - 2 * which), 0.5), (0.0, 10.0)):
            c = solve_ivp(rate(forced), (0, duration), c, method="BDF", rtol=1e-6, atol=1e-12).y[:, -1]
        found.append(c[0])
    seconds = time.perf_counter() - begin
    return np.asarray(cell.conductance(jnp.asarray(found))), seconds, len(order)


if __name__ == "__main__":
    figure_5()
    endless()
    many()
