"""The interfaces of the acceptance experiments, with the numbers of the specification."""

from __future__ import annotations

import numpy as np

from solion.base.constants import GAS_CONSTANT
from solion.laws import (
    AlloyPenalty,
    CutDispersionCoefficient,
    DispersionCoefficient,
    ExponentialCoefficient,
    FixedChange,
    LayeredCoefficient,
    MixedChange,
    RedlichKister,
)
from solion.thermodynamics.complexions import FilmEnergy

LENGTH, ENERGY, LAYER = 3e-10, 0.30, 2.8e-10  # m, J/m2, m
PENALTIES = np.array([1e3, 1e4, 1e5, 1e6, 1e7, 3e7, 1e8, 2e8, 3e8, 4e8, 5e8, 6e8, 8e8, 1e9])  # J/m3
COEFFICIENTS = {
    "exp": ExponentialCoefficient(LENGTH),
    "vdw": DispersionCoefficient(LENGTH),
    "vdw_cut": CutDispersionCoefficient(LENGTH),
    "osc": LayeredCoefficient(LENGTH, LENGTH, 0.35, LENGTH),
}
THICKNESSES = {  # nm; the table of the specification, 1.4
    "exp": (4.1447, 3.4539, 2.7631, 2.0723, 1.3816, 1.0520, 0.69078, 0.48283, 0.36119, 0.27489, 0.20794, 0.15325, 0.06694, 0),
    "vdw": (37.796, 17.541, 8.1359, 3.7638, 1.7197, 1.1655, 0.73478, 0.54033, 0.43608, 0.36205, 0.300, 0, 0, 0),
    "vdw_cut": (37.798, 17.544, 8.1433, 3.7798, 1.7544, 1.2164, 0.81433, 0.64633, 0.56462, 0, 0, 0, 0, 0),
    "osc": (4.196, 3.588, 2.704, 2.0981, 1.4906, 1.1877, 0.60544, 0.59069, 0.30381, 0.29825, 0.29295, 0.28782, 0.0041, 0),
}
SWITCHES = {  # K: limit; X of the composition switch and of the layers 1 to 2, 2 to 3, ...; nm at the switch; section 1.8
    300.0: (1.481e-4, (5.295e-6, 3.941e-5, 9.825e-5, 1.411e-4), (0.365, 0.355)),
    313.0: (2.139e-4, (9.027e-6, 5.786e-5, 1.389e-4, 1.964e-4), (0.370, 0.355)),
    326.0: (3.000e-4, (1.475e-5, 8.235e-5, 1.909e-4, 2.663e-4), (0.370, 0.360)),
    352.0: (5.482e-4, (3.541e-5, 1.540e-4, 3.357e-4, 4.567e-4, 5.154e-4), (0.375, 0.360)),
    378.0: (8.659e-4, (7.957e-5, 2.637e-4, 5.448e-4, 7.255e-4, 8.117e-4), (0.730, 0.360)),
    404.0: (1.271e-3, (1.712e-4, 4.201e-4, 8.287e-4, 1.083e-3, 1.202e-3), (0.745, 0.365)),
}


def film_of(name: str) -> FilmEnergy:
    """A film of dgamma = -0.30 J/m2 with one of the four coefficients."""
    return FilmEnergy(FixedChange(-ENERGY), COEFFICIENTS[name])


def series_film() -> FilmEnergy:
    """The parameters tuned to Dillon and Harmer's series."""
    return FilmEnergy(FixedChange(-ENERGY), LayeredCoefficient(3.6e-10, LAYER, 0.45, 1.7e-10))


def sodium_on_lithium() -> FilmEnergy:
    """The model surface of lithium with dissolved sodium: a numerical reference, no chemistry (section 1.8)."""
    melt = RedlichKister((2 * GAS_CONSTANT * 576.8,), (0.0,))
    return FilmEnergy(
        MixedChange(-0.067, -0.245),
        LayeredCoefficient(4e-10, 3.7e-10, 0.30, 4e-10),
        AlloyPenalty(RedlichKister((22000.0,), (0.0,)), melt, 3000.0, 453.65, 13.02e-6, 2597.0, 370.95, 23.78e-6),
    )
