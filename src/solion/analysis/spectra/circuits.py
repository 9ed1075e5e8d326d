"""Equivalent circuits of impedance spectra: elements joined in series by ``+`` and in parallel by ``|``, fitted by least squares.

Impedances per area (ohm m^2) or whole (ohm): the units of the numbers are those of the data.

    circuit = Resistor(1e-3) + (Resistor(2e-3) | ConstantPhase(0.1, 0.9)) + FiniteSpaceWarburg(1e-2, 10.0) found =
    fit_circuit(circuit, frequency, impedance)
"""

from __future__ import annotations

import dataclasses
from abc import abstractmethod
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from solion.base.errors import InputError
from solion.base.parameters import Part, parameter


class AbstractCircuit(Part):
    """Anything with an impedance Z(omega), omega in rad/s."""

    @abstractmethod
    def impedance(self, omega: NDArray) -> NDArray:
        """Complex impedance at angular frequencies (rad/s)."""

    @property
    @abstractmethod
    def parts(self) -> tuple[AbstractCircuit, ...]:
        """The elements in order; of an element itself."""

    def __add__(self, other: AbstractCircuit) -> Series:
        return Series(_joined(Series, self) + _joined(Series, other))

    def __or__(self, other: AbstractCircuit) -> Parallel:
        return Parallel(_joined(Parallel, self) + _joined(Parallel, other))


def _joined(kind, circuit) -> tuple[AbstractCircuit, ...]:
    return circuit.members if isinstance(circuit, kind) else (circuit,)


class AbstractElement(AbstractCircuit):
    """One element with numbers of its own."""

    @property
    def parts(self):
        return (self,)


class Resistor(AbstractElement):
    """Z = R."""

    resistance: float = parameter(unit="ohm m^2", low=0, open_low=True, doc="R")

    def impedance(self, omega):
        return np.full(np.shape(omega), self.resistance, complex)


class Capacitor(AbstractElement):
    """Z = 1/(i omega C)."""

    capacitance: float = parameter(unit="F/m^2", low=0, open_low=True, doc="C")

    def impedance(self, omega):
        return 1 / (1j * omega * self.capacitance)


class Inductor(AbstractElement):
    """Z = i omega L: the leads."""

    inductance: float = parameter(unit="H m^2", low=0, open_low=True, doc="L")

    def impedance(self, omega):
        return 1j * omega * self.inductance


class ConstantPhase(AbstractElement):
    """Z = 1/(Q (i omega)^n); n = 1 is a capacitor."""

    admittance: float = parameter(unit="S s^n/m^2", low=0, open_low=True, doc="Q")
    exponent: float = parameter(low=0, high=1, open_low=True, doc="n")

    def impedance(self, omega):
        return 1 / (self.admittance * (1j * omega) ** self.exponent)


class Zarc(AbstractElement):
    """Z = R/(1 + (i omega tau)^n): a resistor beside a constant phase element, with its peak at 1/tau."""

    resistance: float = parameter(unit="ohm m^2", low=0, open_low=True, doc="R")
    time: float = parameter(unit="s", low=0, open_low=True, doc="tau")
    exponent: float = parameter(1.0, low=0, high=1, open_low=True, doc="n")

    def impedance(self, omega):
        return self.resistance / (1 + (1j * omega * self.time) ** self.exponent)


class FiniteSpaceWarburg(AbstractElement):
    """Z = R coth(s)/s, s = sqrt(i omega tau): diffusion towards a wall that lets nothing through, tau = L^2/D."""

    resistance: float = parameter(unit="ohm m^2", low=0, open_low=True, doc="R, slope of the 45 degree part")
    time: float = parameter(unit="s", low=0, open_low=True, doc="tau")

    def impedance(self, omega):
        s = np.sqrt(1j * omega * self.time)
        return self.resistance / (s * _tanh(s))


