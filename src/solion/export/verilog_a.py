"""A compact model as a Verilog-A module, for compilers to OSDI (openvaf) and older front ends (ADMS).

Every state and unknown is an internal node whose voltage is its value. In a static analysis the states are held at their start,
so that an operating point exists and needs no initial conditions from the netlist.
"""

from __future__ import annotations

import re

from solion.export.model import CompactModel, identifier
from solion.export.wording import Wording, commented, forms, number

_WORDS = """
above abs ac_stim acos acosh aliasparam always analog analysis and asin asinh assign atan atan2 atanh begin branch buf case
ceil connect cos cosh cross ddt ddx deassign default delay disable discipline discontinuity driver edge else end endcase
enddiscipline endfunction endmodule endnature event exclude exp final_step flicker_noise floor flow for force fork from
function generate genvar ground hypot idt idtmod if inf initial initial_step inout input integer join laplace limexp ln log
max min module nand nature negedge net_resolution nor not or output parameter posedge potential pow pulldown pullup real reg
release repeat sin sinh slew small sqrt string table tan tanh task temperature time timer transition tri units voltage wait
wand while white_noise wire wor xor
"""
KEYWORDS = frozenset(_WORDS.split())
FORMS = forms("({0} ? {2} : {1})")
COMMON = "ref"  # the terminal that all voltages are against
PER_LINE = 12


def verilog_a(model: CompactModel, header: list[str]) -> str:
    """The text of a module ``model.name`` with the device's terminals and ``ref``, its numbers as parameters where they are
    live.
    """
    ports = [*port_names(model), COMMON]
    inner = [item.name for item in (*model.states, *model.unknowns)]
    taken = {*KEYWORDS, *ports, *inner}
    names: dict[str, str] = {}
    for item in model.parameters:
        clash = item.name in taken or re.fullmatch(r"[tqwy]\d+", item.name)
        names[item.name] = identifier(f"p_{item.name}" if clash else item.name, (*taken, *names.values()))
    voltages = {item.voltage: f"V({port},{COMMON})" for item, port in zip(model.terminals, ports, strict=False)}

    def symbol(name: str) -> str:
        return voltages.get(name) or names.get(name) or f"V({name})"

    wording = Wording(model.graph, FORMS, symbol, most=1)
    graph = model.graph
    rates = [graph.make("mul", graph.number(model.time), item.node) for item in model.states]
    ends = [*rates, *(item.node for item in (*model.unknowns, *model.terminals))]
    body = [f"    {name} = {text};" for name, text in wording.statements(ends, lambda name: name)]
    temporaries = [f"t{k + 1}" for k in range(len(body))]
    states = list(zip(model.states, rates, strict=True))
    lines = [
        *commented(header, "//"),
        "",
        '`include "disciplines.vams"',
        "",
        f"module {module_name(model)}({', '.join(ports)});",
        f"  inout {', '.join(ports)};",
        f"  electrical {', '.join(ports)};",
        *_declared("electrical", inner),
        *(_parameter(item, names[item.name]) for item in model.parameters if item.live and item.acts),
        *_declared("real", temporaries),
        "  analog begin",
        *body,
        '    if (analysis("static")) begin',
        *(f"      I({item.name}) <+ V({item.name}) - {number(item.start)};" for item, _ in states),
        "    end else begin",
        *(f"      I({item.name}) <+ {number(model.time)}*ddt(V({item.name})) - {wording.text(rate)};" for item, rate in states),
        "    end",
        *(f"    I({item.name}) <+ {wording.text(item.node)};" for item in model.unknowns),
        *(f"    I({port},{COMMON}) <+ {wording.text(item.node)};" for item, port in zip(model.terminals, ports, strict=False)),
        "  end",
        "endmodule",
        "",
    ]
    return "\n".join(lines)


def module_name(model: CompactModel) -> str:
    """Name of the module."""
    return f"{model.name}_module" if model.name in KEYWORDS else model.name


def port_names(model: CompactModel) -> list[str]:
    """Names of the terminals as ports, in the device's order."""
    ports: list[str] = []
    for item in model.terminals:
        ports.append(identifier(f"{item.name}_port" if item.name in KEYWORDS else item.name, (*ports, COMMON)))
    return ports


def _declared(kind: str, names: list[str]) -> list[str]:
    return [f"  {kind} {', '.join(names[k : k + PER_LINE])};" for k in range(0, len(names), PER_LINE)]


def _parameter(item, name: str) -> str:
    low, high = item.row.range[1:-1].split(", ")
    allowed = f" from {item.row.range[0]}{low}:{high}{item.row.range[-1]}" if (low, high) != ("-inf", "inf") else ""
    (meaning,) = commented([f"{item.row.unit}; {item.row.doc}"], "//")[:1]
    return f"  parameter real {name} = {number(item.row.value)}{allowed.replace('[-inf', '(-inf')}; {meaning}"
