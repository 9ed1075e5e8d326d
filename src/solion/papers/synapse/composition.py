"""Fig. 6 and the DFT of section 5: where magnesium went, in which phase, and what air does to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from matplotlib.figure import FigureBase
from scipy.special import ndtr

from solion.base.constants import FARADAY, thermal_voltage
from solion.devices import PatchedSynapse, WellMixed, magnesium_synapse
from solion.materials import working_ions
from solion.papers.case import CALIBRATED, CHECKED, INPUT, Between, Case, Choice, Claim, Found, Shape, around
from solion.papers.run_pool import RunPool
from solion.papers.synapse.setup import CELLS
from solion.protocols import hold
from solion.thermodynamics.oxidation import (
    ATMOSPHERE,
    MAGNESIUM,
    MAGNESIUM_TUNGSTEN_OXIDE,
    equilibrium_pressure,
    insertion_voltage,
    per_mole,
    reaction_energy,
)
from solion.views.style import COLOURS, cycle_colours, title

THICKNESS, NOMINAL = 1e-6, 0.25  # m, x
CURRENT, CURRENTS = 2e-6, (1e-6, 2e-6, 5e-6, 1e-5)  # A
CONTACT, CONTACTS = 1.0, (0.3, 1.0, 3.0)  # median over the resistance of electrolyte and interfaces
SIGMAS = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
PATCHES, WIDEST = 33, 3.0  # equal steps of ln R within three standard deviations
STEPS, SAMPLES = 16, 4
MIXED = working_ions()["magnesium"]["transition"].number.value
DETECTED, HIGHEST = 0.05, 0.33
ROOM = 298.15


@dataclass(frozen=True)
class Patches:
    """Composition of patches in parallel, each behind its own contact.

    ``compositions`` by the log-normal spread of the contacts, for the current and the median contact that were chosen;
    ``ends`` (least, largest) of every run by (current, median contact, spread).
    """

    shares: np.ndarray
    compositions: dict[float, np.ndarray]
    ends: dict[tuple[float, float, float], tuple[float, float]]

    def good(self, current: float = CURRENT, contact: float = CONTACT) -> list[float]:
        """Spreads that give both ends: some of the film not detected, the richest within 5 % of 0.33."""
        return [
            spread
            for (i, median, spread), (low, high) in self.ends.items()
            if (i, median) == (current, contact) and low < DETECTED and abs(high / HIGHEST - 1) < 0.05
        ]

    def tried(self, contact: float | None = None, current: float | None = None) -> list[float]:
        """Currents tried at this contact, or contacts tried at this current."""
        return sorted({i if current is None else r for i, r, _ in self.ends if r == contact or i == current})


def levels() -> tuple[np.ndarray, np.ndarray]:
    """(standard deviations from the median, share of the area) of each patch."""
    edges = np.linspace(-WIDEST, WIDEST, PATCHES + 1)
    shares = np.diff(ndtr(edges))
    return 0.5 * (edges[1:] + edges[:-1]), shares / shares.sum()


def patched(contact: float, spread: float) -> PatchedSynapse:
    """The film of 1 um in patches whose contacts have log-normal resistances, ``contact`` times that of electrolyte and
    interfaces at small currents in the median; without a leak, so that all charge is magnesium."""
    device = magnesium_synapse(pinned=True, leak=0.0)
    host: Any = device.channel.host
    kinetics: Any = device.channel.kinetics
    film = replace(device.channel, thickness=THICKNESS, composition=host.offset)
    transfer = thermal_voltage(ROOM) / float(kinetics.exchange_current)
    resistance = float(device.electrolyte.ionic_resistance) + 2 * transfer
    deviations, shares = levels()
    return PatchedSynapse(
        replace(device, channel=film, depth=WellMixed()), tuple(shares), contact * resistance * np.exp(spread * deviations)
    )


def run_patches(run_pool: RunPool) -> Patches:
    """Films filled to nominal x = 0.25 behind contacts of several spreads, at several currents and median contacts."""
    spreads = SIGMAS[1::2] if run_pool.quick else SIGMAS
    pairs = [(CURRENT, CONTACT)]
    if not run_pool.quick:
        pairs += [(i, CONTACT) for i in CURRENTS if i != CURRENT] + [(CURRENT, r) for r in CONTACTS if r != CONTACT]

    def fill(job: tuple[float, float, float]) -> np.ndarray:
        current, contact, spread = job
        device = patched(contact, spread)
        host, film = device.synapse.channel.host, device.synapse.channel
        charge = NOMINAL * float(host.charge * FARADAY * host.concentration * film.thickness * film.area)
        protocol = hold(current=current, duration=charge / current / STEPS, samples=SAMPLES).repeat(STEPS)
        dataset = run_pool.simulate(device, protocol, cells=CELLS).dataset
        return np.asarray(dataset["composition"].values[-1], float) - float(host.offset)

    jobs = [(*pair, spread) for pair in pairs for spread in spreads]
    found = dict(zip(jobs, run_pool.map(fill, jobs), strict=True))
    return Patches(
        levels()[1],
        {spread: found[CURRENT, CONTACT, spread] for spread in spreads},
        {job: (float(np.min(x)), float(np.max(x))) for job, x in found.items()},
    )


def phase(x: float) -> str:
    """What diffraction shows at a composition: the film begins to turn tetragonal near x = 0.3."""
    return "monoclinic and tetragonal" if x >= MIXED else "monoclinic"


def _mean(evidence: Patches) -> Found:
    off = max(abs(float(evidence.shares @ x) / NOMINAL - 1) for x in evidence.compositions.values())
    return Found(off, f"{off:.1e}")


def _tail(evidence: Patches) -> Found:
    rows = {spread: evidence.ends[CURRENT, CONTACT, spread] for spread in evidence.compositions}
    words = "; ".join(f"σ = {spread:g}: {low:.3f} to {high:.3f}" for spread, (low, high) in rows.items())
    good = evidence.good()
    return Found(bool(good), words, f"σ of ln R = {_list(good)} meets both ends" if good else "")


def _list(values) -> str:
    return ", ".join(f"{value:g}" for value in values)


def _by_current(evidence: Patches) -> str:
    return "; ".join(_ends(evidence, i, CONTACT, f"{i * 1e6:g} µA") for i in evidence.tried(contact=CONTACT))


def _by_contact(evidence: Patches) -> str:
    return "; ".join(_ends(evidence, CURRENT, r, f"{r:g}") for r in evidence.tried(current=CURRENT))


def _ends(evidence: Patches, current: float, contact: float, words: str) -> str:
    good = evidence.good(current, contact)
    if good:
        return f"{words}: σ = {_list(good)}"
    hidden = {s: ends for (i, r, s), ends in evidence.ends.items() if (i, r) == (current, contact) and ends[0] < DETECTED}
    if not hidden:
        return f"{words}: no spread tried leaves a part undetected"
    highest = [high for _, high in hidden.values()]
    return f"{words}: none, {min(highest):.2f} to {max(highest):.2f} is the richest where a part is undetected"


def _label(evidence: Patches) -> Found:
    del evidence
    return Found(
        phase(0.25) == "monoclinic" and phase(0.3) == "monoclinic and tetragonal",
        f"x = 0.25: {phase(0.25)}; x = 0.30: {phase(0.3)}",
        "a label by composition: diffraction is not simulated",
    )


def tungsten() -> Found:
    """x from the stated ratio of W6+, W5+ and W4+: each inserted Mg reduces two by one."""
    ratio = (1.0, 0.5, 0.06)
    x = (ratio[1] + 2 * ratio[2]) / sum(ratio) / 2
    return Found(x, f"(0.5 + 2 x 0.06)/1.56/2 = {x:.3f}")


def draw_patches(canvas: FigureBase, evidence: Patches) -> None:
    """Composition of the patches in order, for each spread."""
    axes = canvas.subplots()
    for (spread, x), colour in zip(evidence.compositions.items(), cycle_colours(len(evidence.compositions)), strict=True):
        order = np.argsort(x)
        part = np.cumsum(evidence.shares[order]) - 0.5 * evidence.shares[order]
        axes.plot(100 * part, x[order], color=colour, label=f"{spread:g}")
    axes.axhspan(0, DETECTED, color="#eef1f5")
    axes.axhline(MIXED, color=COLOURS[4], lw=0.8, ls="--")
    axes.text(1, MIXED, "tetragonal phase from here", fontsize=8, va="bottom", color=COLOURS[4])
    axes.text(99, 0.02, "not detected", fontsize=8, va="center", ha="right")
    axes.set_xlabel("part of the film (%)")
    axes.set_ylabel("$x$ in Mg$_x$WO$_3$")
    axes.legend(title=r"$\sigma$ of $\ln R$", ncols=2)
    title(axes, "", "patches behind contacts that differ, nominal $x$ = 0.25")


@dataclass(frozen=True)
class Oxidation:
    """Energies of both reactions (eV) at a pressure of one atmosphere, and the voltage that they imply."""

    metal: float
    host: float
    voltage: float


def run_oxidation(run_pool: RunPool) -> Oxidation:
    """From the two stated energies."""
    run_pool.count(0)
    at = [reaction_energy(given.value, ROOM, ATMOSPHERE) for given in (MAGNESIUM, MAGNESIUM_TUNGSTEN_OXIDE)]
    return Oxidation(at[0], at[1], insertion_voltage(MAGNESIUM.value, MAGNESIUM_TUNGSTEN_OXIDE.value, 2))


def _pressure(evidence: Oxidation) -> Found:
    """Where oxidation would stop, as a power of ten: too small for a double in Pa is none, so from the energy itself."""
    del evidence
    value = equilibrium_pressure(MAGNESIUM_TUNGSTEN_OXIDE.value, ROOM) / ATMOSPHERE
    return Found(float(np.log10(value)), f"1e{np.log10(value):.1f} atm")


def draw_oxidation(canvas: FigureBase, evidence: Oxidation) -> None:
    """Energy of both reactions against the pressure of oxygen."""
    axes = canvas.subplots()
    pressures = np.logspace(-90, 1, 200) * ATMOSPHERE
    for given, label, colour in (
        (MAGNESIUM, "Mg to MgO", COLOURS[0]),
        (MAGNESIUM_TUNGSTEN_OXIDE, "Mg(WO$_3$)$_{64}$ to MgO", COLOURS[1]),
    ):
        axes.plot(
            np.log10(pressures / ATMOSPHERE),
            [reaction_energy(given.value, ROOM, p) for p in pressures],
            color=colour,
            label=label,
        )
    axes.axhline(0, color=COLOURS[5], lw=0.8)
    axes.set_xlabel("log$_{10}$ of oxygen pressure in atm")
    axes.set_ylabel("energy (eV per ½ O$_2$)")
    axes.legend()
    title(axes, "", f"oxidation; the host is {evidence.voltage:.3f} V from the metal")


CASES = (
    Case(
        "6a-d",
        "Composition and phase after filling",
        "Mg is found at x from below 0.05 to 0.33 across a film of nominal 0.25; x = 0.3 begins to turn "
        "tetragonal; tungsten valences give x = 0.25.",
        "Fig. 6",
        f"spectra are not simulated; PatchedSynapse: {PATCHES} patches in parallel behind log-normal contacts, 1 µm",
        run_patches,
        (
            Claim(
                "mean of the patches over nominal, less 1",
                _mean,
                Between(0.0, 1e-4, "charge is conserved; composition follows by its law to the tolerance"),
                CHECKED,
                "conservation",
            ),
            Claim(
                "a spread of contacts gives x from below 0.05 to about 0.33",
                _tail,
                Shape("both ends with one spread", "current, median and spread of the contacts are chosen for it"),
                CALIBRATED,
            ),
            Claim(
                "phase by composition",
                _label,
                Shape("monoclinic at 0.25, mixed at 0.30", "the stated composition, repeated as a label"),
                INPUT,
            ),
        ),
        draw_patches,
        (
            Choice(
                "current at which the film of 1 µm was filled",
                f"{CURRENT * 1e6:g} µA",
                "slow enough for patches in good contact to even out: the model meets both ends with one spread",
                _by_current,
            ),
            Choice(
                "median of the contacts' resistance, over that of electrolyte and interfaces (1.23 Ω m²)",
                f"{CONTACT:g}",
                "as poor as everything else; only its product with the current matters where it is the larger part",
                _by_contact,
            ),
            Choice(
                "spread σ of ln R",
                _list(SIGMAS),
                "not in the paper: one contact in six is e^σ times as poor as the median",
                lambda e: f"both ends at σ = {_list(e.good())}",
            ),
        ),
    ),
    Case(
        "DFT",
        "Magnesium in tungsten oxide is not stable in air",
        "Oxidation to MgO gains 6.14 eV from the metal and 2.57 eV from the host at 0.21 atm: stability in air is kinetic.",
        "section 5",
        "arithmetic on the two stated energies",
        run_oxidation,
        (
            Claim(
                "from the metal, kJ/mol",
                lambda e: per_mole(MAGNESIUM.value) / 1e3,
                around(-592.0, 1e-3, "stated beside -6.14 eV, whose last digit is 1 kJ/mol"),
                INPUT,
            ),
            Claim(
                "from the host, kJ/mol",
                lambda e: per_mole(MAGNESIUM_TUNGSTEN_OXIDE.value) / 1e3,
                around(-248.0, 2e-3, "stated beside -2.57 eV"),
                INPUT,
            ),
            Claim(
                "from the metal at 1 atm, eV",
                lambda e: e.metal,
                around(-6.160, 1e-4, "k_BT/2 ln 0.21 from -6.14"),
                INPUT,
                "arithmetic",
            ),
            Claim(
                "from the host at 1 atm, eV",
                lambda e: e.host,
                around(-2.590, 1e-4, "k_BT/2 ln 0.21 from -2.57"),
                INPUT,
                "arithmetic",
            ),
            Claim(
                "voltage of the host against the metal, V",
                lambda e: e.voltage,
                around(1.785, 1e-4, "(6.14 - 2.57)/2"),
                INPUT,
                "arithmetic",
            ),
            Claim(
                "pressure at which oxidation stops, log10 of atm",
                _pressure,
                around(-87.6, 0.01, "-2 x 2.57 eV over k_BT ln 10, and 0.21"),
                INPUT,
                "arithmetic",
            ),
        ),
        draw_oxidation,
    ),
)
