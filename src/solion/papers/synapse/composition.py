"""Fig. 6 and the DFT of section 5: where magnesium went, in which phase, and what air does to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from matplotlib.figure import FigureBase
from scipy.integrate import solve_ivp
from scipy.special import erfinv

from solion.constants import FARADAY, thermal_voltage
from solion.devices import magnesium_synapse
from solion.laws.free_energy import total_potential
from solion.papers.bench import Bench
from solion.papers.case import Between, Case, Choice, Claim, Found, Shape, around
from solion.papers.synapse.panels import COLOURS, title
from solion.thermodynamics.oxidation import (
    ATMOSPHERE,
    MAGNESIUM,
    MAGNESIUM_TUNGSTEN_OXIDE,
    equilibrium_pressure,
    insertion_voltage,
    per_mole,
    reaction_energy,
)

THICKNESS, NOMINAL, CURRENT = 1e-6, 0.25, 2e-6  # m, x, A
PATCHES, SIGMAS = 200, (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
MIXED, DETECTED, HIGHEST = 0.3, 0.05, 0.33
ROOM = 298.15


@dataclass(frozen=True)
class Patches:
    """Composition of patches in parallel, each behind its own contact, by the log-normal spread of their resistance."""

    compositions: dict[float, np.ndarray]


def patches(spread: float) -> np.ndarray:
    """x of each patch of a film of 1 um filled to x = 0.25 at 2 uA, each under the same gate voltage.

    Patch p takes i_p = (V - U(x_p))/(R s_p), with ln s_p normal with the width ``spread``, of mean zero; the gate voltage V
    carries the whole current. R is that of the electrolyte and both interfaces at small currents.
    """
    device = magnesium_synapse(pinned=True)
    host, law = device.channel.host, device.channel.host.free_energy
    volt = thermal_voltage(ROOM) / float(host.charge)
    kinetics: Any = device.channel.kinetics
    transfer = thermal_voltage(ROOM) / float(kinetics.exchange_current)
    resistance = float(device.electrolyte.ionic_resistance) + 2 * transfer
    potential = jax.jit(lambda x: total_potential(law, x))
    rest = float(potential(jnp.asarray(float(device.reservoir.composition))))
    levels = (np.arange(PATCHES) + 0.5) / PATCHES
    scale = np.exp(spread * np.sqrt(2) * erfinv(2 * levels - 1))
    conductance = 1 / (resistance * scale)
    capacity = float(host.charge) * FARADAY * float(host.concentration) * THICKNESS
    mean_current = CURRENT / float(device.area)

    def rate(_, y):
        x = np.exp(y)
        u = volt * (np.asarray(potential(x)) - rest)
        voltage = (mean_current + np.mean(conductance * u)) / np.mean(conductance)
        return conductance * (voltage - u) / capacity / x

    start = float(host.offset)
    duration = NOMINAL * capacity / mean_current
    found = solve_ivp(rate, (0.0, duration), np.full(PATCHES, np.log(start)), method="LSODA", rtol=1e-7, atol=1e-9)
    return np.exp(found.y[:, -1]) - start


def run_patches(bench: Bench) -> Patches:
    """Films with contacts of several spreads."""
    spreads = SIGMAS[1::2] if bench.quick else SIGMAS
    found = bench.map(patches, spreads)
    bench.count(len(spreads))
    return Patches(dict(zip(spreads, found, strict=True)))


def phase(x: float) -> str:
    """What diffraction shows at a composition: the film begins to turn tetragonal near x = 0.3."""
    return "monoclinic and tetragonal" if x >= MIXED else "monoclinic"


def _mean(evidence: Patches) -> Found:
    off = max(abs(x.mean() / NOMINAL - 1) for x in evidence.compositions.values())
    return Found(off, f"{off:.1e}")


def _tail(evidence: Patches) -> Found:
    rows = {spread: (float(np.min(x)), float(np.max(x))) for spread, x in evidence.compositions.items()}
    words = "; ".join(f"σ = {spread:g}: {low:.3f} to {high:.3f}" for spread, (low, high) in rows.items())
    good = [spread for spread, (low, high) in rows.items() if low < DETECTED and abs(high / HIGHEST - 1) < 0.05]
    return Found(bool(good), words, f"σ of ln R = {', '.join(f'{s:g}' for s in good)} meets both ends" if good else "")


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
    for (spread, x), colour in zip(evidence.compositions.items(), COLOURS * 2, strict=False):
        axes.plot(np.linspace(0, 100, x.size), np.sort(x), color=colour, label=f"{spread:g}")
    axes.axhspan(0, DETECTED, color="#eef1f5")
    axes.axhline(MIXED, color=COLOURS[4], lw=0.8, ls="--")
    axes.text(1, MIXED, "tetragonal phase from here", fontsize=8, va="bottom", color=COLOURS[4])
    axes.text(1, 0.02, "not detected", fontsize=8, va="center")
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


def run_oxidation(bench: Bench) -> Oxidation:
    """From the two stated energies."""
    bench.count(0)
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
        "spectra are not simulated; 200 patches in parallel behind log-normal contacts, 1 µm",
        run_patches,
        (
            Claim("mean of the patches over nominal, less 1", _mean, Between(0.0, 1e-4), "conservation"),
            Claim(
                "a spread of contacts gives x from below 0.05 to about 0.33", _tail, Shape("both ends with one spread")
            ),
            Claim("phase by composition", _label, Shape("monoclinic at 0.25, mixed at 0.30")),
            Claim("x from the stated ratio of tungsten valences", lambda e: tungsten(), around(0.25, 0.05), must=False),
        ),
        draw_patches,
        (
            Choice(
                "how the film of 1 µm was filled",
                "2 µA",
                "slow enough for patches in good contact to even out",
                lambda e: (
                    (_tail(e).note or "no spread meets both ends")
                    + "; at 10 µA the best contacts would reach 0.4 to 0.5"
                ),
            ),
        ),
    ),
    Case(
        "DFT",
        "Magnesium in tungsten oxide is not stable in air",
        "Oxidation to MgO gains 6.14 eV from the metal and 2.57 eV from the host at 0.21 atm: "
        "stability in air is kinetic.",
        "section 5",
        "arithmetic on the two stated energies",
        run_oxidation,
        (
            Claim("from the metal, kJ/mol", lambda e: per_mole(MAGNESIUM.value) / 1e3, Between(-592.9, -591.9)),
            Claim(
                "from the host, kJ/mol",
                lambda e: per_mole(MAGNESIUM_TUNGSTEN_OXIDE.value) / 1e3,
                Between(-248.5, -247.5),
            ),
            Claim("from the metal at 1 atm, eV", lambda e: e.metal, around(-6.160, 1e-4), "arithmetic"),
            Claim("from the host at 1 atm, eV", lambda e: e.host, around(-2.590, 1e-4), "arithmetic"),
            Claim(
                "voltage of the host against the metal, V", lambda e: e.voltage, Between(1.7849, 1.7851), "arithmetic"
            ),
            Claim("pressure at which oxidation stops, log10 of atm", _pressure, Between(-88.6, -86.6), "arithmetic"),
        ),
        draw_oxidation,
    ),
)
