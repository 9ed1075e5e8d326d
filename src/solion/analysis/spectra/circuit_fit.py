"""Least-squares fits of equivalent circuits, and what the data can tell of each number.

The misfit is judged against what a chain of relaxations, which fits any spectrum without a model, leaves over. Numbers along
whose combination the misfit does not change, as two resistors in series, are said to be undetermined, with what is known of them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import jax
import numpy as np
from numpy.typing import ArrayLike, NDArray

from solion.analysis.spectra.circuits import AbstractCircuit, evaluate
from solion.analysis.spectra.data import FEWEST, chain_of_relaxations, read_spectrum
from solion.base.errors import InputError, nearest

UNSEEN = 1e-7  # singular values of the relative Jacobian below this share of the largest: nothing but rounding
SHARE = 1e-3  # of a direction that the data do not see: numbers with a larger part in it are undetermined
MISFIT = 5e-3  # of |Z|: a residual below it is within the accuracy of good instruments
STRUCTURED = 2.0  # times the misfit of a chain of relaxations: the circuit is another
STARTS = 30  # further starts where the given one ends in a misfit that is not noise
CLEARLY = 0.25  # of the cost: elements that change places fit nearly alike, so that another start must halve the misfit
EVALUATIONS = 200
WORST = 1e6  # residuals are cut there, so that no start overflows
LOWEST_EXPONENT = 1e-6


@dataclasses.dataclass(frozen=True)
class CircuitNumber:
    """One number of a fitted circuit with its standard error, which is infinite where the data do not tell the number."""

    name: str
    value: float
    error: float
    unit: str

    @property
    def determined(self) -> bool:
        """Whether the data tell this number: its error is below its value."""
        return self.error < abs(self.value)

    def __str__(self) -> str:
        unit = "" if self.unit in ("", "1") else f" {self.unit}"
        if not np.isfinite(self.error):
            return f"{self.name} = {self.value:.5g}{unit}, not determined"
        if self.error == 0:
            return f"{self.name} = {self.value:.5g}{unit}, fixed"
        digits = 5
        if self.error < abs(self.value):  # down to the second digit of the error
            digits = int(np.floor(np.log10(abs(self.value))) - np.floor(np.log10(self.error))) + 2
        value, error = (f"{x:#.{n}g}".rstrip(".") for x, n in ((self.value, min(digits, 8)), (self.error, 2)))
        return f"{self.name} = {value} ± {error}{unit}"


@dataclasses.dataclass(frozen=True)
class CircuitFit:
    """A fitted circuit: ``numbers`` in order of its elements, ``residual`` the root mean square of |Z_fit - Z|/|Z|.

    ``warnings``: what the data do not tell, and whether the circuit describes them.
    """

    circuit: AbstractCircuit
    numbers: tuple[CircuitNumber, ...]
    residual: float
    warnings: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> CircuitNumber:
        found = [number for number in self.numbers if number.name == name]
        if not found:
            raise InputError(f"CircuitFit: {name!r} is unknown; its numbers are {', '.join(n.name for n in self.numbers)}.")
        return found[0]

    def __str__(self) -> str:
        lines = [str(number) for number in self.numbers]
        lines.append(f"misfit {self.residual:.2g} of |Z|")
        return "\n".join(lines + [f"warning: {text}" for text in self.warnings])


class _Numbers(NamedTuple):
    """The numbers of a circuit: names, units, start values, which of them are free and which are exponents in (0, 1]."""

    names: list[str]
    units: list[str]
    start: NDArray
    free: list[int]
    bounded: NDArray

    def full(self, x: NDArray) -> NDArray:
        """All numbers from the unknowns: logarithms, but of exponents the numbers themselves."""
        full = self.start.copy()
        bounded = self.bounded[self.free]
        full[self.free] = np.where(bounded, x, np.exp(np.where(bounded, 0.0, np.clip(x, -600, 600))))
        return full

    def unknowns(self, values: NDArray) -> NDArray:
        inside = np.clip(values, 2 * LOWEST_EXPONENT, 1 - 1e-6)
        return np.where(self.bounded, inside, np.log(np.where(self.bounded, 1.0, values)))[self.free]

    @property
    def bounds(self) -> tuple[NDArray, NDArray]:
        bounded = self.bounded[self.free]
        return np.where(bounded, LOWEST_EXPONENT, -np.inf), np.where(bounded, 1.0, np.inf)


def _numbers(circuit: AbstractCircuit, fixed: Sequence[str]) -> _Numbers:
    names, units, start, bounded = [], [], [], []
    for k, part in enumerate(circuit.parts):
        for field in dataclasses.fields(part):
            if field.metadata.get("parameter"):
                names.append(f"{type(part).__name__}{k}.{field.name}")
                units.append(field.metadata["unit"])
                start.append(float(getattr(part, field.name)))
                bounded.append(bool(np.isfinite(field.metadata["high"])))
    for name in fixed:
        if name not in names:
            raise InputError(f"fit_circuit: fixed number {name!r} is unknown{nearest(name, names)}; it has {', '.join(names)}.")
    free = [k for k, name in enumerate(names) if name not in fixed]
    return _Numbers(names, units, np.array(start), free, np.array(bounded))


def fit_circuit(
    circuit: AbstractCircuit, frequency: ArrayLike, impedance: ArrayLike, *, fixed: Sequence[str] = (), tolerance: float = 1e-12
) -> CircuitFit:
    """Least squares on (Z_fit - Z)/|Z|, real and imaginary together, from the circuit's own numbers as a start.

    ``frequency`` in Hz. Positive numbers are fitted by their logarithm, exponents within (0, 1]. Numbers are named by
    the element's place and class, ``Zarc2.time`` for the third element; those in ``fixed`` keep their value. Where the start
    leads to a misfit that is not noise, others are tried and the best is taken. Standard errors take each residual for the
    noise of its own row, so that they hold where noise is not an equal share of |Z| (MacKinnon and White 1985, HC3,
    doi:10.1016/0304-4076(85)90158-7). Raises InputError for data that do not match or too few points.
    """
    omega, z, warnings = read_spectrum("fit_circuit", frequency, impedance)
    numbers = _numbers(circuit, fixed)
    if 2 * omega.size <= len(numbers.free):
        raise InputError(f"fit_circuit: {omega.size} frequencies are too few for {len(numbers.free)} numbers.")

    form = jax.tree.structure(circuit)

    def filled(x):
        return jax.tree.unflatten(form, [float(value) for value in numbers.full(x)])

    def residuals(x):
        with np.errstate(all="ignore"):
            off = (evaluate(filled(x), omega) - z) / np.abs(z)
        off = np.nan_to_num(np.concatenate((off.real, off.imag)), nan=WORST, posinf=WORST, neginf=-WORST)
        return np.clip(off, -WORST, WORST)

    noise = chain_of_relaxations(omega, z).misfit if omega.size >= FEWEST else 0.0
    found = _best(residuals, numbers, omega, z, tolerance, max(MISFIT, STRUCTURED * noise))
    value = numbers.full(found.x)
    misfit = float(np.sqrt(2 * found.cost / omega.size))
    error, unseen = _errors(found, numbers, value, 2 * omega.size)
    fitted = tuple(map(CircuitNumber, numbers.names, map(float, value), map(float, error), numbers.units))
    best = filled(found.x)
    late = () if found.status > 0 else (f"least squares did not converge in {EVALUATIONS} evaluations.",)
    notes = (*warnings, *late, *unseen, *_described(misfit, noise, best.impedance(omega), omega, z))
    return CircuitFit(best, fitted, misfit, notes)


def _best(residuals, numbers: _Numbers, omega, z, tolerance, acceptable):
    """The fit of least cost from the given start and, where that misses the data, from others: at first around the given one,
    then of the sizes that impedances and frequencies of the data have."""
    from scipy.optimize import least_squares

    random = np.random.default_rng(0)
    best: Any = None
    for attempt in range(1 + STARTS):
        start = numbers.start.copy()
        if attempt:
            around = start * np.exp(2.0 * random.standard_normal(start.size))
            sized = [_sized(unit, np.abs(z), omega, random) for unit in numbers.units]
            start = np.where(numbers.bounded, random.uniform(0.5, 1.0, start.size), sized if attempt % 3 else around)
        found = least_squares(
            residuals,
            numbers.unknowns(start),
            jac="3-point",
            bounds=numbers.bounds,
            xtol=tolerance,
            ftol=tolerance,
            gtol=tolerance,
            max_nfev=EVALUATIONS,
        )
        if best is None or found.cost < CLEARLY * best.cost:
            best = found
        if np.sqrt(2 * best.cost / omega.size) <= acceptable:
            break
    return best


def _sized(unit: str, size: NDArray, omega: NDArray, random) -> float:
    """A number of the order that the data have, by its unit: ohm |Z|, s 1/omega, H |Z|/omega, F and S s^n 1/(|Z| omega)."""
    resistance = np.exp(random.uniform(np.log(size.min()), np.log(size.max())))
    time = np.exp(-random.uniform(np.log(omega.min()), np.log(omega.max())))
    sizes = {"ohm": resistance, "s": time, "H": resistance * time}
    return sizes.get(unit.split(" ")[0], time / resistance)


def _errors(found, numbers: _Numbers, value, rows: int) -> tuple[NDArray, list[str]]:
    """Standard errors of all numbers, infinite along directions that the data do not see, and sentences on these."""
    free = numbers.free
    scale = np.where(numbers.bounded[free], value[free], 1.0)  # relative changes of every number
    places, size, directions = np.linalg.svd(found.jac * scale, full_matrices=False)
    seen = size > UNSEEN * size.max()
    places = places[:, seen]
    left = np.maximum(1 - np.sum(places**2, axis=1), 1 / rows)  # of a residual, once the fit has bent towards its row
    noise = np.maximum(np.abs(found.fun) / left, np.finfo(float).eps)
    relative = np.sqrt(np.sum(((directions[seen].T / size[seen]) @ (places * noise[:, None]).T) ** 2, axis=1))
    hidden = directions[~seen]
    relative[np.any(np.abs(hidden) > SHARE, axis=0)] = np.inf
    error = np.zeros(value.size)
    error[free] = relative * value[free]
    sentences = _hidden(hidden, numbers, value)
    weak = [numbers.names[k] for k in free if np.isfinite(error[k]) and error[k] >= abs(value[k])]
    if weak:
        sentences.append(f"the data do not determine {', '.join(weak)}: the error is as large as the number; leave it out.")
    return error, sentences


def _hidden(directions: NDArray, numbers: _Numbers, value: NDArray) -> list[str]:
    """What is known where relative changes of the numbers along these directions leave no trace."""
    part = np.flatnonzero(np.any(np.abs(directions) > SHARE, axis=0))
    if not len(part):
        return []
    names = " and ".join(numbers.names[numbers.free[k]] for k in part)
    begin = f"the data do not determine {names}"
    if len(part) == len(directions):
        return [f"{begin}: nothing depends on it here; leave its element out or fix it."]
    if len(directions) == 1:
        change, size = directions[0, part], value[numbers.free][part]
        if abs(change @ size) < 1e-2 * np.abs(change * size).sum():
            return [f"{begin}: only their sum is known, {size.sum():.5g}; fix one or leave it out."]
        if abs(change.sum()) < 1e-2 * np.abs(change).sum():
            return [f"{begin}: only their product is known; fix one of them."]
    return [f"{begin} one by one: they can change together without a trace; fix one or leave out an element."]


def _described(misfit: float, noise: float, fitted, omega, z) -> Iterator[str]:
    """A sentence where the residual is not that of noise, with the remedy."""
    if misfit <= max(MISFIT, STRUCTURED * noise):
        return
    first, last = np.argmax(omega), np.argmin(omega)
    remedy = "another element is needed, or other start values"
    if z[first].imag - fitted[first].imag > misfit * abs(z[first]) and z[first].imag > 0:
        remedy = "the imaginary part rises at high frequency, an inductance of the leads: add + Inductor(...)"
    elif z[last].imag > 0:
        remedy = "the imaginary part is positive at low frequency, an inductive loop: add a branch with an Inductor"
    yield (
        f"the circuit does not describe the data: its misfit of {misfit:.2g} of |Z| is {misfit / max(noise, 1e-12):.3g} times "
        f"that of relaxations without a model ({noise:.2g}), so that its errors mean little; {remedy}."
    )
