"""Fig. 3d, 3e and 4, the energy of section 5: what current pulses change, from where, and at what cost."""

from __future__ import annotations

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from matplotlib.figure import FigureBase

from solion.analysis.synaptic import charge_linearity, normalised_energy, percentiles
from solion.analysis.synaptic.energy import PRACTICAL
from solion.devices import IonicSynapse, magnesium_synapse
from solion.papers.bench import Bench
from solion.papers.case import Between, Case, Claim, Found, Shape, around, at_least, at_most
from solion.papers.synapse.panels import COLOURS, MICRO, staircase, title
from solion.papers.synapse.setup import CURRENT, INDEPENDENT, READ, WIDTH, Train, run_train, up_and_down
from solion.synapse import CompactCell, Segment, current_drive, filling_of, iterate, logit_of, pulse_map, sequence

STARTS = (1e-6, 4e-6, 5e-6, 1e-5, 2e-5, 4e-5)  # S
# G after ten up, and after ten down, of an independent program (uS), with the leak and a finite reservoir
LEAKY = {1e-6: (2.213, 1.331), 4e-6: (8.164, 4.561), 5e-6: (10.097, 5.587), 1e-5: (19.582, 10.553), 2e-5: (37.951, 20.066),
         4e-5: (72.629, 38.366)}  # fmt: skip
SEALED = {1e-6: 1.989, 4e-6: 7.955, 5e-6: 9.942, 1e-5: 19.851, 2e-5: 39.447, 4e-5: 76.945}
ENERGIES = {1e-6: 0.8105, 4e-6: 0.9147, 5e-6: 0.928, 1e-5: 0.9655, 2e-5: 0.9984, 4e-5: 1.028}  # uJ, no leak
CHARGES = (0.1e-6, 0.5e-6, 1e-6, 2.5e-6, 5e-6, 10e-6)  # C per pulse
MEDIANS = {2e-5: (0.02754, 0.1415, 0.2926, 0.8093, 1.914, 5.315), 4e-5: (0.05408, 0.2774, 0.5727, 1.573, 3.662, 9.664)}
MEDIANS_LEAKY = (0.0411, 0.1375, 0.2832, 0.770, 1.773, 4.73)  # from 20 uS
SEAL, LEAK = 0.0, 1.0


@dataclass(frozen=True)
class Trains:
    """Ten pulses up and ten down, by (leak, start)."""

    runs: dict[tuple[float, float], Train]

    def of(self, leak: float, start: float) -> Train:
        """One of them."""
        return self.runs[leak, start]


def run_trains(bench: Bench) -> Trains:
    """All starts without and with the leak; once for all cases."""

    def make() -> Trains:
        jobs = [(leak, start) for leak in (SEAL, LEAK) for start in STARTS]
        device = {job: magnesium_synapse(job[1], leak=job[0]) for job in jobs}
        runs = bench.map(lambda job: run_train(bench, device[job], up_and_down()), jobs)
        return Trains(dict(zip(jobs, runs, strict=True)))

    return bench.once("trains", make)


def _first(start: float):
    def find(evidence: Trains) -> Found:
        value = evidence.of(SEAL, start).change[0] * MICRO
        leaky = evidence.of(LEAK, start).change[0] * MICRO
        return Found(float(value), f"{value:.4f} µS", f"{leaky:.4f} µS with the leak")

    return find


def _paper_step(evidence: Trains) -> Found:
    found = [
        float(np.abs(evidence.of(leak, start).change).mean() * MICRO) for leak in (SEAL, LEAK) for start in (4e-6, 5e-6)
    ]
    return Found(
        max(found),
        ", ".join(f"{value:.2f}" for value in found) + " µS, mean of twenty",
        "paper: about 0.3 µS at 4 to 6 µS",
    )


def _returns(evidence: Trains) -> Found:
    errors = [abs(evidence.of(SEAL, start).conductance[-1] / start - 1) for start in STARTS]
    return Found(max(errors), f"{max(errors):.1e}")


