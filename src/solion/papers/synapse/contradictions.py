"""What the paper's statements cannot all be at once: each held against the model or against arithmetic on the others."""

from __future__ import annotations

from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from matplotlib.figure import FigureBase

from solion.base.constants import thermal_voltage
from solion.devices import charge_per_electron, magnesium_synapse, magnesium_synapse_thin
from solion.laws.free_energy import total_potential
from solion.papers.case import PAPER_CONTRADICTED, Between, Case, Claim, Equal, Found, around, at_least, at_most
from solion.papers.run_pool import RunPool
from solion.papers.synapse import composition, filling, hydrogen, updates
from solion.papers.synapse.panels import MICRO
from solion.papers.synapse.retention import transfer_resistance
from solion.papers.synapse.setup import CURRENT, READ, WIDTH
from solion.views.style import COLOURS, title

PER_CM = 0.01
SPREADING = 0.48e-3  # m, radius of a disc of 0.72 mm2


@dataclass(frozen=True)
class Against:
    """What other cases found, on which the statements are judged."""

    leaking: filling.Filling
    trains: updates.Trains
    curves: hydrogen.HydrogenCurves


def run(run_pool: RunPool) -> Against:
    """The runs of 3a-leak, 3d and 7b."""
    return Against(filling.run_leaking(run_pool), updates.run_trains(run_pool), hydrogen.run_curves(run_pool))


def sigma(device, gamma):
    """Conductivity law of a device's channel, S/cm."""
    return PER_CM * np.asarray(device.channel.host.conductivity.conductivity(jnp.asarray(gamma)))


def _held(evidence: Against) -> Found:
    device = evidence.leaking.device
    planar = 1e-9 / float(device.electrolyte.electronic_conductance * device.area)
    spread = 1e-9 / (4 * float(device.electrolyte.material.electronic_conductivity) * SPREADING)
    needed = 0.23 / (0.1 * 1e-9) * float(device.area)
    return Found(
        planar,
        f"{planar * 1e3:.1f} mV across 2 mm, {spread * 1e3:.1f} mV through a half-space",
        f"to lose less than a tenth of 1 nA at 0.23 V needs r_e of {needed * 1e4:.2g} ohm cm², "
        f"{needed * float(device.electrolyte.electronic_conductance):.0f} times more",
    )


def _dose(evidence: Against) -> Found:
    del evidence
    value = 5e-6 / charge_per_electron(magnesium_synapse())
    return Found(value, f"{value:.3e}", f"axis of Fig. 7 over that of the geometry: {1e-4 / value:.3f} or {1.95e-4 / value:.3f}")


def _one_law(evidence: Against) -> Found:
    del evidence
    value = float(sigma(magnesium_synapse_thin(), 0.42)) * 100 * 5 * 80e-9
    return Found(value * 1e3, f"{value * 1e3:.1f} mS", "the law of the film of 15 nm in one of 80 nm")


def _average(evidence: Against) -> Found:
    del evidence
    thin = float(sigma(magnesium_synapse_thin(), 0.42) - sigma(magnesium_synapse_thin(), 0.0)) / 0.42
    grid = np.linspace(0, 0.42, 4201)
    peak = float(np.max(np.gradient(sigma(magnesium_synapse(), grid), grid)))
    return Found(peak / thin, f"highest slope {peak:.0f} S/cm of 80 nm, mean slope {thin:.0f} S/cm of 15 nm")


def _ten_pulses(evidence: Against) -> Found:
    gained = [float(evidence.trains.of(leak, 4e-6).conductance[10] * MICRO) for leak in (0.0, 1.0)]
    return Found(
        min(gained),
        f"{gained[0]:.2f} µS, {gained[1]:.2f} µS with the leak, from 4 µS",
        "ten steps of 0.3 µS are 3 µS, the panel is 2 µS wide",
    )


def _conserved(evidence: Against) -> Found:
    del evidence
    ratios = {}
    for name, device in (("80 nm", magnesium_synapse()), ("15 nm", magnesium_synapse_thin())):
        law, gammas = device.channel.host.conductivity, np.linspace(1e-4, 0.2, 4000)
        at = 0.02608 if name == "80 nm" else float(np.interp(1.0, sigma(device, gammas), gammas))
        offset = 2 * float(device.channel.host.offset)
        full = 2 * (at + offset) - offset  # all ions of an equal reservoir in the channel
        ratios[name] = float(law.conductivity(jnp.asarray(full)) / law.conductivity(jnp.asarray(at)))
    return Found(
        ratios["80 nm"],
        ", ".join(f"{ratio:.1f} ({name})" for name, ratio in ratios.items()),
        "1 mS over 40 µS is 25; so 8a is run with a reservoir that never changes",
    )


