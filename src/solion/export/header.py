"""What an exported file says of itself first: device, content, range of validity, errors that were measured, numbers with
sources.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

import numpy as np

from solion import __version__
from solion.base.cache import source_digest
from solion.base.parameters import Row
from solion.export.measure import Deviation, Signal
from solion.export.model import CompactModel

CONTENTS = "states are contents over reference sites (q0 first), rates per second"
BOUNDS = "contents from 1.4e-11 of the sites to as much below full; "


def as_json(model: CompactModel, header: Sequence[str] = ()) -> str:
    """The model as JSON: every node of its expressions as [operator, operands...], those of numbers and symbols by value and
    name.
    """
    order = model.graph.needed(model.nodes)
    place = {node: k for k, node in enumerate(order)}
    table = []
    for node in order:
        operator, operands = model.graph.operator[node], model.graph.operands[node]
        inner = [place[part] for part in operands] if model.graph.parts(node) else list(operands)
        table.append([operator, *inner])
    unknown = [{"name": item.name, "start": item.start, "residual": place[item.node]} for item in model.unknowns]
    held = {
        "format": "solion compact model 1",
        "header": list(header),
        "name": model.name,
        "cells": model.cells,
        "time_unit": model.time,
        "voltage_unit": model.voltage,
        "parameters": [
            {"name": item.name, "value": item.row.value, "unit": item.row.unit, "meaning": item.row.doc, "live": item.live}
            | {"acts": item.acts, "provenance": item.row.provenance, "source": item.row.reference, "range": item.row.range}
            for item in model.parameters
        ],
        "states": [{"name": item.name, "start": item.start, "rate": place[item.node]} for item in model.states],
        "unknowns": unknown,
        "terminals": [{"name": item.name, "voltage": item.voltage, "current": place[item.node]} for item in model.terminals],
        "outputs": [{"name": item.name, "unit": item.unit, "node": place[node]} for item, node in model.outputs],
        "nodes": table,
    }
    return json.dumps(held, indent=1, allow_nan=False) + "\n"


def content_hash(model: CompactModel) -> str:
    """SHA-256 of the model's equations, numbers and start; the same for every language and whatever its title."""
    return hashlib.sha256(as_json(model).encode()).hexdigest()


def header_of(
    model: CompactModel,
    *,
    title: str,
    language: str,
    deviations: Sequence[Deviation],
    seen: Sequence[Signal],
    notes: Sequence[str] = (),
) -> list[str]:
    """The lines of the header, without comment marks."""
    device = model.device
    live = (
        "may be set; the errors above hold for these values" if any(p.live for p in model.parameters) else "are put in as numbers"
    )
    rows = [item.row for item in model.parameters]
    lines = [
        f"{language} of {model.name}: {title}",
        made_by(content_hash(model)),
        f"device: {type(device).__name__}, terminals {', '.join(device.terminals)} against ref; {kelvins_of(rows)}",
        f"{model.cells} cells, {len(model.states)} states, {len(model.unknowns)} algebraic unknowns",
        f"signs: {device.sign_convention}",
        *(model.told or (f"start: {type(model.initial).__name__}; {CONTENTS}",)),
        f"units: 1 V_T is {model.voltage:.6g} V, the unit of time {model.time:.6g} s",
        f"valid: {'' if model.told else BOUNDS}" + "; ".join(_range(signal) for signal in seen),
        "measured errors of this file's equations against the device at full resolution:",
        *(f"  {found.sentence()}" for found in deviations),
        *notes,
        f"parameters ({live}):",
    ]
    for item in model.parameters:
        row = item.row
        if not item.acts:
            continue
        lines.append(sourced(item.name, row))
    if idle := [f"{item.name} = {item.row.value:.10g} {item.row.unit}".rstrip() for item in model.parameters if not item.acts]:
        lines.append(f"numbers of the device that these equations do not feel: {', '.join(idle)}")
    return lines


def _range(signal: Signal) -> str:
    return f"{signal.what} seen from {np.min(signal.value):.4g} to {np.max(signal.value):.4g}"


def made_by(content: str) -> str:
    """Which version wrote a file, from which source, and the hash of its content."""
    return f"written by solion {__version__} (source {source_digest()[:12]}), content {content[:16]}; MIT licence, no warranty"


def kelvins_of(rows: Sequence[Row]) -> str:
    """The temperatures of a device."""
    kelvin = {row.value for row in rows if row.path.endswith("temperature") and row.unit == "K"}
    return f"temperature {', '.join(f'{k:g}' for k in sorted(kelvin))} K"


def sourced(name: str, row: Row) -> str:
    """A number with its unit, where it comes from and what it is."""
    unit = "" if row.unit == "1" else f" {row.unit}"
    return f"  {name} = {row.value:.10g}{unit} [{row.provenance}: {row.reference}] {row.doc}"
