"""The command line: ``solion run``, ``fit``, ``sensitivity``, ``list``, ``show``, ``check``, ``report``, ``schema``.

Every command imports what it needs when it runs, so that ``solion --help`` answers at once. Exit codes: 0 a result, 1 a
run that failed, 2 an input that cannot be, 130 an interruption that can be resumed.
"""

from __future__ import annotations

import contextlib
import errno
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Simulate solid-state ionic devices: films through which ions move and switch things.",
)

StudyName = Annotated[str, typer.Argument(metavar="STUDY", help="A built-in study (see 'solion list') or a TOML file.")]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="Replace one value, such as device.top.rate=1e-2; may be repeated."
    ),
]


def main() -> None:
    """Entry point of the command ``solion``."""
    app()


@app.callback(invoke_without_command=True)
def _start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        from solion import __version__

        print(f"solion {__version__}")
        raise typer.Exit()
    if context.invoked_subcommand is None:
        print(context.get_help())


@app.command()
def run(
    study: StudyName,
    settings: Settings = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the results.", show_default="runs/STUDY")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier result in that folder.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from an interrupted run into that folder.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Run a study and write its results into a folder."""
    with _refusals():
        from solion.study import execute, load

        loaded = load(study, settings or ())
        folder = out or Path("runs") / loaded.name
        with _writing(folder):
            if quiet:
                result = execute(loaded, folder, force=force, resume=resume)
            else:
                from solion.study.progress import reporter

                with reporter(sys.stderr, loaded.name) as update:
                    result = execute(loaded, folder, force=force, resume=resume, on_progress=update)
    if not quiet:
        print(result.summary())
        print(f"Results in {folder}: {', '.join(sorted(entry.name for entry in folder.iterdir()))}")
    if result.status == "failed":
        _say(f"{study}: the run failed: {result.message}")
        raise typer.Exit(1)


@app.command()
def fit(
    study: StudyName,
    data: Annotated[Path, typer.Argument(metavar="CSV", help="Columns time [s], voltage [V], current [A]; any units.")],
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
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the results.", show_default="runs/STUDY-fit")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier fit in that folder.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Fit numbers of a study to a measured current-voltage record."""
    with _refusals():
        from solion import fitting
        from solion.fitting.report import FIT
        from solion.fitting.tables import show_fit
        from solion.study import load
        from solion.study.folder import refuse_existing, whole_folder

        loaded = load(study, settings or ())
        folder = out or Path("runs") / f"{loaded.name}-fit"
        refuse_existing(folder.absolute(), force, FIT)
        with _interruptible(folder):
            found = fitting.fit(
                loaded, data, over, drive=drive, observe=observe, scale=scale, noise="0 V" if observe == "voltage" and
                noise == "0 A" else noise, relative_noise=relative_noise, on_step=None if quiet else _say_trial,
            )  # fmt: skip
            with whole_folder(folder, FIT) as partial:
                fitting.write_fit(found, partial)
    if not quiet:
        show_fit(found)
        print(f"Results in {folder}: {', '.join(sorted(entry.name for entry in folder.iterdir()))}")
    if not found.search.converged:
        _say(f"{study}: the fit did not converge: {found.search.reason}.")
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
    with _refusals():
        from solion import fitting
        from solion.fitting.report import SENSITIVITY
        from solion.fitting.tables import show_sensitivities
        from solion.study import load
        from solion.study.folder import refuse_existing, whole_folder

        loaded = load(study, settings or ())
        folder = out or Path("runs") / f"{loaded.name}-sensitivity"
        refuse_existing(folder.absolute(), force, SENSITIVITY)
        with _interruptible(folder):
            found = fitting.sensitivities(loaded, of, over or ())
            with whole_folder(folder, SENSITIVITY) as partial:
                fitting.write_sensitivities(found, partial)
    if not quiet:
        show_sensitivities(found)
        print(f"Results in {folder}: {', '.join(sorted(entry.name for entry in folder.iterdir()))}")


@app.command(name="list")
def list_() -> None:
    """List built-in studies, materials, laws and protocols, with a line each."""
    from rich.table import Table

    from solion.study import listing
    from solion.study.describe import wide_console

    console = wide_console()
    for heading, entries in listing().items():
        console.print(heading, style="bold")
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column()
        for name, line in entries.items():
            table.add_row(f"  {name}", line.replace("``", ""))
        console.print(table, markup=False)


@app.command()
def show(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A study, a material, a law, a protocol or a start state.")
    ],
) -> None:
    """Show a study's TOML, a material's numbers with their sources, or what a law or protocol says of itself."""
    with _refusals():
        from solion.study.describe import describe

        describe(name)


@app.command()
def check(study: StudyName, settings: Settings = None) -> None:
    """Check a study without running it."""
    with _refusals():
        from solion.study import load
        from solion.study.describe import outline

        print(outline(load(study, settings or ())))


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of an earlier run, with its result.nc.")],
) -> None:
    """Write report.html and the figures of an earlier run anew."""
    with _refusals():
        from solion.errors import InputError
        from solion.result import load
        from solion.study.folder import RESULT

        if not (folder / RESULT).is_file():
            raise InputError(f"{folder}: it holds no {RESULT}; give the folder of a finished run.")
        result = load(folder / RESULT)
        with _writing(folder):
            print(f"Report in {result.report(folder)}")


@app.command()
def schema() -> None:
    """Print the JSON schema of study files."""
    import json

    from solion.study import schema as study_schema

    print(json.dumps(study_schema(), indent=2))


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _say_trial(number: int, deviation: float, taken: bool) -> None:
    what = "the run failed" if deviation != deviation else f"rms residual {deviation:.5g}"
    _say(f"trial {number + 1}: {what}{'' if taken else ', refused'}")


@contextlib.contextmanager
def _interruptible(folder: Path) -> Iterator[None]:
    """Say in one sentence why a folder that is written in one go was not."""
    try:
        yield
    except KeyboardInterrupt:
        _say("Interrupted; nothing was written.")
        raise typer.Exit(130) from None
    except OSError as error:
        full, place = error.errno == errno.ENOSPC or "No space left" in str(error), error.filename or folder
        _say(f"{folder}: the disk is full; nothing was written." if full else f"{place}: {error.strerror or error}.")
        raise typer.Exit(1) from None


@contextlib.contextmanager
def _refusals() -> Iterator[None]:
    """Turn what the user can mend into one sentence on stderr and an exit code."""
    from solion.errors import SolionError

    try:
        yield
    except SolionError as error:
        _say(str(error))
        raise typer.Exit(error.exit_code) from None


@contextlib.contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Say in one sentence why a folder was not written, and whether the run can be resumed."""
    from solion.study.folder import checkpoint_of

    try:
        yield
    except KeyboardInterrupt:
        if checkpoint_of(folder.absolute()).exists():
            _say("Interrupted; the same command with --resume goes on from the last checkpoint.")
        else:
            _say("Interrupted before the first checkpoint; nothing was kept.")
        raise typer.Exit(130) from None
    except OSError as error:
        if error.errno == errno.ENOSPC or "No space left" in str(error):
            kept = checkpoint_of(folder.absolute()).exists()
            again = "repeat the command with --resume" if kept else "repeat the command"
            _say(f"{folder}: the disk is full; free some space and {again}.")
        else:
            _say(f"{error.filename or folder}: {error.strerror or error}.")
        raise typer.Exit(1) from None
