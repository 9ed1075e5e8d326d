"""``solion fit``: numbers of a study fitted to one or more measured records."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from solion.base.errors import InputError
from solion.cli.app import NoCode, Settings, StudyName, app
from solion.cli.early_exit import interruptible, name_code, patience, refusals, say
from solion.cli.open_file import Columns, Cycle, Interval, Rate, number


@app.command()
def fit(
    study: StudyName,
    data: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Records in time, or spectra; see 'solion open FILE'.")],
    over: Annotated[
        list[str], typer.Option("--fit", metavar="KEY[=LOW..HIGH]", help="A number to fit, with its bounds; may be repeated.")
    ],
    settings: Settings = None,
    no_code: NoCode = False,
    drive: Annotated[
        str, typer.Option(metavar="data|study", help="Drive the run by the measured waveform or the study's protocol.")
    ] = "data",
    observe: Annotated[
        str,
        typer.Option(
            metavar="QUANTITY",
            help="What is compared: current, voltage (the current drives then), conductance, or any other number.",
        ),
    ] = "current",
    scale: Annotated[
        str | None, typer.Option(metavar="linear|asinh", help="Scale of the residuals.", show_default="by the decades spanned")
    ] = None,
    noise: Annotated[
        str | None, typer.Option(metavar="LEVEL", help='Noise of a row, such as "1 uA".', show_default="taken from the residuals")
    ] = None,
    relative_noise: Annotated[float, typer.Option(metavar="SHARE", help="Noise as a share of the value.")] = 0.0,
    straight: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE",
            help="Share of the drive's span within which points lie on a line.",
            show_default="0.001, or five times the drive's noise",
        ),
    ] = None,
    columns: Columns = None,
    rate: Rate = None,
    interval: Interval = None,
    cycle: Cycle = None,
    area: Annotated[
        str | None, typer.Option(metavar="AREA", help="Area of a spectrum in ohm.", show_default="the device's, where it has one")
    ] = None,
    keep_outliers: Annotated[
        bool, typer.Option("--keep-outliers", help="Compare single rows far off their neighbours, too.")
    ] = False,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of the results.", show_default="runs/STUDY-fit")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier fit in that folder.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Fit numbers of a study to measured records, to several of one device together."""
    with refusals():
        from solion.explore import fitting
        from solion.explore.fitting.report import FIT
        from solion.explore.fitting.tables import show_fit
        from solion.study import load
        from solion.study.folder import whole_folder

        loaded = fitting.fitted(load(study, settings or ()))
        name_code(loaded, quiet)
        reading = {"rate": number(rate, "--rate", "V/s"), "interval": number(interval, "--interval", "s")}
        reading["keep_outliers"] = keep_outliers or None
        records = _records(fitting, loaded, data, observe, reading, area, {"columns": columns, "cycle": cycle})
        folder = out or Path("runs") / f"{loaded.name}-fit"
        with interruptible(folder), whole_folder(folder, force, (FIT,)) as partial, patience(quiet):
            found = fitting.fit(
                loaded,
                records,
                over,
                drive=drive,
                observe=observe,
                scale=scale,
                straight=straight,
                noise=0.0 if noise is None else noise,
                relative_noise=relative_noise,
                on_step=None if quiet else _say_trial,
            )
            fitting.write_fit(found, partial)
    if not quiet:
        show_fit(found)
        print(f"Results in {folder}: {', '.join(sorted(entry.name for entry in folder.iterdir()))}")
    if not found.search.converged:
        say(f"{study}: the fit did not converge: {found.search.reason}.")
        raise typer.Exit(1)
    for entry in found.records:
        if not entry.quality.describes:
            say(f"{study}: {' '.join(entry.quality.words(entry.observed, loaded.sign_convention))}")
    if not found.describes:
        raise typer.Exit(1)


def _records(fitting, study, paths, observe, in_time, area, common):
    """The records of a fit as the study needs them; options that say nothing to them are refused."""
    spectral = study.experiment.spectral
    useless = [name for name, value in ({"area": area} if not spectral else in_time).items() if value is not None]
    if useless:
        what = "spectra" if spectral else "records in time"
        raise InputError(f"{study.shown}: --{useless[0].replace('_', '-')} says nothing to a fit of {what}; leave it out.")
    if spectral:
        return [fitting.read_impedance(path, study, area=area, **common) for path in paths]
    compared, scales = fitting.observed(study, observe), study.device.scales()
    in_time["keep_outliers"] = bool(in_time["keep_outliers"])
    return [fitting.read(path, scales, observed=compared, **in_time, **common) for path in paths]


def _say_trial(number: int, deviation: float, taken: bool) -> None:
    what = "the run failed" if deviation != deviation else f"rms residual {deviation:.5g}"
    say(f"trial {number + 1}: {what}{'' if taken else ', refused'}")
