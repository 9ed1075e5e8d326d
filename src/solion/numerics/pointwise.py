"""Functions that act entry by entry, whose slopes are worked out once for any number of directions.

A Jacobian pushes a dozen directions through the same equations. Of f(a, b ...) entry by entry a direction needs no more than

    df = (df/da) da + (df/db) db + ...

with slopes that do not depend on the direction, while automatic differentiation alone goes through every operation of f again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp


@eqx.filter_custom_jvp
def pointwise(function: Callable, laws: Any, *fields: Any) -> tuple[Any, ...]:
    """``function(laws, *fields)``: arrays of one shape, of which each entry depends on the same entry of each field.

    ``laws`` are modules whose numbers act on every entry. ``function`` itself holds no traced number.
    """
    return function(laws, *fields)


@pointwise.def_jvp
def _(primals, tangents):
    function, laws, *fields = primals
    leaves, tree = jax.tree.flatten((laws, fields))
    count = len(leaves) - len(fields)
    values = pointwise(function, laws, *fields)
    changes = tuple(jnp.zeros_like(value) for value in values)
    for k, (leaf, tangent) in enumerate(zip(leaves, tree.flatten_up_to((tangents[1], list(tangents[2:]))), strict=True)):
        if tangent is None:
            continue

        def of(x, k=k):
            laws, fields = jax.tree.unflatten(tree, [*leaves[:k], x, *leaves[k + 1 :]])
            return function(laws, *fields)

        if k < count and jnp.ndim(leaf) > 0:  # such as the values of a table
            _, parts = jax.jvp(of, (leaf,), (tangent,))
        else:
            _, slopes = jax.jvp(of, (leaf,), (jnp.ones_like(leaf),))
            parts = [slope * tangent for slope in slopes]
        changes = tuple(change + part for change, part in zip(changes, parts, strict=True))
    return values, changes