def _reservoir(evidence: Against) -> Found:
    del evidence
    return Found(
        0.18 / 2,
        "x_r of at least 0.18 to fill to γ = 0.36, and U = 0 at x near 0.09",
        f"40 µS is at x = {float(magnesium_synapse().channel.composition):.4f}: reservoirs differ "
        "from one experiment to the next",
    )


def _lowest(evidence: Against) -> Found:
    del evidence
    starts = {
        name: float(sigma(device, 0.0)) * 100 * 5 * thickness
        for name, device, thickness in (("80 nm", magnesium_synapse(), 80e-9), ("15 nm", magnesium_synapse_thin(), 15e-9))
    }
    value = 80e-9 / (5 * 80e-9) * PER_CM
    words = ", ".join(f"{g * 1e9:.0f} nS ({name})" for name, g in starts.items())
    return Found(
        min(starts.values()) * 1e9,
        f"{words} at the stated starting conductivities",
        f"in 80 nm it would be {value * 1e3:.1f} mS/cm; ranges are unions over devices",
    )


def _largest(evidence: Against) -> Found:
    del evidence
    return Found(2.0, "2 mS in the abstract, 2.3 mS in the conclusions", "both as the end of the range from 80 nS")


def _stalls(evidence: Against) -> Found:
    """Conductance at which the mean current of the pulses and the leak that U drives are equal."""
    device = magnesium_synapse()
    host = device.channel.host
    mean = CURRENT * WIDTH / (WIDTH + READ)
    cell = device.electrolyte
    whole = 1 / float(cell.electronic_conductance) + float(cell.ionic_resistance) + transfer_resistance(device)
    wanted = mean * whole / float(device.area)  # V, of U at open circuit
    x = np.linspace(1e-3, 0.4, 8000)
    potential = np.asarray(total_potential(host.free_energy, jnp.asarray(x)))
    volts = (potential - np.interp(float(device.reservoir.composition), x, potential)) / float(host.charge)
    volts = volts * thermal_voltage(float(device.temperature))
    at = float(np.interp(wanted, volts, x))
    g = float(sigma(device, 2 * (at - float(host.offset)))) * 100 * 5 * 80e-9
    return Found(
        g * 1e3,
        f"{g * 1e3:.2f} mS at x = {at:.3f}, U = {wanted:.3f} V",
        f"after the pulses of Fig. 7b it is at {evidence.curves.fillings[1.0].conductance[-1] * 1e3:.2f} mS",
    )


def _cycles(evidence: Against) -> Found:
    del evidence
    return Found(100, "100 in the caption of Fig. 5, 200 (100 positive, 100 negative) in the text", "200 half-cycles make 100")


def _overcount(evidence: Against) -> Found:
    curves = evidence.curves
    ratio = curves.electrons[1.0] / curves.nominal
    tenth = float(np.interp(0.1, curves.nominal, ratio))
    return Found(
        tenth,
        f"from {ratio[0]:.2f} over 1 to {tenth:.3f} at 0.1 and {ratio[-1]:.3f} at nominal γ = {curves.nominal[-1]:.2f}",
        "with the stated leak; below U = 0 it adds ions, above it removes them",
    )


def draw(canvas: FigureBase, evidence: Against) -> None:
    """True against nominal gamma, and the voltage that 1 nA holds against a leak."""
    left, right = canvas.subplots(1, 2)
    curves = evidence.curves
    left.plot(curves.nominal, curves.nominal, ":", color=COLOURS[5], label="no leak")
    left.plot(curves.nominal, curves.electrons[1.0], color=COLOURS[0], label="stated leak")
    left.set_xlabel("nominal γ, by the charge of the pulses")
    left.set_ylabel("true γ")
    left.legend()
    title(left, "C11", "the leak bends the axis of Fig. 7b")
    run = evidence.leaking
    hours = np.linspace(0, run.duration / 3600, run.voltage.size)
    right.plot(hours, run.voltage * 1e3, color=COLOURS[1])
    right.axhline(230, color=COLOURS[4], ls="--", lw=1)
    right.text(0, 230, " Fig. 3a", va="bottom", fontsize=8.5, color=COLOURS[4])
    right.set_xlabel("time (h)")
    right.set_ylabel("cell voltage (mV)")
    title(right, "C1", "1 nA against the stated leak")


