"""The penalty of a film from a thermodynamic database (TDB), through pycalphad: an optional extra.

Copies of COST 507 often do not parse: numbers such as ``8.89059+01`` lack their E, and references trail behind the range. Both
are put right, and said; ``2.5+10*T`` is left as the sum that it is. A line that still does not parse is named. Files of others
are read, never kept.
"""

from __future__ import annotations

import re
import warnings
from os import PathLike
from pathlib import Path
from typing import Any

import equinox as eqx
import numpy as np

from solion.base.constants import GAS_CONSTANT
from solion.base.errors import InputError
from solion.base.extras import missing
from solion.base.parameters import assumed, parameter, positive_parameter
from solion.laws.film_penalty import BULK, AbstractFilmPenalty, AlloyPenalty, RedlichKister

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


def _path(value: str | PathLike) -> Path:
    return Path(value)


class DatabasePenalty(AbstractFilmPenalty):
    """The penalty of a film of one phase on an alloy of another, read from a database when it is made.

    Gibbs energies are taken at 41 compositions and 9 temperatures of the range, the excess fitted by five terms linear in
    temperature, the differences of the pure phases by lines: what was fitted is ``alloy``, a law like any other. ``crystal`` is
    the phase of the bulk, ``solute_crystal`` the solute's own structure, ``crystal`` unless given. Databases lack volumes. Raises
    InputError where a line does not parse, a phase or an element is missing, a temperature is below the database's range, or the
    fit misses by more than 20 J/mol.
    """

    mixes = True
    controlled = BULK
    file: Path = eqx.field(converter=_path, static=True)
    host: str = eqx.field(static=True)
    solute: str = eqx.field(static=True)
    crystal: str = eqx.field(static=True)
    host_volume: float = parameter(unit="m3/mol", low=1e-7, high=1e-3, doc="molar volume of the host in the film")
    solute_volume: float = parameter(unit="m3/mol", low=1e-7, high=1e-3, doc="molar volume of the solute in the film")
    film: str = eqx.field(static=True, default="LIQUID")
    solute_crystal: str = eqx.field(static=True, default="")
    coldest: float = positive_parameter(298.15, unit="K", doc="fitted from there", source=assumed(298.15, "room"))
    hottest: float = positive_parameter(500.0, unit="K", doc="fitted up to there", source=assumed(500.0, "beyond its melting"))
    precipitates: bool = eqx.field(static=True, default=True)
    fitted: tuple[Any, ...] = ()  # excess energies of crystal and film, heats and melting points, the solute's structure

    def __post_init__(self):
        if not self.fitted:
            self.fitted = fitted_energies(
                self.file,
                self.host.upper(),
                self.solute.upper(),
                (self.crystal, self.film, self.solute_crystal or self.crystal),
                (float(self.coldest), float(self.hottest)),
            )

    @property
    def alloy(self) -> AlloyPenalty:
        """What was fitted."""
        crystal, melt, heat, melting, solute_heat, solute_melting, constant, slope = self.fitted
        pure = heat, melting, self.host_volume, solute_heat, solute_melting, self.solute_volume
        return AlloyPenalty(crystal, melt, *pure, constant, slope, self.precipitates)

    @property
    def temperatures(self):
        return self.coldest, self.hottest

    def density(self, temperature, control, composition):
        return self.alloy.density(temperature, control, composition)

    def oversaturation(self, temperature, control):
        return self.alloy.oversaturation(temperature, control)


def fitted_energies(
    path: Path, host: str, solute: str, phases: tuple[str, str, str], temperatures: tuple[float, float]
) -> tuple[Any, ...]:
    """Excess energies of crystal and film, heat of fusion and melting point of host and solute, and what the solute costs in the
    host's structure (J/mol, J/(mol K)); ``phases`` are those of the bulk, the film and the pure solute."""
    base = read_database(path)
    from pycalphad import calculate

    crystal, film, own_crystal = phases
    for phase in phases:
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

    tables = {phase: gibbs(phase) for phase in set(phases)}
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

    own = tables[own_crystal]
    melt_host = line(tables[film][:, 0] - tables[crystal][:, 0], "melting of the host")
    melt_solute = line(tables[film][:, -1] - own[:, -1], "melting of the solute")
    lattice = line(tables[crystal][:, -1] - own[:, -1], "the solute's structure") if own_crystal != crystal else (0.0, 0.0)
    pure = (number for start, slope in (melt_host, melt_solute) for number in (start, -start / slope))
    return excess(tables[crystal]), excess(tables[film]), *pure, *lattice


def _judge(path: Any, what: str, miss: float) -> None:
    if miss > MISFIT:
        raise InputError(
            f"{path}: {what} is missed by {miss:.3g} J/mol, more than {MISFIT:g}; narrow the temperatures, or write a law of "
            "your own (FilmPenalty)."
        )
