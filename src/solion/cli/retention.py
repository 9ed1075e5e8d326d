"""``solion retention``: what limits how long a film keeps its state."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from solion.cli.app import NoCode, Settings, StudyName, app
from solion.cli.early_exit import refusals


@app.command()
def retention(
    study: StudyName,
    settings: Settings = None,
    no_code: NoCode = False,
    chart: Annotated[
        Path | None,
        typer.Option("--map", metavar="FILE", help="Draw lives over contact angle and island size: .png, .pdf, .svg."),
    ] = None,
) -> None:
    """What limits the retention of a film's start state at open circuit, in words and with numbers."""
    with refusals():
        from solion.explore import retention as limits
        from solion.explore.retention_map import draw_map
        from solion.study import load
        from solion.study.study import driven

        loaded = driven(load(study, settings or ()), "retention")
        found = limits.retention(loaded.device, loaded.experiment.initial)
        print(found.state[0].upper() + found.state[1:])
        for limit in found.limits:
            print(f"  {limit.mechanism:<18}{limit.sentence}")
        if chart is not None:
            draw_map(loaded.device, chart)
            print(f"Map in {chart}")