CASE = Case(
    "contradictions",
    "Statements that cannot all be met",
    "Numbers of the paper that contradict one another; each is shown with what was found.",
    "all sections",
    "runs of 3a-leak, 3d and 7b, and arithmetic",
    run,
    (
        *(
            Claim(words, find, band, PAPER_CONTRADICTED, instead=instead)
            for words, find, band, instead in (
                (
                    "C1: 1 nA holds 0.23 V against 1e-6 S/cm of electrons, V",
                    _held,
                    at_least(0.23, "stated with Fig. 3a"),
                    around(27.78e-3, 1e-3, "1 nA through 27.8 megohm"),
                ),
                (
                    "C2: a pulse of 5 µC is Δγ of 1e-4 to 1.95e-4",
                    _dose,
                    Between(0.9e-4, 2e-4, "both stated numbers"),
                    around(3.44e-4, 1e-3, "5 µC over e n_W of the stated film"),
                ),
                (
                    "C3: one conductivity for 15 and 80 nm gives at most 2.3 mS",
                    _one_law,
                    at_most(2.3, "the larger of the stated ends"),
                    around(9.2, 0.01, "230 S/cm of 80 nm"),
                ),
                (
                    "C4: a global peak near 0.03 above the mean slope of Fig. 3a",
                    _average,
                    at_least(1.0, "the highest slope is above the mean"),
                    around(0.922, 5e-3, "504 of the law of 80 nm over (230 - 0.015)/0.42 S/cm"),
                ),
                (
                    "C5: ten steps from 4 µS stay below 6 µS",
                    _ten_pulses,
                    at_most(6.0, "the panel is called 4 to 6 µS"),
                    at_least(7.0, "ten steps of 0.3 µS"),
                ),
                (
                    "C6: an equal reservoir allows 25 times the conductance at rest",
                    _conserved,
                    at_least(25.0, "nearly 1 mS over 40 µS of Fig. 8a"),
                    around(8.35, 0.01, "the law of 80 nm with all ions of an equal reservoir, over that at rest"),
                ),
                (
                    "C7: one filling of the reservoir for Figs. 7b and 8: x at U = 0",
                    _reservoir,
                    around(0.0136, 0.05, "40 µS at rest"),
                    around(0.09, 1e-6, "half of the 0.18 that γ = 0.36 takes"),
                ),
                (
                    "C9: 80 nS is the start of a stated film, nS",
                    _lowest,
                    around(80.0, 0.07, "its last digit"),
                    around(112.5, 1e-3, "15 mS/cm of 15 nm; that of 80 nm is higher"),
                ),
                (
                    "C10: the ratio of tungsten valences gives x = 0.25",
                    lambda e: composition.tungsten(),
                    around(0.25, 0.05, "its last digit, and that of the ratio"),
                    around(0.199, 5e-3, "each magnesium reduces two tungsten by one"),
                ),
                (
                    "C11: all charge that passed is magnesium: true over nominal γ, at 0.1",
                    _overcount,
                    around(1.0, 0.1, "what the paper assumes, to a tenth"),
                    around(0.818, 0.01, "0.0818 of the independent program"),
                ),
                (
                    "C13: the range ends at 2.3 mS as in the conclusions, mS of the abstract",
                    _largest,
                    around(2.3, 0.025, "its last digit; 2 is 2.3 to one digit, and is not the same number"),
                    Equal(2.0, "'2 mS' of the abstract"),
                ),
                (
                    "C14: pulses of 10 µA reach 2 mS against the stated leak, mS",
                    _stalls,
                    at_least(2.0, "the smaller of the stated ends"),
                    around(1.5, 0.05, "0.476 µA through 333 kΩ, electrolyte and interfaces: U of 0.169 V, x of 0.137"),
                ),
                (
                    "C15: the text's 200 cycles of Fig. 5",
                    _cycles,
                    Equal(200, "'for 200 cycles (100 positive, 100 negative)'"),
                    Equal(100, "'repeated for one-hundred cycles'"),
                ),
            )
        ),
    ),
    draw,
)
