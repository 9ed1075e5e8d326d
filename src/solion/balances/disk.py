"""A disk electrode on a slab of finite thickness: spreading resistance, potential under it, with or without kinetics.

Disk of radius a on a slab of conductivity sigma that is endless sideways and has an equipotential electrode at depth L.
With phi = int A(k) sinh(k(L - z))/cosh(kL) J0(kr) dk and A(k) = int_0^a h(t) cos(kt) dt no current leaves beside the disk,
and a disk at the potential 1 asks (Sneddon, *Mixed Boundary Value Problems in Potential Theory*, 1966, section 4.6)

    h(t) + int_0^a K(t, s) h(s) ds = 2/pi,    K(t, s) = [G(t - s) + G(t + s)]/pi,

    G(u) = int_0^inf (tanh kL - 1) cos ku dk = -(1/L) Re b(1 + iu/2L),    b(x) = sum_n (-1)^n/(x + n).

The current is 2 pi sigma int h dt. In h = sum_n b_n P_2n(t/a) the current density is sigma sum_n b_n P_2n(e)/(P_2n(0) a e)
with e = sqrt(1 - r^2/a^2) (Newman 1966, doi:10.1149/1.2424003). A charge-transfer resistance under the disk makes it
finite at the edge: sum_n b_n = 0, and the quadratic form of the dissipated power gains that of the interface. Functions
(1 - t^2/a^2)^(k + 1/2), whose current density is a multiple of e^2k, join the basis there: a uniform density is one of
them.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import ArrayLike, NDArray

from solion.base.errors import InputError

IMAGES = 400  # of a potential beside the axis; two neighbouring partial sums of the alternating series are averaged
BUMPS = 4  # regular functions beside the polynomials where there is charge transfer


class Disk:
    """The disk of ``radius`` (m) on a slab of ``thickness`` (m); its results are per conductivity.

    ``wagner`` = sigma R_ct in m is the length over which charge transfer matters (0: the primary distribution).
    Raises InputError for a size that is not positive or a disk wider than 20 thicknesses, which is a planar cell.
    """

    def __init__(self, radius: float, thickness: float, wagner: float = 0.0):
        for name, value in (("radius", radius), ("thickness", thickness)):
            if not (np.isfinite(value) and value > 0):
                raise InputError(f"Disk: {name} = {value!r} m is outside its allowed range (0, inf) m.")
        if not (np.isfinite(wagner) and wagner >= 0):
            raise InputError(f"Disk: wagner = {wagner!r} m is outside its allowed range [0, inf) m.")
        if radius > 20 * thickness:
            raise InputError(
                f"Disk: radius/thickness = {radius / thickness:.3g} is outside its allowed range (0, 20]; "
                "a disk that wide is a planar cell of resistance thickness/(conductivity area)."
            )
        self.radius, self.thickness, self.wagner = float(radius), float(thickness), float(wagner)
        self._nodes, self._weights, self._h, self._centre, self._coefficients = _solved(radius / thickness, wagner / radius)

    @property
    def shape(self) -> float:
        """R sigma a, 1/4 for a disk on a half-space without kinetics; the total of spreading and charge transfer."""
        return 1 / (2 * np.pi * float(self._weights @ self._h))

    def resistance(self, conductivity: float) -> float:
        """Resistance from the disk to the far electrode, ohm, for a conductivity in S/m."""
        if not conductivity > 0:
            raise InputError(f"Disk.resistance: conductivity = {conductivity!r} S/m is outside (0, inf) S/m.")
        return self.shape / (conductivity * self.radius)

    def current_density(self, position: ArrayLike) -> NDArray:
        """Normal current density at a distance from the centre (m), over its mean on the disk; zero beside it."""
        r = np.asarray(position, float) / self.radius
        e = np.sqrt(np.clip(1 - r**2, 1e-30, None))
        density = self._coefficients @ _densities(e.ravel(), self._coefficients.size, bool(self.wagner))
        return np.where(r < 1, density.reshape(r.shape) * self.shape * np.pi, 0.0)

    def on_axis(self, depth: ArrayLike) -> NDArray:
        """Potential under the centre at a depth (m), 1 on the electrode's metal and 0 on the far electrode."""
        ratio = self.radius / self.thickness
        z = np.asarray(depth, float)[..., None] / self.thickness
        t = ratio * self._nodes
        # sinh(k(L - z))/cosh(kL) as images, each of which integrates to x/(x^2 + t^2); the first is sharp near z = 0
        first = z / (z**2 + t**2)
        kernel = 0.5 * np.real(_alternating((z + 1j * t) / 2) - _alternating((2 - z + 1j * t) / 2)) - first
        smooth = (ratio * (kernel * self._h + first * (self._h - self._centre))) @ self._weights
        return smooth + self._centre * np.arctan2(ratio, z[..., 0])

    def potential(self, position: ArrayLike, depth: ArrayLike = 0.0) -> NDArray:
        """Potential at a distance from the axis and a depth (m), by images; for points well beside the disk's edge."""
        r, z = np.broadcast_arrays(np.asarray(position, float) / self.radius, np.asarray(depth, float) / self.radius)
        length = self.thickness / self.radius
        n = np.arange(IMAGES + 1)
        sign = np.where(n % 2, -1.0, 1.0)
        up = r[..., None, None] ** 2, 2 * n[:, None] * length
        near = _inverse_distance(up[0], up[1] + z[..., None, None], self._nodes)
        far = _inverse_distance(up[0], up[1] + 2 * length - z[..., None, None], self._nodes)
        terms = sign * ((near - far) @ (self._weights * self._h))
        return terms.sum(-1) - 0.5 * terms[..., -1]

    def shorting_factor(self) -> float:
        """S = max over z of [1 - z/L - u(z)]: what a metallic filament from disk to far electrode leaves for dissolution.

        The metal's potential falls in a straight line, 1 - z/L, that of the ions is u(z); a disk much wider than the slab
        is thick has u = 1 - z/L and S = 0, a point has S = 1.
        """
        shares = np.concatenate((np.geomspace(1e-6, 0.1, 60), np.linspace(0.1, 1.0, 40)[1:]))
        z = shares * self.thickness
        left = 1 - shares - self.on_axis(z)
        best = int(np.argmax(left))
        fine = np.linspace(shares[max(best - 1, 0)], shares[min(best + 1, shares.size - 1)], 60)
        return float(max(np.max(1 - fine - self.on_axis(fine * self.thickness)), 0.0))