def _against(which: str):
    def find(evidence: Trains) -> Found:
        off = []
        for start in STARTS:
            leak = evidence.of(LEAK, start).conductance * MICRO
            seal = evidence.of(SEAL, start).conductance * MICRO
            pairs = (
                [(seal[10], SEALED[start])]
                if which == "sealed"
                else list(zip(leak[[10, 20]], LEAKY[start], strict=True))
            )
            off += [found / wanted - 1 for found, wanted in pairs]
        worst = max(off, key=abs)
        return Found(abs(worst), f"{worst:+.1e}", f"{len(off)} conductances from {len(STARTS)} starts")

    return find


def _mean(leak: float, start: float):
    def find(evidence: Trains) -> Found:
        value = float(evidence.of(leak, start).change[:10].mean() * MICRO)
        return Found(value, f"{value:.4f} µS")

    return find


def _ratio(start: float):
    def find(evidence: Trains) -> Found:
        step = float(np.mean([evidence.of(SEAL, low).change[:10].mean() for low in (4e-6, 5e-6)]))
        here = evidence.of(SEAL, start).change[:10].mean()
        return Found(
            float(here / (0.3e-6)),
            f"{here * MICRO:.3f} µS, {here / 0.3e-6:.2f} times the 0.3 µS stated for 4 to 6 µS",
            f"{here / step:.2f} times the model's own at 4 and 5 µS",
        )

    return find


def _sides(evidence: Trains) -> Found:
    ends = {start: evidence.of(LEAK, start).conductance[-1] for start in STARTS}
    words = ", ".join(f"{start * MICRO:g} → {end * MICRO:.2f}" for start, end in ends.items())
    good = all((end > start) == (start < 39e-6) for start, end in ends.items())
    return Found(good, f"{words} µS", "the start at 40 µS rises above U = 0 on the way and ends below it")


def _cause(evidence: Trains) -> Found:
    """The sign of the voltage at rest and that of the net leak agree."""
    rows = []
    for start in STARTS:
        train = evidence.of(LEAK, start)
        gained = float(train.column("charge_ions")[-1])
        voltage = float(np.mean(train.column("open_circuit_voltage")[train.ends[1::2]]))
        rows.append((np.sign(gained) == -np.sign(voltage), f"U {voltage * 1e3:+.1f} mV: {gained * MICRO:+.2f} µC"))
    return Found(all(good for good, _ in rows), "; ".join(words for _, words in rows))


def draw_steps(letter: str, starts: tuple[float, ...]):
    """Conductance against pulse number from these starts, with and without the leak."""

    def draw(canvas: FigureBase, evidence: Trains) -> None:
        axes = canvas.subplots()
        for k, start in enumerate(starts):
            g = evidence.of(LEAK, start).conductance
            staircase(axes, g)
            axes.plot(np.arange(21), evidence.of(SEAL, start).conductance * MICRO, ":", color=COLOURS[5], lw=1,
                      label="without the leak" if k == 0 else None)  # fmt: skip
        axes.legend(loc="upper left")
        title(axes, letter, "ten pulses up, ten down, 10 µA, 0.5 s")

    return draw


def draw_asymmetry(canvas: FigureBase, evidence: Trains) -> None:
    """End over start of each train against the start."""
    axes = canvas.subplots()
    for leak, label, colour in ((LEAK, "with the leak", COLOURS[1]), (SEAL, "without", COLOURS[0])):
        ends = [evidence.of(leak, start).conductance[-1] / start for start in STARTS]
        axes.semilogx(np.array(STARTS) * MICRO, ends, "o-", color=colour, label=label)
    axes.axhline(1, color=COLOURS[5], lw=0.8)
    axes.axvline(40, color=COLOURS[5], lw=0.8, ls=":")
    axes.text(39, axes.get_ylim()[1], "U = 0 ", ha="right", va="top", fontsize=8.5)
    axes.set_xlabel("start (µS)")
    axes.set_ylabel("end over start")
    axes.legend()
    title(axes, "", "ten up and ten down, where they end")


@dataclass(frozen=True)
class Doses:
    """|dG| of all pulses up and down, by (leak, start, varied) and charge."""

    changes: dict[tuple[float, float, str], dict[float, np.ndarray]]

    def medians(self, leak: float, start: float, varied: str) -> tuple[np.ndarray, np.ndarray]:
        """(charges, medians)."""
        row = self.changes[leak, start, varied]
        return np.array(list(row)), np.array([np.median(change) for change in row.values()])


