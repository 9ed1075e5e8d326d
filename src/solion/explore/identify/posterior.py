"""Posterior and evidence of each law by nested sampling (dynesty), and how probable each mechanism is."""

from __future__ import annotations

import dataclasses
import importlib
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import logsumexp, ndtr

from solion.base.errors import InputError
from solion.explore.identify.front_laws import stressed_times
from solion.explore.identify.least_squares import FrontModel, LawFit

LIVE = 100  # points of the sampler: an error of some 0.3 in the logarithm of an evidence
STOP = 0.1  # of the logarithm of the evidence that may be left
KEPT = 200  # equal draws
MECHANISMS = {
    "interface": "interface reaction",
    "layer": "diffusion through the product",
    "film": "surface film",
    "stress": "stress",
    "logarithm": "a barrier that grows",
}


@dataclasses.dataclass(frozen=True)
class LawPosterior:
    """Equal draws of a law's numbers (draws, numbers; the start last), logarithm of its evidence and that one's error.

    ``parts``: share of the time to the last depth which interface, layer, film and stress take, by draw; empty for a law without
    mechanism.
    """

    fit: LawFit
    values: np.ndarray
    log_evidence: float
    error: float
    calls: int
    parts: np.ndarray


def sample(fit: LawFit, deviation: float, seed: int = 0) -> LawPosterior:
    """Nested sampling of a law over the ranges of its numbers, all equally probable there; the offset is integrated out.

    ``deviation``: noise of a row where the series does not know it. Raises InputError where dynesty is not installed.
    """
    model = fit.model
    sigma = model.sigma if model.series.sigma is not None else np.full(len(model.series), deviation)
    if not model.numbers:
        raise InputError(f"the law {fit.law.name} has no free number to sample.")

    def likelihood(shares: np.ndarray) -> np.ndarray:
        return marginal(model.series.value - model.lengths(model.values(shares)), sigma, model.around.offset)

    shares, log_evidence, error, calls = nested(likelihood, len(model.numbers), seed)
    values = model.values(shares)
    return LawPosterior(fit, values, log_evidence, error, calls, _parts(model, values))


def nested(likelihood: Callable[[np.ndarray], np.ndarray], count: int, seed: int) -> tuple[np.ndarray, float, float, int]:
    """(equal draws of ``count`` shares, logarithm of the evidence, its error, calls) of a likelihood of sets of shares."""
    try:
        dynesty: Any = importlib.import_module("dynesty")
    except ImportError:
        raise InputError("a posterior needs the package dynesty: pip install 'solion[identify]', or leave it out.") from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sampler = dynesty.NestedSampler(
            lambda share: float(likelihood(share[None])[0]),
            lambda share: share,
            count,
            nlive=LIVE,
            sample="unif",
            rstate=np.random.default_rng(seed),
        )
        sampler.run_nested(print_progress=False, dlogz=STOP)
    found = sampler.results
    weight = np.exp(found.logwt - found.logz[-1])
    draws = np.random.default_rng(seed).choice(len(weight), KEPT, p=weight / weight.sum())
    return found.samples[draws], float(found.logz[-1]), float(found.logzerr[-1]), int(np.sum(found.ncall))


def marginal(off: np.ndarray, sigma: np.ndarray, reach: float) -> np.ndarray:
    """Logarithm of the likelihood of what lengths are ``off`` (sets, rows), an offset within +-``reach`` integrated out."""
    weight = sigma**-2
    total, constant = weight.sum(), -0.5 * np.sum(np.log(2 * np.pi * sigma**2))
    if reach == 0:
        return constant - 0.5 * (off**2 @ weight)
    best = off @ weight / total
    square = (off - best[:, None]) ** 2 @ weight
    inside = ndtr((reach - best) * np.sqrt(total)) - ndtr((-reach - best) * np.sqrt(total))
    width = np.sqrt(2 * np.pi / total) / (2 * reach)
    outside = np.maximum(np.abs(best) - reach, 0) ** 2 * total / 2  # keeps a slope where the range is far off
    return constant - 0.5 * square + np.log(width * np.maximum(inside, 1e-30)) - np.where(inside < 1e-30, outside, 0)


def _parts(model: FrontModel, values: np.ndarray) -> np.ndarray:
    """(draws, 4) shares of interface, layer, film and stress of the time to the deepest fitted depth."""
    name, scale = model.law.name, model.scale
    if not model.law.mechanism or name == "logarithmic":
        return np.empty((len(values), 0))
    end = model.depths(values).max(1)
    if name in ("stress_limited", "full"):
        layer = values[:, 1] if name == "full" else np.zeros(len(values))
        arrest, force = values[:, -3], values[:, -2]
        depth, _, parts = stressed_times(scale, arrest, force, layer)
        at_end = [
            [np.interp(y, row, part) for part in three] for y, row, three in zip(end, depth, parts.swapaxes(0, 1), strict=True)
        ]
        interface, through, stress = np.array(at_end).T
        found = np.stack([interface, through, 0 * stress, np.maximum(stress, 0)], axis=1)
    else:
        share = {"linear": 0.0, "parabolic": 1.0, "film": 0.0}.get(name, values[:, 1] if name == "deal_grove" else 0.0)
        times = [np.interp(end, scale.grid, part) for part in scale.times]
        film = float(name == "film")
        found = np.stack([(1 - share - film) * times[0], share * times[1], film * times[2], 0 * times[0]], axis=1)
    return found / np.maximum(found.sum(1, keepdims=True), 1e-300)


def probabilities(posteriors: list[LawPosterior]) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """(of laws, of mechanisms, mean shares of the time), all laws equally probable before.

    A mechanism is as probable as that it takes the largest share of the time to the last depth.
    """
    logs = np.array([found.log_evidence for found in posteriors])
    weights = np.exp(logs - logsumexp(logs))
    laws = {found.fit.law.name: float(weight) for found, weight in zip(posteriors, weights, strict=True)}
    mechanisms, shares = dict.fromkeys(MECHANISMS, 0.0), dict.fromkeys(MECHANISMS, 0.0)
    for found, weight in zip(posteriors, weights, strict=True):
        if not found.parts.size:
            mechanisms["logarithm"] += float(weight)
            shares["logarithm"] += float(weight)
            continue
        largest = np.bincount(np.argmax(found.parts, axis=1), minlength=4) / len(found.parts)
        for k, name in enumerate(list(MECHANISMS)[:4]):
            mechanisms[name] += float(weight * largest[k])
            shares[name] += float(weight * found.parts[:, k].mean())
    return laws, mechanisms, shares
