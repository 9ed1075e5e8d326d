"""Words and tables about a study, a material, a law or a protocol, for the command line."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table

from solion.base import parameters
from solion.base.errors import InputError, nearest
from solion.materials import WorkingIon, diffusivities, working_ions
from solion.study.catalogue import (
    INITIALS,
    LAW_KINDS,
    builtin_studies,
    laws_of,
    material_functions,
    protocol_functions,
    snake,
)
from solion.study.parts import numbers


def describe(name: str) -> None:
    """Print what Solion knows of a name; a file's name prints the file."""
    studies, materials, hosts = builtin_studies(), material_functions(), diffusivities()
    laws = {name: law for kind in LAW_KINDS for name, law in laws_of(kind).items()}
    ions = working_ions()
    others = protocol_functions() | {snake(state.__name__): state for state in INITIALS}
    if name in studies:
        print(studies[name].read_text(encoding="utf-8"), end="")
    elif name in materials or name in hosts:
        if name in materials:
            print(inspect.getdoc(materials[name]))
            for table in _sources(materials[name]()):
                _print(table)
        if name in hosts:
            remark = f"; {hosts[name].remark}" if hosts[name].remark else ""
            print(f"Ion diffusivity: {hosts[name].ion} in {hosts[name].label}, {hosts[name].paths}D paths{remark}.")
            for table in _sources(hosts[name]):
                _print(table)
    elif name in ions:
        _print_ion(ions[name])
    elif name in laws:
        print(inspect.getdoc(laws[name]))
        _print(_declared(laws[name]))
    elif name in others:
        print(f"{name}{inspect.signature(others[name])}\n\n{inspect.getdoc(others[name])}")
    else:
        known = [*studies, *materials, *hosts, *ions, *laws, *others]
        raise InputError(f"{name}: nothing has this name{nearest(name, known)}; 'solion list' names all.")


def wide_console() -> Console:
    """A console as wide as the terminal, or wide enough for whole lines where the output is a file."""
    console = Console()
    return console if console.is_terminal else Console(width=160)


def _print(table: Table) -> None:
    wide_console().print(table, markup=False)


def _sources(material: Any) -> Iterator[Table]:
    rows = [(row.path.rpartition(".")[2], row) for row in parameters.table(material)]
    table = _table("key", "value", "unit", "allowed", "meaning")
    sources = _table("key", "kind", "source")
    for key, row in rows:
        table.add_row(key, f"{row.value:.6g}", row.unit, row.range, row.doc)
        sources.add_row(key, row.provenance, row.reference)
    yield from (table, sources)


def _print_ion(ion: WorkingIon) -> None:
    print(f"{ion.line}\nWhat the magnesium paper states of {ion.symbol} as a working ion; nothing else is filled in.")
    table, sources = _table("key", "value", "unit", "meaning"), _table("key", "kind", "source")
    for entry in ion.quoted:
        bound = "at least " if entry.at_least else ""
        table.add_row(entry.quantity, f"{bound}{entry.number.value:.6g}", entry.unit, entry.meaning)
        sources.add_row(entry.quantity, entry.number.source.provenance, entry.number.source.reference)
    for filled in (table, sources) if ion.quoted else ():
        _print(filled)


def _declared(law: Any) -> Table:
    table = _table("key", "default", "unit", "allowed", "meaning")
    for field in numbers(law):
        meta = field.metadata
        default = f"{field.default:g}" if isinstance(field.default, (int, float)) else "required"
        table.add_row(field.name, default, meta["unit"], parameters.allowed_range(meta), meta["doc"])
    return table


def _table(*headings: str) -> Table:
    table = Table(show_edge=False, pad_edge=False)
    for heading in headings:
        table.add_column(heading, no_wrap=heading not in ("meaning", "source"))
    return table
