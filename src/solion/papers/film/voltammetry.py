"""Fig. 4: voltammograms of films between four kinds of contacts.

Long because four panels share one reading of loops.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.figure import FigureBase

from solion.analysis import Pattern, low_bias_resistance, on_off_ratio, pattern, polarization, switches
from solion.analysis.data import Data
from solion.papers.case import (
    CALIBRATED,
    CHECKED,
    INPUT,
    PAPER_CONTRADICTED,
    PREDICTED,
    Case,
    Choice,
    Claim,
    Equal,
    Found,
    Shape,
    around,
    at_least,
    at_most,
)
from solion.papers.film.panels import CURRENT, TIME, VOLTAGE, current_voltage, name_states, phase_map
from solion.papers.film.setup import ELECTRODES, column, memristor, scaled_time
from solion.papers.film.voltammogram_runs import (
    BRANCHES,
    LTO4_PEAKS,
    MEASURED,
    PEAK,
    PEAKS,
    RATIO,
    READ,
    REST,
    Loops,
    run_asymmetric,
    run_lto4,
    run_lto7,
    run_ratio,
    run_symmetric,
)
from solion.result.result import Result
from solion.thermodynamics import critical_current, phase_diagram
from solion.views.style import COLOURS, INK, title

# --------------------------------------------------------------------------------------------------------------- claims


def _extent(peak: float):
    def find(evidence: Loops) -> Found:
        result = evidence.shown[peak]
        return Found(polarization(result), f"{polarization(result)}, {len(switches(result))} changes of phase in two cycles")

    return find


def _left(peak: float):
    def find(evidence: Loops) -> Found:
        value = evidence.settled[peak]
        ratio = max(value, 1 / value)
        lasting = np.exp(abs(pattern(evidence.shown[peak]).positive))
        note = f"right after the sweep the branches differ by {lasting:.3g}: polarization of the phases, which fades"
        return Found(ratio, f"{ratio:.4g} after {REST:g} τ_D at rest", note)

    return find


def _each_cycle(evidence: Loops) -> Found:
    counts = [sum(evidence.main.dataset["event_time"].values < _half(evidence.main)), 0]
    counts[1] = len(switches(evidence.main)) - counts[0]
    return Found(counts == [4, 4], f"{polarization(evidence.main)}; {counts[0]} and {counts[1]} changes of phase per cycle")


def _half(result: Result) -> float:
    return 0.5 * float(result.dataset["time"].values[-1])


def _pattern(evidence: Loops) -> Found:
    found = [pattern(evidence.main, cycle) for cycle in (0, 1)]
    kinds = [entry.kind for entry in found]
    if found[0].kind == found[1].kind:
        return Found(kinds[0], _described(found[1]))
    return Found(" then ".join(kinds), f"{kinds[0]} in the first cycle, {kinds[1]} in the second")


def _described(found: Pattern) -> str:
    negative, positive = found.factors
    volts = found.window / memristor(0.5).scales().voltage
    factors = f"{negative:.3g} (V < 0) and {positive:.3g} (V > 0) within {volts:.3g} V_T"
    return f"{found.kind}; the branches differ by factors of {factors}"


def _crossing(evidence: Loops) -> Found:
    volts = pattern(evidence.main).crossing / memristor(0.5).scales().voltage
    return Found(abs(float(volts)), f"at {volts:+.2g} V_T")


def _as_formula(evidence: Loops) -> Found:
    """Gap of the branches next to V = 0 against the ratio of the resistances of states I and III."""
    device = memristor(**RATIO)
    poor, rich = phase_diagram(device.film.material).binodal
    ratio = low_bias_resistance(device, rich, poor) / low_bias_resistance(device, poor, rich)
    volt = float(device.scales().voltage)
    found = pattern(evidence.main, window=3 * volt)
    measured = float(np.exp(0.5 * (found.positive + found.negative)))
    note = "in the sweep the phases have no time to settle" if abs(measured / ratio - 1) > 0.02 else ""
    return Found(measured / ratio, f"{measured:.3g} in the loop, {ratio:.3g} by R(c_T, c_B) of states I and III", note)


def _still(evidence: Loops) -> Found:
    result = evidence.shown[min(LTO4_PEAKS)]
    largest = column(result, "scaled_current")[column(result, "scaled_voltage") > 0].max()
    limit = critical_current(memristor(**ELECTRODES["LTO4"]).film.material, 0.1)
    words = f"{len(switches(result))} changes of phase; i up to {largest:.4f} i_D, Eq. 5 asks for {limit:.4f}"
    return Found(len(switches(result)) == 0 and largest <= 0.011, words)


def _on_off(evidence: Loops) -> Found:
    volt = Data.of(evidence.main).scale("voltage")
    ratios = [[on_off_ratio(evidence.main, sign * READ * volt, cycle) for cycle in (0, 1)] for sign in (1, -1)]
    words = f"{ratios[0][0]:.4g} and {ratios[0][1]:.4g} in the two cycles at +{READ:g} V_T"
    return Found(min(ratios[0]), words, f"{ratios[1][0]:.3g} and {ratios[1][1]:.3g} at −{READ:g} V_T")


def _lopsided(evidence: Loops) -> Found:
    """Hysteresis of one polarity over that of the other, by the largest ratio of the branches."""
    volt = Data.of(evidence.main).scale("voltage")
    reads = np.linspace(0.1, 0.7, 7) * max(evidence.shown)
    best = [max(on_off_ratio(evidence.main, sign * read * volt, 1) for read in reads) for sign in (1, -1)]
    words = f"branches differ by up to {best[0]:.3g} at V > 0 and {best[1]:.3g} at V < 0; {_described(pattern(evidence.main))}"
    return Found(max(best) / min(best), words)


def _extreme(which: Callable[[np.ndarray], float]):
    def find(evidence: Loops) -> float:
        return float(which(column(evidence.main, "scaled_current", cycle=1)))

    return find


def _conductivity(name: str) -> float:
    """Electronic conductivity (S/m) of the ion-rich phase, by c_0, D_p0 and D_p/D_n."""
    device = memristor(**ELECTRODES[name])
    scales, filled = device.scales(), phase_diagram(device.film.material).binodal[1]
    unit = float(scales.current_density * scales.length / scales.voltage)
    return unit * float(device.region(8).film.electron_mobility(filled))


def _in_units(evidence: Loops) -> Found:
    """Sweep rate in mV/s; beside it the loop in SI."""
    result = evidence.main
    largest = float(np.abs(column(result, "current", 1)).max())
    seconds, volts = result.dataset["time"].values, column(result, "voltage")
    rate = float(np.max(np.abs(np.diff(volts) / np.diff(seconds))))
    words = f"{rate * 1e3:.2f}; ±{volts.max():.3g} V, up to {largest * 1e3:.3g} mA, two cycles in {seconds[-1]:.0f} s"
    return Found(rate * 1e3, words)


def _assumed(evidence: Loops) -> Found:
    """Conductivity of LTO7 by the stated numbers, against the one that the paper assumes to meet the measured current."""
    rich, largest = _conductivity("LTO7"), float(np.abs(column(evidence.main, "current", 1)).max())
    return Found(
        rich,
        f"{rich:.2g} S/m in the ion-rich phase",
        f"with {MEASURED} S/m, which the paper then assumes, the largest current is {largest * MEASURED / rich * 1e3:.3g} mA "
        f"instead of {largest * 1e3:.3g} mA: one of D_p0, D_p/D_n and the assumption has to go",
    )


def _where(wanted: Callable[[tuple[str, str]], bool]):
    """The variations that show the same, and those that do not."""

    def words(evidence: Loops) -> str:
        if not evidence.varied:
            return "not run in the quick form"
        same = [name for name, found in evidence.varied.items() if wanted(found)]
        other = [f"{name} ({found[0]} switching, {found[1]})" for name, found in evidence.varied.items() if not wanted(found)]
        return f"holds at {'; '.join(same)}" + (f". Not at {'; '.join(other)}" if other else "")

    return words


def _extents(evidence: Loops) -> str:
    if not evidence.varied:
        return "not run in the quick form"
    table: dict[str, list[str]] = {}
    for name, (extent, _) in evidence.varied.items():
        rate, peak = name.split(", V_max = ")
        table.setdefault(rate, []).append(f"{peak} {extent}")
    return "; ".join(f"{rate}: {', '.join(row)}" for rate, row in table.items())


# -------------------------------------------------------------------------------------------------------------- figures


def _draw(letter: str, heading: str, shown: Callable[[Loops], dict[float, Result]]):
    """One column, from top to bottom: voltage, phases, current on a logarithmic axis against voltage."""

    def draw(canvas: FigureBase, evidence: Loops) -> None:
        results = shown(evidence)
        count = len(results)
        rows = canvas.subplots(count + 2, 1, height_ratios=(0.9, *([1.5 / count] * count), 2.4))
        drive, maps, last = rows[0], rows[1:-1], rows[-1]
        for k, (peak, result) in enumerate(results.items()):
            colour = COLOURS[k] if count > 1 else INK
            drive.plot(scaled_time(result), column(result, "scaled_voltage"), color=colour, lw=1.2)
            phase_map(maps[k], result, name=f"±{peak:g}" if count > 1 else "")
            if count == 1:
                name_states(maps[k], result)
            current_voltage(last, result, (colour, colour) if count > 1 else BRANCHES, f"{peak:g}" if count > 1 else "")
        drive.set_xlim(0, max(scaled_time(result)[-1] for result in results.values()))
        drive.set_ylabel(VOLTAGE)
        maps[-1].set_xlabel(TIME)
        last.set_xlabel(VOLTAGE)
        last.set_ylabel(f"|{CURRENT}|")
        top = max(np.abs(column(result, "scaled_current")).max() for result in results.values())
        low = min(np.percentile(np.abs(column(result, "scaled_current")), 3) for result in results.values())
        last.set_ylim(max(low, top * 1e-7) / 2, top * (8 if count > 1 else 3))
        if count > 1:
            last.legend(fontsize=7.5, loc="lower left", title=r"$V_\mathrm{max}/V_\mathrm{T}$", title_fontsize=8)
        else:
            for colour, name in zip(BRANCHES, ("rising", "falling"), strict=True):
                last.plot([], [], color=colour, label=f"$V$ {name}")
            last.legend(fontsize=7.5, loc="lower left", handlelength=1.2)
        title(drive, letter, heading)

    return draw


def _all(evidence: Loops) -> dict[float, Result]:
    return evidence.shown


def _main(evidence: Loops) -> dict[float, Result]:
    return {max(evidence.shown): evidence.main}


_PLACE = "Fig. 4{} and section 'Dimensionless Results'"
_FIT = "Fig. 4d and section 'Comparison with experiments'"
PROGRAM = "independent finite-volume program"
_KEPT = at_most(1.01, "states of the same contacts differ by the interface's shape alone, below 1 %")
_FOUR = Shape("four changes of phase per cycle", "each contact there and back")
_RATE = "125 V_T per τ_D of 64 s at 298.15 K, put in; k_BT/e of 25.6 or 25.69 mV"
_DIGITS = "200 cells against its 400, 0.2 %, and its third digit"
CASES = (
    Case(
        "4a",
        "Identical symmetric contacts",
        "Only partial polarization changes the resistance between identical symmetric contacts.",
        _PLACE.format("a"),
        f"two cycles to {', '.join(f'{p:g}' for p in PEAKS)} V_T, c_m = 0.2, Da = 0.01",
        run_symmetric,
        (
            *(
                Claim(f"V_max = {peak:g}: polarization", _extent(peak), Equal(word, "V_max was chosen for it"), CALIBRATED)
                for peak, word in zip(PEAKS, ("none", "partial", "full"), strict=True)
            ),
            Claim(f"V_max = {PEAKS[0]:g}: the resistance is kept", _left(PEAKS[0]), _KEPT, PREDICTED),
            Claim(
                f"V_max = {PEAKS[1]:g} (pMP): the resistance is switched",
                _left(PEAKS[1]),
                at_least(1.5, "half of what R(c_T, c_B) gives for pMP at this Da, 3.2"),
                PREDICTED,
            ),
            Claim(f"V_max = {PEAKS[2]:g} (fMP): the resistance is the same again", _left(PEAKS[2]), _KEPT, PREDICTED),
        ),
        _draw("a", "identical symmetric", _all),
        (
            Choice(
                "three V_max, and Da",
                f"{', '.join(f'{p:g}' for p in PEAKS)} V_T; Da = 0.01",
                "one V_max for each extent of switching; Da as that of the better contact in Fig. 4b",
                _extents,
            ),
        ),
    ),
    Case(
        "4b",
        "Symmetric contacts of different Da",
        "Full polarization between symmetric contacts of different Da leaves two states that are separated around V = 0.",
        _PLACE.format("b"),
        f"two cycles to {PEAK:g} V_T, c_m = 0.1, Da = 0.01 and 1e-4",
        run_ratio,
        (
            Claim("the film switches fully and back in each cycle", _each_cycle, _FOUR, CALIBRATED),
            Claim("branches around V = 0", _pattern, Equal("separated", "the word of the paper"), PREDICTED),
            Claim(
                "their ratio is that of states I and III",
                _as_formula,
                around(1.0, 0.1, "in a sweep of 125 V_T/τ_D the phases do not settle: some 5 % of their contents"),
                CHECKED,
                "theory",
            ),
        ),
        _draw("b", "symmetric, different Da", _main),
        (
            Choice(
                "Da_B and V_max",
                f"Da_B = 1e-4, V_max = {PEAK:g} V_T",
                "the caption gives Da_T = 1e-2 alone",
                _where(lambda found: found == ("full", "separated")),
            ),
        ),
    ),
    Case(
        "4c",
        "Identical asymmetric contacts",
        "Full polarization between identical asymmetric contacts leaves two states that cross at V = 0.",
        _PLACE.format("c"),
        f"two cycles to {PEAK:g} V_T, c_m = 0.1, Da = 1e-3, α_0 = 0.1",
        run_asymmetric,
        (
            Claim("the film switches fully and back in each cycle", _each_cycle, _FOUR, CALIBRATED),
            Claim("branches around V = 0", _pattern, Equal("crossed", "the word of the paper"), PREDICTED),
            Claim(
                "they cross at zero voltage, in V_T",
                _crossing,
                at_most(0.5, "the distance of two samples of the sweep"),
                PREDICTED,
            ),
        ),
        _draw("c", "identical asymmetric", _main),
        (
            Choice(
                "α_0 and V_max",
                f"α_0 = 0.1, V_max = {PEAK:g} V_T",
                "the caption gives Da = 1e-3 alone",
                _where(lambda found: found == ("full", "crossed")),
            ),
        ),
    ),
    Case(
        "4d-lto4",
        "LTO4",
        "With unequal asymmetric contacts the loop of a film that starts nearly empty resembles the measured, asymmetric one.",
        _FIT,
        f"two cycles to {' and '.join(f'{p:g}' for p in LTO4_PEAKS)} V_T; contacts of the caption",
        run_lto4,
        (
            Claim(
                f"V_max = {min(LTO4_PEAKS):g}: no switching",
                _still,
                Shape("no change of phase, i up to 0.011", "its current stays near 0.01, a tenth of which is its last digit"),
                CHECKED,
                PROGRAM,
            ),
            Claim(f"V_max = {max(LTO4_PEAKS):g}: switches fully and back in each cycle", _each_cycle, _FOUR, CHECKED, PROGRAM),
            Claim(f"on/off at {READ:g} V_T", _on_off, at_least(1e3, "the figure that it reports, 'above 1e3'"), CHECKED, PROGRAM),
            Claim(
                "asymmetric pattern: one polarity opens the loop more",
                _lopsided,
                at_least(3.0, "wider than either branch is noisy in a measured loop; contacts were chosen for it"),
                CALIBRATED,
            ),
            Claim("sweep rate, in mV/s", _in_units, around(50.0, 0.01, _RATE), INPUT),
        ),
        _draw("d", "LTO4", _main),
        (
            Choice(
                "V_max",
                f"{max(LTO4_PEAKS):g} V_T",
                "the lowest round value that switches; 100 V_T does not",
                _where(lambda found: found[0] == "full"),
            ),
        ),
    ),
    Case(
        "4d-lto7",
        "LTO7",
        "With unequal asymmetric contacts the loop of a film that starts nearly full resembles the measured, asymmetric one.",
        _FIT,
        f"two cycles to {PEAK:g} V_T; contacts of the caption",
        run_lto7,
        (
            Claim("switches fully and back in each cycle", _each_cycle, _FOUR, CHECKED, PROGRAM),
            Claim(
                "largest current of the second cycle, in i_D", _extreme(np.max), around(0.766, 5e-3, _DIGITS), CHECKED, PROGRAM
            ),
            Claim(
                "smallest current of the second cycle, in i_D", _extreme(np.min), around(-0.945, 5e-3, _DIGITS), CHECKED, PROGRAM
            ),
            Claim(
                "asymmetric pattern: one polarity opens the loop more",
                _lopsided,
                at_least(1.5, "more than the branches of one polarity differ; contacts were chosen for it"),
                CALIBRATED,
            ),
            Claim("sweep rate, in mV/s", _in_units, around(50.0, 0.01, _RATE), INPUT),
            Claim(
                "conductivity of LTO7 by the stated c_0, D_p0 and D_p/D_n, in S/m",
                _assumed,
                around(MEASURED, 0.5, "'~ 0.005 S/m', which the paper assumes to fit the measured current"),
                PAPER_CONTRADICTED,
                instead=around(0.335, 0.01, "e c_0 D_n0 M_n/V_T of the ion-rich phase by hand"),
            ),
        ),
        _draw("", "LTO7", _main),
        (Choice("V_max", f"{PEAK:g} V_T", "a round value that switches the film", _where(lambda found: found[0] == "full")),),
    ),
)
