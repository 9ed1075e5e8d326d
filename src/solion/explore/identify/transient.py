"""The resolved particle fitted to a series: what the laws leave out, carriers on their way through the product, is in it.

With a material and the potential at which the particle was held, the excess c_s - c_eq and the driving force are known, so that
k, D and sigma_Y follow themselves, not only k dc, D dc and Gamma. A run of :class:`AlloyParticle` is the model, its logarithms
and the start time are free, least squares begin from the quasi-steady law; intervals are those of the linearised model.
"""

from __future__ import annotations

import dataclasses
import math
import time
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from scipy import optimize, stats

from solion.base.constants import ELEMENTARY_CHARGE, thermal_voltage
from solion.base.errors import InputError
from solion.base.parameters import as_arrays, without_sources
from solion.devices import AlloyParticle, Plate, Sphere, Wire
from solion.devices.alloy_system import MOST_SURFACE, core_of
from solion.experiments.assembly import assemble
from solion.experiments.run_loop import checked, pace, prepare_run, run_loop, start_run
from solion.experiments.transient import simulate
from solion.explore.identify.least_squares import FrontModel, LawFit, ProfileInterval
from solion.explore.identify.resolved_posterior import ResolvedPosterior, sample_resolved
from solion.laws.core_shell.arrest import driving_of_arrest
from solion.laws.core_shell.shell import RigidPlastic
from solion.materials.alloy_host import AlloyHost
from solion.numerics.stepping.integrate import Tolerance, begin
from solion.protocols import hold

CELLS, SAMPLES = 24, 120
STEP = 2e-3  # of a logarithm, for slopes
FACTOR = 30.0  # either way of the first guess that a number may go
SHARES = (0.05, 0.5, 0.95)  # of the layer, where the fits begin
BOUNDED = 0.7  # standard deviation of a logarithm (a factor of two) above which a number is not known
SHAPES = {"wire": Wire, "sphere": Sphere}


@dataclasses.dataclass(frozen=True)
class TransientFit:
    """``numbers``: k (m/s), D (m2/s), sigma_Y (Pa; wires and spheres) and the start (s), each with its interval; open where the
    series does not bound it. ``stefan``: the largest of the run, a third of which the quasi-steady laws err in time.
    """

    device: AlloyParticle
    potential: float
    numbers: dict[str, ProfileInterval]
    fitted: np.ndarray
    cost: float
    corrected_criterion: float
    stefan: float
    runs: int
    seconds: float

    at_end: bool  # whether the offset lies at an end of its range, where linearised intervals are too narrow
    posterior: ResolvedPosterior | None = None

    @property
    def sentence(self) -> str:
        """What it found."""
        units = {"front_rate": "m/s", "diffusivity": "m2/s", "yield_stress": "Pa", "start": "s"}
        said = [
            f"{name.replace('_', ' ')} {found.value:.3g} {units[name]}"
            + (" (not bounded)" if found.open_low else f" ({found.low:.3g} to {found.high:.3g})")
            for name, found in self.numbers.items()
        ]
        return (
            f"The resolved particle of {self.device.material.name} at {self.potential:g} V: {', '.join(said)}; AICc "
            f"{self.corrected_criterion:.2f}, Stefan number up to {self.stefan:.2g}, {self.runs} runs."
            + (" The offset lies at an end of its range: these intervals are too narrow; give --offset." if self.at_end else "")
            + ("" if self.posterior is None else " " + self.posterior.sentence)
        )


def body_of(model: FrontModel, material: AlloyHost) -> AlloyParticle:
    """The particle that a series was measured on. Raises InputError where its volume ratio is not the material's."""
    specimen = model.series.specimen
    if abs(specimen.volume_ratio / float(material.ratio) - 1) > 0.01:
        raise InputError(
            f"volume_ratio = {specimen.volume_ratio:g} is not that of {material.name}, {float(material.ratio):g}: beta and x "
            "belong together; leave volume_ratio out, or give another material."
        )
    if specimen.curved:
        return AlloyParticle(material, SHAPES[specimen.shape](specimen.radius))
    deepest = 4 * float(np.max(model.series.depth))
    return AlloyParticle(material, Plate(specimen.radius if specimen.finite else max(deepest, 2e-9)))


