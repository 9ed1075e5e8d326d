"""What an experiment is done with: a device, a cell, a piece of ceramic."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple

from solion.base.parameters import Part


class Alternative(NamedTuple):
    """Another number from which one of a device's parts follows, and which a study file may give in its place.

    The part in ``field`` has a number ``instead_of``; a file may give ``name`` in ``unit``. Then the part is made with
    ``guess(fields)`` in place of the number, its other fields being known, and ``apply(device, value)`` puts
    the right one in.
    """

    field: str
    instead_of: str
    name: str
    unit: str
    guess: Callable[[dict[str, Any]], Any]
    apply: Callable[[Any, float], Any]


class AbstractSpecimen(Part):
    """A device or a sample. A study file names it by its class: FilmMemristor is ``film_memristor``.

    ``experiments``: what can be done with it, the usual one first (subclasses of AbstractExperiment, by the same rule);
    ``alternatives``: numbers that a file may give instead of its own; ``unit_area``: of what a protocol's currents pass,
    m2, where they may be given per area and the device has no scales of its own; ``instead``: what a file gives in the place of
    a number that others of its kind have and this one has not.
    """

    experiments: ClassVar[tuple[str, ...]] = ()
    sign_convention: ClassVar[str] = ""
    alternatives: ClassVar[tuple[Alternative, ...]] = ()
    unit_area: ClassVar[float | None] = None
    instead: ClassVar[Mapping[str, str]] = {}
