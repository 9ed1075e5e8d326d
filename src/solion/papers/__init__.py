"""Source papers, case by case: what each claims, what the library finds, and a verdict.

A paper is a package in this folder, or a Python file of the user's, with a :class:`Paper` named ``PAPER``; adding one touches
nothing else.
"""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

from solion.base.errors import InputError, nearest
from solion.papers.case import (
    CALIBRATED,
    CHECKED,
    INPUT,
    MODEL_LIMIT,
    PAPER_CONTRADICTED,
    PREDICTED,
    SORTS,
    SPECIFICATION_CORRECTED,
    AbstractBand,
    Between,
    Case,
    Choice,
    Claim,
    ClaimVerdict,
    Equal,
    Found,
    Paper,
    PaperFigure,
    Shape,
    Sort,
    Tally,
    around,
    at_least,
    at_most,
)
from solion.papers.run_pool import RunPool
from solion.papers.runner import Reproduction, reproduce
from solion.study.quantities import Context
from solion.study.user_code import load_code

__all__ = [
    "CALIBRATED",
    "CHECKED",
    "INPUT",
    "MODEL_LIMIT",
    "PAPER_CONTRADICTED",
    "PREDICTED",
    "SORTS",
    "SPECIFICATION_CORRECTED",
    "AbstractBand",
    "Between",
    "Case",
    "Choice",
    "Claim",
    "ClaimVerdict",
    "Equal",
    "Found",
    "Paper",
    "PaperFigure",
    "Reproduction",
    "RunPool",
    "Shape",
    "Sort",
    "Tally",
    "around",
    "at_least",
    "at_most",
    "load",
    "names",
    "reproduce",
]


def names() -> list[str]:
    """Names of all papers."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)


def load(name: str) -> Paper:
    """A paper by name, or by the path of a Python file that has it as ``PAPER``. Raises InputError where there is none."""
    if name.endswith(".py"):
        return _of_file(name)
    known = names()
    if name not in known:
        raise InputError(f"paper {name!r} is unknown{nearest(name, known)}; papers are {', '.join(known)}.")
    return importlib.import_module(f"solion.papers.{name}").PAPER


def _of_file(name: str) -> Paper:
    """The paper in a file of the user's."""
    path = Path(name)
    paper = load_code(f"{path.name}:PAPER", Context(folder=path.parent))
    if not isinstance(paper, Paper):
        raise InputError(f"{name}: PAPER is a {type(paper).__name__}; it has to be a solion.papers.Paper.")
    return paper
