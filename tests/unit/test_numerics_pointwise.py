"""Functions entry by entry: the derivatives are those of the function itself, for fields, numbers and tables of a law."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solion.numerics.pointwise import pointwise

NODES = np.linspace(0.0, 1.0, 5)


class Law(eqx.Module):
    power: jax.Array
    table: jax.Array


def values(law, first, second):
    return first**law.power * second + jnp.interp(first, NODES, law.table), jnp.exp(second) * law.power


LAW = Law(jnp.asarray(1.7), jnp.asarray([0.0, 1.0, 0.5, 2.0, 1.0]))
FIRST, SECOND = jnp.asarray([0.2, 0.45, 0.6, 0.8, 0.95]), jnp.asarray([1.0, -0.5, 0.3, 2.0, 0.7])  # as many as the table has
MOVED = jax.tree.map(lambda leaf: jnp.cos(3 * leaf + jnp.arange(leaf.size).reshape(leaf.shape)), (LAW, FIRST, SECOND))


@pytest.mark.parametrize("moved", [(0,), (1,), (2,), (0, 1, 2)])
def test_derivatives_are_those_of_the_function(moved):
    def along(function):
        def some(*given):
            arguments = [LAW, FIRST, SECOND]
            for place, value in zip(moved, given, strict=True):
                arguments[place] = value
            return function(*arguments)

        given = tuple((LAW, FIRST, SECOND)[place] for place in moved)
        directions = tuple(MOVED[place] for place in moved)
        once = jax.jvp(some, given, directions)
        twice = jax.jvp(lambda *given: jax.jvp(some, given, directions)[1], given, directions)
        back = jax.vjp(some, *given)[1](once[0])
        return once, twice, back

    found, wanted = along(lambda *given: pointwise(values, *given)), along(values)
    assert jax.tree.structure(found) == jax.tree.structure(wanted)
    for one, other in zip(jax.tree.leaves(found), jax.tree.leaves(wanted), strict=True):
        assert one == pytest.approx(np.asarray(other), rel=1e-12, abs=1e-14)


def test_a_direction_costs_products_alone():
    _, push = jax.linearize(lambda *fields: pointwise(values, LAW, *fields), FIRST, SECOND)
    text = str(jax.make_jaxpr(push)(FIRST, SECOND))
    assert not any(f" {name}[" in text or f" {name} " in text for name in ("exp", "pow", "log", "div", "gather"))
