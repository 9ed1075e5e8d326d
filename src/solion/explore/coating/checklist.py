"""Checklist of an ideal layer: nine scores between 0 and 1, gates, and their weighted geometric mean.

A score is logistic in log10 of its metric: 0.99 at the end of full score, 0.01 at the other (our choice; the paper draws a figure
without numbers). Unknown metrics are the interval 0.01 to 0.99, and are what to measure. From the text on Fig. 4 of Yan et al.
2020, doi:10.1063/5.0018417.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solion.laws.interface_stability import Solid, potential_change

STEEP = 2 * np.log(99.0)
LEAST, MOST = 0.01, 0.99


@dataclass(frozen=True)
class ChecklistRow:
    """One attribute: metric (nan where unknown), score as (low, high), weight in the mean; 0 where it is advice only.

    ``ends``: in words, the metrics of full score and of none.
    """

    name: str
    metric: float
    unit: str
    score: tuple[float, float]
    weight: float = 1.0
    ends: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class CoatingChecklist:
    """The rows, the overall score as (low, high), flags of gates, and the metrics that are not known."""

    rows: tuple[ChecklistRow, ...]
    overall: tuple[float, float]
    flags: tuple[str, ...]
    unknown: tuple[str, ...]


def logistic_score(metric: float, full: float, zero: float) -> float:
    """Score of a metric between its end of ``zero`` (0.01) and of ``full`` score (0.99), logistic in log10."""
    u = (np.log10(max(metric, 1e-30)) - np.log10(zero)) / (np.log10(full) - np.log10(zero))
    return float(1 / (1 + np.exp(-np.clip(STEEP * (u - 0.5), -700, 700))))


def checklist(x: dict, state) -> CoatingChecklist:
    """The checklist at one set of numbers; ``state`` of :func:`evaluate` with one entry."""
    s = {name: float(np.ravel(value)[0]) for name, value in state._asdict().items()}
    x = {name: float(np.ravel(value)[0]) for name, value in x.items()}
    i, charge = x["operation.current"], x["operation.capacity"]
    plating = max(logistic_score(s["onset"] / i, 3, 1 / 3), logistic_score(s["top_share"], 1e-3, 0.5))
    energy, heal, shear = (x.get(f"lithium.{name}", np.nan) for name in ("reaction_energy", "healing_time", "shear_ratio"))
    change = np.nan
    if shear == shear:
        metal, solid = Solid(1.0, 0.42), Solid(shear, x["lithium.poisson"])
        change = float(potential_change(metal, solid, 1.0, x["lithium.volume_ratio"], 1.0))
    rows = (
        ChecklistRow(
            "plating underneath",
            s["onset"] / i,
            "i_th/i",
            (plating, plating),
            ends=("3, or 0.1 % on top", "1/3, and half on top"),
        ),
        _row("fast lithium transport", 1e4 * s["ion_resistance"], "ohm cm2", 5, 500),
        _row("selective", max(s["pore_share"], s["crack_share"]), "share through pores and cracks", 1e-3, 0.1),
        _row("electronically resistive", s["electron_resistance"] / s["ion_resistance"], "R_e/R_U", 1e3, 1),
        _row("stable against lithium", max(-energy, 1.0) if energy == energy else np.nan, "meV/atom", 1, 100),
        _row("mechanical compliance", s["capacity_limit"] / charge, "Q_max/Q", 3, 0.3),
        ChecklistRow("flat interface (advice)", change, "sign of dmu", _sign(change), 0.0, ("negative", "positive")),
        _row("self-healing", heal / x["operation.rest"], "t_heal/rest", 0.1, 10),
        _row("contact on lithium", 1e3 * s["metal_overpotential"], "mV", 5, 50),
    )
    flags = ("reactive",) if energy < -100 else ()
    weights = np.array([row.weight for row in rows])
    ends = [float(np.exp(weights @ np.log([row.score[k] for row in rows]) / weights.sum())) for k in (0, 1)]
    overall = (0.0, 0.0) if flags else (ends[0], ends[1])
    return CoatingChecklist(rows, overall, flags, tuple(row.name for row in rows if row.metric != row.metric))


def _sign(change: float) -> tuple[float, float]:
    return (LEAST, MOST) if change != change else (MOST, MOST) if change < 0 else (LEAST, LEAST)


def _row(name: str, metric: float, unit: str, full: float, zero: float) -> ChecklistRow:
    known = metric == metric
    low, high = (logistic_score(metric, full, zero) if known else end for end in (LEAST, MOST))
    return ChecklistRow(name, metric, unit, (low, high), ends=(f"{full:g}", f"{zero:g}"))
