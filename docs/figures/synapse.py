"""Draws the figures of docs/synapse-metrics.md and docs/synapse-scaling.md: python docs/figures/synapse.py [folder]."""

import sys
from pathlib import Path

import jax.numpy as jnp
import numpy as np

from solion.analysis.synaptic import PulseRecord, retention, synaptic_metrics
from solion.compact.batch import spread, train
from solion.compact.cell import CompactCell, current_drive, voltage_drive
from solion.compact.counting import count
from solion.compact.integrate import Segment, logit_of, run_through, sequence
from solion.compact.pulse_maps import compose, conductance_after, pulse_map, record_of
from solion.devices import magnesium_synapse, magnesium_synapse_100nm
from solion.devices.ionic_synapse import ElectrolyteFilm, Gap, InsertionFilm, IonicSynapse, PinnedReservoir
from solion.explore.plasticity import disturb, pair_pulse, timing_window
from solion.explore.synapse_figures import pulse_figure, requirement_figure
from solion.explore.synapse_limits import Stack
from solion.laws import InsertionButlerVolmer
from solion.materials import EFFECTIVE_THICKNESS, magnesium_tungsten_oxide, succinonitrile_magnesium
from solion.views.style import CURRENT, FAINT, INK, VOLTAGE, blank, cycle_colours, styled

HOST, AREA = magnesium_tungsten_oxide(), 6e-5


def standard(reservoir: float, filling: float = 0.0126) -> IonicSynapse:
    """The magnesium synapse of 0.6 cm2 and 80 nm, its reservoir without end."""
    kinetics = InsertionButlerVolmer(exchange_current=0.1)
    return IonicSynapse(
        reservoir=PinnedReservoir(HOST, AREA, reservoir, kinetics),
        electrolyte=ElectrolyteFilm(succinonitrile_magnesium(), EFFECTIVE_THICKNESS.value),
        channel=InsertionFilm(HOST, 80e-9, AREA, filling, kinetics),
        gap=Gap(500e-6, 100e-6),
    )


def scaled(side: float, width: float, *, conductivity: float, exchange: float) -> CompactCell:
    """A cell of side x width, 10 nm of channel and of electrolyte, read along ``side``."""
    return CompactCell(
        free_energy=HOST.free_energy,
        reservoir_energy=HOST.free_energy,
        conductivity=HOST.conductivity,
        charge=2.0,
        concentration=HOST.concentration,
        thickness=10e-9,
        area=side * width,
        transfer_area=side * width,
        share=0.0,
        supply=0.0126,
        ionic_resistance=10e-9 / conductivity,
        leak=0.0,
        channel_exchange=exchange,
        reservoir_exchange=exchange,
        aspect=width / side,
        offset=HOST.offset,
    )


def period(current: float) -> Segment:
    """0.5 s of current and 10 s of open circuit."""
    return sequence(Segment(current_drive(current, AREA), 0.5), Segment(current_drive(0.0), 10.0))


def cycles() -> PulseRecord:
    """Four cycles of 100 pulses of 10 uA up and down, with the leak."""
    cell = CompactCell.of(standard(0.0136155))
    maps = [pulse_map(cell, period(current), (0.006, 0.05)) for current in (1e-5, -1e-5)]
    return record_of(cell, maps, np.tile(np.repeat([0, 1], 100), 4), 0.0105, width=0.5)