class ResolvedModel:
    """Lengths at a series' rows by runs of the particle, of numbers (logarithms of ``names``, then the start over the series'
    duration and the offset over the error of a row, where they are free)."""

    def __init__(self, model: FrontModel, device: AlloyParticle, potential: float, names: list[str]):
        self.model, self.device, self.potential, self.names = model, device, potential, names
        series, (low, high) = model.series, model.around.begin
        self.start, self.error = low, float(np.median(model.sigma))
        self.start_free, self.offset_free = low < high, model.around.offset > 0
        self.ends = [(low / series.span, high / series.span)] * self.start_free
        self.ends += [(-model.around.offset / self.error, model.around.offset / self.error)] * self.offset_free
        self.duration = float(series.time[-1]) - low
        self.protocol = hold(voltage=potential, duration=self.duration, samples=SAMPLES)
        self.tolerance = checked(Tolerance(relative=1e-6, absolute=1e-9))
        self.plan = assemble(device, self.protocol, CELLS, dict(device.unless_given().watch))  # one program with simulate's
        self.profile = jnp.asarray(device.profile(device.unless_given().initial, CELLS), float)
        prepare_run(self.plan, self.profile, self.tolerance)
        self.record = start_run(self.plan, self.profile)[1]
        self.prepare, self.cores = jax.jit(self._prepared), jax.jit(core_of)
        self.runs = 0

    def particle(self, parts) -> AlloyParticle:
        """The particle with these numbers."""
        numbers: dict[str, Any] = dict(zip(self.names, jnp.exp(jnp.asarray(parts)), strict=False))
        if "yield_stress" in numbers:
            within: Any = jnp.clip(numbers.pop("yield_stress"), 5e6, 2e10)
            numbers["shell"] = RigidPlastic(yield_stress=within)
        return dataclasses.replace(self.device, material=dataclasses.replace(self.device.material, **numbers))

    def _prepared(self, parts):
        """(system, state before the first step, time before it in s), compiled: objects take longer to make than a run."""
        body = self.particle(parts)
        system = as_arrays(without_sources(body).system(CELLS))
        state, _ = begin(system, self.plan.schedule, system.unknowns(self.profile), samples=1)
        return system, state, body.shell_time(self.potential)

    def run(self, parts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Times since the reaction began (s), and depths (m): what ``simulate`` does, without what a result says beside them."""
        self.runs += 1
        system, state, before = self.prepare(parts)
        now = self.plan._replace(system=system)
        # its tables serve every run: they are filled anew, from zero
        record = self.record._replace(**{name: np.zeros((), int) for name in ("samples", "events", "knots")})
        _, self.record = run_loop(now, self.tolerance, state, record, attempts=pace(CELLS))
        filled = int(self.record.samples)
        moments = np.asarray(self.record.time)[:filled] * float(now.scales.time) + float(before)
        depth = float(self.device.shape.radius) * (1 - np.asarray(self.cores(self.record.y))[:filled])
        return np.append(0.0, moments), np.append(0.0, depth)

    def lengths(self, parts: np.ndarray, run) -> np.ndarray:
        """At the rows, over the error of each."""
        series, rest = self.model.series, list(parts[len(self.names) :])
        start = rest.pop(0) * series.span if self.start_free else self.start
        offset = rest.pop(0) * self.error if self.offset_free else 0.0
        deep = np.interp(np.maximum(series.time - start, 0.0), *run)
        return (series.meaning.of_depth(series.specimen, deep) + offset) / self.model.sigma

    def residual(self, parts: np.ndarray) -> np.ndarray:
        """Of the rows, over their errors."""
        return self.lengths(parts, self.run(parts)) - self.model.series.value / self.model.sigma

    def slopes(self, parts: np.ndarray) -> np.ndarray:
        """Derivatives of the residual, by differences: a run for each logarithm, none for start and offset."""
        here, columns = self.run(parts), []
        base = self.lengths(parts, here)
        for k in range(len(parts)):
            moved = parts + STEP * (np.arange(len(parts)) == k)
            columns.append((self.lengths(moved, self.run(moved) if k < len(self.names) else here) - base) / STEP)
        return np.stack(columns, axis=1)


def fit_transient(
    begin: LawFit, material: AlloyHost, potential: float, *, posterior: bool = False, seed: int = 0
) -> TransientFit:
    """Fit the resolved particle from a law of interface and layer (and stress, of a wire or sphere).

    ``potential`` (V, against the carrier metal): at which the particle was held; 0 in direct contact with the metal.
    ``posterior``: nested sampling of its numbers as well (:mod:`.resolved_posterior`).
    Raises InputError for one at or above the plateau, where nothing would react.
    """
    began, model, series = time.perf_counter(), begin.model, begin.model.series
    device, plateau = body_of(model, material), float(material.plateau)
    lowest = -float(thermal_voltage(device.temperature)) * math.log(MOST_SURFACE)
    if not lowest < potential < plateau:
        raise InputError(
            f"potential = {potential:g} V is outside its allowed range ({lowest:.3g}, {plateau:g}) V: above the plateau of "
            f"{material.name} no front moves, below the range the carrier metal plates."
        )
    names, guesses = _guesses(begin, device, plateau - potential)
    resolved, reach = ResolvedModel(model, device, potential, names), np.log(FACTOR)
    tried = []
    for first in np.log(guesses):  # the valley from reaction to layer is long and flat: begin in three places
        ends = np.array([*((value - reach, value + reach) for value in first), *resolved.ends]).T
        known = [begin.values["start"] / series.span] * resolved.start_free + [0.0] * resolved.offset_free
        guess = np.clip(np.append(first, known), ends[0] + 1e-6, ends[1] - 1e-6)
        tried.append(
            optimize.least_squares(
                resolved.residual,
                guess,
                jac=resolved.slopes,  # pyright: ignore[reportArgumentType]
                bounds=(ends[0], ends[1]),
                xtol=1e-4,
                ftol=1e-5,
                max_nfev=25,
            )
        )
    found = min(tried, key=lambda entry: entry.cost)
    cost, rows, count = 2 * float(found.cost), len(series), len(found.x) + (series.sigma is None)
    noise = 1.0 if series.sigma is not None else cost / max(rows - count, 1)
    information = found.jac.T @ found.jac / noise
    if resolved.offset_free:  # an offset is as likely anywhere in its range
        information[-1, -1] += 3 / resolved.ends[-1][1] ** 2
    spread = np.sqrt(np.maximum(np.diag(np.linalg.pinv(information, rcond=1e-12)), 0))
    numbers: dict[str, ProfileInterval] = {}
    for k, name in enumerate([*names, *["start"] * resolved.start_free]):
        value, low, high = found.x[k] + spread[k] * np.array([0, -1, 1]) * float(stats.norm.ppf(0.975))
        scaled = (np.exp if k < len(names) else lambda share: share * series.span)(np.array([value, low, high]))
        loose = k < len(names) and bool(spread[k] > BOUNDED or np.linalg.norm(found.jac[:, k]) < 1e-3)
        numbers[name] = ProfileInterval(float(scaled[0]), float(scaled[1]), float(scaled[2]), loose, loose)
    best = resolved.particle(found.x)
    stefan = float(simulate(best, resolved.protocol, cells=CELLS).dataset["stefan"].max())
    fitted = series.value + found.fun * model.sigma
    criterion = model.deviance_of(cost) + 2 * count + 2 * count * (count + 1) / max(rows - count - 1, 0.5)
    at_end = resolved.offset_free and bool(abs(found.x[-1]) > 0.99 * resolved.ends[-1][1])
    drawn = sample_resolved(resolved, found.x, spread, float(np.sqrt(noise)) * resolved.error, seed) if posterior else None
    seconds = time.perf_counter() - began
    return TransientFit(best, potential, numbers, fitted, cost, criterion, stefan, resolved.runs, seconds, at_end, drawn)


def _guesses(begin: LawFit, device: AlloyParticle, drive: float) -> tuple[list[str], np.ndarray]:
    """Names and first values, (guesses, numbers), from a quasi-steady law and the excess and driving force that are known."""
    material, model = device.material, begin.model
    specimen, values = model.series.specimen, begin.values
    depth, formula = model.scale.depth, material.formula
    excess = float(material.excess(float(material.plateau) - drive) - material.excess(float(material.plateau)))
    stress, slowed = [], 1.0
    if specimen.curved:
        gamma = float(driving_of_arrest(values["arrest_fraction"], specimen.volume_ratio, specimen.order))
        volt = drive * ELEMENTARY_CHARGE * float(formula.stoichiometry) / (gamma * float(formula.host_volume))
        stress = [float(np.clip(volt, 6e6, 1e10))]
        # half way to arrest, half of the work of stress slows the front
        slowed = np.exp(0.25 * min(drive / float(thermal_voltage(device.temperature)), 8.0))
    found = []
    for share in SHARES:
        rate = (1 - share) * depth / values["half_time"] / excess * slowed
        found.append([rate, share * float(specimen.layer_time(depth)) / values["half_time"] / excess, *stress])
    return ["front_rate", "diffusivity", "yield_stress"][: len(found[0])], np.array(found)
