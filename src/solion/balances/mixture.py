"""Conductivity of composites: bounds, Hashin-Shtrikman, symmetric Bruggeman, general effective media. SI; arrays broadcast.

``conductivity`` and ``share`` have the phases along their last axis; shares sum to one. A conductivity of exactly zero is an
insulator: below its threshold an effective medium then conducts nothing, 0.
"""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
import numpy as np

from solion.base.errors import InputError
from solion.numerics.roots import increasing_root

FLOOR = 1e-30  # of the best conductivity, that of an insulator inside a logarithm
THRESHOLD, BELOW, ABOVE = 1 / 3, 0.87, 2.0  # of general effective media; the exponents from memory of McLachlan's papers


def _phases(conductivity, share):
    conductivity, share = jnp.broadcast_arrays(jnp.asarray(conductivity, float), jnp.asarray(share, float))
    if not isinstance(share, jax.core.Tracer):
        total = np.asarray(share).sum(axis=-1)
        if np.any(np.abs(total - 1) > 1e-6) or np.any(np.asarray(share) < 0):
            wrong = float(np.ravel(total)[np.argmax(np.abs(np.ravel(total) - 1))])
            raise InputError(f"composite: shares of volume sum to {wrong:.6g}; they have to be 0 or more and to sum to 1.")
    return conductivity, share


def parallel(conductivity, share):
    """sum phi_k s_k, S/m, the upper bound of any arrangement (Wiener)."""
    conductivity, share = _phases(conductivity, share)
    return jnp.sum(share * conductivity, axis=-1)


def series(conductivity, share):
    """1/sum(phi_k/s_k), S/m, the lower bound of any arrangement; 0 with an insulator."""
    conductivity, share = _phases(conductivity, share)
    blocked = jnp.any((conductivity == 0) & (share > 0), axis=-1)
    return jnp.where(blocked, 0.0, 1 / jnp.sum(share / jnp.where(conductivity > 0, conductivity, 1.0), axis=-1))


def hashin_shtrikman(conductivity, share):
    """(lower, upper) bounds of isotropic composites, S/m: 1/sum[phi_k/(s_k + 2 s*)] - 2 s*, s* the least and the most of s_k.

    Hashin and Shtrikman 1962, doi:10.1063/1.1728579.
    """
    conductivity, share = _phases(conductivity, share)

    def of(best):
        inverse = jnp.sum(share / jnp.maximum(conductivity + 2 * best[..., None], 1e-300), axis=-1)
        return 1 / inverse - 2 * best

    return of(jnp.min(conductivity, axis=-1)), of(jnp.max(conductivity, axis=-1))


def bruggeman(conductivity, share):
    """s with sum phi_k (s_k - s)/(s_k + 2 s) = 0, S/m: phases alike, threshold 1/3 (Bruggeman 1935)."""
    return _medium(_bruggeman, *_phases(conductivity, share))


def general_medium(poor, good, share, threshold=THRESHOLD, below=BELOW, above=ABOVE):
    """s of McLachlan's general effective media, S/m, for a ``share`` of the ``good`` phase in the ``poor`` one.

    (1 - phi)(l^(1/s) - x^(1/s))/(l^(1/s) + A x^(1/s)) + phi (h^(1/t) - x^(1/t))/(h^(1/t) + A x^(1/t)) = 0, A = (1 - phi_c)/phi_c,
    exponents s ``below`` and t ``above`` the ``threshold``. McLachlan et al. 1990, doi:10.1111/j.1151-2916.1990.tb07576.x.
    """
    poor, good, share, *rest = jnp.broadcast_arrays(*map(jnp.asarray, (poor, good, share, threshold, below, above)))
    pair, shares = jnp.stack([poor, good], axis=-1), jnp.stack([1 - share, share], axis=-1)
    return _medium(_general, *_phases(pair, shares), jnp.stack(rest, axis=-1))


def _medium(balance, conductivity, share, more=0.0):
    """The root by bisected Newton in the logarithm between the least and the most, of any ratio of conductivities."""
    flat, shares = conductivity.reshape(-1, conductivity.shape[-1]), share.reshape(-1, conductivity.shape[-1])
    more = jnp.broadcast_to(more, (*conductivity.shape[:-1], *jnp.shape(more)[conductivity.ndim - 1 :]))
    more = more.reshape(len(flat), -1)
    return _roots(balance, flat, shares, more).reshape(conductivity.shape[:-1])


def _root(balance, conductivity, share, more):
    best = jnp.max(jnp.where(share > 0, conductivity, 0.0))
    best = jnp.where(best > 0, best, 1.0)
    scaled = jnp.clip(conductivity / best, FLOOR, 1.0)
    low = jnp.log(jnp.min(jnp.where(share > 0, scaled, 1.0)))
    found = jnp.exp(increasing_root(balance, (scaled, share, more), low, 0.0, low / 2))
    blocked = jnp.any((conductivity == 0) & (share > 0)) & (found < jnp.sqrt(FLOOR))
    return best * jnp.where(blocked, 0.0, found)


@functools.partial(jax.jit, static_argnums=0)
def _roots(balance, conductivity, share, more):
    return jax.vmap(lambda *rows: _root(balance, *rows))(conductivity, share, more)


def _bruggeman(x, parameters):
    conductivity, share, _ = parameters
    s = jnp.exp(x)
    return -jnp.sum(share * (conductivity - s) / (conductivity + 2 * s))


def _general(x, parameters):
    conductivity, share, (threshold, below, above) = parameters
    powers = 1 / jnp.stack([below, above])
    phase, s = conductivity**powers, jnp.exp(x * powers)
    return -jnp.sum(share * (phase - s) / (phase + (1 - threshold) / threshold * s))
