"""What a user's own law must keep to, tried at a few states before a simulation begins."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from solion.base.constants import thermal_voltage
from solion.base.errors import InputError
from solion.base.parameters import Part
from solion.laws.charge_transfer import AbstractChargeTransfer, Surface
from solion.laws.conductivity import AbstractConductivity
from solion.laws.free_energy import AbstractFreeEnergy
from solion.laws.mobility import AbstractMobility
from solion.laws.wetting import AbstractWetting

INSIDE = np.array([0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98])  # shares of the sites
OVERPOTENTIALS = np.array([-5.0, -1.0, -0.1, 0.1, 1.0, 5.0])  # in k_B T/e
ROUND_OFF = 1e-9  # of the current at k_B T/e that may be left at zero overpotential


def check(law: Part, temperature: float = 298.15) -> None:
    """Try a law of charge transfer, mobility, conductivity, free energy or wetting at a few states inside its range.

    Raises :class:`InputError` where it is not written for JAX, is not finite, has the wrong sign, or drives a current at zero
    overpotential. :func:`solion.simulate` and its neighbours do this for every law that is not the library's own.
    """
    name = type(law).__name__
    if isinstance(law, AbstractChargeTransfer):
        for c in (0.05, 0.5, 0.95):
            _transfer(name, law, c, thermal_voltage(temperature))
    elif isinstance(law, AbstractMobility):
        _not_negative(name, "mobility", _tried(name, lambda c: law.mobility(c, 1.0), INSIDE))
    elif isinstance(law, AbstractConductivity):
        _not_negative(name, "conductivity", _tried(name, law.conductivity, INSIDE))
    elif isinstance(law, AbstractFreeEnergy):
        content = INSIDE * float(law.capacity)
        _tried(name, lambda c: law.energy(c, c + law.defects), content)
    elif isinstance(law, AbstractWetting):
        _tried(name, law.energy, INSIDE)
        slope = _tried(name, law.slope, INSIDE)
        own = np.asarray(jax.vmap(jax.grad(law.energy))(jnp.asarray(INSIDE)))
        if np.max(np.abs(slope - own)) > ROUND_OFF * (np.max(np.abs(slope)) + np.max(np.abs(own))):
            raise InputError(
                f"{name}: slope(c) = {slope[3]:.4g} is not the derivative {own[3]:.4g} of its energy(c) at c = {INSIDE[3]:g}, so "
                "that ions would move against their energy; leave slope out, it is derived from energy."
            )


def check_own(part: Any) -> None:
    """:func:`check` each law of a device that is not the library's own: a class of another module, or a function."""
    for law in _own(part):
        try:
            _once(law)
        except TypeError:  # one with arrays among its numbers cannot be looked up
            check(law)


_once = functools.lru_cache(maxsize=256)(check)


def _own(part: Any) -> Iterator[Part]:
    if isinstance(part, tuple):
        for entry in part:
            yield from _own(entry)
    elif isinstance(part, Part):
        fields = dataclasses.fields(part)
        if not type(part).__module__.startswith("solion.") or any(field.name == "function" for field in fields):
            yield part
        for field in fields:
            yield from _own(getattr(part, field.name))


def _transfer(name: str, law: AbstractChargeTransfer, c: float, volt: Any) -> None:
    surface = Surface(*(jnp.asarray(x, float) for x in (c, c, np.log(c / (1 - c)), 1.0, volt)))
    etas = np.concatenate([[0.0], float(volt) * OVERPOTENTIALS])
    current = _tried(name, lambda eta: law.current(eta, surface), etas)
    at_rest, driven = current[0], current[1:]
    where = f"at a surface filled to {c:g}"
    if abs(at_rest) > ROUND_OFF * np.abs(driven).max():
        raise InputError(f"{name}: the current is {at_rest:.3g} A/m2 at zero overpotential {where}; it has to be zero there.")
    wrong = driven * OVERPOTENTIALS < 0
    if wrong.any():
        eta, found = etas[1:][wrong][0], driven[wrong][0]
        every = "; with the other sign it would be in order" if wrong.all() else ""
        raise InputError(
            f"{name}: the current is {found:.3g} A/m2 at an overpotential of {eta:.3g} V {where}; it has to have the sign of the"
            f" overpotential{every}."
        )


def _not_negative(name: str, what: str, values: np.ndarray) -> None:
    if (values < 0).any():
        raise InputError(f"{name}: the {what} is {values.min():.3g} within its range; it has to be 0 or more.")


def _tried(name: str, function: Callable, places: np.ndarray) -> np.ndarray:
    """Values at these places; raises InputError where the function or its derivative cannot be had, or is not finite."""

    def both(x):
        return jax.jvp(function, (x,), (jnp.ones_like(x),))

    try:
        shape = jax.eval_shape(both, jax.ShapeDtypeStruct((), float))[0].shape
        value, slope = (np.asarray(found, float) for found in jax.vmap(both)(jnp.asarray(places)))
    except Exception as error:  # the user's code may raise anything
        words = str(error).strip().splitlines()[0].rstrip(".:;") if str(error).strip() else "no reason given"
        traced = "trace" in f"{type(error).__name__} {error}".lower()
        remedy = "; write it with jax.numpy (jnp.sinh, not math.sinh or np.sinh) and jnp.where in place of if" if traced else ""
        raise InputError(f"{name}: it cannot be evaluated ({type(error).__name__}: {words[:150]}){remedy}.") from error
    if shape != ():
        raise InputError(f"{name}: it returns an array of shape {shape} for one number; it has to return one number.")
    for words, found in (("value", value), ("derivative", slope)):
        if not np.all(np.isfinite(found)):
            place = places[~np.isfinite(found)][0]
            raise InputError(f"{name}: its {words} is {found[~np.isfinite(found)][0]} at {place:.3g}; it has to be finite.")
    return value
