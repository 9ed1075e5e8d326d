"""Whether an impedance spectrum can be one: the linear Kramers-Kronig test.

A chain of relaxations obeys the Kramers-Kronig relations whatever its coefficients, and one least-squares solution tells
whether data do (:mod:`solion.analysis.spectra.data`). Real and imaginary parts are fitted together: the imaginary part leaves
the chain no room to follow a real one that does not belong to it, however many relaxations there are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from solion.analysis.spectra.data import FEWEST, chain_of_relaxations, read_spectrum
from solion.base.errors import InputError


@dataclass(frozen=True)
class KramersKronig:
    """Residuals (Z - Z_fit)/|Z| by frequency, complex, the number of relaxations used, and what is odd about the data."""

    residuals: NDArray
    relaxations: int
    warnings: tuple[str, ...] = ()

    @property
    def largest(self) -> float:
        """Largest residual of a real or an imaginary part, over |Z|."""
        return float(max(np.abs(np.real(self.residuals)).max(), np.abs(np.imag(self.residuals)).max()))

    def holds(self, tolerance: float = 0.01) -> bool:
        """Whether all residuals are below a share of |Z|: linear, causal, stable, as far as that can be told."""
        return self.largest <= tolerance


def kramers_kronig(frequency: ArrayLike, impedance: ArrayLike) -> KramersKronig:
    """The linear test of a spectrum; ``frequency`` in Hz, any unit of impedance.

    Raises InputError for data that do not match and for fewer than 8 points, which cannot decide. Signs that no passive cell
    has are told in ``warnings``.
    """
    omega, z, warnings = read_spectrum("kramers_kronig", frequency, impedance, strict=False)
    if omega.size < FEWEST:
        raise InputError(
            f"kramers_kronig: {omega.size} points cannot decide, since as many relaxations follow any noise; give at least "
            f"{FEWEST}, better 5 a decade."
        )
    return KramersKronig(*chain_of_relaxations(omega, z), warnings)