class FiniteLengthWarburg(AbstractElement):
    """Z = R tanh(s)/s, s = sqrt(i omega tau): diffusion towards a reservoir; R at zero frequency."""

    resistance: float = parameter(unit="ohm m^2", low=0, open_low=True, doc="R at zero frequency")
    time: float = parameter(unit="s", low=0, open_low=True, doc="tau")

    def impedance(self, omega):
        s = np.sqrt(1j * omega * self.time)
        return self.resistance * _tanh(s) / s


def _tanh(s):
    """tanh of a number with a positive real part, without overflow."""
    decay = np.exp(-2 * s)
    return (1 - decay) / (1 + decay)


class Series(AbstractCircuit):
    """Circuits one after the other."""

    members: tuple[AbstractCircuit, ...]

    def impedance(self, omega):
        return np.sum([member.impedance(omega) for member in self.members], axis=0)

    @property
    def parts(self):
        return tuple(part for member in self.members for part in member.parts)


class Parallel(AbstractCircuit):
    """Circuits side by side."""

    members: tuple[AbstractCircuit, ...]

    def impedance(self, omega):
        return 1 / np.sum([1 / member.impedance(omega) for member in self.members], axis=0)

    @property
    def parts(self):
        return tuple(part for member in self.members for part in member.parts)


@dataclasses.dataclass(frozen=True)
class Fitted:
    """One number of a fitted circuit with its standard error."""

    name: str
    value: float
    error: float
    unit: str

    def __str__(self) -> str:
        return f"{self.name} = {self.value:.5g} ± {self.error:.2g} {self.unit}".rstrip(" 1")


@dataclasses.dataclass(frozen=True)
class CircuitFit:
    """A fitted circuit: ``numbers`` in order of its elements, ``residual`` the root mean square of |Z_fit - Z|/|Z|."""

    circuit: AbstractCircuit
    numbers: tuple[Fitted, ...]
    residual: float

    def __getitem__(self, name: str) -> Fitted:
        found = [number for number in self.numbers if number.name == name]
        if not found:
            raise InputError(
                f"CircuitFit: {name!r} is unknown; its numbers are {', '.join(n.name for n in self.numbers)}."
            )
        return found[0]


def _places(circuit: AbstractCircuit) -> Iterator[tuple[int, dataclasses.Field]]:
    for k, part in enumerate(circuit.parts):
        for field in dataclasses.fields(part):
            if field.metadata.get("parameter"):
                yield k, field


def _with(circuit: AbstractCircuit, numbers: Iterator[float]) -> AbstractCircuit:
    """The same circuit with other numbers, taken in order."""
    if isinstance(circuit, Series | Parallel):
        return type(circuit)(tuple(_with(member, numbers) for member in circuit.members))
    names = [field.name for field in dataclasses.fields(circuit) if field.metadata.get("parameter")]
    return dataclasses.replace(circuit, **{name: float(next(numbers)) for name in names})


