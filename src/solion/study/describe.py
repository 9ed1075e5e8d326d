"""Words and tables about a study, a material, a law or a protocol, for the command line."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from rich.table import Table

from solion.base import parameters
from solion.base.errors import InputError, nearest
from solion.base.exports import makers
from solion.materials import WorkingIon
from solion.study import catalogue
from solion.study.console import wide_console
from solion.study.part_section import numbers


def describe(name: str) -> None:
    """Print what Solion knows of a name; a file's name prints the file."""
    studies, materials, hosts = catalogue.builtin_studies(), catalogue.materials(), catalogue.hosts()
    laws = {name: law for base in catalogue.LAWS for name, law in catalogue.laws_of(base).items()}
    ions = makers("materials.working_ions", "WorkingIon")
    parts = laws | catalogue.devices() | catalogue.experiments()
    others = catalogue.protocols() | catalogue.start_states()
    if name in studies:
        print(studies[name].read_text(encoding="utf-8"), end="")
    elif name in materials or name in hosts:
        if name in materials:
            print(inspect.getdoc(materials[name].load()))
            for table in _sources(materials[name].load()()):
                _print(table)
        if name in hosts:
            _print_host(hosts[name].load()())
    elif name in ions:
        from solion.materials import working_ions

        _print_ion(working_ions()[name])
    elif name in parts:
        print(inspect.getdoc(parts[name].load()))
        _print(_declared(parts[name].load()))
    elif name in others:
        thing = others[name].load()
        print(f"{name}{inspect.signature(thing)}\n\n{inspect.getdoc(thing)}")
    else:
        known = [*studies, *materials, *hosts, *ions, *parts, *others]
        raise InputError(f"{name}: nothing has this name{nearest(name, known)}; 'solion list' names all.")


def _print_host(host: Any) -> None:
    remark = f"; {host.remark}" if host.remark else ""
    print(f"Ion diffusivity: {host.ion} in {host.label}, {host.paths}D paths{remark}.")
    for table in _sources(host):
        _print(table)


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
