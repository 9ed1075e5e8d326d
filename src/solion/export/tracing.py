"""From what JAX is told to compute to expressions of numbers: the equations of a device are read off the code that runs it.

A traced program is followed operation by operation on arrays of nodes; those that only move numbers about move nodes, those that
compute make new ones. So a law, a free energy or a balance is printed by the very formula that a run evaluates, derivatives
that JAX took included, and nothing is written twice. What has no closed form, such as a search for a root, is refused by name.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from typing import Any

import jax
import numpy as np
from jax.extend.core import Literal
from scipy.special import erfcx

from solion.base import elementary
from solion.base.errors import InputError
from solion.export.expression import Graph, Node

ARITHMETIC = ("add", "sub", "mul", "div", "pow", "max", "min", "neg", "abs", "sign", "sqrt", "gt", "ge", "eq", "and", "or", "not")
FUNCTIONS = ("exp", "expm1", "log1p", "sinh", "cosh", "tanh", "asinh", "logistic")
SAME = {name: name for name in (*ARITHMETIC, *FUNCTIONS)}
SAME |= {"log": "ln", "add_any": "add"}
KEPT = ["convert_element_type", "copy", "copy_p", "reduce_precision", "stop_gradient", "optimization_barrier", "device_put"]
LOGARITHM = elementary.SEVERAL_LOGARITHMS  # its arithmetic on bits is one operator here
ERFC_TERMS = 18


class UnprintableError(InputError):
    """A program has an operation that no expression can hold; ``operation`` is its name in JAX."""

    def __init__(self, operation: str):
        self.operation = operation
        super().__init__(f"its equations contain {operation!r}, which has no closed form that could be written out.")


@functools.cache
def _erfcx_series() -> tuple[float, ...]:
    """Polynomial in 2t - 1, t = 1/(1 + z/2), of ln(erfcx(z)/t) for z >= 0: relative error 1e-11 (fitted at Chebyshev points)."""
    t = 0.5 + 0.5 * np.cos(np.pi * (np.arange(200) + 0.5) / 200)
    fit = np.polynomial.chebyshev.chebfit(2 * t - 1, np.log(erfcx(2 / t - 2) / t), ERFC_TERMS)
    return tuple(np.polynomial.chebyshev.cheb2poly(fit))


class Tracer:
    """Follows programs on arrays of nodes of one graph."""

    def __init__(self, graph: Graph):
        self.graph = graph

    def numbers(self, values: Any) -> np.ndarray:
        """Nodes of known numbers."""
        values = np.asarray(values)
        return np.array([self.graph.number(value) for value in values.ravel()], int).reshape(values.shape)

    def symbols(self, names: Any) -> np.ndarray:
        """Nodes of an array of names."""
        names = np.asarray(names)
        return np.array([self.graph.symbol(str(name)) for name in names.ravel()], int).reshape(names.shape)

    def known(self, nodes: np.ndarray) -> np.ndarray:
        """Values of nodes that are numbers; refuses others, which decide where something is."""
        values = [self.graph.value(int(node)) for node in np.ravel(nodes)]
        if any(value is None for value in values):
            raise UnprintableError("a place that depends on the state")
        return np.array(values, float).reshape(np.shape(nodes))

    def follow(self, function: Callable, *arguments: np.ndarray) -> Any:
        """The outputs of ``function`` as arrays of nodes, in its own structure, for inputs that are arrays of nodes."""
        shapes = [jax.ShapeDtypeStruct(argument.shape, float) for argument in arguments]
        closed, shape = jax.make_jaxpr(function, return_shape=True)(*shapes)
        found = self._run(closed.jaxpr, [self.numbers(value) for value in closed.consts], list(arguments))
        return jax.tree.unflatten(jax.tree.structure(shape), found)

    def _run(self, jaxpr: Any, constants: list, arguments: list) -> list[np.ndarray]:
        held: dict[Any, np.ndarray] = dict(zip([*jaxpr.constvars, *jaxpr.invars], [*constants, *arguments], strict=True))

        def read(variable):
            return self.numbers(variable.val) if isinstance(variable, Literal) else held[variable]

        for equation in jaxpr.eqns:
            found = self._apply(equation, [read(variable) for variable in equation.invars])
            held.update(zip(equation.outvars, found, strict=True))
        return [read(variable) for variable in jaxpr.outvars]

    def _apply(self, equation: Any, inputs: list[np.ndarray]) -> list[np.ndarray]:
        name, given = equation.primitive.name, equation.params
        if given.get("name") == LOGARITHM:
            return [self._each("ln", *inputs)]
        inner = given.get("jaxpr", given.get("call_jaxpr"))
        if inner is not None and name not in ("while", "scan", "cond"):
            closed = hasattr(inner, "consts")
            constants = [self.numbers(value) for value in inner.consts] if closed else []
            return self._run(inner.jaxpr if closed else inner, constants, inputs)
        if name in SAME:
            return [self._each(SAME[name], *inputs)]
        if name in KEPT:
            return inputs
        rule = getattr(self, f"_{name}", None)
        if rule is None:
            raise UnprintableError(name)
        found = rule(equation, *inputs)
        return found if isinstance(found, list) else [found]

    def _each(self, operator: str, *inputs: np.ndarray) -> np.ndarray:
        entries = np.broadcast_arrays(*inputs)
        flat = zip(*(entry.ravel() for entry in entries), strict=True)
        made = [self.graph.make(operator, *(int(node) for node in nodes)) for nodes in flat]
        return np.array(made, int).reshape(entries[0].shape)

    # what computes, beyond the operators themselves

    def _lt(self, _, a, b):
        return self._each("gt", b, a)

    def _le(self, _, a, b):
        return self._each("ge", b, a)

    def _ne(self, _, a, b):
        return self._each("not", self._each("eq", a, b))

    def _square(self, _, x):
        return self._each("mul", x, x)

    def _integer_pow(self, equation, x):
        power = abs(equation.params["y"])
        found = functools.reduce(lambda held, _: self._each("mul", held, x), range(power - 1), x)
        return found if equation.params["y"] > 0 else self._each("div", self.numbers(1.0), found)

    def _rsqrt(self, _, x):
        return self._each("div", self.numbers(1.0), self._each("sqrt", x))

    def _clamp(self, _, low, x, high):
        return self._each("min", self._each("max", x, low), high)

    def _is_finite(self, _, x):
        return self.numbers(np.ones(x.shape))

    def _select_n(self, _, which, no, yes):
        return self._each("select", which, no, yes)

    def _erfc(self, _, z):
        size = self._each("abs", z)
        t = self._each("div", self.numbers(1.0), self._each("add", self.numbers(1.0), self._each("mul", self.numbers(0.5), size)))
        place = self._each("sub", self._each("mul", self.numbers(2.0), t), self.numbers(1.0))
        *rest, last = (self.numbers(term) for term in _erfcx_series())
        log = functools.reduce(lambda held, term: self._each("add", self._each("mul", held, place), term), reversed(rest), last)
        right = self._each("mul", t, self._each("exp", self._each("sub", log, self._each("mul", size, size))))
        return self._each("select", self._each("gt", self.numbers(0.0), z), right, self._each("sub", self.numbers(2.0), right))

    def _reduce(self, equation, x, join):
        axes = equation.params["axes"]
        kept = [axis for axis in range(x.ndim) if axis not in axes]
        shape = [x.shape[axis] for axis in kept]
        rows = np.transpose(x, [*kept, *axes]).reshape(int(np.prod(shape)), int(np.prod([x.shape[axis] for axis in axes])))
        return np.array([join([int(node) for node in row]) for row in rows], int).reshape(shape)

    def _reduce_sum(self, equation, x):
        return self._reduce(equation, x, self.graph.total)

    def _reduce_max(self, equation, x):
        return self._reduce(equation, x, lambda row: functools.reduce(lambda a, b: self.graph.make("max", a, b), row))

    def _reduce_min(self, equation, x):
        return self._reduce(equation, x, lambda row: functools.reduce(lambda a, b: self.graph.make("min", a, b), row))

    def _reduce_and(self, equation, x):
        return self._reduce(equation, x, lambda row: functools.reduce(lambda a, b: self.graph.make("and", a, b), row))

    def _cumsum(self, equation, x):
        rows = np.moveaxis(x, equation.params["axis"], 0)
        rows = rows[::-1] if equation.params["reverse"] else rows
        sums = np.array(list(itertools.accumulate(list(rows), lambda a, b: self._each("add", np.asarray(a), np.asarray(b)))))
        return np.moveaxis(sums[::-1] if equation.params["reverse"] else sums, 0, equation.params["axis"])

    def _dot_general(self, equation, a, b):
        ((left, right), batch), graph = equation.params["dimension_numbers"], self.graph
        if batch[0] or len(left) != 1:
            raise UnprintableError("dot_general of stacked matrices")
        rows, columns = np.moveaxis(a, left[0], -1), np.moveaxis(b, right[0], -1)
        out = np.empty(rows.shape[:-1] + columns.shape[:-1], int)
        for row in np.ndindex(rows.shape[:-1]):
            for column in np.ndindex(columns.shape[:-1]):
                pairs = zip(rows[row], columns[column], strict=True)
                out[row + column] = graph.total(graph.make("mul", int(one), int(two)) for one, two in pairs)
        return out

    # what only moves numbers

    def _iota(self, equation):
        shape, dimension = equation.params["shape"], equation.params["dimension"]
        places = np.arange(shape[dimension]).reshape([-1 if axis == dimension else 1 for axis in range(len(shape))])
        return self.numbers(np.broadcast_to(places, shape))

    def _broadcast_in_dim(self, equation, x):
        shape, places = equation.params["shape"], equation.params["broadcast_dimensions"]
        sizes = [1] * len(shape)
        for axis, place in enumerate(places):
            sizes[place] = x.shape[axis]
        return np.broadcast_to(x.reshape(sizes), shape)

    def _reshape(self, equation, x):
        return x.reshape(equation.params["new_sizes"])

    def _squeeze(self, equation, x):
        return np.squeeze(x, tuple(equation.params["dimensions"]))

    def _expand_dims(self, equation, x):
        return np.expand_dims(x, tuple(equation.params["dimensions"]))

    def _transpose(self, equation, x):
        return np.transpose(x, equation.params["permutation"])

    def _rev(self, equation, x):
        return np.flip(x, equation.params["dimensions"])

    def _concatenate(self, equation, *parts):
        return np.concatenate(parts, equation.params["dimension"])

    def _stack(self, equation, *parts):
        return np.stack(parts, equation.params["axis"])

    def _split(self, equation, x):
        return np.split(x, np.cumsum(equation.params["sizes"])[:-1], equation.params["axis"])

    def _slice(self, equation, x):
        given = equation.params
        steps = given["strides"] or [1] * x.ndim
        return x[tuple(map(slice, given["start_indices"], given["limit_indices"], steps))]

    def _pad(self, equation, x, value):
        found = np.full(equation.outvars[0].aval.shape, value)
        places = []
        for size, (low, _, between) in zip(x.shape, equation.params["padding_config"], strict=True):
            if low < 0:
                raise UnprintableError("a negative pad")
            places.append(low + np.arange(size) * (between + 1))
        inside = [place < size for place, size in zip(places, found.shape, strict=True)]
        found[np.ix_(*(place[ok] for place, ok in zip(places, inside, strict=True)))] = x[np.ix_(*inside)]
        return found

    def _at(self, starts, sizes, shape):
        first = self.known(np.array(starts)).astype(int)
        first = np.clip(first, 0, np.subtract(shape, sizes))
        return tuple(slice(begin, begin + size) for begin, size in zip(first, sizes, strict=True))

    def _dynamic_slice(self, equation, x, *starts):
        return x[self._at(starts, equation.params["slice_sizes"], x.shape)]

    def _dynamic_update_slice(self, _, x, update, *starts):
        found = np.array(x)
        found[self._at(starts, update.shape, x.shape)] = update
        return found

    def _moved(self, equation, inputs, indices):
        """Let JAX itself move the numbers of nodes, where what moves what is more than a slice."""
        moved = [self.known(x).astype(int) if place == indices else x.astype(float) for place, x in enumerate(inputs)]
        return np.asarray(equation.primitive.bind(*moved, **equation.params)).astype(int)

    def _scatter(self, equation, *inputs):
        return self._moved(equation, inputs, 1)

    def _gather(self, equation, *inputs):
        given = dict(equation.params)
        if given.get("fill_value") is not None or str(given.get("mode", "")).endswith("FILL_OR_DROP"):
            given["fill_value"] = float(self.graph.number(np.nan))
        moved = [inputs[0].astype(float), self.known(inputs[1]).astype(int)]
        return np.asarray(equation.primitive.bind(*moved, **given)).astype(int)


def nodes_of(values: np.ndarray) -> list[Node]:
    """Nodes of an array as a list."""
    return [int(node) for node in np.ravel(values)]
