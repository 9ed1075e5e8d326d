"""Export of a study: whichever target, from its device and protocol to texts, and the texts into a folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from solion.base.errors import InputError, nearest
from solion.experiments.filament_cycling import FilamentCycling
from solion.export.circuit_files import WRITERS, CircuitExport, export_circuit, export_filament
from solion.export.network_files import NETWORKS, NetworkExport
from solion.study.study import Study, driven


def export_study(
    study: Study, to: str, *, cells: int | str | None = None, error: float = 0.01, prove: bool = False
) -> CircuitExport | NetworkExport:
    """Export what a study runs: its device with the errors measured on its protocol.

    ``to``: "ngspice", "verilog-a", "json", "aihwkit", "crosssim" or "neurosim". ``cells``: a number of cells, "auto" for the
    fewest within ``error``, or what suits the device. Raises InputError, beginning with the study's name, where there is
    nothing to export.
    """
    known = (*WRITERS, *NETWORKS)
    try:
        if to not in known:
            raise InputError(f"export: --to {to!r} is unknown{nearest(to, known)}; known: {', '.join(known)}.")
        if isinstance(study.experiment, FilamentCycling):
            if to in NETWORKS:
                raise InputError(
                    f"export: {to} takes the map of a synapse's pulses, and a filament memristor has events; export it to"
                    f" {', '.join(WRITERS)}."
                )
            if cells is not None:
                raise InputError("export: --cells says nothing of a filament memristor, which has none; leave it out.")
            kept = {"formed": study.experiment.formed, "prove": prove, "name": study.name, "title": study.title}
            return export_filament(study.device, study.experiment.protocol, to=to, **kept)
        run: Any = driven(study, f"an export to {to}").experiment.completed(study.device)
        if to in NETWORKS:
            if prove or cells is not None:
                raise InputError(
                    f"export: --prove and --cells say nothing of {to}, whose map is that of the device; leave them out."
                )
            return NETWORKS[to](study.device, run.protocol, initial=run.initial, cells=run.cells, title=study.title)
        count = cells if cells in (None, "auto") else _whole(cells)
        return export_circuit(
            study.device,
            run.protocol,
            to=to,
            initial=run.initial,
            full=run.cells,
            cells=count,
            error=error,
            prove=prove,
            name=study.name,
            title=study.title,
        )
    except InputError as refused:
        text = str(refused)
        raise InputError(text if text.startswith(study.shown) else f"{study.shown}: {text}") from None


def _whole(cells: Any) -> int:
    try:
        return int(cells)
    except ValueError:
        raise InputError(f"export: cells = {cells!r} is neither a whole number nor 'auto'.") from None


def write_files(folder: Path, files: Mapping[str, str], *, force: bool = False) -> None:
    """Write texts into a folder, each complete or not at all. Raises InputError where one would replace another file."""
    taken = [name for name in files if (folder / name).exists()]
    if taken and not force:
        raise InputError(f"{folder} holds {', '.join(taken)} already; name another folder with --out, or replace with --force.")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        partial = folder / f".{name}.{os.getpid()}"
        partial.write_text(text, encoding="utf-8")
        partial.replace(folder / name)
