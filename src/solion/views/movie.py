"""A run in space as a movie or as frames: its cross-section with lines of current, over what the terminal carries.

Of three dimensions the last contact is shown beside the cross-section. GIF needs nothing beside matplotlib; MP4 needs the
program ffmpeg on the path, which no package of ours brings.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solion.analysis.data import Data, each, plain
from solion.base.errors import InputError
from solion.views.cross_sections import draw_section, in_plane, in_space, instants
from solion.views.current_lines import draw_lines, flow_of, through
from solion.views.spacetime import add_colour_bar, colours_of, edges_of
from solion.views.style import MUTED, blank, prefixed, styled, time_axis, time_unit
from solion.views.terminals import draw_terminal, given

ENDINGS = (".gif", ".mp4", ".png")
MOST, DOTS = 200, 100  # frames unless more are asked for; dots per inch, an even number of them along 6.4 inches


def write_movie(data: Data, path: Path, *, frames: int = MOST, rate: float = 12.0, lines: bool = True) -> Path:
    """Write a movie (.gif, .mp4) of at most ``frames`` samples, ``rate`` of them a second, or its frames (.png, numbered).

    Of more samples those are taken between which the field changes as much. Raises InputError for a run without a field in space,
    for another ending, and for .mp4 where there is no ffmpeg.
    """
    from matplotlib import animation

    suffix = path.suffix.lower()
    if suffix not in ENDINGS:
        raise InputError(f"{path}: a movie is written as {', '.join(ENDINGS)} (numbered frames); choose one of them.")
    if not in_space(data) or data.time.size < 2:
        raise InputError(f"{path}: this result has no field over time and two or three coordinates that a movie could show.")
    if frames < 2 or not 0.1 <= rate <= 100:
        raise InputError(f"{path}: frames = {frames} and rate = {rate:g} must be at least 2, and in [0.1, 100] per second.")
    if suffix == ".mp4" and not animation.writers.is_available("ffmpeg"):
        raise InputError(f"{path}: MP4 is written by the program ffmpeg, which is not on the path; install it, or write a .gif.")
    field = in_space(data)[0]
    chosen = np.arange(data.time.size) if data.time.size <= frames else instants(each(field), frames)
    path.parent.mkdir(parents=True, exist_ok=True)
    if suffix == ".png":
        width = len(str(len(chosen)))
        for k, canvas in enumerate(_drawn(data, chosen, lines)):
            canvas.savefig(path.with_stem(f"{path.stem}-{k + 1:0{width}d}"), dpi=DOTS)
        return path
    writer: Any = animation.PillowWriter(fps=rate) if suffix == ".gif" else animation.FFMpegWriter(fps=rate)  # pyright: ignore
    for k, canvas in enumerate(_drawn(data, chosen, lines)):
        if k == 0:
            writer.setup(canvas, str(path), dpi=DOTS)
        writer.grab_frame()
    writer.finish()
    return path


@styled
def _prepared(data: Data):
    """An empty frame with all that stays: the terminal's curves, a line that marks the time, and the axes of the sections."""
    field = in_space(data)[0]
    plane = in_plane(field)
    deep, across = (np.ptp(edges_of(plain(plane.coords[name]))) for name in plane.dims[1:])
    sides = 1 + (field.ndim == 4)
    height = min(max(5.0 / sides * deep / across, 1.5), 5.0)
    canvas = blank(6.4, 2 * round(50 * (height + 2.2)) / DOTS)
    grid = canvas.add_gridspec(2, sides, height_ratios=[height, 1.5])
    panels = [canvas.add_subplot(grid[0, k]) for k in range(sides)]
    below = canvas.add_subplot(grid[1, :])
    if data.driven:
        draw_terminal(below, data, given(data))
    time_axis(below, data, scaled=False)
    return canvas, panels, below.axvline(0.0, color=MUTED, lw=1.0)


def _drawn(data: Data, chosen: np.ndarray, lines: bool) -> Iterator[Figure]:
    """The same figure, drawn anew for each sample; its layout is found once."""
    canvas, panels, mark = _prepared(data)
    flow = flow_of(data) if lines else []
    passing, colours = through(flow) if flow else np.zeros(0), colours_of(data, in_space(data)[0])
    for k, sample in enumerate(chosen):
        image = _redrawn(data, panels, colours, int(sample))
        if flow:
            draw_lines(panels[0], flow, passing, int(sample), _length(data)[0])
        mark.set_xdata([data.time[sample] * time_unit(data.time)[0]] * 2)
        if k == 0:
            add_colour_bar(canvas, image, panels, data, in_space(data)[0])
            canvas.draw_without_rendering()
            canvas.set_layout_engine("none")
        yield canvas


def _length(data: Data) -> tuple[float, str]:
    """The unit of lengths and the factor to it."""
    field = in_space(data)[0]
    return prefixed([edges_of(plain(field.coords[field.dims[2]]))[-1]], "m")


@styled
def _redrawn(data: Data, panels: list[Axes], colours: dict[str, Any], sample: int) -> Any:
    """The cross-section of a sample and, of three dimensions, the last contact."""
    field = in_space(data)[0]
    shown = [in_plane(field)]
    if field.ndim == 4:
        shown.append(field.isel({field.dims[1]: -1}).transpose("time", field.dims[3], field.dims[2]))
    metres, unit = _length(data)
    for axes, plane in zip(panels, shown, strict=True):
        axes.clear()
        image = draw_section(axes, data, plane, sample, metres, **colours)
        axes.set(xlabel=f"{plane.dims[2]} ({unit})", ylabel=f"{plane.dims[1]} ({unit})")
    if len(panels) > 1:
        panels[1].set_title("last contact")
    return image
