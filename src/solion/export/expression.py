"""One expression tree of numbers, shared by all that is written out: nodes are small integers in a table that knows each once.

A node is an operator and the nodes it acts on; equal ones are the same node, so that whatever is used twice is printed once.
Numbers are folded as they are made. There is nothing here about devices, arrays or languages.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

Node = int


def _logistic(x):
    return np.where(x >= 0, 1 / (1 + np.exp(-np.abs(x))), np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))))


# What each operator is in NumPy: the meaning that every printer has to reproduce.
OPERATORS: dict[str, Callable] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "pow": np.power,
    "max": np.maximum,
    "min": np.minimum,
    "neg": np.negative,
    "abs": np.abs,
    "sign": np.sign,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "expm1": np.expm1,
    "ln": np.log,
    "log1p": np.log1p,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "asinh": np.arcsinh,
    "logistic": _logistic,
    "gt": lambda a, b: (a > b).astype(float),
    "ge": lambda a, b: (a >= b).astype(float),
    "eq": lambda a, b: (a == b).astype(float),
    "and": lambda a, b: ((a != 0) & (b != 0)).astype(float),
    "or": lambda a, b: ((a != 0) | (b != 0)).astype(float),
    "not": lambda a: (a == 0).astype(float),
    "select": lambda which, no, yes: np.where(which != 0, yes, no),
}


class Graph:
    """The table. ``operator[n]`` and ``operands[n]``; a number has its value as its only operand, a symbol its name."""

    def __init__(self):
        self.operator: list[str] = []
        self.operands: list[tuple] = []
        self._known: dict[tuple, Node] = {}

    def _node(self, operator: str, *operands) -> Node:
        key = (operator, *operands)
        if key not in self._known:
            self._known[key] = len(self.operator)
            self.operator.append(operator)
            self.operands.append(operands)
        return self._known[key]

    def number(self, value) -> Node:
        """A number."""
        return self._node("number", float(value))

    def symbol(self, name: str) -> Node:
        """A parameter, an unknown or a voltage, by its name."""
        return self._node("symbol", name)

    def value(self, node: Node) -> float | None:
        """The value of a number, None of anything else."""
        return self.operands[node][0] if self.operator[node] == "number" else None

    def make(self, operator: str, *operands: Node) -> Node:
        """An operator on nodes, folded where they are numbers and where it changes nothing."""
        values = [self.value(node) for node in operands]
        if None not in values:
            with np.errstate(all="ignore"):
                return self.number(OPERATORS[operator](*map(np.float64, values)))  # type: ignore[arg-type]
        short = self._shorter(operator, operands, values)
        return self._node(operator, *operands) if short is None else short

    def _shorter(self, operator: str, nodes: Sequence[Node], values: Sequence[float | None]) -> Node | None:
        """What an operator leaves of its operands where one of them is 0, 1 or infinite."""
        first, last = values[0], values[-1]
        if operator == "add":
            return nodes[1] if first == 0 else nodes[0] if last == 0 else None
        if operator == "sub":
            if nodes[0] == nodes[1]:
                return self.number(0.0)
            return nodes[0] if last == 0 else self.make("neg", nodes[1]) if first == 0 else None
        if operator == "mul":
            if 0.0 in values:
                return self.number(0.0)
            for value, other in ((first, nodes[1]), (last, nodes[0])):
                if value == 1:
                    return other
                if value == -1:
                    return self.make("neg", other)
        if operator in ("eq", "ge") and nodes[0] == nodes[1]:
            return self.number(1.0)
        if operator == "div":
            if self.operator[nodes[0]] == "mul" and nodes[1] in self.operands[nodes[0]]:
                one, other = self.operands[nodes[0]]
                return one if other == nodes[1] else other
            return nodes[0] if last == 1 else self.number(0.0) if first == 0 else None
        if operator == "neg" and self.operator[nodes[0]] == "neg":
            return self.operands[nodes[0]][0]
        if operator == "pow" and last in (1.0, 2.0):
            return nodes[0] if last == 1 else self.make("mul", nodes[0], nodes[0])
        if operator in ("max", "min"):
            absent = -math.inf if operator == "max" else math.inf
            return nodes[1] if first == absent or nodes[0] == nodes[1] else nodes[0] if last == absent else None
        if operator == "select":
            return nodes[1] if first == 0 or nodes[1] == nodes[2] else nodes[2] if first is not None else None
        return None

    def total(self, nodes: Iterable[Node]) -> Node:
        """Their sum, halves first, so that it is no deeper than it need be."""
        terms = list(nodes)
        while len(terms) > 1:
            pairs = [self.make("add", *terms[k : k + 2]) for k in range(0, len(terms) - 1, 2)]
            terms = pairs + terms[len(terms) - len(terms) % 2 :]
        return terms[0] if terms else self.number(0.0)

    def parts(self, node: Node) -> tuple[Node, ...]:
        """The nodes that it acts on."""
        return () if self.operator[node] in ("number", "symbol") else self.operands[node]

    def needed(self, ends: Iterable[Node]) -> list[Node]:
        """All nodes below ``ends``, each after those it acts on."""
        seen, order, stack = set(), [], [(node, False) for node in ends]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack.extend((part, False) for part in self.parts(node))
        return order

    def replaced(self, ends: Sequence[Node], by: Mapping[Node, Node]) -> list[Node]:
        """The same expressions with some nodes replaced."""
        found = dict(by)
        for node in self.needed(ends):
            if node not in found:
                parts = self.parts(node)
                found[node] = self.make(self.operator[node], *(found[part] for part in parts)) if parts else node
        return [found[node] for node in ends]

    def symbols(self, ends: Iterable[Node]) -> set[str]:
        """Names of the symbols below."""
        return {self.operands[node][0] for node in self.needed(ends) if self.operator[node] == "symbol"}
