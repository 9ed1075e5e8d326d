"""The word for what limits a front, from the interval of its exponent and from the laws that survive."""

from __future__ import annotations

import dataclasses

from solion.explore.identify.least_squares import LawFit, ProfileInterval
from solion.explore.identify.specimen import Specimen

WORDS = (("ICR", 0.9, 1.1), ("DCR", 0.4, 0.6), ("mixed", 0.55, 0.95))
NOT_DECIDED = "not decided"
RIVAL = 0.05  # of the best law's weight: a law below is out
SURE = 0.95
NAMES = {"interface": "ICR", "layer": "DCR", "film": "surface film", "stress": "stress-limited"}


@dataclasses.dataclass(frozen=True)
class FrontVerdict:
    """``word``: ICR, DCR, mixed, stress-limited, surface film or not decided; ``exponent_word``: by the exponent alone."""

    word: str
    exponent_word: str
    sentences: tuple[str, ...]


def word_of(exponent: ProfileInterval) -> str:
    """ICR where the interval lies inside 0.9 to 1.1, DCR inside 0.4 to 0.6, mixed inside 0.55 to 0.95, else not decided."""
    if exponent.open_low or exponent.open_high:
        return NOT_DECIDED
    return next((word for word, low, high in WORDS if low <= exponent.low and exponent.high <= high), NOT_DECIDED)


def verdict(
    specimen: Specimen,
    exponent: ProfileInterval,
    fits: dict[str, LawFit],
    weights: dict[str, float],
    mechanisms: dict[str, float] | None,
) -> FrontVerdict:
    """The verdict. ``weights``: of laws by AICc; ``mechanisms``: their probabilities from the posterior, where there is one.

    In a wire or sphere a stress-limited reaction bends as diffusion does, so DCR is said only where it is out; and a surface
    film runs as evenly as the interface at first, which is said beside ICR. There the exponent is that of the core's radius.
    """
    by_exponent = word_of(exponent)
    low, high = exponent.low, exponent.high
    said = [f"Depth grows as (t - t0)^n with n = {exponent.value:.3g} ({low:.3g} to {high:.3g}): {by_exponent}."]
    best = max(weights.values())
    rivals = {name: weight / best for name, weight in weights.items()}
    if not specimen.curved:
        said.append(
            "In a plane a surface film and the interface reaction give the same series; only a wire or a "
            "sphere can tell them apart."
        )
        return FrontVerdict(by_exponent, by_exponent, tuple(said))
    said.append(
        "In a wire or a sphere the interface reaction is linear in the radius of the core, not in "
        "fraction or thickness; n is that of a0 - a."
    )
    stressed = max(rivals["stress_limited"], rivals["full"])
    unstressed = max(weight for name, weight in rivals.items() if name not in ("stress_limited", "full", "logarithmic"))
    if unstressed < RIVAL and stressed == 1:
        said.append("No law without stress is left: the front stops as stress eats its drive.")
        return FrontVerdict("stress-limited", by_exponent, tuple(said))
    leading = max(mechanisms, key=lambda name: mechanisms[name]) if mechanisms else ""
    word = by_exponent
    if mechanisms and mechanisms[leading] >= SURE and leading in NAMES:
        word = NAMES[leading]
        said.append(f"By evidence {word} has probability {mechanisms[leading]:.2g}.")
    elif mechanisms and word in ("ICR", "DCR") and mechanisms["interface" if word == "ICR" else "layer"] < 0.5:
        word = NOT_DECIDED
        said.append("The laws that fit best do not bear the exponent out.")
    if word == "DCR" and stressed > RIVAL:
        gap = fits["stress_limited"].corrected_criterion - fits["parabolic"].corrected_criterion
        said.append(
            f"A stress-limited reaction mimics diffusion and is not out (AICc {gap:+.1f} against it): DCR "
            "cannot be said from this series."
        )
        word = NOT_DECIDED
    if word == "ICR" and rivals["film"] > RIVAL:
        said.append("A surface film fits as well: the evenness may be the film's; another size or a thinner film would tell.")
    return FrontVerdict(word, by_exponent, tuple(said))
