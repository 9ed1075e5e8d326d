"""A complexion diagram, hysteresis and isotherms, what a nanometre film needs, and healing."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np
from scipy.optimize import brentq

from solion.laws import Segregation
from solion.papers.case import CHECKED, Case, Claim, Equal, Shape, around, at_most
from solion.papers.coatings.setup import ENERGY, LENGTH, SWITCHES, TEMPERATURE, film_of, sodium_on_lithium
from solion.study import load
from solion.thermodynamics.complexions import clamped, film_lines, follow, healing_time, lowest, minima, transitions
from solion.thermodynamics.complexions.branches import branches


def root(function, low, high) -> float:
    """A zero between two values of different sign."""
    found: Any = brentq(function, low, high)
    return float(found)


def saturations(film, tables, temperature):
    """X at which each of the three other phases becomes stable: solid sodium, sodium-rich and lithium-rich liquid."""

    def solid(log):
        return float(film.penalty.oversaturation(temperature, np.exp(log)))

    def liquid(log):
        return float(minima(film, temperature, np.exp(log), tables).penalty[0])

    return {"solid": float(np.exp(root(solid, -20, -3))), "liquid": float(np.exp(root(liquid, -12, -3)))}


def diagram(run_pool):
    """Limits and jumps of the model surface at six temperatures."""
    film = sodium_on_lithium()
    tables, found = branches(film), {}
    for temperature in SWITCHES:
        limit = saturations(film, tables, temperature)
        top = 0.999 * min(limit.values())
        jumps = [jump for jump in transitions(film, temperature, np.geomspace(2e-6, top, 150), tables=tables)]
        end = float(lowest(minima(film, temperature, min(limit["solid"], limit["liquid"]), tables)).thickness[0])
        found[temperature] = (limit, jumps, end)

    def melts(temperature):  # the sodium-rich liquid against the lithium-rich one, where both meet the alloy
        x = np.exp(root(lambda log: _least(film, temperature, np.exp(log), rich=True), -9, -3))
        return _least(film, temperature, x, rich=False)

    found["monotectic"] = root(melts, 405, 425)
    plane = np.linspace(300.0, 404.0, 40), np.geomspace(2e-6, 1.4e-3, 120)
    grid = np.meshgrid(*plane, indexing="ij")
    held, beyond = clamped(film, *grid)
    thickness = lowest(minima(film, grid[0], held, tables)).thickness.reshape(grid[0].shape)
    found["plane"] = *plane, np.where(beyond | np.isinf(thickness), np.nan, thickness * 1e9)
    return found


def _least(film, temperature, bulk, rich):
    logit = np.linspace(0.0, 12, 600) * (1 if rich else -1)
    return float(np.min(film.penalty.density(temperature, bulk, 1 / (1 + np.exp(-logit)))))


def _limits(evidence):
    return max(abs(min(evidence[t][0].values()) / row[0] - 1) for t, row in SWITCHES.items())


def _switches(evidence):
    worst = 0.0
    for temperature, (_, printed, _) in SWITCHES.items():
        found = [jump.control for jump in evidence[temperature][1]]
        if len(found) < len(printed):
            return np.inf
        worst = max(worst, float(np.max(np.abs(np.array(found[: len(printed)]) / np.array(printed) - 1))))
    return worst


def _at_switch(evidence):
    pairs = [(evidence[t][1][0].thickness, row[2]) for t, row in SWITCHES.items()]
    return float(np.max(np.abs(np.array([a for a, _ in pairs]) * 1e9 - np.array([b for _, b in pairs]))))


def draw_diagram(figure, evidence):
    axes = figure.subplots()
    temperatures, shares, thickness = evidence["plane"]
    mesh = axes.pcolormesh(shares, temperatures, thickness, cmap="viridis", rasterized=True)
    figure.colorbar(mesh, label="thickness (nm)")
    for temperature in SWITCHES:
        limit, jumps, _ = evidence[temperature]
        axes.semilogx([j.control for j in jumps], [temperature] * len(jumps), "w.", ms=4)
        axes.semilogx(min(limit.values()), temperature, "o", color="#c2570c")
    axes.set_xlabel("share of sodium in the bulk")
    axes.set_ylabel("temperature (K)")
    axes.set_title("dots: jumps; circles, white: the alloy's limit")


DIAGRAM = Case(
    "diagram",
    "Complexion diagram of a model surface (5.4)",
    "Complexion diagrams can be computed for alloys of lithium.",
    "text on Fig. 5",
    "joint minimum over thickness and composition at six temperatures",
    diagram,
    (
        Claim(
            "limits of the alloy, largest relative difference",
            _limits,
            at_most(2e-2, "as specified"),
            CHECKED,
            "independent program",
        ),
        Claim(
            "jumps, largest relative difference of X", _switches, at_most(2e-2, "as specified"), CHECKED, "independent program"
        ),
        Claim(
            "thicknesses at the switch of composition, nm",
            _at_switch,
            at_most(0.01, "as specified"),
            CHECKED,
            "independent program",
        ),
        Claim(
            "monotectic, K",
            lambda e: e["monotectic"],
            around(415.2, 0.5 / 415.2, "0.5 K, as specified"),
            CHECKED,
            "independent program",
        ),
        Claim(
            "at 300 K the film at the limit is finite, nm",
            lambda e: e[300.0][2] * 1e9,
            around(1.470, 0.01, "0.01 nm and the 5 pm steps of the independent program"),
            CHECKED,
            "independent program",
        ),
    ),
    draw_diagram,
)


def hysteresis(run_pool):
    """A dispersion film thinned and thickened to the limits of stability, and an isotherm that jumps."""
    film, up = film_of("vdw"), np.linspace(1e6, 8e8, 1600)
    thinned = follow(film, TEMPERATURE, up, line_tension=1.0)
    grown = follow(film, TEMPERATURE, up[::-1], line_tension=1.0)
    isotherm = Segregation(-1e4, -1.4e4)
    return {
        "up": up,
        "thinned": thinned,
        "grown": grown,
        "critical": isotherm.critical_temperature,
        "jump": isotherm.coexistence(300.0),
    }


def draw_hysteresis(figure, evidence):
    axes = figure.subplots()
    axes.plot(evidence["up"], evidence["thinned"].thickness * 1e9, label="penalty rises")
    axes.plot(evidence["up"][::-1], evidence["grown"].thickness * 1e9, label="penalty falls")
    axes.set_ylim(-0.05, 3)
    axes.set_title("dispersion film: it stays until it is lost")
    axes.set_xlabel("penalty (J/m3)")
    axes.set_ylabel("thickness (nm)")
    axes.legend()


HYSTERESIS = Case(
    "hysteresis",
    "Hysteresis and an isotherm that jumps (5.4)",
    "Complexion transitions can be of first order.",
    "text on Fig. 5",
    "dispersion film on a path of penalties; Fowler and Guggenheim's isotherm",
    hysteresis,
    (
        Claim(
            "penalty at which a film that thins is lost, over D/h_0",
            lambda e: float(e["up"][e["thinned"].jumped][0] / (ENERGY / LENGTH)),
            around(9 / (8 * np.sqrt(3)), 1e-3, "one step of the path"),
            CHECKED,
            "theory",
        ),
        Claim(
            "the clean interface stays clean as the penalty falls",
            lambda e: not e["grown"].jumped.any(),
            Shape("no film down to 1e6 J/m3", "h = 0 is a minimum for every dG > 0"),
            CHECKED,
            "theory",
        ),
        Claim(
            "critical temperature of the isotherm, K",
            lambda e: e["critical"],
            around(420.953, 1e-5, "printed digits"),
            CHECKED,
            "independent program",
        ),
        Claim(
            "bulk composition of the jump at 300 K",
            lambda e: e["jump"].bulk,
            around(1.09552e-3, 1e-5, "printed digits"),
            CHECKED,
            "independent program",
        ),
    ),
    draw_hysteresis,
)


def critical(run_pool):
    """The line between two films of the study, traced from a jump at room temperature, and jumps found without the trace."""
    film = load("film-critical-point").device.energy
    potentials = np.linspace(-9000.0, -1000.0, 80)
    jumps = transitions(film, TEMPERATURE, potentials)
    (line,) = film_lines(film, [jumps[0]], (TEMPERATURE, 380.0), (potentials[0], potentials[-1]))
    end = line.critical[0]
    return {"line": line, "end": end, "minima": {shift: _minima(film, end[0] + shift, end[1]) for shift in (-0.5, 0.5)}}


def _minima(film, temperature, potential):
    """The most local minima in composition at any potential near one, of an exponential film: over h its energy is closed."""
    share = 1 / (1 + np.exp(-np.linspace(-3, 3, 6001)))
    near = potential + np.linspace(-60, 60, 241)
    penalty = np.asarray(jax.jit(jax.vmap(lambda mu: film.penalty.density(temperature, mu, share)))(near))
    pull, length = -np.asarray(film.change.change(share)), film.coefficient.decay_length
    energy = -pull + length * penalty * (1 + np.log(pull / (length * penalty)))
    inner = (energy[:, 1:-1] < energy[:, :-2]) & (energy[:, 1:-1] < energy[:, 2:])
    return int(inner.sum(axis=1).max())


def draw_critical(figure, evidence):
    axes = figure.subplots()
    line = evidence["line"]
    for side, colour in zip(line.composition.T, ("#2166ac", "#b2182b"), strict=True):
        axes.plot(side, line.temperature, color=colour)
    axes.plot(evidence["end"][3], evidence["end"][0], "k*", ms=11)
    axes.set(xlabel="share of solute in the two films that coexist", ylabel="temperature (K)")


CRITICAL = Case(
    "critical",
    "A first-order line of films and its critical point",
    "Complexion diagrams have first-order lines with critical points.",
    "text on Fig. 5",
    "arc-length continuation over (T, mu), against the energy with its thickness eliminated",
    critical,
    (
        Claim(
            "minima over composition 0.5 K below the traced critical point, with thickness eliminated in closed form",
            lambda e: e["minima"][-0.5],
            Equal(2, "two films coexist up to it"),
            CHECKED,
            "closed form",
        ),
        Claim("0.5 K above it", lambda e: e["minima"][0.5], Equal(1, "one film passes over"), CHECKED, "closed form"),
        Claim(
            "fall of the gap between the two films toward the end, exponent of T_c - T",
            lambda e: _exponent(e),
            around(0.5, 0.1, "one half of every mean field, on the last 10 K"),
            CHECKED,
            "theory",
        ),
    ),
    draw_critical,
)


def _exponent(evidence):
    line, critical = evidence["line"], evidence["end"][0]
    away = critical - line.temperature
    last = (away > 0.1) & (away < 10)
    gap = np.abs(np.diff(line.composition, axis=1))[:, 0]
    return float(np.polyfit(np.log(away[last]), np.log(gap[last]), 1)[0])


def nanometre(run_pool):
    """Thicknesses under the specification's priors, in closed form, and the penalty that one nanometre needs."""
    random = np.random.default_rng(1)
    pull, length = random.uniform(0.1, 0.5, 200_000), random.uniform(2e-10, 5e-10, 200_000)
    penalty = 10 ** random.uniform(7, np.log10(2e8), 200_000)
    found = np.maximum(length * np.log(pull / (length * penalty)), 0) * 1e9
    return {"h": found, "needed": 0.30 / 3.5e-10 * np.exp(-1e-9 / 3.5e-10)}


