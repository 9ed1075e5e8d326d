"""How a contact differs from place to place: factors of its rate or of its wetting, over the width and the depth of a film."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

import equinox as eqx
import numpy as np

from solion.base.errors import InputError
from solion.base.parameters import Part, assumed, parameter

ANY_DEPTH = (0.0, 1e-2)  # m: a patch that reaches over all of it
FINE = 4  # places on each side of a cell at which a function is asked


class AbstractPattern(Part):
    """Factors over a contact."""

    @abstractmethod
    def factors(self, cells: tuple[int, int], lengths: tuple[float, float]) -> np.ndarray:
        """The factor of each cell of the contact, (y, z); ``lengths`` are the width and depth in m."""

    @property
    def even(self) -> bool:
        """Whether it is the same everywhere, so that a film in one dimension can have it."""
        return False


class Even(AbstractPattern):
    """The same everywhere."""

    @property
    def even(self):
        return True

    def factors(self, cells, lengths):
        return np.ones(cells)


class Patch(AbstractPattern):
    """A stretch of the contact with ``factor`` times what is elsewhere, such as a spot of another metal or a defect.

    From ``start`` to ``end`` along the width and, in three dimensions, from ``near`` to ``far`` along the depth. A cell at
    its edge takes the share that is covered.
    """

    end: float = parameter(unit="m", low=0, high=1e-2, doc="where it ends along the width")
    factor: float = parameter(low=0, high=1e6, doc="rate or wetting on it over that elsewhere")
    start: float = parameter(0.0, unit="m", low=0, high=1e-2, doc="where it begins", source=assumed(0.0, "at the side"))
    near: float = parameter(
        ANY_DEPTH[0], unit="m", low=0, high=1e-2, doc="where it begins, depth", source=assumed(ANY_DEPTH[0], "at the side")
    )
    far: float = parameter(
        ANY_DEPTH[1], unit="m", low=0, high=1e-2, doc="where it ends, depth", source=assumed(ANY_DEPTH[1], "all of it")
    )

    def factors(self, cells, lengths):
        if cells[1] == 1 and (float(self.near), float(self.far)) != ANY_DEPTH:
            raise InputError("Patch: near and far are places along a depth, and this film has none; leave them out.")
        along = _covered(cells[0], lengths[0], float(self.start), float(self.end))
        across = _covered(cells[1], lengths[1], float(self.near), float(self.far)) if cells[1] > 1 else np.ones(1)
        for name, covered, count, length in (("end", along, cells[0], lengths[0]), ("far", across, cells[1], lengths[1])):
            if count > 1 and covered.sum() < 1:
                raise InputError(
                    f"Patch.{name}: the patch covers {covered.sum() * length / count:.3g} m, less than a cell of"
                    f" {length / count:.3g} m; make it wider, or take more cells."
                )
        return 1 + (float(self.factor) - 1) * np.outer(along, across)


class FunctionPattern(AbstractPattern):
    """A user's own function ``factor(y, z)`` of the place along width and depth (m, arrays), not negative; z = 0 without a depth.

    ``FunctionPattern(lambda y, z: 1 + 9 * (y > 4e-8))``, or a function of a file in a study, ``rates = "file.py:name"``. Each
    cell takes its mean over 4 x 4 places. Raises InputError where it gives what is no factor.
    """

    function: Callable = eqx.field(static=True)

    def factors(self, cells, lengths):
        fine = [FINE if count > 1 else 1 for count in cells]
        pairs = zip(cells, fine, lengths, strict=True)
        along, across = ((np.arange(n * m) + 0.5) * (length / (n * m)) * (n > 1) for n, m, length in pairs)
        places = np.meshgrid(along, across, indexing="ij")
        values = np.broadcast_to(np.asarray(self.function(*places), float), places[0].shape)
        wrong = ~(np.isfinite(values) & (values >= 0))
        if np.any(wrong):
            y, z = (place[wrong][0] for place in places)
            raise InputError(
                f"FunctionPattern.function = {values[wrong][0]:g} at y = {y:g} m, z = {z:g} m is outside its allowed range"
                " [0, inf)."
            )
        return values.reshape(cells[0], fine[0], cells[1], fine[1]).mean(axis=(1, 3))


class RandomPattern(AbstractPattern):
    """Factors exp(s g - s^2/2) with a Gaussian random field g of unit variance: of mean one, lognormal, never negative.

    ``spread`` s is the deviation of the factor's logarithm; the correlation of g falls as exp(-r^2/(2 l^2)) with its
    ``length`` l. The ``seed`` fixes the field for a grid; the field repeats with width and depth.
    """

    spread: float = parameter(low=0, high=5, doc="s, deviation of the factor's logarithm")
    length: float = parameter(unit="m", low=1e-10, high=1e-2, doc="l, correlation length")
    seed: int = parameter(0, low=0, high=2**31, doc="which of the random fields", source=assumed(0, "any one will do"))

    def factors(self, cells, lengths):
        white = np.random.default_rng(int(self.seed)).standard_normal(cells)
        spacing = [length / count for count, length in zip(cells, lengths, strict=True)]
        waves = [2 * np.pi * np.fft.fftfreq(count, step) for count, step in zip(cells, spacing, strict=True)]
        squares = waves[0][:, None] ** 2 + waves[1][None, :] ** 2
        shape = np.exp(-squares * float(self.length) ** 2 / 4)  # its square is the spectrum of the field
        shape /= np.sqrt(np.mean(shape**2))
        field = np.fft.ifft2(np.fft.fft2(white) * shape).real
        return np.exp(float(self.spread) * field - float(self.spread) ** 2 / 2)


def _covered(count: int, length: float, start: float, end: float) -> np.ndarray:
    """Share of each of ``count`` equal cells on [0, length] that lies between start and end."""
    edges = np.linspace(0, length, count + 1)
    return np.clip((np.minimum(edges[1:], end) - np.maximum(edges[:-1], start)) * count / length, 0, 1)
