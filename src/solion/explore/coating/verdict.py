"""Under or on top: the verdict on a coating from uncertain numbers, what decides it, and what would have to be.

Latin hypercube or scrambled Sobol samples (scipy.stats.qmc), Saltelli's first and total indices (scipy.stats.sobol_indices,
doi:10.1016/j.cpc.2009.09.018) of the logarithm of the threshold, log-derivatives at the medians.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import qmc, sobol_indices

from solion.base.constants import thermal_voltage
from solion.base.errors import InputError
from solion.explore.coating.candidate import CoatingCandidate
from solion.explore.coating.checklist import CoatingChecklist, checklist
from solion.explore.coating.evaluate import CoatingState, Numbers, conductivities, evaluate, network_of, separator
from solion.laws.interphase_growth import cycles_of_excess
from solion.laws.plated_volume import pressure_overpotential
from solion.laws.salt_limit import sand_time

FEW, CHUNK = 512, 8192  # of two compiled shapes, so that no number of samples compiles again
BAND = (0.05, 0.5, 0.95)
MEASURES = ("onset", "range_limit", "naive")
CERTAIN = 0.95
CHARGE = 36000.0  # C/m2 in one mAh/cm2


@dataclass(frozen=True)
class CoatingVerdict:
    """What was found; currents in A/m2, bands at 5, 50 and 95 %.

    ``probability`` of lithium underneath: below the threshold, or a latched top that takes no more than the tolerated share.
    ``sobol``: path -> (first, total index) of ln i_th; ``slopes``: dln i_th/dln input. ``measure_first``: the path of the
    largest total index, empty where all is known. ``thickness``: largest of the layer on lithium for the current (m, 0: none);
    ``blocking``: smallest electronic resistance (ohm m2) that keeps the top below its share. ``cracks``: probability that the
    layer on lithium cracks within the capacity, nan where its strength is not known. ``depletion``: Sand's time of the
    separator (s), infinite where it is not reached.
    """

    candidate: CoatingCandidate
    word: str
    probability: float
    current: float
    bands: dict[str, tuple[float, float, float]]
    slopes: dict[str, float]
    sobol: dict[str, tuple[float, float]]
    measure_first: str
    thickness: tuple[float, float, float]
    blocking: tuple[float, float, float]
    cracks: float
    depletion: float
    checklist: CoatingChecklist
    samples: int
    seed: int
    notes: tuple[str, ...]

    @property
    def sentence(self) -> str:
        low, middle, high = (value / 10 for value in self.bands["onset"])
        scaled = "; D extrapolated in temperature" if any("extrapolated" in note for note in self.notes) else ""
        level = f"threshold {middle:.3g} mA/cm², 5 to 95 % {low:.3g} to {high:.3g}{scaled}"
        if np.isinf(low):
            level = "no threshold, since a layer conducts no electrons"
        if self.word == "under" and middle * 10 < self.current:
            share = self.bands["top_share"][2]
            level += f"; above it a nucleated top takes no more than {share:.2g} of the current, for lack of electrons"
        but = "".join(f" But {words}." for words in self.caveats)
        return (
            f"{self.candidate.name}: {self.word} at {self.current / 10:.4g} mA/cm² (probability of lithium underneath "
            f"{self.probability:.3f}); {level}.{but}"
        )

    @property
    def caveats(self) -> list[str]:
        """What spoils the coating whatever the verdict says."""
        found = ["it reacts with lithium"] if "reactive" in self.checklist.flags else []
        if self.depletion < np.inf:
            found.append(f"the separator's salt is gone after {self.depletion:.3g} s")
        return [*found, "it cracks within the capacity"] if self.cracks >= CERTAIN else found

    @property
    def outlook(self) -> list[str]:
        """What else a cycle of the operation does: efficiency, how long spare lithium lasts, cracks; a sentence each."""
        numbers = self.candidate.numbers
        low, middle, high = self.bands["efficiency"]
        cycles = [float(cycles_of_excess(one, float(numbers["interphase.excess"].at(0.5)))) for one in (low, middle, high)]
        grown = self.bands["interphase"]
        found = [
            f"Coulombic efficiency of the first cycle {100 * middle:.4g} %, 5 to 95 % {100 * low:.4g} to {100 * high:.4g} %: "
            f"spare lithium lasts {cycles[1]:.4g} cycles ({cycles[0]:.4g} to {cycles[2]:.4g}); interphase after it "
            f"{1e9 * grown[1]:.3g} nm."
        ]
        ends = [value / CHARGE for value in self.bands["capacity_limit"]]
        if ends[1] != ends[1]:
            found.append("Cracks: not known; give modulus and toughness of the layer on lithium.")
        else:
            word = "cracks" if self.cracks >= CERTAIN else "holds" if self.cracks <= 1 - CERTAIN else "may crack"
            found.append(
                f"The layer on lithium {word} at {float(numbers['operation.capacity'].at(0.5)) / CHARGE:.3g} mAh/cm² "
                f"(probability of cracks {self.cracks:.3f}); it bears {ends[1]:.3g} mAh/cm², 5 to 95 % "
                f"{ends[0]:.3g} to {ends[2]:.3g}."
            )
        thin, middle, thick = (1e6 * value for value in self.thickness)
        found.append(
            f"Largest thickness of the layer on lithium whose threshold is this current {middle:.3g} µm (5 to 95 % {thin:.3g} to "
            f"{thick:.3g}); smallest electronic resistance that keeps lithium underneath whatever the barrier "
            f"{1e4 * self.blocking[1]:.3g} Ω cm²."
        )
        return found


def at_shares(candidate: CoatingCandidate, shares: np.ndarray) -> Numbers:
    """The numbers at shares (samples, uncertain inputs) of the unit cube; the known ones as numbers."""
    known = {path: number.low for path, number in candidate.numbers.items() if number.known}
    return known | {path: candidate.numbers[path].at(shares[:, k]) for k, path in enumerate(candidate.uncertain)}


def evaluate_many(candidate: CoatingCandidate, x: Numbers, shared: bool = True) -> CoatingState:
    """:func:`evaluate` of any number of samples in pieces of one shape."""
    count = max(np.size(value) for value in x.values())
    piece = FEW if count <= FEW else CHUNK
    padded = -(-count // piece) * piece
    full = {path: np.resize(np.broadcast_to(value, count), padded) for path, value in x.items()}
    parts = []
    for start in range(0, padded, piece):
        found = evaluate(candidate, {path: value[start : start + piece] for path, value in full.items()}, shared)
        parts.append([np.broadcast_to(np.asarray(value), piece) for value in found])
    return CoatingState(*(np.concatenate(column)[:count] for column in zip(*parts, strict=True)))


def draw(candidate: CoatingCandidate, samples: int, seed: int, method: str = "latin_hypercube") -> Numbers:
    """Samples of the uncertain numbers, the same for the same seed."""
    engines: dict[str, Any] = {"latin_hypercube": qmc.LatinHypercube, "sobol": qmc.Sobol}
    if method not in engines or samples < 1:
        raise InputError(f"verdict: {samples} samples by {method!r}; give 1 or more by {' or '.join(engines)}.")
    dimensions = len(candidate.uncertain)
    if not dimensions:
        return at_shares(candidate, np.zeros((samples, 0)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        cube = engines[method](dimensions, seed=np.random.default_rng(seed)).random(samples)
    return at_shares(candidate, np.clip(cube, 1e-12, 1 - 1e-12))


def threshold_indices(candidate: CoatingCandidate, power: int = 10, seed: int = 0) -> dict[str, tuple[float, float]]:
    """First and total Sobol indices of ln i_th, of 2^power base samples, by input."""
    paths = candidate.uncertain
    middle = evaluate_many(candidate, at_shares(candidate, np.full((1, len(paths)), 0.5)), shared=False)
    if not paths or not np.isfinite(middle.onset).all():
        return {}

    def model(shares):
        onset = evaluate_many(candidate, at_shares(candidate, np.clip(shares.T, 1e-12, 1 - 1e-12)), shared=False).onset
        return np.log(np.maximum(onset, 1e-30))

    from scipy.stats import uniform

    indices: Any = sobol_indices  # its keyword is random_state, or rng, by the version of scipy
    found = indices(func=model, n=2**power, dists=[uniform()] * len(paths), random_state=np.random.default_rng(seed))
    pairs = zip(found.first_order, found.total_order, strict=True)
    return {path: (float(a), float(b)) for path, (a, b) in zip(paths, pairs, strict=True)}


def log_slopes(candidate: CoatingCandidate, step: float = 1e-4) -> dict[str, float]:
    """dln i_th/dln input at the medians, by central differences, of every number that is above 0."""
    middle = {path: float(number.at(np.array(0.5))) for path, number in candidate.numbers.items()}
    paths = [path for path, value in middle.items() if value > 0]
    points = {path: np.full(2 * len(paths), value) for path, value in middle.items()}
    for k, path in enumerate(paths):
        points[path][2 * k : 2 * k + 2] *= np.exp([step, -step])
    onset = evaluate_many(candidate, points, shared=False).onset
    if not np.isfinite(onset).all():
        return {}
    values = np.log(np.maximum(onset, 1e-300))
    slopes = (values[::2] - values[1::2]) / (2 * step)
    return {path: float(slope) for path, slope in zip(paths, slopes, strict=True) if abs(slope) > 1e-6}


def largest_thickness(candidate: CoatingCandidate, x: Numbers, state: CoatingState):
    """L of the layer on lithium (m) whose threshold is the operating current, closed; 0 where its interfaces alone exceed it."""
    ions, _ = conductivities(candidate, x)
    others = state.ion_resistance - x["layers.0.thickness"] / ions[0]
    budget = (state.barrier - state.metal_overpotential) / x["operation.current"] - others
    return np.maximum(budget * ions[0], 0.0)


def smallest_blocking(x: Numbers, state: CoatingState):
    """R_e (ohm m2) with which the latched top takes just the tolerated share at the operating current; closed."""
    eps, i, volt = x["operation.tolerated_share"], x["operation.current"], thermal_voltage(x["temperature"])
    under = sum(2 * volt * np.arcsinh((1 - eps) * i / (2 * x[f"interfaces.{name}"])) for name in ("i01", "i02"))
    under = under + (1 - eps) * i * state.ion_resistance + pressure_overpotential(x["operation.pressure"])
    return np.maximum((under - 2 * volt * np.arcsinh(eps * i / (2 * x["interfaces.i0T"]))) / (eps * i), 0.0)


def check_coating(
    candidate: CoatingCandidate, samples: int = 8192, seed: int = 0, method: str = "latin_hypercube", indices: bool = True
) -> CoatingVerdict:
    """The verdict on a candidate."""
    x = draw(candidate, samples, seed, method)
    state = evaluate_many(candidate, x)
    probability = float(np.mean(state.under))
    word = "under" if probability >= CERTAIN else "on top" if probability <= 1 - CERTAIN else "not decided"
    names = (*MEASURES, "conservative", "tolerated", "top_share", "pore_share", "ion_resistance", "electron_resistance")
    names = (*names, "crack_share", "capacity_limit", "efficiency", "interphase")
    bands = {name: band(getattr(state, name)) for name in names}
    sobol = threshold_indices(candidate, seed=seed) if indices else {}
    first = max(sobol, key=lambda path: sobol[path][1], default="")
    middle = at_shares(candidate, np.full((1, len(candidate.uncertain)), 0.5))
    listed = checklist(middle, evaluate_many(candidate, middle))
    i = float(np.median(x["operation.current"]))
    notes = list(candidate.notes)
    salt = float(np.median(state.salt_limit))
    depletion = np.inf
    if i <= salt:
        notes.append(f"Sand's time of the separator: not reached, i_lim {salt / 10:.4g} mA/cm²")
    else:
        depletion = float(np.median(np.asarray(sand_time(x["operation.current"], *separator(x)))))
        notes.append(f"the separator cannot bring this current: i_lim {salt / 10:.4g} mA/cm²")
    if candidate.model == "network":
        layers, table = network_of(candidate)
        notes.append(
            f"composite: in a layer {layers} grains thick the alloy connects both faces in {table.spanning:.0%} of 12 draws"
        )
    return CoatingVerdict(
        candidate,
        word,
        probability,
        i,
        bands,
        log_slopes(candidate),
        sobol,
        first,
        band(largest_thickness(candidate, x, state)),
        band(smallest_blocking(x, state)),
        float(np.mean(state.capacity_limit < x["operation.capacity"])) if np.isfinite(state.capacity_limit).all() else np.nan,
        depletion,
        listed,
        samples,
        seed,
        tuple(notes),
    )


def band(values) -> tuple[float, float, float]:
    """5, 50 and 95 % of samples; nan where they are not known, infinite ones kept."""
    values = np.sort(np.ravel(np.asarray(values, float)))
    if np.isnan(values).any():
        return (np.nan, np.nan, np.nan)
    places = [min(int(share * len(values)), len(values) - 1) for share in BAND]
    low, middle, high = (float(values[k]) for k in places)
    return low, middle, high
