"""A coating that is not even: patches of random thickness and barrier under one overpotential, and the first of them to nucleate.

    mean i = sum_k i_k(eta)/n,      patch k nucleates at eta_k = eta_1(i_k) + eta_nuc,k (adatom) or eta_nuc,k (electrolyte)

The cell's threshold is the mean current at the least eta_k. With quick transfer at the electrolyte all patches are
supersaturated alike, and thin ones only focus the current; with slow transfer a thick patch, which draws less of it, is the
first. What scatters the threshold is then the barrier: defects.

With an :class:`ElectrolyteField` currents in the plane count: the counter electrode at V stands a distance away across an
electrolyte that resists, and every patch sees what is left, V = eta_k(i_k) + sum_l G_kl i_l. G is exact for currents that are
even within each patch, a patch's mean potential by the modes of Laplace's equation, tanh(q L)/(kappa q): within 3 % of the
field itself where thicknesses spread over a decade. Salt stays even, and currents in the plane of the coating are left out:
they act at the edges of patches, :func:`in_plane_change` says by how much.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.sparse.linalg import cg
from numpy.typing import ArrayLike, NDArray

from solion.balances.coating_paths import Path, alone, threshold
from solion.base.errors import InputError, RunError
from solion.base.parameters import Part, positive_parameter
from solion.devices.coated_electrode import CoatedElectrode

ALIASES, STEPS, SETTLED = 12, 60, 1e-10
LARGEST = 0.1  # change of a patch's current by lithium in the plane of the coating that may be left out


class FirstNucleation(NamedTuple):
    """Of each cell (the leading axes), when its first patch nucleates: the mean current density (A/m2), which patch it is, and
    how many times the mean the most loaded one carries; ``even``: the threshold of an even coating."""

    current: NDArray
    patch: NDArray
    focus: NDArray
    even: float


class WeibullFit(NamedTuple):
    """P(i) = 1 - exp(-(i/scale)^shape) of cells' thresholds; a cell ``n`` times as large has ``scale`` n^(-1/shape)."""

    shape: float
    scale: float

    def larger(self, factor: float) -> float:
        """Median threshold of a cell of ``factor`` times the area, A/m2."""
        return self.scale * (np.log(2) / factor) ** (1 / self.shape)


def random_patches(
    cells: int,
    patches: int = 256,
    *,
    thickness: float = 0.1,
    barrier: float = 0.1,
    defects: float = 0.0,
    depth=0.1,
    seed: int = 0,
) -> tuple[NDArray, NDArray]:
    """(thickness, barrier) of each patch of each cell over the nominal ones: log-normal with these standard deviations of the
    logarithm, and a share ``defects`` of patches with barriers of ``depth`` times the others'."""
    if not (cells >= 1 and patches >= 1 and 0 <= defects <= 1 and thickness >= 0 and barrier >= 0 and 0 <= depth <= 1):
        raise InputError("random_patches: cells and patches are at least 1, spreads at least 0, defects and depth within [0, 1].")
    draw = np.random.default_rng(seed)
    shape = (cells, patches)
    lengths, barriers = (np.exp(spread * draw.standard_normal(shape)) for spread in (thickness, barrier))
    return lengths, barriers * np.where(draw.random(shape) < defects, depth, 1.0)


class ElectrolyteField(Part):
    """An electrolyte over a square of patches, its sides periodic, up to an even counter electrode."""

    size: float = positive_parameter(unit="m", high=1.0, doc="edge of a patch")
    conductivity: float = positive_parameter(unit="S/m", high=1e3, doc="kappa of the electrolyte, pores of a separator counted")
    distance: float = positive_parameter(unit="m", high=1.0, doc="to the counter electrode")

    def modes(self, side: int) -> NDArray:
        """Mean potential of patches (V) over current density (A/m2) of each mode of side x side patches, ohm m2."""
        wave = 2 * np.pi * (np.fft.fftfreq(side)[:, None] + np.arange(-ALIASES, ALIASES + 1)) / self.size  # (mode, alias)
        even = np.sinc(wave * self.size / (2 * np.pi)) ** 2
        q = np.sqrt(wave[:, None, :, None] ** 2 + wave[None, :, None, :] ** 2)
        some = np.where(q > 0, q, 1.0)
        depth = np.where(q > 0, np.tanh(some * self.distance) / some, self.distance)
        return np.einsum("xyab,xa,yb->xy", depth, even, even) / self.conductivity