@styled
def keeping(folder: Path) -> None:
    """Retention, endless pulses, and a thousand devices."""
    figure = blank(11.0, 3.4)
    left, middle, right = figure.subplots(1, 3)
    cell = CompactCell.of(standard(0.0136155))
    filling = float(np.interp(0.95e-3, np.asarray(cell.conductance(np.linspace(0.05, 0.3, 5001))), np.linspace(0.05, 0.3, 5001)))
    times = np.concatenate([[1e-2], np.logspace(0, 5, 200)])
    for drive, colour, name in ((current_drive(0.0), VOLTAGE, "open circuit"), (voltage_drive(0.0), CURRENT, "held at 0 V")):
        parts = sequence(*(Segment(drive, t) for t in np.diff(times, prepend=0.0)))
        after, _ = run_through(cell, parts, filling)
        g = np.asarray(cell.conductance(after))
        left.loglog(times[1:], g[1:] * 1e6, color=colour, label=name)
        print(name, retention(times, g))
    left.axhline(40, color=FAINT, lw=1.0, zorder=0)
    left.set(xlabel="time (s)", ylabel="conductance (µS)", title="Retention from 0.95 mS")
    left.legend()
    ready = cell.ready()
    up, down = (pulse_map(cell, period(current), (0.008, 0.03)) for current in (1e-5, -1e-5))
    cycle = compose([(up, 10), (down, 10)], *(logit_of(ready, jnp.asarray(x)) for x in (0.0105, 0.017)), 32)
    counts = np.unique(np.logspace(0, np.log10(5e6), 60).astype(int))
    for start, colour in zip((0.0110, 0.0126, 0.0160), cycle_colours(3), strict=True):
        g = conductance_after(cell, cycle, start, counts)
        middle.semilogx(20 * counts, g * 1e6, color=colour, label=f"from {float(cell.conductance(start)) * 1e6:.0f} µS")
    middle.set(xlabel="pulses, 10 up and 10 down", ylabel="conductance after a cycle (µS)", title="Endless pulses")
    middle.legend()
    cells = spread(cell, 1000, 1, thickness=0.03, channel_exchange=0.2, leak=0.3, aspect=0.05)
    order = np.tile(np.repeat([0, 1], 50), 4)
    g = train(cells, (period(1e-5), period(-1e-5)), order, 0.0126, (0.009, 0.03)) * 1e6
    number = np.arange(1, order.size + 1)
    for low, high, shade in ((2.5, 97.5, "#d9e2ec"), (15, 85, "#9fb3c8")):
        right.fill_between(number, *np.percentile(g, [low, high], axis=0), color=shade, lw=0, label=f"{low:g} to {high:g} %")
    right.plot(number, np.median(g, axis=0), color=INK, lw=1.2, label="median")
    right.set(xlabel="pulse", ylabel="conductance (µS)", title="1000 devices that differ", ylim=(0, 360))
    right.legend()
    figure.savefig(folder / "synapse-keeping.png", dpi=160)


@styled
def counted(folder: Path) -> None:
    """Ions counted: pulses of ten and of fifty-six ions, and a train of a small device."""
    figure = blank(10.0, 3.4)
    left, right = figure.subplots(1, 2)
    pulse = sequence(Segment(voltage_drive(0.3), 1e-3))
    for (side, width), colour in zip(((60e-9, 30e-9), (100e-9, 100e-9)), (CURRENT, VOLTAGE), strict=True):
        cell = scaled(side, width, conductivity=2.8e-3, exchange=0.1)
        start = round(0.0126 * HOST.formula_density * side * width * 10e-9)
        moved = count(cell, pulse, 0.0126, devices=4000, seed=7).ions[:, 0] - start
        left.hist(
            moved,
            np.arange(moved.min(), moved.max() + 2) - 0.5,
            density=True,
            color=colour,
            alpha=0.55,
            label=f"{width * 1e9:.0f} × {side * 1e9:.0f} nm: {moved.mean():.1f} ± {moved.std():.1f} ions",
        )
        mean, k = moved.mean(), np.arange(0, 90)
        law = np.exp(k * np.log(mean) - mean - np.cumsum(np.log(np.maximum(k, 1))))
        left.plot(k, law, color=colour, lw=1.2)
    left.set(xlabel="ions moved by 0.3 V for 1 ms", ylabel="part of the pulses", title="Counted, and Poisson", xlim=(0, 90))
    left.legend()
    cell = scaled(60e-9, 30e-9, conductivity=2.8e-3, exchange=0.1)
    voltages = np.repeat([0.3, -0.3], 60)
    parts = sequence(*(Segment(voltage_drive(v), 1e-3) for v in voltages))
    found = count(cell, parts, 0.0126, devices=200, seed=2, leaps=16)
    smooth, _ = run_through(cell, parts, 0.0126)
    for device in found.conductance[:12]:
        right.plot(np.arange(1, 121), device * 1e9, color=FAINT, lw=0.8)
    right.plot(np.arange(1, 121), found.conductance[0] * 1e9, color=CURRENT, lw=1.0, label="one device, ions counted")
    right.plot(np.arange(1, 121), np.asarray(cell.conductance(smooth)) * 1e9, color=INK, lw=1.2, label="smooth")
    right.set(xlabel="pulse of 1 ms, ±0.3 V", ylabel="conductance (nS)", title="Synapse of 30 × 60 nm")
    right.legend(loc="upper left")
    figure.savefig(folder / "synapse-counting.png", dpi=160)


