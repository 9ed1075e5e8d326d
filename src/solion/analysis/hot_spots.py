"""How unevenly a current crosses a plane: windowed maxima, spread, spectra, and how a layer smooths it. Pure functions.

The normal current density is given in pieces: their sizes and the mean over each. A maximum is meaningful over a stated
window only: where a resistive boundary meets an equipotential face at an obtuse angle the pointwise density diverges, as
r^(pi/(2 alpha) - 1), and any unaveraged maximum grows with the fineness of the mesh.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from solion.base.errors import InputError

EVEN = 0.1  # of the mean: where the largest current exceeds it by less, a layer has evened it out


class HotSpot(NamedTuple):
    """``factor``: H(w), the largest mean over a window w, over the mean of the plane; ``position``: the window's centre, m."""

    factor: float
    window: float
    position: np.ndarray


def windowed_maximum(edges, density, window: float, periodic: bool = False) -> HotSpot:
    """Hot-spot factor along a line: pieces between ``edges`` (n + 1, ascending, m) with mean densities (n,).

    Exact for the pieces: a moving mean of a stepped function is largest where an end of the window meets an edge. Raises
    InputError where the window does not fit.
    """
    edges, density = np.asarray(edges, float), np.asarray(density, float)
    length = edges[-1] - edges[0]
    if not 0 < window <= length:
        raise InputError(f"window = {window:g} m is outside its allowed range (0, {length:g}] m, the length of the line.")
    total = np.concatenate(([0.0], np.cumsum(density * np.diff(edges))))
    mean = total[-1] / length
    if periodic:
        edges = np.concatenate((edges, edges[1:] + length))
        total = np.concatenate((total, total[1:] + total[-1]))
    slack = 1e-9 * length
    starts = np.concatenate((edges, edges - window))
    last = length if periodic else length - window
    starts = np.clip(starts[(starts >= edges[0] - slack) & (starts <= edges[0] + last + slack)], edges[0], edges[-1] - window)
    means = (np.interp(starts + window, edges, total) - np.interp(starts, edges, total)) / window
    best = int(np.argmax(means / mean))
    return HotSpot(
        float(means[best] / mean), float(window), np.array([edges[0] + (starts[best] + window / 2 - edges[0]) % length])
    )


def windowed_maximum_of_map(density, spacing: tuple[float, float], window: float, periodic: bool = False) -> HotSpot:
    """Hot-spot factor of a map (nx, ny) of equal pieces: the largest mean over squares of side ``window``.

    The square moves by whole pieces; its side is the window exactly, pieces at its rim counting by the part inside.
    """
    density = np.asarray(density, float)
    sides = np.array(density.shape) * spacing
    if not max(spacing) <= window <= sides.min():
        raise InputError(f"window = {window:g} m is outside its allowed range [{max(spacing):g}, {sides.min():g}] m of this map.")
    mean, smooth = density.mean(), density
    for axis, step in enumerate(spacing):
        count = window / step
        if periodic:
            smooth = np.concatenate((smooth, np.take(smooth, range(int(np.ceil(count))), axis=axis)), axis=axis)
        shape = list(smooth.shape)
        shape[axis] = 1
        total = np.concatenate((np.zeros(shape), np.cumsum(smooth, axis=axis)), axis=axis)
        starts = np.arange(total.shape[axis] - int(np.ceil(count - 1e-9)))
        ends = starts + count
        low = np.minimum(np.floor(ends).astype(int), total.shape[axis] - 1)
        high = np.minimum(low + 1, total.shape[axis] - 1)
        part = np.expand_dims(ends - low, 1 - axis)
        end = np.take(total, low, axis=axis) * (1 - part) + np.take(total, high, axis=axis) * part
        smooth = (end - np.take(total, starts, axis=axis)) / count
    best = np.unravel_index(np.argmax(smooth / mean), smooth.shape)
    place = (np.array(best) * spacing + window / 2) % sides
    return HotSpot(float(smooth[best] / mean), float(window), place)


