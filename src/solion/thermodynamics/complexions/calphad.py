"""Penalties of films from a thermodynamic database (TDB), through pycalphad: an optional extra.

Copies of COST 507 often do not parse: numbers such as ``8.89059+01`` lack their E, and references trail behind the range. Both
are put right, and said; ``2.5+10*T`` is left as the sum that it is. A line that still does not parse is named. Files of others
are read, never kept.
"""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from solion.base.constants import GAS_CONSTANT
from solion.base.errors import InputError
from solion.base.extras import missing
from solion.laws.film_penalty import AlloyPenalty, RedlichKister

BARE_EXPONENT = re.compile(  # a power below 10 begins with 0, which no sum does; a larger one stands before a power of T
    r"(?<![\w.])(\d+\.\d*|\.\d+)([+-]0\d)(?=[\s;*,)+-]|$)|(?<![\w.])([1-9]\.\d*)([+-][1-9]\d)(?=\*T\*\*)", re.IGNORECASE
)
TRAILING = re.compile(r"([NY])\s+REF:?\s*\S*\s*!", re.IGNORECASE)
LIMITS = re.compile(r"^\s*TEMP\w*_LIM\w*\s+([\d.E+]+)", re.IGNORECASE | re.MULTILINE)
TERMS, MISFIT = 5, 20.0  # of the excess energy; J/mol that a fit to a database may miss


def repaired(text: str) -> tuple[str, int, int]:
    """The text of a TDB with exponents that lack their E and trailing references put right, and how many of each."""
    text, references = TRAILING.subn(r"\1 !", text)
    text, exponents = BARE_EXPONENT.subn(lambda m: f"{m[1] or m[3]}E{m[2] or m[4]}", text)
    return text, exponents, references


def read_database(path: str | Path) -> Any:
    """A pycalphad Database. Raises InputError with the line that does not parse, and where pycalphad is not installed."""
    try:
        from pycalphad import Database
    except ImportError:
        raise missing("a thermodynamic database", "pycalphad", "calphad") from None
    try:
        text, exponents, references = repaired(Path(path).read_text(encoding="utf-8", errors="replace"))
    except OSError as error:
        raise InputError(f"{path}: it cannot be read ({error.strerror}).") from None
    if exponents:
        warnings.warn(
            f"{path}: {exponents} numbers without an E, such as 8.89059+01, are read as powers of ten, and {references} trailing "
            "references left out.",
            stacklevel=2,
        )
    try:
        return Database.from_string(text, fmt="tdb")
    except Exception as error:  # its parser raises many kinds
        line = _first_wrong(text, Database)
        reason = (str(error).strip().splitlines() or ["no reason given"])[0][:150]
        where = f" line {line}: {text.splitlines()[line - 1].strip()[:80]!r}" if line else ""
        raise InputError(f"{path}:{where} does not parse as a TDB ({reason}); correct that line, or give another file.") from None


def _first_wrong(text: str, reader: Any) -> int | None:
    """The line at which the first command begins that does not parse, in the company of those before it."""
    commands, begin, good = text.split("!"), 0, ""
    for command in commands[:-1]:
        try:
            reader.from_string(good + command + "!\n", fmt="tdb")
            good += command + "!\n"
        except Exception:
            blank = len(command) - len(command.lstrip())
            return text.count("\n", 0, begin + blank) + 1
        begin += len(command) + 1
    return None


