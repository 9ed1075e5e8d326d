"""Named as future work, with a second field beside the ions: two kinds of layers, and a temperature that differs across."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import FigureBase

from solion.analysis.data import plain
from solion.analysis.layer_stages import layer_fields, layer_stages
from solion.devices import ByRegion, ConductedHeat, LayeredFilm, LayeredMemristor, Profile
from solion.laws import ButlerVolmer
from solion.materials import layered_graphite
from solion.papers.case import CHECKED, PREDICTED, Case, Claim, Found, around, at_most
from solion.papers.film.future_work import ROOM, WARM, loop_of, lumped_loop, warm_device
from solion.papers.run_pool import RunPool
from solion.protocols import hold
from solion.thermodynamics import layered_gaps
from solion.views.style import COLOURS, title

CELLS = 100
THICKNESS = 80e-9  # m
KAPPA, EXCHANGE = 2.2e-3, 10.0  # of each mu_i in h^2, and k_ex in 1/tau_D (decision 0085)
FRONTS = {"first": 0.53, "second": 0.47}  # where each kind of layers stops being full at first, x/h


@dataclass(frozen=True)
class SecondField:
    """Gaps of graphite and how far its plateaus are apart; stages and their times (tau_D) with the fillings of the run; LTO7 by
    one temperature (largest and smallest current in i_D, highest T/T_0) and by one for each cell (largest current, highest T/T_0,
    and the largest difference across the film in K)."""

    gaps: tuple[float, ...]
    apart: float
    stages: tuple[tuple[str, ...], tuple[float, ...]] | None
    fillings: tuple[np.ndarray, np.ndarray] | None
    lumped: tuple[float, float, float] | None
    across: tuple[float, float, float] | None


def run(run_pool: RunPool) -> SecondField:
    """The closed forms, and three runs in the full form."""
    lower, upper = layered_gaps(layered_graphite().free_energy, electrons=False)
    gaps, apart = (*lower.binodal, *upper.binodal), upper.plateau - lower.plateau
    if run_pool.quick:
        return SecondField(gaps, apart, None, None, None, None)
    return SecondField(gaps, apart, *_layers(run_pool), *_heat(run_pool))


def _layers(run_pool: RunPool) -> tuple[Any, Any]:
    """Stages of a film at rest whose two kinds of layers are full nearly as far."""
    graphite = layered_graphite()
    rate = EXCHANGE * graphite.ion_diffusivity / THICKNESS**2
    material = dataclasses.replace(graphite, gradient_energy=KAPPA * THICKNESS**2, exchange=rate)
    x = (np.arange(CELLS) + 0.5) / CELLS
    filled = {name: 0.02 + 0.478 * (1 - np.tanh((x - at) / KAPPA**0.5)) for name, at in FRONTS.items()}
    layers = LayeredFilm(material, THICKNESS, *(float(part.mean()) for part in filled.values()))
    contact = ButlerVolmer(rate=1e-2 * layers.units.i_D, asymmetry=0.5)
    device = LayeredMemristor(top=contact, film=layers, bottom=contact, temperature=298.0)
    start = ByRegion({name: Profile(tuple(x), tuple(part)) for name, part in filled.items()})
    second = float(device.scales().time)
    result = run_pool.simulate(device, hold(current=0.0, duration=1.05 * second, samples=211), cells=CELLS, initial=start)
    found, (first, other) = layer_stages(result), (plain(field) for field in layer_fields(result))
    return (found.labels, tuple(time / second for time in found.times)), (first[-1], other[-1])


def _heat(run_pool: RunPool) -> tuple[Any, Any]:
    """The LTO7 voltammogram that warms itself, with one temperature and with one for each cell, behind the same resistance."""
    device = warm_device()
    resistance = WARM * ROOM / float(device.scales().power_density)
    (largest, _, highest), data = loop_of(run_pool, dataclasses.replace(device, heat=ConductedHeat(below=resistance)))
    apart = float(np.max(np.abs(data["temperature_top"] - data["temperature_bottom"])))
    return lumped_loop(run_pool), (largest, highest, apart)


def draw(canvas: FigureBase, evidence: SecondField) -> None:
    """Gaps of graphite, and the layers of a film that has become stage 2."""
    left, right = canvas.subplots(1, 2)
    for place, (poor, rich) in enumerate(zip(evidence.gaps[::2], evidence.gaps[1::2], strict=True)):
        left.plot([poor, rich], [place * evidence.apart] * 2, "o-", color=COLOURS[place])
    left.set(xlabel="mean filling of both kinds of layers", ylabel=r"plateau above the first ($k_\mathrm{B}T$)", xlim=(0, 1))
    title(left, "", "gaps of layered graphite")
    if evidence.fillings is not None and evidence.stages is not None:
        x = (np.arange(CELLS) + 0.5) / CELLS
        for k, (name, filling) in enumerate(zip(FRONTS, evidence.fillings, strict=True)):
            right.plot(x, filling, color=COLOURS[k], label=f"{name} kind")
        right.legend()
        title(right, "", f"at rest for 1.05 $\\tau_D$: {evidence.stages[0][-1]}")
    else:
        title(right, "", "in the full form")
    right.set(xlabel="$x/h$", ylabel="filling", xlim=(0, 1), ylim=(0, 1))


def _stage(label: str):
    def find(evidence: SecondField):
        if evidence.stages is None:
            return None
        labels, times = evidence.stages
        return Found(times[labels.index(label)] if label in labels else float("inf"))

    return find


def _difference(evidence: SecondField):
    if evidence.lumped is None or evidence.across is None:
        return None
    return Found(abs(evidence.across[0] / evidence.lumped[0] - 1))


PROGRAM = "independent finite-volume program"
CASE = Case(
    "future-fields",
    "Two kinds of layers, and heat across",
    "Graphite is proposed as a host, and thermal effects and several stages are named as future work.",
    "closing section",
    "gaps of a film of two kinds of layers; 80 nm of it at rest, whose kinds of layers are full to 0.53 h and 0.47 h and exchange"
    " ions at 10 per τ_D; the LTO7 voltammogram with one temperature and with one for each cell (full form)",
    run,
    (
        Claim(
            "filling at which the first stage of layered graphite is full",
            lambda evidence: Found(evidence.gaps[1]),
            around(0.4834, 2.1e-3, "1e-3 of a filling, the digits of the source"),
            CHECKED,
            PROGRAM,
        ),
        Claim(
            "plateaus of its two stages lie apart by this many k_B T",
            lambda evidence: Found(evidence.apart),
            around(1.370, 7.3e-4, "1e-3 k_B T, the digits of the source"),
            CHECKED,
            PROGRAM,
        ),
        Claim(
            "the dilute end of a film at rest is gone, in τ_D",
            _stage("11|10"),
            around(0.86, 0.03, "where a front reaches the end rests on its start"),
            CHECKED,
            PROGRAM,
        ),
        Claim(
            "all of it is stage 2, in τ_D",
            _stage("10"),
            around(1.01, 0.03, "where a front reaches the end rests on its start"),
            CHECKED,
            PROGRAM,
        ),
        Claim(
            "largest current of LTO7 that warms itself by 15 K: a temperature for each cell changes it by this share",
            _difference,
            at_most(0.01, "80 nm of oxide conduct better than what lies below, so that one temperature is enough"),
            PREDICTED,
        ),
        Claim(
            "the ends of the film differ by this many K at most",
            lambda evidence: None if evidence.across is None else Found(evidence.across[2]),
            at_most(1.5, "a tenth of the warming"),
            PREDICTED,
        ),
    ),
    draw,
)
