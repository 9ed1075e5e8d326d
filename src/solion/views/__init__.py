"""What a result shows: one file a view, found by what the variables declare; the report of a result is made of them."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from solion.analysis.data import Data
from solion.analysis.metric import Metric
from solion.base.errors import InputError, nearest
from solion.views.view import AbstractView, numbers_of, views

__all__ = [
    "AbstractView",
    "Data",
    "Metric",
    "applicable",
    "drawable",
    "figure",
    "figures",
    "html_repr",
    "kinds",
    "metrics",
    "views",
    "write_figures",
    "write_report",
]

FORMS = ("png", "svg", "pdf")


def applicable(run: Any, *, fields: Any = None) -> list[AbstractView]:
    """The views that have something to show of a result, in their order."""
    data = Data.of(run, fields)
    if "time" in data.dataset.dims and not data.time.size:
        return []
    return [view for view in views() if view.applies(data)]


def kinds(run: Any, *, fields: Any = None) -> list[str]:
    """Names of the figures that can be drawn of a result; none for a run of a single sample."""
    return [view.name for view in drawable(run, fields=fields)]


def drawable(run: Any, *, fields: Any = None) -> list[AbstractView]:
    """The views that have a figure of a result, in their order."""
    data = Data.of(run, fields)
    if "time" in data.dataset.dims and data.time.size < 2:
        return []
    return [view for view in applicable(data) if view.draws(data) and (data.volume is not None or not view.volume)]


def figure(run: Any, kind: str | None = None, *, fields: Any = None) -> Figure:
    """A figure by name, the main one unless named. Raises InputError where the result has no such figure."""
    data = Data.of(run, fields)
    known, every = kinds(data), {view.name: view for view in views()}
    if kind is not None and kind not in every:
        raise InputError(f"figure: kind = {kind!r} is unknown{nearest(kind, every)}; it is one of {', '.join(every)}.")
    name = kind or next(iter(known), None)
    if name not in known:
        raise InputError(f"figure: kind = {name!r} has nothing to show for this result; it has {', '.join(known) or 'none'}.")
    drawn = every[name].draw(data)
    assert drawn is not None  # it says that it draws
    return drawn


def figures(run: Any, *, fields: Any = None) -> dict[str, Figure]:
    """Every figure of a result by its name."""
    return {name: figure(run, name, fields=fields) for name in kinds(run, fields=fields)}


def metrics(run: Any) -> list[Metric]:
    """The numbers that sum up a result, each with its unit, its scaled value and its meaning."""
    data = Data.of(run)
    return [metric for view in applicable(data) for metric in numbers_of(view, data)]


def write_report(run: Any, folder: str | PathLike, *, fields: Any = None, pictures: bool = False) -> Path:
    """Write ``report.html`` of a result; returns the path of the page, which needs nothing beside itself and no network.

    Folders are made where missing, files of the same name replaced. With ``pictures`` every figure is written as
    ``figures/*.png`` too. Without ``fields``, figures that need the field in the volume are those which lie there already.
    """
    from solion.views.report import write

    return write(Data.of(run, fields), Path(folder), pictures=pictures)


def write_figures(run: Any, folder: str | PathLike, *, form: str = "png", fields: Any = None) -> list[Path]:
    """Write every figure of a result into a folder as ``png``, ``svg`` or ``pdf``; InputError for another form."""
    if form not in FORMS:
        raise InputError(f"figures: format = {form!r} is unknown; it is one of {', '.join(FORMS)}.")
    Path(folder).mkdir(parents=True, exist_ok=True)
    files = []
    for name, drawing in figures(run, fields=fields).items():
        files.append(Path(folder) / f"{name}.{form}")
        drawing.savefig(files[-1], dpi=160)
    return files


def html_repr(run: Any, *, fields: Any = None) -> str:
    """A result as a short piece of HTML for notebooks: title, status, main numbers and main figure."""
    from solion.views.report import short

    return short(Data.of(run, fields))
