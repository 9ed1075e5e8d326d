"""Distance between a measured and a simulated record, weighted by the noise, on a linear or a signed-logarithmic scale."""

from __future__ import annotations

import dataclasses

import numpy as np

from solion.base.errors import InputError

SCALES = ("linear", "asinh")
DECADES = 2.0  # a record whose magnitudes span more is compared on the asinh scale unless told otherwise
ROUND_OFF = 1e-12  # of the largest magnitude: nothing measured spans more decades


@dataclasses.dataclass(frozen=True)
class Weighting:
    """How a difference becomes a residual.

    On the ``linear`` scale r = (model - data)/sigma; on the ``asinh`` scale r = (T(model) - T(data))/sigma_T with
    T(x) = asinh(x/threshold), a logarithm with a sign above the threshold and linear below it, and sigma_T = sigma T'(data),
    so that both agree for small noise. sigma^2 = noise^2 + (relative data)^2; without either every row counts alike on
    its scale, in units of ``size``, and the size of the noise is taken from the residuals themselves.
    """

    scale: str
    threshold: float
    noise: float
    relative: float
    size: float = 1.0

    @property
    def known(self) -> bool:
        """Whether the noise was given."""
        return self.noise > 0 or self.relative > 0

    def sigma(self, data: np.ndarray) -> np.ndarray:
        """Standard deviation of each row on the scale that is compared; ``size`` where the noise is not known."""
        if not self.known:
            return np.full_like(data, self.size)
        sigma = np.sqrt(self.noise**2 + (self.relative * data) ** 2)
        return sigma if self.scale == "linear" else sigma / np.hypot(data, self.threshold)

    def transform(self, value: np.ndarray) -> np.ndarray:
        """T."""
        return value if self.scale == "linear" else np.arcsinh(value / self.threshold)

    def slope(self, value: np.ndarray) -> np.ndarray:
        """T'."""
        return np.ones_like(value) if self.scale == "linear" else 1 / np.hypot(value, self.threshold)

    def residual(self, model: np.ndarray, data: np.ndarray) -> np.ndarray:
        """Weighted differences."""
        return (self.transform(model) - self.transform(data)) / self.sigma(data)

    def beside_others(self, data: np.ndarray) -> Weighting:
        """The same for a record that is fitted together with others: where no noise is given, each counts by its own spread."""
        spread = float(np.std(self.transform(data)))
        return self if self.known or spread == 0 else dataclasses.replace(self, size=spread)

    def describe(self, unit: str) -> str:
        """In words."""
        scale = "linear scale" if self.scale == "linear" else f"asinh scale, logarithmic above {self.threshold:.3g} {unit}"
        if not self.known:
            rows = "every row counts alike" if self.size == 1.0 else "rows count by the record's own spread"
            return f"{scale}; {rows}, the size of the noise is taken from the residuals"
        parts = [f"{self.noise:.3g} {unit}"] if self.noise else []
        parts += [f"{100 * self.relative:.3g} % of the value"] if self.relative else []
        return f"{scale}; noise {' and '.join(parts)} (added in squares), as given" if parts else scale


def weighting(data: np.ndarray, *, scale: str | None, noise: float, relative: float) -> Weighting:
    """The weighting of a record; ``scale`` None chooses asinh where the magnitudes span more than two decades.

    The threshold of the asinh scale is the noise, or else the magnitude below which a twentieth of the rows lie.
    """
    for name, value in (("noise", noise), ("relative noise", relative)):
        if not (np.isfinite(value) and value >= 0):
            raise InputError(f"{name} = {value:g} is outside its allowed range [0, inf).")
    if scale not in (None, *SCALES):
        raise InputError(f"scale = {scale!r} is unknown; known: {', '.join(SCALES)}.")
    size = np.abs(data)
    # at open circuit a run leaves currents of 1e-19 of its pulses
    size = size[size > ROUND_OFF * size.max(initial=0.0)]
    if not size.size:
        raise InputError("the measured record is zero in every row; there is nothing to fit.")
    low, high = np.quantile(size, (0.05, 0.95))
    if relative > 0 and not noise > 0 and np.any(data == 0):
        noise = 1e-3 * low  # a row at zero would weigh infinitely
    scale = scale or ("asinh" if high / low > 10**DECADES else "linear")
    return Weighting(scale, float(noise or low), float(noise), float(relative))