def draw_nanometre(figure, evidence):
    axes = figure.subplots()
    axes.hist(evidence["h"], 80)
    axes.set_xlabel("thickness (nm)")
    axes.set_ylabel("samples")
    axes.set_title("the assumed penalties decide it")


NANOMETRE = Case(
    "nanometre",
    "A film of one nanometre (5.5)",
    "Li3PO4-like films of about 1 nm.",
    "text on Fig. 5",
    "200 000 samples of assumed priors: arithmetic, no evidence for the film",
    nanometre,
    (
        Claim(
            "median, nm",
            lambda e: float(np.median(e["h"])),
            around(0.951, 0.01, "scatter of samples"),
            CHECKED,
            "independent program",
        ),
        Claim(
            "share within 0.5 to 2 nm",
            lambda e: float(np.mean((e["h"] > 0.5) & (e["h"] < 2))),
            around(0.907, 0.01 / 0.907, "as specified"),
            CHECKED,
            "independent program",
        ),
        Claim(
            "penalty that 1 nm needs, J/m3",
            lambda e: e["needed"],
            around(4.9228e7, 1e-4, "printed digits"),
            CHECKED,
            "independent program",
        ),
    ),
    draw_nanometre,
)


def healing(run_pool):
    """Times in which dissolved sodium restores one nanometre."""
    shares = np.array([1e-5, 1e-4, 5e-4])
    return {"shares": shares, "times": healing_time(1e-9 / 23.78e-6, shares / 13.0e-6, 2.35e-14)}


def draw_healing(figure, evidence):
    axes = figure.subplots()
    axes.loglog(evidence["shares"], evidence["times"], "o-")
    axes.set_xlabel("share of sodium in the bulk")
    axes.set_ylabel("time to heal 1 nm (s)")


HEALING = Case(
    "healing",
    "Self-healing (5.15)",
    "Complexions may heal themselves.",
    "text on Fig. 5",
    "supply by diffusion from the alloy",
    healing,
    (
        Claim(
            "time at X = 1e-4, s",
            lambda e: float(e["times"][1]),
            around(999, 0.01, "three printed digits"),
            CHECKED,
            "independent program",
        ),
    ),
    draw_healing,
)
CASES = (DIAGRAM, HYSTERESIS, CRITICAL, NANOMETRE, HEALING)
