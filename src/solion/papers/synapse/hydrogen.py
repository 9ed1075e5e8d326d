"""Fig. 7: magnesium against hydrogen by the number of electrons inserted, and what the leak does to that axis."""

from __future__ import annotations

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from matplotlib.figure import FigureBase
from matplotlib.ticker import MaxNLocator

from solion.devices import at_composition, charge_per_electron, hydrogen_synapse, magnesium_synapse
from solion.papers.case import CALIBRATED, CHECKED, INPUT, MODEL_LIMIT, Between, Case, Choice, Claim, Found, around
from solion.papers.run_pool import RunPool
from solion.papers.synapse.panels import MICRO
from solion.papers.synapse.setup import COARSE, CURRENT, INDEPENDENT, READ, WIDTH, Train, pulse, run_train, up_and_down
from solion.views.style import COLOURS, title

LAST = 0.42
NOMINAL = (0.01, 0.02, 0.03, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.36, 0.42)
TRUE = (0.0128, 0.0232, 0.0324, 0.0487, 0.0818, 0.1081, 0.1295, 0.1475, 0.1625, 0.1777, 0.1902)
CONDUCTANCE = (2.86, 22.6, 125.5, 310.0, 484.0, 622.0, 734.0, 828.0, 907.0, 986.0, 1051.0)  # uS
PER_CM = 0.01
STEP = 1.95e-4  # gamma of Fig. 7c


@dataclass(frozen=True)
class Pair:
    """Ten pulses up and ten down on either device, and the conductivity of a conductance (S/cm per S)."""

    magnesium: Train
    hydrogen: Train
    sheets: tuple[float, float]

    def steps(self, which: int) -> np.ndarray:
        """Change of conductivity by each pulse, S/cm."""
        train = (self.magnesium, self.hydrogen)[which]
        return np.abs(train.change) * self.sheets[which]


def run_pair(run_pool: RunPool) -> Pair:
    """Magnesium from gamma = 0.01, hydrogen from 0.1, each by its own pulse."""
    magnesium = magnesium_synapse()
    offset = float(magnesium.channel.host.offset)
    magnesium = at_composition(magnesium, 0.005 + offset)
    hydrogen = hydrogen_synapse(0.1, air=False)
    jobs = ((magnesium, up_and_down()), (hydrogen, up_and_down(0.5e-6, 5e-3, 1.0)))
    trains = run_pool.map(lambda job: run_train(run_pool, *job), jobs)
    sheets = tuple(PER_CM / float(d.gap.width / d.gap.length * d.channel.thickness) for d, _ in jobs)
    return Pair(trains[0], trains[1], (sheets[0], sheets[1]))


def _alike(evidence: Pair) -> Found:
    mg, h = (float(np.median(evidence.steps(k))) for k in (0, 1))
    return Found(h / mg, f"{mg:.2e} S/cm for magnesium, {h:.2e} S/cm for hydrogen")


def _doses(evidence: Pair) -> Found:
    moved = [
        float(train.column("charge")[train.ends[0]]) / charge_per_electron(device)
        for train, device in ((evidence.magnesium, magnesium_synapse()), (evidence.hydrogen, hydrogen_synapse()))
    ]
    return Found(moved[0], f"{moved[0]:.4e}, hydrogen {moved[1]:.4e}", "of the gate's charge, in a film of crystal density")


@dataclass(frozen=True)
class HydrogenCurves:
    """Conductivity laws on a fine axis of gamma (S/cm), and the pulsed fillings of the magnesium device by their leak."""

    gamma: np.ndarray
    sigma: dict[str, np.ndarray]
    slope: dict[str, np.ndarray]
    nominal: np.ndarray
    fillings: dict[float, Train]
    electrons: dict[float, np.ndarray]


