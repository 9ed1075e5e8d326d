"""Numbers of a field that can be differentiated by every boundary and every grain, for one more solve."""

from __future__ import annotations

from abc import abstractmethod

import equinox as eqx
import numpy as np

from solion.balances.conduction_solve import MeshSolution
from solion.base.errors import InputError, nearest
from solion.devices.polycrystal import FACES
from solion.experiments.conduction.assembled import Assembled, Derivatives


class AbstractMeasure(eqx.Module):
    """A number of a field that can be differentiated."""

    @abstractmethod
    def differentiate(self, assembled: Assembled, solution: MeshSolution) -> Derivatives:
        """The number and its derivatives at constant voltage."""

    @abstractmethod
    def of_columns(self, bottom: np.ndarray, top: np.ndarray, spacing: float) -> tuple[float, np.ndarray, np.ndarray]:
        """The number, and its derivatives by the current densities (A/m2, along +z) of the equal columns at both electrodes.

        ``spacing``: width of a column, m; shape (nx,) or (nx, ny).
        """


class MeanCurrent(AbstractMeasure):
    """Mean current density, A/m2. Where all is linear dI/dR = -int j_n^2 ds / V: the problem is its own adjoint."""

    def differentiate(self, assembled, solution):
        balance = assembled.balance
        tangent = balance.exchange(solution.phi, (solution.voltage, 0.0))
        one = np.zeros(assembled.space.size)
        one[balance.fixed[0]] = 1.0
        drive = balance.bulk @ one - tangent[2][0][2]
        answer = one
        answer[balance.free] = -assembled.tangent_factors(solution).solve(drive[balance.free])
        return assembled.derivatives(solution.current_bottom / assembled.extent, answer / assembled.extent, solution.phi.values)

    def of_columns(self, bottom, top, spacing):
        return float(bottom.mean()), np.full(bottom.shape, 1 / bottom.size), np.zeros(top.shape)


class HotSpotNorm(AbstractMeasure):
    """(mean over the face of (j_z / mean j_z)^p)^(1/p): a smooth stand-in for the hot-spot factor, larger p nearer the maximum.

    j_z is the mean over ``window`` pieces of the face (m), so that it does not measure the mesh.
    """

    exponent: float = eqx.field(static=True, default=16.0)
    face: str = eqx.field(static=True, default="bottom")
    window: float = eqx.field(static=True, default=100e-9)

    def __check_init__(self):
        if self.face not in FACES:
            raise InputError(f"HotSpotNorm.face = {self.face!r} is unknown{nearest(self.face, FACES)}; it is bottom or top.")
        if not 2 <= self.exponent <= 64:
            raise InputError(f"HotSpotNorm.exponent = {self.exponent!r} is outside its allowed range [2, 64].")

    def differentiate(self, assembled, solution):
        balance, space = assembled.balance, assembled.space
        facets, sign = (assembled.mesh.bottom, 1.0) if self.face == "bottom" else (assembled.mesh.top, -1.0)
        dofs, mass, bins, weights = assembled.face_means(facets, self.window)
        # m = W M^-1 r: means over the pieces of the window from the reactions r at the face
        reaction = sign * balance.reaction(solution.phi)[dofs]
        flux = mass.solve(reaction)
        share = bins.sum(axis=1) / bins.sum()
        means = weights @ flux
        mean = share @ means
        relative = means / mean
        value = (share @ np.abs(relative) ** self.exponent) ** (1 / self.exponent)
        slope = value ** (1 - self.exponent) * share * np.abs(relative) ** (self.exponent - 1) * np.sign(relative)
        by_means = slope / mean - (slope @ relative) / mean * share
        test = np.zeros(space.size)
        test[dofs] = sign * mass.solve(weights.T @ by_means)
        adjoint = assembled.tangent_factors(solution).solve((balance.bulk @ test)[balance.free])
        test[balance.free] -= adjoint
        return assembled.derivatives(float(value), test, solution.phi.values)

    def of_columns(self, bottom, top, spacing):
        density = bottom if self.face == "bottom" else top
        # pieces as long as the window, or single columns where those are wider
        places = [np.arange(n) * max(1, min(n, round(n * spacing / self.window))) // n for n in density.shape]
        counts = [place[-1] + 1 for place in places]
        piece = np.ravel_multi_index(np.meshgrid(*places, indexing="ij"), counts).ravel()
        number = np.bincount(piece)
        means = np.bincount(piece, density.ravel()) / number
        share = number / number.sum()
        mean = share @ means
        relative = means / mean
        value = (share @ np.abs(relative) ** self.exponent) ** (1 / self.exponent)
        slope = value ** (1 - self.exponent) * share * np.abs(relative) ** (self.exponent - 1) * np.sign(relative)
        by_means = slope / mean - (slope @ relative) / mean * share
        by_column = (by_means / number)[piece].reshape(density.shape)
        nothing = np.zeros(density.shape)
        return (float(value), by_column, nothing) if self.face == "bottom" else (float(value), nothing, by_column)
