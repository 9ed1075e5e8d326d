"""A film with two kinds of layers: phases, exact ledger, and stages that form; film_physics.md, section 3.1(c)."""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solion as so
from solion.analysis.layer_stages import layer_stages
from solion.base.errors import InputError
from solion.base.parameters import as_arrays, without_sources
from solion.devices import ByRegion, LayeredFilm, LayeredMemristor, Profile
from solion.laws import TwoLayer
from solion.materials import layered_graphite
from solion.thermodynamics import layered_gaps

GRAPHITE, THICKNESS, KAPPA = layered_graphite(), 80e-9, 2.2e-3


def film(exchange, first=0.53, second=0.47):
    """A film whose kappa is in units of its thickness, whose exchange in those of tau_D."""
    rate = exchange * GRAPHITE.ion_diffusivity / THICKNESS**2
    material = dataclasses.replace(GRAPHITE, gradient_energy=KAPPA * THICKNESS**2, exchange=rate)
    layers = LayeredFilm(material, THICKNESS, first, second)
    contact = so.laws.ButlerVolmer(rate=1e-2 * layers.units.i_D, asymmetry=0.5)
    return LayeredMemristor(top=contact, film=layers, bottom=contact, temperature=298.0)


def test_two_plateaus_of_graphite():
    """Gaps and plateaus of the ions alone (S2)."""
    lower, upper = layered_gaps(GRAPHITE.free_energy, electrons=False)
    assert (*lower.binodal, *upper.binodal) == pytest.approx((0.0242, 0.4834, 0.5166, 0.9758), abs=1e-3)
    assert upper.plateau - lower.plateau == pytest.approx(1.370, abs=1e-3)
    even = TwoLayer(within=1.9, between=0.0, electron_sites=5 / 3, defects=0.01)
    assert layered_gaps(even, electrons=False) == ()
    device = film(0.0)
    device = eqx.tree_at(lambda device: device.film.material.free_energy.electron_sites, device, 1.0)
    with pytest.raises(InputError, match=r"electron_sites = 1 must exceed 1 \+ defects = 1.01, or full layers find no electrons"):
        device.regions(20)


@eqx.filter_jit
def one_instant(region, y, current):
    """Rates, losses, the voltage across the film, dG/dt as reported, found another way, and along the motion."""
    state = region.state(y)
    rates, seen = region.rate(state, current), region.observe(y, state, current)
    speed = rates / jax.jvp(region.conserved, (y,), (jnp.ones(y.shape),))[1]
    along = jax.jvp(lambda y: region.energy(y, state, current)[0], (y,), (speed,))[1]
    return rates, seen, region.energy(y, state, current)[1], region.energy_slope(y, state, rates), along


@pytest.mark.parametrize("exchange", [0.0, 10.0])
def test_power_goes_where_the_ledger_says_and_closed_layers_keep_their_ions(exchange):
    (region,) = as_arrays(without_sources(film(exchange)).system(24)).regions
    x = (np.arange(24) + 0.5) / 24
    layers = np.stack([0.5 + 0.3 * np.cos(3 * x), 0.4 - 0.2 * np.sin(2 * x)], axis=-1)
    rates, seen, rate, slope, along = one_instant(region, region.unknowns(jnp.asarray(layers.ravel())), jnp.asarray(0.3))
    lost = sum(value for name, value in seen.items() if name.startswith("dissipation"))
    power = 0.3 * seen["electron_potential_drop"]
    assert abs(power - lost - rate) < 1e-12 * abs(power)
    assert (slope, along) == pytest.approx((float(rate), float(rate)), rel=1e-9)
    assert (seen["dissipation_exchange"] > 0) == (exchange > 0)
    largest, sums = float(jnp.max(jnp.abs(rates))), np.asarray(rates).reshape(-1, 2).sum(axis=0)
    assert abs(sums.sum()) < 1e-12 * largest
    assert (np.max(np.abs(sums)) < 1e-12 * largest) == (exchange == 0)


def test_layers_that_exchange_become_stage_two():
    """11|10|00 with fronts at 0.53 and 0.47 and no current: 11|10 at 0.86, then 10 at 1.01 tau_D (S2b, 3 %).

    The source's kappa is 1.1e-3, whose gradient term its films of one kind of layers have in mu_p and in mu_n: 2.2e-3 of mu.
    """
    x = (np.arange(100) + 0.5) / 100
    fronts = {name: 0.02 + 0.478 * (1 - np.tanh((x - at) / KAPPA**0.5)) for name, at in (("first", 0.53), ("second", 0.47))}
    device = film(10.0, *(float(front.mean()) for front in fronts.values()))
    start = ByRegion({name: Profile(tuple(x), tuple(front)) for name, front in fronts.items()})
    second = float(device.scales().time)
    still = so.protocols.hold(current=0.0, duration=1.05 * second, samples=211)
    result = so.simulate(device, still, cells=100, initial=start)
    assert result.status == "finished"
    found = layer_stages(result)
    assert found.labels == ("11|10|00", "11|10", "10")
    assert np.array(found.times[1:]) / second == pytest.approx((0.86, 1.01), rel=0.03)
    assert "layer-stages" in result.kinds()
