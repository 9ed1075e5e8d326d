"""What a view is: one thing to see in a result, as a figure, a table and numbers; and how views are found.

A view looks at the declarations of the variables (role, kind, place, dimensions), so that it serves every device and experiment
that has something to show in it. Every class that subclasses :class:`AbstractView` takes part: those of this package, and one
that a script or a study's Python file defines, from its definition on. Of two views of one name the later one holds.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import math
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from matplotlib.figure import Figure

from solion.analysis.data import Data
from solion.analysis.metric import Metric

if TYPE_CHECKING:
    from solion.views.page import Markup


_DEFINED: list[type[AbstractView]] = []


class AbstractView(ABC):
    """One thing to see. ``name``: what ``result.plot(name)`` asks for; ``title`` heads its table in a report.

    ``rank``: views come in this order, the main figure of a result is that of the first. ``volume``: True for one whose figure
    needs the field in the volume, which no file holds. ``summary``: True for a figure whose parts all come by themselves, so
    that a report leaves it out.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    caption: ClassVar[str] = ""
    rank: ClassVar[float] = 100.0
    volume: ClassVar[bool] = False
    summary: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        _DEFINED.append(cls)

    @abstractmethod
    def applies(self, data: Data) -> bool:
        """Whether the result has something to show in it."""

    def draw(self, data: Data) -> Figure | None:
        """The figure, where there is one."""
        return None

    def draws(self, data: Data) -> bool:
        """Whether it has a figure of this result; False for a view of numbers alone."""
        return True

    def metrics(self, data: Data) -> Iterable[Metric]:
        """Numbers of this view; those with ``headline`` become tiles of a report and lead the figures of a sweep."""
        return ()

    def table(self, data: Data) -> Markup | None:
        """A table of the report, where there is one."""
        return None


def numbers_of(view: AbstractView, data: Data) -> list[Metric]:
    """The numbers of a view; one that cannot be found costs those that come after it in the view, never the result."""
    found: list[Metric] = []
    try:
        found.extend(view.metrics(data))
    except Exception as error:  # a user's view may raise anything, and so may a fit to three samples
        reason = f"not available ({str(error).rstrip('.') or type(error).__name__})"
        found.append(Metric(f"{view.name}", reason, "", math.nan, "why numbers of this view are missing"))
    return found


@functools.cache
def _load() -> None:
    """Define the views of this package."""
    package = importlib.import_module("solion.views")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"solion.views.{module.name}")


def views() -> list[AbstractView]:
    """One of every view that is defined, in their order."""
    _load()
    found = {kind.name: kind for kind in _DEFINED if not inspect.isabstract(kind)}
    return sorted((kind() for kind in found.values()), key=lambda view: view.rank)
