"""Source papers, case by case: what each claims, what the library finds, and a verdict.

A paper is a package in this folder with a :class:`Paper` named ``PAPER``; adding one touches nothing else.
"""

from __future__ import annotations

import importlib
import pkgutil

from solion.base.errors import InputError, nearest
from solion.papers.case import (
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
    around,
    at_least,
    at_most,
)
from solion.papers.run_pool import RunPool
from solion.papers.runner import Reproduction, reproduce

__all__ = [
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
    """A paper by name. Raises InputError for an unknown one, with the nearest."""
    known = names()
    if name not in known:
        raise InputError(f"paper {name!r} is unknown{nearest(name, known)}; papers are {', '.join(known)}.")
    return importlib.import_module(f"solion.papers.{name}").PAPER