def run_curves(run_pool: RunPool) -> HydrogenCurves:
    """The laws, and pulses of 10 uA to nominal gamma 0.42 without and with the leak; once for both panels."""

    def make() -> HydrogenCurves:
        gamma = np.linspace(0, LAST, 8401)
        laws = {"Mg": magnesium_synapse().channel.host.conductivity, "H": hydrogen_synapse().channel.host.conductivity}
        sigma = {name: PER_CM * np.asarray(law.conductivity(jnp.asarray(gamma))) for name, law in laws.items()}
        slope = {
            name: PER_CM * np.asarray(jax.vmap(jax.grad(law.conductivity))(jnp.asarray(gamma))) for name, law in laws.items()
        }
        empty = {leak: magnesium_synapse(pinned=True, leak=leak) for leak in (0.0, 1.0)}
        empty = {leak: at_composition(device, float(device.channel.host.offset)) for leak, device in empty.items()}
        per = charge_per_electron(empty[0.0])
        count = 400 if run_pool.quick else round(LAST * per / (CURRENT * WIDTH))
        protocol = pulse(current=CURRENT, gap=READ, samples=COARSE).repeat(count)
        fillings = dict(
            zip(empty, run_pool.map(lambda d: run_train(run_pool, d, protocol, long=True), empty.values()), strict=True)
        )
        electrons = {leak: train.column("electrons")[train.ends[1::2]] for leak, train in fillings.items()}
        return HydrogenCurves(gamma, sigma, slope, (1 + np.arange(count)) * CURRENT * WIDTH / per, fillings, electrons)

    return run_pool.once("curves", make)


def _starts(evidence: HydrogenCurves) -> Found:
    mg, h = evidence.sigma["Mg"], evidence.sigma["H"]
    at = float(np.interp(0.03, evidence.gamma, h))
    off = max(abs(mg[0] / 5.5e-3 - 1), abs(h[0] / 1.9e-6 - 1), abs(at / 5.5e-3 - 1))
    return Found(off, f"{mg[0]:.2e}, {h[0]:.2e} and {at:.3e} S/cm")


def _crossing(of: str):
    def find(evidence: HydrogenCurves) -> Found:
        table = getattr(evidence, of)
        beyond = evidence.gamma > (0.2 if of == "sigma" else 0.1)
        excess = (table["Mg"] - table["H"])[beyond]
        k = int(np.flatnonzero(np.sign(excess[1:]) != np.sign(excess[:-1]))[0])
        g = evidence.gamma[beyond]
        value = float(g[k] - excess[k] * (g[k + 1] - g[k]) / (excess[k + 1] - excess[k]))
        return Found(value, f"γ = {value:.4f}")

    return find


def _sealed(evidence: HydrogenCurves) -> Found:
    off = float(np.max(np.abs(evidence.electrons[0.0] / evidence.nominal - 1)))
    return Found(off, f"{off:.1e}", f"{evidence.nominal.size} pulses")


def _overcounted(evidence: HydrogenCurves) -> Found:
    inside = [k for k, value in enumerate(NOMINAL) if value <= evidence.nominal[-1]]
    true = np.interp(NOMINAL, evidence.nominal, evidence.electrons[1.0])
    g = (
        np.interp(NOMINAL, evidence.nominal, evidence.fillings[1.0].column("conductance")[evidence.fillings[1.0].ends[1::2]])
        * MICRO
    )
    off = max((true[k] / TRUE[k] - 1 for k in inside), key=abs)
    ends = max((g[k] / CONDUCTANCE[k] - 1 for k in inside), key=abs)
    words = ", ".join(f"{NOMINAL[k]:g}: {true[k] / NOMINAL[k]:.3f}" for k in inside[:: 2 if len(inside) > 5 else 1])
    return Found(
        max(abs(off), abs(ends)),
        f"true over nominal {words}",
        f"γ within {off:+.1e}, conductance within {ends:+.1e} of the program",
    )