def run_doses(bench: Bench) -> Doses:
    """Pulses of several charges, by time at 10 uA and by current in 0.5 s; once for both panels."""

    def make() -> Doses:
        groups = [(SEAL, 2e-5, "time"), (SEAL, 2e-5, "current")]
        if not bench.quick:
            groups += [(SEAL, 4e-5, "time"), (LEAK, 2e-5, "time"), (LEAK, 2e-5, "current")]
        charges = CHARGES[::2] + CHARGES[-1:] if bench.quick else CHARGES
        jobs = [(group, charge) for group in groups for charge in charges]

        def one(job):
            (leak, start, varied), charge = job
            current, width = (CURRENT, charge / CURRENT) if varied == "time" else (charge / WIDTH, WIDTH)
            train = run_train(bench, magnesium_synapse(start, leak=leak), up_and_down(current, width))
            return np.abs(train.change)

        found = dict(zip(jobs, bench.map(one, jobs), strict=True))
        return Doses({group: {charge: found[group, charge] for charge in charges} for group in groups})

    return bench.once("doses", make)


def _linear(start: float):
    def find(evidence: Doses) -> Found:
        if (SEAL, start, "time") not in evidence.changes:
            return Found(1.0, "not run in the quick form")
        q, g = evidence.medians(SEAL, start, "time")
        return Found(charge_linearity(q, g)[1], f"R2 = {charge_linearity(q, g)[1]:.4f}")

    return find


def _exponents(evidence: Doses) -> Found:
    q, g = evidence.medians(SEAL, 2e-5, "time")
    return Found(
        charge_linearity(q, g)[0], f"{charge_linearity(q, g)[0]:.3f} over {q[0] * MICRO:g} to {q[-1] * MICRO:g} µC"
    )


def _same(leak: float):
    def find(evidence: Doses) -> Found:
        if (leak, 2e-5, "current") not in evidence.changes:
            return Found(0.0, "not run in the quick form")
        (q, by_time), (_, by_current) = (evidence.medians(leak, 2e-5, varied) for varied in ("time", "current"))
        chosen = q > 0.6e-6 if leak else q > 0
        worst = float(np.max(np.abs(by_current / by_time - 1)[chosen]))
        return Found(worst, f"{worst:.1e}" + (" for 1 µC and more" if leak else ""))

    return find


def _doses(evidence: Doses) -> Found:
    off = []
    for start, wanted in MEDIANS.items():
        if (SEAL, start, "time") in evidence.changes:
            q, g = evidence.medians(SEAL, start, "time")
            known = dict(zip(CHARGES, wanted, strict=True))
            off += [median * MICRO / known[charge] - 1 for charge, median in zip(q, g, strict=True)]
    if (LEAK, 2e-5, "time") in evidence.changes:
        q, g = evidence.medians(LEAK, 2e-5, "time")
        off += [m * MICRO / wanted - 1 for m, wanted in zip(g, MEDIANS_LEAKY, strict=True)]
    worst = max(off, key=abs)
    return Found(abs(worst), f"{worst:+.1e}, {len(off)} medians")


def _bar(evidence: Doses) -> Found:
    low, _, high = percentiles(evidence.changes[SEAL, 2e-5, "time"][CHARGES[-1]])
    small = evidence.changes[SEAL, 2e-5, "time"][CHARGES[0]]
    spans = [
        np.ptp(np.percentile(c, [15, 85])) / np.median(c)
        for c in (small, evidence.changes[SEAL, 2e-5, "time"][CHARGES[-1]])
    ]
    good = abs(low * MICRO / 3.35 - 1) < 0.01 and abs(high * MICRO / 8.13 - 1) < 0.01 and spans[0] < 0.1 * spans[1]
    return Found(
        good,
        f"{low * MICRO:.2f} to {high * MICRO:.2f} µS at 10 µC; bar over median {spans[1]:.2f}, and {spans[0]:.3f} at 0.1 µC",
    )


