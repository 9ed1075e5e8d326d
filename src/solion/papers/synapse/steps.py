"""Fig. 1c and 1d: single pulses of current and of voltage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import FigureBase

from solion.devices import magnesium_synapse
from solion.papers.case import CHECKED, INPUT, PREDICTED, Case, Choice, Claim, Found, Shape, around
from solion.papers.run_pool import RunPool
from solion.papers.synapse.panels import MICRO
from solion.papers.synapse.setup import INDEPENDENT, Train, pulse, run_train, up_and_down
from solion.views.style import COLOURS, CURRENT, title

START = 10e-6  # S
VOLTAGES = (0.2, 0.5, 1.0, -0.5, -1.0)
CHARGES = {0.2: 5.39e-6, 0.5: 14.39e-6, 1.0: 31.8e-6, -0.5: -13.5e-6, -1.0: -30.7e-6}
ENDS = {0.2: 10.82e-6, 0.5: 12.24e-6, 1.0: 15.53e-6, -0.5: 8.36e-6, -1.0: 6.61e-6}


def run_currents(run_pool: RunPool) -> Train:
    """Five pulses up and five down."""
    return run_train(run_pool, magnesium_synapse(START), up_and_down(count=5))


def _staircase(evidence: Train) -> Found:
    change = evidence.change
    good = bool(np.all(change[:5] > 0) and np.all(change[5:] < 0))
    return Found(
        good,
        f"steps of {change[0] * MICRO:.2f} to {change[4] * MICRO:.2f} µS up, "
        f"{change[5] * MICRO:.2f} to {change[9] * MICRO:.2f} µS down",
    )


def _rises(evidence: Train) -> Found:
    g, segment = evidence.column("conductance"), evidence.result.dataset["segment"].values
    inside = [g[segment == 2 * k] for k in range(5)]
    return Found(
        all(np.all(np.diff(part) > 0) for part in inside), f"{np.diff(inside[0]).min() * MICRO:.3f} µS and more a sample"
    )


def _flat(evidence: Train) -> Found:
    g, segment = evidence.column("conductance"), evidence.result.dataset["segment"].values
    drift = [float(g[segment == 2 * k + 1][-1] - g[segment == 2 * k + 1][len(g[segment == 2 * k + 1]) // 2]) for k in range(10)]
    share = max(abs(d) / abs(c) for d, c in zip(drift, evidence.change, strict=True))
    return Found(share < 0.1, f"drift over 5 s of a read at most {share:.1%} of the step: the leak, since U is not quite zero")


def draw_currents(canvas: FigureBase, evidence: Train) -> None:
    """Gate current above, conductance below."""
    upper, lower = canvas.subplots(2, 1, sharex=True, height_ratios=(1, 2))
    time = evidence.column("time")
    shown = time <= time[evidence.ends[-1]]
    upper.plot(time[shown], evidence.column("current")[shown] * MICRO, color=CURRENT)
    upper.set_ylabel("gate current (µA)")
    title(upper, "c", "current pulses, 10 µA, 0.5 s")
    lower.plot(time[shown], evidence.column("conductance")[shown] * MICRO, color=COLOURS[2])
    lower.set_ylabel("conductance (µS)")
    lower.set_xlabel("time (s)")


@dataclass(frozen=True)
class Voltages:
    """One run for each voltage."""

    runs: dict[float, Train]

    @property
    def charges(self) -> dict[float, float]:
        """Charge of ions in the pulse, C."""
        return {v: float(train.charge[0]) for v, train in self.runs.items()}

    @property
    def ends(self) -> dict[float, float]:
        """Conductance as read after the pulse, S."""
        return {v: float(train.conductance[-1]) for v, train in self.runs.items()}


def run_voltages(run_pool: RunPool) -> Voltages:
    """One pulse of each voltage on the same start."""
    device = magnesium_synapse(START, pinned=True, leak=0.0)
    runs = run_pool.map(lambda v: run_train(run_pool, device, pulse(voltage=v)), VOLTAGES)
    return Voltages(dict(zip(VOLTAGES, runs, strict=True)))


def _signs(evidence: Voltages) -> Found:
    change = {v: g - START for v, g in evidence.ends.items()}
    words = ", ".join(f"{v:+g} V: {g * MICRO:+.2f} µS" for v, g in change.items())
    ordered = sorted(change, key=lambda v: change[v])
    return Found(ordered == sorted(VOLTAGES) and all(np.sign(v) == np.sign(g) for v, g in change.items()), words)


def _farthest(attribute: str, wanted: dict[float, float], unit: str):
    def find(evidence: Voltages) -> Found:
        found = getattr(evidence, attribute)
        off = {v: found[v] / wanted[v] - 1 for v in wanted}
        words = ", ".join(f"{found[v] * MICRO:.2f}" for v in wanted)
        return Found(1 + max(off.values(), key=abs), f"{words} {unit} at {', '.join(f'{v:g}' for v in wanted)} V")

    return find


def draw_voltages(canvas: FigureBase, evidence: Voltages) -> None:
    """Conductance against time after one pulse of each voltage."""
    axes = canvas.subplots()
    for (voltage, train), colour in zip(evidence.runs.items(), COLOURS, strict=False):
        time = train.column("time")
        axes.plot(time, train.column("conductance") * MICRO, ".-", ms=4, lw=0.9, color=colour, label=f"{voltage:+g} V")
    axes.axvspan(0, 0.5, color="#eef1f5", zorder=0)
    axes.set_xlim(0, 5)
    axes.set_xlabel("time (s)")
    axes.set_ylabel("conductance (µS)")
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.22 * (high - low))  # room for the legend above all curves
    axes.legend(title="for 0.5 s", ncols=3, loc="upper right")
    title(axes, "d", "voltage pulses")


_DIGITS = around(1.0, 0.01, "three digits, and 24 cells against its 200")
CASES = (
    Case(
        "1c",
        "Current pulses up and down",
        "Current pulses move the conductance up and down in steps that stay.",
        "Fig. 1c",
        "standard device from 10 µS, five pulses of 10 µA for 0.5 s, five of -10 µA, 10 s reads",
        run_currents,
        (
            Claim(
                "a staircase up, then down",
                _staircase,
                Shape("five steps up, five down", "charge times a law of conductivity that only rises"),
                INPUT,
            ),
            Claim("conductance rises all through a pulse up", _rises, Shape("monotonic in each pulse", "the same"), INPUT),
            Claim(
                "flat between pulses",
                _flat,
                Shape("drift below a tenth of a step over 5 s", "more would be seen as a slope of the read"),
                PREDICTED,
            ),
        ),
        draw_currents,
        (
            Choice(
                "time axis and conductance of the panel", "10 µS", "the state of Fig. 3e", lambda _: "any conductance: shape only"
            ),
        ),
    ),
    Case(
        "1d",
        "Voltage pulses",
        "Voltage pulses do the same; larger ones do more.",
        "Fig. 1d",
        "pinned reservoir, no leak, 10 µS; one pulse of 0.2, 0.5, 1, -0.5, -1 V for 0.5 s",
        run_voltages,
        (
            Claim(
                "the sign of ΔG is that of V, and |ΔG| rises with |V|",
                _signs,
                Shape("ordered as the voltages", "the current of a passive cell rises with its voltage"),
                CHECKED,
                "theory",
            ),
            Claim(
                "charge over that of the independent program, the farthest",
                _farthest("charges", CHARGES, "µC"),
                _DIGITS,
                CHECKED,
                INDEPENDENT,
            ),
            Claim(
                "conductance over that of the independent program, the farthest",
                _farthest("ends", ENDS, "µS"),
                _DIGITS,
                CHECKED,
                INDEPENDENT,
            ),
        ),
        draw_voltages,
    ),
)
