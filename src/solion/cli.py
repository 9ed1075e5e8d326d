"""The command line: ``solion run``, ``sweep``, ``fit``, ``sensitivity``, ``reproduce``, ``design``, ``list``, ``show``,
``check``, ``report``, ``schema``.

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
    curves: Annotated[bool, typer.Option("--curves", help="Keep time, voltage and current of each run.")] = False,
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
    with _refusals():
        from solion.study import sweeps

        plan = sweeps.plan_of(
            study, over or (), points=points, sampling=sample, runs=runs, seed=seed, settings=settings or (),
            metrics=metric or (), curves=curves,
        )  # fmt: skip
        folder = out or Path("runs") / f"{plan.name}-sweep"
        with _sweeping(folder), contextlib.ExitStack() as stack:
            update = None if quiet else stack.enter_context(sweeps.sweep_reporter(sys.stderr, plan.name))
            dataset = sweeps.execute_sweep(
                plan, folder, force=force, resume=resume, executor=executor, workers=workers, scheduler=scheduler,
                on_progress=update,
            )  # fmt: skip
    if not quiet:
        print("\n".join(sweeps.outcome_lines(dataset)))
        print(f"Results in {folder}: {', '.join(sorted(entry.name for entry in folder.iterdir()))}")
    if not sweeps.any_result(dataset):
        _say(f"{study}: none of the runs gave a result: {dataset['message'].values.flat[0]}")
        raise typer.Exit(1)


@app.command()
def fit(
    study: StudyName,
    data: Annotated[Path, typer.Argument(metavar="CSV", help="Columns time, voltage and current, each with its unit.")],
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
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of an earlier run or sweep.")],
) -> None:
    """Write report.html and the figures of an earlier run or sweep anew."""
    with _refusals():
        from solion.errors import InputError
        from solion.result import load
        from solion.study.folder import RESULT, RESULTS

        if (folder / RESULTS).is_dir():
            from solion.study import sweeps

            with _writing(folder):
                print(f"Report in {sweeps.write_sweep_report(sweeps.load_sweep(folder), folder)}")
            return
        if not (folder / RESULT).is_file():
            raise InputError(f"{folder}: it holds no {RESULT} and no {RESULTS}; give the folder of a run or a sweep.")
        result = load(folder / RESULT)
        with _writing(folder):
            print(f"Report in {result.report(folder)}")


@app.command()
def design(
    time: Annotated[str | None, typer.Argument(metavar="TIME", help="Time to switch within, such as '10 us'.")] = None,
    voltage: Annotated[str | None, typer.Argument(metavar="VOLTAGE", help="Voltage of the switch: '1 V'.")] = None,
    materials: Annotated[
        list[str] | None,
        typer.Option("--material", metavar="NAME", help="A host (see 'solion list'); may be repeated."),
    ] = None,
    thickness: Annotated[str, typer.Option(help="Thickness of the table without TIME and of the chart.")] = "50 nm",
    temperature: Annotated[str | None, typer.Option(help="Temperature.", show_default="of the device")] = None,
    study: Annotated[
        str | None,
        typer.Option(
            metavar="STUDY", help="Study whose device stands for all.", show_default="film of Tian and Bazant, Fig. 2a"
        ),
    ] = None,
    settings: Settings = None,
    area: Annotated[str | None, typer.Option(help="Electrode area.", show_default="of the device")] = None,
    current: Annotated[str | None, typer.Option(help="Peak current that the area is chosen for.")] = None,
    energy: Annotated[str | None, typer.Option(help="Energy per switch that the area is chosen for.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Both contacts must switch, not only one.")] = False,
    chart: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the chart into this .png, .pdf or .svg.")
    ] = None,
) -> None:
    """Which thickness of which material switches within TIME at VOLTAGE; without them, how fast each material is."""
    with _refusals():
        from solion.design import command
        from solion.errors import InputError
        from solion.study import load
        from solion.study.option import quantity

        def read(name: str, text: str | None, unit: str, low: float = 0.0) -> float | None:
            return None if text is None else quantity(name, text, unit, low=low)

        if settings and study is None:
            raise InputError("--set changes the device of a study; name one with --study.")
        command.answer(
            time=read("TIME", time, "s"), voltage=read("VOLTAGE", voltage, "V", float("-inf")), materials=materials,
            thickness=quantity("--thickness", thickness, "m"), temperature=read("--temperature", temperature, "K"),
            device=None if study is None else load(study, settings or ()).device, area=read("--area", area, "m^2"),
            current=read("--current", current, "A"), energy=read("--energy", energy, "J"), full=full, chart=chart,
        )  # fmt: skip


@app.command()
def schema(
    sweep: Annotated[bool, typer.Option("--sweep", help="That of sweep files instead.")] = False,
) -> None:
    """Print the JSON schema of study files, or of sweep files."""
    import json

    if sweep:
        from solion.study.sweeps import sweep_schema as schema_of
    else:
        from solion.study import schema as schema_of

    print(json.dumps(schema_of(), indent=2))


@app.command()
def reproduce(
    paper: Annotated[str, typer.Argument(metavar="PAPER", help="A paper, such as film.")],
    cases: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CASE]...", help="Its cases, such as 2a 4c; all of them unless any is given."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of figures, verdicts and page.", show_default="runs/PAPER-paper"),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier reproduction in that folder.")] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Coarse form of each case: fewer points, no variations.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(metavar="N", help="Threads that run.", min=1, max=256, show_default="one for each core"),
    ] = None,
    list_only: Annotated[bool, typer.Option("--list", help="List the cases and stop.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
) -> None:
    """Run the cases of a source paper and judge its claims; exit code 1 if one that must hold does not."""
    with _refusals():
        from solion.papers import command

        if list_only:
            command.list_cases(paper)
            return
        folder = out or Path("runs") / f"{paper}-paper"
        with _writing(folder):
            outcome = command.run(
                paper,
                cases or (),
                folder,
                force=force,
                quick=quick,
                workers=workers,
                progress=None if quiet else sys.stderr,
            )
    if not outcome.reproduced:
        raise typer.Exit(1)


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
def _sweeping(folder: Path) -> Iterator[None]:
    """Say in one sentence why a sweep ended early, and that it can be resumed."""
    from solion.errors import InputError, RunError
    from solion.study.sweeps import finished_runs

    def kept() -> str:
        try:
            found = finished_runs(folder)
        except InputError:
            found = None
        if found is None:
            return "nothing was kept"
        return f"{found[0]} of {found[1]} runs are done; the same command with --resume does the others"

    try:
        yield
    except KeyboardInterrupt:
        _say(f"Interrupted; {kept()}.")
        raise typer.Exit(130) from None
    except RunError as error:
        raise RunError(f"{str(error).rstrip('.')}; {kept()}.") from None
    except OSError as error:
        full = error.errno == errno.ENOSPC
        _say(
            f"{folder}: the disk is full; {kept()}."
            if full
            else f"{error.filename or folder}: {error.strerror or error}."
        )
        raise typer.Exit(1) from None


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