def _peak(evidence: HydrogenCurves) -> Found:
    """Finite difference of the step of Fig. 7c."""
    law = magnesium_synapse().channel.host.conductivity
    g = jnp.asarray(evidence.gamma)
    found = PER_CM * np.asarray(law.conductivity(g + STEP) - law.conductivity(g)) / STEP
    k = int(np.argmax(found))
    return Found(float(evidence.gamma[k]), f"γ = {evidence.gamma[k]:.4f}, {found[k]:.0f} S/cm")


def _orders(evidence: HydrogenCurves) -> Found:
    h = float(np.interp(0.03, evidence.gamma, evidence.slope["H"]))
    value = float(evidence.slope["Mg"].max() / h)
    return Found(value, f"{value:.0f}: {evidence.slope['Mg'].max():.0f} over {h:.2f} S/cm at γ = 0.03")


def _similar(evidence: HydrogenCurves) -> Found:
    ratio = evidence.slope["H"] / evidence.slope["Mg"]
    found = [float(np.interp(gamma, evidence.gamma, ratio)) for gamma in (0.2, 0.25, 0.3, 0.36)]
    above = evidence.gamma > 0.156
    words = ", ".join(f"{value:.2f}" for value in found)
    return Found(
        float(ratio[above].max()),
        f"up to {ratio[above].max():.2f} at γ = {evidence.gamma[above][np.argmax(ratio[above])]:.3f}; "
        f"{words} at γ = 0.2, 0.25, 0.3, 0.36",
        "of the form of the law, not of data",
    )


def draw_pair(canvas: FigureBase, evidence: Pair) -> None:
    """Change of conductivity against pulse number."""
    axes = canvas.subplots()
    for train, sheet, label, colour in (
        (evidence.magnesium, evidence.sheets[0], "Mg, γ = 0.01", COLOURS[0]),
        (evidence.hydrogen, evidence.sheets[1], "H, γ = 0.1", COLOURS[4]),
    ):
        sigma = train.conductance * sheet
        axes.plot(np.arange(sigma.size), (sigma - sigma[0]) * 1e3, "o-", ms=3.5, lw=0.8, color=colour, label=label)
    axes.set_xlabel("pulse")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylabel("change of conductivity (mS/cm)")
    axes.legend()
    title(axes, "a", "ten up, ten down, equal Δγ")


def draw_curves(canvas: FigureBase, evidence: HydrogenCurves) -> None:
    """Conductivity against nominal gamma: laws, and the magnesium device filled by pulses."""
    axes = canvas.subplots()
    for name, colour in (("Mg", COLOURS[0]), ("H", COLOURS[4])):
        axes.semilogy(evidence.gamma, evidence.sigma[name], color=colour, label=name)
    sheet = PER_CM / (5 * 80e-9)
    train = evidence.fillings[1.0]
    axes.semilogy(
        evidence.nominal,
        train.column("conductance")[train.ends[1::2]] * sheet,
        color=COLOURS[0],
        ls="--",
        lw=1,
        label="Mg by pulses, leaking",
    )
    axes.axvline(0.359, color=COLOURS[5], lw=0.7, ls=":")
    axes.set_xlabel("nominal γ, electrons per W")
    axes.set_ylabel("conductivity (S/cm)")
    axes.legend(loc="lower center")
    title(axes, "b", "conductivity against inserted electrons")


def draw_slopes(canvas: FigureBase, evidence: HydrogenCurves) -> None:
    """d sigma/d gamma of both."""
    axes = canvas.subplots()
    for name, colour in (("Mg", COLOURS[0]), ("H", COLOURS[4])):
        axes.semilogy(evidence.gamma, np.maximum(evidence.slope[name], 1e-3), color=colour, label=name)
    axes.set_ylim(1e-2, 1e3)
    axes.set_xlabel("γ, electrons per W")
    axes.set_ylabel(r"$\Delta\sigma/\Delta\gamma$ (S/cm)")
    axes.legend(loc="lower right")
    title(axes, "c", "slope")


