"""A compact model as a subcircuit of B-sources for ngspice, whose packaged builds cannot load compiled Verilog-A.

A state is the voltage of a node on a capacitor with an initial condition, its rate a current into it; an unknown is a node
into which its residual flows. Nodes start at 0 V in the first iteration whatever the initial conditions say: every logarithm,
power and exponential survives that (:func:`solion.export.wording.forms`). Needs ``uic`` in the analysis.
"""

from __future__ import annotations

from solion.export.model import CompactModel, identifier
from solion.export.wording import Wording, commented, forms, number

FORMS = forms("(({0}) ? ({2}) : ({1}))")
COMMON = "ref"
OPTIONS = "reltol=1e-5 abstol=1e-13 vntol=1e-8 method=gear itl4=200 gmin=1e-15"
PER_LINE = 8
WORTH_A_NODE = 24  # operators that are written out again before they get a node of their own


def ngspice(model: CompactModel, header: list[str]) -> str:
    """The text of ``.subckt NAME terminals ref``, its numbers put in."""
    model = model.with_numbers()
    graph = model.graph
    ports = nodes_of_terminals(model)
    voltages = {item.voltage: f"V({port},{COMMON})" for item, port in zip(model.terminals, ports, strict=True)}
    wording = Wording(graph, FORMS, lambda name: voltages.get(name, f"V({name})"), most=WORTH_A_NODE, deepest=60)
    time = graph.number(model.time)
    rates = [graph.make("mul", time, item.node) for item in model.states]
    ends = [*rates, *(item.node for item in (*model.unknowns, *model.terminals))]
    named = [f"B{name} {name} 0 V={text}" for name, text in wording.statements(ends, lambda name: f"V({name})")]
    lines = [*commented(header, "*"), f".subckt {model.name} {' '.join(ports)} {COMMON}", *named]
    for item, rate in zip(model.states, rates, strict=True):
        name = item.name
        lines += [f"C{name} {name} 0 {number(model.time)} ic={number(item.start)}", f"R{name} {name} 0 1e12"]
        lines += [f"B{name} 0 {name} I={wording.text(rate)}"]
    held = [f"v({item.name})={number(item.start)}" for item in model.states]
    lines += [f".ic {' '.join(held[k : k + PER_LINE])}" for k in range(0, len(held), PER_LINE)]
    for item in model.unknowns:
        lines += [f"R{item.name} {item.name} 0 1e20", f"B{item.name} 0 {item.name} I={wording.text(item.node)}"]
    lines += [
        f"Bport_{port} {port} {COMMON} I={wording.text(item.node)}" for item, port in zip(model.terminals, ports, strict=True)
    ]
    return "\n".join([*lines, f".ends {model.name}", ""])


def nodes_of_terminals(model: CompactModel) -> list[str]:
    """Node names of the terminals, in the device's order, unlike those of the inside."""
    ports: list[str] = []
    for item in model.terminals:
        ports.append(identifier(f"n_{item.name}" if item.name[:1] in "tqwy" else item.name, (*ports, COMMON)))
    return ports
