"""What an experiment is done with: a device, a cell, a piece of ceramic."""

from __future__ import annotations

from typing import ClassVar

from solion.base.parameters import Part


class AbstractSpecimen(Part):
    """A device or a sample. A study file names it by its class: FilmMemristor is ``film_memristor``.

    ``experiments``: what can be done with it, the usual one first (AbstractExperiment subclasses, by the same rule).
    """

    experiments: ClassVar[tuple[str, ...]] = ()
    sign_convention: ClassVar[str] = ""