def draw_doses(varied: str, letter: str):
    """Median |dG| with 15 to 85 % bars against pulse time or current."""

    def draw(canvas: FigureBase, evidence: Doses) -> None:
        axes = canvas.subplots()
        groups = [key for key in evidence.changes if key[2] == varied]
        unit = (1 / CURRENT, "pulse duration (s)") if varied == "time" else (MICRO / WIDTH, "pulse current (µA)")
        for (leak, start, _), colour in zip(groups, COLOURS, strict=False):
            q, g = evidence.medians(leak, start, varied)
            bars = np.array([percentiles(c) for c in evidence.changes[leak, start, varied].values()])
            label = f"from {start * MICRO:.0f} µS{', leak' if leak else ''}"
            axes.errorbar(q * unit[0], g * MICRO, (np.stack([g - bars[:, 0], bars[:, 2] - g])) * MICRO, fmt="o", ms=4, capsize=2,
                          color=colour, label=label)  # fmt: skip
            slope = np.sum(q * g) / np.sum(q * q)
            axes.plot(q * unit[0], slope * q * MICRO, color=colour, lw=0.8)
        axes.set_xlabel(unit[1])
        axes.set_ylabel(r"$|\Delta G|$ (µS)")
        axes.legend(loc="upper left")
        title(axes, letter, "change against charge, by time" if varied == "time" else "by current")

    return draw


@dataclass(frozen=True)
class Aged:
    """Change by a pulse up (S) and conductance (S) after each number of pulses, without and with the leak."""

    numbers: tuple[int, ...]
    changes: dict[float, np.ndarray]
    states: dict[float, np.ndarray]


