"""Growth laws, surface films and what a current uses."""

from __future__ import annotations

import numpy as np

from solion.analysis.data import Data
from solion.devices import AlloyParticle, Sphere
from solion.experiments import quasi_steady
from solion.experiments.design_map import utilisation
from solion.laws import BareSurface, SurfaceFilm
from solion.laws.core_shell.front_growth import deal_grove_exponent, film_time_length
from solion.materials import lithium_silicon, sodium_antimony, sodium_germanium, sodium_tin
from solion.papers.alloying.setup import crossing_plate, held, potential_of, stress_free
from solion.papers.case import CHECKED, PREDICTED, SPECIFICATION_CORRECTED, Case, Claim, Shape, around, at_least, at_most
from solion.views.front_growth import growth

SHARES = np.array([0.3, 0.5, 1, 2, 3])  # of l*
RATES = (0.1, 1.0, 10.0, 100.0)
HOSTS = {"Li-Si": lithium_silicon, "Na-Sb": sodium_antimony, "Na-Ge": sodium_germanium, "Na-Sn": sodium_tin}


def exponents(run_pool):
    """Local exponents of a resolved plate at S = 0.05 against Deal and Grove's."""
    plate, crossover = crossing_plate(), 0.05 * 3.81 * 1e-7
    potential = potential_of(plate, 0.05)
    run = held(run_pool, plate, potential, 700.0, samples=400)
    data, begun = Data.of(run), plate.start_time(potential)
    time, depth, _ = growth(data)
    n = np.gradient(np.log(depth), np.log(time + begun))
    return {"run": run, "n": np.interp(SHARES * crossover / 3.81, depth, n), "all": (depth * 3.81 / crossover, n)}


def draw_exponents(figure, evidence):
    axes = figure.subplots()
    share, n = evidence["all"]
    axes.semilogx(share, n, label="resolved, S = 0.05")
    axes.semilogx(share, deal_grove_exponent(share, 2.0), "k--", lw=0.8, label="Deal and Grove")
    axes.set_xlabel("thickness over l*")
    axes.set_ylabel("local exponent")
    axes.set_ylim(0.4, 1.1)
    axes.legend()


EXPONENTS = Case(
    "growth-laws",
    "L ~ t and L^2 ~ t are one law",
    "Reaction control gives L ~ t, diffusion control L^2 ~ t.",
    "lines 103 to 110",
    "one resolved plate whose layer passes the crossover",
    exponents,
    (
        Claim(
            "n where layer and reaction resist alike",
            lambda e: float(e["n"][2]),
            around(0.75, 0.01 / 0.75, "3/4 of the quasi-steady layer; S/3 is 1.7 % of time, little of n"),
            CHECKED,
            "theory",
        ),
        Claim(
            "largest difference from Deal and Grove's exponent at 0.3 to 3 l*",
            lambda e: float(np.max(np.abs(e["n"] - deal_grove_exponent(SHARES, 2.0)))),
            at_most(0.01, "the tolerance of the specification at l*"),
            CHECKED,
            "theory",
        ),
        Claim(
            "n at 0.3 l*, by an independent program",
            lambda e: float(e["n"][0]),
            around(0.865, 0.005 / 0.865, "its three digits, twice"),
            SPECIFICATION_CORRECTED,
            "independent program",
            instead=around(0.885, 0.01 / 0.885, "the closed form: the program left out the time that its start stands for"),
        ),
    ),
    draw_exponents,
)


def films(run_pool):
    """Fronts behind a film: insensitive to layer and reaction, which the film outweighs."""
    found = {}
    for name, make in HOSTS.items():
        for factor in (1.0, 10.0):
            host = make()
            host = stress_free(host, diffusivity=factor * float(host.diffusivity), front_rate=factor * 1e-3, plateau=1.0)
            run = quasi_steady(AlloyParticle(host, Sphere(50e-9), film=SurfaceFilm()), 0.0)
            found[name, factor] = run
    return found


def half_time(run) -> float:
    """Time (s) to half."""
    return float(np.interp(0.5, run.dataset["reacted_fraction"], run.dataset["time"]))


def draw_films(figure, evidence):
    axes = figure.subplots()
    for (name, factor), run in evidence.items():
        if factor == 1:
            axes.plot(run.dataset["reacted_fraction"], run.dataset["share_film"], label=name)
    axes.set_xlabel("reacted fraction")
    axes.set_ylabel("share of the film")
    axes.legend()


