"""The critical current of a film whose interface and ends are as diffuse as they are: Eq. 5 of Tian and Bazant, corrected.

The film is scaled to unit length, in state I, at rest in a current i: M_n dmu/dx = i, mu = mu_h(c) - 2 kappa c''. In
the bulk of a phase mu = mu_h(c), so that the effective potential F(c) = int M_n mu_h' dc rises by i over a unit of length.
Four lengths and masses come in that Eq. 5 leaves out, each to its leading order in sqrt(kappa):

- The phases are not at their binodals: the content of a bulk of length L is (1/i) int c dF over its rise i L.
- The interface, which lets mu change where electrons are more mobile than in the ion-poor bulk: the bulk fields, extended to
  the plateau, end at distances d_0 and d_1 from the surface that divides the content sharply. From the two integrals
  of the profile at rest that the force balance int (mu - plateau) dc = 0 asks for:
  d_0 = int (b_1 - c)(1 - M_0/M) dx / (b_1 - b_0),    d_1 = int (c - b_0)(1 - M_1/M) dx / (b_1 - b_0).
- The end at which a phase becomes unstable. There mu_h is a parabola about the spinodal s, and with c - s = -+ d y and
  x in units of l the film obeys y'' = -y^2 - x, the first equation of Painleve, with
  l^5 = 4 kappa^2 M_s / (a i), d = i l^3 / (2 kappa M_s), a = |mu_h''(s)|/2. Flat at its end and on the stable branch
  -sqrt(-x) far from it, it has solutions up to x = END_SHIFT only. So the bulk may be longer than F allows by END_SHIFT l,
  and holds END_CONTENT d l more than the bulk and a piece at s would.
- A thin layer of the minor phase, which is at rest with the major one at a potential off the plateau, ever further the
  thinner it is (the profile between a flat wall and the bulk of content c_I, by its first integral). As the current moves
  ions the layer shrinks, and beyond a largest current it dissolves.

The critical current is the smallest of these four: either phase unstable at its end, either phase dissolving. Terms of
the order of kappa^(3/5) and i^2 are left out, among them all that happens where a layer is as thin as the interface.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from solion.base.errors import InputError
from solion.materials.mixed_conductor import MixedConductor
from solion.thermodynamics.flat_interface import interface
from solion.thermodynamics.phases import _evaluate, _root, _two_phases, electron_mobility, remembered

END_SHIFT, END_CONTENT = 1.165126, 0.592437  # of y'' = -y^2 - x, y' = 0 at the end, by finite differences; derived
NAMES = ("ion-poor", "ion-rich")
_LAYERS = np.geomspace(1e-4, 0.97, 80)  # contents of the major phase, as shares of the way from binodal to spinodal


class _Phase(NamedTuple):
    """One phase between binodal and spinodal: ``rise`` is |F| from the binodal on, ``content`` the integral of c over it."""

    sign: float  # of the change of c from binodal to spinodal
    binodal: float
    spinodal: float
    rise: np.ndarray
    content: np.ndarray
    mobility: float  # M_n at the spinodal
    curvature: float  # |mu_h''| / 2 there
    reach: float  # the interface's length d on this side, in m

    def mass(self, current, start, length):
        """Content of a bulk of some length whose end at the interface has risen by ``start`` already."""
        end = start + current * length
        held = np.interp(end, self.rise, self.content) - np.interp(start, self.rise, self.content)
        return (held + self.spinodal * np.maximum(end - self.rise[-1], 0.0)) / current

    def end(self, current, kappa):
        """The length l by which a bulk may outgrow F, relative to the film, and what it then holds in excess."""
        layer = (4 * kappa**2 * self.mobility / (self.curvature * current)) ** 0.2
        depth = current * layer**3 / (2 * kappa * self.mobility)
        return END_SHIFT * layer, self.sign * END_CONTENT * depth * layer


class _Layers(NamedTuple):
    """Layers of the minor phase at a wall, each at rest with a major phase; lengths in m."""

    content: np.ndarray  # c_I of the major phase
    start: np.ndarray  # its rise
    excess: np.ndarray  # content above c_I
    reach: np.ndarray  # distance from the wall at which the field of the major phase begins


def critical_current_diffuse(material: MixedConductor, mean_composition: float, thickness: float) -> float:
    """Smallest current that drives a phase change in a film of ``thickness`` (m) in state I, in i_D.

    As :func:`critical_current` (Eq. 5), with the diffuse interface and the diffuse ends; see :mod:`solion.thermodynamics.diffuse`
    for the derivation and docs/critical-current.md for its error, a few per cent for a film of more than ten times
    sqrt(kappa h^2). The exact value is that of :func:`solion.explore.critical_current.fold`. Raises :class:`InputError` for a
    single-phase material and where a film this thin holds no two phases at rest.
    """
    return min(ways_to_switch(material, mean_composition, thickness).values())


def ways_to_switch(material: MixedConductor, mean_composition: float, thickness: float) -> dict[str, float]:
    """Current in i_D at which each of the four ways out of state I opens, infinite where one never does."""
    phases = _phases(material)
    low, high = two_phase_fillings(material, thickness)
    if not low < mean_composition < high:
        raise InputError(
            f"critical_current_diffuse: mean_composition = {mean_composition:g} is outside its allowed range "
            f"({low:.4g}, {high:.4g}), between which a film of {thickness:g} m holds two phases of {material.name} at rest."
        )
    kappa = material.gradient_energy / thickness**2
    ways = {}
    for k, name in enumerate(NAMES):
        ways[f"{name} phase unstable at its end"] = _unstable(phases, k, kappa, thickness, mean_composition)
        ways[f"{NAMES[1 - k]} phase dissolving"] = _dissolving(material, k, thickness, mean_composition)
    if not np.isfinite(min(ways.values())):
        raise InputError(
            f"critical_current_diffuse: no current is found at mean_composition = {mean_composition:g} and thickness = "
            f"{thickness:g} m, where the formula does not hold; use solion.explore.critical_current.fold."
        )
    return ways


def two_phase_fillings(material: MixedConductor, thickness: float) -> tuple[float, float]:
    """Mean compositions between which a film of ``thickness`` (m) can hold both phases at rest.

    Narrower than the binodal, since a layer of the minor phase that is too thin dissolves. Raises :class:`InputError`
    for a single-phase material.
    """
    if not thickness > 0:
        raise InputError(f"two_phase_fillings: thickness = {thickness!r} m is outside its allowed range (0, inf) m.")
    poor, rich = (_layers(material, k) for k in range(2))
    return (float(np.min(poor.content + poor.excess / thickness)), float(np.max(rich.content + rich.excess / thickness)))


def _unstable(phases, k: int, kappa: float, thickness: float, filling: float) -> float:
    """Current at which phase k becomes unstable at its end, the other one being a bulk too."""
    own, other = phases[k], phases[1 - k]
    reach = (own.reach + other.reach) / thickness

    def lengths(current):
        length = own.rise[-1] / current + own.end(current, kappa)[0]
        return length, 1 - length - reach

    def beyond(current):
        """How far the other phase is beyond its own limit, 0 where F allows it and 1 where it is unstable too."""
        shift, _ = other.end(current, kappa)
        return (current * lengths(current)[1] - other.rise[-1]) / (current * shift)

    def excess(current):
        length, rest = lengths(current)
        held = own.mass(current, 0.0, length) + own.end(current, kappa)[1]
        held += other.mass(current, 0.0, rest) + other.end(current, kappa)[1] * np.clip(beyond(current), 0.0, 1.0)
        held += (own.reach * own.binodal + other.reach * other.binodal) / thickness
        return own.sign * (held - filling)

    # between the current that leaves the other phase no length and that which makes it unstable too
    low, high = own.rise[-1], own.rise[-1] + other.rise[-1]
    while beyond(high) < 1:
        high *= 2.0
        if high > 1e6 * own.rise[-1]:
            return np.inf
    high = _root(lambda i: (beyond(i) - 1, 0.0), low, high)
    low = _root(lambda i: (lengths(i)[1], 0.0), low, high)
    if excess(low) * excess(high) > 0:
        return np.inf
    return _root(lambda i: (excess(i), 0.0), low, high)


def _dissolving(material: MixedConductor, k: int, thickness: float, filling: float) -> float:
    """Current at which a layer of the minor phase dissolves into phase k: the largest over all layers."""
    major, layers = _phases(material)[k], _layers(material, k)
    length = 1 - layers.reach / thickness
    base = layers.excess / thickness + layers.content * layers.reach / thickness
    length = np.where(length > 0, length, np.nan)
    low, high = np.full(length.shape, 1e-9), (major.rise[-1] - layers.start) / length

    def excess(current):
        return major.sign * (base + major.mass(current, layers.start, length) - filling)

    sound = (excess(low) < 0) & (excess(high) > 0)
    for _ in range(60):
        middle = 0.5 * (low + high)
        below = excess(middle) < 0
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    current = np.where(sound, low, np.nan)
    inner = np.nonzero((current[1:-1] >= current[:-2]) & (current[1:-1] >= current[2:]))[0] + 1
    if not inner.size:
        return np.inf  # the end of the major phase becomes unstable before
    best = inner[np.argmax(current[inner])]
    before, at, after = current[best - 1 : best + 2]
    bend = before - 2 * at + after
    return float(at - (after - before) ** 2 / (8 * bend)) if bend < 0 else float(at)


@remembered
def _phases(material: MixedConductor) -> tuple[_Phase, _Phase]:
    diagram, evaluate = _two_phases(material), _evaluate(material)
    profile = interface(material, points=1601)
    mobility = electron_mobility(material, profile.composition)
    phases = []
    for k, sign in enumerate((1.0, -1.0)):
        start, stop = diagram.binodal[k], diagram.spinodal[k]
        nodes, weights = np.polynomial.legendre.leggauss(4)
        edges = np.linspace(start, stop, 1025)
        width = edges[1] - edges[0]
        c = edges[:-1, None] + width * (nodes + 1) / 2
        slope = evaluate(c).slope * electron_mobility(material, c)
        rise, content = ((weights / 2 * abs(width) * values).sum(axis=1) for values in (slope, c * slope))
        own = float(electron_mobility(material, np.array([start]))[0])
        weight = np.abs(profile.composition - diagram.binodal[1 - k]) / (diagram.binodal[1] - diagram.binodal[0])
        reach = float(np.trapezoid(weight * (1 - own / mobility), profile.position))
        phases.append(
            _Phase(
                sign,
                start,
                stop,
                np.append(0.0, np.cumsum(rise)),
                np.append(0.0, np.cumsum(content)),
                float(electron_mobility(material, np.array([stop]))[0]),
                abs(float(evaluate(stop).curvature)) / 2,
                reach,
            )
        )
    return phases[0], phases[1]


@remembered
def _layers(material: MixedConductor, k: int) -> _Layers:
    """Thin layers of the other phase at rest with phase k, from thick to thin."""
    diagram, evaluate, major = _two_phases(material), _evaluate(material), _phases(material)[k]
    steps, weights = np.polynomial.legendre.leggauss(48)
    steps, weights = (steps + 1) / 2, weights / 2
    grid = np.linspace(diagram.spinodal[k], diagram.binodal[1 - k], 2001)[1:]
    energy = evaluate(grid).energy
    contents = major.binodal + _LAYERS * (major.spinodal - major.binodal)
    rises = np.interp(_LAYERS, np.linspace(0, 1, major.rise.size), major.rise)
    rest = evaluate(contents)
    rows = []
    for inside, rise, level, bottom in zip(contents, rises, rest.potential, rest.energy, strict=True):

        def height(c, inside=inside, level=level, bottom=bottom):
            """W(c), the height of G above its tangent at c_I."""
            point = evaluate(c)
            return point.energy - bottom - level * (c - inside), point.potential - level

        beyond = int(np.argmax(energy - bottom - level * (grid - inside) < 0))
        wall = _root(height, grid[beyond - 1], grid[beyond])
        c = wall - (wall - inside) * steps**2  # no singularity at the wall, where W passes zero
        stretch = np.sqrt(material.gradient_energy / height(c)[0]) * 2 * steps * abs(wall - inside) * weights
        relative = electron_mobility(material, np.array([inside]))[0] / electron_mobility(material, c)
        field = np.sum((1 - relative * (wall - c) / (wall - inside)) * stretch)
        rows.append((inside, rise, np.sum((c - inside) * stretch), field))
    return _Layers(*np.array(rows).T)
