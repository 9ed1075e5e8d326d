"""How firmly a uniform grid holds a front between two phases where it is (Peierls and Nabarro), and which grid no longer does.

On cells of width a the energy of a front at rest with its ions held, F = sum_j [G(c_j) + kappa ((c_{j+1} - c_j)/a)^2] a, depends
on where between two cells it lies. Its second variation along the displacement c' then has an eigenvalue e where a film without
cells has none. A ripple cos(k y) of the front has e + 2 kappa k^2: the tension bends it back with 2 kappa k^2, and the grid does
as much to it as a ripple of

    k_a^2 = e/(2 kappa),

back or away, by the place of the front. So growth rates are those of k^2 + k_a^2 where the tension has k^2, and a wave that is
slow, long or near its threshold is a matter of cells where k_a^2 is not small against its k^2. k_a^2 falls exponentially with
the cells in an interface: in lithium titanate about fourfold for every half of a cell. Derived for Solion.
"""

from __future__ import annotations

import math

import numpy as np

from solion.base.errors import InputError
from solion.materials.mixed_conductor import MixedConductor
from solion.thermodynamics.flat_interface import interface
from solion.thermodynamics.phases import _evaluate, composition_range, remembered

PLACES = 8  # of the front between two cells
STEPS = 60  # of Newton's method, more than which a front on cells as coarse as itself may take
REST = 1e-11  # largest change of a composition at rest


@remembered
def front_pinning(material: MixedConductor, spacing: float, composition: float | None = None) -> float:
    """The largest |k_a^2| (1/m^2) with which cells of width ``spacing`` (m) hold a front, over its places between two cells.

    Of the gap that holds ``composition`` where there are several. Infinite where no front rests on cells so coarse. Raises
    InputError for a single-phase material and a spacing that is not positive.
    """
    if not spacing > 0:
        raise InputError(f"front_pinning: spacing = {spacing!r} is outside its allowed range (0, inf) m.")
    shape = interface(material, composition=composition)
    stiffness = 2 * float(material.gradient_energy) / spacing**2
    reach = math.ceil(max(-shape.position[0], shape.position[-1]) / spacing) + 4
    cells = np.arange(-reach, reach + 1) * spacing
    try:
        held = [
            _eigenvalue(material, stiffness, np.interp(cells + place * spacing, shape.position, shape.composition))
            for place in np.arange(PLACES) / PLACES
        ]
    except ArithmeticError:
        return math.inf
    return max(map(abs, held)) / (2 * float(material.gradient_energy))


def cells_that_let_go(
    material: MixedConductor, length: float, wavenumber: float, share: float, composition: float | None = None
) -> int:
    """The fewest cells on ``length`` (m) with which a grid does at most ``share`` of what the tension does to a wave of
    ``wavenumber`` (1/m)."""
    low, high = 0, max(8, math.ceil(length / interface(material, composition=composition).width))
    while front_pinning(material, length / high, composition) > share * wavenumber**2:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        small = front_pinning(material, length / middle, composition) <= share * wavenumber**2
        low, high = (low, middle) if small else (middle, high)
    return high


def _eigenvalue(material: MixedConductor, stiffness: float, c: np.ndarray) -> float:
    """Lowest eigenvalue of a front that came to rest on its cells with its ions held, from one without cells."""
    from scipy.linalg import eigh_tridiagonal, solve_banded

    evaluate, (low, high) = _evaluate(material), composition_range(material)
    beside = np.full(c.size, 2.0)
    beside[[0, -1]] = 1.0
    bands = np.full((3, c.size), -stiffness)
    total, plateau = c.sum(), float(evaluate(c[:1]).potential[0])
    for _ in range(STEPS):
        point = evaluate(c)
        bent = stiffness * (beside * c - np.append(c[1:], 0.0) - np.append(0.0, c[:-1]))
        bands[1] = point.slope + stiffness * beside
        moved, lifted = solve_banded((1, 1), bands, np.stack([plateau - point.potential - bent, np.ones_like(c)], axis=1)).T
        raised = (total - c.sum() - moved.sum()) / lifted.sum()
        change = moved + raised * lifted
        room = np.where(change > 0, high - c, c - low) / np.maximum(np.abs(change), 1e-300)
        step = min(1.0, 0.5 * float(room.min()))
        c, plateau = c + step * change, plateau + step * raised
        if np.abs(change).max() < REST:
            diagonal = evaluate(c).slope + stiffness * beside
            return float(eigh_tridiagonal(diagonal, bands[0, 1:], select="i", select_range=(0, 0), eigvals_only=True)[0])
    raise ArithmeticError
