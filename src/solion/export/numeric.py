"""Expressions in NumPy: nodes of one operator and one depth are computed together, for any number of devices at once.

This is the printer that proves the others: what it computes is held against the system that :func:`solion.simulate` steps, and
the circuit simulators against both.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from solion.export.expression import OPERATORS, Graph, Node
from solion.export.model import CompactModel


class NumericProgram:
    """The expressions ``ends`` of a graph as one function of its symbols ``inputs``."""

    def __init__(self, graph: Graph, ends: Sequence[Node], inputs: Sequence[str]):
        order = graph.needed(ends)
        slot = {node: place for place, node in enumerate(order)}
        depth: dict[Node, int] = {}
        groups: dict[tuple[int, str], list[Node]] = {}
        names = {name: place for place, name in enumerate(inputs)}
        self.size, self.numbers, self.symbols = len(order), [], []
        for node in order:
            operator = graph.operator[node]
            parts = graph.parts(node)
            depth[node] = 1 + max((depth[part] for part in parts), default=-1)
            if operator == "number":
                self.numbers.append((slot[node], graph.value(node)))
            elif operator == "symbol":
                self.symbols.append((slot[node], names[graph.operands[node][0]]))
            else:
                groups.setdefault((depth[node], operator), []).append(node)
        self.steps = [
            (
                OPERATORS[operator],
                np.array([slot[node] for node in nodes]),
                [np.array([slot[graph.parts(node)[k]] for node in nodes]) for k in range(len(graph.parts(nodes[0])))],
            )
            for (_, operator), nodes in sorted(groups.items(), key=lambda item: item[0])
        ]
        self.ends = np.array([slot[node] for node in ends], int)

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """Values of the ends, (ends, ...), at values of the inputs, (inputs, ...)."""
        values = np.asarray(values, float)
        held = np.empty((self.size, *values.shape[1:]))
        for place, number in self.numbers:
            held[place] = number
        for place, which in self.symbols:
            held[place] = values[which]
        with np.errstate(all="ignore"):  # both branches of a choice are computed
            for operator, out, parts in self.steps:
                held[out] = operator(*(held[part] for part in parts))
        return held[self.ends]


def right_sides(model: CompactModel) -> tuple[NumericProgram, list[str]]:
    """(rates, residuals, currents, outputs) of a model as one program of its states, unknowns and terminal voltages, in order."""
    folded = model.with_numbers()
    inputs = [item.name for item in (*model.states, *model.unknowns)] + [item.voltage for item in model.terminals]
    ends = [item.node for item in (*folded.states, *folded.unknowns, *folded.terminals)] + [node for _, node in folded.outputs]
    return NumericProgram(model.graph, ends, inputs), inputs
