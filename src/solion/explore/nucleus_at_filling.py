"""The critical nucleus of a film that holds a given number of ions: what grows is taken from the phase around it.

Of a film of volume V whose mean composition c_m is kept, the saddle is a critical nucleus beside a poor phase of c_inf < c_m,

    c_inf + n(c_inf)/V = c_m,      dE = dG*(c_inf) - V [g(c_m) - g(c_inf) - mu_h(c_inf) (c_m - c_inf)],

with n the ions of the nucleus beyond those without it and dG* its barrier at c_inf held (:func:`solion.explore.nucleus.
critical_nucleus`). It is higher than dG*(c_m) and tends to it in a large film; d(dE)/dc_m = V [mu_h(c_inf) - mu_h(c_m)]. n grows
without bounds towards the binodal, so that below some c_m nothing nucleates: what would be a nucleus has no ions to live on. The
other solution, with a smaller c_inf, is the drop at rest that the film ends in. Exact where the nucleus ends well within the
film, at a neutral contact, which takes up no ions itself. Derived for Solion.
"""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

from scipy.optimize import brentq, minimize_scalar

from solion.base.constants import AVOGADRO
from solion.base.errors import InputError
from solion.explore.nucleus import CriticalNucleus, critical_nucleus
from solion.materials.mixed_conductor import MixedConductor
from solion.thermodynamics.phases import _evaluate, phase_diagram

STEP = 0.04  # of the way from binodal to spinodal, by which the poor phase is looked through
NEAREST = 0.1  # of that way: nearer to the binodal nuclei outgrow any film


class NucleusAtFilling(NamedTuple):
    """``barrier`` (k_B T) with the film's ions held, ``slope`` its derivative by the filling, the ``composition`` that is left
    around the saddle, and the ``nucleus`` there."""

    barrier: float
    slope: float
    composition: float
    nucleus: CriticalNucleus


def nucleus_at_filling(material: MixedConductor, filling: float, volume: float, spacing: float = 0.25) -> NucleusAtFilling:
    """The cap at a neutral contact of a film in one phase, whose ``filling`` (c/c_0) in a ``volume`` (m^3) is kept.

    ``volume`` is that whose ions reach the nucleus before it grows: a device's own, or what lies within a diffusion length.
    ``spacing`` as of :func:`critical_nucleus`. Raises InputError where the filling is not supersaturated and where a film so
    small has no nucleus, with the filling that has one.
    """
    if not volume > 0:
        raise InputError(f"nucleus_at_filling: volume = {volume!r} is outside its allowed range (0, inf) m3.")
    phases, sites = phase_diagram(material).at(filling), float(material.concentration) * AVOGADRO * volume
    low, high = (phases.binodal[0], phases.spinodal[0]) if phases else (0.0, 0.0)
    if not low < filling < high:
        raise InputError(
            f"nucleus_at_filling: filling = {filling:g} is not between {low:.4g} and {high:.4g}, where a film can wait."
        )

    @functools.cache
    def beside(composition: float) -> CriticalNucleus:
        return critical_nucleus(material, composition, spacing=spacing)

    def excess(composition: float) -> float:
        """Filling that a saddle beside this composition asks for, less that of the film."""
        return composition + beside(composition).ions / sites - filling

    step, above = STEP * (high - low), filling
    while (here := above - step) > low + NEAREST * (high - low) and 0 < excess(here) < excess(above):
        above = here
    if excess(here := max(here, low + NEAREST * (high - low))) > 0:
        best: Any = minimize_scalar(excess, bounds=(here, above + step if above < filling else filling), method="bounded")
        if float(best.fun) > 0:
            raise InputError(
                f"nucleus_at_filling: filling = {filling:g} in {volume:.3g} m3 feeds no nucleus; it takes"
                f" {filling + float(best.fun):.4g}, or a larger volume."
            )
        here = float(best.x)
    composition = float(brentq(excess, here, above, xtol=1e-9))  # pyright: ignore[reportArgumentType]
    far, mean = (_evaluate(material)(c) for c in (composition, filling))
    nucleus = beside(composition)
    lost = float(mean.energy - far.energy - far.potential * (filling - composition))
    return NucleusAtFilling(nucleus.barrier - sites * lost, sites * float(far.potential - mean.potential), composition, nucleus)
