"""sigma_Li and D_chem of a coating's layer from its impedance: what predicts the threshold of plating on top."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from solion.analysis.spectra.circuit_fit import CircuitFit, CircuitNumber, fit_circuit
from solion.analysis.spectra.circuits import Capacitor, Resistor, TerminatedWarburg

END = "TerminatedWarburg3.end"


class CoatingFit(NamedTuple):
    """Conductivity (S/m) and chemical diffusivity (m2/s) with their standard errors, and the fit from which they come."""

    conductivity: CircuitNumber
    diffusivity: CircuitNumber
    fit: CircuitFit


def fit_coating(frequency: ArrayLike, impedance: ArrayLike, thickness: float, bottom: float = 0.0) -> CoatingFit:
    """Fit R_s + (R_ct||C) + a layer of ``thickness`` (m) on ``bottom`` to a spectrum (Hz, ohm m2): sigma = L/R_U, D = L^2/tau.

    ``bottom``: R T/(F i_02) of the transfer at coating|lithium, ohm m2. A spectrum does not tell it from the layer (the misfit of
    leaving it out is 1e-5 where it is 7 % of R_U), and left out it makes sigma and D too small by about twice its share.
    """
    f, z = np.asarray(frequency, float), np.asarray(impedance, complex)
    span = float(np.ptp(z.real)) or float(np.max(np.abs(z)))
    slow = f[int(np.argmax(np.where(f < np.sqrt(f.min() * f.max()), -z.imag, -np.inf)))]
    guess = (
        Resistor(max(float(z.real.min()), 1e-3 * span))
        + (Resistor(0.3 * span) | Capacitor(1 / (2 * np.pi * 0.3 * span * float(np.sqrt(f.max() * slow)))))
        + TerminatedWarburg(0.6 * span, 2.54 / (2 * np.pi * float(slow)), max(bottom, 1e-9 * span))
    )
    found = fit_circuit(guess, f, z, fixed=(END,))
    resistance, time, _ = found.numbers[-3:]

    def of_layer(name, value, of, unit):
        return CircuitNumber(name, value, value * of.error / of.value, unit)

    return CoatingFit(
        of_layer("sigma_Li", thickness / resistance.value, resistance, "S/m"),
        of_layer("D_chem", thickness**2 / time.value, time, "m^2/s"),
        found,
    )