def spread(size, density) -> tuple[float, float]:
    """Largest piece over the mean, and standard deviation over the mean."""
    size, density = np.asarray(size, float), np.asarray(density, float)
    mean = density @ size / size.sum()
    deviation = np.sqrt(((density - mean) ** 2) @ size / size.sum())
    return float((density / mean).max()), float(deviation / abs(mean))


def exceedance(size, density, factors) -> np.ndarray:
    """Share of the plane where the density exceeds each of these multiples of its mean."""
    size, density = np.asarray(size, float), np.asarray(density, float)
    relative = density / (density @ size / size.sum())
    order = np.argsort(relative)
    above = np.concatenate((np.cumsum(size[order][::-1])[::-1], [0.0])) / size.sum()
    return above[np.searchsorted(relative[order], np.asarray(factors, float), side="right")]


def power_spectrum(edges, density, modes: int = 200, periodic: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Wave numbers k (1/m) and powers P(k) of density/mean - 1 along a line; the powers add up to its variance.

    Insulating ends: cosines, k = m pi/W; periodic: k = 2 m pi/W. The integrals over the pieces are exact.
    """
    edges, density = np.asarray(edges, float), np.asarray(density, float)
    edges = edges - edges[0]
    width = edges[-1]
    relative = density / ((density * np.diff(edges)).sum() / width) - 1
    k = np.arange(1, modes + 1) * (2 * np.pi if periodic else np.pi) / width
    cosine = (np.diff(np.sin(np.outer(k, edges))) @ relative) / k * (2 / width)
    power = cosine**2 / 2
    if periodic:
        sine = (-np.diff(np.cos(np.outer(k, edges))) @ relative) / k * (2 / width)
        power = power + sine**2 / 2
    return k, power


def smoothing(k, depth: float, layers: Sequence[tuple[float, float]]) -> np.ndarray:
    """What is left of a wave of current, j_k(depth)/j_k(0), in layers on an equipotential electrode.

    ``layers``: (thickness m, conductivity S/m), from the ceramic outward; ``depth``: distance from the ceramic. One layer:
    cosh(k (t - z))/cosh(k t). Several: in each j_k = a cosh(k z) + b sinh(k z), normal current and potential continuous.
    """
    k = np.asarray(k, float)
    ends = np.cumsum([0.0, *(thickness for thickness, _ in layers)])
    if not 0 <= depth <= ends[-1] * (1 + 1e-12):
        raise InputError(f"depth = {depth:g} m is outside its allowed range [0, {ends[-1]:g}] m, the thickness of the layers.")
    # upwards from the electrode: Y = (potential k)/(current) = tanh-like admittance ratio; factor = product of the layers passed
    load, factor = np.zeros_like(k), np.ones_like(k)
    for number in range(len(layers) - 1, -1, -1):
        thickness, sigma = layers[number]
        inside = min(max(depth - ends[number], 0.0), thickness)  # part of this layer above the wanted depth

        def at(distance, sigma=sigma, load=load):  # j(z) over j at the layer's far end, scaled by exp(-k distance)
            decay = np.exp(-2 * k * distance)
            return (1 + decay) / 2 + load * sigma * (1 - decay) / 2

        factor = factor * at(thickness - inside) / at(thickness) * np.exp(-k * inside)
        decay = np.exp(-2 * k * thickness)
        load = (load * sigma * (1 + decay) / 2 + (1 - decay) / 2) / at(thickness) / sigma
    return factor


def falls_below(depth: np.ndarray, maximum: np.ndarray, level: float = EVEN) -> float:
    """Depth (m) from which maximum/mean - 1 stays below a level, between samples in the logarithms; nan where it never does."""
    excess = np.asarray(maximum, float) - 1
    above = np.flatnonzero(excess >= level)
    if not above.size:
        return float(depth[0])
    last = above[-1]
    if last == len(depth) - 1:
        return math.nan
    pair = slice(last, last + 2)
    logs = np.log(np.maximum(excess[pair], 1e-12))
    share = (logs[0] - np.log(level)) / (logs[0] - logs[1])
    return float(np.exp(np.log(depth[pair]) @ [1 - share, share]))
