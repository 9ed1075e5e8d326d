"""A material at another temperature.

Energies that a part declares in units of k_B T are constant in joules, so their numbers go with T_ref / T; ideal mixing
is entropy, whose number in k_B T does not change. The gradient energy (k_B T per site, times m^2) goes with T_ref / T too.
Diffusivities follow Arrhenius, D(T) = D(T_ref) exp[-(E/k_B)(1/T - 1/T_ref)].
"""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from solion.base.constants import BOLTZMANN, ELEMENTARY_CHARGE
from solion.base.errors import InputError
from solion.base.parameters import Part, Source, Sourced
from solion.laws.free_energy import AbstractFreeEnergy, FreeEnergy, total_potential
from solion.materials.layered_conductor import LayeredConductor
from solion.materials.mixed_conductor import MixedConductor

P = TypeVar("P", bound=Part)
C = TypeVar("C", MixedConductor, LayeredConductor)


def arrhenius(activation_energy, temperature, reference):
    """D(T)/D(T_ref) for an activation energy in eV and temperatures in K."""
    exponent = -activation_energy * ELEMENTARY_CHARGE / BOLTZMANN * (1 / temperature - 1 / reference)
    return jnp.exp(exponent) if isinstance(exponent, Tracer) else np.exp(exponent)


def energies_scaled(part: P, factor: float, remark: str = "") -> P:
    """The same part with every number that it declares in k_B T multiplied by ``factor``, and those of the parts inside.

    ``remark`` is added to the source of each. Raises InputError for a free energy given as a bare function: which of its
    terms are enthalpy cannot be known.
    """
    if isinstance(part, FreeEnergy):
        raise InputError(
            "FreeEnergy holds a function, of which no one can tell enthalpy from entropy; for other temperatures write a "
            "class of AbstractFreeEnergy whose energies are parameters with the unit 'k_B T'."
        )
    known, changed, sources = dict(part.sources), {}, {}
    for field in dataclasses.fields(part):
        value = getattr(part, field.name)
        if isinstance(value, Part):
            changed[field.name] = energies_scaled(value, factor, remark)
        elif field.metadata.get("parameter") and field.metadata["unit"].startswith("k_B T"):
            changed[field.name] = value * factor
            sources[field.name] = _derived(known.get(field.name), value, value * factor, remark)
    return dataclasses.replace(part, **changed, sources=_kept(known | sources))


def at_temperature(material: C, temperature: float) -> C:
    """The material at ``temperature`` (K): energies in k_B T, gradient energy, and both diffusivities.

    Raises InputError outside [1, 3000] K and for a free energy given as a bare function. Numbers may be traced.
    """
    reference = material.reference_temperature
    traced = isinstance(temperature, Tracer) or isinstance(reference, Tracer)
    if not traced and not 1 <= temperature <= 3000:
        raise InputError(f"at_temperature: temperature = {temperature:g} K is outside its allowed range [1, 3000] K.")
    if not traced and temperature == reference:
        return material
    factor = reference / temperature
    numbers = {
        "gradient_energy": factor,
        "ion_diffusivity": arrhenius(material.ion_activation_energy, temperature, reference),
        "electron_diffusivity": arrhenius(material.electron_activation_energy, temperature, reference),
    }
    changed: dict[str, Any] = {name: getattr(material, name) * ratio for name, ratio in numbers.items()}
    changed["reference_temperature"] = temperature
    if not traced:
        changed = {name: value if isinstance(value, Tracer) else float(value) for name, value in changed.items()}
    remark = "" if traced else f"at {temperature:g} K from {reference:g} K"
    known = dict(material.sources)
    sources = {name: _derived(known.get(name), getattr(material, name), new, remark) for name, new in changed.items()}
    law = energies_scaled(material.free_energy, factor, remark)
    return dataclasses.replace(material, **changed, free_energy=law, sources=_kept(known | sources))


def _derived(known: Sourced | None, old: float, new: float, remark: str) -> Sourced | None:
    """The source of a number that was ``old`` and is ``new``; none where the old one was the user's."""
    if known is None or isinstance(old, Tracer) or isinstance(new, Tracer) or known.value != old:
        return None
    return Sourced(new, Source("derived", f"{known.source.reference}; {remark}"))


def _kept(sources: dict[str, Sourced | None]) -> tuple[tuple[str, Sourced], ...]:
    return tuple((name, source) for name, source in sources.items() if source is not None)


def critical_temperature(material: MixedConductor) -> float:
    """Temperature (K) above which one phase is stable at every composition; 0 where that holds at all temperatures.

    mu_h'(c) = s(c) + (T_ref/T) e(c), with s > 0 from mixing and e from the enthalpy, is nowhere negative once
    T >= T_ref max_c [-e(c)/s(c)]. For one symmetric regular solution, mu = ln c/(1-c) + Omega c, that is
    -Omega T_ref/4. Raises InputError as :func:`energies_scaled` does.
    """
    law = material.free_energy
    mixing_only = energies_scaled(law, 0.0)

    def excess(logit):
        composition = law.capacity / (1 + jnp.exp(-jnp.asarray(logit, float)))
        entropic, whole = _slope(mixing_only, composition), _slope(law, composition)
        return np.asarray((entropic - whole) / entropic)

    logits = np.linspace(-30.0, 30.0, 1001)
    for _ in range(5):  # each round narrows the maximum of a smooth function by a factor of 500
        at = int(np.argmax(excess(logits)))
        logits = np.linspace(logits[max(at - 1, 0)], logits[min(at + 1, 1000)], 1001)
    return max(float(excess(logits).max()), 0.0) * float(material.reference_temperature)


def _slope(law: AbstractFreeEnergy, composition):
    return jax.jvp(lambda c: total_potential(law, c), (composition,), (jnp.ones_like(composition),))[1]