def _least(data) -> float:
    """Least share of the film before the core all but vanishes, whose front has no area that a film could limit."""
    return float(data["share_film"].values[data["reacted_fraction"].values < 0.99].min())


def _film_law(evidence) -> float:
    data = evidence["Na-Sn", 1.0].dataset
    k = int(np.searchsorted(data["reacted_fraction"], 0.5))
    host = sodium_tin()
    length = float(film_time_length(data["core"].values[k], 50e-9, host.ratio, 2))
    expected = length / (1.8e-17 / 20e-9) / (0.1 / float(host.ratio))
    return float(data["time"][k]) / expected - 1


FILMS = Case(
    "surface-film",
    "A surface film takes over",
    "Diffusion in the film is slower than in alloys of fast diffusion, so that the film limits.",
    "lines 724 to 736",
    "spheres of 100 nm behind 20 nm with the lower diffusivity quoted, by quadrature",
    films,
    (
        Claim(
            "sodium-tin and sodium-germanium: least share of the film until 99 % have reacted",
            lambda e: min(_least(e[name, 1.0].dataset) for name in ("Na-Sn", "Na-Ge")),
            at_least(0.99, "it limits: nothing else counts"),
            PREDICTED,
        ),
        Claim(
            "sodium-tin: change of the time to half where layer and reaction are ten times as fast",
            lambda e: abs(half_time(e["Na-Sn", 10.0]) / half_time(e["Na-Sn", 1.0]) - 1),
            at_most(0.01, "insensitive within 1 %"),
            CHECKED,
            "theory",
        ),
        Claim(
            "sodium-tin: time to half over the closed form of a film, less one",
            lambda e: abs(_film_law(e)),
            at_most(0.01, "the other resistances are below 1 %"),
            CHECKED,
            "theory",
        ),
    ),
    draw_films,
)


def used(run_pool):
    """Utilisation of hosts, radii and C-rates, bare and behind a film; only layer and film limit."""
    found = {}
    for name, make in HOSTS.items():
        host = stress_free(make(), front_rate=1e3, plateau=1.0)
        for radius in (50, 500):
            for film in (False, True):
                surface = SurfaceFilm() if film else BareSurface()
                device = AlloyParticle(host, Sphere(radius * 1e-9), film=surface)
                found[name, radius, film] = utilisation(device, RATES)
    return found


def draw_used(figure, evidence):
    axes = figure.subplots()
    for (name, radius, film), shares in evidence.items():
        if not film:
            axes.semilogx(RATES, shares, "o-", label=f"{name}, {radius} nm")
    axes.set_xlabel("C-rate (1/h)")
    axes.set_ylabel("utilisation")
    axes.legend()


TABLE = {
    ("Li-Si", 50): (1.000, 1.000, 0.996, 0.555),
    ("Li-Si", 500): (0.996, 0.555, 0.048, 0.005),
    ("Na-Sb", 50): (1, 1, 1, 1),
    ("Na-Sb", 500): (1.000, 1.000, 0.984, 0.315),
    **{(name, radius): (1, 1, 1, 1) for name in ("Na-Ge", "Na-Sn") for radius in (50, 500)},
}
UTILISATION = Case(
    "utilisation",
    "What a current uses",
    "Fast diffusion is what rate performance rests on.",
    "lines 698 to 722",
    "the C-rate at which the surface plates, over the fraction, of spheres of radius 50 and 500 nm",
    used,
    (
        Claim(
            "largest difference from an independent program, bare",
            lambda e: max(float(np.max(np.abs(e[*key, False] - np.array(row)))) for key, row in TABLE.items()),
            at_most(0.005, "the digits it prints"),
            CHECKED,
            "independent program",
        ),
        Claim(
            "behind the film nothing is used at 10C (radius 50 nm) and 1C (500 nm), of any host",
            lambda e: all(e[name, 50, True][2] == 0 and e[name, 500, True][1] == 0 for name in HOSTS),
            Shape("none at all", "the film's limit is below the rate from the start"),
            PREDICTED,
            "independent program",
        ),
        Claim(
            "only C a_0^2/D counts: silicon of 50 nm at 100C less that of 500 nm at 1C",
            lambda e: abs(float(e["Li-Si", 50, False][3] - e["Li-Si", 500, False][1])),
            at_most(1e-9, "scaling of the equations"),
            CHECKED,
            "theory",
        ),
    ),
    draw_used,
)
CASES = (EXPONENTS, FILMS, UTILISATION)
