"""``solion sweep``: a study over a grid, a list or a sample of its parameters."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Annotated

import typer

from solion.cli.app import NoCode, Settings, app
from solion.cli.early_exit import name_code, patience, refusals, say, sweeping

Jobs = Annotated[
    int | None, typer.Option(metavar="N", help="Run nothing here: write a job array of N jobs for Slurm (see 'solion array').")
]
Slurm = Annotated[
    str, typer.Option(metavar="OPTIONS", help='With --array: options of sbatch, such as "--time=2:00:00 --mem=4G"; else an hour.')
]
Submit = Annotated[bool, typer.Option("--submit", help="With --array: hand it to sbatch at once.")]


@app.command()
def sweep(
    study: Annotated[
        str, typer.Argument(metavar="STUDY", help="A built-in study, a study's TOML file, or a sweep file that names one.")
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
        str | None, typer.Option(metavar="FILE", help="A CSV file of points: keys in its first line, a run in each other.")
    ] = None,
    sample: Annotated[
        str | None, typer.Option(metavar="KIND", help="Draw points from the ranges: latin_hypercube or sobol.")
    ] = None,
    runs: Annotated[int | None, typer.Option(metavar="N", help="Number of runs of the sample.")] = None,
    seed: Annotated[int | None, typer.Option(metavar="N", help="Seed of the sample.", show_default="0")] = None,
    settings: Settings = None,
    no_code: NoCode = False,
    metric: Annotated[
        list[str] | None,
        typer.Option("--metric", metavar="NAME", help="Keep this metric; may be repeated. All are kept unless given."),
    ] = None,
    curves: Annotated[bool, typer.Option("--curves", help="Keep time, voltage, current and conductance of each run.")] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the results.", show_default="runs/STUDY-sweep")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier sweep in that folder.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from a sweep into that folder that ended early.")] = False,
    executor: Annotated[str, typer.Option(metavar="KIND", help="threads or processes, on this machine.")] = "threads",
    workers: Annotated[int | None, typer.Option(metavar="N", help="Threads or processes.", show_default="processors")] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Dask scheduler to use instead, such as tcp://host:8786.")
    ] = None,
    array: Jobs = None,
    slurm: Slurm = "",
    submit: Submit = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Run a study over a grid, a list or a sample of its parameters."""
    with refusals():
        from solion.explore import sweeps

        plan = sweeps.plan_of(
            study,
            over or (),
            points=points,
            sampling=sample,
            runs=runs,
            seed=seed,
            settings=settings or (),
            metrics=metric or (),
            curves=curves,
        )
        name_code(plan.study, quiet)
        folder = out or Path("runs") / f"{plan.name}-sweep"
        if array is not None or slurm or submit:
            elsewhere = resume or workers is not None or scheduler is not None or executor != "threads"
            _write_array(plan, folder, array, slurm, submit, force, elsewhere)
            return
        with sweeping(folder), patience(quiet), contextlib.ExitStack() as stack:
            update = None if quiet else stack.enter_context(sweeps.sweep_reporter(sys.stderr, plan.name))
            dataset = sweeps.execute_sweep(
                plan,
                folder,
                force=force,
                resume=resume,
                executor=executor,
                workers=workers,
                scheduler=scheduler,
                on_progress=update,
            )
    if not quiet:
        print("\n".join(sweeps.outcome_lines(dataset)))
        print(f"Results in {folder}: {', '.join(sorted(entry.name for entry in folder.iterdir()))}")
    if not sweeps.any_result(dataset):
        say(f"{study}: none of the runs gave a result: {dataset['message'].values.flat[0]}")
        raise typer.Exit(1)


def _write_array(plan, folder: Path, jobs: int | None, slurm: str, submit: bool, force: bool, elsewhere: bool) -> None:
    from solion.base.errors import InputError
    from solion.explore.sweeps import job_array

    if jobs is None:
        raise InputError("--slurm and --submit belong to a job array; give --array N too.")
    if elsewhere:
        raise InputError(
            "--array leaves the runs to Slurm, so that --executor, --workers, --scheduler and --resume mean nothing; leave them "
            f"out; 'solion array {folder}' goes on with an array."
        )
    with sweeping(folder):
        script = job_array.write_array(plan, folder, jobs, options=slurm, force=force)
    print(f"{plan.count} runs in {script}")
    if submit:
        print(f"Job {job_array.submit(folder)} works them off; solion array {folder} says how far it is.")
    else:
        print(f"Start them: sbatch {script}; then: solion array {folder}")