def equivalent_radius(side: float) -> float:
    """Radius of the disk with the area of a square pad of this side, both in m."""
    if not side > 0:
        raise InputError(f"equivalent_radius: side = {side!r} m is outside its allowed range (0, inf) m.")
    return side / np.sqrt(np.pi)


def _alternating(x):
    """b(x) = sum over n >= 0 of (-1)^n/(x + n)."""
    from scipy.special import digamma

    return 0.5 * (digamma((x + 1) / 2) - digamma(x / 2))


def _inverse_distance(square, height, nodes):
    """int cos(kt) exp(-k height) J0(kr) dk, the potential of an imaginary ring source, at t = nodes."""
    return np.real(1 / np.sqrt(square + (height + 1j * nodes) ** 2 + 0j))


def _functions(t, count: int, regular: bool):
    """The functions that h is made of, at t in [0, 1]."""
    from scipy.special import eval_legendre

    if not regular:
        return eval_legendre(2 * np.arange(count)[:, None], t)
    bumps = (1 - t**2) ** (np.arange(BUMPS)[:, None] + 0.5)
    return np.concatenate((bumps, eval_legendre(2 * np.arange(1, count - BUMPS + 1)[:, None], t) - 1))


def _densities(e, count: int, regular: bool):
    """The current density (sigma = a = 1) of each of them at e = sqrt(1 - r^2) in (0, 1]."""
    from scipy.special import beta, eval_legendre

    order = 2 * np.arange(1 if regular else 0, count - (BUMPS - 1 if regular else 0))[:, None]
    plain = eval_legendre(order, e) / eval_legendre(order, 0.0)
    if not regular:
        return plain / e
    k = np.arange(BUMPS)[:, None]
    return np.concatenate(((k + 0.5) * beta(k + 0.5, 0.5) * e ** (2 * k), (plain - 1) / e))


@functools.lru_cache(maxsize=512)
def _solved(ratio: float, biot: float):
    """(nodes, weights, h at the nodes, h(0), coefficients) on [0, 1] for a = 1; ratio = a/L, biot = sigma R_ct/a."""
    modes, regular = 24 + 12 * int(np.ceil(ratio)), biot > 0
    nodes, weights = np.polynomial.legendre.leggauss(3 * modes)
    nodes, weights = (nodes + 1) / 2, weights / 2

    # G(u)/pi is smooth and even: a polynomial in u, since digamma of the whole matrix would cost most of the time
    difference = np.polynomial.Chebyshev.interpolate(
        lambda u: -ratio / np.pi * np.real(_alternating(1 + 0.5j * ratio * u)), 40 + 30 * int(np.ceil(ratio)), [0, 2]
    )
    kernel = difference(np.abs(nodes[:, None] - nodes)) + difference(nodes[:, None] + nodes)
    basis = _functions(nodes, modes, regular)
    weighted = basis * weights
    matrix = weighted @ basis.T + weighted @ kernel @ weighted.T
    if regular:
        density = _densities(nodes, modes, regular)
        matrix = matrix + 2 / np.pi * biot * (density * (weights * nodes)) @ density.T
    scale = 1 / np.sqrt(np.diag(matrix))
    right = scale * weighted.sum(1) * 2 / np.pi
    coefficients = scale * np.linalg.lstsq(scale[:, None] * matrix * scale, right, rcond=1e-14)[0]
    centre = float(coefficients @ _functions(np.zeros(1), modes, regular)[:, 0])
    return nodes, weights, coefficients @ basis, centre, coefficients
