"""How often heat makes a nucleus at a contact at rest: Langer's rate over the saddle of :mod:`solion.explore.nucleus`.

    k/A = lambda/(2 pi) sqrt(det H_0/|det' H|) N/(2 pi) int (dc/dy)^2 dV exp(-N dG)    per area, lengths in l = sqrt(kappa h^2)

lambda: the one growth rate of the linear dynamics d(delta c)/dt = div M_p grad (H delta c) at the saddle, far compositions held;
H: second variation of the grand potential at the nucleus, H_0 beside the contact without one; N = c_0 N_A l^3 ions. A nucleus may
stand anywhere on a smooth contact: two zero modes are left out of det' and count its places instead. The determinants go
over all waves cos(m phi) around the axis.

A field theory in three dimensions has no last wave: to first order in H - H_0 the logarithm grows as 1/a with the cut-off a,
here the spacing of the grid, along the contact as well (m <= pi r/a). That order, -tr(H_0^-1 (H - H_0))/2, is what
fluctuations do to the free energy of a uniform phase, which the material states as it was measured, with all its waves; so it
is left out of the rate, and said. What remains tends to a limit. ``plain`` is what is written without any of it,
D_p0/l^4 exp(-N dG). Under a current there is no such rate: no energy whose difference a barrier could be.
"""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np
import scipy.sparse as sparse
from scipy.sparse.linalg import LinearOperator, eigs, eigsh, splu

from solion.base.constants import AVOGADRO
from solion.base.errors import InputError
from solion.explore.nucleus import CriticalNucleus, _Problem, _saddle, critical_nucleus
from solion.materials.mixed_conductor import MixedConductor
from solion.thermodynamics.phases import ion_mobility

TILT = 1e-4  # share of H - H_0 of which a difference is taken
ENOUGH = 1e-4  # of the logarithm of the determinants' ratio, below which further waves are left out


class Escape(NamedTuple):
    """A thermal escape over a cap. ``rate``: events per m^2 and s; ``logarithm``: of it, for where it is beneath a double.

    ``growth``: lambda, 1/s; ``determinants``: ln of the square root of their ratio without its ``first_order``, which grows with
    1/``cutoff`` (m) and is left out; ``translation``: the eigenvalue (k_B T per volume) of the mode that moves the nucleus,
    zero on a fine grid; ``plain``: ln of D_p0/l^4 exp(-N dG).
    """

    rate: float
    logarithm: float
    growth: float
    determinants: float
    first_order: float
    cutoff: float
    translation: float
    plain: float
    nucleus: CriticalNucleus


def escape(material: MixedConductor, composition: float, angle: float = 90.0, spacing: float = 0.5) -> Escape:
    """The rate at which caps of the ion-rich phase form at a contact beside a poor phase of this composition.

    ``angle`` in degrees; ``spacing`` of the grid in l, which is the cut-off. Raises InputError as
    :func:`solion.explore.nucleus.critical_nucleus` does, and where the saddle has not one unstable direction.
    """
    nucleus = critical_nucleus(material, composition, angle, 3, spacing)
    if nucleus.negative != 1:
        raise InputError(
            f"escape: the nucleus at composition {composition:g} and {angle:g} degrees has {nucleus.negative} unstable"
            " directions, so that it is no transition state; nothing escapes over it."
        )
    _, problem, profile = _saddle(material, composition, angle, 3, spacing)
    flat = problem.flat()
    growth = _growth(problem, profile)
    ratio, first, translation = _determinants(problem, profile, flat, spacing)
    length = nucleus.length
    ions = float(material.concentration * AVOGADRO * length**3)
    rows = profile.reshape(problem.grid.height.size, problem.grid.radius.size)
    slopes = np.ravel(np.gradient(rows, spacing, axis=1))
    places = 0.5 * float(problem.grid.volume @ slopes**2)  # int (dc/dr)^2 cos^2 phi dV
    diffusivity = float(material.ion_diffusivity)
    seconds = length**2 / diffusivity
    logarithm = np.log(growth / (2 * np.pi) / seconds) + ratio + np.log(ions / (2 * np.pi) * places / length**2) - nucleus.barrier
    plain = np.log(diffusivity / length**4) - nucleus.barrier
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        rate = float(np.exp(logarithm))
    return Escape(rate, float(logarithm), growth / seconds, ratio, first, spacing * length, translation, float(plain), nucleus)


