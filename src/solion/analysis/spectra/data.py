"""What every analysis of an impedance spectrum asks of its data first: numbers, frequencies, signs.

Without any model, a chain of relaxations at fixed times with a resistor, an inductor and a capacitor in series obeys the
Kramers-Kronig relations whatever its coefficients (Boukamp 1995, doi:10.1149/1.2044210). What it leaves over is the noise that
a model may be measured against, and it is far larger for a spectrum whose imaginary part has the wrong sign.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from solion.base.errors import InputError

PER_DECADE = 7  # relaxations: enough for a single sharp arc between two of them
FEWEST = 8  # points below which the chain can follow noise, so that it decides nothing
REVERSED = 3.0  # times smaller misfit of the conjugate spectrum, from which its sign is taken to be reversed
DISCERNIBLE = 0.02  # misfit below which no sign is judged
APART = 0.1  # relative difference of two impedances at one frequency that noise does not explain


class SpectrumData(NamedTuple):
    """Angular frequencies (rad/s), complex impedances, and sentences on what is odd about them."""

    omega: NDArray
    impedance: NDArray
    warnings: tuple[str, ...]


class Chain(NamedTuple):
    """Residuals (Z - Z_chain)/|Z| of the best chain of relaxations, complex, and the number of relaxations."""

    residuals: NDArray
    relaxations: int

    @property
    def misfit(self) -> float:
        """Root mean square of the residuals."""
        return float(np.sqrt(np.mean(np.abs(self.residuals) ** 2)))


def read_spectrum(who: str, frequency: ArrayLike, impedance: ArrayLike, *, strict: bool = True) -> SpectrumData:
    """Frequencies in Hz and impedances, checked; ``who`` names the function in messages.

    Raises InputError for what are no numbers, for frequencies that are not positive and, where ``strict``, for signs that no
    passive cell has: a real part that is negative, an imaginary part reversed (a file often holds -Z''). Else these are warnings.
    """
    try:
        f, z = np.asarray(frequency, float), np.asarray(impedance, complex)
    except (TypeError, ValueError) as error:
        raise InputError(f"{who}: frequencies (Hz) and complex impedances must be numbers ({error}).") from None
    if f.ndim != 1 or f.shape != z.shape or f.size < 3:
        raise InputError(
            f"{who}: {f.shape} frequencies and {z.shape} impedances; give one impedance for each of at least 3 frequencies."
        )
    if np.any(f == 0):
        raise InputError(
            f"{who}: {np.count_nonzero(f == 0)} rows are at 0 Hz, a direct current; leave them out: frequencies must be finite "
            "and positive (Hz)."
        )
    if not (np.all(np.isfinite(f)) and np.all(f > 0) and np.all(np.isfinite(z)) and np.all(np.abs(z) > 0)):
        raise InputError(f"{who}: frequencies must be finite and positive (Hz), impedances finite and other than zero.")
    fault = _wrong_sign(2 * np.pi * f, z)
    if fault and strict:
        raise InputError(f"{who}: {fault}")
    return SpectrumData(2 * np.pi * f, z, ((fault,) if fault else _negative(z)) + _repeated(f, z))


def _wrong_sign(omega, z) -> str:
    """A sentence on signs that no passive cell has, or nothing."""
    negative = np.count_nonzero(z.real < 0)
    if 2 * negative > z.size:
        return (
            f"the real part is negative at {negative} of {z.size} frequencies, which no passive cell has; the signs of the "
            "file are reversed, or its columns are others."
        )
    if z.size < FEWEST:
        return ""
    own, other = chain_of_relaxations(omega, z).misfit, chain_of_relaxations(omega, np.conj(z)).misfit
    if own <= max(DISCERNIBLE, REVERSED * other):
        return ""
    return (
        f"the imaginary part has the wrong sign: as given the spectrum misses the Kramers-Kronig relations by {own:.2g} of |Z|, "
        f"with the sign reversed by {other:.2g}. Files often hold -Z''; give Z' + i Z'' with Z'' negative where the cell is "
        "capacitive."
    )


def _negative(z) -> tuple[str, ...]:
    negative = np.count_nonzero(z.real < 0)
    if not negative:
        return ()
    return (f"the real part is negative at {negative} of {z.size} frequencies, which no passive cell has.",)


def _repeated(f, z) -> tuple[str, ...]:
    order = np.argsort(f, kind="stable")
    same = np.diff(f[order]) <= 1e-6 * f[order][1:]
    change = np.abs(np.diff(z[order])) / np.abs(z[order][1:])
    if not np.any(same & (change > APART)):
        return ()
    return (
        f"{np.count_nonzero(same)} frequencies occur more than once with impedances up to {change[same].max():.0%} apart: "
        "these are two sweeps of a cell that changed; analyse them one by one.",
    )


def chain_of_relaxations(omega: NDArray, z: NDArray) -> Chain:
    """The chain of relaxations that is nearest to an impedance, by one linear least-squares solution weighted by 1/|Z|."""
    size = np.abs(z)
    decades = np.log10(omega.max() / omega.min())
    count = int(min(max(round(PER_DECADE * decades), 3), omega.size))
    tau = np.geomspace(1 / omega.max(), 1 / omega.min(), count)
    columns = np.column_stack(
        (1 / (1 + 1j * omega[:, None] * tau), np.ones(omega.size), 1j * omega / omega.max(), -1j * omega.min() / omega)
    )
    twice = np.tile(size, 2)
    stacked = np.concatenate((columns.real, columns.imag)) / twice[:, None]
    right = np.concatenate((np.real(z), np.imag(z))) / twice
    coefficients = np.linalg.lstsq(stacked, right, rcond=1e-10)[0]
    return Chain((z - columns @ coefficients) / size, count)
