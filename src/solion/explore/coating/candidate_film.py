"""The films of a candidate coating: tables ``[film]`` and ``[buried_film]`` of its file as energies that its barrier reads.

Each holds what an interfacial film's study does (change, coefficient, penalty, forces) and ``control``, the state of its bulk.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from solion.base.errors import InputError
from solion.explore.coating.inputs import UncertainNumber
from solion.study.part_section import section_of
from solion.study.quantities import Context
from solion.study.section import sentence
from solion.thermodynamics.complexions.film_nucleation import FilmInPlace
from solion.thermodynamics.complexions.minima import STATES

FILMS = {"film": "interfaces.film_energy", "buried_film": "interfaces.buried_film_energy"}


def film_numbers(raw: dict[str, Any], temperature: UncertainNumber, file: str) -> tuple[dict[str, UncertainNumber], list[str]]:
    """Phi_min (J/m2, 0 or less) of the films that a candidate names, by path, and a sentence on each. Raises InputError."""
    found, notes = {}, []
    for table, path in FILMS.items():
        if table not in raw:
            continue
        if not isinstance(raw[table], dict):
            raise InputError(f"{file}: {table} = {raw[table]!r} is not a table; give change, coefficient, penalty and control.")
        if not temperature.known:
            raise InputError(f"{file}: {table} needs one temperature; {temperature.low:g} to {temperature.high:g} K is given.")
        try:
            film: Any = section_of(FilmInPlace).model_validate(raw[table], context=Context(Path(file).parent)).built
            state = film.state(temperature.low)
        except ValidationError as error:
            raise InputError(f"{file}: {table}.{sentence(error, raw[table])}") from None
        except InputError as error:
            raise InputError(f"{file}: {table}: {error}") from None
        energy, thickness = float(state.energy[0]), float(state.thickness[0])
        found[path] = UncertainNumber(energy, energy)
        notes.append(
            f"{table}: {STATES[int(state.kind[0])]}, {thickness * 1e9:.3g} nm, lowers its interface by {abs(energy):.3g} J/m2"
        )
        notes += [f"{table}: {doubt}" for doubt in film.energy.doubts(temperature.low, temperature.low)]
    return found, notes