def _wave(problem: _Problem, c, number: int, kept) -> sparse.csc_matrix:
    """The Hessian for waves cos(m phi), on the points that have it."""
    _, second = problem.gradient(c)
    grid = problem.grid
    radius = np.tile(grid.radius, grid.height.size)
    turns = 2 * grid.volume * np.divide(number, radius, where=radius > 0, out=np.zeros_like(radius)) ** 2
    return sparse.csc_matrix(sparse.csr_matrix(second + sparse.diags(turns))[kept][:, kept])


def _determinants(problem: _Problem, profile, flat, spacing: float) -> tuple[float, float, float]:
    """ln sqrt(det H_0/|det' H|) beyond first order, the first order, and the eigenvalue of the translations that are left out."""
    grid = problem.grid
    radius = np.tile(grid.radius, grid.height.size)
    whole, first, translation, number = 0.0, 0.0, np.nan, 0
    while number * spacing / np.pi < grid.radius[-1]:
        kept = radius >= max(number, 0.5 * (number > 0)) * spacing / np.pi
        here, away = (_wave(problem, c, number, kept) for c in (profile, flat))
        beside = [away + sign * TILT * (here - away) for sign in (1, -1)]
        linear = (_logarithm(beside[1]) - _logarithm(beside[0])) / (2 * TILT)
        part = _logarithm(away) - _logarithm(here)
        if number == 1:
            volume = sparse.diags(grid.volume[kept])
            near = eigsh(here, k=2, M=volume, sigma=-0.3, which="LM", return_eigenvectors=False)
            translation = float(near[np.argmin(np.abs(near))])
            part += float(np.log(abs(translation)))
        times = 0.5 * (1 + (number > 0))  # a cosine and a sine
        whole, first = whole + times * part, first + times * linear
        if number > 1 and abs(part) < ENOUGH:
            break
        number += 1
    return whole - first, first, translation


def _logarithm(matrix: sparse.csc_matrix) -> float:
    """ln |det|."""
    return float(np.sum(np.log(np.abs(splu(matrix).U.diagonal()))))


def _growth(problem: _Problem, c) -> float:
    """Growth rate of the nucleus, in D_p0/l^2, the composition far away held."""
    grid, material = problem.grid, problem.material
    x, r = grid.height.size, grid.radius.size
    inner = np.zeros((x, r), bool)
    inner[:-1, :-1] = True
    kept = inner.ravel()
    mobility = ion_mobility(material, c)
    faces = sparse.csr_matrix(sparse.triu(-grid.stiffness, 1))  # of neighbours, each face once
    first, second = faces.nonzero()
    weights = np.asarray(faces[first, second]).ravel() * 0.5 * (mobility[first] + mobility[second])
    size = c.size
    pairs = sparse.csr_matrix((weights, (first, second)), (size, size))
    pairs = pairs + pairs.T
    moved = sparse.csc_matrix((sparse.diags(np.asarray(pairs.sum(axis=1)).ravel()) - pairs)[kept][:, kept])
    _, hessian = problem.gradient(c)
    volume = grid.volume[kept]
    held, solve = splu(sparse.csc_matrix(hessian[kept][:, kept])), splu(moved)

    # H v = -s (V^-1 L V^-1)^-1 v: of the inverse, the one negative eigenvalue is -1/s
    def inverse(v):
        return held.solve(volume * solve.solve(volume * np.ravel(v)))

    root = LinearOperator((volume.size,) * 2, inverse)  # pyright: ignore[reportCallIssue]
    values = np.asarray(eigs(root, k=1, which="SR", return_eigenvectors=False))
    return float(-1 / np.real(values[0]))
