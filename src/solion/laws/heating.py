"""Where the heat of a small device goes, and when it feeds itself: closed forms in SI.

Spreading of a disc of heat on a half space (isoflux, at its centre; Carslaw and Jaeger 1959, section 10.5):

    dT(t) = (2 q (alpha t)^(1/2)/k) [pi^(-1/2) - ierfc(a/(2 (alpha t)^(1/2)))]  ->  q a/k
    ierfc(z) = exp(-z^2)/pi^(1/2) - z erfc(z)

Runaway of a conductance G = G_0 exp[-(E/k)(1/T - 1/T_0)] at a fixed voltage behind R_s: T - T_0 = R_th V^2 G/(1 + R_s G)^2 has no
stable solution beyond V*, where R_th P (E/kT^2) (1 - R_s G)/(1 + R_s G) = 1. At a fixed current the power falls with T and
nothing runs away. Derived for Solion.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from solion.base.constants import BOLTZMANN, ELEMENTARY_CHARGE, FARADAY
from solion.base.errors import InputError

GROWN = 6.0  # ln of the conductance's growth, beyond which no branch ends: without R_s it ends near 1


class Runaway(NamedTuple):
    """Where a branch of steady temperatures ends: T* in K, and V* (R_th G_0)^(1/2) in K^(1/2)."""

    temperature: float
    voltage: float


def spreading_resistance(radius: float, conductivity: float, diffusivity: float = math.inf, time: float = math.inf) -> float:
    """dT over q (K m2/W) at the centre of a disc on a half space a ``time`` (s) after q is put on; radius in m, W/(m K), m2/s.

    A square of side s spreads as a disc of radius s/pi^(1/2).
    """
    if not (math.isfinite(time) and math.isfinite(diffusivity)):
        return radius / conductivity
    reach = math.sqrt(diffusivity * time)
    z = radius / (2 * reach)
    ierfc = math.exp(-(z**2)) / math.sqrt(math.pi) - z * math.erfc(z)
    return 2 * reach / conductivity * (1 / math.sqrt(math.pi) - ierfc)


def film_resistance(thickness: float, conductivity: float, boundary: float, substrate: float) -> float:
    """R'' of a film on what spreads its heat (K m2/W): h/(2 k_f) + R_K + R_substrate."""
    return thickness / (2 * conductivity) + boundary + substrate


def runaway(activation_energy: float, temperature: float = 298.15, series: float = 0.0) -> Runaway | None:
    """The end of the steady branch for E (eV) above T_0 (K); ``series`` = R_s G_0. None where nothing runs away at any voltage.

    Without R_s, T* = (E/2k)[1 - (1 - 4kT_0/E)^(1/2)]; none for E < 4kT_0. Raises InputError for a negative energy or resistance.
    """
    from scipy.optimize import brentq

    if activation_energy < 0 or series < 0:
        raise InputError(f"runaway: activation_energy = {activation_energy:g} eV and series = {series:g} must not be negative.")
    kelvin = activation_energy * ELEMENTARY_CHARGE / BOLTZMANN
    if kelvin <= 4 * temperature:
        return None

    def at(u):
        """T at which the conductance has grown by e^u."""
        return 1 / (1 / temperature - u / kelvin)

    def rises(u):
        g = series * np.exp(u)
        return (at(u) - temperature) * kelvin / at(u) ** 2 * (1 - g) / (1 + g) - 1

    growth = np.linspace(0.0, min(GROWN, 0.5 * kelvin / temperature), 20_001)
    beyond = int(np.argmax(rises(growth) > 0))
    if not beyond:
        return None
    u = float(brentq(rises, growth[beyond - 1], growth[beyond], xtol=1e-14))  # pyright: ignore[reportArgumentType]
    return Runaway(at(u), math.sqrt((at(u) - temperature) * math.exp(-u)) * (1 + series * math.exp(u)))


def safe_series_resistance(activation_energy: float, temperature: float = 298.15) -> float:
    """R_s G_0 above which nothing runs away at any voltage; (2 - 3^(1/2)) exp(-3^(1/2)) = 0.047406 for E far above kT_0."""
    if runaway(activation_energy, temperature) is None:
        return 0.0
    low, high = 1e-6, 1.0
    for _ in range(60):
        middle = math.sqrt(low * high)
        low, high = (low, middle) if runaway(activation_energy, temperature, middle) is None else (middle, high)
    return math.sqrt(low * high)


def heat_limited_time(
    resistance: float,
    voltage: float,
    current: float,
    thermal_voltage: float,
    concentration: float,
    thickness: float,
    diffusivity_ratio: float,
    rise: float = 100.0,
) -> Any:
    """The shortest switching time (s) that heats a film by no more than ``rise`` (K): R'' V i V_T c_0 F h/(10 r dT).

    R'' in K m2/W, ``voltage`` in V_T, ``current`` in i_D = D_n0 c_0 F/h, c_0 in mol/m3, h in m, r = D_p0/D_n0; switching takes a
    tenth of h^2/D_p0.
    """
    size = resistance * voltage * current * thermal_voltage * concentration * FARADAY * thickness
    return size / (10 * diffusivity_ratio * rise)