def run_endurance(bench: Bench) -> Aged:
    """Twenty thousand pulses, up and down in turn, by the map of one pair of a compact cell."""
    numbers = (0, 2, 20, 200, 2_000, 20_000)
    changes, states = {}, {}
    for leak in (SEAL, LEAK):
        device = magnesium_synapse(2e-5, leak=leak)
        cell, area, start = CompactCell.of(device).ready(), float(device.area), float(device.channel.composition)
        up, down = (sequence(_compact(sign * CURRENT, area, WIDTH), _compact(0.0, area, READ)) for sign in (1.0, -1.0))
        pair = jax.tree.map(lambda a, b: jnp.concatenate([a, b]), up, down)
        wide = (0.9 * start, 1.6 * start)
        once, period = pulse_map(cell, up, wide), pulse_map(cell, pair, wide)
        y = [iterate(period, logit_of(cell, jnp.asarray(start)), number // 2) for number in numbers]
        before, after = (
            np.array([float(cell.conductance(filling_of(cell, entry))) for entry in row])
            for row in (y, [iterate(once, entry, 1) for entry in y])
        )
        changes[leak], states[leak] = after - before, before
        bench.count(1)
    return Aged(numbers, changes, states)


def _compact(current: float, area: float, duration: float) -> Segment:
    return Segment(current_drive(current, area), jnp.asarray(duration))


def _unchanged(evidence: Aged) -> Found:
    change = evidence.changes[SEAL]
    worst = float(np.max(np.abs(change / change[0] - 1)))
    return Found(worst, f"{worst:.1e} after {evidence.numbers[-1]} pulses, {change[0] * MICRO:.4f} µS each")


def _settles(evidence: Aged) -> Found:
    g = evidence.states[LEAK]
    return Found(
        abs(g[-1] / g[-2] - 1) < 1e-3 and g[-1] > g[0],
        f"{g[0] * MICRO:.2f} to {g[-1] * MICRO:.2f} µS, reached within 2000 pulses",
        "the leak moves the state to where U is zero on average; it costs no ions",
    )


def draw_endurance(canvas: FigureBase, evidence: Aged) -> None:
    """Change by a pulse against the number of pulses before it."""
    axes = canvas.subplots()
    for leak, label, colour in ((SEAL, "no leak", COLOURS[0]), (LEAK, "leak: the state moves to 40 µS", COLOURS[1])):
        axes.semilogx(np.maximum(evidence.numbers, 1), evidence.changes[leak] * MICRO, "o-", color=colour, label=label)
    axes.set_ylim(0, None)
    axes.set_xlabel("pulses before")
    axes.set_ylabel(r"$\Delta G$ of the next pulse (µS)")
    axes.legend()
    title(axes, "", "twenty thousand pulses, up and down in turn")


def _energy(start: float, leak: float):
    def find(evidence: Trains) -> Found:
        value = float(evidence.of(leak, start).energy[:10].mean() * MICRO)
        return Found(value, f"{value:.4f} µJ")

    return find


def normalised(train: Train, device: IonicSynapse) -> float:
    """Mean energy of ten pulses up over their mean change, aJ/(um2 nS)."""
    gap = device.gap
    one = normalised_energy(
        train.energy[:10].mean(), train.change[:10].mean(), float(device.channel.area), float(gap.width / gap.length)
    )
    return float(one / PRACTICAL)


def _normalised(start: float, leak: float):
    def find(evidence: Trains) -> Found:
        value = normalised(evidence.of(leak, start), magnesium_synapse())
        return Found(value, f"{value:.2f} aJ/(µm² nS)")

    return find


def _all_energies(evidence: Trains) -> Found:
    off = [
        float(evidence.of(SEAL, start).energy[:10].mean() * MICRO / wanted - 1) for start, wanted in ENERGIES.items()
    ]
    worst = max(off, key=abs)
    return Found(abs(worst), f"{worst:+.1e} over {len(off)} starts")


def _spread(evidence: Trains) -> Found:
    found = {start: normalised(evidence.of(SEAL, start), magnesium_synapse()) for start in STARTS}
    words = ", ".join(f"{value:.0f} from {start * MICRO:g} µS" for start, value in found.items())
    return Found(
        max(found.values()) / min(found.values()), words, "e_n = V e n_W/(dσ/dγ) follows the slope of conductivity"
    )


def _hydrogen(evidence: Trains) -> Found:
    per_volt = 3.02869e4  # aJ/(um2 nS) per V/(S/cm): e n_W
    return Found(18 / per_volt, f"{18 / per_volt:.3e} V cm/S, for example 0.1 V at {0.1 * per_volt / 18:.0f} S/cm")


def draw_energy(canvas: FigureBase, evidence: Trains) -> None:
    """Normalised energy against the start."""
    axes = canvas.subplots()
    for leak, label, colour in ((SEAL, "without the leak", COLOURS[0]), (LEAK, "with it", COLOURS[1])):
        found = [normalised(evidence.of(leak, start), magnesium_synapse()) for start in STARTS]
        axes.loglog(np.array(STARTS) * MICRO, found, "o-", color=colour, label=label)
    axes.axhline(90, color=COLOURS[4], ls="--", lw=1)
    axes.text(1, 90, " paper: 90", va="bottom", fontsize=8.5, color=COLOURS[4])
    axes.set_xlabel("start (µS)")
    axes.set_ylabel("energy (aJ µm$^{-2}$ nS$^{-1}$)")
    axes.legend()
    title(axes, "", "energy of a pulse of 10 µA, normalised")


_TEN = "standard device, ten pulses of +10 µA for 0.5 s, ten of -10 µA, 10 s reads, with and without the leak"
CASES = (
    Case(
        "3d", "Ten pulses up and down at 4 to 6 µS", "At 4 to 6 µS a pulse changes the conductance by about 0.3 µS.", "Fig. 3d",
        f"{_TEN}; from 4 and 5 µS", run_trains,
        (
            Claim("first step from 4 µS without the leak, µS", _first(4e-6), around(0.285, 0.03), INDEPENDENT),
            Claim("first step from 5 µS without the leak, µS", _first(5e-6), around(0.356, 0.03), INDEPENDENT),
            Claim("mean step at 4 to 5 µS, the largest, µS", _paper_step, Between(0.2, 0.55)),
            Claim("without the leak all starts return, relative", _returns, at_most(1e-8), "conservation"),
            Claim("against an independent program without the leak, the farthest", _against("sealed"), at_most(1e-3), INDEPENDENT),
            Claim("the same with the leak, after ten up and ten down", _against("leaky"), at_most(1e-3), INDEPENDENT),
        ), draw_steps("d", (4e-6, 5e-6)),
    ),
    Case(
        "3e", "Ten pulses at tens of µS", "In the regime of tens of µS a pulse changes the conductance by more than three times as much.",
        "Fig. 3e", f"{_TEN}; from 10 and 20 µS", run_trains,
        (
            Claim("mean step from 10 µS without the leak, µS", _mean(SEAL, 1e-5), around(0.985, 3e-3), INDEPENDENT),
            Claim("mean step from 20 µS without the leak, µS", _mean(SEAL, 2e-5), around(1.945, 3e-3), INDEPENDENT),
            Claim("mean step from 10 µS with the leak, µS", _mean(LEAK, 1e-5), around(0.958, 3e-3), INDEPENDENT),
            Claim("mean step from 20 µS with the leak, µS", _mean(LEAK, 2e-5), around(1.795, 3e-3), INDEPENDENT),
            Claim("from 10 µS, times that of 3d", _ratio(1e-5), at_least(2.4)),
            Claim("from 20 µS, times that of 3d", _ratio(2e-5), at_least(3.0)),
        ), draw_steps("e", (1e-5, 2e-5)),
    ),
    Case(
        "3de-asym", "Steps up and down differ by the leak during reads",
        "Potentiation and depression are not quite symmetric; electrons that leak while it is read are the likely cause.",
        "Fig. 3d, 3e and section 5", f"{_TEN}; six starts from 1 to 40 µS", run_trains,
        (
            Claim("starts below 40 µS end higher, that at 40 µS lower", _sides, Shape("the sign changes where U does")),
            Claim("the net leak opposes the voltage at rest", _cause, Shape("ions gained where U < 0, lost where U > 0")),
        ), draw_asymmetry,
    ),
    Case(
        "4a", "Change against pulse duration", "ΔG is linear in the charge of the pulse, by its duration; bars are the spread of the start.",
        "Fig. 4a", "standard device, ten up and ten down from 20 and 40 µS, 0.1 to 10 µC at 10 µA", run_doses,
        (
            Claim("R2 of a line through the origin from 20 µS", _linear(2e-5), at_least(0.96)),
            Claim("R2 of a line through the origin from 40 µS", _linear(4e-5), at_least(0.96)),
            Claim("exponent of ΔG in charge from 20 µS", _exponents, Between(1.10, 1.15), INDEPENDENT),
            Claim("medians against an independent program, the farthest", _doses, at_most(2e-3), INDEPENDENT),
            Claim("15 to 85 % of the steps of 10 µC, and bars that shrink with the charge", _bar, Shape("3.35 to 8.13 µS within 1 %")),
        ), draw_doses("time", "a"),
    ),
    Case(
        "4b", "Change against pulse current", "The same by the current of the pulse.", "Fig. 4b",
        "the same charges by currents of 0.2 to 20 µA in 0.5 s", run_doses,
        (
            Claim("equal charge, equal change, without the leak", _same(SEAL), at_most(1e-6), "theory"),
            Claim("equal charge, equal change, with the leak", _same(LEAK), at_most(0.01), INDEPENDENT),
        ), draw_doses("current", "b"),
    ),
    Case(
        "4-endur", "Nothing ages over 20 000 pulses", "The relation does not change after more than 20 000 pulses.", "Fig. 4, device 3",
        "compact device from 20 µS, 20 000 pulses up and down in turn, by the map of one pair", run_endurance,
        (
            Claim("change of ΔG at 20 µS without the leak, relative", _unchanged, at_most(1e-3)),
            Claim("with the leak the state moves, then stays", _settles, Shape("settled after 2000 pulses")),
        ), draw_endurance,
    ),
    Case(
        "E", "Energy of a pulse", "About 90 aJ per µm² and nS for magnesium, 18 for hydrogen.", "section 5", f"{_TEN}; six starts", run_trains,
        (
            Claim("at 10 µS, without the leak", _normalised(1e-5, SEAL), around(90.0, 0.15)),
            Claim("at 10 µS, with the leak", _normalised(1e-5, LEAK), around(79.4, 5e-3), INDEPENDENT),
            Claim("energy of a pulse from 10 µS without the leak, µJ", _energy(1e-5, SEAL), around(0.9655, 1e-3), INDEPENDENT),
            Claim("energies from six starts against an independent program, the farthest", _all_energies, at_most(1e-3), INDEPENDENT),
            Claim("largest over smallest of six starts: not one number", _spread, at_least(10.0), INDEPENDENT),
            Claim("18 aJ/(µm² nS) of hydrogen as voltage over slope, V cm/S", _hydrogen, around(5.94e-4, 2e-3), "arithmetic"),
        ), draw_energy,
    ),
)  # fmt: skip
