"""Which layers may coat lithium: Table I of Yan et al. (2020, doi:10.1063/5.0018417) with its errata, and the handbook's columns.

Chemical diffusivities (GITT) and self-diffusivities are not alike without the thermodynamic factor W; values of 360 to 415 C
are not beside those of 25 C until :meth:`DiffusivityRow.at` has scaled them, which says so.
"""

from __future__ import annotations

import csv
import functools
import io
import re
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from solion.base.constants import ROOM_TEMPERATURE
from solion.base.errors import InputError, nearest
from solion.base.parameters import Sourced, assumed, build, derived, literature
from solion.laws.coating_transport import AlloyTransport
from solion.materials.temperature import arrhenius

PAPER = "Yan et al. (2020), doi:10.1063/5.0018417, Table I"
HANDBOOK = "Handbook of Battery Materials, Table 14.3, p. 415"
ACTIVATION = 0.2636  # eV, from the two Li22Sn5 rows of Table I (geometric means 3.348e-7 at 25 C and 1.121e-4 cm2/s at 415 C)
ACTIVATION_RANGE = (0.1, 0.3)  # eV, Weppner and Huggins (1977), abstract
ASSUMED_FACTOR = {"LiZn": 50.0, "LixAg": 3.0, "Li-Mg": 2.0}  # COST 507: Li-Mg 1.0 at 10 %, 3.0 at 30 % Mg; the others guessed
ASSUMED_WIDTH = {"LiZn": 4.0, "LixAg": 1.0, "Li-Mg": 70.0}  # at% Li
LITHIUM = {"LixAg": 4.85 / 5.85, "Li-Mg": 0.7, "Li-Mg 69000": 0.9}  # share of lithium among the atoms, where no formula says it
UNKNOWN_FACTOR = (1.0, 1000.0)


class Factor(NamedTuple):
    """Thermodynamic factor W between two bounds, and what the bounds are."""

    low: float
    high: float
    said: str


class DiffusivityRow(NamedTuple):
    """One row of Table I: D between two bounds in m2/s at ``temperature`` (K), and what else is known of the phase.

    ``quantity``: "self" or "chemical"; ``flag``: ok, order, norm, approx, conflict or cite, with its ``note``; ``printed`` as the
    paper has it. ``factor_max``, ``width`` (share of the content), ``factor_temperature``: the handbook's, None where it has
    none. ``extrapolated``: the temperature (K) at which D was measured, where it was scaled.
    """

    key: str
    material: str
    formula: str
    low: float
    high: float
    printed: str
    temperature: float
    method: str
    reference: str
    quantity: str
    flag: str
    note: str
    concentration: float
    factor_max: float | None
    width: float | None
    factor_temperature: float | None
    extrapolated: float | None = None

    @property
    def middle(self) -> float:
        """Geometric mean of D, m2/s."""
        return float(np.sqrt(self.low * self.high))

    def at(self, temperature: float = ROOM_TEMPERATURE, activation: float = ACTIVATION) -> DiffusivityRow:
        """The row at another temperature by Arrhenius, marked ``extrapolated``; itself within half a kelvin."""
        if abs(temperature - self.temperature) < 0.5:
            return self
        ratio = float(arrhenius(activation, temperature, self.temperature))
        measured = self.extrapolated or self.temperature
        return self._replace(low=self.low * ratio, high=self.high * ratio, temperature=temperature, extrapolated=measured)

    @property
    def factor(self) -> Factor:
        """W at lithium saturation: an interval, since the tabulated W is a peak over composition at another temperature."""
        if self.quantity == "self":
            return Factor(1.0, 1.0, "1: self-diffusion")
        if self.factor_max:
            span = 1000.0 if self.formula == "Li3Sb" else 10.0
            return Factor(self.factor_max / span, self.factor_max, f"W_max/{span:g} to W_max; {HANDBOOK}: measure it first")
        if self.formula in ASSUMED_FACTOR:
            value = ASSUMED_FACTOR[self.formula]
            return Factor(max(1.0, value / 10), value * 3, f"assumed about {value:g}: measure it first")
        return Factor(*UNKNOWN_FACTOR, "not known: 1 to 1000 taken; measure it first")

    @property
    def factor_taken(self) -> float:
        """The single W of reference tables: W_max, or the assumed one."""
        return 1.0 if self.quantity == "self" else self.factor_max or ASSUMED_FACTOR.get(self.formula, self.factor.high)

    @property
    def lithium_share(self) -> float:
        """Lithium among all atoms of the phase."""
        known = LITHIUM.get(f"{self.formula} {self.concentration:.0f}", LITHIUM.get(self.formula))
        if known is not None:
            return known
        counts = [float(number or 1) for number in re.findall(r"[A-Z][a-z]?([0-9.]*)", self.formula)]
        return counts[0] / sum(counts)

    @property
    def phase_width(self) -> float:
        """dc of the phase field in mol/m3, its width times the concentration of all atoms; 0 where none is known."""
        share = self.width if self.width is not None else ASSUMED_WIDTH.get(self.formula, 0.0)
        return 0.0 if self.quantity == "self" else self.concentration / self.lithium_share * share / 100

    def transport(self, diffusivity: float | None = None, factor: float | None = None) -> AlloyTransport:
        """The layer's transport with the geometric mean of D and ``factor_taken``, each number with its source."""
        d = self.middle if diffusivity is None else diffusivity
        scaled = f"; extrapolated from {self.extrapolated:g} K with {ACTIVATION} eV" if self.extrapolated else ""
        words = f"{PAPER}: {self.printed} cm2/s by {self.method}, {self.reference} ({self.flag}){scaled}"
        known = derived if self.extrapolated or self.low != self.high else literature
        w = self.factor_taken if factor is None else factor
        return build(
            AlloyTransport,
            concentration=literature(self.concentration, "cell volume of the crystal"),
            diffusivity=known(d, words) if diffusivity is None else d,
            thermodynamic_factor=self._sourced(w) if factor is None else w,
            phase_width=literature(self.phase_width, HANDBOOK) if self.width else assumed(self.phase_width, "assumed range"),
        )

    def _sourced(self, value: float) -> Sourced:
        return literature(value, f"largest W; {HANDBOOK}") if self.factor_max else assumed(value, self.factor.said)