def fit_circuit(
    circuit: AbstractCircuit,
    frequency: ArrayLike,
    impedance: ArrayLike,
    *,
    fixed: Sequence[str] = (),
    tolerance: float = 1e-12,
) -> CircuitFit:
    """Least squares on (Z_fit - Z)/|Z|, real and imaginary together, from the circuit's own numbers as a start.

    ``frequency`` in Hz. Positive numbers are fitted by their logarithm, exponents within (0, 1]. Numbers are named by
    the element's place and class, ``Zarc2.time`` for the third element; those in ``fixed`` keep their value. Standard
    errors follow from the Jacobian and the residual. Raises InputError for data that do not match or too few points,
    and RunError where it does not converge.
    """
    from scipy.optimize import least_squares

    from solion.base.errors import RunError, nearest

    omega, z = _data("fit_circuit", frequency, impedance)
    places = list(_places(circuit))
    names = [f"{type(circuit.parts[k]).__name__}{k}.{field.name}" for k, field in places]
    for name in fixed:
        if name not in names:
            raise InputError(
                f"fit_circuit: fixed number {name!r} is unknown{nearest(name, names)}; it has {', '.join(names)}."
            )
    free = [k for k, name in enumerate(names) if name not in fixed]
    if 2 * omega.size <= len(free):
        raise InputError(f"fit_circuit: {omega.size} frequencies are too few for {len(free)} numbers.")
    start = np.array([float(getattr(circuit.parts[k], field.name)) for k, field in places])
    bounded = np.array([np.isfinite(field.metadata["high"]) for _, field in places])

    def numbers(x):
        full = start.copy()
        full[free] = np.where(bounded[free], x, np.exp(np.where(bounded[free], 0.0, x)))
        return full

    def residuals(x):
        off = (_with(circuit, iter(numbers(x))).impedance(omega) - z) / np.abs(z)
        return np.concatenate((off.real, off.imag))

    x0 = np.where(bounded, np.minimum(start, 1 - 1e-6), np.log(start))[free]
    low, high = np.where(bounded[free], 1e-3, -np.inf), np.where(bounded[free], 1.0, np.inf)
    found = least_squares(
        residuals, x0, bounds=(low, high), xtol=tolerance, ftol=tolerance, gtol=tolerance, max_nfev=2000
    )
    if found.status <= 0:
        raise RunError(
            "fit_circuit: least squares did not converge in 2000 evaluations; start nearer, or with fewer elements."
        )
    variance = 2 * found.cost / (2 * omega.size - len(free))
    covariance = variance * np.linalg.pinv(found.jac.T @ found.jac)
    value, error = numbers(found.x), np.zeros(start.size)
    error[free] = np.sqrt(np.diag(covariance)) * np.where(bounded[free], 1.0, value[free])
    fitted = tuple(
        Fitted(name, float(value[k]), float(error[k]), places[k][1].metadata["unit"]) for k, name in enumerate(names)
    )
    return CircuitFit(_with(circuit, iter(value)), fitted, float(np.sqrt(2 * found.cost / omega.size)))


def _data(who: str, frequency: ArrayLike, impedance: ArrayLike) -> tuple[NDArray, NDArray]:
    """(omega in rad/s, complex impedance) checked."""
    f, z = np.asarray(frequency, float), np.asarray(impedance, complex)
    if f.ndim != 1 or f.shape != z.shape or f.size < 3:
        raise InputError(
            f"{who}: {f.shape} frequencies and {z.shape} impedances; give one impedance for each of at least 3 frequencies."
        )
    if not (np.all(np.isfinite(f)) and np.all(f > 0) and np.all(np.isfinite(z)) and np.all(np.abs(z) > 0)):
        raise InputError(f"{who}: frequencies must be finite and positive (Hz), impedances finite and other than zero.")
    return 2 * np.pi * f, z


_LETTERS = {
    Resistor: ("R", ("resistance",)), Capacitor: ("C", ("capacitance",)), Inductor: ("L", ("inductance",)),
    ConstantPhase: ("CPE", ("admittance", "exponent")), FiniteSpaceWarburg: ("Wo", ("resistance", "time")),
    FiniteLengthWarburg: ("Ws", ("resistance", "time")), Zarc: ("Zarc", ("resistance", "time", "exponent")),
}  # fmt: skip


def impedance_py(circuit: AbstractCircuit) -> tuple[str, list[float]]:
    """The circuit as a string of the package impedance.py, and its initial guess: ``R0-p(R1,CPE2)`` and the numbers in order."""
    numbers: list[float] = []
    count = iter(range(10_000))

    def words(part) -> str:
        if isinstance(part, Series):
            return "-".join(words(member) for member in part.members)
        if isinstance(part, Parallel):
            return f"p({','.join(words(member) for member in part.members)})"
        letter, names = _LETTERS[type(part)]
        numbers.extend(float(getattr(part, name)) for name in names)
        return f"{letter}{next(count)}"

    return words(circuit), numbers


def custom_circuit(circuit: AbstractCircuit):
    """The circuit as a ``CustomCircuit`` of impedance.py, which must be installed: pip install "solion[circuits]"."""
    try:
        from impedance.models.circuits import CustomCircuit  # pyright: ignore[reportMissingImports]
    except ImportError:
        raise InputError('custom_circuit needs the package impedance: pip install "solion[circuits]".') from None
    words, numbers = impedance_py(circuit)
    return CustomCircuit(words, initial_guess=numbers)
