"""The next experiment that would tell the surviving laws apart best, by the information expected from it."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from scipy.special import logsumexp

from solion.base.constants import BOLTZMANN, ELEMENTARY_CHARGE
from solion.explore.identify.front_laws import MOST_REACTED, FrontScale, stressed_times
from solion.explore.identify.posterior import LawPosterior
from solion.explore.identify.specimen import Specimen
from solion.laws.core_shell.arrest import driving_of_arrest, fraction_of_log_thickness, traction_slope

ROWS = 16  # frames of the experiment that is thought of
DRAWS = 60  # of each law
TRIALS = 400  # outcomes thought of
SIZES = (0.5, 1.0, 2.0, 4.0)
LONGER = 3.0


@dataclasses.dataclass(frozen=True)
class Proposal:
    """An experiment, and the information (bits) expected from it on which law holds; ``words`` say it."""

    specimen: Specimen
    duration: float
    overpotential: float
    information: float

    @property
    def words(self) -> str:
        """Shape, size, time and drive, in words."""
        size = f" of {2e9 * self.specimen.radius:.3g} nm diameter" if self.specimen.curved else ""
        more = f", driven {1e3 * self.overpotential:.0f} mV harder" if self.overpotential else ", driven as now"
        return f"a {self.specimen.shape if self.specimen.curved else 'plane front'}{size}, {self.duration:.3g} s{more}"


@dataclasses.dataclass(frozen=True)
class FrontRates:
    """What a fitted law says of the material: 1/v_k (s/m), 1/K (s/m2), 1/v_h, Gamma and G (kT), by draw; no stress:
    infinite Gamma.

    A law without mechanism keeps its ``values``, and does not depend on the body.
    """

    interface: np.ndarray
    layer: np.ndarray
    film: np.ndarray
    gamma: np.ndarray
    force: np.ndarray


def proposals(
    posteriors: list[LawPosterior], weights: dict[str, float], deviation: float, temperature: float = 298.15
) -> tuple[float, list[Proposal]]:
    """(entropy in bits of which law holds now, experiments with the most informative first).

    Depths of the host at ROWS even times with the series' own noise and a recorded start; diameters, wire and sphere, three times
    longer, and 50 mV more. What a draw of a law foretells for another body follows from its rates; more overpotential raises dc
    by sinh-like expm1(G')/expm1(G) (dilute, ideal), or by exp(e dphi/kT) in laws without stress. ``deviation``: m of depth.
    The information is that between the law and the outcome, by nested Monte Carlo: a sound order of experiments, not a promise.
    """
    kept = [found for found in posteriors if weights[found.fit.law.name] > 1e-3]
    prior = np.array([weights[found.fit.law.name] for found in kept])
    prior = prior / prior.sum()
    entropy = float(-np.sum(prior * np.log2(prior)))
    if len(kept) < 2:
        return entropy, []
    present = kept[0].fit.model.series
    thermal = BOLTZMANN * temperature / ELEMENTARY_CHARGE
    found = []
    bodies = [present.specimen]
    if present.specimen.curved:
        radii = [size * present.specimen.radius for size in SIZES]
        bodies = [dataclasses.replace(present.specimen, shape=s, radius=r) for s in ("wire", "sphere") for r in radii]
    for body in bodies:
        scale = max(1.0, body.radius / present.specimen.radius) if body.finite else 1.0
        for duration in (present.span * scale, LONGER * present.span * scale):
            time = duration * np.arange(1, ROWS + 1) / ROWS
            for extra in (0.0, 0.05):
                foretold = [_foretell(entry, body, time, extra / thermal) for entry in kept]
                found.append(Proposal(body, duration, extra, information(foretold, prior, deviation)))
    return entropy, sorted(found, key=lambda entry: -entry.information)


def information(foretold: list[np.ndarray], prior: np.ndarray, deviation: float, seed: int = 0) -> float:
    """Bits that rows with independent noise tell on which of several models holds; each model by its draws (draws, rows)."""
    random = np.random.default_rng(seed)
    which = random.choice(len(prior), TRIALS, p=prior)
    outcome = np.stack([foretold[k][random.integers(len(foretold[k]))] for k in which])
    outcome = outcome + random.normal(0, deviation, outcome.shape)
    logs = np.stack(
        [
            np.asarray(logsumexp(-0.5 * np.sum(((outcome[:, None] - draws[None]) / deviation) ** 2, -1), axis=1))
            - math.log(len(draws))
            for draws in foretold
        ],
        axis=1,
    )
    own = logs[np.arange(TRIALS), which]
    return float(np.clip(np.mean(own - logsumexp(logs + np.log(prior), axis=1)) / math.log(2), 0, None))


def rates_of(found: LawPosterior, draws: int = DRAWS) -> FrontRates:
    """Rates of the material by draw of a law."""
    scale, values, name = found.fit.model.scale, found.values[:draws], found.fit.law.name
    s, zero = scale.specimen, np.zeros(len(found.values[:draws]))
    half = values[:, 0]
    share = {"parabolic": zero + 1, "deal_grove": values[:, 1], "full": values[:, 1]}.get(name, zero)
    gamma, force, unit = zero + np.inf, zero + np.inf, half
    if name in ("stress_limited", "full"):
        arrest, force = values[:, -3], values[:, -2]
        depth, times, _ = stressed_times(scale, arrest, force, share)
        unit = half / np.array([np.interp(scale.depth, d, t) for d, t in zip(depth, times, strict=True)])
        gamma = driving_of_arrest(arrest, s.volume_ratio, s.order)
    film = unit / s.film_time(scale.depth) if name == "film" else zero
    interface = zero if name == "film" else (1 - share) * unit / scale.depth
    return FrontRates(interface, share * unit / float(s.layer_time(scale.depth)), film, gamma, force)


def _foretell(found: LawPosterior, body: Specimen, time: np.ndarray, extra: float) -> np.ndarray:
    """(draws, rows) depths of a body with ``extra`` kT of drive."""
    scale = found.fit.model.scale
    if found.fit.law.name == "logarithmic":
        values = found.values[:DRAWS]
        return np.minimum(found.fit.law.depth(scale, values, np.exp(extra) * time[None].repeat(len(values), 0)), body.radius)
    return depths(rates_of(found), body, time, extra, scale.depth)


def depths(rates: FrontRates, body: Specimen, time: np.ndarray, extra: float, reference: float) -> np.ndarray:
    """Depths of a body at times for each draw of rates, with ``extra`` kT more of driving force than they were fitted at."""
    stressed = np.isfinite(rates.gamma).all()
    force = rates.force + extra
    faster = np.expm1(force) / np.expm1(rates.force) if stressed else np.exp(extra) * np.ones(len(rates.interface))
    scale = FrontScale(body, min(reference, 0.5 * body.radius), time[-1])
    if not stressed:
        total = sum(
            np.outer(part, way(scale.grid))
            for part, way in (
                (rates.interface, body.interface_time),
                (rates.layer, body.layer_time),
                (rates.film, body.film_time),
            )
        )
        return np.stack([np.interp(time, row, scale.grid) for row in total / faster[:, None]])
    strain = rates.gamma * force / rates.force / traction_slope(body.volume_ratio, body.order)
    arrest = np.minimum(fraction_of_log_thickness(strain, body.volume_ratio, body.order), MOST_REACTED)
    at = float(body.layer_time(scale.depth))
    unit = rates.interface * scale.depth + rates.layer * at
    depth, times, _ = stressed_times(scale, arrest, force, rates.layer * at / unit)
    times = times * (unit / faster)[:, None]
    return np.stack([np.interp(time, t, d) for d, t in zip(depth, times, strict=True)])