def database_penalty(
    path: str | Path,
    host: str,
    solute: str,
    *,
    crystal: str,
    film: str = "LIQUID",
    solute_crystal: str | None = None,
    temperatures: tuple[float, float] = (298.15, 500.0),
    volumes: tuple[float, float],
    precipitates: bool = True,
) -> AlloyPenalty:
    """The penalty of a film of one phase on an alloy of another, from a database.

    Gibbs energies are taken at 41 compositions and 9 temperatures (K) of the range, the excess fitted by five terms linear in
    temperature, the differences of the pure phases by lines; ``solute_crystal``: the solute's own structure, ``crystal`` unless
    given. ``volumes``: molar volumes of host and solute in the film, m3/mol, which databases lack. Raises InputError where
    a phase or an element is missing, where a temperature is below the database's range, or the fit misses by more than 20 J/mol.
    """
    base = read_database(path)
    from pycalphad import calculate

    host, solute = host.upper(), solute.upper()
    for phase in (crystal, film, solute_crystal or crystal):
        if phase not in base.phases:
            raise InputError(f"{path}: it has no phase {phase!r}; its phases are {', '.join(sorted(base.phases))}.")
    for element in (host, solute):
        if element not in base.elements:
            known = ", ".join(sorted(base.elements - {"VA", "/-"}))
            raise InputError(f"{path}: it has no element {element!r}; its elements are {known}.")
    limit = LIMITS.search(Path(path).read_text(encoding="utf-8", errors="replace"))
    coldest = float(limit[1]) if limit else 298.15
    if not coldest <= temperatures[0] < temperatures[1]:
        raise InputError(
            f"{path}: temperatures = {temperatures[0]:g} to {temperatures[1]:g} K; its functions begin at {coldest:g} K and "
            "rest on nothing below; give a range from there upward."
        )
    share, kelvin = np.linspace(1e-6, 1 - 1e-6, 41), np.linspace(*temperatures, 9)

    def gibbs(phase):
        """J/mol of atoms, (temperature, share of solute)."""
        sites = sorted([host, solute])
        points = np.stack([share if name == solute else 1 - share for name in sites], axis=1)
        own = [{str(c.name) for c in each} & {host, solute, "VA"} for each in base.phases[phase].constituents]
        empty = own.count({"VA"})
        if own[0] != {host, solute} or empty != len(own) - 1:
            raise InputError(
                f"{path}: phase {phase} is no solution of {host} and {solute} on one lattice (it has {own}); name another phase."
            )
        points = np.concatenate([points, np.ones((len(points), empty))], axis=1)
        components = [host, solute, "VA"]
        return calculate(base, components, phase, T=kelvin, P=101325, points=points, to_xarray=False).GM.reshape(len(kelvin), -1)

    tables = {phase: gibbs(phase) for phase in {crystal, film, solute_crystal or crystal}}
    ideal = GAS_CONSTANT * kelvin[:, None] * (share * np.log(share) + (1 - share) * np.log1p(-share))

    def excess(table):
        rest = table - ideal
        rest = rest - (1 - share) * rest[:, :1] - share * rest[:, -1:]
        odd = share * (1 - share) * (1 - 2 * share) ** np.arange(TERMS)[:, None]
        columns = np.concatenate([odd[:, None, :] * np.ones((1, len(kelvin), 1)), odd[:, None, :] * kelvin[None, :, None]])
        matrix = columns.reshape(2 * TERMS, -1).T
        found = np.linalg.lstsq(matrix / np.linalg.norm(matrix, axis=0), rest.ravel(), rcond=1e-12)[0] / np.linalg.norm(
            matrix, axis=0
        )
        _judge(path, "the excess energy", np.max(np.abs(matrix @ found - rest.ravel())))
        return RedlichKister(tuple(map(float, found[:TERMS])), tuple(map(float, found[TERMS:])))

    def line(values, what):
        slope, start = np.polyfit(kelvin, values, 1)
        _judge(path, what, np.max(np.abs(start + slope * kelvin - values)))
        return float(start), float(slope)

    own = tables[solute_crystal or crystal]
    melt_host = line(tables[film][:, 0] - tables[crystal][:, 0], "melting of the host")
    melt_solute = line(tables[film][:, -1] - own[:, -1], "melting of the solute")
    lattice = line(tables[crystal][:, -1] - own[:, -1], "the solute's structure") if solute_crystal else (0.0, 0.0)
    return AlloyPenalty(
        excess(tables[crystal]),
        excess(tables[film]),
        melt_host[0],
        -melt_host[0] / melt_host[1],
        volumes[0],
        melt_solute[0],
        -melt_solute[0] / melt_solute[1],
        volumes[1],
        *lattice,
        precipitates,
    )


def _judge(path: Any, what: str, miss: float) -> None:
    if miss > MISFIT:
        raise InputError(
            f"{path}: {what} is missed by {miss:.3g} J/mol, more than {MISFIT:g}; narrow the temperatures, or write a law of "
            "your own (FilmPenalty)."
        )
