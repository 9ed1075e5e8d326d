"""How long a film keeps three phases of two neighbouring stages side by side: a level that is volatile.

A|B|C is made by a current; at rest the middle phase B grows at the cost of both others, since the plateau of B|C lies above that
of A|B. Ions cross B from the one front to the other, quasi-steadily, so that

    dL_B/dt = K s/L_B,    K = int M_p mu_h' dc over B,    s = 1/(c_B - c_A) + 1/(c_C - c_B),
    L_B^2 = L_B0^2 + 2 K s t,

where c_A and c_C are binodals and c_B is the mean of what B holds, int c M_p mu_h' dc/K; lengths in film thicknesses, t in
tau_D. The layer X is lost once its front has come within the width w = 2 sqrt(kappa)/h of an interface from the contact,
L_B - L_B0 = (L_X - w) s |c_X - c_B|. Derived for ions that are slow beside electrons, D_p << D_n, and for a B whose own content
follows at once; stages of equal plateaus keep all three for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from solion.base.errors import InputError
from solion.materials.mixed_conductor import MixedConductor
from solion.thermodynamics.phases import _NODES, _WEIGHTS, _evaluate, ion_mobility, phase_diagram


class StageLife(NamedTuple):
    """When the poorest and the richest of three phases is lost, in tau_D (inf: never), each as if the other one stayed."""

    poorest: float
    richest: float
    driving: float  # difference of the plateaus, k_B T


def stage_life(material: MixedConductor, thickness: float, layers: Sequence[float], stage: int = 0) -> StageLife:
    """Life of A|B|C at rest in a film of ``thickness`` (m), ``layers`` being the shares of A, B and C in it.

    ``stage``: which gap A|B is, by content, B|C being the next. Within 10 % of runs of thirds. Raises :class:`InputError` where
    the material has no two neighbouring gaps, for layers that are no three positive shares of a whole, and where A or C is
    thinner than an interface.
    """
    stages = phase_diagram(material).stages
    if not 0 <= stage < len(stages) - 1:
        raise InputError(
            f"stage_life: stage = {stage} and the next are no stable gaps of {material.name}, which has {len(stages)}; three"
            " phases side by side need two."
        )
    lower, upper = stages[stage], stages[stage + 1]
    shares = np.asarray(layers, dtype=float)
    if shares.shape != (3,) or not np.all(shares > 0) or abs(shares.sum() - 1) > 1e-6:
        raise InputError(f"stage_life: layers = {list(layers)!r} are no three positive shares whose sum is 1.")
    width = 2 * float(np.sqrt(material.gradient_energy)) / thickness
    thin = float(min(shares[0], shares[2]))
    if thin <= width:
        raise InputError(f"stage_life: a layer of {thin:.3g} of the film is no thicker than an interface, {width:.3g}.")
    conductance, mean = _between(material, lower.binodal[1], upper.binodal[0])
    if not conductance > 0:  # plateaus that coincide to round-off
        return StageLife(np.inf, np.inf, driving=upper.plateau - lower.plateau)
    jumps = np.array([mean - lower.binodal[0], upper.binodal[1] - mean])
    pace = float(np.sum(1 / jumps))
    grown = shares[1] + (shares[[0, 2]] - width) * pace * jumps
    times = (grown**2 - shares[1] ** 2) / (2 * conductance * pace)
    return StageLife(*times.tolist(), driving=upper.plateau - lower.plateau)


def _between(material: MixedConductor, start: float, stop: float) -> tuple[float, float]:
    """K, the flux of ions through a phase between two contents times its thickness (c_0 D_p), and the mean of what it holds."""
    c = start + (stop - start) * (_NODES + 1) / 2
    parts = (stop - start) / 2 * _WEIGHTS * ion_mobility(material, c) * _evaluate(material)(c).slope
    whole = float(np.sum(parts))
    return whole, float(np.sum(c * parts)) / whole if whole else start
