"""Equivalent circuits of impedance spectra: elements joined in series by ``+`` and in parallel by ``|``.

Impedances per area (ohm m^2) or whole (ohm): the units of the numbers are those of the data.

    circuit = Resistor(1e-3) + (Resistor(2e-3) | ConstantPhase(0.1, 0.9)) + FiniteSpaceWarburg(1e-2, 10.0)
    found = fit_circuit(circuit, frequency, impedance)
"""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from solion.base.extras import missing
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


class TerminatedWarburg(AbstractElement):
    """Diffusion towards a reservoir behind R_b: Z = (R_b + Z_0 tanh s)/(1 + R_b tanh(s)/Z_0), Z_0 = R/s; R + R_b at rest."""

    resistance: float = parameter(unit="ohm m^2", low=0, open_low=True, doc="R of the layer")
    time: float = parameter(unit="s", low=0, open_low=True, doc="tau")
    end: float = parameter(unit="ohm m^2", low=0, open_low=True, doc="R_b, of the transfer at the far end")

    def impedance(self, omega):
        s = np.sqrt(1j * omega * self.time)
        own, wave = self.resistance / s, _tanh(s)
        return (self.end + own * wave) / (1 + self.end * wave / own)


def _tanh(s):
    """tanh of a number with a positive real part, without overflow."""
    decay = np.exp(-2 * s)
    return (1 - decay) / (1 + decay)


def evaluate(circuit: AbstractCircuit, omega: NDArray) -> NDArray:
    """``circuit.impedance(omega)`` by its class: a bound method of a module is a module made at each call, and fits make many."""
    return type(circuit).impedance(circuit, omega)


class Series(AbstractCircuit):
    """Circuits one after the other."""

    members: tuple[AbstractCircuit, ...]

    def impedance(self, omega):
        return np.sum([evaluate(member, omega) for member in self.members], axis=0)

    @property
    def parts(self):
        return tuple(part for member in self.members for part in member.parts)


class Parallel(AbstractCircuit):
    """Circuits side by side."""

    members: tuple[AbstractCircuit, ...]

    def impedance(self, omega):
        return 1 / np.sum([1 / evaluate(member, omega) for member in self.members], axis=0)

    @property
    def parts(self):
        return tuple(part for member in self.members for part in member.parts)


_LETTERS = {
    Resistor: ("R", ("resistance",)),
    Capacitor: ("C", ("capacitance",)),
    Inductor: ("L", ("inductance",)),
    ConstantPhase: ("CPE", ("admittance", "exponent")),
    FiniteSpaceWarburg: ("Wo", ("resistance", "time")),
    FiniteLengthWarburg: ("Ws", ("resistance", "time")),
    Zarc: ("Zarc", ("resistance", "time", "exponent")),
}


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
    """The circuit as a ``CustomCircuit`` of impedance.py, which must be installed (pip install impedance)."""
    try:
        from impedance.models.circuits import CustomCircuit  # pyright: ignore[reportMissingImports]
    except ImportError:
        raise missing("custom_circuit", "impedance", "circuits") from None
    words, numbers = impedance_py(circuit)
    return CustomCircuit(words, initial_guess=numbers)
