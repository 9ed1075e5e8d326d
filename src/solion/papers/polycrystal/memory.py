"""Figs. 8f to 8h: the filament memristor at the tip, and its cycles against the size of the electrode."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr
from matplotlib.figure import FigureBase

from solion.experiments.filament_cycling import run_filament
from solion.papers.case import (
    CALIBRATED,
    INPUT,
    MODEL_LIMIT,
    PAPER_CONTRADICTED,
    PREDICTED,
    Between,
    Case,
    Choice,
    Claim,
    Found,
    Shape,
    around,
    at_least,
    at_most,
)
from solion.papers.polycrystal.setup import RATE, TIP, loop, median_words, memristor, name
from solion.papers.run_pool import RunPool
from solion.views.style import COLOURS, MUTED, cycle_colours, title

LOWERED = 0.15  # V, threshold with which the window of -0.2 V sets
SIZES = (TIP, 1e-6, 10e-6, 50e-6, 100e-6, 500e-6)
CYCLES, DEVICES, STATIONARY = 200, 50, 10
JITTERS = (0.1, 0.2, 0.3)  # of ln(threshold) from cycle to cycle; those of many memristors are 0.2 to 0.3
STRIPPING = (1.0, 5.0, 30.0)  # A/m^2
RATES = (0.02, 0.1, 0.25, 0.5)  # V/s


@dataclass(frozen=True)
class MemoryCycles:
    """Statistics of many devices and the loops of one."""

    many: xr.Dataset
    one: xr.Dataset


# ------------------------------------------------------------------------------------------------------------------ tip


@dataclass(frozen=True)
class Windows:
    """The tip in the window of +-0.25 V, in that of -0.2/+1 V with a lowered threshold, and there with the same one.

    ``jitters``: in the first window with other jitters of the threshold; ``stripping``: with other currents of dissolution;
    ``same_jittered``: as ``same``, with the largest jitter; ``rates``: in the first window at other sweep rates.
    """

    narrow: MemoryCycles
    wide: MemoryCycles
    same: xr.Dataset
    jitters: dict[float, xr.Dataset]
    stripping: dict[float, xr.Dataset]
    same_jittered: xr.Dataset
    rates: dict[float, xr.Dataset]


def run_tip(run_pool: RunPool) -> Windows:
    """200 cycles of many devices each."""
    devices = 10 if run_pool.quick else DEVICES

    def both(device, low, high):
        run_pool.count(devices + 1)
        many = run_filament(device, loop(low, high, CYCLES), devices=devices, formed=True, traces=False).dataset
        return MemoryCycles(many, run_filament(device, loop(low, high, 12, 400), formed=True).dataset)

    def alone(low=-0.25, high=0.25, rate=RATE, **numbers):
        run_pool.count(devices)
        return run_filament(
            memristor(**numbers), loop(low, high, CYCLES, rate=rate), devices=devices, formed=True, traces=False
        ).dataset

    return Windows(
        both(memristor(), -0.25, 0.25),
        both(memristor(threshold=LOWERED), -0.2, 1.0),
        alone(-0.2, 1.0),
        {jitter: alone(jitter=jitter) for jitter in JITTERS},
        {} if run_pool.quick else {current: alone(stripping_current=current) for current in STRIPPING},
        alone(-0.2, 1.0, jitter=JITTERS[-1]),
        {} if run_pool.quick else {rate: alone(rate=rate) for rate in RATES},
    )


def _later(run: xr.Dataset, key: str):
    return run[key].values[STATIONARY:]


def _set_bias(evidence: Windows) -> Found:
    found = _later(evidence.narrow.many, "set_bias")
    return Found(float(np.nanmedian(found)), median_words(found[np.isfinite(found)], " V"), "calibrated: the threshold")


def _resets(which: str):
    def find(evidence: Windows) -> Found:
        run = getattr(evidence, which).many
        begun = np.concatenate((np.ones((1, run.sizes["device"]), bool), run["metallic"].values[:-1]))
        reset = np.isfinite(run["reset_bias"].values)
        share = float(reset[begun].mean())
        set_share = float(np.isfinite(run["set_bias"].values).mean())
        biases = run["reset_bias"].values[reset]
        return Found(share, f"{share:.2%} of filaments, at {median_words(biases, ' V')}; {set_share:.1%} of the cycles set")

    return find


def _on_off(evidence: Windows) -> Found:
    """log10 of the median on/off, of the window whose is farther from 5."""
    values = {}
    for text, cycles in (("±0.25 V", evidence.narrow), ("-0.2/+1 V", evidence.wide)):
        row = _later(cycles.many, "on_off")
        values[text] = row[np.isfinite(row)]
    words = ", ".join(f"{median_words(row)} in {text}" for text, row in values.items())
    logs = [float(np.log10(np.median(row))) for row in values.values()]
    return Found(
        max(logs, key=lambda value: abs(value - 5)), words, "but for the floor of 0.1 nA and r = 20 nm nothing was chosen"
    )


def _constant(evidence: Windows) -> Found:
    spread = float(np.nanmax(np.nanstd(np.log10(_later(evidence.wide.many, "on_off")), axis=0)))
    return Found(spread, f"{spread:.3f} at most among devices")


def _set_share(run: xr.Dataset) -> float:
    return float(np.isfinite(_later(run, "set_bias")).mean())


def _jittered(evidence: Windows) -> Found:
    found = {jitter: _set_share(run) for jitter, run in evidence.jitters.items()}
    biases = {jitter: float(np.nanmedian(_later(run, "set_bias"))) for jitter, run in evidence.jitters.items()}
    words = ", ".join(f"{jitter:g}: {share:.1%}, median {biases[jitter]:.3f} V" for jitter, share in found.items())
    return Found(
        min(found.values()),
        words,
        "thresholds that scatter as in most memristors lie beyond 0.25 V too often; 200 sets in 200 cycles leave room for 0.04",
    )


def _stripped(evidence: Windows) -> str:
    if not evidence.stripping:
        return "not run in the quick form"
    shares = {current: float(np.isfinite(run["reset_bias"].values)[:1].mean()) for current, run in evidence.stripping.items()}
    words = ", ".join(f"{current:g} A/m²: {share:.0%}" for current, share in shares.items())
    return f"10 A/m² and more in ±0.25 V; filaments that reset in the first cycle at {words}"


def _rates(evidence: Windows) -> str:
    if not evidence.rates:
        return "not run in the quick form"
    shares = {rate: float(np.isfinite(run["reset_bias"].values)[:1].mean()) for rate, run in evidence.rates.items()}
    words = ", ".join(f"{rate:g} V/s: {share:.0%}" for rate, share in shares.items())
    return f"filaments that reset in the first cycle of ±0.25 V at {words}; what is stripped takes time"


def _tension(evidence: Windows) -> Found:
    share, other = (_set_share(run) for run in (evidence.same, evidence.same_jittered))
    return Found(
        share,
        f"{share:.1%} of the cycles; {other:.0%} with a jitter of {JITTERS[-1]:g}",
        "a device whose set settles at -0.25 V cannot set in a window that ends at -0.2 V; "
        f"200 cycles there take a threshold near {LOWERED:g} V",
    )


def draw_tip(canvas: FigureBase, evidence: Windows) -> None:
    """Loops of the tip in both windows, and one in log scale."""
    panels = canvas.subplots(1, 3)
    for axes, cycles, letter, log in (
        (panels[0], evidence.narrow, "8f", False),
        (panels[1], evidence.wide, "8g", False),
        (panels[2], evidence.wide, "", True),
    ):
        shown = (0, 1, 2, 5, 11)
        for k, colour in zip(shown, cycle_colours(len(shown)), strict=True):
            part = cycles.one["cycle"].values == k
            i = cycles.one["current"].values[part]
            y = np.abs(i) + 1e-14 if log else i * 1e6
            axes.plot(cycles.one["voltage"].values[part], y, color=colour, label=f"cycle {k + 1}")
        axes.set(xlabel="bias (V)", ylabel="|current| (A)" if log else "current (µA)", yscale="log" if log else "linear")
        title(axes, letter, "tip, log scale" if log else f"tip, {'±0.25 V' if letter == '8f' else '-0.2/+1 V'}")
    panels[2].set_ylim(3e-11, 1e-4)
    panels[0].legend()


# ---------------------------------------------------------------------------------------------------- cycles against size


def run_sizes(run_pool: RunPool) -> dict[float, xr.Dataset]:
    """200 cycles of each size."""
    devices = 5 if run_pool.quick else DEVICES
    run_pool.count(devices * len(SIZES))
    return {
        size: run_filament(
            memristor(size, pad=size > 5e-6, threshold=LOWERED),
            loop(-0.2, 1.0, CYCLES),
            devices=devices,
            formed=True,
            traces=False,
        ).dataset
        for size in SIZES
    }


def _medians(evidence) -> dict[float, float]:
    return {size: float(np.nanmedian(run["on_off"].values[STATIONARY:])) for size, run in evidence.items()}


def _falls(evidence) -> Found:
    found = list(_medians(evidence).values())
    words = ", ".join(f"{name(size)} {ratio:.3g}" for size, ratio in _medians(evidence).items())
    return Found(bool(np.all(np.diff(found) < 0)), words)


def _decades(evidence) -> Found:
    found = list(_medians(evidence).values())
    return Found(float(np.log10(found[0] / found[-1])))


def _steady(evidence) -> Found:
    spread = np.nanstd(np.log10(evidence[TIP]["on_off"].values[STATIONARY:]), axis=0)
    return Found(float(spread.max()), f"{spread.max():.3f} at most among {spread.size} devices")


def draw_sizes(canvas: FigureBase, evidence) -> None:
    """On/off over cycles for each size, and over size."""
    left, right = canvas.subplots(1, 2, width_ratios=(1.4, 1.0))
    for (size, run), colour in zip(evidence.items(), COLOURS, strict=True):
        left.semilogy(np.arange(1, CYCLES + 1), np.nanmedian(run["on_off"].values, axis=1), color=colour, label=name(size))
    left.set(xlabel="cycle", ylabel="on/off at -0.1 V", ylim=(0.5, 1e6))
    left.legend(ncols=3)
    title(left, "8h", "on/off over cycles")
    found = _medians(evidence)
    right.loglog([s * 1e6 for s in found], list(found.values()), "o", color=COLOURS[0], label="simulated, median")
    ideal = [memristor(size, pad=size > 5e-6).ideal_ratio() for size in found]
    right.loglog([s * 1e6 for s in found], ideal, color=MUTED, ls=":", label="$1 + R_\\mathrm{ion}/R_\\mathrm{LRS}$")
    right.set(xlabel="electrode size (µm)", ylabel="on/off")
    right.legend()
    title(right, "", "on/off against size")


_RATE = Choice("sweep rate", f"{RATE} V/s", "not in the text", _rates)
CASES = (
    Case(
        "8f-g",
        "The tip in two windows",
        "With the tip the set bias settles at -0.25 V, every reset succeeds, and on/off reaches 1e5.",
        "Fig. 8f, 8g",
        f"{CYCLES} cycles in ±0.25 V and in -0.2/+1 V at {RATE} V/s, {DEVICES} devices",
        run_tip,
        (
            Claim(
                "set bias after ten cycles, V",
                _set_bias,
                around(-0.25, 0.12, "'~-0.25 V': its last digit; the threshold was chosen for it"),
                CALIBRATED,
            ),
            Claim(
                "share of resets in ±0.25 V",
                _resets("narrow"),
                at_least(1.0, "'always successful'; the current of dissolution was chosen for it"),
                CALIBRATED,
            ),
            Claim(
                "share of resets in -0.2/+1 V",
                _resets("wide"),
                at_least(1.0, "'extreme stability'; the threshold was lowered for this window"),
                CALIBRATED,
            ),
            Claim(
                "log10 of on/off, the farther of both windows",
                _on_off,
                Between(4.7, 5.3, "'~10⁵': a factor of two, half of what a power of ten leaves"),
                PREDICTED,
            ),
            Claim(
                "standard deviation of log10 on/off over cycles 11 to 200",
                _constant,
                at_most(0.2, "'almost constant'; the jitters of radius and gap were put in"),
                INPUT,
            ),
            Claim(
                "share of cycles that set in ±0.25 V were the jitter of thresholds 0.1, 0.2 or 0.3",
                _jittered,
                at_least(0.99, "200 sets in 200 cycles, with the scatter that other memristors have"),
                MODEL_LIMIT,
                instead=Between(
                    0.63, 0.72, "0.72 of log-normal thresholds of 0.21 V lie below 0.25 V, 0.637 with the 15 mV that growth takes"
                ),
            ),
            Claim(
                "the threshold that sets at -0.25 V also sets in -0.2/+1 V",
                _tension,
                at_least(0.99, "both windows are shown for one kind of device"),
                PAPER_CONTRADICTED,
                instead=at_most(0.05, "share of thresholds of 0.21 V with 3 % of scatter below 0.2 V, before any time to grow"),
            ),
        ),
        draw_tip,
        (
            _RATE,
            Choice(
                "jitter of ln(threshold) from cycle to cycle",
                "0.03",
                "calibrated: every cycle sets in ±0.25 V",
                lambda _: "up to some 0.04; see the row of larger ones",
            ),
            Choice("exchange current of dissolution", "10 A/m²", "calibrated: every filament resets in ±0.25 V", _stripped),
        ),
    ),
    Case(
        "8h",
        "On/off against size and cycle",
        "Only at the nanoscale is the switching stable; the ratio falls with the electrode's size.",
        "Fig. 8h",
        f"{CYCLES} cycles in -0.2/+1 V, {DEVICES} devices each of {', '.join(map(name, SIZES))}",
        run_sizes,
        (
            Claim("ratio falls with size", _falls, Shape("each size below the one before", "'only at nanoscale'"), PREDICTED),
            Claim(
                "decades from the tip to 500 µm",
                _decades,
                at_least(4.0, "10⁵ over less than 10; that pads do not reset was calibrated, see 8e"),
                CALIBRATED,
            ),
            Claim(
                "standard deviation of log10 on/off of the tip, cycles 11 to 200",
                _steady,
                at_most(0.2, "the jitters of radius and gap were put in"),
                INPUT,
            ),
        ),
        draw_sizes,
        (Choice("sweep rate", f"{RATE} V/s", "not in the text", lambda _: "0.01 to 0.5 V/s: every cycle of the tip sets"),),
    ),
)