def _rows(name: str) -> list[dict[str, str]]:
    text = (files("solion.materials") / name).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO("\n".join(line for line in text.splitlines() if not line.startswith("#")))))


@functools.cache
def coating_table() -> dict[str, DiffusivityRow]:
    """The 14 rows of Table I by keys such as ``"Li22Sn5-25C-GITT"``, ranges in order; a flag says what was printed otherwise."""
    found = {}
    for row in _rows("lithium_diffusivity.csv"):
        method = {"Neutron tomography": "neutron", "Sand's equation": "Sand", "Thermodynamic model": "model"}
        key = f"{row['formula_norm'].replace('LixAg', 'Li4.7Ag')}-{row['T_C']}C-{method.get(row['method'], row['method'])}"
        formula = "LixAg" if row["formula_norm"].endswith("Ag") else row["formula_norm"]
        share = row["range_at_pct_HBM"]
        found[key] = DiffusivityRow(
            key,
            row["material"],
            formula,
            float(row["D_lo_cm2_s"]) * 1e-4,
            float(row["D_hi_cm2_s"]) * 1e-4,
            row["printed_range"],
            float(row["T_C"]) + 273.15,
            row["method"],
            row["reference"],
            row["quantity"],
            row["flag"],
            row["note"],
            float(row["c_Li_mol_m3"]),
            float(row["W_max_HBM"]) if row["W_max_HBM"] else None,
            float(share) if share else None,
            float(row["T_HBM_C"]) + 273.15 if row["T_HBM_C"] else None,
        )
    return found


def coating_row(key: str) -> DiffusivityRow:
    """One row by its key. Raises InputError with the nearest where there is none."""
    known = coating_table()
    if key not in known:
        raise InputError(f"coating_row: {key!r} is unknown{nearest(key, known)}; rows of Table I are {', '.join(known)}.")
    return known[key]


def handbook_factors() -> dict[str, tuple[float, float, float, float]]:
    """(largest W, homogeneity range in % Li, largest D_chem in m2/s, temperature in K) by formula, of the handbook's table."""
    return {
        row["formula"]: (
            float(row["W_max"]),
            float(row["range_at_pct"]),
            float(row["Dmax_cm2_s"]) * 1e-4,
            float(row["T_C"]) + 273.15,
        )
        for row in _rows("lithium_handbook.csv")
    }
