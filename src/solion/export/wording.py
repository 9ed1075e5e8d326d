"""What is common to the text of all circuit languages: floats, comments that titles cannot leave, and which nodes get a name."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence

from solion.base.errors import InputError
from solion.export.expression import Graph, Node

FAR = 100.0  # argument of an exponential in a circuit; a first iteration may go anywhere, and e^100 is no current
WIDTH = 110  # letters of a comment's line


def number(value: float) -> str:
    """A number that every target reads back to the same double. Raises InputError where it is none."""
    if not math.isfinite(value):
        raise InputError(f"export: a constant of the equations is {value}, which no circuit simulator takes; check the device.")
    return repr(float(value))


def commented(lines: Sequence[str], mark: str) -> list[str]:
    """Comment lines; whatever a title holds, control characters and line ends included, it stays inside."""
    found = []
    for line in lines:
        plain = "".join(letter if letter.isprintable() else " " for letter in line)
        plain = plain.encode("ascii", "replace").decode().replace("*/", "* /").replace("`", "'").replace("\\", "/")
        indent = " " * (len(plain) - len(plain.lstrip()))
        found += [f"{mark} {part}" for part in textwrap.wrap(plain, WIDTH, subsequent_indent=f"{indent}  ")] or [mark]
    return found


class Wording:
    """Expressions of a graph as text: a node that is used more than once, and costs more than ``most`` operators, has a name.

    ``forms``: the text of each operator as a format with places {0}, {1}, {2}; ``symbol``: text of a symbol by its name.
    """

    def __init__(self, graph: Graph, forms: Mapping[str, str], symbol: Callable[[str], str], most: int, deepest: int = 40):
        self.graph, self.forms, self.symbol, self.most, self.deepest = graph, forms, symbol, most, deepest
        self.named: dict[Node, str] = {}

    def statements(self, ends: Sequence[Node], of: Callable[[str], str], prefix: str = "t") -> Iterator[tuple[str, str]]:
        """(name, text) of every node that needs a name for ``ends``, in order; ``of`` is how an expression reads a name."""
        graph, order = self.graph, self.graph.needed(ends)
        uses = dict.fromkeys(order, 0)
        for node in order:
            for part in graph.parts(node):
                uses[part] += 1 + self.forms[graph.operator[node]].count("{0}") // 2
        cost, depth = {}, {}
        for node in order:
            parts = graph.parts(node)
            own = 1 + sum(cost[part] for part in parts) if parts else 0
            deep = 1 + max((depth[part] for part in parts), default=-1)
            if parts and ((uses[node] > 1 and own * (uses[node] - 1) > self.most) or deep > self.deepest):
                text = self.text(node)
                name = f"{prefix}{len(self.named) + 1}"
                self.named[node] = of(name)
                yield name, text
                own, deep = 0, 0
            cost[node], depth[node] = own, deep

    def text(self, node: Node) -> str:
        """The expression of a node."""
        if node in self.named:
            return self.named[node]
        graph = self.graph
        operator = graph.operator[node]
        if operator == "number":
            value = graph.value(node)
            assert value is not None
            return number(value) if value >= 0 else f"({number(value)})"
        if operator == "symbol":
            return self.symbol(graph.operands[node][0])
        return self.forms[operator].format(*(self.text(part) for part in graph.parts(node)))


def forms(conditional: str, truth: str = "{0}") -> dict[str, str]:
    """Texts of all operators in a language with C's arithmetic; ``conditional`` is its choice, ``truth`` a comparison as a
    number.

    expm1 is written as 2 e^(x/2) sinh(x/2), which keeps all digits near zero.
    """
    bounded = f"max(min({{0}},{FAR}),-{FAR})"
    beyond = f"(1+max({{0}}-{FAR},0))"  # along the tangent, so that a search for a root finds its way back
    compared = {"gt": ">", "ge": ">=", "eq": "==", "and": "&&", "or": "||"}
    return {
        "add": "({0}+{1})",
        "sub": "({0}-{1})",
        "mul": "({0}*{1})",
        "div": "({0}/{1})",
        "neg": "(-{0})",
        "pow": f"exp(max(min({{1}}*ln(max({{0}},1e-300)),{FAR}),-{FAR}))",
        "max": "max({0},{1})",
        "min": "min({0},{1})",
        "abs": "abs({0})",
        "sign": conditional.format("({0}>0)", conditional.format("({0}<0)", "0", "(-1)"), "1"),
        "sqrt": "sqrt(max({0},0))",
        "exp": f"(exp({bounded})*{beyond})",
        "expm1": f"(2*exp(0.5*{bounded})*sinh(0.5*{bounded})*{beyond})",
        "ln": "ln(max({0},1e-300))",
        "log1p": "ln(max(1+{0},1e-300))",
        "sinh": f"sinh({bounded})",
        "cosh": f"cosh({bounded})",
        "tanh": "tanh({0})",
        "asinh": "asinh({0})",
        "logistic": f"(1/(1+exp(-{bounded})))",
        "select": conditional.format("{0}", "{1}", "{2}"),
        "not": f"(!{truth})",
        **{name: f"({{0}}{mark}{{1}})" for name, mark in compared.items()},
    }