@styled
def timing(folder: Path) -> None:
    """Half-selected cells, pairs of pulses, and a pre- and a post-spike, on resolved cells."""
    figure = blank(12.0, 3.6)
    left, middle, right = figure.subplots(1, 3)
    parts = np.array([1, 3 / 4, 1 / 2, 1 / 3, 1 / 4])
    for device, voltage, width, colour, name in (
        (magnesium_synapse(pinned=True), 1.0, 0.5, VOLTAGE, "0.6 cm², 0.5 s of 1 V"),
        (magnesium_synapse_100nm(exchange_current=100.0), 0.5, 1e-6, CURRENT, "100 nm, $i_0$ 100 A/m², 1 µs of 0.5 V"),
    ):
        found = disturb(device, voltage, width, wait=20 * width, parts=parts)
        print(name, [str(metric) for metric in found.metrics()])
        share = np.array([found.changes[part] for part in parts]) / found.changes[1.0]
        left.semilogy(parts, share, "o-", color=colour, label=f"{name}: {found.ratio(0.5):.1f} at V/2")
    left.plot(parts, parts, color=FAINT, lw=1.0, zorder=0, label="in proportion: 2 at V/2")
    left.plot(0.5, 0.1, "*", color=INK, label="wanted at V/2: 10")
    left.set(xlabel="part of the voltage", ylabel="dG over that of the whole", title="Half-selected cells", ylim=(1e-2, 2))
    left.legend(loc="lower right", fontsize=7.5)
    times = np.geomspace(0.01, 30, 28)
    for leak, colour, name in ((0.0, VOLTAGE, "no leak"), (1.0, CURRENT, "leaky electrolyte")):
        device = magnesium_synapse(pinned=True, leak=leak)
        pairs = pair_pulse(device, 1.0, 0.05, times)
        middle.semilogx(times, pairs.ratio, color=colour, label=f"{name}, {pairs.time_constant:.2f} s")
        window = timing_window(device, 1.0, 0.05, times, settle=30.0)
        print(name, [str(metric) for metric in pairs.metrics() + window.metrics()])
        for sign in (1, -1):
            delay, change = window.side(sign)
            shown = delay <= 5
            right.plot(sign * delay[shown], change[shown] * 1e9, color=colour, label=name if sign == 1 else None)
    middle.set(xlabel="interval (s)", ylabel="$A_2/A_1$", title="Two pulses of 1 V for 50 ms")
    middle.legend()
    right.axhline(0, color=FAINT, lw=1.0, zorder=0)
    right.set(xlabel="delay, pre before post (s)", ylabel="settled change (nS)", title="Pre −1 V, post +1 V, 50 ms")
    right.legend(loc="lower right")
    figure.savefig(folder / "synapse-timing.png", dpi=160)


def main(folder: Path) -> None:
    timing(folder)
    record = cycles()
    pulse_figure(record).savefig(folder / "synapse-updates.png", dpi=160)
    for metric in synaptic_metrics(record, area=AREA, aspect=5.0):
        print(f"| {metric.name} | {metric.value:.4g} | {metric.unit} | {metric.meaning} |")
    keeping(folder)
    counted(folder)
    stack = Stack(
        charge=2.0,
        concentration=HOST.concentration,
        channel_thickness=10e-9,
        electrolyte_thickness=10e-9,
        ionic_conductivity=2.8e-3,
        exchange_current=1e4,
        diffusivity=1e-15,
        reservoir_diffusivity=1e-15,
        composition=0.0126,
        reservoir_composition=0.1,
        area=1e-14,
    )
    requirement_figure(stack).savefig(folder / "synapse-requirements.png", dpi=160)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
