"""Axes that are read off and never drawn by Matplotlib: what only its own drawing needs is not built.

Three quarters of the time of a view go into ticks, grid lines and second axes of Matplotlib. A page in the browser has its own of
these, and needs of Matplotlib what stands on the axes, their limits, kinds and labels.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

from matplotlib.axes import Axes
from matplotlib.axis import XAxis, YAxis

_READ_OFF: ContextVar[bool] = ContextVar("read_off", default=False)


@contextlib.contextmanager
def read_off() -> Iterator[None]:
    """Figures that are begun meanwhile have :class:`ScreenAxes`; they cannot be printed."""
    before = _READ_OFF.set(True)
    try:
        yield
    finally:
        _READ_OFF.reset(before)


def is_read_off() -> bool:
    """Whether figures are drawn in order to be read off."""
    return _READ_OFF.get()


class ScaledAxis:
    """A second axis on the opposite edge: ``factor`` times the numbers of the first one along ``direction`` ("x" or "y")."""

    def __init__(self, direction: str, functions: tuple[Callable[[float], float], Callable[[float], float]]):
        self.direction, self.label = direction, ""
        self.factor = float(functions[0](1.0) - functions[0](0.0))

    def set_label(self, text: str, **_: Any) -> None:
        """What it shows."""
        self.label = text

    set_xlabel = set_ylabel = set_label


class _LateTicks:
    """What an axis of either direction leaves until a tick is asked for."""

    def set_tick_params(self: Any, which: str = "major", reset: bool = False, **settings: Any) -> None:
        translated = self._translate_tick_params(settings)
        for name in ("major", "minor") if which == "both" else (which,):
            if reset:
                getattr(self, f"_reset_{name}_tick_kw")()
            getattr(self, f"_{name}_tick_kw").update(translated)
            self.__dict__.pop(f"{name}Ticks", None)

    def set_clip_path(self: Any, path: Any, transform: Any = None) -> None:
        """Nothing is clipped that is not drawn."""


class _XAxis(_LateTicks, XAxis):
    pass


class _YAxis(_LateTicks, YAxis):
    pass


class ScreenAxes(Axes):
    """Axes of a figure that is read off. ``scaled``: its second axes in the scales of the model; ``legend_beside``: whether the
    legend stands beside them, None where there is none."""

    name = "rectilinear"

    def __init__(self, *args: Any, **settings: Any):
        self.scaled: list[ScaledAxis] = []
        self.legend_beside: bool | None = None
        super().__init__(*args, **settings)

    def _init_axis(self) -> None:
        self.xaxis, self.yaxis = _XAxis(self, clear=False), _YAxis(self, clear=False)
        for edge, axis in (("bottom", self.xaxis), ("top", self.xaxis), ("left", self.yaxis), ("right", self.yaxis)):
            self.spines[edge].register_axis(axis)

    def legend(self, *_: Any, bbox_to_anchor: Any = None, **__: Any) -> None:
        """That there is one, and whether it stands beside the axes."""
        self.legend_beside = bbox_to_anchor is not None

    def secondary_xaxis(self, location: Any, functions: Any = None, **_: Any) -> Any:
        return self._scaled("x", functions)

    def secondary_yaxis(self, location: Any, functions: Any = None, **_: Any) -> Any:
        return self._scaled("y", functions)

    def _scaled(self, direction: str, functions: Any) -> ScaledAxis:
        self.scaled.append(ScaledAxis(direction, functions))
        return self.scaled[-1]


def legend_of(axes: Axes) -> bool | None:
    """Whether the legend stands beside the axes; None where there is none."""
    if isinstance(axes, ScreenAxes):
        return axes.legend_beside
    legend = axes.get_legend()
    return None if legend is None else legend._bbox_to_anchor is not None  # pyright: ignore


def scaled_axes(axes: Axes) -> list[ScaledAxis]:
    """The second axes of axes of either kind."""
    if isinstance(axes, ScreenAxes):
        return axes.scaled
    found = []
    for second in axes.child_axes:
        functions, direction = getattr(second, "_functions", None), getattr(second, "_orientation", "x")
        if functions is not None:
            found.append(ScaledAxis(direction, functions))
            found[-1].label = second.get_xlabel() if direction == "x" else second.get_ylabel()
    return found