def in_plane_change(thickness: float, size: float, spread: float) -> float:
    """About how much lithium that moves sideways within the coating changes the current of a patch, a share of it.

    s (0.9 + 4.4 s) L/size, s the standard deviation of ln(thickness): fitted to Laplace's equation in a strip whose thickness
    steps by s up and down, of 0.1 to 0.5 (decision 0056). Lithium diffuses some thicknesses sideways at every edge of a patch.
    """
    return spread * (0.9 + 4.4 * spread) * thickness / size


def first_nucleation(
    electrode: CoatedElectrode, thickness: NDArray, barrier: NDArray, field: ElectrolyteField | None = None
) -> FirstNucleation:
    """The first nucleation of cells with patches (the last axis) of relative thickness and barrier, sharing the area equally.

    With a ``field`` the patches are a square, row by row. Raises InputError where they are none, smaller than thrice the
    coating's thickness, or so uneven that :func:`in_plane_change` is above a tenth.
    """
    lengths, barriers = np.broadcast_arrays(np.asarray(thickness, float), float(electrode.barrier) * np.asarray(barrier, float))
    into, bottom = electrode.exchange(electrode.into), electrode.exchange(electrode.bottom)
    resistance, offset = float(electrode.ion_resistance) * lengths, float(electrode.offset)

    def at_onset(length, level):
        if electrode.drive == "electrolyte":
            return level
        return level + alone(into, threshold(Path(length, (bottom,), offset), level))

    levels = np.asarray(at_onset(resistance, barriers))
    first = levels.argmin(-1)
    least = levels.min(-1)
    currents = np.asarray(threshold(Path(resistance, (into, bottom), offset), least[..., None]))
    if field is not None:
        currents, first = _in_plane(electrode, field, resistance, barriers, currents)
    mean = currents.mean(-1)
    whole, level = jnp.asarray(float(electrode.ion_resistance)), jnp.asarray(float(electrode.barrier))
    even = threshold(Path(whole, (into, bottom), offset), at_onset(whole, level))
    some = np.where(mean > 0, mean, 1.0)
    return FirstNucleation(mean, first, np.where(mean > 0, currents.max(-1) / some, 1.0), float(even))


def _in_plane(electrode, field: ElectrolyteField, resistance, barriers, start) -> tuple[NDArray, NDArray]:
    """Currents of the patches at the first nucleation, and which it is, by Newton's method in the currents and V at once.

    In each step the patch nucleates that reaches its barrier at the least V.
    """
    side = round(float(np.sqrt(barriers.shape[-1])))
    if side**2 != barriers.shape[-1]:
        raise InputError(f"first_nucleation: {barriers.shape[-1]} patches are no square, as an ElectrolyteField needs; take 256.")
    if field.size < 3 * electrode.thickness:
        raise InputError(
            f"ElectrolyteField.size = {field.size:g} m is below three thicknesses of the coating ({electrode.thickness:g} m), "
            "where currents within the coating count as well; take larger patches."
        )
    change = in_plane_change(float(electrode.thickness), field.size, float(np.std(np.log(resistance))))
    if change > LARGEST:
        raise InputError(
            f"ElectrolyteField.size = {field.size:g} m: lithium that moves in the plane of the coating would change currents "
            f"of patches by {change:.0%}, which is left out up to {LARGEST:.0%}; take larger patches or a smaller spread."
        )
    into, bottom = electrode.exchange(electrode.into), electrode.exchange(electrode.bottom)
    modes, offset = field.modes(side), float(electrode.offset)
    full = electrode.drive == "electrolyte"
    shape = barriers.shape
    if float(electrode.barrier) <= 0 or np.any(barriers <= 0):
        return np.zeros(shape), barriers.argmin(-1)

    current = np.maximum(start, 1e-12 * start.max())
    voltage = np.zeros(shape[:-1])
    for _ in range(STEPS):
        eta, slope, lost, lost_slope = (np.asarray(part) for part in _patches((into, bottom, offset), resistance, current))
        drive, rise = (eta, slope) if full else (eta - lost, slope - lost_slope)
        excess = eta + np.asarray(_spread(modes, current)) - voltage[..., None]
        falls, gains = _solve(slope, modes, np.stack([-excess, np.ones(shape)]))
        shift = (barriers - drive - rise * falls) / (rise * gains)
        first = shift.argmin(-1)
        least = np.take_along_axis(shift, first[..., None], -1)
        change = falls + least * gains
        voltage = voltage + least[..., 0]
        current = np.maximum(current + change, 0.1 * current)
        if np.max(np.abs(change) / current) < SETTLED:
            return current, first
    raise RunError(f"first_nucleation: currents of the patches did not settle in {STEPS} steps; give smaller spreads.")


