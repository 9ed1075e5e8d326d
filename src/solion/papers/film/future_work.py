"""What the paper names as future work, mechanical and thermal effects and several stages: what the model says of each."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import FigureBase

from solion.base.constants import GAS_CONSTANT
from solion.devices import Bending, Clamped, FilmMemristor, LumpedHeat
from solion.devices.film_stress import AbstractMechanics
from solion.devices.start import PhaseSeparated
from solion.explore.critical_current.runs import StepRuns
from solion.explore.sizing.warming import BOUNDARY, FILM, SUBSTRATES
from solion.laws import BiaxialMisfit, Staged, film_resistance, spreading_resistance
from solion.papers.case import CHECKED, PREDICTED, Case, Claim, Found, around, at_most
from solion.papers.film.setup import ELECTRODES, memristor, voltammogram
from solion.papers.film.voltammogram_runs import PEAK
from solion.papers.run_pool import RunPool
from solion.thermodynamics import clamping_limit, critical_current, curves, phase_diagram
from solion.views.style import COLOURS, title

ROOM = 298.15  # K, of the paper's numbers
MISFIT = 0.01  # at which a coefficient B is made by the modulus
COEFFICIENTS = (0.0, 0.1, 0.2, 0.5, 1.0, 1.5)  # B, k_B T
SIDE = 500e-6  # m, the device of the paper
HIGHEST = 0.766  # i_D, of the LTO7 voltammogram
MEASURED = 0.005  # S/m, the conductivity that fits the measured currents
WARM = 5e-4  # R'' V_T i_D/T_0 of the loop


def with_material(device: FilmMemristor, **changed: Any) -> FilmMemristor:
    """The device with numbers of its material replaced."""
    material = dataclasses.replace(device.film.material, **changed)
    return dataclasses.replace(device, film=dataclasses.replace(device.film, material=material))


def held(device: FilmMemristor, coefficient: float, mechanics: AbstractMechanics) -> FilmMemristor:
    """The device with this B (k_B T), by its modulus, in a mechanical condition."""
    unit = device.film.material.concentration * GAS_CONSTANT * ROOM
    device = with_material(device, misfit=BiaxialMisfit(MISFIT, coefficient * unit / MISFIT**2))
    return dataclasses.replace(device, film=dataclasses.replace(device.film, mechanics=mechanics))


def staged(device: FilmMemristor, enthalpy: float) -> FilmMemristor:
    """The device with two stages of 0.6 k_B T, and Omega."""
    shares: Any = {"exponent": 0.7, "electron_sites": 5 / 3, "defects": 0.01}
    law = Staged(ion_interaction=enthalpy - 20.0, electron_interaction=20.0, amplitude=0.6, **shares)
    return with_material(device, free_energy=law)


def activated(device: FilmMemristor, energy: float) -> FilmMemristor:
    """Ions, electrons and contacts of one activation energy, eV."""
    device = with_material(device, ion_activation_energy=energy, electron_activation_energy=energy)
    ends = {name: dataclasses.replace(getattr(device, name), activation_energy=energy) for name in ("top", "bottom")}
    return dataclasses.replace(device, **ends)


def heated(device: FilmMemristor, size: float) -> FilmMemristor:
    """The device behind a thermal resistance, in T_0/(V_T i_D)."""
    return dataclasses.replace(device, heat=LumpedHeat(resistance=size * ROOM / float(device.scales().power_density)))


@dataclass(frozen=True)
class FutureWork:
    """Critical currents over B; warming on each substrate at the model's and at the measured conductivity; times and currents of
    runs, which the quick form has not."""

    currents: tuple[float, ...]
    own: float
    limit: float
    warming: dict[str, tuple[float, float]]
    clamped: tuple[float, float] | None
    bent: tuple[float, float] | None
    loop: tuple[float, float, float] | None


def run(run_pool: RunPool) -> FutureWork:
    """The closed forms, and three runs in the full form."""
    device = memristor(0.3)
    plain = device.film.material
    found = [critical_current(held(device, b, Clamped()).film.solid if b else plain, 0.3) for b in COEFFICIENTS]
    own = dataclasses.replace(device.film, mechanics=Clamped()).solid
    scales = device.scales()
    power = HIGHEST * PEAK * float(scales.power_density)
    share = MEASURED / float(scales.conductivity)
    spread = {name: spreading_resistance(SIDE / math.sqrt(math.pi), solid.conductivity) for name, solid in SUBSTRATES.items()}
    warming = {}
    for name, substrate in spread.items():
        rise = power * film_resistance(float(device.film.thickness), FILM, BOUNDARY, substrate)
        warming[name] = (rise, rise * share)
    run_pool.count(0 if run_pool.quick else 2)  # the third is counted by the pool
    runs: Any = (None, None, None) if run_pool.quick else (_step(0.2, Clamped()), _step(0.1, Bending()), lumped_loop(run_pool))
    limit = clamping_limit(plain, float(plain.misfit.biaxial_modulus)).misfit  # pyright: ignore[reportAttributeAccessIssue]
    return FutureWork(tuple(found), critical_current(own, 0.3), limit, warming, *runs)


def _step(coefficient: float, mechanics: AbstractMechanics) -> tuple[float, float]:
    """Switching times of the bottom and the top at 0.12 i_D, tau_D."""
    device = held(memristor(0.3), coefficient, mechanics)
    found = StepRuns(device, 10.0, 200)(np.asarray(device.profile(PhaseSeparated(), 200), float), 0.12)
    return found.bottom, found.top


def warm_device() -> FilmMemristor:
    """LTO7, all rates activated by 0.5 eV."""
    return activated(memristor(**ELECTRODES["LTO7"]), 0.5)


def loop_of(run_pool: RunPool, device: FilmMemristor) -> tuple[tuple[float, float, float], Any]:
    """Largest and smallest current (i_D) of the last cycle of the LTO7 voltammogram and its highest T/T_0, and the data."""
    data = run_pool.simulate(device, voltammogram(device, PEAK), cells=100).dataset
    current = data["current"].values[(data["cycle"] == data["cycle"].max()).values] / float(device.scales().current)
    return (float(current.max()), float(current.min()), float(data["temperature"].max()) / ROOM), data


def lumped_loop(run_pool: RunPool) -> tuple[float, float, float]:
    """Those numbers of the film of one temperature, behind WARM."""
    return run_pool.once("loop of one temperature", lambda: loop_of(run_pool, heated(warm_device(), WARM))[0])


def draw(canvas: FigureBase, evidence: FutureWork) -> None:
    """Critical current over B, warming, and the energy of a film of two stages with its tangents."""
    left, middle, right = canvas.subplots(1, 3)
    left.plot(COEFFICIENTS, evidence.currents, "o-", color=COLOURS[0])
    left.set(xlabel=r"$B$ ($k_\mathrm{B}T$)", ylabel=r"$i_c$ ($i_D$)", ylim=(0, None))
    title(left, "", "clamped film, $c_m$ = 0.3")
    place = np.arange(len(evidence.warming))
    for k, label in enumerate(("0.83 S/m", "0.005 S/m")):
        rises = [row[k] for row in evidence.warming.values()]
        middle.bar(place + 0.4 * k - 0.2, rises, 0.4, color=COLOURS[k], label=label)
    middle.set(yscale="log", ylabel="warming at the peak (K)")
    middle.set_xticks(place, list(evidence.warming))
    middle.legend()
    title(middle, "", r"500 $\mu$m device")
    solid = staged(memristor(0.3), -6.0).film.material
    curve, gaps = curves(solid), phase_diagram(solid).stages
    tilt = sum(gap.plateau for gap in gaps) / len(gaps)
    right.plot(curve.composition, curve.energy - tilt * curve.composition, color=COLOURS[0])
    for gap in gaps:
        ends = np.array(gap.binodal)
        right.plot(ends, np.interp(ends, curve.composition, curve.energy - tilt * curve.composition), "o-", color=COLOURS[1])
    right.set(xlabel="$c$", ylabel=r"energy, tilted ($k_\mathrm{B}T$)")
    title(right, "", "two stages")


def _of(part: str, place: int):
    def find(evidence: FutureWork):
        row = getattr(evidence, part)
        return None if row is None else Found(row[place])

    return find


PROGRAM = "independent finite-volume program"
CASE = Case(
    "future-work",
    "Stress, heat and stages",
    "Mechanical effects are neglected, since lithium titanate is a zero-strain material, and so are changes of temperature; both,"
    " and several stages of phase separation, are named as future work.",
    "closing section",
    "coherent phases of a clamped film; warming of the 500 um device at the peak of the LTO7 voltammogram; two steps of current"
    " in strained films and one voltammogram with the temperature as an unknown (full form)",
    run,
    (
        Claim(
            "lithium titanate's own misfit changes the critical current by this share where it is clamped",
            lambda evidence: Found(abs(evidence.own / evidence.currents[0] - 1)),
            at_most(0.01, "one per cent would be seen beside the thresholds of Fig. 2b"),
            PREDICTED,
        ),
        Claim(
            "on silicon, at the conductivity that fits the measured current, the device warms by this many K at the peak",
            lambda evidence: Found(evidence.warming["Si"][1]),
            at_most(1.0, "a kelvin changes an activated rate by a few per cent, less than what the figures show"),
            PREDICTED,
        ),
        Claim(
            "on glass, at the model's own D_n0, it would warm by this many K",
            lambda evidence: Found(evidence.warming["SiO2"][0], "", "what the paper neglects is large there"),
            around(105.0, 5e-3, "its last digit; the number rests on the same peak current"),
            CHECKED,
            "closed form of a spreading disc",
        ),
        Claim(
            "misfit above which a clamped film has one phase",
            lambda evidence: Found(evidence.limit),
            around(0.019343, 1e-3, "four digits of a root"),
            CHECKED,
            PROGRAM,
        ),
        Claim(
            "critical current of a clamped film of B = 0.2, in i_D",
            lambda evidence: Found(evidence.currents[2]),
            around(0.08527, 2e-4, "four digits"),
            CHECKED,
            PROGRAM,
        ),
        Claim(
            "τ_B at 0.12 i_D, clamped with B = 0.2, in τ_D",
            _of("clamped", 0),
            around(0.8825, 3e-3, "its 200 and 400 cells differ by less"),
            CHECKED,
            PROGRAM,
        ),
        Claim(
            "τ_B at 0.12 i_D, free to bend with B = 0.1, in τ_D",
            _of("bent", 0),
            around(1.7907, 5e-3, "near the threshold the time rests on the grid"),
            CHECKED,
            PROGRAM,
        ),
        Claim(
            "largest current of LTO7 that warms itself by 15 K, in i_D",
            _of("loop", 0),
            around(0.9329, 0.02, "a steep part of the loop: heat and current raise one another"),
            CHECKED,
            PROGRAM,
        ),
    ),
    draw,
)