CASES = (
    Case(
        "7a",
        "Magnesium and hydrogen look alike at their own γ",
        "Near γ = 0.01 for magnesium and 0.1 for hydrogen, pulses of equal Δγ do much the same.",
        "Fig. 7a",
        "ten pulses up and down: 10 µA, 0.5 s; 0.5 µA, 5 ms",
        run_pair,
        (
            Claim(
                "step of conductivity, hydrogen over magnesium",
                _alike,
                Between(0.8, 1.25, "'very similar': a quarter, which a reader of one axis for both would see"),
                MODEL_LIMIT,
                instead=around(1.83, 0.05, "slopes of both laws in the middle of ten steps; the leak moves that of magnesium"),
            ),
            Claim(
                "Δγ of a pulse of magnesium from the geometry",
                _doses,
                around(3.44e-4, 2e-3, "5 µC over e n_W of 0.6 cm² x 80 nm; C2 holds it against the paper's"),
                INPUT,
                "arithmetic",
            ),
        ),
        draw_pair,
        (
            Choice(
                "size of the hydrogen device", "80 nm x 0.03 mm²", "equal Δγ by its stated pulse", lambda _: "any of that volume"
            ),
        ),
    ),
    Case(
        "7b",
        "Conductivity against the number of electrons",
        "Magnesium starts at 5.5e-3 S/cm, hydrogen at 1.9e-6 and reaches that at γ = 0.03; magnesium is ahead up to γ = 0.36.",
        "Fig. 7b",
        "the laws; and pulses of 10 µA for 0.5 s, 10 s of open circuit, to nominal γ = 0.42, without and with the leak",
        run_curves,
        (
            Claim(
                "the three stated conductivities, farthest, relative",
                _starts,
                Between(0.0, 1e-3, "both laws were written through them"),
                INPUT,
            ),
            Claim(
                "magnesium is ahead up to γ =",
                _crossing("sigma"),
                around(0.36, 0.01, "stated; the metallic line of hydrogen was chosen for it"),
                CALIBRATED,
            ),
            Claim(
                "without the leak the pulses count true, relative",
                _sealed,
                Between(0.0, 1e-6, "ions are conserved"),
                CHECKED,
                "conservation",
            ),
            Claim(
                "with it γ and G against an independent program, farthest",
                _overcounted,
                Between(0.0, 0.02, "its three digits, 1 % at the first point, and 1221 pulses"),
                CHECKED,
                INDEPENDENT,
            ),
        ),
        draw_curves,
        (
            Choice(
                "leak while it is filled",
                "none for the law",
                "γ of Fig. 7b is nominal and its leak is not known",
                lambda e: f"with the stated leak nominal {e.nominal[-1]:.2f} is truly {e.electrons[1.0][-1]:.3f}",
            ),
        ),
    ),
    Case(
        "7c",
        "The slope peaks at γ = 0.03 for magnesium",
        "A large peak near γ = 0.03, where hydrogen is three orders smaller; similar above 0.15.",
        "Fig. 7c",
        "the laws, differences of Δγ = 1.95e-4",
        run_curves,
        (
            Claim(
                "the peak of magnesium at γ =",
                _peak,
                Between(0.025, 0.040, "'≈ 0.03'; γ_e and γ_m were chosen between it and the step of Fig. 3d"),
                CALIBRATED,
            ),
            Claim(
                "the peak over the slope of hydrogen at γ = 0.03",
                _orders,
                Between(3e2, 3e3, "'three orders'; the law of hydrogen was chosen for it"),
                CALIBRATED,
            ),
            Claim(
                "slopes cross at γ =",
                _crossing("slope"),
                Between(0.15, 0.17, "'γ > 0.15'; the law of hydrogen was chosen for it"),
                CALIBRATED,
            ),
            Claim(
                "similar above: hydrogen over magnesium, the largest",
                _similar,
                Between(0.5, 2.0, "'a similar rate': within a factor of two"),
                MODEL_LIMIT,
                instead=around(3.30, 0.01, "of both laws, on an axis of 8401 points"),
            ),
        ),
        draw_slopes,
    ),
)
