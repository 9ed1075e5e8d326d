"""Many runs: ``solion sweep``, ``fit``, ``sensitivity``."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Annotated

import typer

from solion.cli.app import Settings, StudyName, app
from solion.cli.endings import interruptible, patience, refusals, say, sweeping
from solion.cli.files import Columns, Cycle, Interval, Rate, number


@app.command()
def sweep(
    study: Annotated[
        str,
        typer.Argument(metavar="STUDY", help="A built-in study, a study's TOML file, or a sweep file that names one."),
    ],
    over: Annotated[
        list[str] | None,
        typer.Option(
            "--over",
            metavar="KEY=VALUES",
            help="An axis, such as 'device.filling=0.1 ... 0.9 in 9' or 'device.thickness=80 nm, 100 nm'; may be repeated.",
        ),
    ] = None,
    points: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="A CSV file of points: keys in its first line, a run in each other."),
    ] = None,
    sample: Annotated[
        str | None, typer.Option(metavar="KIND", help="Draw points from the ranges: latin_hypercube or sobol.")
    ] = None,
    runs: Annotated[int | None, typer.Option(metavar="N", help="Number of runs of the sample.")] = None,
    seed: Annotated[int | None, typer.Option(metavar="N", help="Seed of the sample.", show_default="0")] = None,
    settings: Settings = None,
    metric: Annotated[
        list[str] | None,
        typer.Option("--metric", metavar="NAME", help="Keep this metric; may be repeated. All are kept unless given."),
    ] = None,
    curves: Annotated[
        bool, typer.Option("--curves", help="Keep time, voltage, current and conductance of each run.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the results.", show_default="runs/STUDY-sweep")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier sweep in that folder.")] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from a sweep into that folder that ended early.")
    ] = False,
    executor: Annotated[str, typer.Option(metavar="KIND", help="threads or processes, on this machine.")] = "threads",
    workers: Annotated[
        int | None, typer.Option(metavar="N", help="Threads or processes.", show_default="processors")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Dask scheduler to use instead, such as tcp://host:8786.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Run a study over a grid, a list or a sample of its parameters."""
    with refusals():
        from solion.explore import sweeps

        plan = sweeps.plan_of(
            study, over or (), points=points, sampling=sample, runs=runs, seed=seed, settings=settings or (),
            metrics=metric or (), curves=curves,
        )  # fmt: skip
        folder = out or Path("runs") / f"{plan.name}-sweep"
        with sweeping(folder), patience(quiet), contextlib.ExitStack() as stack:
            update = None if quiet else stack.enter_context(sweeps.sweep_reporter(sys.stderr, plan.name))
            dataset = sweeps.execute_sweep(
                plan, folder, force=force, resume=resume, executor=executor, workers=workers, scheduler=scheduler,
                on_progress=update,
            )  # fmt: skip
    if not quiet:
        print("\n".join(sweeps.outcome_lines(dataset)))
        print(f"Results in {folder}: {', '.join(sorted(entry.name for entry in folder.iterdir()))}")
    if not sweeps.any_result(dataset):
        say(f"{study}: none of the runs gave a result: {dataset['message'].values.flat[0]}")
        raise typer.Exit(1)


@app.command()
def fit(
    study: StudyName,
    data: Annotated[
        Path, typer.Argument(metavar="FILE", help="A record of time, voltage and current; see 'solion open FILE'.")
    ],
    over: Annotated[
        list[str],
        typer.Option("--fit", metavar="KEY[=LOW..HIGH]", help="A number to fit, with its bounds; may be repeated."),
    ],
    settings: Settings = None,
    drive: Annotated[
        str, typer.Option(metavar="data|study", help="Drive the run by the measured waveform or the study's protocol.")
    ] = "data",
    observe: Annotated[
        str, typer.Option(metavar="current|voltage", help="What is compared; the other one drives.")
    ] = "current",
    scale: Annotated[
        str | None,
        typer.Option(metavar="linear|asinh", help="Scale of the residuals.", show_default="by the decades spanned"),
    ] = None,
    noise: Annotated[str, typer.Option(metavar="LEVEL", help='Noise of a row, such as "1 uA".')] = "0 A",
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
    keep_outliers: Annotated[
        bool, typer.Option("--keep-outliers", help="Compare single rows far off their neighbours, too.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the results.", show_default="runs/STUDY-fit")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier fit in that folder.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Fit numbers of a study to a measured current-voltage record."""
    with refusals():
        from solion.explore import fitting
        from solion.explore.fitting.report import FIT
        from solion.explore.fitting.tables import show_fit
        from solion.study import load
        from solion.study.folder import whole_folder
        from solion.study.study import driven

        loaded = driven(load(study, settings or ()), "a fit")
        record = fitting.read(
            data, loaded.device.scales(), columns=columns, rate=number(rate, "--rate", "V/s"),
            interval=number(interval, "--interval", "s"), cycle=cycle, keep_outliers=keep_outliers,
        )  # fmt: skip
        folder = out or Path("runs") / f"{loaded.name}-fit"
        with interruptible(folder), whole_folder(folder, force, (FIT,)) as partial, patience(quiet):
            found = fitting.fit(
                loaded, record, over, drive=drive, observe=observe, scale=scale, straight=straight,
                noise="0 V" if observe == "voltage" and
                noise == "0 A" else noise, relative_noise=relative_noise, on_step=None if quiet else _say_trial,
            )  # fmt: skip
            fitting.write_fit(found, partial)
    if not quiet:
        show_fit(found)
        print(f"Results in {folder}: {', '.join(sorted(entry.name for entry in folder.iterdir()))}")
    if not found.search.converged:
        say(f"{study}: the fit did not converge: {found.search.reason}.")
        raise typer.Exit(1)


@app.command()
def sensitivity(
    study: StudyName,
    of: Annotated[list[str], typer.Option("--of", metavar="METRIC", help="A metric of the run; may be repeated.")],
    over: Annotated[
        list[str] | None,
        typer.Option(
            "--over", metavar="KEY", help="A number of the study; may be repeated.", show_default="all numbers"
        ),
    ] = None,
    settings: Settings = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the results.", show_default="runs/STUDY-sensitivity")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace earlier sensitivities in that folder.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Derivatives of a study's metrics with respect to its numbers."""
    with refusals():
        from solion.explore import fitting
        from solion.explore.fitting.report import SENSITIVITY
        from solion.explore.fitting.tables import show_sensitivities
        from solion.study import load
        from solion.study.folder import whole_folder

        loaded = load(study, settings or ())
        folder = out or Path("runs") / f"{loaded.name}-sensitivity"
        with interruptible(folder), whole_folder(folder, force, (SENSITIVITY,)) as partial, patience(quiet):
            found = fitting.sensitivities(loaded, of, over or ())
            fitting.write_sensitivities(found, partial)
    if not quiet:
        show_sensitivities(found)
        print(f"Results in {folder}: {', '.join(sorted(entry.name for entry in folder.iterdir()))}")


def _say_trial(number: int, deviation: float, taken: bool) -> None:
    what = "the run failed" if deviation != deviation else f"rms residual {deviation:.5g}"
    say(f"trial {number + 1}: {what}{'' if taken else ', refused'}")