def _spread(modes, x):
    """What ``modes`` make of patches (the last axis, a square row by row)."""
    grid = x.reshape(*x.shape[:-1], *modes.shape[-2:])
    return jnp.fft.ifft2(jnp.fft.fft2(grid) * modes).real.reshape(x.shape)


@jax.jit
def _solved(slope, modes, right):
    def one(slope, right):
        near = 1 / (slope.mean() + modes)
        apply, ready = lambda x: slope * x + _spread(modes, x), lambda x: _spread(near, x)
        x, _ = cg(apply, right, tol=1e-11, maxiter=4 * STEPS, M=ready)
        return x, jnp.linalg.norm(apply(x) - right) / jnp.linalg.norm(right)

    cells = jax.vmap(one)
    return jax.vmap(cells, in_axes=(None, 0))(slope, right)


def _solve(slope, modes, right) -> NDArray:
    """(slope + G) x = right of each cell by conjugate gradients, preconditioned with the mean slope; ``right`` of several by cell
    and patch. Raises RunError where they do not converge."""
    x, missed = map(np.asarray, _solved(slope, modes, right))
    if not np.all(missed < 1e-8):
        raise RunError(
            f"first_nucleation: conjugate gradients left {np.max(missed):.2g} of the overpotential after {4 * STEPS} steps, "
            "since the patches resist too differently; give a smaller spread of thickness, or an electrolyte that conducts more."
        )
    return x


@eqx.filter_jit
def _patches(parts, resistance, current):
    """(eta, its slope, that of the interface to the electrolyte, its slope) of patches at their currents."""
    into, bottom, offset = parts

    def one(r, i):
        lost, lost_slope = jax.value_and_grad(into.overpotential)(i)
        joined, joined_slope = jax.value_and_grad(bottom.overpotential)(i)
        return offset + r * i + lost + joined, r + lost_slope + joined_slope, lost, lost_slope

    found = jax.vmap(one)(resistance.ravel(), current.ravel())
    return tuple(part.reshape(current.shape) for part in found)


def weibull(currents: ArrayLike) -> WeibullFit:
    """The Weibull distribution of cells' thresholds by greatest likelihood. Raises InputError for fewer than three, or zeros."""
    x = np.asarray(currents, float).ravel()
    if x.size < 3 or np.any(x <= 0) or np.ptp(x) == 0:
        raise InputError("weibull: give at least three thresholds that are above zero and not all alike.")
    from scipy.optimize import brentq

    logs = np.log(x / x.max())

    def score(shape):
        weights = np.exp(shape * logs)
        return float(weights @ logs / weights.sum() - 1 / shape - logs.mean())

    shape: Any = brentq(score, 1e-3, 1e6)
    return WeibullFit(float(shape), float(x.max() * np.mean(np.exp(shape * logs)) ** (1 / shape)))
