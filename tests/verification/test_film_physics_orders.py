"""Stress of a bent film and heat across it, consistent to second order; whole runs of every term: benchmarks/film_orders.py."""

import importlib
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np


def test_what_the_equations_say_of_a_known_solution(monkeypatch):
    """Rates with the source less the solution's own, the mean over cells away from the ends, whose fluxes are of first order."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "benchmarks"))
    orders = importlib.import_module("film_orders")
    case = orders.Case(bends=True, strength=orders.STRENGTH, heat="across")
    t, errors = 0.04, []
    for cells in (16, 32):
        system, source, exact, _ = orders.film(case, cells)
        place = jnp.asarray(orders.PLACES)
        moment = jnp.sum(orders.WEIGHTS / 2 * (place - 0.5) * orders.contents(place, t))
        current = orders.CURRENT * t / orders.END
        ends = case.warmth(jnp.array([0.0, 1.0]), t)
        eta = current / (orders.CONDUCTING * jnp.exp(-orders.CONTACTS * (1 / ends - 1))) * jnp.array([1.0, -1.0])
        known, change = jax.jvp(exact, (t,), (1.0,))
        y = jnp.stack([system.line.unknowns(known[::2]), known[1::2]], axis=-1).ravel()
        w = jnp.concatenate([jnp.array([current]), eta, moment[None]])
        one, none = jnp.ones(1), jnp.zeros(1)
        drive = orders.Drive(none, one, current * one, current * one, one, jnp.inf * one, jnp.inf * one)
        rates = eqx.filter_jit(lambda system, y, w, drive=drive: system.balance(t, y, w, drive)[0])(system, y, w)
        missed = np.abs(np.asarray(rates + source(case, system, t) - change)).reshape(-1, 2)
        errors.append(missed[cells // 8 : -cells // 8].mean(axis=0))
    print(errors)
    assert np.all(np.log2(errors[0] / errors[1]) > 1.9)
