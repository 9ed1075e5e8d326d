"""Fig. 3: resistance ratios of states, by the formula for low bias and by the whole circuit at a frozen profile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import FigureBase
from numpy.typing import ArrayLike

from solion.analysis import frozen_resistance, low_bias_resistance, phase_profile
from solion.papers.case import CHECKED, PAPER_CONTRADICTED, PREDICTED, Case, Choice, Claim, Found, Shape, around, at_most
from solion.papers.film.setup import memristor
from solion.papers.run_pool import RunPool
from solion.thermodynamics import phase_diagram
from solion.views.style import COLOURS, INK, MUTED, title

FILLING = 0.5  # stated: it sets the film's own resistance
RATES = np.geomspace(1e-6, 1.0, 13)
BIASES = (0.1, 1.0, 10.0, 30.0)  # V_T; the lowest is where the formula should hold
RATIOS = (1.0, 10.0, 100.0, 1000.0)  # Da_T / Da_B
RATE_ASYMMETRIC = 1e-3
IDENTICAL = (0.05, 0.1, 0.2, 0.3)
DIFFERENT = ((0.05, 0.2), (0.1, 0.5), (0.3, 0.08))
SIGNED = np.concatenate((-np.linspace(60.0, 1.0, 60), [-0.1, 0.1], np.linspace(1.0, 60.0, 60)))
MODERATE = 1.0  # V_T; the paper's formula is for less


def ratio(device, states: Sequence[tuple[str, str]], bias: ArrayLike) -> np.ndarray:
    """exp|ln R/R| of two states at each bias (V_T) by the circuit, ions frozen in the equilibrium profile."""
    volts = np.asarray(bias) * device.scales().voltage
    one, other = (frozen_resistance(device, phase_profile(device.film, *state), volts) for state in states)
    return np.exp(np.abs(np.log(one / other)))


def formula(device, states: Sequence[tuple[str, str]]) -> float:
    """The same by R(c_T, c_B) of the paper for |V| << V_T."""
    contents: dict[str, float] = dict(zip(("poor", "rich"), phase_diagram(device.film.material).binodal, strict=True))
    one, other = (low_bias_resistance(device, contents[top], contents[bottom]) for top, bottom in states)
    return float(np.exp(abs(np.log(one / other))))


PARTIAL = (("rich", "poor"), ("rich", "rich"))
FULL = (("rich", "poor"), ("poor", "rich"))


@dataclass(frozen=True)
class Ratios:
    """``circuit[curve, rate, bias]`` and ``formula[curve, rate]`` of curves over the rate constant."""

    curves: tuple[float, ...]
    rates: np.ndarray
    circuit: np.ndarray
    formula: np.ndarray


def _over_rates(run_pool: RunPool, states, curves: tuple[float, ...]) -> Ratios:
    rates = RATES[::4] if run_pool.quick else RATES

    def one(job):
        curve, rate = job
        device = memristor(FILLING, (rate, rate / curve))
        return ratio(device, states, BIASES), formula(device, states)

    found = run_pool.map(one, [(curve, rate) for curve in curves for rate in rates])
    shape = (len(curves), len(rates))
    circuit = np.array([pair[0] for pair in found]).reshape(*shape, len(BIASES))
    return Ratios(curves, rates, circuit, np.array([pair[1] for pair in found]).reshape(shape))


def run_partial(run_pool: RunPool) -> Ratios:
    """pMP between identical symmetric contacts, over Da and V_m."""
    return _over_rates(run_pool, PARTIAL, (1.0,))


def run_full(run_pool: RunPool) -> Ratios:
    """fMP between symmetric contacts, over Da, Da_T/Da_B and V_m."""
    return _over_rates(run_pool, FULL, RATIOS)


@dataclass(frozen=True)
class Asymmetric:
    """Ratios over the signed bias of contacts with the same Da, by their alpha_0 at top and bottom."""

    bias: np.ndarray
    circuit: dict[tuple[float, float], np.ndarray]
    formula: dict[tuple[float, float], float]


def run_asymmetric(run_pool: RunPool) -> Asymmetric:
    """fMP between asymmetric contacts of the same Da, over alpha_0 and signed V_m."""
    pairs = [(alpha, alpha) for alpha in IDENTICAL] + list(DIFFERENT)
    devices = [memristor(FILLING, (RATE_ASYMMETRIC, RATE_ASYMMETRIC), pair) for pair in pairs]
    found = run_pool.map(lambda device: (ratio(device, FULL, SIGNED), formula(device, FULL)), devices)
    return Asymmetric(
        SIGNED, {p: f[0] for p, f in zip(pairs, found, strict=True)}, {p: f[1] for p, f in zip(pairs, found, strict=True)}
    )


def _agreement(evidence: Ratios) -> Found:
    apart = np.abs(evidence.circuit[..., 0] / evidence.formula[..., None][..., 0] - 1)
    high = np.max(np.abs(evidence.circuit[..., -1] / evidence.formula - 1))
    return Found(
        float(apart.max()),
        f"{100 * apart.max():.2g} % apart at {BIASES[0]:g} V_T",
        f"at {BIASES[-1]:g} V_T they are up to {100 * high:.0f} % apart, where the formula does not hold",
    )


def _falls(values: np.ndarray, axis: int) -> bool:
    return bool(np.all(np.diff(values, axis=axis) <= 1e-9 * values.max()))


def _falls_with_rate(evidence: Ratios) -> Found:
    low = [k for k, bias in enumerate(BIASES) if bias <= MODERATE]
    shown = evidence.circuit[-1, :, 0]
    words = f"{shown[0]:.4g} at Da_T = {evidence.rates[0]:.0e}, {shown[-1]:.4g} at {evidence.rates[-1]:.0e}"
    return Found(_falls(evidence.circuit[..., low], 1) and shown[0] > shown[-1], words)


def _falls_everywhere(evidence: Ratios) -> Found:
    rises = np.diff(evidence.circuit[..., -1], axis=1).clip(0).sum(axis=1)
    worst = int(np.argmax(rises))
    row = evidence.circuit[worst, :, -1]
    words = f"from {row[0]:.3g} at Da_T = {evidence.rates[0]:.0e} to {row.max():.3g} at {evidence.rates[row.argmax()]:.0e}"
    return Found(
        float(row.max() / row[0]),
        f"{words} at {BIASES[-1]:g} V_T, Da_T/Da_B = {evidence.curves[worst]:g}",
        "where both contacts are deep in their exponential range R is small, and grows with Da before it falls",
    )


def _falls_with_bias(evidence: Ratios) -> Found:
    k = len(evidence.rates) // 2
    shown = evidence.circuit[-1, k, :]
    words = f"{shown[0]:.4g} at {BIASES[0]:g} V_T, {shown[-1]:.4g} at {BIASES[-1]:g} V_T (Da_T = {evidence.rates[k]:.0e})"
    rises = np.diff(evidence.circuit, axis=2).max()
    note = "" if rises <= 1e-9 * evidence.circuit.max() else f"it rises by up to {rises:.2g} somewhere on the grid"
    return Found(_falls(evidence.circuit, 2), words, note)


def _falls_with_ratio(evidence: Ratios) -> Found:
    shown = evidence.circuit[:, 0, 0]
    words = ", ".join(f"{r:.4g} at {c:g}" for r, c in zip(shown, evidence.curves, strict=True))
    return Found(_falls(evidence.circuit[::-1], 0), f"{words} (Da_T = {evidence.rates[0]:.0e}, {BIASES[0]:g} V_T)")


def _one_for_identical(evidence: Ratios) -> Found:
    excess = float(evidence.circuit[0].max() - 1)
    return Found(excess, f"{excess:.1e} at most, over all Da and V_m")


def _onset(bias: np.ndarray, values: np.ndarray) -> float:
    """Smallest bias above which the ratio exceeds 1.5."""
    above = np.abs(bias[values > 1.5])
    return float(above.min()) if above.size else np.inf


def _only_large_bias(evidence: Asymmetric) -> Found:
    rest = max(evidence.formula[a, a] for a in IDENTICAL)
    low = max(evidence.circuit[a, a][np.abs(evidence.bias) <= 0.1].max() for a in IDENTICAL)
    onsets = [_onset(evidence.bias, evidence.circuit[a, a]) for a in IDENTICAL]
    words = f"{rest:.3f} towards 0 V, at most {low:.3f} at 0.1 V_T; above 1.5 from " + ", ".join(
        f"{v:.0f} V_T (α_0 = {a:g})" for a, v in zip(IDENTICAL, onsets, strict=True)
    )
    return Found(rest - 1 < 1e-9 and low < 1.1 and all(np.isfinite(onsets)), words)


def _even_for_identical(evidence: Asymmetric) -> Found:
    apart = max(np.max(np.abs(evidence.circuit[a, a] / evidence.circuit[a, a][::-1] - 1)) for a in IDENTICAL)
    return Found(float(apart), f"ratios at +V_m and −V_m differ by {apart:.1e}")


def _sign_for_different(evidence: Asymmetric) -> Found:
    k, words, differs = -1, [], True
    for top, bottom in DIFFERENT:
        values = evidence.circuit[top, bottom]
        skew = max(values[k] / values[0], values[0] / values[k])
        differs &= bool(skew > 1.5)
        words.append(f"{values[k]:.3g} and {values[0]:.3g} (α_0 {top:g}/{bottom:g})")
    return Found(differs, f"at ±{SIGNED[k]:g} V_T: " + ", ".join(words))


def _rate_range(evidence: Ratios) -> str:
    return (
        f"Da_T from {evidence.rates[0]:.0e} to {evidence.rates[-1]:.0e}, |V_m| from {BIASES[0]:g} to {BIASES[-1]:g} V_T, but for"
        " the statements marked as contradicted"
    )


def draw_partial(canvas: FigureBase, evidence: Ratios) -> None:
    """Ratio over Da, a curve for each bias, the formula dashed."""
    axes = canvas.subplots()
    for k, bias in enumerate(BIASES):
        axes.loglog(
            evidence.rates, evidence.circuit[0, :, k], color=COLOURS[k], label=rf"$|V_\mathrm{{m}}|$ = {bias:g} $V_\mathrm{{T}}$"
        )
    axes.loglog(evidence.rates, evidence.formula[0], color=INK, ls=(0, (2, 3)), lw=2, label="formula, low bias")
    axes.set_xlabel(r"Da$^\mathrm{T}$ = Da$^\mathrm{B}$")
    axes.set_ylabel(r"resistance ratio $\mathcal{R}$")
    axes.legend()
    title(axes, "a", "pMP, identical symmetric contacts")


def draw_full(canvas: FigureBase, evidence: Ratios) -> None:
    """Ratio over Da_T, a colour for each Da_T/Da_B, a dash for each bias."""
    axes = canvas.subplots()
    for c, curve in enumerate(evidence.curves):
        for k, dash in ((0, "-"), (2, (0, (5, 2))), (3, (0, (1, 1.5)))):
            axes.loglog(
                evidence.rates,
                evidence.circuit[c, :, k],
                color=COLOURS[c],
                ls=dash,
                label=rf"Da$^\mathrm{{T}}$/Da$^\mathrm{{B}}$ = {curve:g}" if k == 0 else None,
            )
        axes.loglog(evidence.rates, evidence.formula[c], color=INK, ls="none", marker=".", ms=4)
    for k, dash in ((0, "-"), (2, (0, (5, 2))), (3, (0, (1, 1.5)))):
        axes.plot([], [], color=MUTED, ls=dash, label=rf"$|V_\mathrm{{m}}|$ = {BIASES[k]:g} $V_\mathrm{{T}}$")
    axes.plot([], [], color=INK, ls="none", marker=".", ms=4, label="formula, low bias")
    axes.set_xlabel(r"Da$^\mathrm{T}$")
    axes.legend(fontsize=7.5, ncols=2, loc="upper center")
    axes.set_ylim(0.7, 1e5)
    title(axes, "b", "fMP, symmetric contacts")


def draw_asymmetric(canvas: FigureBase, evidence: Asymmetric) -> None:
    """Ratio over the signed bias: identical contacts solid, different ones dashed."""
    axes = canvas.subplots()
    for k, (pair, values) in enumerate(evidence.circuit.items()):
        same = pair[0] == pair[1]
        name = f"{pair[0]:g}" if same else f"{pair[0]:g} / {pair[1]:g}"
        colour = COLOURS[k % len(COLOURS)] if same else ("#b8404f", "#6b7280", "#111827")[k - len(IDENTICAL)]
        axes.semilogy(evidence.bias, values, color=colour, ls="-" if same else (0, (4, 2)), label=rf"$\alpha_0$ = {name}")
        axes.plot(0, evidence.formula[pair], marker=".", ms=5, color=colour)
    axes.set_xlabel(r"$V_\mathrm{m}/V_\mathrm{T}$")
    axes.legend(fontsize=7.5, ncols=2, loc="upper center")
    low, high = axes.get_ylim()
    axes.set_ylim(low, high**1.35)
    title(axes, "c", f"fMP, asymmetric contacts, Da = {RATE_ASYMMETRIC:g}")


_PLACE = "Fig. 3{} and section 'Dimensionless Results'"
_RUNS = "states at rest with their diffuse interfaces; the circuit solved at V_m with the ions frozen, c_m = 0.5"
_BIASES = Choice(
    "voltages V_m and rate constants of the curves",
    f"V_m of {', '.join(f'{b:g}' for b in BIASES)} V_T",
    "the text names none",
    _rate_range,
)
_AGREE = Claim(
    "formula and circuit agree at low bias",
    _agreement,
    at_most(0.02, "the formula's sharp interface makes R_b 13.1 instead of 11.4, 1.6 % of R_s and R_b"),
    CHECKED,
    "theory",
)
_NEVER = "'should decrease': a step up anywhere on the grid is a counterexample"

CASES = (
    Case(
        "3a",
        "Resistance ratio of partial polarization",
        "Identical symmetric contacts: pMP changes the resistance, the less so the larger Da and the reading voltage.",
        _PLACE.format("a"),
        _RUNS,
        run_partial,
        (
            Claim(
                f"R falls with Da, |V_m| up to {MODERATE:g} V_T",
                _falls_with_rate,
                Shape("never rises with Da", _NEVER),
                PREDICTED,
            ),
            Claim("R falls with |V_m|", _falls_with_bias, Shape("never rises with |V_m|", _NEVER), PREDICTED),
            _AGREE,
        ),
        draw_partial,
        (_BIASES,),
    ),
    Case(
        "3b",
        "Resistance ratio of full polarization, symmetric contacts",
        "fMP changes nothing between identical contacts, and the more the larger Da_T/Da_B; less with Da and |V_m|.",
        _PLACE.format("b"),
        _RUNS,
        run_full,
        (
            Claim(
                "R − 1 for identical contacts",
                _one_for_identical,
                at_most(1e-5, "states I and III are mirror images; the solved profiles are so to 1e-6"),
                CHECKED,
                "symmetry",
            ),
            Claim(
                f"R falls with Da, |V_m| up to {MODERATE:g} V_T",
                _falls_with_rate,
                Shape("never rises with Da", _NEVER),
                PREDICTED,
            ),
            Claim(
                "R falls with Da at every V_m: largest R over that at the smallest Da",
                _falls_everywhere,
                at_most(1.0, _NEVER),
                PAPER_CONTRADICTED,
                instead=around(1.25, 0.05, "1.31 to 1.66 at 30 V_T, between rates a decade or less apart"),
            ),
            Claim("R falls with |V_m|", _falls_with_bias, Shape("never rises with |V_m|", _NEVER), PREDICTED),
            Claim(
                "R falls with a smaller ratio of Da",
                _falls_with_ratio,
                Shape("never rises as Da_T/Da_B falls", _NEVER),
                PREDICTED,
            ),
            _AGREE,
        ),
        draw_full,
        (_BIASES,),
    ),
    Case(
        "3c",
        "Resistance ratio of full polarization, asymmetric contacts",
        "With identical asymmetric contacts only a large enough |V_m| shows a difference; with different ones its sign matters.",
        _PLACE.format("c"),
        _RUNS,
        run_asymmetric,
        (
            Claim(
                "identical: R > 1 only for large |V_m|",
                _only_large_bias,
                Shape(
                    "1 towards 0 V, below 1.1 at 0.1 V_T, above 1.5 at some |V_m|",
                    "from a ratio that no measurement would tell from 1 to one that any would",
                ),
                PREDICTED,
            ),
            Claim(
                "identical: the sign of V_m does not matter",
                _even_for_identical,
                at_most(1e-6, "the mirror image of the film; profiles and circuit are solved to that"),
                CHECKED,
                "symmetry",
            ),
            Claim(
                "different: R depends on the sign of V_m",
                _sign_for_different,
                Shape("by more than a factor 1.5", "the factor that makes two states above"),
                PREDICTED,
            ),
        ),
        draw_asymmetric,
        (
            Choice(
                "Da and α_0 of the curves",
                f"Da = {RATE_ASYMMETRIC:g}; α_0 = {', '.join(f'{a:g}' for a in IDENTICAL)}",
                "Da as in Fig. 4c; α_0 from that of the LTO contacts up",
                lambda _: "every α_0 listed",
            ),
        ),
    ),
)
