"""Whether an impedance spectrum can be one: the linear Kramers-Kronig test.

A chain of relaxations at fixed times, with a resistor, an inductor and a capacitor in series, obeys the Kramers-Kronig
relations whatever its coefficients; they are linear, so that one least-squares solution tells whether data do (Boukamp
1995, doi:10.1149/1.2044210). Real and imaginary parts are fitted together: the imaginary part leaves the chain no room
to follow a real one that does not belong to it, however many relaxations there are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from solion.analysis.spectra.circuits import _data

PER_DECADE = 7  # relaxations: enough for a single sharp arc between two of them


@dataclass(frozen=True)
class KramersKronig:
    """Residuals (Z - Z_fit)/|Z| by frequency, complex, and the number of relaxations used."""

    residuals: NDArray
    relaxations: int

    @property
    def largest(self) -> float:
        """Largest residual of a real or an imaginary part, over |Z|."""
        return float(max(np.abs(np.real(self.residuals)).max(), np.abs(np.imag(self.residuals)).max()))

    def holds(self, tolerance: float = 0.01) -> bool:
        """Whether all residuals are below a share of |Z|: linear, causal, stable, as far as that can be told."""
        return self.largest <= tolerance


def kramers_kronig(frequency: ArrayLike, impedance: ArrayLike) -> KramersKronig:
    """The linear test of a spectrum; ``frequency`` in Hz, any unit of impedance.

    Raises InputError for data that do not match.
    """
    omega, z = _data("kramers_kronig", frequency, impedance)
    size = np.abs(z)
    decades = np.log10(omega.max() / omega.min())
    count = int(min(max(round(PER_DECADE * decades), 3), omega.size))
    tau = np.geomspace(1 / omega.max(), 1 / omega.min(), count)
    columns = np.concatenate(
        (1 / (1 + 1j * omega[:, None] * tau), np.ones((omega.size, 1)), 1j * omega[:, None] / omega.max(),
         -1j * omega.min() / omega[:, None]), axis=1,
    )  # fmt: skip
    stacked = np.concatenate((columns.real, columns.imag)) / np.tile(size, 2)[:, None]
    wanted = np.concatenate((np.real(z), np.imag(z))) / np.tile(size, 2)
    coefficients = np.linalg.lstsq(stacked, wanted, rcond=1e-10)[0]
    return KramersKronig((z - columns @ coefficients) / size, count)
